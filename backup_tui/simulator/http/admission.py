"""Who is let in at the API, and to what: the bearer token, claims challenges, permissions, roles."""

import base64

from backup_tui.simulator.authority.directory import ROLE_IDS
from backup_tui.simulator.authority.platform import Authority
from backup_tui.simulator.authority.refusals import GRAPH_APP
from backup_tui.simulator.http.callers import Caller, bearer, caller_of
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.permissions import full_name, rule_for

_AUTHORIZE = "https://login.microsoftonline.com/common/oauth2/authorize"
_CHALLENGED = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp"
)


def admit(authority: Authority, authorization: str | None) -> Caller:
    """Return who calls.

    Any bearer token is let in unless the platform is told to ``require`` its own; one of its own is refused once it
    has ended, in any case.

    Refuses with 401 ``InvalidAuthenticationToken``.
    """
    token, caller = bearer(authorization), caller_of(authorization)
    if caller is None:
        raise _unauthorized("Access token is empty.")
    ledger = authority.ledger
    known = ledger.issued(token)
    if ledger.challenge and not ledger.answers_challenge(token):
        claims = base64.b64encode(ledger.challenge.encode()).decode()
        raise _unauthorized(_CHALLENGED, f', error="insufficient_claims", claims="{claims}"')
    if known is None and authority.switches.require:
        if token.count(".") != 2:
            raise _unauthorized("IDX14100: JWT is not well formed, there are no dots (.).")
        raise _unauthorized("Access token validation failure. Invalid issuer.")
    if known is not None and not ledger.living(token):
        if authority.now() >= known.ends:
            raise _unauthorized("Lifetime validation failed, the token is expired.")
        raise _unauthorized("Access token validation failure. The token has been revoked.")
    return caller


def allow(authority: Authority, caller: Caller, method: str, path: str) -> None:
    """Hold a call against what its token carries; a token that is no JWT may everything."""
    rule = rule_for(method, path)
    if caller.permissions is None or rule is None:
        return
    if not caller.permissions:
        raise Refusal(403, "AccessDenied", "Either scp or roles claim need to be present in the token.")
    kind, ones = ("role", "Roles") if caller.app_only else ("scope", "Scopes")
    enough = [full_name(name) for name in (rule.application if caller.app_only else rule.delegated)]
    if not enough:
        raise Refusal(403, "Forbidden", "Application permissions are not supported for this operation.")
    if caller.permissions.isdisjoint(enough):
        message = (
            f"Missing {kind} permissions on the request. API requires one of '{', '.join(enough)}'. "
            f"{ones} on the request '{', '.join(sorted(caller.permissions))}'"
        )
        raise Refusal(403, "Forbidden", message)
    if rule.role and not caller.app_only and not _has_role(authority, caller, rule.role):
        message = f"The signed-in user does not have the role '{rule.role}' that this operation requires."
        raise Refusal(403, "Forbidden", message)


def _has_role(authority: Authority, caller: Caller, role: str) -> bool:
    """Tell whether a person has a directory role: as the token says, or as the platform does when it does not."""
    if caller.role_ids is None:
        return role in authority.switches.directory_roles
    return ROLE_IDS[role] in caller.role_ids


def _unauthorized(message: str, more: str = "") -> Refusal:
    header = f'Bearer realm="", authorization_uri="{_AUTHORIZE}", client_id="{GRAPH_APP}"{more}'
    return Refusal(401, "InvalidAuthenticationToken", message, {"WWW-Authenticate": header})
