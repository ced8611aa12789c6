"""Lists of unit names as people have them: pasted lines, exported tables, mailbox lists, addresses, URLs, ids.

Nothing is looked up here; `resolve` finds the unit of a name. The text is kept as it was written, made safe to show, so
that a problem can be found again in its list. Nothing that looks like an address or a URL is lost: it is a name, the
repetition of one, or reported in a remark."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from urllib.parse import unquote

from msgspec import Struct
from msgspec.structs import astuple, replace

from backup_tui.errors import UsageError
from backup_tui.models.text import counted, safe
from backup_tui.restore.names.columns import NO_CELLS, RowCells
from backup_tui.restore.names.lines import read_lines, shown
from backup_tui.restore.names.list_text import FIELD, list_text
from backup_tui.restore.names.parts import CLAIM, find_parts
from backup_tui.restore.names.reading import Aside, Entry, Reading

MAX_BYTES = 20_000_000  # a list larger than this is taken for the wrong file

_LONGEST = 4_000
"""Characters of one name that are kept; a link out of a mail is long, and its end says which site is meant."""

_MOST_NAMED = 100  # addresses of an unused column that are named; beyond that only their number is reported

_SENTENCE = 1_200

_QUOTED = 60  # characters that are shown of a line that was passed over


class NameKind(StrEnum):
    """What a name looks like; the value is for people."""

    ADDRESS = "address"
    URL = "url"
    ID = "id"
    TITLE = "name"


class WrittenName(Struct, frozen=True):
    """One name of a list. `text`: as it was written, without blanks and quotes around it, safe to show. `others`: what
    else the same row says about the unit, in the columns that are known (a table only). `cells`: what it says about
    its restore; plans use that, a single draft does not."""

    line: int
    text: str
    kind: NameKind
    others: tuple[str, ...] = ()
    cells: RowCells = NO_CELLS


class Duplicate(Struct, frozen=True):
    """A name that is in the list twice; it counts once. `cells`: what its row says about the restore."""

    line: int
    first_line: int
    text: str
    cells: RowCells = NO_CELLS


class UnitList(Struct, frozen=True):
    """A list of names, read."""

    lines: tuple[WrittenName, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    asides: tuple[Aside, ...] = ()  # addresses and URLs in it that are not names of units, with their place
    # lines that were passed over, with what they say: comments, and headings that came again
    comments: tuple[tuple[int, str], ...] = ()
    nameless: tuple[tuple[int, str], ...] = ()  # rows of a table in which no name was found, with what they say
    notes: tuple[str, ...] = ()
    # of the columns that are not used, those in the `cells` of the names: field and heading
    own_columns: tuple[tuple[str, str], ...] = ()

    @property
    def count(self) -> int:
        """All names that were written; each is found, twice, left out or to be put right."""
        return len(self.lines) + len(self.duplicates)

    @property
    def line_count(self) -> int:
        return len({name.line for name in self.lines} | {again.line for again in self.duplicates})

    @property
    def row_remarks(self) -> tuple[str, ...]:
        """The remarks where what the rows say about their restore is used."""
        own = [heading for _, heading in self.own_columns]
        rest = replace(self, ignored_columns=tuple(text for text in self.ignored_columns if text not in own))
        told = (f"Used for each row: {', '.join(own)}.",) if own else ()
        return (*told, *rest.remarks)

    @property
    def remarks(self) -> tuple[str, ...]:
        said = list(self.notes)
        if self.ignored_columns:
            word = "Column" if len(self.ignored_columns) == 1 else "Columns"
            said.append(f"{word} not used: {shown(self.ignored_columns)}.")
        by_place: dict[str, dict[str, None]] = {}
        for aside in self.asides:
            by_place.setdefault(aside.where, {})[aside.text] = None
        for where, texts in by_place.items():
            said += _sentences(f"Not read as names, in {where}", list(texts))
        if self.nameless:
            word = "row" if len(self.nameless) == 1 else "rows"
            said.append(f"Skipped {len(self.nameless):,} {word} without a name: {_quoted(self.nameless)}.")
        if self.comments:
            word = "line" if len(self.comments) == 1 else "lines"
            said.append(f"Skipped {len(self.comments):,} {word}, comments or headings: {_quoted(self.comments)}.")
        if self.duplicates:
            first = self.duplicates[0]
            more = f" and {len(self.duplicates) - 1:,} more" if len(self.duplicates) > 1 else ""
            said.append(f"Twice in the list, counted once: {first.text} (line {first.line}){more}.")
        return tuple(said)


_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_SHORT_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f-]*)?", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?::\d+)?(?:/|$)", re.IGNORECASE)


def read_unit_file(path: Path) -> UnitList:
    """Reads a list from a file. Raises `UsageError` where it cannot be read, or is not a list of names."""
    return parse_unit_list(unit_file_bytes(path))


def unit_file_bytes(path: Path) -> bytes:
    """What is in the file of a list. Raises `UsageError`: it cannot be read, or is too large for a list."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)  # a pipe or a device has no size to ask for before
    except OSError as error:
        raise UsageError.unsent(
            f"{path} cannot be read ({error.strerror or type(error).__name__}).",
            FIELD,
            str(path),
            "Check its name, and that you may read it.",
        ) from error
    if len(data) > MAX_BYTES:
        raise UsageError.unsent(
            f"{path} is larger than {MAX_BYTES // 1_000_000} MB; too large for a list of units.", FIELD, str(path)
        )
    return data


