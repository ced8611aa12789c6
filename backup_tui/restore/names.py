"""Lists of unit names as people have them: pasted lines, exported CSV files, addresses, URLs, ids.

Nothing is looked up here; `resolve` says which unit a name stands for. What was written is kept as it was written,
made safe to show, so that a problem can be found again in the list it came from.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from backup_tui.errors import UsageError
from backup_tui.models.text import safe

MAX_BYTES = 20_000_000
"""A list larger than this is taken for the wrong file."""

FIELD = "Units"


class NameKind(StrEnum):
    """What a name looks like; the value is for people."""

    ADDRESS = "address"
    URL = "url"
    ID = "id"
    TITLE = "name"


@dataclass(frozen=True, slots=True)
class WrittenName:
    """One name of a list.

    Attributes:
        line: Its line in the list, from 1.
        text: As it was written, without blanks and quotes around it, safe to show.
        kind: What it looks like.
        others: What else the same row says about the unit, in the columns that are known (a CSV only).
    """

    line: int
    text: str
    kind: NameKind
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A name that stands in the list twice; it counts once."""

    line: int
    first_line: int
    text: str


@dataclass(frozen=True, slots=True)
class UnitList:
    """A list of names, read.

    Attributes:
        lines: Each name once, in their order.
        ignored_columns: Columns of a CSV that are not used, as they are written.
        duplicates: Names that came again.
    """

    lines: tuple[WrittenName, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()

    @property
    def remarks(self) -> tuple[str, ...]:
        """What has to be said about the reading of the list, one sentence each."""
        said: list[str] = []
        if self.ignored_columns:
            word = "Column" if len(self.ignored_columns) == 1 else "Columns"
            said.append(f"{word} not used: {', '.join(self.ignored_columns)}.")
        if self.duplicates:
            first = self.duplicates[0]
            more = f" and {len(self.duplicates) - 1:,} more" if len(self.duplicates) > 1 else ""
            said.append(f"Twice in the list, counted once: {first.text} (line {first.line}){more}.")
        return tuple(said)


_COLUMNS = {
    "unitid": NameKind.ID,
    "directoryobjectid": NameKind.ID,
    "objectid": NameKind.ID,
    "siteid": NameKind.ID,
    "id": NameKind.ID,
    "email": NameKind.ADDRESS,
    "upn": NameKind.ADDRESS,
    "userprincipalname": NameKind.ADDRESS,
    "siteweburl": NameKind.URL,
    "url": NameKind.URL,
    "name": NameKind.TITLE,
}
_BY_USE = (NameKind.ADDRESS, NameKind.URL, NameKind.ID, NameKind.TITLE)
"""Which cell of a row stands for the row when it has several: the one that a person recognises."""

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/|$)", re.IGNORECASE)


def read_unit_file(path: Path) -> UnitList:
    """Reads a list from a file.

    Raises:
        UsageError: The file is not there, cannot be read, or is no list of names.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # a pipe or a device has no size to ask for before
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read ({error.strerror or type(error).__name__}).",
            field=FIELD,
            value=str(path),
            certain="Nothing was drafted.",
            way_out="Check the name of the file and that you may read it.",
        ) from error
    if len(data) > MAX_BYTES:
        raise UsageError(
            f"{path} is larger than {MAX_BYTES // 1_000_000} MB; that is no list of units.",
            field=FIELD,
            value=str(path),
            certain="Nothing was drafted.",
        )
    return parse_unit_list(data)


def parse_unit_list(data: str | bytes) -> UnitList:
    """Reads a list: one name per line, or a CSV with a header that is known.

    Args:
        data: Pasted text, or the bytes of a file (UTF-8, with or without its mark). Blank lines and lines that begin
            with `#` are passed over.

    Raises:
        UsageError: It is no text, not UTF-8, or a CSV that cannot be read.
    """
    text = (_decode(data) if isinstance(data, bytes) else data).removeprefix("\ufeff")
    if "\x00" in text:
        raise _not_a_list("It holds binary data.")
    rows = [(number, line) for number, line in enumerate(text.splitlines(), 1)]
    first = next(((number, line) for number, line in rows if line.strip() and not line.lstrip().startswith("#")), None)
    if first is None:
        return UnitList()
    delimiter = _header_delimiter(first[1])
    if delimiter is None:
        names: Iterable[WrittenName] = _plain(rows)
        ignored: tuple[str, ...] = ()
    else:
        names, ignored = _table(rows[first[0] - 1 :], delimiter)
    kept, again = _once(names)
    return UnitList(kept, ignored, again)


def written(text: str, line: int = 0, others: Sequence[str] = ()) -> WrittenName | None:
    """One name as it was typed; `None` when nothing is left of it."""
    bare = _bare(text)
    if not bare:
        return None
    return WrittenName(line, safe(bare), kind_of(bare), tuple(safe(_bare(other)) for other in others if _bare(other)))


def kind_of(text: str) -> NameKind:
    """What a name looks like: a site's three-part id counts as an id, `contoso.com/sites/x` as a URL."""
    if "://" in text or text.startswith("/"):
        return NameKind.URL
    if _GUID.search(text):
        return NameKind.ID
    if "@" in text:
        return NameKind.ADDRESS
    return NameKind.URL if _HOST.match(text) and "," not in text else NameKind.TITLE


