"""Lists in which each unit is a record of properties: JSON, what `Format-List` prints, and the head of a mail.

Each record becomes a row under the names of its properties, and is read as a table is: a manager, an owner or an alias
is somebody else there too."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backup_tui.restore.names.columns import known_kind
from backup_tui.restore.names.parts import Look, find_parts
from backup_tui.restore.names.reading import Reading, things
from backup_tui.restore.names.tables import Line, Row, read_rows

_PROPERTY = re.compile(r"[\s>*-]*(?P<label>[^\W\d_][\w .-]{0,40}?)\s*[:=]\s+(?P<value>\S.*)?$")
_PLAIN = frozenset({"to", "cc", "bcc", "an", "à", "para", "til", "till", "aan"})
_FROM = frozenset({"from", "sender", "reply-to", "von", "absender", "de", "expéditeur", "da", "från", "fra", "van"})
_HEAD = frozenset(
    {"subject", "sent", "date", "importance", "betreff", "gesendet", "datum", "objet", "envoyé", "asunto", "enviado"}
    | {"oggetto", "inviato", "onderwerp", "verzonden", "ämne", "emne", "assunto"}
)
_MOST = 2_000_000  # characters of JSON that are taken apart; beyond that it is read as any other text


def read_json(text: str, into: Reading) -> bool:
    """Reads a list of objects as JSON, or as one object a line; `False`, and nothing was read, when it is none."""
    bare = text.strip()
    if not bare.startswith(("{", "[")) or len(bare) > _MOST:
        return False
    values = _values(bare)
    try:
        records = [record for value in values for record in _records(value)]
        strings = dict.fromkeys(string for value in values for string in _strings(value))
    except RecursionError:  # nested a hundred deep is not a list of units
        return False
    if not records:
        return False
    heading = tuple(dict.fromkeys(key for record in records for key in record))
    rows: list[Row] = []
    at, line = 0, 1
    for record in records:
        first = next((part.text for cell in record.values() for part in find_parts(cell)), "")
        found = max(text.find(first, at), at)
        at, line = found, line + text.count("\n", at, found)
        rows.append(Row(line, [record.get(key, "") for key in heading]))
    own = Reading()
    if not read_rows(heading, rows, own) or not _is_whole(strings, own):
        return False
    for name in ("entries", "asides", "comments", "nameless", "unused", "notes", "own_columns"):
        getattr(into, name).extend(getattr(own, name))
    return True


def read_properties(lines: Sequence[Line], into: Reading) -> list[Line]:
    """Reads blocks of properties and heads of mails; returns the lines, blank where read."""
    rest = list(lines)
    start = 0
    for end in range(len(lines) + 1):
        if end < len(lines) and lines[end][1].strip():
            continue
        block = lines[start:end]
        labels = {number: found for number, line in block if (found := _PROPERTY.match(line)) is not None}
        if len(labels) * 2 > len(block) and len(labels) > 1:
            done = _read_mail_head(block, labels, into) if _is_mail_head(labels) else _read_record(block, labels, into)
            rest[start:end] = [(number, "" if number in done else line) for number, line in block]
        start = end + 1
    return rest


def _values(text: str) -> list[object]:
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError):
        pass
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []


def _records(value: object) -> Iterator[dict[str, str]]:
    if isinstance(value, list):
        for member in value:
            yield from _records(member)
    elif isinstance(value, Mapping):
        inner = [member for member in value.values() if isinstance(member, list) and _has_objects(member)]
        own = dict(_cells({key: member for key, member in value.items() if not any(member is one for one in inner)}))
        if any(find_parts(cell) for cell in own.values()) or (own and not inner):
            yield own
        for member in inner:
            yield from _records(member)


def _has_objects(members: Sequence[object]) -> bool:
    return any(isinstance(member, Mapping | list) for member in members)


def _cells(value: Mapping[object, object], before: str = "") -> Iterator[tuple[str, str]]:
    for key, member in value.items():
        name = f"{before}{key}"
        if isinstance(member, Mapping):
            yield from _cells(member, f"{name}.")
        elif isinstance(member, list):
            yield name, "; ".join(str(one) for one in member if one is not None)
        elif member is not None:
            yield name, str(member)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for member in value:
            yield from _strings(member)
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield str(key)
            yield from _strings(member)


def _is_whole(strings: Iterable[str], own: Reading) -> bool:
    """Whether everything among the strings that looks like an address or a URL was accounted for."""
    told = [entry.text for entry in own.entries] + [other for entry in own.entries for other in entry.others]
    told += [aside.text for aside in own.asides] + [said for _, said in (*own.nameless, *own.comments)]
    known = {part.text.casefold() for one in told for part in find_parts(one)} | {one.casefold() for one in told}
    return all(part.text.casefold() in known for string in strings for part in things(string))


def _is_mail_head(labels: Mapping[int, re.Match[str]]) -> bool:
    words = {found["label"].strip().casefold() for found in labels.values()}
    return bool(words & _FROM) and bool(words & (_PLAIN | _HEAD))


def _read_mail_head(block: Sequence[Line], labels: Mapping[int, re.Match[str]], into: Reading) -> set[int]:
    """Who wrote a mail is not on the list that it brings; whom it went to may be."""
    done: set[int] = set()
    label = ""
    for number, line in block:
        label = labels[number]["label"].strip().casefold() if number in labels else label
        parts = find_parts(line)
        if label in _FROM and (parts or number in labels):
            into.set_aside(number, parts, f"{label} of a mail", ())
            done.add(number)
        elif label in _HEAD and not parts:
            into.comments.append((number, line.strip()))
            done.add(number)
    return done


def _read_record(block: Sequence[Line], labels: Mapping[int, re.Match[str]], into: Reading) -> set[int]:
    cells: dict[str, str] = {}
    where: dict[str, int] = {}
    done: set[int] = set()
    label = ""
    for number, line in block:
        if (found := labels.get(number)) is not None:
            label = found["label"].strip()
            if label in cells:
                return set()  # a list in which each line names somebody
            cells[label], where[label] = found["value"] or "", number
        elif line[:1].isspace() and label:
            cells[label] += f" {line.strip()}"
        else:
            continue
        done.add(number)
    named = [label for label, cell in cells.items() if known_kind(label) not in (None, Look.WORDS) and find_parts(cell)]
    if not named or not read_rows(tuple(cells), [Row(where[named[0]], list(cells.values()))], into):
        return set()
    return done
