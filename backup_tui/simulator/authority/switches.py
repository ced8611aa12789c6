"""The switches for the simulated identity platform."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from backup_tui.simulator.authority.directory import ROLE_IDS, person_of

PERMISSIONS = (
    "BackupRestore-Configuration.Read.All",
    "BackupRestore-Configuration.ReadWrite.All",
    "BackupRestore-Control.Read.All",
    "BackupRestore-Control.ReadWrite.All",
    "BackupRestore-Monitor.Read.All",
    "BackupRestore-Restore.Read.All",
    "BackupRestore-Restore.ReadWrite.All",
    "BackupRestore-Search.Read.All",
)
"""Every permission of Backup Storage (page permissions-reference)."""

SignIn = Literal["ask", "approve", "decline", "expire", "block"]
Refresh = Literal["works", "revoked", "inactive", "mfa", "consent", "blocked"]
Client = Literal["known", "unknown", "not_public", "wrong_secret", "expired_secret", "wrong_certificate"]
Outage = Literal["none", "503", "429", "html", "empty"]

_CHOICES: Mapping[str, tuple[str, ...]] = {
    "sign_in": get_args(SignIn),
    "refresh": get_args(Refresh),
    "client": get_args(Client),
    "outage": get_args(Outage),
}
_LISTS = ("scopes", "roles", "directory_roles")


@dataclass
class Switches:
    """How the platform behaves; every one can be changed at any time."""

    # What becomes of device codes and of the browser's sign-in. ``ask``: a person decides on the page; ``approve``,
    # ``decline``: done automatically; ``expire``: the device code ends; ``block``: Conditional Access does not let it
    # through.
    sign_in: SignIn = "ask"
    # seconds of the simulator's clock after which ``sign_in`` is done automatically; until then it is pending
    after: float = 0.0
    slow_down: int = 0  # how many of the next polls of device codes are answered with ``slow_down``; counts down
    interval: int = 5  # seconds between polls that the platform asks for
    code_seconds: int = 900  # life of a device code
    block_code: int = 53003  # number of the error that ``block`` and ``blocked`` mean: 53003, 530034 and the like
    # What becomes of refresh tokens that were handed out until this was set. ``revoked`` (AADSTS50173), ``inactive``
    # (700082), ``mfa`` (50076, ``interaction_required``), ``consent`` (65001), ``blocked`` (Conditional Access). Those
    # of a later sign-in work.
    refresh: Refresh = "works"
    # Whether somebody consented; without it every grant ends with AADSTS65001. The page of admin consent sets it.
    consent: bool = True
    # What the platform thinks of the application. ``unknown`` (700016), ``not_public`` (public client flows are not
    # allowed, 7000218), ``wrong_secret`` (7000215), ``expired_secret`` (7000222), ``wrong_certificate`` (700027).
    client: Client = "known"
    secret: str = ""  # the one client secret that is right; any is while this is empty
    # ``503``, ``429``, ``html`` (a page of somebody in between) or ``empty`` instead of every answer
    outage: Outage = "none"
    outage_times: int | None = None  # how many more answers ``outage`` strikes, None for all; counts down
    retry_after: float | None = None  # seconds for the header ``Retry-After`` of an outage, None for no header
    delay: float = 0.0  # real seconds that every answer takes longer
    clock_offset: float = 0.0  # seconds that the platform's clock is ahead of the simulator's
    token_seconds: int = 4500  # life of an access token
    scopes: list[str] = field(default_factory=lambda: list(PERMISSIONS))  # delegated permissions that were consented to
    # application permissions that were consented to
    roles: list[str] = field(default_factory=lambda: list(PERMISSIONS))
    person: str = "adele.vance@contoso.com"  # address of who signs in
    # directory roles of that person, by name
    directory_roles: list[str] = field(default_factory=lambda: ["SharePoint Backup Administrator"])
    require: bool = False  # whether the API takes only tokens that were handed out here and have not ended

    def set(self, values: Mapping[str, Any]) -> None:
        """Change switches by name. Raises ValueError and changes nothing if a name is unknown or a value cannot be."""
        known = {each.name for each in fields(self)}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown: {name}; known: {', '.join(sorted(known))}")
            _check(name, value, getattr(Switches(), name))
        for name, value in values.items():
            setattr(self, name, list(value) if name in _LISTS else value)

    def as_json(self) -> dict[str, Any]:
        """Return every switch by name, the secret only as whether there is one."""
        found = {each.name: getattr(self, each.name) for each in fields(self)}
        return found | {"secret": bool(self.secret)}


def _check(name: str, value: Any, usual: Any) -> None:
    """Refuse a value of the wrong kind."""
    if name in _CHOICES:
        if value not in _CHOICES[name]:
            raise ValueError(f"{name} is one of: {', '.join(_CHOICES[name])}")
    elif name in _LISTS:
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{name} is a list of texts")
        if name == "directory_roles" and set(value) - set(ROLE_IDS):
            raise ValueError(f"directory_roles are of: {', '.join(ROLE_IDS)}")
    elif name in ("outage_times", "retry_after"):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise ValueError(f"{name} is a number, 0 or more, or null")
    elif isinstance(usual, bool):
        if not isinstance(value, bool):
            raise ValueError(f"{name} is true or false")
    elif isinstance(usual, int | float):
        kind = int if isinstance(usual, int) else (int, float)
        if isinstance(value, bool) or not isinstance(value, kind) or (value < 0 and name != "clock_offset"):
            raise ValueError(f"{name} is a {'whole ' if isinstance(usual, int) else ''}number, 0 or more")
    elif not isinstance(value, str):
        raise ValueError(f"{name} is a text")
    if name == "person":
        person_of(value)
