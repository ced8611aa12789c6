"""Unresolved lines of a list, as rows: names to fix with their candidates, then lines that repeat.

The rows always match the count in the title: a name has its own row however often it is written.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.restore.names.names import Duplicate
from backup_tui.restore.names.resolve import MOST_CANDIDATES, Reason
from backup_tui.ui.names.names import NamesToFix, OpenName
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part


class NameRow(Struct, frozen=True):
    """A line of the list, or a unit that it may mean."""

    line: int  # its line, 0 without one
    text: str  # as it was written
    reason: str  # what is wrong, or where the same is named
    name: OpenName | None = None  # the name to fix; `None` for a line that repeats another
    unit_id: str = ""  # the unit that `enter` would take; empty without one
    unit_name: str = ""  # what that unit is called
    choices: tuple[str, ...] = ()  # units below the line that it may mean
    is_choice: bool = False  # it is one of those
    shown: str = ""  # what tells such a unit from the others; of sites the part of the address that differs


class NameRows:
    """Rows of a `RowTable`."""

    def __init__(self, names: NamesToFix) -> None:
        self._names = names
        self._shown: tuple[object, object] | None = None
        self._rows: dict[str, NameRow] = {}
        self._keys: tuple[str, ...] = ()

    def keys(self) -> Sequence[str]:
        shown = self._names.open_names(), self._names.twice()
        if shown != self._shown:
            self._rows = self._made(*shown)
            if tuple(self._rows) != self._keys:
                self._keys = tuple(self._rows)
        self._shown = shown
        return self._keys

    def row(self, key: str | None) -> NameRow | None:
        """The line under a key; `None` when it is settled meanwhile."""
        self.keys()
        return self._rows.get(key or "")

    def cells(self, key: str) -> Sequence[Cell]:
        row = self._rows[key]
        if row.is_choice:
            assert row.name is not None
            same = self._names.line_of(row.unit_id)
            problem = _same_as(same) if same is not None else ""
            words = self._names.candidate(row.name, row.unit_id).words
            return (Cell(""), Cell(f"  {row.shown}"), Cell(problem), Cell(words, "dim"))
        mark = "▾" if row.choices else " "
        line = Cell(f"{mark} {row.line or ''}")
        if row.name is None:
            return (line, Cell(row.text), Cell(row.reason, "dim"), Cell("counted once", "dim"))
        return (line, Cell(row.text), Cell(row.reason, "warn"), Cell(self._near(row)))

    def _near(self, row: NameRow) -> str:
        assert row.name is not None
        same = self._names.line_of(row.unit_id) if row.unit_id else None
        if same is not None:
            return _same_as(same)
        if row.choices:
            return "choose below"
        more = len(row.name.problem.candidates) >= MOST_CANDIDATES
        return row.unit_name or ("many are near" if more else "-")

    def _made(self, open_names: Sequence[OpenName], twice: Sequence[Duplicate]) -> dict[str, NameRow]:
        rows: dict[str, NameRow] = {}
        for name in sorted(open_names, key=lambda one: one.problem.written.line):
            row = _row_of(name)
            key = _add(rows, row_key(row.line, row.text), row)
            choices = {unit_id: self._called(name, unit_id) for unit_id in row.choices}
            start = shared_part(choices.values())
            for unit_id, called in choices.items():
                shown = without_part(called, start)
                choice = replace(row, unit_id=unit_id, unit_name=called, choices=(), is_choice=True, shown=shown)
                _add(rows, f"{key} > {unit_id}", choice)
        for one in sorted(twice, key=lambda each: each.line):
            _add(rows, row_key(one.line, one.text), NameRow(one.line, one.text, _also(one)))
        return rows

    def _called(self, name: OpenName, unit_id: str) -> str:
        unit = self._names.candidate(name, unit_id)
        return unit.address or unit.title or unit_id


def row_key(line: int, text: str) -> str:
    """The key of a row, which two rows share if they have the same line and the same text."""
    return f"{line} {text}"


def line_words(line: int) -> str:
    """`on line 15`, also where the unit was picked and has no line."""
    return f"on line {line}" if line else "in the list"


def _same_as(line: int) -> str:
    return f"same as line {line}" if line else "is in the list"


def _also(one: Duplicate) -> str:
    return f"also {line_words(one.first_line)}"


def _row_of(name: OpenName) -> NameRow:
    problem = name.problem
    written, count = problem.written, len(problem.candidates)
    reason = name.reason
    if problem.reason is Reason.SEVERAL:
        reason = f"{count:,} {name.nouns} match"
    several = count > 1 and problem.nearest is None
    choices = problem.candidates[:MOST_CANDIDATES] if several else ()
    if problem.reason is not Reason.SEVERAL and count >= MOST_CANDIDATES:
        choices = ()  # there may be more than were kept, so the one that is meant need not be among them
    return NameRow(written.line, written.text, reason, name, problem.nearest or "", problem.nearest_name, choices)


def _add(rows: dict[str, NameRow], key: str, row: NameRow) -> str:
    number, free = 1, key
    while free in rows:
        number += 1
        free = f"{key} #{number}"
    rows[free] = row
    return free
