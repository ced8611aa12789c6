"""Fills and changes a draft, one request after another, and determines for certain what it holds in the end.

Update: https://learn.microsoft.com/graph/api/exchangerestoresession-update (delta form, at most 50 entries). Single
entries can be refused inside an answer of 200, and successful removals are not listed, so the draft's own list of
artifacts has the last word wherever anything was refused, removed or lost.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.changes.change import Request, send_change
from backup_tui.changes.context import Context, OnProgress, Progress
from backup_tui.changes.findings import OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, InvalidRequest, OutcomeUnknown
from backup_tui.graph.requests.sessions import update_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.artifacts import NewArtifact, RestoreArtifact, UpdateAnswer
from backup_tui.models.granular import NewItem, as_artifact, files_counted
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.create import looking
from backup_tui.restore.drafts.draft_change import DraftChange
from backup_tui.restore.drafts.plan import DraftResult, RefusedUnit, Step
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.lost_answers import EDIT
from backup_tui.restore.points.gone import with_names
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import list_artifacts
from backup_tui.store.updates import Mutated


class Draft(Struct, frozen=True):
    """The draft that is filled."""

    session_id: str
    service: Service
    destination: Destination  # where its units go
    just_made: bool = False  # it was made in the same use case, so a refused update leaves something to report
    # of a draft of single files and folders: what is sent for each, under the id of its row's point
    files: Mapping[str, NewItem] = field(default_factory=dict)

    def counted(self, count: int) -> str:
        """So many of what is in it."""
        return files_counted(count) if self.files else self.service.counted(count)


async def send_steps(
    tools: Context, draft: Draft, steps: Sequence[Step], before: Sequence[UnitPoint], on_progress: OnProgress
) -> DraftResult:
    """Sends the updates in their order and stops at the first that does not go through. `before`: what is in the draft
    before the first of them. Raises `BackupTuiError`: the first update was refused or not sent, and there is nothing
    else to report."""
    wanted = [row for step in steps for row in step.add]
    leaving = {artifact_id for step in steps for artifact_id in step.remove}
    held = [row for row in before if row.point_id is not None]
    total = len(held) + len(wanted) - len(leaving)
    refusals: list[RefusedUnit] = []
    confirmed = not leaving and all(row.point_id is not None for row in before)
    error: BackupTuiError | None = None
    unread = 0
    for number, step in enumerate(steps):
        try:
            edit = EditDraft(draft, step)
            answer = await send_change(tools, edit, None, edit.writer(tools), looking(on_progress, "the draft"))
        except BackupTuiError as failure:
            error = await with_names(tools, step.add, failure) if isinstance(failure, InvalidRequest) else failure
            if number == 0 and not draft.just_made and not isinstance(failure, OutcomeUnknown):
                raise error from None if error is failure else failure
            break
        if answer is None:
            confirmed = False
        else:
            names = {row.point_id: row.name for row in step.add}
            names |= {draft.files[key].item_key: name for key, name in names.items() if key and key in draft.files}
            refusals += [RefusedUnit(names.get(one.id, one.id), one.code, one.message) for one in answer.refused]
            unread += answer.unread
            confirmed = confirmed and _confirms(answer, step)
        held += step.add
        on_progress(Progress("filling the draft", min(len(held), total), total))
    if confirmed and error is None:
        return DraftResult(draft.session_id, tuple(held))
    listed = await _as_listed(tools, draft, held, wanted, leaving, error, refusals)
    return replace(listed, unread=unread)


def _confirms(answer: UpdateAnswer, step: Step) -> bool:
    added = {artifact.point_id for artifact in answer.added}
    return not answer.refused and not answer.unread and all(row.point_id in added for row in step.add)


class EditDraft(DraftChange[UpdateAnswer, UpdateAnswer | None]):
    """One update of a draft; when its answer is lost, what is missing is sent once more.

    It comes to the service's answer; `None` when it was lost and the draft was seen to hold the change. `step`: what is
    put in and taken out. `parent`: the journal's entry of an update of which this sends the rest."""

    kind = IntentKind.EDIT
    effect = EDIT
    purpose = "changing a draft"

    def __init__(self, draft: Draft, step: Step, parent: int | None = None) -> None:
        super().__init__(draft.session_id)
        self.draft, self.step, self.parent = draft, step, parent

    async def settle_earlier(self, context: Context, on_look: OnLook) -> UpdateAnswer | None:
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[UpdateAnswer]:
        draft, remove = self.draft, self.step.remove
        if draft.files:
            return self._of_files(writer)
        add = [NewArtifact(row.point_id, draft.destination) for row in self.step.add if row.point_id is not None]
        return Request(
            lambda: writer.update_session(draft.service, draft.session_id, add=add, remove=remove),
            _summary(draft, len(add), len(remove)),
            draft.service,
            update_body(draft.service, add, remove),
            parent=self.parent,
        )

    def _of_files(self, writer: Writer) -> Request[UpdateAnswer]:
        """The update that adds files to a draft of files; nothing is ever taken out of one here."""
        draft = self.draft
        add = [draft.files[row.point_id] for row in self.step.add if row.point_id is not None]

        async def send() -> UpdateAnswer:
            answer = await writer.granular.update_items(draft.service, draft.session_id, add=add)
            return UpdateAnswer(tuple(map(as_artifact, answer.added)), answer.removed, answer.refused, answer.unread)

        body = writer.granular.added_items(draft.service, add)
        return Request(send, _summary(draft, len(add), 0), draft.service, body, parent=self.parent)

    async def answered(self, context: Context, reviewed: None, answer: UpdateAnswer) -> UpdateAnswer | None:
        context.store.apply(Mutated(self.draft.session_id, context.clock.monotonic()))
        return answer

    async def lost(
        self, context: Context, reviewed: None, intent: Intent, error: OutcomeUnknown, on_look: OnLook
    ) -> UpdateAnswer | None:
        if self.parent is not None:
            raise error
        finding = await resolve_lost_answer(context, self.effect, intent, on_look)
        if finding.verdict is Verdict.DONE:
            return None
        if not finding.verdict.is_settled or finding.session is None:
            raise error
        rest = Step(
            tuple(row for row in self.step.add if row.point_id in finding.missing_points),
            tuple(artifact for artifact in self.step.remove if artifact in finding.missing_removals),
        )
        again = EditDraft(self.draft, rest, finding.intent.id)
        await send_change(context, again, None, again.writer(context), on_look)
        return None


