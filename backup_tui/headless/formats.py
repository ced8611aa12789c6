"""How lists are printed: as a table for people; as JSON, CSV or TSV for programs.

A list is rows of typed cells, one heading each: a person reads `1,180` and `2026-11-20 13:10 UTC` where a program reads
`1180` and `2026-11-20T13:10:00Z`. With JSON it gets the service's own objects instead.
"""

import argparse
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.headless.command import column_name
from backup_tui.models.base import GraphModel
from backup_tui.models.text import cell_width, safe
from backup_tui.models.times import span_words
from backup_tui.restore.files.sizes import size_words

MOST_OF_A_CELL = 2_000
"""Characters of one cell; site addresses are far shorter, and a command's output is not cut for a screen."""


_OPAQUE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\S{40,}", re.IGNORECASE)
"""Ids that say nothing to a person: their beginning is enough."""


class ForPeople(str):
    """A cell whose words only a person needs; a program reads nothing in its place."""

    __slots__ = ()


class Size(int):
    """Bytes: `4.2 MB` for people."""


UNREPORTED = ForPeople("?")  # a count that the service did not report

Cell = str | int | datetime | timedelta | None


class Style(Struct, frozen=True):
    """What the person wants of the output."""

    format: str = "table"  # one of `options.FORMATS`, or `lines`
    columns: tuple[str, ...] = ()  # headings to print, in this order; all if empty
    # members to print of each JSON object, `createdBy.user.id` for one inside another; all if empty
    fields: tuple[str, ...] = ()
    limit: int | None = None  # the most rows of a list
    quiet: bool = False  # nothing on stderr but errors
    verbose: bool = False  # each request on stderr, with its time and id

    @property
    def is_json(self) -> bool:
        return self.format.startswith("json")


LINES = Style("lines")  # one fact a line: what a screen reader reads well

TO_PEOPLE = Style()  # what is printed where nobody asked for anything else


def style_of(args: argparse.Namespace) -> Style:
    """Reads the options of the output. Raises `UsageError`: two of them exclude each other, or the command prints no
    such columns."""
    wanted, fields = getattr(args, "output", None), getattr(args, "json", None)
    if fields is not None and wanted not in (None, "json", "jsonl"):
        raise UsageError.unsent(f"--json and --output {wanted} exclude each other.", "--output", wanted)
    format_ = wanted or ("table" if fields is None else "json")
    known = header_of(args)
    if hasattr(args, "all_profiles") and not known:
        hint = "For example: backup-tui sessions list --all-profiles"
        raise UsageError.unsent("--all-profiles works with commands that print a list.", "--all-profiles", hint=hint)
    columns = _listed(getattr(args, "columns", None))
    if not known and format_ in ("csv", "tsv"):
        hint = "Use --output json, or a command that prints a list, such as sessions list."
        raise UsageError.unsent(
            f"This command prints no list, so --output {format_} has no rows.", "--output", format_, hint
        )
    if columns and format_.startswith("json"):
        hint = "Choose members of the objects instead: --json=id,status"
        raise UsageError.unsent("--columns works with tables, csv and tsv.", "--columns", ",".join(columns), hint)
    return Style(
        format_,
        tuple(_column(name, known) for name in columns),
        _listed(fields),
        getattr(args, "limit", None),
        hasattr(args, "quiet"),
        hasattr(args, "verbose"),
    )


def header_of(args: argparse.Namespace) -> tuple[str, ...]:
    """The headings of the list that a command prints; over all profiles, their name comes first."""
    header: tuple[str, ...] = getattr(args, "header", ())
    return ("PROFILE", *header) if header and hasattr(args, "all_profiles") else header


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _column(name: str, known: Sequence[str]) -> str:
    """The heading that is meant by `point id`, `POINT ID` or `point_id`."""
    found = [heading for heading in known if column_name(heading) == column_name(name)]
    if found:
        return found[0]
    from backup_tui.config.nearest import nearest  # late: only a mistake needs it

    names = [column_name(heading) for heading in known]
    near = nearest(column_name(name), names)
    hint = f"Did you mean {near}?" if near else f"Columns: {', '.join(names)}"
    raise UsageError.unsent(f"There is no column {name!r}.", "--columns", name, hint)


