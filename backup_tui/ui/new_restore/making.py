"""Creates the draft of a form.

Before the create is sent, the form keeps what identifies it; after it, the draft's units leave the form. So however the
program ends, the next start continues with what is missing and creates nothing twice. More units than one draft holds
become a plan, which is made elsewhere.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.changes.context import Progress
from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, StateConflict
from backup_tui.models.text import counted, short_id
from backup_tui.restore.drafts.create import plan_mark
from backup_tui.restore.drafts.drafts import change_draft, create_draft
from backup_tui.restore.drafts.earlier_draft import draft_of_create, equal_draft
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.form_pieces import PartDraft
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.points.points import UnitPoint
from backup_tui.workspace import Workspace

if TYPE_CHECKING:
    from backup_tui.ui.new_restore.drafting import Drafting

LOOKS_FIRST = "no answer; enter checks the service first, nothing is made twice"


class Making:
    """Makes, completes and changes the draft of one form. `say`: puts one sentence on the message line."""

    def __init__(self, drafting: "Drafting", workspace: Workspace, say: Callable[[str], None]) -> None:
        self._drafting = drafting
        self._ws = workspace
        self._say = say

    async def carry_out(self) -> PartDraft | None:
        """Makes what is not made yet, completes what is begun, or changes the draft that the form is about. Returns the
        draft when it holds what was asked for; `None` when not (`trouble`), and the form has what is left."""
        one = self._drafting
        if one.busy is not None:
            return None
        one.busy, one.trouble, one.not_in_it = Progress("sending", 0, len(one.plan().rows)), None, {}
        one.tell()
        try:
            made = await self._all()
        except BackupTuiError as error:
            self._say(error.sentences)
            one.trouble, made = self._after(error), None
        finally:
            one.busy = None
        if made is None:
            one.tell()
            return None
        await one.keeping.forget()
        return made

    async def _all(self) -> PartDraft | None:
        one = self._drafting
        if one.form.draft_id is not None:
            plan = one.plan()
            result = await change_draft(self._ws.context, one.form.draft_id, plan, self._told)
            if not result.complete:
                self._partly(result, len(plan.rows))
                return None
            return _part(result)
        sending = await self._begun()
        if one.is_plan:  # nothing was begun after all
            return None
        plan = one.plan()
        rows = _rows_of(plan, sending)
        result = await self._make(replace(plan, rows=rows), sending)
        if not result.complete:
            self._partly(result, len(rows), alone=len(rows) == len(plan.rows))
            return None
        one.settle(one.form.with_part_made(_part(result)), for_good=True)
        if len(rows) == len(plan.rows):
            return one.form.made[-1]
        await one.keeping.keep_now(one.form)
        one.trouble = f"{made_words(one.form)}; enter continues with the rest"
        return None

    async def _begun(self) -> PartDraft | None:
        """The draft that was begun earlier; it is looked for where no answer named it."""
        one = self._drafting
        sending = one.form.sending
        if sending is None or sending.session_id:
            return sending
        found = await draft_of_create(self._ws.context, sending.mark, self._told)
        sending = replace(sending, session_id=found) if found else None
        one.settle(replace(one.form, sending=sending), for_good=sending is not None)
        return sending

    async def _make(self, part: DraftPlan, sending: PartDraft | None) -> DraftResult:
        one, context = self._drafting, self._ws.context
        if sending is None:
            equal = await equal_draft(context, part)
            held = equal.session_id if equal else ""
            sending = PartDraft(tuple(row.unit_id for row in part.rows), plan_mark(part, one.lookups.limits), held)
            one.settle(replace(one.form, sending=sending), for_good=bool(held))
        await one.keeping.keep_now(one.form)
        if sending.session_id:
            return await change_draft(context, sending.session_id, part, self._told)
        return await create_draft(context, part, self._told)

    def _told(self, progress: Progress) -> None:
        self._drafting.busy = progress
        self._drafting.tell()

    def _partly(self, result: DraftResult, wanted: int, *, alone: bool = True) -> None:
        """A draft holds a part of what it should; `enter` continues with it."""
        one, session = self._drafting, short_id(result.session_id)
        if alone and not one.form.made:
            one.settle(replace(one.form, draft_id=result.session_id, sending=None), for_good=True)
        elif one.form.sending is not None:
            one.settle(
                replace(one.form, sending=replace(one.form.sending, session_id=result.session_id)), for_good=True
            )
        one.fixed = True
        reasons = {refusal.name: refusal.message or refusal.code for refusal in result.refusals}
        one.not_in_it = {row.unit_id: reasons.get(row.name, "") for row in result.not_in_it}
        held = f"{len(result.in_it):,} of {wanted:,} are in draft {session}"
        one.trouble = f"{held}; enter continues with the rest"
        self._say(_why_partly(result, wanted))

    def _after(self, error: BackupTuiError) -> str:
        """What pressing `enter` again would do."""
        one, form = self._drafting, self._drafting.form
        gone = form.draft_id or (form.sending.session_id if form.sending else "")
        if gone and isinstance(error, NotFound | StateConflict):
            # What it was to become part of is gone or started, so what is left is a new draft.
            one.fixed = bool(form.made)
            one.settle(replace(form, draft_id=None, sending=None, source=f"was draft {short_id(gone)}"))
            return "nothing was sent, the form is kept; enter makes a new draft of it"
        if isinstance(error, OutcomeUnknown):
            return LOOKS_FIRST
        if form.sending is not None and not form.sending.session_id:
            one.settle(replace(form, sending=None))
        if form.made:
            return f"{made_words(form)}; enter continues with the rest"
        return "not made, all is kept; enter tries again"


def made_words(form: RestoreForm) -> str:
    """`2 drafts made: d91e03b7 (1,000), 7ac0be11 (1,000)`; empty without one."""
    if not form.made:
        return ""
    drafts = ", ".join(f"{short_id(part.session_id)} ({len(part.unit_ids):,})" for part in form.made)
    return f"{counted(len(form.made), 'draft')} made: {drafts}"


def held_words(form: RestoreForm) -> str:
    """`37 OneDrive accounts, 2 names to fix`."""
    parts = [form.service.counted(len(form.units))] if form.units else []
    open_names = len(form.problems) + len(form.waiting)
    if open_names:
        parts.append(f"{counted(open_names, 'name')} to fix")
    return ", ".join(parts) or "a time, and no units yet"


def _rows_of(plan: DraftPlan, sending: PartDraft | None) -> tuple[UnitPoint, ...]:
    if sending is not None:
        begun = frozenset(sending.unit_ids)
        if rows := tuple(row for row in plan.rows if row.unit_id in begun):
            return rows
    return plan.rows


def _part(result: DraftResult) -> PartDraft:
    return PartDraft(tuple(row.unit_id for row in result.in_it), "", result.session_id)


def _why_partly(result: DraftResult, wanted: int) -> str:
    """Why a draft does not hold everything, the shortest first."""
    parts = []
    if result.error is not None:
        parts.append(result.error.message)
    if result.refusals:
        first = result.refusals[0]
        more = f" and {len(result.refusals) - 1:,} more" if len(result.refusals) > 1 else ""
        parts.append(f"Refused: {first.name}{more}, {first.message or first.code}.")
    if result.not_removed:
        parts.append(f"{len(result.not_removed):,} that should go are still in it.")
    if result.unread:
        entries = counted(result.unread, "entry", "entries")
        parts.append(f"{entries} of the answer could not be read; the draft's own list counts.")
    return " ".join(parts) or f"Draft {short_id(result.session_id)} has {len(result.in_it):,} of {wanted:,} units."
