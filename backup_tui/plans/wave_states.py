"""What a wave of a plan does now, in a word with its mark. Pure."""

from __future__ import annotations

from collections.abc import Sequence, Set

from msgspec.structs import replace

from backup_tui.models.statuses import Status, Tone
from backup_tui.plans.waits import NEEDS_YES, NO_DRAFT, NOBODY, STOPS
from backup_tui.store.rows import SessionRow

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
    "its draft is no longer at the service": Status("gone", "draft is gone", "!", Tone.WARN),
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
