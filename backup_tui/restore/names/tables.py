"""Tables in which each row names a unit: exports of any origin, with or without headings.

Known headings show which column names the unit; without one, it is the column in which nearly every cell is an address,
a URL or an id. Addresses in other columns are somebody else's: they are kept as remarks."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.restore.names.columns import NO_CELLS, RowCells, known_kind, own_columns, preference, same_heading
from backup_tui.restore.names.links import is_account_of
from backup_tui.restore.names.list_text import not_a_list
from backup_tui.restore.names.parts import RULER, Look, Part, find_parts, is_one, names_in
from backup_tui.restore.names.reading import Reading, things
from backup_tui.restore.report import without_apostrophe

SPACES = "  "  # columns that are told apart by two or more blanks, as terminals print them

DELIMITERS = (",", ";", "\t", "|", SPACES)

_BY_USE = (Look.ADDRESS, Look.URL, Look.ID, Look.WORDS)
"""Which cell names the row if several could: the one that a person recognizes."""

_NEARLY = 0.8
_LOOKED_AT = 300  # so many rows tell what a column holds

_LONGEST_HEADING = 5_000
_HOLDS = {Look.ADDRESS: "addresses", Look.URL: "URLs", Look.ID: "ids"}

_NOTHING = re.compile(r"[\s\"'`,;-]*(?:n/?a|none|null|nil)?[\s\"'`,;-]*", re.IGNORECASE)

Line = tuple[int, str]


class Row(NamedTuple):
    """A row of a table: its first line in the list, and its cells."""

    line: int
    cells: list[str]


class Layout(Struct, frozen=True):
    """Which columns of a table are what. `heading`: the headings; empty for a table without. `names`: columns that name
    the unit of a row, the one that a person recognises first. `own`: columns about its restore, by their field."""

    heading: tuple[str, ...]
    names: tuple[int, ...]
    note: str = ""
    own: Mapping[str, int] = MappingProxyType({})

    def where(self, column: int) -> str:
        heading = self.heading[column].strip() if column < len(self.heading) else ""
        return f"column {heading or column + 1}"


def split(lines: Sequence[Line], delimiter: str) -> list[Row]:
    """The rows of a table, without blank ones and rulers. Raises `csv.Error`, with the line, for quotes left open."""
    drawn = delimiter in ("|", SPACES)
    rows = (Row(at, _drawn(text, delimiter)) for at, text in lines) if drawn else _quoted(lines, delimiter)
    return [row for row in rows if not all(RULER.fullmatch(cell) for cell in row.cells)]


def heading_delimiter(text: str, forced: str | None = None) -> str | None:
    """What separates the cells of a line of headings that are known; `None` if it is not such a line."""
    if len(text) > _LONGEST_HEADING or "@" in text or find_parts(text) or re.match(r"[\w ]+?\s*:\s", text):
        return None  # a row, or a line of a list of properties
    best, most = None, 0
    present = [one for one in DELIMITERS if one in text] or [DELIMITERS[0]]
    for delimiter in (forced,) if forced else present:
        known = sum(known_kind(cell) is not None for cell in cells_of(text, delimiter))
        if known > most:
            best, most = delimiter, known
    return best


def cells_of(text: str, delimiter: str) -> list[str]:
    """The cells of one line that is read alone. `delimiter`: one of `DELIMITERS`, or any one character."""
    if delimiter in ("|", SPACES):
        return _drawn(text, delimiter)
    return next(csv.reader([text], delimiter=delimiter, skipinitialspace=True), [])


def read_table(lines: Sequence[Line], delimiter: str, into: Reading) -> None:
    """Reads a table whose first row has headings that are known. Raises `UsageError`: its quotes are not closed."""
    try:
        rows = split(lines, delimiter)
    except csv.Error as error:
        raise not_a_list(f"{error}.", "Check the quotes of that line.") from error
    heading, body = tuple(rows[0].cells), rows[1:]
    layout = _layout(heading, body)
    if layout is not None:
        _read(layout, body, into)


def read_rows(heading: tuple[str, ...], rows: Sequence[Row], into: Reading) -> bool:
    """Reads rows whose headings are given; `False`, and nothing was read, when no column of them names units."""
    layout = _layout(heading, rows)
    if layout is not None:
        _read(layout, rows, into)
    return layout is not None


def read_unknown_table(lines: Sequence[Line], forced: str | None, into: Reading) -> bool:
    """Reads a table whose headings are unknown, or that has none. Returns whether it is a table; nothing was read
    when it is not."""
    content = [text for _, text in lines if not RULER.fullmatch(text)]
    for delimiter in (forced,) if forced else DELIMITERS:
        if sum(delimiter in text for text in content) * 2 < len(content):
            continue
        try:
            rows = split(lines, delimiter)
        except csv.Error:
            continue
        if len(rows) < 2:
            continue
        first = rows[0]
        if sum(bool(cell.strip()) for cell in first.cells) >= 2 and not any(map(find_parts, first.cells)):
            layout = _layout(tuple(first.cells), rows[1:])
            if layout is not None and layout.note and first.cells[layout.names[0]].strip():
                said = " | ".join(cell.strip() for cell in first.cells if cell.strip())
                into.notes.append(f"Line {first.line} was read as headings: {said}.")
                _read(layout, rows[1:], into)
                return True
        layout = _without_heading(rows)
        if layout is not None:
            _read(layout, rows, into)
            return True
    return False


def _drawn(text: str, delimiter: str) -> list[str]:
    if delimiter == SPACES:
        return re.split(r"\s{2,}|\t+", text.strip())
    return [cell.strip() for cell in text.strip().removeprefix("|").removesuffix("|").split("|")]


def _quoted(lines: Sequence[Line], delimiter: str) -> Iterator[Row]:
    offset = lines[0][0] - 1
    reader = csv.reader(
        io.StringIO("\n".join(text for _, text in lines)), delimiter=delimiter, skipinitialspace=True, strict=True
    )
    before = offset
    try:
        for cells in reader:
            yield Row(before + 1, cells)
            before = offset + reader.line_num
    except csv.Error as error:
        raise csv.Error(f"Line {offset + reader.line_num}: {error}") from error


def _holds(body: Sequence[Row], column: int, *, bare: bool = False) -> tuple[Look | None, int]:
    body = body[:_LOOKED_AT]
    cells = [row.cells[column].strip() for row in body if column < len(row.cells) and row.cells[column].strip()]
    looks = [is_one(cell) for cell in cells]
    if bare:
        looks = [look if look and _is_bare(cell) else None for look, cell in zip(looks, cells, strict=True)]
    found = Counter(look for look in looks if look)
    if sum(found.values()) < _NEARLY * len(cells) or len(cells) * 2 < len(body) or not cells:
        return None, 0
    return found.most_common(1)[0][0], len({cell.casefold() for cell in cells})


def _is_bare(cell: str) -> bool:
    parts = find_parts(cell)
    return len(parts) == 1 and parts[0].text == cell.strip("\"'<>")


def _layout(heading: tuple[str, ...], body: Sequence[Row]) -> Layout | None:
    known = {column: look for column, text in enumerate(heading) if (look := known_kind(text))}
    holds: dict[int, tuple[Look, int]] = {}
    for column in range(len(heading)):
        look, different = _holds(body, column)
        if look is not None:
            holds[column] = (look, different)
    own = {column: told for column, told in holds.items() if not preference(heading[column], told[0])[0]}
    if known:
        holds = own  # a manager is not taken because the column of the accounts is empty
    words = [column for column, look in known.items() if look is Look.WORDS and column not in holds]
    named = [column for column, look in known.items() if look is not Look.WORDS]
    if any(column in holds for column in named) or (named and not holds):
        used = [column for column in named if column in holds or not _elsewhere(body, column, holds)]
        return Layout(heading, tuple(sorted([*used, *words], key=lambda column: _BY_USE.index(known[column]))))
    if not holds:
        return Layout(heading, tuple(words)) if words else None
    best = min(
        holds, key=lambda at: (holds[at][0] is Look.ID, *preference(heading[at], holds[at][0]), -holds[at][1], at)
    )
    note = f"Column {heading[best].strip() or best + 1} was used: it holds the {_HOLDS[holds[best][0]]}."
    return Layout(heading, (best, *words), note)


def _elsewhere(body: Sequence[Row], column: int, holds: dict[int, tuple[Look, int]]) -> bool:
    """Whether a column with a known heading holds nothing that looks like a name, where another one does."""
    return bool(holds) and not any(column < len(row.cells) and is_one(row.cells[column]) for row in body)


def _without_heading(rows: Sequence[Row]) -> Layout | None:
    width, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    if width < 2 or count < _NEARLY * len(rows):
        return None
    by_look: dict[Look, list[int]] = {Look.ADDRESS: [], Look.URL: [], Look.ID: []}
    for column in range(width):
        look, _ = _holds(rows, column, bare=True)
        if look is not None:
            by_look[look].append(column)
    for look in (Look.ADDRESS, Look.URL):
        by_look[look] = _own_column(rows, by_look[look])
    if max(len(by_look[Look.ADDRESS]), len(by_look[Look.URL])) > 1:
        return None  # several people a line
    names = [*by_look[Look.ADDRESS], *by_look[Look.URL], *by_look[Look.ID][:1]]
    if not names:
        return None
    first = next(look for look in _BY_USE if by_look[look])
    return Layout((), tuple(names), f"No headings: column {names[0] + 1} was used; it holds the {_HOLDS[first]}.")


def _own_column(rows: Sequence[Row], columns: list[int]) -> list[int]:
    """Of several columns the one that differs from row to row, where the others repeat a few: their managers."""
    different = {column: _holds(rows, column)[1] for column in columns}
    own = [column for column in columns if different[column] == len(rows)]
    few = [column for column in columns if different[column] * 3 <= len(rows)]
    return own if len(own) == 1 and len(own) + len(few) == len(columns) else columns


def _read(layout: Layout, body: Sequence[Row], into: Reading) -> None:
    if layout.note:
        into.notes.append(layout.note)
    if layout.heading:
        named = [column for column in range(len(layout.heading)) if _holds(body, column)[0] is not None]
        layout = replace(layout, own=own_columns(layout.heading, layout.names, named))
        into.own_columns.extend((field, layout.heading[column].strip()) for field, column in layout.own.items())
    for row in body:
        if layout.heading and same_heading(row.cells, layout.heading):
            into.comments.append((row.line, " | ".join(row.cells)))
        else:
            _read_row(layout, row, into)
    into.unused.extend(
        text.strip()
        for column, text in enumerate(layout.heading)
        if column not in layout.names and text.strip() and text.strip() not in into.unused
    )


def _read_row(layout: Layout, row: Row, into: Reading) -> None:
    cells = [without_apostrophe(cell) for cell in row.cells]
    filled = [column for column in layout.names if column < len(cells) and not _NOTHING.fullmatch(cells[column])]
    best = next((column for column in filled if find_parts(cells[column])), filled[0] if filled else None)
    if len(cells) == 1 and find_parts(cells[0]):
        best = 0  # a line that belongs to no table
    names, asides = _names_of(layout, row.line, cells, best, into)
    others: list[str] = []
    for column in filled:
        if column != best:
            parts = find_parts(cells[column])
            others.append(parts[0].text if len(parts) == 1 else cells[column])
    into.set_aside(row.line, asides, layout.where(best or 0), names)
    for column, cell in enumerate(cells):
        if column == best:
            continue
        for part in things(cell):
            if len(names) == 1 and is_account_of(part.text, names[0].text):
                others.append(part.text)
            else:
                into.set_aside(row.line, (part,), layout.where(column), names)
    into.take(row.line, names, others, _own_cells(layout, cells) if layout.own else NO_CELLS)


def _own_cells(layout: Layout, cells: Sequence[str]) -> RowCells:
    said = {
        field: cells[column].strip()
        for field, column in layout.own.items()
        if column < len(cells) and not _NOTHING.fullmatch(cells[column])
    }
    return RowCells(**said) if said else NO_CELLS


def _names_of(
    layout: Layout, line: int, cells: Sequence[str], best: int | None, into: Reading
) -> tuple[list[Part], list[Part]]:
    if best is not None and find_parts(cells[best]):
        return names_in(cells[best])
    found = [part for cell in cells for part in things(cell)]
    shifted = not layout.heading or len(cells) != len(layout.heading)
    if len(found) == 1 and shifted:
        return found, []  # a separator too many or too few in this row
    text = " | ".join(cell.strip() for cell in cells if cell.strip())
    if best is not None:
        return [Part(cells[best].strip(), Look.WORDS, 0, 0)], []
    if not layout.heading and not found:
        return [Part(text, Look.WORDS, 0, 0)], []
    into.nameless.append((line, text))
    return [], []
