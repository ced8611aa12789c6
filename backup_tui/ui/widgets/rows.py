"""What a table shows and where its cursor is: cells, the source of rows, and the view over their keys."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

TONES = ("good", "bad", "warn", "moving", "calm", "dim", "strong", "accent", "key", "danger", "success")
"""What a text may say by its look; its words say it as well. The styles give each of them once, as `tone--NAME`."""


class Cell(Struct, frozen=True):
    """One cell, or a part of a line."""

    text: str  # plain text, never markup
    tone: str = ""  # one of `TONES`, or empty
    parts: "tuple[Cell, ...]" = ()  # what it consists of, where its parts look different; together they are `text`


class RowSource(Protocol):
    """Where a table gets its rows from; a view of the store fits."""

    def keys(self) -> Sequence[str]:
        """The ids of all rows in the order shown, after filter and sort.

        A new sequence when the order or the members changed: the table keeps the last one to compare, and takes
        the same object to mean the same rows. It is searched with `index` and must answer quickly.
        """
        ...

    def cells(self, key: str) -> Sequence[Cell]:
        """One cell for each column of the row. Asked for visible rows only. Raises `KeyError`: the row went since
        `keys()` was read; its line stays blank until the next `reconcile()`."""
        ...


class EmptySource:
    """A source without rows, until a screen gives a real one."""

    def keys(self) -> Sequence[str]:
        return ()

    def cells(self, key: str) -> Sequence[Cell]:
        raise KeyError(key)


class Viewport:
    """A window of lines over an order of keys, with a cursor that belongs to a key."""

    def __init__(self) -> None:
        self.keys: Sequence[str] = ()  # the keys in order
        self.cursor = -1  # place of the cursor in `keys`; -1 without rows
        self.top = 0  # place of the first visible row
        self.page = 1  # rows that are visible at once, at least 1
        # New rows above the first stay in sight while there is room for the cursor's row, too. Otherwise the cursor
        # stays on its line of the screen, and they are out of sight.
        self.keeps_top = False

    @property
    def key(self) -> str | None:
        """The key under the cursor; None without rows."""
        return self.keys[self.cursor] if 0 <= self.cursor < len(self.keys) else None

    def start(self, keys: Sequence[str]) -> None:
        """Takes other rows and selects the first."""
        self.keys = keys
        self.cursor = 0 if len(keys) else -1
        self.top = 0

    def replace(self, keys: Sequence[str]) -> None:
        """Takes a new order: the cursor stays on its key and on its line of the screen.

        When its row is gone the cursor goes to the nearest row of the old order that is left, the next one first.
        """
        line = self.cursor - self.top
        old, key = self.keys, self.key
        self.keys = keys
        self.cursor = self._find_again(old, key)
        self.top = 0 if self.keeps_top and self.top == 0 else self.cursor - line
        self.clamp()

    def _find_again(self, old: Sequence[str], key: str | None) -> int:
        if not len(self.keys):
            return -1
        if key is None:
            return 0
        place = self.cursor
        if place < len(self.keys) and self.keys[place] == key:
            return place
        try:
            return self.keys.index(key)
        except ValueError:
            left = set(self.keys)
        for distance in range(1, max(place, len(old) - place) + 1):
            for near in (place + distance, place - distance):
                if 0 <= near < len(old) and old[near] in left:
                    return self.keys.index(old[near])
        return min(place, len(self.keys) - 1)

    def clamp(self) -> None:
        """Keeps the cursor in view, and no line empty below the last row while there are rows above."""
        if self.cursor < self.top:
            self.top = self.cursor
        elif self.cursor >= self.top + self.page:
            self.top = self.cursor - self.page + 1
        self.top = max(0, min(self.top, len(self.keys) - self.page))

    def move(self, index: int) -> None:
        """Puts the cursor on the row at `index`, or on the nearest there is."""
        if len(self.keys):
            self.cursor = max(0, min(index, len(self.keys) - 1))
            self.clamp()

    def jump(self, lines: int) -> None:
        """Moves window and cursor together; an empty list has nowhere to go."""
        if len(self.keys):
            self.top += lines
            self.move(self.cursor + lines)

    def show_after(self, count: int) -> None:
        """Moves the window so that as many rows below the cursor are visible as there is room for with its own."""
        wanted = min(self.cursor + count, len(self.keys) - 1) - self.page + 1
        self.top = max(self.top, min(wanted, self.cursor))

    def scroll(self, lines: int) -> None:
        """Moves the window; the cursor goes along only as far as it must to stay visible."""
        self.top = max(0, min(self.top + lines, len(self.keys) - self.page))
        self.cursor = max(self.top, min(self.cursor, self.top + self.page - 1, len(self.keys) - 1))
        if not len(self.keys):
            self.cursor = -1
