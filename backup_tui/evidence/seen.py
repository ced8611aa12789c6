"""The facts about a session as the screens show it: what was read last, without another request."""

from __future__ import annotations

from backup_tui.evidence.facts import SessionFacts, UnitFacts
from backup_tui.models.text import safe
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.errors_of_units import explain
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store.rows import ArtifactRow, SessionRow, destination_of
from backup_tui.store.store import Store


def session_seen(store: Store, session_id: str, record: DraftRecord | None) -> SessionFacts | None:
    """A session as the store has it; `None` for one that was not read."""
    row = store.sessions.get(session_id)
    if row is None or row.gone:
        return None
    return _session(row, record)


def units_seen(store: Store, session_id: str, record: DraftRecord | None) -> tuple[UnitFacts, ...]:
    """The units of a session as the store has them."""
    session = store.sessions.get(session_id)
    if session is None:
        return ()
    asked = record.by_point if record else {}
    return tuple(_unit(row, session, asked.get(row.point_id)) for row in store.artifacts(session_id).values())


def _session(row: SessionRow, record: DraftRecord | None) -> SessionFacts:
    creator, changer = row.model.created_by, row.model.last_modified_by
    return SessionFacts(
        row.id,
        row.service,
        row.destination or (record.destination if record else None),
        row.status,
        created_at=row.created,
        created_by=row.created_by,
        created_by_id=(creator.user_id or creator.application_id or "") if creator else "",
        changed_at=row.modified,
        changed_by=row.modified_by,
        changed_by_id=(changer.user_id or changer.application_id or "") if changer else "",
        ended_at=row.completed_at,
        total=row.total,
        completed=row.completed,
        failed=row.failed,
    )


def _unit(row: ArtifactRow, session: SessionRow, asked: UnitPoint | None) -> UnitFacts:
    destination = destination_of(row.destination)
    cause = explain(row.error_code, session.service, destination=destination, keys=False)
    broken = bool(row.error_code or row.error_message)
    return UnitFacts(
        safe(row.unit_name or (asked.name if asked else row.name)),
        session.service,
        row.unit_id or (asked.unit_id if asked else None),
        row.session_id,
        row.point_id,
        destination,
        row.status,
        wanted=asked.wanted if asked else None,
        point_time=row.point_time,
        express=row.express,
        started=row.started,
        ended=row.completed,
        result=row.result or "",
        items=row.item_count,
        code=row.error_code,
        cause=cause.cause if broken else "",
        happened=cause.happened if broken else "",
        remedy=cause.to_do if broken else "",
        action=cause.remedy.value if broken else "",
        message=row.error_message,
    )
