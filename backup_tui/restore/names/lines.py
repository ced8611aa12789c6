"""Lists as they are pasted: lines, mails, tickets, and tables wherever they begin among them."""

import re
from collections.abc import Sequence

from backup_tui.restore.names.columns import is_heading_of, is_of_somebody_else, known_kind
from backup_tui.restore.names.parts import CLAIM, RULER, Look, find_parts, names_in
from backup_tui.restore.names.reading import Reading
from backup_tui.restore.names.records import read_json, read_properties
from backup_tui.restore.names.tables import SPACES, Line, cells_of, heading_delimiter, read_table, read_unknown_table

_SEPARATOR = re.compile(r'"?sep=(.)"?;*', re.IGNORECASE)
_TYPE = re.compile(r'"?#TYPE\b.*|version:v[\d.]+[,;]*', re.IGNORECASE)
"""First lines of exports by PowerShell and Entra."""
_LABEL = re.compile(r"[\s>\"'*{,-]*([A-Za-z][\w -]{0,40}?)[\"']?\s*[:=]\s*(?=[\"'{<\w])")
"""What a list of properties writes before a value: `Manager : `, `"manager": `."""

_DRAWN = str.maketrans(dict.fromkeys("│┃║｜", "|"))


def read_lines(text: str) -> Reading:
    """Reads a whole list. Raises `UsageError`: it has a table whose quotes are not closed."""
    into = Reading()
    if read_json(text, into):
        return into
    lines = [(number, CLAIM.sub("", line.translate(_DRAWN))) for number, line in enumerate(text.splitlines(), 1)]
    lines, forced = _preamble(lines, into)
    plain: list[Line] = []
    at = 0
    began = False
    while at < len(lines):
        delimiter = _heading_at(lines, at, forced, first=not began)
        if delimiter is None:
            line = lines[at][1]
            began = began or not (RULER.fullmatch(line) or line.lstrip().startswith("#"))
            plain.append(lines[at])
            at += 1
            continue
        _read_plain(plain, forced, into)
        plain, began = [], True
        if len(cells_of(lines[at][1], delimiter)) < 2:  # a list under one heading
            if into.entries:
                into.comments.append((lines[at][0], lines[at][1].strip()))
            at += 1
            continue
        end = _end_of_table(lines, at, delimiter, forced)
        read_table(lines[at:end], delimiter, into)
        at = end
    _read_plain(plain, forced, into)
    return into


def _preamble(lines: list[Line], into: Reading) -> tuple[list[Line], str | None]:
    forced: str | None = None
    for at, (number, line) in enumerate(lines):
        bare = line.strip(" ")
        separator = _SEPARATOR.fullmatch(bare)
        if separator is not None:
            forced = separator[1]
        elif _TYPE.fullmatch(bare) and not find_parts(bare):
            into.comments.append((number, bare))
        elif bare.strip():
            return lines[at:], forced
    return [], forced


def _heading_at(lines: Sequence[Line], at: int, forced: str | None, *, first: bool) -> str | None:
    """What separates the cells of the headings here; `None` if there are none. In the middle of a text a line
    counts as headings only with two that are known, or with a row right below it."""
    line = lines[at][1]
    if not line.strip():
        return None
    delimiter = heading_delimiter(line, forced)
    if delimiter is None:
        return None
    cells = cells_of(line, delimiter)
    if first or sum(known_kind(cell) is not None for cell in cells) > 1:
        return delimiter
    below = next((text for _, text in lines[at + 1 :] if not RULER.fullmatch(text)), "")
    if len(cells) < 2:
        return None if lines[at - 1][1].strip() or not find_parts(below) else delimiter
    return delimiter if find_parts(below) and len(cells_of(below, delimiter)) == len(cells) else None


def _end_of_table(lines: Sequence[Line], at: int, delimiter: str, forced: str | None) -> int:
    heading = lines[at][1].strip()
    quotes = 0
    for end in range(at + 1, len(lines)):
        line = lines[end][1]
        quotes += lines[end - 1][1].count('"')
        if quotes % 2 and delimiter not in ("|", SPACES):
            continue
        if line.strip() != heading and not lines[end - 1][1].strip() and _heading_at(lines, end, forced, first=False):
            return end
    return len(lines)


def _read_plain(lines: Sequence[Line], forced: str | None, into: Reading) -> None:
    if not any(line.strip() for _, line in lines):
        return
    data: list[Line] = []
    commented: list[int] = []
    named = bool(into.entries)
    for number, line in lines:
        bare = line.lstrip()
        if bare.startswith("#") and (not named or bare[1:2].strip() == "") and not find_parts(bare):
            into.comments.append((number, bare))
            data.append((number, ""))
            continue
        if bare.startswith("# ") and find_parts(bare):
            commented.append(number)
        named = named or not RULER.fullmatch(line)
        data.append((number, line))
    if commented:
        word, being = ("Line", "begins") if len(commented) == 1 else ("Lines", "begin")
        numbers = shown(list(map(str, commented)))
        into.notes.append(f"{word} {numbers} {being} with # but is read: it contains an address.")
    data = read_properties(data, into)
    if read_unknown_table(data, forced, into):
        return
    at = _heading_alone(data, into)
    for number, line in data[at:]:
        _read_line(number, line, into)


def _heading_alone(lines: Sequence[Line], into: Reading) -> int:
    """Passes over a first line that is the heading of what follows; returns where names begin."""
    content = [(at, number, line) for at, (number, line) in enumerate(lines) if not RULER.fullmatch(line)]
    if len(content) < 2 or find_parts(content[0][2]):
        return 0
    looks = [part.look for _, _, line in content[1:] for part in find_parts(line)[:1]]
    at, number, line = content[0]
    if len(looks) < len(content) - 1 or not is_heading_of(line.strip(), looks):
        return 0
    into.notes.append(f"Line {number} was read as a heading: {line.strip()}.")
    return at + 1


def _read_line(number: int, line: str, into: Reading) -> None:
    if RULER.fullmatch(line):
        return
    names, asides = names_in(line)
    label = _LABEL.match(line)
    if label is not None and is_of_somebody_else(label[1]) and len(found := find_parts(line)) == 1:
        into.set_aside(number, found, label[1], ())
        return
    into.set_aside(number, asides, f"line {number}", names)
    ids = [part for part in names if part.look is Look.ID]
    if len(names) - len(ids) == 1 and ids:
        rest = [part for part in names if part.look is not Look.ID]
        into.take(number, rest, [part.text for part in ids])
    else:
        into.take(number, names)


def shown(words: Sequence[str], most: int = 20) -> str:
    """A few of many: `4, 9 and 3 more`."""
    more = f" and {len(words) - most:,} more" if len(words) > most else ""
    return ", ".join(words[:most]) + more