def parse_unit_list(data: str | bytes) -> UnitList:
    """Reads a list: names a line, a mailbox list, a table of any make, or a text that has them in it, as text or as the
    bytes of a file. A line that begins with `# `, or with `#` before the first name, is a comment unless it names
    something. Raises `UsageError`: it isn't text, or a table whose quotes are not closed."""
    read = list_text(data)
    # A capital sharp s or an accent typed on its own must not split an address.
    reading = read_lines(unicodedata.normalize("NFC", _INVISIBLE.sub("", read.text).replace("\u00a0", " ")))
    return _unit_list(reading, read.remark)


def _unit_list(reading: Reading, remark: str) -> UnitList:
    kept, again = _once(name for name in map(_name, reading.entries) if name is not None)
    return UnitList(
        kept,
        tuple(map(safe, reading.unused)),
        again,
        tuple(Aside(line, safe(text, _LONGEST), safe(where)) for line, text, where in reading.asides),
        tuple((line, safe(text, _QUOTED)) for line, text in sorted(reading.comments)),
        tuple((line, safe(text, _QUOTED)) for line, text in reading.nameless),
        tuple(map(safe, (remark, *reading.notes) if remark else reading.notes)),
        tuple(dict.fromkeys((field, safe(heading)) for field, heading in reading.own_columns)),
    )


def _name(entry: Entry) -> WrittenName | None:
    bare = _bare(entry.text)
    if not any(char.isalnum() for char in bare):
        return None
    others = tuple(safe(_bare(other), _LONGEST) for other in entry.others if _bare(other))
    return WrittenName(entry.line, safe(bare, _LONGEST), kind_of(bare), others, _safe_cells(entry.cells))


def _safe_cells(cells: RowCells) -> RowCells:
    return cells if cells is NO_CELLS else RowCells(*(safe(" ".join(cell.split())) for cell in astuple(cells)))


def written(text: str, line: int = 0, others: Sequence[str] = ()) -> WrittenName | None:
    """One name as it was typed; `None` when nothing is left of it."""
    parts = [part for part in find_parts(CLAIM.sub("", text)) if not part.aside]
    return _name(Entry(line, parts[0].text if len(parts) == 1 else text, tuple(others)))


def kind_of(text: str) -> NameKind:
    """What a name looks like: a site's three-part id counts as an id, `contoso.com/sites/x` as a URL."""
    if "://" in text or text.startswith("/"):
        return NameKind.URL
    if _GUID.search(text):
        return NameKind.ID
    if "@" in text:
        return NameKind.ADDRESS
    return NameKind.URL if _HOST.match(text) and "," not in text else NameKind.TITLE


def sum_words(names: int, lines: int | None, parts: Iterable[tuple[int, str]]) -> str:
    """`39 lines: 35 found, 1 twice, 3 to fix`, with several names on a line `3 names on 2 lines: 2 found, 1 twice`."""
    (found, word), *rest = parts
    where = counted(names, "line" if names == lines else "name")
    if lines is not None and names != lines:
        where += f" on {counted(lines, 'line')}"
    return f"{where}: {', '.join([f'{found:,} {word}', *(f'{count:,} {word}' for count, word in rest if count)])}"


def may_be_short_id(text: str) -> bool:
    """Whether it looks like the beginning of an id, as lists show it."""
    return _SHORT_ID.fullmatch(text) is not None


def normalise(text: str) -> str:
    """The form in which two names are compared. Case, blanks around, invisible characters and how accents are composed
    do not count; of a URL neither do scheme, percent-coding, a trailing slash, query and fragment."""
    bare = unicodedata.normalize("NFC", _bare(text))
    if kind_of(bare) is NameKind.URL:
        rest = bare.partition("://")[2] if "://" in bare else bare
        rest = rest.partition("#")[0].partition("?")[0]
        bare = unicodedata.normalize("NFC", unquote(rest)).rstrip("/")
    return bare.casefold()


def _bare(text: str) -> str:
    bare = CLAIM.sub("", _INVISIBLE.sub("", text).replace("\u00a0", " ")).strip().strip("\"'`,;").strip()
    if bare.endswith(">") and "<" in bare:
        bare = bare[bare.rindex("<") + 1 : -1].strip()
    for prefix in ("mailto:", "smtp:"):
        if bare.lower().startswith(prefix):
            bare = bare[len(prefix) :].strip()
    return bare


def _once(names: Iterable[WrittenName]) -> tuple[tuple[WrittenName, ...], tuple[Duplicate, ...]]:
    seen: dict[tuple[str, ...], WrittenName] = {}
    again: list[Duplicate] = []
    for name in names:
        # Two rows with the same display name may be two units, so a row counts as a repetition only as a whole.
        # The mailbox and the OneDrive account of somebody have the same name; the service tells them apart.
        service = name.cells.service.casefold()
        key = (service, normalise(name.text), *(normalise(other) for other in name.others))
        first = seen.setdefault(key, name)
        if first is not name:
            again.append(Duplicate(name.line, first.line, name.text, name.cells))
    return tuple(seen.values()), tuple(again)


def _sentences(start: str, texts: Sequence[str]) -> list[str]:
    sentences: list[str] = []
    part: list[str] = []
    for text in texts[:_MOST_NAMED]:
        if part and sum(map(len, part)) + len(text) > _SENTENCE:
            sentences.append(f"{start}: {', '.join(part)}.")
            part = []
        part.append(text)
    return [*sentences, f"{start}: {shown([*part, *texts[_MOST_NAMED:]], len(part))}."]


def _quoted(lines: Sequence[tuple[int, str]]) -> str:
    return shown([f"line {line} ({text})" for line, text in lines])
