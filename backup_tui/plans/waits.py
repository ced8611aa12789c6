"""Why units of a plan wait, from what is known here. What the runner of the plan says itself comes first. Pure."""

from __future__ import annotations

from msgspec import Struct

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.text import counted
from backup_tui.plans.parts import Part
from backup_tui.plans.record import PlanRecord
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import in_flight, running_sessions


class Why(Struct, frozen=True):
    """Why units wait. `words`: a clause. `own`: it is about their wave alone, and no runner knows better."""

    words: str
    own: bool = False


NEEDS_YES = Why("needs your yes", own=True)
STOPPED = Why("the plan stops before it", own=True)
PAUSED = Why("the plan is paused")
NO_DRAFT = Why("no draft yet", own=True)
NOT_READ = Why("its session was not read yet")
GONE = Why("its draft is no longer at the service", own=True)
IN_TURN = Why("in a running session, not begun yet")
NOT_REPORTED = Why("their session has ended, and the service reports nothing about them", own=True)
NOBODY = Why("nobody runs the plan now")
NEXT = Why("starts next")


def why_waiting(
    record: PlanRecord, part: Part, row: SessionRow | None, store: Store, limits: ServiceLimits, *, alive: bool
) -> Why:
    """Why units of a part wait.

    Args:
        record: The plan.
        part: The part.
        row: Its session, as far as it is known.
        store: What else is restored now.
        limits: Of the service.
        alive: Whether a process carries the plan out.
    """
    if (session_id := record.sessions.get(part.number)) is None:
        return NO_DRAFT
    if row is None:
        return NOT_READ
    if row.running:
        return IN_TURN
    if row.state.terminal:
        return NOT_REPORTED
    if row.gone:
        return GONE
    if record.paused or (record.stop_after is not None and part.wave > record.stop_after):
        return STOPPED
    if record.agreed(session_id) is None:
        return NEEDS_YES
    if record.paused:
        return PAUSED
    return _no_place(record, part, store, limits) or (NEXT if alive else NOBODY)


def _no_place(record: PlanRecord, part: Part, store: Store, limits: ServiceLimits) -> Why | None:
    running, own_limits = running_sessions(store), record.plan.limits
    if running >= limits.sessions:
        return Why(f"no free place: {counted(running, 'session')} run")
    own = sum(
        (row := store.sessions.get(session_id)) is not None and row.running for session_id in record.sessions.values()
    )
    if own >= own_limits.sessions:
        return Why(f"no free place: {counted(own, 'session')} of the plan run, as many as it may")
    units = in_flight(store)[part.service].units
    if units and units + part.units > min(limits.units, own_limits.units):
        return Why(f"no free place: {part.service.counted_in_short(units)} in restore")
    return None
