"""The files and folders that were gathered for a restore; kept in the journal, so that leaving loses nothing."""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.errors import JournalError
from backup_tui.journal.journal import Journal
from backup_tui.models.browse import BrowseSession
from backup_tui.models.granular import item_point_id
from backup_tui.restore.files.places import Place
from backup_tui.restore.points.search import FoundPoint


class Picked(Struct, frozen=True):
    """A file or folder that was chosen in a point."""

    path: str  # from the site down; tells that it is the same one in another browse session or point
    item_key: str  # what browsing called it; opaque, true only in `browse_id`
    browse_id: str  # the browse session
    point_id: str  # the express point
    point_time: datetime  # which moment that holds (UTC)
    is_file: bool = True  # it is a file, and no folder or library
    size: int | None = None  # bytes; `None` when the service did not say

    @staticmethod
    def of(place: Place, opened: BrowseSession, point: FoundPoint) -> "Picked":
        """What was chosen in an opened point."""
        return Picked(place.path, place.item.item_key, opened.id, point.id, point.time, place.is_file, place.item.size)

    @property
    def point(self) -> FoundPoint:
        return FoundPoint(self.point_id, self.point_time, express=True)

    @property
    def artifact_point(self) -> str:
        """How a row of the restore names it; see `models.granular.item_point_id`."""
        return item_point_id(self.browse_id, self.item_key)


class Basket(Struct, frozen=True):
    """What was chosen in one site or account, each path once: of one file the version that was chosen last."""

    unit_id: str
    items: tuple[Picked, ...] = ()

    def __contains__(self, path: str) -> bool:
        return any(one.path == path for one in self.items)

    @property
    def size(self) -> int:
        """Bytes of all whose size is known."""
        return sum(one.size or 0 for one in self.items)

    @property
    def points(self) -> tuple[datetime, ...]:
        """The times of the points that they come from, newest first."""
        return tuple(sorted({one.point_time for one in self.items}, reverse=True))

    def holding(self, path: str, point_id: str) -> bool:
        """Whether this path was chosen in this point."""
        return any(one.path == path and one.point_id == point_id for one in self.items)

    def plus(self, items: Iterable[Picked]) -> "Basket":
        new = {one.path: one for one in items}
        return replace(self, items=(*(one for one in self.items if one.path not in new), *new.values()))

    def without(self, paths: Iterable[str]) -> "Basket":
        leaving = set(paths)
        return replace(self, items=tuple(one for one in self.items if one.path not in leaving))


def _key(unit_id: str) -> str:
    return f"basket:{unit_id}"


async def keep_basket(journal: Journal, basket: Basket) -> None:
    """Keeps what was chosen; an empty basket is forgotten. Raises `JournalError`: it could not be kept."""
    if basket.items:
        await journal.keep(_key(basket.unit_id), json.dumps([_out(one) for one in basket.items], ensure_ascii=False))
    else:
        await journal.drop(_key(basket.unit_id))


async def kept_basket(journal: Journal, unit_id: str) -> Basket:
    """What was chosen in a site or account before; empty when nothing was, or it cannot be read."""
    try:
        text = await journal.kept(_key(unit_id))
        return Basket(unit_id, tuple(map(_in, json.loads(text or "[]"))))
    except (JournalError, ValueError, KeyError, TypeError):
        return Basket(unit_id)


def _out(one: Picked) -> dict[str, Any]:
    return {
        "path": one.path,
        "key": one.item_key,
        "browse": one.browse_id,
        "point": one.point_id,
        "time": one.point_time.isoformat(),
        "file": one.is_file,
        "size": one.size,
    }


def _in(raw: dict[str, Any]) -> Picked:
    return Picked(
        path=str(raw["path"]),
        item_key=str(raw["key"]),
        browse_id=str(raw["browse"]),
        point_id=str(raw["point"]),
        point_time=datetime.fromisoformat(raw["time"]),
        is_file=bool(raw["file"]),
        size=None if raw["size"] is None else int(raw["size"]),
    )