class Rows(Struct, frozen=True):
    """A list, ready to be printed in any form."""

    header: Sequence[str]  # its headings
    cells: Sequence[Sequence[Cell]]  # one sequence for each row, as long as the header

    def chosen(self, columns: Sequence[str]) -> "Rows":
        """Only these columns, in this order; all if there are none."""
        places = [list(self.header).index(name) for name in columns] or range(len(self.header))
        return Rows([self.header[place] for place in places], [[row[place] for place in places] for row in self.cells])

    def without_empty(self, headings: Sequence[str]) -> "Rows":
        """Without those of these columns that are empty in every row."""
        empty = {
            name
            for name in headings
            if name in self.header and all(row[self.header.index(name)] in (None, "") for row in self.cells)
        }
        return self.chosen([name for name in self.header if name not in empty])

    def lines(self, format_: str = "table") -> list[str]:
        """The table for people; with `lines`, each row as a line that names its columns."""
        if format_ == "lines":
            return [self._sentence(row) for row in self.cells] or ["None."]
        return aligned(self.header, [[cell_words(cell) for cell in row] for row in self.cells])

    def _sentence(self, row: Sequence[Cell]) -> str:
        """`Status running. Units 68.`; ids come last, each as its beginning, which every command takes."""
        parts = []
        for heading, cell in sorted(zip(self.header, row, strict=True), key=lambda pair: pair[0].endswith("ID")):
            words = safe(cell_words(cell), MOST_OF_A_CELL)
            if words not in ("", "-"):
                shown = words[:8] if heading.endswith("ID") and _OPAQUE.fullmatch(words) else words.rstrip(".")
                title, bracket, short = heading.partition("(")
                parts.append(f"{title.capitalize()}{bracket}{short} {shown}.".lstrip())
        return " ".join(parts)

    def delimited(self, format_: str) -> str:
        """CSV in which no cell starts like a formula, or TSV without line ends and tabs inside cells."""
        from backup_tui.restore.report import as_csv

        header = [column_name(heading) for heading in self.header]
        rows = [[safe(plain(cell), MOST_OF_A_CELL) for cell in row] for row in self.cells]
        if format_ == "csv":
            return as_csv(header, rows)
        return "".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in (header, *rows))


def cell_words(cell: Cell) -> str:
    """A cell for people: `1,180`, `2026-11-20 13:10 UTC`, `50 min`."""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(cell, timedelta):
        return span_words(cell)
    if isinstance(cell, Size):
        return size_words(cell)
    if isinstance(cell, int):
        return f"{cell:,}"
    return cell or ""


def plain(cell: Cell) -> str:
    """A cell for programs: digits, times in UTC as ISO 8601, spans in seconds, nothing for what is not known."""
    if cell is None or isinstance(cell, ForPeople):
        return ""
    if isinstance(cell, datetime):
        return cell.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    return str(cell)


def reported(value: int | None) -> Cell:
    """The cell of a count that the service may leave out."""
    return UNREPORTED if value is None else value


def aligned(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are aligned, the heading first; an empty cell is a `-`."""
    cells = [list(header), *([safe(cell, MOST_OF_A_CELL) or "-" for cell in row] for row in rows)]
    widths = [max(cell_width(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        padded = [cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return lines


def check_fields(objects: Sequence[object], fields: Sequence[str]) -> None:
    """Refuses a member that no object could have. Raises `UsageError`: the message names it, the hint all others."""
    from backup_tui.config.nearest import nearest

    for field in fields:
        if objects and not _could_have(objects, field):
            names = sorted({name for each in objects if isinstance(each, Mapping) for name in each})
            near = nearest(field, names)
            hint = f"Did you mean {near}?" if near else f"There are: {', '.join(names)}"
            raise UsageError.unsent(f"No object has a member {field!r}.", "--json", field, hint)


def picked(objects: Sequence[object], fields: Sequence[str]) -> list[object]:
    """Of each object only these members, `null` where it has none."""
    return [{field: _member(each, field) for field in fields} for each in objects]


def _could_have(objects: Sequence[object], path: str) -> bool:
    """Whether one of these has the member, or its type has it: a service may leave out what has no value, and a script
    must not fail in the night in which nothing has an `error`."""
    name, dot, rest = path.partition(".")
    found = [each for each in objects if isinstance(each, Mapping)]
    values = [each[name] for each in found if each.get(name) is not None]
    if values:
        return not dot or _could_have(values, rest)
    return any(name in each for each in found) or name in _members_of_alike(found)


def _members_of_alike(objects: Sequence[Mapping[str, object]]) -> set[str]:
    """The members of those of the service's types that have most members in common with these objects."""
    names = {name for each in objects for name in each}
    alike = [(len(names & kind.members().keys()), kind) for kind in _kinds(GraphModel)]
    most = max((common for common, _ in alike), default=0)
    return {name for common, kind in alike if common == most > 0 for name in kind.members()}


def _kinds(base: type[GraphModel]) -> list[type[GraphModel]]:
    return [one for kind in base.__subclasses__() for one in (kind, *_kinds(kind))]


def _member(value: object, path: str) -> object:
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
