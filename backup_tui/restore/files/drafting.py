"""Makes a draft of chosen files and folders: a create with the first of them, updates for the rest, each known for what
it is if its answer is lost, so that what was ended anywhere is completed by the next run and no file is added twice.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointrestoresessions with single items, and
https://learn.microsoft.com/graph/api/sharepointrestoresession-update. They land in one new folder of the site or
account; v1.0 has no way to choose another place. No page limits the files of a session; the limit of units is kept.
"""

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import Request, send_change
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.changes.findings import OnLook
from backup_tui.errors import BackupTuiError, NotFound, UsageError
from backup_tui.graph.requests.sessions import create_items_body
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.granular import NewItem, files_counted
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.drafts.asked import Asked, keep_plan, kept_plan, plan_finished
from backup_tui.restore.drafts.create import CreateDraft, looking, planned_mark
from backup_tui.restore.drafts.drafts import read_again
from backup_tui.restore.drafts.plan import DraftPlan, Step
from backup_tui.restore.drafts.record import DraftRecord, forget_planned, keep_record
from backup_tui.restore.drafts.taking_up import settle_edits
from backup_tui.restore.drafts.updates import Draft, send_steps
from backup_tui.restore.files.basket import Picked
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts, read_session
from backup_tui.store.updates import PointUnitsKnown


class FilesDraft(Struct, frozen=True):
    """A draft of files."""

    session: RestoreSession  # the draft
    paths: tuple[str, ...]  # what is in it
    lacking: tuple[str, ...] = ()  # what was meant to be in it and is not; the same call adds it
    error: BackupTuiError | None = None  # why it is not whole; `None` when it is
    started: bool = False  # somebody has started it without `lacking`, which need a draft of their own


class CreateFiles(CreateDraft):
    """The create of a draft of files, or the draft that an earlier create of the same files made.

    Args:
        record: The files by path, with what names them inside their points.
        items: The same as they are sent.
        asked: The same for the same files, though a point that was opened again gives them other keys.
    """

    def __init__(self, record: DraftRecord, items: Sequence[Picked], asked: Asked) -> None:
        super().__init__(DraftPlan(record.service, record.destination, record.units), record, asked)
        self.items = tuple(items)
        self.asked_for = asked

    async def settle_earlier(self, context: Context, on_look: OnLook) -> RestoreSession | None:
        for intent in await _creates(context, self.asked_for):
            if not intent.state.is_settled:
                return await self._adopt(context, intent, None, on_look)
        return None

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        service = self.plan.service
        new = [_sent(one) for one in self.items]
        paths = ", ".join(one.path for one in self.items[:3]) + (", ..." if len(self.items) > 3 else "")
        return Request(
            lambda: writer.granular.create_item_session(service, new),
            f"CREATE draft of {files_counted(len(new))} of {self.record.inside}: {paths}",
            service,
            create_items_body(service, new),
            self.mark,
            plan=self.asked_for.plan,
            session_id_of=lambda made: made.id,
        )


async def draft_files(
    context: Context,
    service: Service,
    unit: ProtectionUnit,
    items: Sequence[Picked],
    on_progress: OnProgress = unheard,
) -> FilesDraft:
    """Makes a draft of chosen files and folders, or completes the one that an earlier call for the same began. Nothing
    is restored before its review. Returns the draft as far as it got: if a later request is refused, it keeps what is
    in it.

    Args:
        service: OneDrive or SharePoint.
        unit: The site or account that they belong to.
        items: 1 to 1,000, each path once, of browse sessions that are open (`renewing.renewed`).
        on_progress: Told after each request, and while an answer is missing.

    Raises:
        UsageError: None, or too many; nothing was sent.
        OutcomeUnknown: It is unknown whether a draft was made, or what was added; `intent_id` leads to the journal's
            entry.
        ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was made or added now.
    """
    context.may_restore()
    _check(items, context.limits.units)
    name = unit.address or unit.title or unit.id
    asked = Asked.of(("files", service.value, unit.id, sorted([one.path, one.point_id] for one in items)))
    async with context.hold_lock("drafting") as held:
        work = _Filling(held, service, DraftRecord("", service, Destination.NEW, (), inside=name), asked, on_progress)
        await work.remember(unit.id, items)
        return await work.fill(unit.id, items)


