"""The facts that the screens of evidence show: read now, or as read last where the service cannot be asked."""

from collections.abc import Sequence

from msgspec.structs import replace

from backup_tui.changes.context import OnProgress, unheard
from backup_tui.errors import BackupTuiError, NotFound, UsageError
from backup_tui.evidence.card import current_sessions
from backup_tui.evidence.facts import Report
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.models.text import safe
from backup_tui.plans.record import PlanRecord, kept_record
from backup_tui.workspace import Workspace

OPEN = "open"  # name of the report of everything that is open


async def facts_now(
    workspace: Workspace, sessions: Sequence[str], plan: str, on_progress: OnProgress = unheard
) -> tuple[Report, str]:
    """The facts about sessions, a plan, or everything that is open, and why they are not of this moment.

    Args:
        sessions: Ids; none, and no plan, for everything that is open.
        plan: Name of a plan.

    Raises:
        NotFound: There is no such plan or session.
        JournalError: The journal cannot be read.
    """
    context = workspace.context
    record = await _plan(workspace, plan)
    where = where_of(context, workspace.address.without_version)
    ids = sessions or (() if record else current_sessions(context.store, context.clock.now()))
    why = ""
    try:
        report = await gather(context.journal, where, sessions=ids, plan=record, tools=context, on_progress=on_progress)
    except (NotFound, UsageError):
        raise
    except BackupTuiError as error:
        report = await gather(context.journal, where, sessions=ids, plan=record, seen=context.store)
        why = f"The service could not be read ({error.message.rstrip('.')}): as it was read last."
    return (report if sessions or record else replace(report, subject=OPEN)), why


async def _plan(workspace: Workspace, name: str) -> PlanRecord | None:
    record = await kept_record(workspace.context.journal, name) if name else None
    if name and record is None:
        raise NotFound(f"No plan {safe(name)!r} has drafts here.", status=404, code="PlanNotFound")
    return record
