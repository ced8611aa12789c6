"""Lists as they come in: page by page, begun again when a link expired, with entries that could not be read."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct

from backup_tui.errors import IncompleteList

T = TypeVar("T")


class Page(Struct, Generic[T], frozen=True):
    """One page of a list: what could be read, in the service's order (of an id that comes again the later counts), and
    how many entries could not be. `number` 1 begins the list, also when its link expired and it is read again."""

    items: tuple[T, ...]
    number: int
    last: bool
    unread: int = 0


def _id(item: Any) -> str:
    found: str = item.id
    return found


class Listing(Generic[T]):
    """A list on its way: each entry once; a repeated one replaces the first, in its place. `pages`
    counts those before the list began again, too; `unread`: entries that could not be read."""

    def __init__(self, key: Callable[[T], str] = _id) -> None:
        self._key = key
        self._entries: dict[str, T] = {}
        self.pages = 0
        self.unread = 0
        self.ended = False

    def take(self, page: Page[T], *, kept: bool = True) -> None:
        """Takes the next page in; page 1 begins again. Without `kept` it is only counted."""
        if page.number == 1:
            self._entries.clear()
            self.unread = 0
        self.pages += 1
        self.unread += page.unread
        if kept:
            self._entries.update((self._key(item), item) for item in page.items)
        self.ended = page.last

    @property
    def items(self) -> tuple[T, ...]:
        return tuple(self._entries.values())

    def whole(self) -> tuple[T, ...]:
        """All entries of a list that came to its end. Raises `IncompleteList`: entries of it could not be read."""
        if self.unread:
            raise IncompleteList.of_unread(self.items, self.unread)
        return self.items
