"""The token endpoint of the simulated identity platform, grant by grant."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from backup_tui.simulator.authority import refusals
from backup_tui.simulator.authority.assertions import ASSERTION_TYPE
from backup_tui.simulator.authority.codes import CODE_SECONDS
from backup_tui.simulator.authority.directory import CONTOSO, Directory, person_of
from backup_tui.simulator.authority.platform import IDENTITY_SCOPES, Authority, check_scope
from backup_tui.simulator.authority.tokens import GRAPH, Grant, client_info, encode, id_token

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"


class TokenEndpoint:
    """What turns a code, a secret or a refresh token into tokens."""

    def __init__(self, authority: Authority) -> None:
        self._authority = authority
        self._ledger = authority.ledger
        self._switches = authority.switches

    def answer(
        self, tenant: str, form: Mapping[str, str], authorization: str, base: str, audiences: tuple[str, ...]
    ) -> dict[str, Any]:
        """Answer the token endpoint.

        Args:
            authorization: The header ``Authorization``, empty for none.
            audiences: Names of this endpoint that an assertion may be meant for.

        Raises:
            Refused: Whatever is not granted.
        """
        kind = form.get("grant_type", "")
        self._authority.calls[f"token:{kind.rpartition(':')[2]}"] += 1
        directory = self._authority.directory(tenant)
        form = dict(form) | _basic(authorization)
        client_id = self._authority.client_id(tenant, form)
        proven = self._proof(client_id, form, audiences)
        if kind == "client_credentials":
            return self._for_application(directory, client_id, proven, form)
        if self._switches.client == "not_public" and not proven:
            raise refusals.not_public()
        if kind == _DEVICE_GRANT:
            return self._for_device(client_id, form, base)
        if kind == "authorization_code":
            return self._for_code(client_id, form, base)
        if kind == "refresh_token":
            return self._for_refresh(client_id, form, base)
        if not kind:
            raise refusals.missing("grant_type")
        message = f"The app requested an unsupported grant type '{kind}'."
        raise refusals.Refused(400, "unsupported_grant_type", 70003, message)

    def _proof(self, client_id: str, form: Mapping[str, str], audiences: tuple[str, ...]) -> bool:
        """Look at what an application proves itself with; tell whether it did."""
        client = self._switches.client
        secret, assertion = form.get("client_secret", ""), form.get("client_assertion", "")
        if secret:
            if client == "expired_secret":
                raise refusals.expired_secret(client_id)
            if client == "wrong_secret" or self._switches.secret not in ("", secret):
                raise refusals.wrong_secret(client_id)
        if assertion:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise refusals.bad_assertion("The client_assertion_type is not supported.")
            if client == "wrong_certificate":
                raise refusals.unknown_certificate("")
            self._authority.certificates.check(
                assertion, client_id=client_id, audiences=audiences, now=self._authority.now()
            )
        return bool(secret or assertion)

    def _for_application(
        self, directory: Directory | None, client_id: str, proven: bool, form: Mapping[str, str]
    ) -> dict[str, Any]:
        if directory is None:
            raise refusals.no_directory_for_application()
        if not proven:
            raise refusals.not_public()
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            raise refusals.scope_without_default(scope)
        check_scope(scope, client_id)
        grant = self._ledger.grant(directory, client_id, None, scope)
        token = self._ledger.access(grant, form.get("claims", ""))
        return self._lives() | {"access_token": token}

    def _for_device(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("device_code"):
            raise refusals.missing("device_code")
        device = self._authority.devices.get(form["device_code"])
        if device is None or device.client_id != client_id or device.used:
            raise refusals.bad_code()
        now = self._authority.now()
        wanted = self._switches.sign_in
        if device.state == "waits" and wanted != "ask" and now >= device.made + self._switches.after:
            device.state = {"approve": "approved", "decline": "declined", "expire": "expired", "block": "blocked"}[
                wanted
            ]  # type: ignore[assignment]
        if device.state == "expired" or now >= device.ends:
            raise refusals.code_expired()
        if device.state == "declined":
            raise refusals.declined()
        if device.state == "blocked":
            raise refusals.blocked(self._switches.block_code)
        if self._switches.slow_down > 0:
            self._switches.slow_down -= 1
            raise refusals.slow_down()
        if device.state == "waits":
            raise refusals.pending()
        grant = self._personal(device.tenant, client_id, device.scope)
        device.used = True
        return self._personal_answer(grant, form, base, nonce="")

    def _for_code(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("code"):
            raise refusals.missing("code")
        code = self._authority.codes.get(form["code"])
        if code is None or code.client_id != client_id:
            raise refusals.bad_grant()
        if code.used:
            raise refusals.code_used()
        if self._authority.now() >= code.made + CODE_SECONDS:
            raise refusals.code_too_old()
        if form.get("redirect_uri", "") != code.redirect_uri:
            message = "The reply address does not match the one of the authorization request."
            raise refusals.Refused(400, "invalid_grant", 500112, message)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code.challenge and encode(digest) != code.challenge.rstrip("="):
            raise refusals.wrong_verifier()
        grant = self._personal(code.tenant, client_id, code.scope)
        code.used = True
        return self._personal_answer(grant, form, base, nonce=code.nonce)

    def _for_refresh(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("refresh_token"):
            raise refusals.missing("refresh_token")
        old = self._ledger.refreshed(form["refresh_token"])
        if old is None or old.client_id != client_id or old.person is None:
            raise refusals.bad_grant()
        if self._ledger.troubled(old):
            self._refuse_refresh(old)
        if not self._switches.consent:
            raise refusals.consent_needed(client_id, old.app_name)
        scope = form.get("scope") or old.scope
        check_scope(scope, client_id)
        grant = self._ledger.grant(old.directory, client_id, old.person.email, scope)
        return self._personal_answer(grant, form, base, nonce="")

    def _refuse_refresh(self, grant: Grant) -> NoReturn:
        """Refuse a refresh token in the way that was chosen."""
        kind = self._switches.refresh
        if kind == "mfa":
            raise refusals.mfa_needed()
        if kind == "consent":
            raise refusals.consent_needed(grant.client_id, grant.app_name)
        if kind == "blocked":
            raise refusals.blocked(self._switches.block_code)
        raise refusals.inactive() if kind == "inactive" else refusals.revoked()

    def _personal(self, tenant: str, client_id: str, scope: str) -> Grant:
        """Return the grant of whoever signs in now."""
        person = person_of(self._switches.person)
        directory = self._authority.directory(tenant) or person.home
        if directory is not person.home:
            raise refusals.wrong_directory(person.email, person.home.id, directory.name, client_id)
        grant = self._ledger.grant(directory, client_id, person.email, scope)
        if not self._switches.consent:
            raise refusals.consent_needed(client_id, grant.app_name)
        return grant

    def _personal_answer(self, grant: Grant, form: Mapping[str, str], base: str, *, nonce: str) -> dict[str, Any]:
        asked = grant.scope.split()
        scopes = [f"{GRAPH}/{each}" for each in sorted(self._switches.scopes)]
        more = [each for each in asked if each not in IDENTITY_SCOPES and each not in scopes]
        answer = self._lives() | {
            "scope": " ".join(["email", "openid", "profile", *scopes, *more]),
            "access_token": self._ledger.access(grant, form.get("claims", "")),
        }
        if "offline_access" in asked:
            answer["refresh_token"] = self._ledger.refresh(grant)
        if "openid" in asked:
            answer["id_token"] = id_token(
                grant, now=self._authority.now(), seconds=3600, issuer=f"{base}/{grant.directory.id}/v2.0", nonce=nonce
            )
        if form.get("client_info") == "1":
            answer["client_info"] = client_info(grant)
        return answer

    def _lives(self) -> dict[str, Any]:
        seconds = self._switches.token_seconds
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
        if seconds >= 7200:
            answer["refresh_in"] = seconds // 2
        return answer

    def for_managed_identity(self, client_id: str, resource: str) -> tuple[str, float]:
        """Return an access token of a managed identity of Contoso, and when it ends (seconds since 1970)."""
        grant = self._ledger.grant(CONTOSO, client_id, None, resource)
        return self._ledger.access(grant, ""), self._authority.now() + self._switches.token_seconds


def _basic(authorization: str) -> dict[str, str]:
    """Read an application's id and secret from a header of HTTP's basic authentication."""
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return {}
    return {"client_id": unquote_plus(name), "client_secret": unquote_plus(secret)}
