"""Who may call what in the API: the bearer token, claims challenges, permissions, roles.

What each operation requires is from the permission tables of the API pages. A permission is written without its prefix
``BackupRestore-`` and its ending ``.All``; the first one of a rule is the least privileged. An operation that no page
documents requires what its neighbors on the same path do.
"""

import base64
import re

from msgspec import Struct

from backup_tui.simulator.authority.directory import ROLE_IDS
from backup_tui.simulator.authority.platform import Authority
from backup_tui.simulator.authority.refusals import GRAPH_APP
from backup_tui.simulator.http.callers import Caller, bearer, caller_of
from backup_tui.simulator.http.errors import Refusal

_AUTHORIZE = "https://login.microsoftonline.com/common/oauth2/authorize"
_CHALLENGED = (
    "Continuous access evaluation resulted in challenge with result: InteractionRequired and code: "
    "TokenIssuedBeforeRevocationTimestamp"
)
BROWSE_ROLE = "SharePoint Backup Administrator"
"""Who may browse when a person is behind the call: the note on every page of browse sessions."""


class Rule(Struct, frozen=True, dict=True):
    """What some operations ask for."""

    methods: str  # HTTP methods
    path: str  # regular expression for the whole path below ``/solutions/backupRestore``, in lower case
    delegated: tuple[str, ...]  # permissions of which one is enough when a person is behind the call
    application: tuple[str, ...]  # the same for an application alone; none when it may not at all
    role: str = ""  # directory role that the person needs too; empty for none


def _rule(methods: str, path: str, *names: str, application: tuple[str, ...] | None = None, role: str = "") -> Rule:
    return Rule(methods, path, names, names if application is None else application, role)


_CHANGES = "POST PATCH PUT DELETE"
_POLICIES = r"(exchange|sharepoint|onedriveforbusiness|entra)?protectionpolicies"
_SESSIONS = r"(exchange|sharepoint|onedriveforbusiness)?restoresessions"
_UNITS = r"(mailbox|drive|site)?protectionunits"
_FILES = r"granular(drive|site)restoreartifacts"

RULES = (
    # The service and who controls it.
    _rule("GET", "", "Control.Read", "Control.ReadWrite"),
    _rule("GET", r"serviceapps(/[^/]+)?", "Control.Read", "Control.ReadWrite"),
    _rule("POST", r"serviceapps/[^/]+/(activate|deactivate)", "Control.ReadWrite", application=()),
    _rule(_CHANGES, r"serviceapps(/[^/]+)?", "Control.ReadWrite"),
    _rule("POST", "enable", "Control.ReadWrite"),
    _rule("GET", "emailnotificationssetting", "Control.ReadWrite"),
    _rule("PATCH", "emailnotificationssetting", "Control.ReadWrite", application=()),
    _rule("GET", "activitylogs(/[^/]+)?", "Monitor.Read"),
    # What is protected.
    _rule("GET", "reports(/.*)?", "Configuration.Read"),
    _rule("POST", rf"{_UNITS}/[^/]+/(offboard|canceloffboard)", "Configuration.ReadWrite", application=()),
    _rule("PATCH", rf"{_UNITS}/[^/]+", "Configuration.ReadWrite", application=()),
    _rule(
        "GET",
        rf"({_POLICIES}|{_UNITS}|[a-z]*(exclusionunits|bulkadditionjobs|inclusionrules))(/.*)?",
        "Configuration.Read",
        "Configuration.ReadWrite",
    ),
    _rule(
        _CHANGES,
        rf"({_POLICIES}|{_UNITS}|[a-z]*(exclusionunits|bulkadditionjobs|inclusionrules))(/.*)?",
        "Configuration.ReadWrite",
    ),
    # What is restored.
    _rule("GET POST", r"restorepoints(/.*)?", "Search.Read"),
    _rule("GET " + _CHANGES, r"[a-z]*browsesessions(/.*)?", "Restore.ReadWrite", role=BROWSE_ROLE),
    _rule("GET " + _CHANGES, rf"{_SESSIONS}/[^/]+/{_FILES}(/.*)?", "Restore.ReadWrite", role=BROWSE_ROLE),
    _rule("GET", rf"{_SESSIONS}(/.*)?", "Restore.Read", "Restore.ReadWrite"),
    _rule(_CHANGES, rf"{_SESSIONS}(/.*)?", "Restore.ReadWrite"),
)
_COMPILED = tuple((rule.methods.split(), re.compile(rule.path), rule) for rule in RULES)
_KEY = re.compile(r"\('?([^'()/]*)'?\)(?=/|$)")
_ROOT = re.compile(r"/(v1\.0|beta)(/solutions)?/backuprestore(/|$)")


def rule_for(method: str, path: str) -> Rule | None:
    """Return what an operation asks for, None when there is no such operation."""
    lower = path.lower().replace("//", "/")
    below = _ROOT.match(lower)
    if below is None:
        return None
    rest = _KEY.sub(r"/\1", lower[below.end() :]).strip("/")
    return next((rule for methods, pattern, rule in _COMPILED if method in methods and pattern.fullmatch(rest)), None)


def full_name(permission: str) -> str:
    """Return a permission as tokens carry it, for a short one such as ``Restore.ReadWrite``."""
    return f"BackupRestore-{permission}.All"


def admit(authority: Authority, authorization: str | None) -> Caller:
    """Return who calls; any bearer token is let in but for ``require``, and those of the platform that have ended."""
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
