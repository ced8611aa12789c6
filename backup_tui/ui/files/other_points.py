"""The express points beside the one that is shown, and what they have of a file. Knows no widget."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from backup_tui.changes.context import Context
from backup_tui.models.services import Service
from backup_tui.restore.files.points import express_points, newest_express
from backup_tui.restore.files.versions import Version, find_versions
from backup_tui.restore.points.search import FoundPoint


class OtherPoints:
    """The express points of a site or account, as far as they were looked for. `service`: OneDrive or SharePoint.
    `unit_id`: the site or account."""

    def __init__(self, service: Service, unit_id: str, now: Callable[[], datetime]) -> None:
        self._service, self._unit_id, self._now = service, unit_id, now
        self.points: tuple[FoundPoint, ...] = ()  # those that are known, newest first
        self._versions: dict[str, dict[str, Version]] = {}

    def versions(self, path: str) -> Mapping[str, Version]:
        """What is known of a path, by the id of the point."""
        return self._versions.get(path, {})

    async def compare(self, context: Context, path: str, shown: FoundPoint | None, on_news: Callable[[], None]) -> None:
        """Looks for a path in the points, which are opened for it. Raises `BackupTuiError`."""
        await self._know(context, shown)
        versions = self._versions.setdefault(path, {})

        def take(version: Version) -> None:
            versions[version.point.id] = version
            on_news()

        await find_versions(context, self._service, path, self.points, take)

    async def neighbor(self, context: Context, shown: FoundPoint, step: int) -> FoundPoint | None:
        """The next older point (1) or newer one (-1); `None` where there is none. Raises `BackupTuiError`."""
        await self._know(context, shown)
        at = next((number for number, point in enumerate(self.points) if point.id == shown.id), 0) + step
        if at < len(self.points):
            return self.points[at] if at >= 0 else None
        before = self.points[-1].time if self.points else shown.time
        older = await newest_express(context, self._service, self._unit_id, before - timedelta(seconds=1))
        if older is not None:
            self.points = (*self.points, older)
        return older

    async def _know(self, context: Context, shown: FoundPoint | None) -> None:
        if not self.points:
            self.points = await express_points(context, self._service, self._unit_id, self._now())
            if shown is not None and shown.id not in {point.id for point in self.points}:
                self.points = await express_points(context, self._service, self._unit_id, shown.time)
