"""Writes the tenant's past into a new service: restore sessions of the last weeks, what is running, and drafts."""

from collections.abc import Callable, Iterator
from typing import Protocol

from backup_tui.simulator.domain.past import HISTORY, MINUTE, Past
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.scenes import PASTS
from backup_tui.simulator.domain.schedule import outcome
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import DAY, Tenant, Unit
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller


class Restores(Protocol):
    """What the past is written into: whatever makes restore sessions and gives them their course."""

    sessions: dict[str, RestoreSession]

    def create_session(self, workload: Workload, caller: Caller, now: float | None = None) -> RestoreSession: ...

    def run_session(
        self, session: RestoreSession, caller: Caller, activated: float, at: Callable[[float], float],
        errors: list[str | None],
    ) -> None: ...  # fmt: skip


def write_history(restores: Restores, tenant: Tenant, speed: float, scene: str = "") -> dict[str, str]:
    """Fill a new service with its past.

    Restores took real time before the start; what is left of the running one is divided by the service's speed. Returns
    the ids of the sessions that have a label, by it."""
    started = tenant.started
    labels = {}
    for past in sorted(PASTS[scene] if scene else HISTORY, key=lambda each: -(each.drafted or each.age)):
        made = started - past.age
        drafted = made - 4 * MINUTE if past.drafted is None else started - past.drafted
        session = restores.create_session(past.workload, past.by, drafted)
        for unit in _units(tenant, past):
            point = next(newest_first(unit, made, made - 300 * DAY, made - past.back), None)
            if point is not None:
                session.add(unit, point.moment, point.express, past.destination, drafted)
        if not session.artifacts:
            del restores.sessions[session.id]
            continue
        if past.label:
            labels[past.label] = session.id
        if not past.draft:
            _run(restores, session, past, made, started, speed)
    return labels


def _units(tenant: Tenant, past: Past) -> Iterator[Unit]:
    """Yield the units of a line; who made a plan or a drill took none that is gone or leaving."""
    for unit in tenant.units[past.workload.key][past.first : past.first + past.units * past.step : past.step]:
        if not past.label or (unit.name and unit.policy is not None and unit.error is None):
            yield unit


def _run(restores: Restores, session: RestoreSession, past: Past, made: float, started: float, speed: float) -> None:
    """Give a past session its course."""
    errors: list[str | None] = []
    for place, artifact in enumerate(session.artifacts):
        error = outcome(artifact.unit, artifact.destination, artifact.moment)
        if past.error is not None and (place == past.fails or past.units == 1):
            error = past.error
        elif error == "UnknownError" and past.units == 1:
            error = None
        errors.append(error)

    def at(seconds: float) -> float:
        moment = made + seconds
        return moment if moment <= started else started + (moment - started) / speed

    restores.run_session(session, past.by, made, at, errors)