class _Filling:
    """One draft of files while it is made.

    Args:
        held: What to work with, holding the right to write.
        record: What is kept of it, still without files.
        asked: What the draft is recognised by when the same is asked for again.
    """

    def __init__(
        self, held: Context, service: Service, record: DraftRecord, asked: Asked, on_progress: OnProgress
    ) -> None:
        self._held, self._service, self._asked, self._on_progress = held, service, asked, on_progress
        self._record = record
        self._of = 0

    async def remember(self, unit_id: str, items: Sequence[Picked]) -> None:
        """Whose files these are; the service does not say it again."""
        known = {
            one.artifact_point: PointUnit(
                one.artifact_point, unit_id, one.path, self._service, one.point_time, express=True
            )
            for one in items
        }
        await self._held.journal.remember_points(list(known.values()))
        self._held.store.apply(PointUnitsKnown(known))

    async def fill(self, unit_id: str, items: Sequence[Picked]) -> FilesDraft:
        self._of = len(items)
        begun = await self._begun()
        if begun is None:
            return await self._anew(unit_id, items)
        session, there = begun
        in_it = {row.name for row in there}
        lacking = [one for one in items if one.path not in in_it]
        if session is None:
            return await self._anew(unit_id, items)  # deleted, so nothing of it was restored
        if not session_status(session.status).allows(Action.EDIT):
            await plan_finished(self._held.journal, self._asked)
            return FilesDraft(session, tuple(in_it), tuple(one.path for one in lacking), started=True)
        return await self._add(session, unit_id, there, lacking)

    async def _begun(self) -> tuple[RestoreSession | None, tuple[UnitPoint, ...]] | None:
        """The draft that an earlier call for the same files began and did not complete, with what is in it: no session
        where it was deleted; `None` where there was no such call. Raises `OutcomeUnknown`: what became of one of its
        requests is unknown; nothing was sent now."""
        held = self._held
        kept = await kept_plan(held.journal, self._asked)
        creates = [one for one in await _creates(held, self._asked) if one.state.was_done or not one.state.is_settled]
        if kept is None or kept.finished or not creates:
            return None
        [intent, *_] = creates
        told = looking(self._on_progress, "the service")
        if not intent.state.is_settled:
            session = await CreateFiles(kept.record, (), self._asked).settle_earlier(held, told)
        else:
            try:
                session = await read_session(held, intent.session_id or "", self._service)
            except NotFound:
                session = None
        if session is None:
            return None, ()
        await settle_edits(held, session.id, self._on_progress)
        present = await read_artifacts(held, self._service, session.id, files=True)
        points = {artifact.restore_point.id for artifact in present if artifact.restore_point}
        return session, tuple(row for row in kept.record.units if row.point_id in points)

    async def _anew(self, unit_id: str, items: Sequence[Picked]) -> FilesDraft:
        held, size = self._held, self._held.limits.units_per_write
        await self._keep(_rows(self._service, unit_id, items))
        first = items[:size]
        waiting = tuple(one.path for one in items[size:])
        record = replace(self._record, units=_rows(self._service, unit_id, first), missing=waiting)
        create = CreateFiles(record, first, self._asked)
        told = looking(self._on_progress, "the service")
        session = await send_change(held, create, None, create.writer(held), told)
        await keep_record(held.journal, replace(record, session_id=session.id))
        await forget_planned(held.journal, planned_mark(record))
        self._on_progress(Progress("creating the draft", len(first), self._of))
        return await self._add(session, unit_id, record.units, items[size:])

    async def _add(
        self, session: RestoreSession, unit_id: str, there: tuple[UnitPoint, ...], lacking: Sequence[Picked]
    ) -> FilesDraft:
        """Adds what a draft lacks, and writes down what it holds in the end."""
        held, size = self._held, self._held.limits.units_per_write
        rows = _rows(self._service, unit_id, lacking)
        if rows:
            await self._keep((*there, *rows))
        files = {one.artifact_point: _sent(one) for one in lacking}
        draft = Draft(session.id, self._service, Destination.NEW, just_made=True, files=files)
        steps = [Step(add=rows[start : start + size]) for start in range(0, len(rows), size)]
        result = await send_steps(held, draft, steps, there, self._on_progress)
        absent = tuple(row.name for row in result.not_in_it)
        await keep_record(
            held.journal, replace(self._record, session_id=session.id, units=result.in_it, missing=absent)
        )
        if result.complete:
            await plan_finished(held.journal, self._asked)
        if steps:
            session = await read_again(held, session.id) or session
        return FilesDraft(session, tuple(row.name for row in result.in_it), absent, result.error)

    async def _keep(self, rows: tuple[UnitPoint, ...]) -> None:
        """Written before a request leaves: all that the draft is meant to hold, under the keys that hold now."""
        await keep_plan(self._held.journal, self._asked, replace(self._record, units=rows))


async def _creates(context: Context, asked: Asked) -> list[Intent]:
    """The creates for the same files, newest first."""
    return [one for one in await context.journal.of_plan(asked.plan) if one.kind is IntentKind.CREATE]


def _check(items: Sequence[Picked], most: int) -> None:
    if not items:
        raise UsageError.unsent("No file was chosen.", "Files")
    if len(items) > most:
        raise UsageError.unsent(
            f"{len(items):,} files and folders; one draft takes at most {most:,}.",
            "Files",
            str(len(items)),
            "Choose their folder instead, or create a second draft.",
        )


def _sent(one: Picked) -> NewItem:
    return NewItem(one.browse_id, one.item_key)


def _rows(service: Service, unit_id: str, items: Iterable[Picked]) -> tuple[UnitPoint, ...]:
    return tuple(
        UnitPoint(unit_id, one.path, service, one.point_time, one.artifact_point, one.point_time, express=True)
        for one in items
    )
