"""The draft that an earlier create of the same contents made, according to the journal and the service.

A program can be killed after its draft was created and before it was reported. The journal has the create with the
fingerprint of its contents, so that the draft is found again instead of being created twice.
"""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.changes.findings import Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import NotFound
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.statuses import Action, session_status
from backup_tui.restore.drafts.create import looking, plan_mark
from backup_tui.restore.drafts.plan import DraftPlan, service_of
from backup_tui.restore.lost_answers import CREATE
from backup_tui.restore.reads import read_artifacts


class EarlierDraft(Struct, frozen=True):
    """A draft that is there already."""

    session_id: str  # the draft
    at: datetime  # when it was asked for (UTC)
    units: int  # how many units it holds


async def equal_draft(tools: Context, plan: DraftPlan) -> EarlierDraft | None:
    """A draft that a create of this plan made from this machine, and that holds nothing but units of the plan. Raises
    `BackupTuiError`: the journal or the service could not be asked."""
    points = {row.point_id for row in plan.rows}
    for intent in await _creates(tools, plan_mark(plan, tools.limits)):
        if not intent.state.was_done or intent.session_id is None:
            continue
        try:
            session = await tools.reader.session(intent.session_id)
            if not session_status(session.status).allows(Action.EDIT):
                continue
            present = await read_artifacts(tools, service_of(session), session.id)
        except NotFound:
            continue
        held = {artifact.point_id or None for artifact in present}
        if held and held <= points:
            return EarlierDraft(session.id, intent.at, len(present))
    return None


class CreateState(Struct, frozen=True):
    """What the journal knows of a create."""

    session_id: str = ""  # the draft that it made; empty without one
    is_open: bool = False  # it may have been sent, and nobody knows yet what became of it


async def create_state(tools: Context, mark: str) -> CreateState:
    """What the journal knows of the latest create with a fingerprint; nothing is asked of the service. Raises
    `JournalError`: the journal cannot be read."""
    for intent in await _creates(tools, mark):
        made = intent.session_id or "" if intent.state.was_done else ""
        return CreateState(made, not intent.state.is_settled)
    return CreateState()


async def draft_of_create(tools: Context, mark: str, on_progress: OnProgress = unheard) -> str | None:
    """Id of the draft that the latest create with this fingerprint made; looks at the service while it is unknown.
    Returns `None` when that create made nothing, or was never sent.

    Args:
        mark: The fingerprint; see `plan_mark`.
        on_progress: Told of each look.

    Raises:
        OutcomeUnknown: It is still unknown.
        JournalError: The journal cannot be read.
    """
    intent = next(iter(await _creates(tools, mark)), None)
    if intent is None:
        return None
    if intent.state.is_settled:
        return intent.session_id if intent.state.was_done else None
    finding = await resolve_lost_answer(tools, CREATE, intent, looking(on_progress, "the service"))
    if finding.verdict is Verdict.NOT_DONE:
        return None
    if finding.verdict is Verdict.DONE:
        return finding.session.id if finding.session else finding.intent.session_id
    raise finding.unanswered(f"Check the sessions, then settle entry {intent.id} of the journal (5 Activity).")


async def _creates(tools: Context, mark: str) -> Sequence[Intent]:
    intents = await tools.journal.intents()
    return [intent for intent in intents if intent.kind is IntentKind.CREATE and intent.fingerprint == mark]
