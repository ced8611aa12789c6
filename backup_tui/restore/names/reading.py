"""What the readers of lists gather: names, and everything else that looked like one, with its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from backup_tui.restore.names.columns import NO_CELLS, RowCells
from backup_tui.restore.names.parts import Look, Part, find_parts


class Entry(NamedTuple):
    """A name as written in the list. `line`: its line, from 1. `others`: what else the row says about the same
    unit. `cells`: what it says about its restore."""

    line: int
    text: str
    others: tuple[str, ...] = ()
    cells: RowCells = NO_CELLS


class Aside(NamedTuple):
    """An address or a URL that was not taken as a name. `where` it was, for people: `column Manager`."""

    line: int
    text: str
    where: str


@dataclass(slots=True)
class Reading:
    """A list being read. `comments`: lines passed over. `nameless`: rows in which no name was found. Both as
    written. `own_columns`: the fields in the `cells` of entries, each with the heading of its column."""

    entries: list[Entry] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    comments: list[tuple[int, str]] = field(default_factory=list)
    nameless: list[tuple[int, str]] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    own_columns: list[tuple[str, str]] = field(default_factory=list)

    def take(self, line: int, names: Sequence[Part], others: Sequence[str] = (), cells: RowCells = NO_CELLS) -> None:
        """Takes names; what else the row says belongs to its name when it has only one."""
        for name in names:
            self.entries.append(Entry(line, name.text, tuple(others) if len(names) == 1 else (), cells))

    def set_aside(self, line: int, parts: Iterable[Part], where: str, taken: Iterable[Part]) -> None:
        """Keeps text that is not a name, unless it is another spelling of one that was taken."""
        known = {part.text.casefold() for part in taken}
        for part in parts:
            if part.look in (Look.ADDRESS, Look.URL) and part.text.casefold() not in known:
                self.asides.append(Aside(line, part.text, part.aside or where))


def things(text: str) -> list[Part]:
    """The addresses and URLs in a text, in their order; not ids."""
    return [part for part in find_parts(text) if part.look in (Look.ADDRESS, Look.URL)]
