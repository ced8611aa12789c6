"""The tenant's past: restore sessions of the last weeks, one that is running, and other people's drafts."""

from collections.abc import Callable
from typing import Literal, Protocol

from msgspec import Struct

from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.schedule import outcome
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import DAY, HOUR, Tenant
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http.callers import ADELE, AUTOMATION, RYAN, Caller, administrator

_LIDIA = administrator("6f0b9a4e-9c3b-4b0e-8a52-0b7c8f5d1e77", "Lidia Holloway", "lidia.holloway@contoso.com")
_MINUTE = 60


class _Past(Struct, frozen=True, dict=True):
    """One line of the tenant's past."""

    age: float  # how long before the start of the service it was activated (drafts: made), in seconds
    workload: Workload
    first: int  # place of its first unit; further ones follow
    units: int
    destination: Literal["new", "inPlace"]
    by: Caller
    back: float = HOUR  # how far before that its restore points lie, in seconds
    error: str | None = None  # error with which its second artifact (or the only one) ended beside what its units cause
    draft: bool = False  # whether it was never activated


_HISTORY: tuple[_Past, ...] = (
    _Past(76.13 * DAY, SHAREPOINT, 0, 1, "new", RYAN),
    _Past(75.02 * DAY, EXCHANGE, 1, 1, "new", RYAN, back=20 * DAY),
    _Past(61.44 * DAY, EXCHANGE, 9, 12, "inPlace", RYAN, back=3 * HOUR),
    _Past(61.41 * DAY, ONEDRIVE, 9, 12, "inPlace", RYAN, back=3 * HOUR),
    _Past(52.31 * DAY, ONEDRIVE, 2, 1, "new", ADELE),
    _Past(47.2 * DAY, SHAREPOINT, 5, 1, "inPlace", _LIDIA),
    _Past(47.1 * DAY, SHAREPOINT, 5, 1, "new", _LIDIA),
    _Past(41.27 * DAY, EXCHANGE, 12, 1, "new", ADELE),
    _Past(36.4 * DAY, SHAREPOINT, 14, 10, "inPlace", ADELE, back=2 * DAY),
    _Past(33.35 * DAY, EXCHANGE, 17, 1, "inPlace", ADELE, error="UnknownError"),
    _Past(32.97 * DAY, EXCHANGE, 17, 1, "inPlace", ADELE),
    _Past(29.61 * DAY, ONEDRIVE, 20, 50, "inPlace", RYAN, back=6 * HOUR, error="UnknownError"),
    _Past(28.83 * DAY, ONEDRIVE, 46, 1, "new", RYAN, back=6 * HOUR),
    _Past(24.18 * DAY, EXCHANGE, 5, 3, "new", _LIDIA, back=30 * DAY),
    _Past(21.5 * DAY, SHAREPOINT, 0, 24, "new", AUTOMATION),
    _Past(19.42 * DAY, EXCHANGE, 0, 60, "inPlace", AUTOMATION, back=4 * HOUR),
    _Past(16.09 * DAY, ONEDRIVE, 4, 1, "inPlace", ADELE),
    _Past(13.3 * DAY, SHAREPOINT, 9, 2, "inPlace", RYAN, back=DAY),
    _Past(11.56 * DAY, EXCHANGE, 18, 40, "new", RYAN, back=9 * HOUR),
    _Past(9.1 * DAY, ONEDRIVE, 62, 1, "inPlace", _LIDIA, error="InvalidRestoreTime"),
    _Past(9.04 * DAY, ONEDRIVE, 62, 1, "inPlace", _LIDIA),
    _Past(6.26 * DAY, EXCHANGE, 6, 1, "new", ADELE),
    _Past(4.4 * DAY, SHAREPOINT, 2, 4, "inPlace", ADELE, back=5 * HOUR, error="DuplicateArtifactRestoreRequest"),
    _Past(2.2 * DAY, EXCHANGE, 8, 2, "new", _LIDIA),
    _Past(26 * HOUR, ONEDRIVE, 5, 8, "new", ADELE, back=14 * HOUR),
    _Past(52 * _MINUTE, ONEDRIVE, 18, 70, "inPlace", RYAN, back=5 * HOUR),
    _Past(37 * _MINUTE, SHAREPOINT, 6, 3, "new", RYAN, draft=True),
    _Past(19 * HOUR, EXCHANGE, 20, 5, "inPlace", _LIDIA, draft=True),
)


class Restores(Protocol):
    """What the past is written into: whatever makes restore sessions and gives them their course."""

    sessions: dict[str, RestoreSession]

    def create_session(self, workload: Workload, caller: Caller, now: float | None = None) -> RestoreSession: ...

    def run_session(
        self, session: RestoreSession, caller: Caller, activated: float, at: Callable[[float], float],
        errors: list[str | None],
    ) -> None: ...  # fmt: skip


def write_history(restores: Restores, tenant: Tenant, speed: float) -> None:
    """Fill a new service with its past.

    Restores took real time before the start; what is left of the running one is divided by the service's speed.
    """
    started = tenant.started
    for past in sorted(_HISTORY, key=lambda each: -each.age):
        made = started - past.age
        session = restores.create_session(past.workload, past.by, made - 4 * _MINUTE)
        for unit in tenant.units[past.workload.key][past.first : past.first + past.units]:
            point = next(newest_first(unit, made, made - 300 * DAY, made - past.back), None)
            if point is not None:
                session.add(unit, point.moment, point.express, past.destination, made - 4 * _MINUTE)
        if not session.artifacts:
            del restores.sessions[session.id]
        elif not past.draft:
            _run(restores, session, past, made, started, speed)


def _run(restores: Restores, session: RestoreSession, past: _Past, made: float, started: float, speed: float) -> None:
    """Give a past session its course."""
    errors: list[str | None] = []
    for place, artifact in enumerate(session.artifacts):
        error = outcome(artifact.unit, artifact.destination, artifact.moment)
        if past.error is not None and (place == 1 or past.units == 1):
            error = past.error
        elif error == "UnknownError" and past.units == 1:
            error = None
        errors.append(error)

    def at(seconds: float) -> float:
        moment = made + seconds
        return moment if moment <= started else started + (moment - started) / speed

    restores.run_session(session, past.by, made, at, errors)
