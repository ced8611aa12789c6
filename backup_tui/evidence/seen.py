"""The facts about a session and its units: as the service says them, or as the store has them without a request."""

from msgspec.structs import replace

from backup_tui.evidence.facts import SessionFacts, UnitFacts
from backup_tui.models.remembered import NameSource
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
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
    return session_facts(row.model, row.service, row.destination or (record.destination if record else None))


def units_seen(store: Store, session_id: str, record: DraftRecord | None) -> tuple[UnitFacts, ...]:
    """The units of a session as the store has them."""
    session = store.sessions.get(session_id)
    if session is None:
        return ()
    asked = record.by_point if record else {}
    return tuple(_unit(row, session, asked.get(row.point_id)) for row in store.artifacts(session_id).values())


def session_facts(session: RestoreSession, service: Service | None, destination: Destination | None) -> SessionFacts:
    """What the service says of a session."""
    creator, changer, counts = session.created_by, session.last_modified_by, session.counts
    return SessionFacts(
        session.id,
        service,
        destination,
        session.status or "",
        created_at=session.created_date_time,
        created_by=creator.label if creator else "",
        created_by_id=(creator.user_id or creator.application_id or "") if creator else "",
        changed_at=session.last_modified_date_time,
        changed_by=changer.label if changer else "",
        changed_by_id=(changer.user_id or changer.application_id or "") if changer else "",
        ended_at=session.completed_date_time,
        total=counts.total,
        completed=counts.completed,
        failed=counts.failed,
        of_files=session.holds_files,
    )


def with_error(facts: UnitFacts, code: str, message: str = "") -> UnitFacts:
    """The facts of a unit of which the service reports an error, with its cause and what to do."""
    about = explain(code, facts.service, unit=facts.name, destination=facts.destination, keys=False)
    return replace(
        facts,
        code=code,
        cause=about.cause,
        happened=about.happened,
        remedy=explain(code, facts.service, destination=facts.destination, keys=False).to_do,
        action=about.remedy.value,
        message=message,
    )


def _unit(row: ArtifactRow, session: SessionRow, asked: UnitPoint | None) -> UnitFacts:
    facts = UnitFacts(
        safe(row.unit_name or (asked.name if asked else row.name)),
        session.service,
        row.unit_id or (asked.unit_id if asked else None),
        row.session_id,
        row.point_id,
        destination_of(row.destination),
        row.status,
        wanted=asked.wanted if asked else None,
        point_time=row.point_time,
        express=row.express,
        started=row.started,
        ended=row.completed,
        result=row.result or "",
        items=row.item_count,
        name_source=NameSource.JOURNAL if asked and not row.unit_name else row.name_source,
    )
    return with_error(facts, row.error_code, row.error_message) if row.error_code or row.error_message else facts
