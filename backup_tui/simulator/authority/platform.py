"""The identity platform itself: what it handed out, and what it grants."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NoReturn
from urllib.parse import unquote_plus

from backup_tui.simulator.authority import refusals
from backup_tui.simulator.authority.assertions import ASSERTION_TYPE, Certificates
from backup_tui.simulator.authority.codes import (
    CODE_SECONDS,
    AuthorizationCode,
    DeviceCode,
    Issued,
    new_secret,
    new_user_code,
)
from backup_tui.simulator.authority.directory import ANY_DIRECTORY, CONTOSO, Directory, directory_of, person_of
from backup_tui.simulator.authority.switches import PERMISSIONS, Switches
from backup_tui.simulator.authority.tokens import GRAPH, Grant, access_token, client_info, encode, id_token

_DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
_IDENTITY_SCOPES = ("openid", "profile", "offline_access", "email")
_OTHER_PERMISSIONS = ("User.Read", ".default")


class Authority:
    """The simulated identity platform of one service.

    Attributes:
        switches: How it behaves.
        certificates: What applications prove themselves with.
        calls: How often each endpoint was asked; grants of the token endpoint as ``token:<grant>``.
        devices: Device codes by what programs poll with, oldest first.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        """Start with nothing handed out.

        Args:
            now: The simulator's time, seconds since 1970.
        """
        self._simulator_now = now
        self._begin()

    def _begin(self) -> None:
        self.switches = Switches()
        self.certificates = Certificates()
        self.calls: Counter[str] = Counter()
        self.devices: dict[str, DeviceCode] = {}
        self._codes: dict[str, AuthorizationCode] = {}
        self._refresh: dict[str, Grant] = {}
        self._issued: dict[str, Issued] = {}
        self._number = 0
        self._troubled_until = 0
        self._ended_until = 0
        self.challenge = ""

    def now(self) -> float:
        """Return seconds since 1970 by the platform's own clock."""
        return self._simulator_now() + self.switches.clock_offset

    def reset(self) -> None:
        """Forget everything and behave well."""
        self._begin()

    def change(self, values: Mapping[str, Any]) -> None:
        """Change switches by name, and do the deeds among them (see the package's docstring).

        Raises:
            ValueError: If a name, a value or a user code cannot be; nothing is changed then.
        """
        deeds = {name: values[name] for name in ("approve", "decline", "challenge", "end_tokens") if name in values}
        for name in ("challenge", "end_tokens"):
            if not isinstance(deeds.get(name, False), bool):
                raise ValueError(f"{name} is true or false")
        found = {name: self._devices(deeds[name]) for name in ("approve", "decline") if name in deeds}
        self.switches.set({name: value for name, value in values.items() if name not in deeds})
        if "refresh" in values:
            self._troubled_until = self._number
        for name, devices in found.items():
            for device in devices:
                device.state = "approved" if name == "approve" else "declined"
        if "challenge" in deeds:
            self.set_challenge(deeds["challenge"])
        if deeds.get("end_tokens"):
            self._ended_until = self._number

    def as_json(self) -> dict[str, Any]:
        """Return the switches, how often what was asked, and the user codes that wait; no secret and no token."""
        waiting = [each.user_code for each in self.devices.values() if each.state == "waits"]
        more = {"calls": dict(self.calls), "waiting": waiting, "challenge": bool(self.challenge)}
        return self.switches.as_json() | more

    def approve(self, user_code: str = "*") -> None:
        """Let the person approve a device code, or all that wait.

        Raises:
            ValueError: If no such code waits.
        """
        self.change({"approve": user_code})

    def decline(self, user_code: str = "*") -> None:
        """Let the person decline a device code, or all that wait.

        Raises:
            ValueError: If no such code waits.
        """
        self.change({"decline": user_code})

    def set_challenge(self, wanted: bool) -> None:
        """Challenge every token of now for new claims, or stop to."""
        # A moment in form; counted on so that each challenge of one second is another.
        moment = int(self.now()) + self._number
        claims = {"access_token": {"nbf": {"essential": True, "value": str(moment)}}}
        self.challenge = json.dumps(claims) if wanted else ""

    def waiting(self, user_code: str) -> DeviceCode | None:
        """Return the device code that a person types, if it waits; spaces, dashes and case do not matter."""
        wanted = user_code.replace(" ", "").replace("-", "").upper()
        for device in self.devices.values():
            if device.user_code == wanted and device.state == "waits" and self.now() < device.ends:
                return device
        return None

    def _devices(self, user_code: Any) -> list[DeviceCode]:
        if user_code == "*":
            return [each for each in self.devices.values() if each.state == "waits"]
        device = self.waiting(user_code) if isinstance(user_code, str) else None
        if device is None:
            raise ValueError(f"no such user code waits: {user_code!r}")
        return [device]

    def issued(self, token: str) -> Issued | None:
        """Return what is known of an access token, None for one that was not handed out here."""
        return self._issued.get(_fingerprint(token))

    def living(self, token: str) -> bool:
        """Tell whether an access token was handed out here and has not ended."""
        known = self.issued(token)
        return known is not None and self.now() < known.ends and known.number > self._ended_until

    def answers_challenge(self, token: str) -> bool:
        """Tell whether a token was got with the claims that the challenge asks for."""
        known = self.issued(token)
        if known is None or not known.claims:
            return False
        wanted = json.loads(self.challenge)["access_token"]["nbf"]["value"]
        asked = _claims(known.claims).get("access_token")
        value = asked.get("nbf") if isinstance(asked, dict) else None
        return isinstance(value, dict) and value.get("value") == wanted

    def start_device(self, tenant: str, form: Mapping[str, str]) -> DeviceCode:
        """Hand out a device code (RFC 8628 section 3.1).

        Raises:
            Refused: An unknown tenant or application, or a scope that is none.
        """
        self._directory(tenant)
        client_id = self._client_id(tenant, form)
        scope = form.get("scope", "")
        _check_scope(scope, client_id)
        now = self.now()
        device = DeviceCode(
            device_code=new_secret("GAQABAAEAAAD-", 120),
            user_code=new_user_code(),
            client_id=client_id,
            tenant=tenant,
            scope=scope,
            made=now,
            ends=now + self.switches.code_seconds,
        )
        self.devices[device.device_code] = device
        return device

    def start_browser(self, tenant: str, query: Mapping[str, str]) -> AuthorizationCode:
        """Hand out an authorization code, once the person agreed.

        Raises:
            Refused: An unknown tenant or application, or a parameter that cannot be.
        """
        self._directory(tenant)
        client_id = self._client_id(tenant, query)
        if query.get("response_type", "code") != "code":
            raise refusals.invalid_request("The response_type is not supported: only 'code' is.", 700054)
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method", "plain") != "S256":
            raise refusals.invalid_request("The code_challenge_method is not supported: only 'S256' is.", 501491)
        scope = query.get("scope", "")
        _check_scope(scope, client_id)
        code = AuthorizationCode(
            code=new_secret("1.AAAA", 120),
            client_id=client_id,
            tenant=tenant,
            scope=scope,
            redirect_uri=query.get("redirect_uri", ""),
            challenge=challenge,
            nonce=query.get("nonce", ""),
            made=self.now(),
        )
        self._codes[code.code] = code
        return code

    def token(
        self, tenant: str, form: Mapping[str, str], authorization: str, base: str, audiences: tuple[str, ...]
    ) -> dict[str, Any]:
        """Answer the token endpoint.

        Args:
            tenant: The tenant of the authority.
            form: What was posted.
            authorization: The header ``Authorization``, empty for none.
            base: The platform's address.
            audiences: Names of this endpoint that an assertion may be meant for.

        Raises:
            Refused: Whatever is not granted.
        """
        kind = form.get("grant_type", "")
        self.calls[f"token:{kind.rpartition(':')[2]}"] += 1
        directory = self._directory(tenant)
        form = dict(form) | _basic(authorization)
        client_id = self._client_id(tenant, form)
        proven = self._proof(client_id, form, audiences)
        if kind == "client_credentials":
            return self._for_application(tenant, directory, client_id, proven, form)
        if self.switches.client == "not_public" and not proven:
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

    def _directory(self, tenant: str) -> Directory | None:
        """Return the directory of an authority's tenant, None when people of every one are let in.

        Raises:
            Refused: There is no such tenant.
        """
        if tenant.lower() in ANY_DIRECTORY:
            return None
        directory = directory_of(tenant)
        if directory is None:
            raise refusals.unknown_tenant(tenant)
        return directory

    def _client_id(self, tenant: str, form: Mapping[str, str]) -> str:
        client_id = form.get("client_id", "")
        if not client_id:
            raise refusals.missing("client_id")
        if self.switches.client == "unknown":
            directory = directory_of(tenant)
            raise refusals.unknown_application(client_id, (directory or CONTOSO).name)
        return client_id

    def _proof(self, client_id: str, form: Mapping[str, str], audiences: tuple[str, ...]) -> bool:
        """Look at what an application proves itself with; tell whether it did.

        Raises:
            Refused: It is not right.
        """
        client = self.switches.client
        secret, assertion = form.get("client_secret", ""), form.get("client_assertion", "")
        if secret:
            if client == "expired_secret":
                raise refusals.expired_secret(client_id)
            if client == "wrong_secret" or self.switches.secret not in ("", secret):
                raise refusals.wrong_secret(client_id)
        if assertion:
            if form.get("client_assertion_type") != ASSERTION_TYPE:
                raise refusals.bad_assertion("The client_assertion_type is not supported.")
            if client == "wrong_certificate":
                raise refusals.unknown_certificate("")
            self.certificates.check(assertion, client_id=client_id, audiences=audiences, now=self.now())
        return bool(secret or assertion)

    def _for_application(
        self, tenant: str, directory: Directory | None, client_id: str, proven: bool, form: Mapping[str, str]
    ) -> dict[str, Any]:
        if directory is None:
            raise refusals.no_directory_for_application()
        if not proven:
            raise refusals.not_public()
        scope = form.get("scope", "")
        if not scope.endswith("/.default"):
            raise refusals.scope_without_default(scope)
        _check_scope(scope, client_id)
        grant = self._grant(directory, client_id, None, scope)
        token = self.hand_out(grant, form.get("claims", ""))
        return self._lives() | {"access_token": token}

    def _for_device(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("device_code"):
            raise refusals.missing("device_code")
        device = self.devices.get(form["device_code"])
        if device is None or device.client_id != client_id or device.used:
            raise refusals.bad_code()
        now = self.now()
        wanted = self.switches.sign_in
        if device.state == "waits" and wanted != "ask" and now >= device.made + self.switches.after:
            device.state = {"approve": "approved", "decline": "declined", "expire": "expired", "block": "blocked"}[
                wanted
            ]  # type: ignore[assignment]
        if device.state == "expired" or now >= device.ends:
            raise refusals.code_expired()
        if device.state == "declined":
            raise refusals.declined()
        if device.state == "blocked":
            raise refusals.blocked(self.switches.block_code)
        if self.switches.slow_down > 0:
            self.switches.slow_down -= 1
            raise refusals.slow_down()
        if device.state == "waits":
            raise refusals.pending()
        grant = self._personal(device.tenant, client_id, device.scope)
        device.used = True
        return self._personal_answer(grant, form, base, nonce="")

    def _for_code(self, client_id: str, form: Mapping[str, str], base: str) -> dict[str, Any]:
        if not form.get("code"):
            raise refusals.missing("code")
        code = self._codes.get(form["code"])
        if code is None or code.client_id != client_id:
            raise refusals.bad_grant()
        if code.used:
            raise refusals.code_used()
        if self.now() >= code.made + CODE_SECONDS:
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
        old = self._refresh.get(_fingerprint(form["refresh_token"]))
        if old is None or old.client_id != client_id or old.person is None:
            raise refusals.bad_grant()
        if old.number <= self._troubled_until and self.switches.refresh != "works":
            self._refuse_refresh(old)
        if not self.switches.consent:
            raise refusals.consent_needed(client_id, old.app_name)
        scope = form.get("scope") or old.scope
        _check_scope(scope, client_id)
        grant = self._grant(old.directory, client_id, old.person.email, scope)
        return self._personal_answer(grant, form, base, nonce="")

    def _refuse_refresh(self, grant: Grant) -> NoReturn:
        """Refuse a refresh token in the way that was chosen.

        Raises:
            Refused: Always.
        """
        kind = self.switches.refresh
        if kind == "mfa":
            raise refusals.mfa_needed()
        if kind == "consent":
            raise refusals.consent_needed(grant.client_id, grant.app_name)
        if kind == "blocked":
            raise refusals.blocked(self.switches.block_code)
        raise refusals.inactive() if kind == "inactive" else refusals.revoked()

    def _personal(self, tenant: str, client_id: str, scope: str) -> Grant:
        """Return the grant of whoever signs in now.

        Raises:
            Refused: The person is of another directory, or nobody consented.
        """
        person = person_of(self.switches.person)
        directory = self._directory(tenant) or person.home
        if directory is not person.home:
            raise refusals.wrong_directory(person.email, person.home.id, directory.name, client_id)
        grant = self._grant(directory, client_id, person.email, scope)
        if not self.switches.consent:
            raise refusals.consent_needed(client_id, grant.app_name)
        return grant

    def _grant(self, directory: Directory, client_id: str, email: str | None, scope: str) -> Grant:
        self._number += 1
        person = person_of(email) if email is not None else None
        return Grant(directory, client_id, person, scope, self._number)

    def _personal_answer(self, grant: Grant, form: Mapping[str, str], base: str, *, nonce: str) -> dict[str, Any]:
        asked = grant.scope.split()
        scopes = [f"{GRAPH}/{each}" for each in sorted(self.switches.scopes)]
        more = [each for each in asked if each not in _IDENTITY_SCOPES and each not in scopes]
        answer = self._lives() | {
            "scope": " ".join(["email", "openid", "profile", *scopes, *more]),
            "access_token": self.hand_out(grant, form.get("claims", "")),
        }
        if "offline_access" in asked:
            refresh = new_secret("1.AUEB", 300)
            self._refresh[_fingerprint(refresh)] = grant
            answer["refresh_token"] = refresh
        if "openid" in asked:
            answer["id_token"] = id_token(
                grant, now=self.now(), seconds=3600, issuer=f"{base}/{grant.directory.id}/v2.0", nonce=nonce
            )
        if form.get("client_info") == "1":
            answer["client_info"] = client_info(grant)
        return answer

    def _lives(self) -> dict[str, Any]:
        seconds = self.switches.token_seconds
        answer: dict[str, Any] = {"token_type": "Bearer", "expires_in": seconds, "ext_expires_in": seconds}
        if seconds >= 7200:
            answer["refresh_in"] = seconds // 2
        return answer

    def for_managed_identity(self, client_id: str, resource: str) -> tuple[str, float]:
        """Return an access token of a managed identity of Contoso, and when it ends (seconds since 1970)."""
        grant = self._grant(CONTOSO, client_id, None, resource)
        return self.hand_out(grant, ""), self.now() + self.switches.token_seconds

    def hand_out(self, grant: Grant, claims: str) -> str:
        """Make an access token and keep that it was handed out."""
        switches = self.switches
        token = access_token(
            grant,
            now=self.now(),
            seconds=switches.token_seconds,
            scopes=switches.scopes,
            roles=switches.roles if switches.consent else (),
            directory_roles=switches.directory_roles,
            capabilities=_capabilities(claims),
        )
        ends = self.now() + switches.token_seconds
        self._issued[_fingerprint(token)] = Issued(grant.directory, ends, claims, grant.number)
        return token


def _fingerprint(token: str) -> str:
    """Return what a token is kept under: what was handed out is not kept itself."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


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


def _claims(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _capabilities(claims: str) -> list[str]:
    """Return what a client said it can do, in its claims parameter."""
    asked = _claims(claims).get("access_token")
    told = asked.get("xms_cc") if isinstance(asked, dict) else None
    values = told.get("values") if isinstance(told, dict) else None
    return [each for each in values if isinstance(each, str)] if isinstance(values, list) else []


def _check_scope(scope: str, client_id: str) -> None:
    """Look at what is asked for.

    Raises:
        Refused: A permission that Microsoft Graph does not have, or of another service.
    """
    for each in scope.split():
        if each in _IDENTITY_SCOPES:
            continue
        host, slash, name = each.rpartition("/")
        if slash and host.rstrip("/") != GRAPH:
            raise refusals.wrong_scope(each)
        if name not in PERMISSIONS and name not in _OTHER_PERMISSIONS:
            message = (
                f"The application '{client_id}' asked for scope '{name}' that doesn't exist on the resource "
                f"'{refusals.GRAPH_APP}'. Contact the app vendor."
            )
            raise refusals.Refused(400, "invalid_client", 650053, message)
