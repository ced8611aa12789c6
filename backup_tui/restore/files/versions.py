"""Which express points have a file, and how it differs between them: one browse session for each point."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context, OnProgress, each_of, unheard
from backup_tui.errors import BackupTuiError, JournalError, ReadOnlyError
from backup_tui.models.browse import BrowseItem, BrowseSession
from backup_tui.models.services import Service
from backup_tui.restore.files.opening import start_opening, wait_until_open
from backup_tui.restore.files.places import find_place
from backup_tui.restore.points.search import FoundPoint


class Version(Struct, frozen=True):
    """A file in one point."""

    point: FoundPoint  # the express point
    item: BrowseItem | None = None  # what is there; `None` when nothing is, or it could not be looked for
    opened: BrowseSession | None = None  # the browse session that it was found in
    problem: str = ""  # why it could not be looked for

    @property
    def changed(self) -> datetime | None:
        """When it was last changed; the beta version only reports it."""
        return self.item.last_modified_date_time if self.item is not None else None


async def find_versions(
    context: Context,
    service: Service,
    path: str,
    points: Sequence[FoundPoint],
    on_version: Callable[[Version], None] = unheard,
    on_progress: OnProgress = unheard,
) -> tuple[Version, ...]:
    """Looks for a path in points, which are opened for it; in the order of the points.

    Args:
        service: OneDrive or SharePoint.
        path: From the site down.
        points: Express points of one unit; the caller asks somebody before it hands in many.
        on_version: Told as soon as a point is known.
        on_progress: Told while points are opened.

    Raises:
        ReadOnlyError, JournalError: No point could be opened.
    """
    started: dict[str, BrowseSession | BackupTuiError] = {}
    for point in points:  # one after the other: each needs the right to write
        try:
            started[point.id] = await start_opening(context, service, point)
        except (ReadOnlyError, JournalError):
            raise
        except BackupTuiError as error:
            started[point.id] = error

    async def look(point: FoundPoint) -> Version:
        begun = started[point.id]
        try:
            if isinstance(begun, BackupTuiError):
                raise begun
            opened = await wait_until_open(context, service, begun, on_progress)
            place = await find_place(context, opened, path)
            version = Version(point, place.item if place else None, opened)
        except BackupTuiError as error:
            version = Version(point, problem=error.message)
        on_version(version)
        return version

    return tuple(await each_of(look, list(points)))
