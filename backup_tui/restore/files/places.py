"""What is inside an opened point: places by path, one page after another, and files by name.

https://learn.microsoft.com/graph/api/sharepointbrowsesession-browse. A path names libraries, folders and files from the
site down: `/Documents/Budget/Plan.xlsx`. Item keys are opaque; only paths say that two items are the same.
"""

from collections.abc import AsyncIterator, Callable, Sequence

from msgspec import Struct

from backup_tui.changes.context import Context, each_of
from backup_tui.errors import NotFound
from backup_tui.graph.paging import collect_by
from backup_tui.models.browse import BrowseItem, BrowseQuery, BrowseSession, ItemType, Order
from backup_tui.models.pages import Page
from backup_tui.models.services import Service

AT_A_TIME = 16  # so many folders are looked into before it is told what was found

MOST_FOLDERS = 500  # so many folders are looked through for a name before somebody is asked


class Place(Struct, frozen=True):
    """Something inside a point. `path`: from the site down, beginning with a slash; empty for a site itself that is the
    only one at the top."""

    path: str
    item: BrowseItem

    @property
    def is_file(self) -> bool:
        return (self.item.type or "").casefold() == ItemType.FILE.value

    @property
    def name(self) -> str:
        return self.item.name or self.item.item_key

    def inside(self, item: BrowseItem) -> "Place":
        """Something directly inside this place."""
        return Place(f"{self.path}/{item.name or item.item_key}", item)


def opened_service(opened: BrowseSession) -> Service:
    """The service of a browse session; SharePoint where it does not say."""
    return opened.service or Service.SHAREPOINT


async def pages_of(
    context: Context, opened: BrowseSession, place: Place, name_contains: str = "", order: Order | None = None
) -> AsyncIterator[Page[Place]]:
    """What is directly inside a place, page by page.

    Args:
        place: A site, library or folder.
        name_contains: Only what has this in its name; empty for all.
        order: In which order; `None` for the service's own.

    Raises:
        BackupTuiError: It could not be read; `opening.is_ended` tells whether the browse session has ended.
    """
    query = BrowseQuery(place.item.item_key, place.item.opens, name_contains, order)
    async for page in context.reader.browse.items(opened_service(opened), opened.id, query):
        inside = tuple(place.inside(item) for item in page.items)
        yield Page(inside, page.number, last=page.last, unread=page.unread)


async def read_tops(context: Context, opened: BrowseSession) -> tuple[Place, ...]:
    """The sites of a point; of several each has its name in its path, but for the first, which is the unit's own."""
    pages = context.reader.browse.items(opened_service(opened), opened.id)
    items = await collect_by(pages, lambda item: item.item_key)
    return tuple(
        Place("" if number == 0 else f"/{item.name or item.item_key}", item) for number, item in enumerate(items)
    )


async def read_inside(
    context: Context, opened: BrowseSession, place: Place, name_contains: str = ""
) -> tuple[Place, ...]:
    """All that is directly inside a place. Raises as `pages_of`; `IncompleteList`: its end could not be read."""
    pages = pages_of(context, opened, place, name_contains)
    return tuple(await collect_by(pages, lambda one: one.item.item_key))


async def find_place(context: Context, opened: BrowseSession, path: str) -> Place | None:
    """What a path names in a point; `None` if nothing. Capitals count only where two names differ in nothing else."""
    parts = [part for part in path.split("/") if part]
    tops = await read_tops(context, opened)
    if not parts:
        return tops[0] if tops else None
    named = [top for top in tops[1:] if top.name.casefold() == parts[0].casefold()]
    for top, names in [*((tops[0], parts) for _ in tops[:1]), *((top, parts[1:]) for top in named)]:
        place = await _walk(context, opened, top, names)
        if place is not None:
            return place
    return None


async def _walk(context: Context, opened: BrowseSession, place: Place, names: Sequence[str]) -> Place | None:
    for name in names:
        if place.item.opens is None:
            return None
        inside = await read_inside(context, opened, place, name)
        exact = [one for one in inside if one.name == name]
        alike = [one for one in inside if one.name.casefold() == name.casefold()]
        if not exact and len(alike) != 1:
            return None
        place = (exact or alike)[0]
    return place


class Search(Struct):
    """How far a search by name is."""

    folders: int = 0  # how many places were looked into
    waiting: int = 0  # how many are known and were not looked into
    unread: int = 0  # how many could not be read


async def find_named(
    context: Context,
    opened: BrowseSession,
    name: str,
    on_found: Callable[[Sequence[Place]], None],
    on_look: Callable[[Search], object],
    most_folders: int = MOST_FOLDERS,
) -> Search:
    """Looks through a point for files and folders with a text in their name; capitals do not count.

    The service filters one folder at a time, so every folder is opened, the shallow ones first.

    Args:
        name: What the name contains.
        on_found: Told of what was found, a few at a time.
        on_look: Told after each round of folders; `False` ends the search.
        most_folders: So many are looked into.

    Raises:
        BackupTuiError: The top could not be read, or the browse session ended.
    """
    asked, seen = name.casefold(), Search()
    waiting = list(await read_tops(context, opened))

    async def look(place: Place) -> tuple[Place, ...]:
        try:
            return await read_inside(context, opened, place)
        except NotFound as error:
            if error.code.casefold() != "itemnotfound":
                raise
            seen.unread += 1
            return ()

    while waiting and seen.folders < most_folders:
        size = min(AT_A_TIME, most_folders - seen.folders)
        now, waiting = waiting[:size], waiting[size:]
        for inside in await each_of(look, now):
            found = [one for one in inside if asked in one.name.casefold()]
            if found:
                on_found(found)
            waiting += [one for one in inside if one.item.opens is not None]
        seen.folders += len(now)
        seen.waiting = len(waiting)
        if on_look(seen) is False:
            break
    return seen