def normalise(text: str) -> str:
    """The form in which two names are compared.

    Case, blanks around, invisible characters and the way accents are composed do not count. Of a URL the scheme,
    percent-coding, a trailing slash, a query and a fragment do not count either.
    """
    bare = unicodedata.normalize("NFC", _bare(text))
    if kind_of(bare) is NameKind.URL:
        rest = bare.partition("://")[2] if "://" in bare else bare
        rest = rest.partition("#")[0].partition("?")[0]
        bare = unicodedata.normalize("NFC", unquote(rest)).rstrip("/")
    return bare.casefold()


def _bare(text: str) -> str:
    """The name without what mail programs and spreadsheets put around it."""
    bare = _INVISIBLE.sub("", text).replace("\u00a0", " ").strip().strip("\"'`,;").strip()
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1].strip()
    for prefix in ("mailto:", "smtp:"):
        if bare.lower().startswith(prefix):
            bare = bare[len(prefix) :].strip()
    if "|" in bare and "@" in bare:
        bare = bare.rpartition("|")[2].strip()  # i:0#.f|membership|adele@contoso.com, a SharePoint sign-in name
    return bare


def _decode(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (b"\x00" in data[:64] and not data.startswith(b"PK")):
        raise _not_a_list("It is UTF-16 or binary.", "Save it as UTF-8 (in Excel: CSV UTF-8).")
    if data.startswith(b"PK\x03\x04"):
        raise _not_a_list("It is a spreadsheet or another packed file.", "Save it as CSV UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _not_a_list(f"Line {line} is not UTF-8.", "Save it as UTF-8 (in Excel: CSV UTF-8).") from error


def _not_a_list(why: str, way_out: str = "Give one name per line, or a CSV with a header.") -> UsageError:
    return UsageError(
        f"The list of units cannot be read. {why}", field=FIELD, certain="Nothing was drafted.", way_out=way_out
    )


def _header_delimiter(line: str) -> str | None:
    for delimiter in ",;\t":
        cells = [_column(cell) for cell in line.split(delimiter)]
        if any(cell in _COLUMNS for cell in cells):
            return delimiter
    return None


def _column(cell: str) -> str:
    return cell.strip().strip('"').strip().replace(" ", "").replace("_", "").lower()


def _plain(rows: Sequence[tuple[int, str]]) -> Iterator[WrittenName]:
    for number, line in rows:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        for part in _parts(line):
            name = written(part, number)
            if name is not None:
                yield name


def _parts(line: str) -> list[str]:
    """Splits `a@x.com; b@x.com` where every part is an address; a site's id holds commas and stays whole."""
    if line.count("@") > 1:
        parts = [part for part in re.split(r"[;,\t]", line) if part.strip()]
        if all("@" in part for part in parts):
            return parts
    return [line]


def _table(rows: Sequence[tuple[int, str]], delimiter: str) -> tuple[list[WrittenName], tuple[str, ...]]:
    offset = rows[0][0] - 1
    reader = csv.reader(io.StringIO("\n".join(line for _, line in rows)), delimiter=delimiter, strict=True)
    names: list[WrittenName] = []
    header: list[str] = []
    before = offset
    try:
        for row in reader:
            number, before = before + 1, offset + reader.line_num
            if not any(cell.strip() for cell in row) or row[0].lstrip().startswith("#"):
                continue
            if not header:
                header = row
                continue
            cells: dict[NameKind, list[str]] = {kind: [] for kind in _BY_USE}
            for column, cell in zip(header, row, strict=False):
                kind = _COLUMNS.get(_column(column))
                if kind is not None and _bare(_unescaped(cell)):
                    cells[kind].append(_unescaped(cell))
            found = [cell for kind in _BY_USE for cell in cells[kind]]
            name = written(found[0], number, found[1:]) if found else None
            if name is not None:
                names.append(name)
    except csv.Error as error:
        raise _not_a_list(f"Line {offset + reader.line_num}: {error}.", "Check the quotes of that line.") from error
    return names, tuple(safe(column.strip()) for column in header if _column(column) not in _COLUMNS and column.strip())


def _unescaped(cell: str) -> str:
    """Takes off the apostrophe with which our own reports keep a spreadsheet from running a cell."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and cell[1] in "=+-@" else cell


def _once(names: Iterable[WrittenName]) -> tuple[tuple[WrittenName, ...], tuple[Duplicate, ...]]:
    seen: dict[tuple[str, ...], WrittenName] = {}
    again: list[Duplicate] = []
    for name in names:
        # Two rows with the same display name may be two units, so a row counts as a repetition only as a whole.
        key = (normalise(name.text), *(normalise(other) for other in name.others))
        first = seen.setdefault(key, name)
        if first is not name:
            again.append(Duplicate(name.line, first.line, name.text))
    return tuple(seen.values()), tuple(again)
