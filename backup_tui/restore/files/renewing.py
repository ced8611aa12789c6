"""A basket whose points are open: what ended or failed is opened again, and its files are found again by path."""

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Context, OnProgress, Progress, unheard
from backup_tui.errors import NotFound
from backup_tui.models.browse import BrowseSession
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, browse_status
from backup_tui.restore.files.basket import Basket, Picked
from backup_tui.restore.files.opening import open_point
from backup_tui.restore.files.places import Place, find_place


class Renewed(Struct, frozen=True):
    """A basket whose browse sessions are open."""

    basket: Basket  # what is still there, with the keys that hold now
    lost: tuple[str, ...] = ()  # paths that are no longer there; they are in no restore
    reopened: int = 0  # so many points were opened again


async def renewed(context: Context, service: Service, basket: Basket, on_progress: OnProgress = unheard) -> Renewed:
    """Sees to it that every file of a basket can be restored: points whose browse session has ended or failed are
    opened again, and their files found again by path, since keys of one browse session mean nothing in another. Raises
    `BackupTuiError`: a point could not be opened or read; the basket stays as it is."""
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
