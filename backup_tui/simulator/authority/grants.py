"""The token endpoint of the simulated identity platform, grant by grant."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from backup_tui.simulator.authority.assertions import ASSERTION_TYPE
from backup_tui.simulator.authority.directory import CONTOSO, Directory, person_of
from backup_tui.simulator.authority.platform import CODE_SECONDS, IDENTITY_SCOPES, Authority, DeviceState, check_scope
from backup_tui.simulator.authority.refusals import Refused
from backup_tui.simulator.authority.tokens import GRAPH, Grant, client_info, encode, id_token

_BECOMES: dict[str, DeviceState] = {
    "approve": "approved", "decline": "declined", "expire": "expired", "block": "blocked"
}  # fmt: skip
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
        """Answer the token endpoint; ``audiences`` are its names that an assertion may be meant for."""
        kind = form.get("grant_type", "")
        self._authority.calls[f"token:{kind.rpartition(':')[2]}"] += 1
        directory = self._authority.directory(tenant)
        form = dict(form) | _basic(authorization)
        client_id = self._authority.client_id(tenant, form)
        proven = self._proof(client_id, form, audiences)
        if kind == "client_credentials":
            return self._for_application(directory, client_id, proven, form)
        if self._switches.client == "not_public" and not proven:
            raise Refused("not_public")
        if kind == _DEVICE_GRANT:
            return self._for_device(client_id, form, base)
        if kind == "authorization_code":
            return self._for_code(client_id, form, base)
        if kind == "refresh_token":
            return self._for_refresh(client_id, form, base)
        if not kind:
            raise Refused("missing", parameter="grant_type")
        raise Refused("unsupported_grant", kind=kind)

    def _proof(self, client_id: str, form: Mapping[str, str], audiences: tuple[str, ...]) -> bool:
        """Look at what an application proves itself with; tell whether it did."""
        client = self._switches.client
        secret, assertion = form.get("client_secret", ""), form.get("client_assertion", "")
        if secret:
            if client == "expired_secret":
                raise Refused("expired_secret", client_id=client_id)
            if client == "wrong_secret" or self._switches.secret not in ("", secret):
                raise Refused("wrong_secret", client_id=client_id)
        if assertion:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise Refused("assertion_type")
            if client == "wrong_certificate":
                raise Refused("unknown_certificate", thumbprint="")
            self._authority.certificates.check(assertion, client_id, audiences, self._authority.now())
        return bool(secret or assertion)

    def _for_application(
        self, directory: Directory | None, client_id: str, proven: bool, form: Mapping[str, str]
    ) -> dict[str, Any]:
        if directory is None:
            raise Refused("no_tenant")
        if not proven:
            raise Refused("not_public")
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            raise Refused("scope_without_default", scope=scope)
        check_scope(scope, client_id)
        grant = self._ledger.grant(directory, client_id, None, scope)
        token = self._ledger.access(grant, form.get("claims", ""))
        return self._lives() | {"access_token": token}

    def _for_device(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("device_code"):
            raise Refused("missing", parameter="device_code")
        device = self._authority.devices.get(form["device_code"])
        if device is None or device.client_id != client_id or device.used:
            raise Refused("bad_code")
        now = self._authority.now()
        wanted = self._switches.sign_in
        if device.state == "waits" and wanted != "ask" and now >= device.made + self._switches.after:
            device.state = _BECOMES[wanted]
        if device.state == "expired" or now >= device.ends:
            raise Refused("code_expired")
        if device.state == "declined":
            raise Refused("declined")
        if device.state == "blocked":
            raise Refused("blocked", self._switches.block_code)
        if self._switches.slow_down > 0:
            self._switches.slow_down -= 1
            raise Refused("slow_down")
        if device.state == "waits":
            raise Refused("pending")
        grant = self._personal(device.tenant, client_id, device.scope)
        device.used = True
        return self._personal_answer(grant, form, base, nonce="")

    def _for_code(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("code"):
            raise Refused("missing", parameter="code")
        code = self._authority.codes.get(form["code"])
        if code is None or code.client_id != client_id:
            raise Refused("bad_grant")
        if code.used:
            raise Refused("code_used")
        if self._authority.now() >= code.made + CODE_SECONDS:
            raise Refused("code_too_old")
        if form.get("redirect_uri", "") != code.redirect_uri:
            raise Refused("wrong_reply_address")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if code.challenge and encode(digest) != code.challenge.rstrip("="):
            raise Refused("wrong_verifier")
        grant = self._personal(code.tenant, client_id, code.scope)
        code.used = True
        return self._personal_answer(grant, form, base, nonce=code.nonce)

    def _for_refresh(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("refresh_token"):
            raise Refused("missing", parameter="refresh_token")
        old = self._ledger.refreshed(form["refresh_token"])
        if old is None or old.client_id != client_id or old.person is None:
            raise Refused("bad_grant")
        if self._ledger.troubled(old):
            kind = self._switches.refresh
            number = self._switches.block_code if kind == "blocked" else None
            raise Refused(kind, number, client_id=client_id, app_name=old.app_name)
        if not self._switches.consent:
            raise Refused("consent", client_id=client_id, app_name=old.app_name)
        scope = form.get("scope") or old.scope
        check_scope(scope, client_id)
        grant = self._ledger.grant(old.directory, client_id, old.person.email, scope)
        return self._personal_answer(grant, form, base, nonce="")

    def _personal(self, tenant: str, client_id: str, scope: str) -> Grant:
        """Return the grant of whoever signs in now."""
        person = person_of(self._switches.person)
        directory = self._authority.directory(tenant) or person.home
        if directory is not person.home:
            home, name = person.home.id, directory.name
            raise Refused("wrong_directory", email=person.email, home=home, directory=name, client_id=client_id)
        grant = self._ledger.grant(directory, client_id, person.email, scope)
        if not self._switches.consent:
            raise Refused("consent", client_id=client_id, app_name=grant.app_name)
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
            issuer = f"{base}/{grant.directory.id}/v2.0"
            answer["id_token"] = id_token(grant, self._authority.now(), issuer, nonce)
        if form.get("client_info") == "1":
            answer["client_info"] = client_info(grant)
        return answer

    def _lives(self) -> dict[str, Any]:
        seconds = self._switches.token_seconds
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
        if seconds >= 7200:
            answer["refresh_in"] = seconds // 2
        return answer

    def for_managed_identity(self, client_id: str, resource: str) -> dict[str, Any]:
        """Return what a managed identity of Contoso is granted, with its end in seconds since 1970."""
        token = self._ledger.access(self._ledger.grant(CONTOSO, client_id, None, resource), "")
        ends = str(int(self._authority.now() + self._switches.token_seconds))
        known = {"client_id": client_id, "resource": resource, "token_type": "Bearer"}
        return known | {"access_token": token, "expires_on": ends}


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
