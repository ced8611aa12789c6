"""What changed at the service since the last visit: a small snapshot on exit, a comparison at the next start."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from backup_tui.store.rows import SessionRow

if TYPE_CHECKING:
    from backup_tui.store.updates import LastVisit

_VERSION = 1


class ChangesSinceLastVisit(Struct, frozen=True):
    """What happened since the program was left: units that ended meanwhile, in sessions known then or made since, and
    the ids of sessions that were running or drafts then and have ended, or are `gone` from the service."""

    at: datetime
    how: str
    more_succeeded: int
    more_failed: int
    new_sessions: tuple[str, ...]
    ended: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.more_succeeded or self.more_failed or self.new_sessions or self.ended or self.gone)


def snapshot(sessions: Mapping[str, SessionRow]) -> dict[str, Any]:
    """What is needed to tell later what changed: the sessions that can still move. JSON-able."""
    return {
        "version": _VERSION,
        "open": {
            row.id: [row.status, row.completed or 0, row.failed or 0]
            for row in sessions.values()
            if not row.gone and not row.state.terminal
        },
    }


def difference(old: "LastVisit", sessions: Mapping[str, SessionRow]) -> ChangesSinceLastVisit:
    """What changed since the snapshot. A session that is not in it counts only if it was created later."""
    known = _read(old.snapshot)
    succeeded = failed = 0
    new: list[str] = []
    ended: list[str] = []
    gone = [session_id for session_id in known if session_id not in sessions or sessions[session_id].gone]
    for row in sessions.values():
        if row.gone:
            continue
        if row.id in known:
            completed_then, failed_then = known[row.id]
            succeeded += max(0, (row.completed or 0) - completed_then)
            failed += max(0, (row.failed or 0) - failed_then)
            if row.state.terminal:
                ended.append(row.id)
        elif row.created is not None and row.created > old.at:
            new.append(row.id)
            succeeded += row.completed or 0
            failed += row.failed or 0
    new.sort(key=lambda session_id: (str(sessions[session_id].created or ""), session_id))
    return ChangesSinceLastVisit(old.at, old.how, succeeded, failed, tuple(new), tuple(ended), tuple(gone))


def _read(kept: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    sessions = kept.get("open") if kept.get("version") == _VERSION else None
    if not isinstance(sessions, Mapping):
        return {}
    known: dict[str, tuple[int, int]] = {}
    for session_id, entry in sessions.items():
        if isinstance(entry, list) and len(entry) == 3 and all(isinstance(count, int) for count in entry[1:]):
            known[str(session_id)] = (entry[1], entry[2])
    return known
