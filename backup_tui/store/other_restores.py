"""Which other restore holds a unit, among the restores that were read here."""

from collections.abc import Iterable

from backup_tui.models.statuses import Action
from backup_tui.store.store import Store


def other_restore_of(store: Store, unit_ids: Iterable[str | None], session_id: str) -> str:
    """The restore beside `session_id` that holds all of these units; empty when none is known, or several are."""
    wanted = set(unit_ids)
    moving: list[str] = []
    ended: list[str] = []
    for other in store.artifact_sessions() - {session_id}:
        rows = [row for row in store.artifacts(other).values() if row.unit_id in wanted and row.unit_id is not None]
        session = store.sessions.get(other)
        is_draft = session is not None and session.state.allows(Action.ACTIVATE)
        if session is not None and not is_draft and wanted and {row.unit_id for row in rows} == wanted:
            (ended if all(row.state.terminal for row in rows) else moving).append(other)
    found = moving or ended
    return found[0] if len(found) == 1 else ""