def _summary(draft: Draft, adding: int, removing: int) -> str:
    parts = [
        f"ADD {draft.counted(adding)} to" if adding else "",
        f"TAKE {draft.counted(removing)} out of" if removing else "",
    ]
    return f"{', '.join(part for part in parts if part)} {short_id(draft.session_id)}"


async def _as_listed(
    tools: Context,
    draft: Draft,
    held: Sequence[UnitPoint],
    wanted: Sequence[UnitPoint],
    leaving: set[str],
    error: BackupTuiError | None,
    refusals: Sequence[RefusedUnit],
) -> DraftResult:
    """What the draft holds by its own list; when that cannot be read, what the answers said, with the error."""
    try:
        artifacts = await list_artifacts(tools, draft.service, draft.session_id, files=bool(draft.files) or None)
    except BackupTuiError as failure:
        # Every added unit that no answer named stays open; the error says why nobody knows better.
        sure = tuple(row for row in held if row not in wanted)
        return DraftResult(draft.session_id, sure, tuple(wanted), error or failure, tuple(refusals))
    points = {artifact.point_id for artifact in artifacts}
    rows = {row.point_id: row for row in [*held, *wanted]}
    staying = {artifact.id for artifact in artifacts} & leaving
    return DraftResult(
        draft.session_id,
        tuple(row for point, row in rows.items() if point in points),
        tuple(row for row in wanted if row.point_id not in points),
        error,
        tuple(refusals),
        tuple(sorted(staying)),
    )


async def units_in(
    tools: Context, service: Service, present: Sequence[RestoreArtifact], record: DraftRecord | None
) -> dict[str, UnitPoint | None]:
    """Artifact id to the unit behind it, `None` where neither the service nor the journal tells. `record`: what was
    asked for when the draft was made from here."""
    known = await tools.journal.units_of([artifact.point_id for artifact in present if artifact.point_id])
    asked = record.by_point if record else {}
    return {artifact.id: _as_unit(artifact, service, known, asked) for artifact in present}


def _as_unit(
    artifact: RestoreArtifact, service: Service, units: Mapping[str, PointUnit], asked: Mapping[str, UnitPoint]
) -> UnitPoint | None:
    point = artifact.restore_point
    if point is None:
        return None
    if point.id in asked:
        return asked[point.id]
    known = units.get(point.id)
    sent = point.protection_unit
    unit_id = sent.id if sent else known.unit_id if known else None
    time = point.protection_date_time or (known.protection_time if known else None)
    if unit_id is None or time is None:
        return None
    name = (sent.address or sent.title if sent else None) or (known.unit_name if known else unit_id)
    return UnitPoint(unit_id, name, service, time, point.id, time, point.expiration_date_time, point.is_express)
