"""Why units of a plan wait: what its runner says, else what follows from the record and the store; and what a wave does
now, in a word with its mark. Pure."""

from collections.abc import Sequence, Set
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.statuses import Status, Tone
from backup_tui.models.text import safe
from backup_tui.plans.next_start import DRAFT_GONE, NO_DRAFT, PartNow, next_turn, part_now
from backup_tui.plans.parts import Part
from backup_tui.plans.places import places_of
from backup_tui.plans.record import PlanRecord, RunnerStatus, Wait
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store


class Why(Struct, frozen=True):
    """Why units wait. `words`: a clause. `person`: somebody has to do something before they start. `next_look`: when it
    is looked at again (UTC), if that is known."""

    words: str
    person: bool = False
    next_look: datetime | None = None


NEEDS_YES = "needs your yes"
STOPS = "the plan stops after wave"
NOBODY = "nobody runs the plan now"
IN_TURN = Why("in a running session, not begun yet")
NOT_REPORTED = Why("their session has ended, and the service reports nothing about them")
NOT_READ = Why("its session was not read yet")


def waits_of(
    record: PlanRecord, store: Store, runner: RunnerStatus | None, limits: ServiceLimits, now: datetime
) -> dict[int, Why]:
    """Why the parts of a plan wait that have not started, by their numbers. `store`: where its sessions are, and what
    else is restored now. `runner`: what the process says that carries it out; `None` where none does."""
    rows = [row.model for row in store.sessions.values() if not row.gone]
    own = {record.sessions[part.number]: part.units for part in record.parts if part.number in record.sessions}
    parts = [_part_now(record, store, part) for part in record.parts]
    turn = next_turn(record, parts, places_of(rows, own), limits, now, {}, now)
    said = {wait.part: wait for wait in runner.waits} if runner is not None else {}
    nobody = Why("starts next") if runner is not None else Why(NOBODY, person=True)
    whys = {one.part.number: _said(said.get(one.part.number), nobody) for one in turn.start}
    waves = {part.number: part.wave for part in record.parts}
    for wait in turn.waits:
        session_id = record.sessions.get(wait.part)
        if session_id is not None and session_id not in store.sessions:
            whys[wait.part] = NOT_READ
        elif wait.why == NEEDS_YES and record.stop_after is not None and waves[wait.part] > record.stop_after:
            # A yes would start nothing, so none is asked for.
            whys[wait.part] = Why(f"{STOPS} {safe(record.plan.waves[record.stop_after].name)}", person=True)
        elif wait.next_look is None:
            whys[wait.part] = Why(safe(wait.why), person=True)
        else:
            whys[wait.part] = _said(said.get(wait.part), Why(safe(wait.why)))
    return whys


def _part_now(record: PlanRecord, store: Store, part: Part) -> PartNow:
    session_id = record.sessions.get(part.number)
    row: SessionRow | None = store.sessions.get(session_id or "")
    here = row is not None and not row.gone
    return part_now(part, row.model if row is not None and here else None, drafted=session_id is not None)


def _said(wait: Wait | None, otherwise: Why) -> Why:
    """What the runner says of a part that needs nobody as far as is known here; what it said before a yes is over."""
    if wait is None or wait.why == NEEDS_YES:
        return otherwise
    return Why(safe(wait.why), wait.next_look is None, wait.next_look)


# -- a wave --------------------------------------------------------------------------------------------------

_STATES = {
    "empty": Status("empty", "no session", "-", Tone.CALM),
    "finished": Status("finished", "finished", "✓", Tone.GOOD, terminal=True),
    "failed": Status("failed", "failed", "✗", Tone.BAD, terminal=True),
    "running": Status("running", "restoring", "»", Tone.MOVING, moving=True),
    "starting": Status("starting", "starting", "~", Tone.MOVING, moving=True),
}
_WAITS = {
    NEEDS_YES: Status("needsYes", "needs your yes", "!", Tone.WARN),
    "the plan is paused": Status("paused", "paused", "!", Tone.WARN),
    DRAFT_GONE: Status("gone", "draft is gone", "!", Tone.WARN),
    "whether it has started is unknown": Status("inDoubt", "UNKNOWN", "?", Tone.BAD),
    NOBODY: Status("nobody", "nobody runs it", "!", Tone.WARN),
    NO_DRAFT: Status("noDraft", "no draft yet", "○", Tone.CALM),
}
"""States of waves of which nothing runs, by why they wait, the one that matters most first."""

_STOPPED = Status("stopped", "stopped", "-", Tone.CALM)
_WAITING = Status("waiting", "waiting", "·", Tone.CALM)


def wave_state(rows: Sequence[SessionRow], *, ended: bool, failed: int, whys: Set[str]) -> Status:
    """What a wave does now: the news that matters most.

    Args:
        rows: Its sessions, as far as they are known.
        ended: All of them have ended.
        failed: How many of its units failed.
        whys: Why units wait that have not started, in the words of `waits`.
    """
    running = [row for row in rows if row.running]
    if running:
        starting = all(row.state.value == "activating" for row in running)
        return _STATES["starting" if starting else "running"]
    if ended and rows:
        return replace(_STATES["failed"], word=f"{failed:,} failed") if failed else _STATES["finished"]
    if not rows and not whys:
        return _STATES["empty"]
    stopped = any(words.startswith(STOPS) for words in whys)
    return next((_WAITS[words] for words in _WAITS if words in whys), _STOPPED if stopped else _WAITING)
