"""Makes a draft of chosen files and folders: one request, known for what it is if its answer is lost.

https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointrestoresessions with single items. They land in
one new folder of the site or account; v1.0 has no way to choose another place.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.change import Request, send_change
from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.errors import NotFound, UsageError
from backup_tui.graph.requests.sessions import create_items_body
from backup_tui.graph.writer import Writer
from backup_tui.models.browse import BrowseSession
from backup_tui.models.granular import NewItem, files_counted
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import Action, browse_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.create import CreateDraft, looking, planned_mark
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.drafts.record import DraftRecord, forget_planned, keep_record
from backup_tui.restore.files.basket import Basket, Picked
from backup_tui.restore.files.opening import open_point
from backup_tui.restore.files.places import Place, find_place
from backup_tui.restore.points.points import UnitPoint
from backup_tui.store.updates import PointUnitsKnown


class Renewed(Struct, frozen=True):
    """A basket whose browse sessions are open.

    Attributes:
        basket: What is still there, with the keys that hold now.
        lost: Paths that are no longer there; they are in no restore.
        reopened: So many points were opened again.
    """

    basket: Basket
    lost: tuple[str, ...] = ()
    reopened: int = 0


class CreateFiles(CreateDraft):
    """The create of a draft of files, or the draft that an earlier create of the same files made.

    Args:
        record: The files by path, with what names them inside their points.
        items: The same as they are sent.
        asked: What a command asked for.
    """

    def __init__(self, record: DraftRecord, items: Sequence[Picked], asked: Asked | None = None) -> None:
        super().__init__(DraftPlan(record.service, record.destination, record.units), record, asked)
        self.items = tuple(items)

    def request(self, reviewed: None, writer: Writer) -> Request[RestoreSession]:
        service = self.plan.service
        new = [NewItem(one.browse_id, one.item_key) for one in self.items]
        paths = ", ".join(one.path for one in self.items[:3]) + (", ..." if len(self.items) > 3 else "")
        return Request(
            lambda: writer.granular.create_item_session(service, new),
            f"CREATE draft of {files_counted(len(new))} of {self.record.inside}: {paths}",
            service,
            create_items_body(service, new),
            self.mark,
            plan=self.asked.plan if self.asked else None,
            session_id_of=lambda made: made.id,
        )


async def draft_files(
    context: Context,
    service: Service,
    unit: ProtectionUnit,
    items: Sequence[Picked],
    on_progress: OnProgress = unheard,
    asked: Asked | None = None,
) -> RestoreSession:
    """Makes a draft of chosen files and folders. Nothing is restored before its review.

    Args:
        context: What to work with.
        service: OneDrive or SharePoint.
        unit: The site or account that they belong to.
        items: 1 to 50, of browse sessions that are open (`renewed`).
        on_progress: Told while an answer is missing.
        asked: What a command asked for.

    Raises:
        UsageError: None, or too many; nothing was sent.
        OutcomeUnknown: It is unknown whether a draft was made; `intent_id` leads to the journal's entry.
        ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: There is no draft.
    """
    context.may_restore()
    _check(items, context.limits.units_per_write)
    name = unit.address or unit.title or unit.id
    rows = tuple(_row(service, unit.id, one) for one in items)
    record = DraftRecord("", service, Destination.NEW, rows, inside=name)
    async with context.hold_lock("drafting") as held:
        known = {
            one.artifact_point: PointUnit(one.artifact_point, unit.id, one.path, service, one.point_time, express=True)
            for one in items
        }
        await held.journal.remember_points(list(known.values()))
        held.store.apply(PointUnitsKnown(known))
        create = CreateFiles(record, items, asked)
        session = await send_change(held, create, None, create.writer(held), looking(on_progress, "the service"))
        await keep_record(held.journal, replace(record, session_id=session.id))
        await forget_planned(held.journal, planned_mark(record))
    return session


async def renewed(context: Context, service: Service, basket: Basket, on_progress: OnProgress = unheard) -> Renewed:
    """Sees to it that every file of a basket can be restored: points whose browse session has ended or failed are
    opened again, and their files found again by path, since keys of one browse session mean nothing in another.

    Raises:
        BackupTuiError: A point could not be opened or read; the basket stays as it is.
    """
    found: dict[str, Picked] = {}
    lost: list[str] = []
    reopened = 0
    sessions = list(dict.fromkeys((one.browse_id, one.point) for one in basket.items))
    for number, (browse_id, point) in enumerate(sessions, 1):
        items = [one for one in basket.items if one.browse_id == browse_id and one.point_id == point.id]
        if await _is_open(context, service, browse_id):
            found |= {one.path: one for one in items}
            continue
        opened = await open_point(context, service, point, on_progress)
        reopened += 1
        for one in items:
            place = await find_place(context, opened, one.path)
            if place is None or place.is_file is not one.is_file:
                lost.append(one.path)
            else:
                found[one.path] = Picked.of(Place(one.path, place.item), opened, point)
        on_progress(Progress("finding the files again", number, len(sessions)))
    kept = tuple(found[one.path] for one in basket.items if one.path in found)
    return Renewed(replace(basket, items=kept), tuple(lost), reopened)


async def _is_open(context: Context, service: Service, browse_id: str) -> bool:
    try:
        opened: BrowseSession = await context.reader.browse.session(service, browse_id)
    except NotFound:
        return False
    return browse_status(opened.status).allows(Action.BROWSE) and not opened.has_ended(context.clock.now())


def _check(items: Sequence[Picked], most: int) -> None:
    if not items:
        raise UsageError("No file was chosen.", field="Files", certainty="Nothing was sent.")
    if len(items) > most:
        raise UsageError(
            f"{len(items):,} files and folders; one draft takes at most {most:,}.",
            field="Files",
            value=str(len(items)),
            certainty="Nothing was sent.",
            hint="Choose their folder instead, or create a second draft.",
        )


def _row(service: Service, unit_id: str, one: Picked) -> UnitPoint:
    return UnitPoint(unit_id, one.path, service, one.point_time, one.artifact_point, one.point_time, express=True)
