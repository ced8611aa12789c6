"""Everything that a person or a script can do with restores, in one place.

Each method leads to the function of the same name in this room, which says what it takes, gives and raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backup_tui.changes.context import Context, OnProgress, unheard
from backup_tui.errors import Candidate
from backup_tui.journal.records import Intent
from backup_tui.journal.write_lock import Holder
from backup_tui.models.services import Destination
from backup_tui.models.sessions import RestoreSession
from backup_tui.restore import candidates, report
from backup_tui.restore.drafts import (
    base_members,
    deletion,
    drafts,
    earlier_draft,
    failed,
    kept_forms,
    planned_requests,
    taking_up,
)
from backup_tui.restore.drafts.asked import Asked, recent_create
from backup_tui.restore.drafts.create import plan_mark
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.drafts.form_claims import FormClaims
from backup_tui.restore.drafts.plan import DraftPlan, DraftResult
from backup_tui.restore.drafts.record import DraftRecord, kept_record
from backup_tui.restore.names import unit_names
from backup_tui.restore.points import points
from backup_tui.restore.points.points import PointTable, PointWish, UnitLike, UnitPoint
from backup_tui.restore.review import activation
from backup_tui.restore.review import review as reviews


class RestoreDesk:
    """The use cases of restores. What they change goes through the journal, what they learn into the store."""

    def __init__(self, tools: Context) -> None:
        """Takes what the use cases work with."""
        self._tools = tools
        self._claims = FormClaims(tools.lock)

    # -- looking up ------------------------------------------------------------------------------------------

    async def find_points(
        self, units: Sequence[UnitLike], wish: PointWish, on_progress: OnProgress = unheard
    ) -> PointTable:
        """The newest point at or before a time for each unit; see `points.find_points`."""
        return await points.find_points(self._tools, units, wish, on_progress)

    async def learn_units(self, session_id: str) -> int:
        """Gives the store the names of a session's units; see `unit_names.learn_units`."""
        return await unit_names.learn_units(self._tools, session_id)

    # -- drafts ----------------------------------------------------------------------------------------------

    async def create_draft(
        self, plan: DraftPlan, on_progress: OnProgress = unheard, asked: Asked | None = None
    ) -> DraftResult:
        """Makes one draft; see `drafts.create_draft`."""
        return await drafts.create_draft(self._tools, plan, on_progress, asked)

    async def take_up(self, asked: Asked, on_progress: OnProgress = unheard) -> taking_up.TakenUp | None:
        """Goes on from an earlier run of the same command; see `taking_up.take_up`."""
        return await taking_up.take_up(self._tools, asked, on_progress)

    async def recent_create(self, asked: Asked, plan: DraftPlan) -> Intent | None:
        """The create of an equal draft within the last hour; see `asked.recent_create`."""
        return await recent_create(self._tools, asked, plan_mark(plan))

    async def equal_draft(self, plan: DraftPlan) -> earlier_draft.EarlierDraft | None:
        """A draft that holds a plan already; see `earlier_draft.equal_draft`."""
        return await earlier_draft.equal_draft(self._tools, plan)

    async def create_state(self, mark: str) -> earlier_draft.CreateState:
        """What the journal knows of a create; see `earlier_draft.create_state`."""
        return await earlier_draft.create_state(self._tools, mark)

    async def draft_of_create(self, mark: str, on_progress: OnProgress = unheard) -> str | None:
        """The draft that an earlier create made; see `earlier_draft.draft_of_create`."""
        return await earlier_draft.draft_of_create(self._tools, mark, on_progress)

    async def edit_draft(
        self,
        session_id: str,
        *,
        add: Sequence[UnitPoint] = (),
        remove: Sequence[str] = (),
        destination: Destination | None = None,
        on_progress: OnProgress = unheard,
    ) -> DraftResult:
        """Adds units to a draft and takes units out of it; see `drafts.edit_draft`."""
        return await drafts.edit_draft(
            self._tools, session_id, add=add, remove=remove, destination=destination, on_progress=on_progress
        )

    async def change_draft(self, session_id: str, plan: DraftPlan, on_progress: OnProgress = unheard) -> DraftResult:
        """Makes a draft hold exactly what a plan says; see `drafts.change_draft`."""
        return await drafts.change_draft(self._tools, session_id, plan, on_progress)

    async def update_base(self, session_id: str, changes: Mapping[str, object]) -> RestoreSession:
        """Sends members of the session itself (beta only); see `base_members.update_base`."""
        return await base_members.update_base(self._tools, session_id, changes)

    async def delete_draft(self, session_id: str) -> deletion.DraftDeleted:
        """Deletes a draft and keeps what was in it; see `deletion.delete_draft`."""
        return await deletion.delete_draft(self._tools, session_id)

    async def kept_record(self, session_id: str) -> DraftRecord | None:
        """What this machine remembers of a draft, without asking the service."""
        return await kept_record(self._tools.journal, session_id)

    async def planned_requests(
        self, plan: DraftPlan, session_id: str | None = None
    ) -> tuple[planned_requests.PlannedRequest, ...]:
        """The requests that a plan would take, unsent: for a new draft, or for changing the draft with this id. Raises
        `UsageError` when it cannot be changed so, `BackupTuiError` when it could not be read."""
        if session_id is None:
            return planned_requests.requests_of_plan(plan)
        return await planned_requests.requests_of_change(self._tools, session_id, plan)

    # -- forms that are being filled in ----------------------------------------------------------------------

    async def keep_form(self, form: RestoreForm, place: str = kept_forms.IN_PROGRESS) -> None:
        """Keeps a form on this machine; see `kept_forms.keep_form`."""
        await kept_forms.keep_form(self._tools.journal, form, place)

    async def kept_form(self, place: str = kept_forms.IN_PROGRESS) -> RestoreForm | None:
        """The form that was kept; see `kept_forms.kept_form`."""
        return await kept_forms.kept_form(self._tools.journal, place)

    async def set_form_aside(self) -> RestoreForm | None:
        """Makes room for another form in progress; see `kept_forms.set_form_aside`."""
        return await kept_forms.set_form_aside(self._tools.journal)

    async def forget_form(self, place: str = kept_forms.IN_PROGRESS) -> None:
        """Forgets a form that a draft holds now; see `kept_forms.forget_form`."""
        await kept_forms.forget_form(self._tools.journal, place)

    def claim_form(self, place: str) -> Holder | None:
        """Claims a kept form for this instance; see `form_claims.FormClaims.claim`."""
        return self._claims.claim(place)

    def release_form(self, place: str) -> None:
        """Gives the claim back; see `form_claims.FormClaims.release`."""
        self._claims.release(place)

    async def keep_zone(self, zone: str) -> None:
        """Keeps the zone that was chosen; see `kept_forms.keep_zone`."""
        await kept_forms.keep_zone(self._tools.journal, zone)

    async def kept_zone(self) -> str | None:
        """The zone that was chosen here; see `kept_forms.kept_zone`."""
        return await kept_forms.kept_zone(self._tools.journal)

    # -- starting --------------------------------------------------------------------------------------------

    async def review(self, session_id: str) -> reviews.Review:
        """Reads a draft again and says what starting it would do; see `review.review`."""
        return await reviews.review(self._tools, session_id)

    async def activate(self, reviewed: reviews.Review, typed: str) -> activation.Activation:
        """Starts a reviewed draft, if it is still what was reviewed; see `activation.activate`."""
        return await activation.activate(self._tools, reviewed, typed)

    async def own_start(self, session: RestoreSession) -> Intent | None:
        """The request of this machine that started a session; see `activation.own_start`."""
        return await activation.own_start(self._tools, session)

    # -- what is unknown -----------------------------------------------------------------------------------

    async def candidates(self, intent_id: int) -> tuple[Candidate, ...]:
        """Which sessions a create of unknown outcome may have made; see `candidates.look_for_candidates`."""
        return await candidates.look_for_candidates(self._tools, intent_id)

    # -- afterwards ------------------------------------------------------------------------------------------

    async def failed_by_cause(self, session_id: str) -> tuple[failed.FailedGroup, ...]:
        """The failed units of a restore by cause; see `failed.failed_by_cause`."""
        return await failed.failed_by_cause(self._tools, session_id)

    def form_from_failed(self, group: failed.FailedGroup) -> RestoreForm:
        """A new restore of what failed for one cause; see `failed.form_from_failed`."""
        return failed.form_from_failed(group)

    async def form_from_copy(self, session_id: str, destination: Destination | None = None) -> RestoreForm:
        """A new restore of what a session holds; see `failed.form_from_session`."""
        return await failed.form_from_session(self._tools, session_id, destination)

    async def form_from_draft(self, session_id: str) -> RestoreForm:
        """The form that changes a draft; `change_draft` carries it out. See `failed.form_from_session`."""
        return await failed.form_from_session(self._tools, session_id, change=True)

    def form_from_record(self, record: DraftRecord) -> RestoreForm:
        """A new restore of what was in a draft that is gone; see `failed.form_from_record`."""
        return failed.form_from_record(record)

    async def report_csv(self, session_id: str) -> str:
        """One line per unit of a restore; see `report.report_csv`."""
        return await report.report_csv(self._tools, session_id)
