"""The identity platform itself: its codes, its behavior, and what a person does."""

import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from backup_tui.simulator.authority.assertions import Certificates, read_certificate
from backup_tui.simulator.authority.directory import ANY_DIRECTORY, CONTOSO, Directory, directory_of
from backup_tui.simulator.authority.ledger import Ledger, new_secret
from backup_tui.simulator.authority.refusals import Refused
from backup_tui.simulator.authority.switches import PERMISSIONS, Switches
from backup_tui.simulator.authority.tokens import GRAPH

_DEEDS = ("approve", "decline", "challenge", "end_tokens", "certificate")
IDENTITY_SCOPES = ("openid", "profile", "offline_access", "email")
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""What user codes are made of: letters and digits that cannot be mistaken for each other."""
CODE_SECONDS = 600.0  # life of an authorization code
DeviceState = Literal["waits", "approved", "declined", "blocked", "expired"]
_OTHER_PERMISSIONS = ("User.Read", ".default")


@dataclass
class DeviceCode:
    """A device code."""

    device_code: str  # what the program polls with
    user_code: str  # what the person types
    client_id: str  # the application it is for
    tenant: str  # the tenant of the authority it was asked at
    scope: str
    made: float  # seconds since 1970 by the platform's clock
    ends: float  # when it ends
    state: DeviceState = "waits"  # what the person did
    used: bool = False  # whether tokens were handed out for it


@dataclass
class AuthorizationCode:
    """An authorization code of the browser's sign-in."""

    code: str
    client_id: str  # the application it is for
    tenant: str  # the tenant of the authority it was asked at
    scope: str
    redirect_uri: str  # where the answer went
    challenge: str  # the proof key's challenge (S256), empty for none
    nonce: str  # for the identity token
    made: float  # seconds since 1970 by the platform's clock
    used: bool = False  # whether it was redeemed


class Authority:
    """The simulated identity platform of one service."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._simulator_now = now
        self._begin()

    def _begin(self) -> None:
        self.switches = Switches()  # how it behaves
        self.certificates = Certificates()  # what applications prove themselves with
        # how often each endpoint was asked; grants of the token endpoint as ``token:<grant>``
        self.calls: Counter[str] = Counter()
        self.devices: dict[str, DeviceCode] = {}  # device codes by what programs poll with, oldest first
        self.codes: dict[str, AuthorizationCode] = {}  # authorization codes of the browser's sign-in by themselves
        self.ledger = Ledger(self.now, self.switches)  # the tokens that were handed out

    def now(self) -> float:
        return self._simulator_now() + self.switches.clock_offset

    def reset(self) -> None:
        self._begin()

    def change(self, values: Mapping[str, Any]) -> None:
        """Change switches and do the deeds among them, as the package says. Raises ValueError before any is done."""
        deeds = {name: values[name] for name in _DEEDS if name in values}
        for name in ("challenge", "end_tokens"):
            if not isinstance(deeds.get(name, False), bool):
                raise ValueError(f"{name} is true or false")
        certificate = read_certificate(deeds["certificate"]) if "certificate" in deeds else None
        found = {name: self._devices(deeds[name]) for name in ("approve", "decline") if name in deeds}
        self.switches.set({name: value for name, value in values.items() if name not in deeds})
        if "refresh" in values:
            self.ledger.trouble()
        for name, devices in found.items():
            for device in devices:
                device.state = "approved" if name == "approve" else "declined"
        if certificate is not None:
            self.certificates.register(certificate)
        if "challenge" in deeds:
            self.ledger.set_challenge(deeds["challenge"])
        if deeds.get("end_tokens"):
            self.ledger.end_tokens()

    def as_json(self) -> dict[str, Any]:
        """Return the switches, how often what was asked, and the user codes that wait; no secret and no token."""
        waiting = [each.user_code for each in self.devices.values() if each.state == "waits"]
        more = {"calls": dict(self.calls), "waiting": waiting, "challenge": bool(self.ledger.challenge)}
        return self.switches.as_json() | more

    def approve(self, user_code: str = "*") -> None:
        """Let the person approve a device code, or all that wait. Raises ValueError if no such code waits."""
        self.change({"approve": user_code})

    def decline(self, user_code: str = "*") -> None:
        """Let the person decline a device code, or all that wait. Raises ValueError if no such code waits."""
        self.change({"decline": user_code})

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

    def start_device(self, tenant: str, form: Mapping[str, str]) -> DeviceCode:
        """Hand out a device code (RFC 8628 section 3.1)."""
        self.directory(tenant)
        client_id = self.client_id(tenant, form)
        scope = form.get("scope", "")
        check_scope(scope, client_id)
        now = self.now()
        user_code = "".join(secrets.choice(_LETTERS) for _ in range(9))
        secret, ends = new_secret("GAQABAAEAAAD-", 120), now + self.switches.code_seconds
        device = DeviceCode(secret, user_code, client_id, tenant, scope, now, ends)
        self.devices[device.device_code] = device
        return device

    def start_browser(self, tenant: str, query: Mapping[str, str]) -> AuthorizationCode:
        """Hand out an authorization code, once the person agreed."""
        self.directory(tenant)
        client_id = self.client_id(tenant, query)
        if query.get("response_type", "code") != "code":
            raise Refused("response_type")
        challenge = query.get("code_challenge", "")
        if challenge and query.get("code_challenge_method", "plain") != "S256":
            raise Refused("challenge_method")
        scope = query.get("scope", "")
        check_scope(scope, client_id)
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
        self.codes[code.code] = code
        return code

    def directory(self, tenant: str) -> Directory | None:
        """Return the directory of an authority's tenant, None when people of every one are let in."""
        if tenant.lower() in ANY_DIRECTORY:
            return None
        directory = directory_of(tenant)
        if directory is None:
            raise Refused("unknown_tenant", tenant=tenant)
        return directory

    def client_id(self, tenant: str, form: Mapping[str, str]) -> str:
        """Return the application that asks."""
        client_id = form.get("client_id", "")
        if not client_id:
            raise Refused("missing", parameter="client_id")
        if self.switches.client == "unknown":
            directory = directory_of(tenant) or CONTOSO
            raise Refused("unknown_application", client_id=client_id, directory=directory.name)
        return client_id


def check_scope(scope: str, client_id: str) -> None:
    """Refuse a permission that Microsoft Graph does not have, or of another service."""
    for each in scope.split():
        if each in IDENTITY_SCOPES:
            continue
        host, slash, name = each.rpartition("/")
        if slash and host.rstrip("/") != GRAPH:
            raise Refused("wrong_scope", scope=each)
        if name not in PERMISSIONS and name not in _OTHER_PERMISSIONS:
            raise Refused("unknown_scope", client_id=client_id, scope=name)
