"""Reads ordinary objects of the service without the machinery that extraordinary ones need.

A list has 100,000 units, and nearly all of them are texts, times and persons in the form that the pages show. Objects
with the same members are read together, member by member: most of what has to be true of a value is looked at once
for a thousand of them. An object that is not ordinary is left to validation. Both ways come to the same object, which
a test holds over generated objects of every type.
"""

import marshal
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import chain, islice, repeat
from operator import itemgetter
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct

from backup_tui.models.read_as import ReadAs
from backup_tui.models.text import MAX_TEXT, is_plain, safe

if TYPE_CHECKING:
    from backup_tui.models.base import GraphModel

M = TypeVar("M", bound="GraphModel")
Read = Callable[[Sequence[Any]], Sequence[Any]]
"""Reads one member of several objects; raises `_NotOrdinary` or `ValueError` when only validation can."""

UNREAD = "\x00unread"
"""Key under which unreadable members travel to their field; no member of the service can have this name."""

_TIME = r"(?!000[01])\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:[0-5]\d(?:\.\d{1,7})?Z"
_TIMES = re.compile(rf"{_TIME}(?:,{_TIME})*", re.ASCII)
_MOST_TOGETHER = 1_000
_MOST_PARTS = 4_096
_parts: "dict[tuple[type[GraphModel], bytes], GraphModel | None]" = {}


class _NotOrdinary(Exception):
    """A member that only validation can read."""


class _Field(Struct, frozen=True):
    """A field, what reads the member, and what it is where there is none; `NODEFAULT` where there has to be one."""

    name: str
    alias: str
    read: Read
    default: object


def quickly(model: type[M], raws: Sequence[dict[str, Any]]) -> list[M | None]:
    """Reads parsed JSON to what validation would come to, in the order of `raws`; `None` means an object that only
    validation can read."""
    parts = (raws[start : start + _MOST_TOGETHER] for start in range(0, len(raws), _MOST_TOGETHER))
    return [made for part in parts for made in _ordinary(model, part)]


def _ordinary(model: type[M], raws: Sequence[dict[str, Any]]) -> Sequence[M | None]:
    try:
        return _together(model, raws)
    except (_NotOrdinary, KeyError, ValueError):  # the last also of a nesting that is too deep to be told apart
        if len(raws) == 1:
            return [None]
    # Those with the same members apart from the others, else one half from the other: a strange one stays alone.
    alike: dict[tuple[str, ...], list[int]] = {}
    for place, raw in enumerate(raws):
        alike.setdefault(tuple(raw), []).append(place)
    half = len(raws) // 2
    groups = alike.values() if len(alike) > 1 else (range(half), range(half, len(raws)))
    found = {
        place: made
        for places in groups
        for place, made in zip(places, _ordinary(model, [raws[place] for place in places]), strict=True)
    }
    return [found[place] for place in range(len(raws))]


def _together(model: type[M], raws: Sequence[dict[str, Any]]) -> list[M]:
    """Reads objects that have the same members and are all ordinary; raises `_NotOrdinary` or `KeyError` if not."""
    objects, count = [*map(model.prepared, raws)], len(raws)
    if len({*map(len, objects)}) > 1 or UNREAD in objects[0]:
        raise _NotOrdinary
    sent = {alias: [*map(itemgetter(alias), objects)] for alias in objects[0]}
    fields = _fields_of(model)
    given = frozenset(field.name for field in fields if field.alias in sent)
    columns: dict[str, Iterable[Any]] = {"unread": repeat({}, count), "given": repeat(given, count)}
    required = {}
    for field in fields:
        if field.default is NODEFAULT:
            required[field.name] = field.read(sent.pop(field.alias))
        else:
            read = field.alias in sent
            columns[field.name] = field.read(sent.pop(field.alias)) if read else repeat(field.default, count)
    columns["extra"] = _by_object(sent, count)
    rows = zip(*(columns[name] for name in model.__struct_fields__[: len(columns)]), strict=True)
    make: Callable[..., M] = model
    return [make(*row, **own) for row, own in zip(rows, _by_object(required, count), strict=True)]


def _by_object(columns: Mapping[str, Iterable[Any]], count: int) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = repeat({}, count)
    for name, values in columns.items():
        found = [{**members, name: value} for members, value in zip(found, values, strict=True)]
    return found


@cache
def _fields_of(model: "type[GraphModel]") -> list[_Field]:
    """The fields that members of the service are read into."""
    hints = get_type_hints(model, include_extras=True)
    names, values = model.__struct_fields__, model.__struct_defaults__
    defaults = dict(zip(names, (*[NODEFAULT] * (len(names) - len(values)), *values), strict=True))
    return [_Field(name, alias, _reader_of(hints[name]), defaults[name]) for alias, name in model.members().items()]


# What reads a member, by its type


def _reader_of(hint: Any) -> Read:
    from backup_tui.models.base import GraphModel

    if get_origin(hint) is Annotated:
        note = next(note for note in get_args(hint)[1:] if isinstance(note, ReadAs))
        return _READERS.get(note.kind) or (_converted(note) if note.finished else _leave)
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    within = [part for part in parts if part is not NoneType]
    only = within[0] if len(within) == 1 else None
    read: Read = _leave
    if only is int or only is bool:
        read = _exactly(only)
    elif isinstance(only, type) and issubclass(only, GraphModel):
        read = _part_of(only)
    elif get_origin(only) is tuple:
        read = _each(_reader_of(get_args(only)[0]))
    return _or_none(read) if len(parts) > len(within) else read


def _leave(values: Sequence[Any]) -> Sequence[Any]:
    raise _NotOrdinary


def _converted(note: ReadAs) -> Read:
    return lambda values: [*map(note.convert, values)]


def _or_none(read: Read) -> Read:
    """Reads the values that are there."""

    def read_given(values: Sequence[Any]) -> Sequence[Any]:
        if None not in values:
            return read(values)
        found = iter(read([value for value in values if value is not None]))
        return [None if value is None else next(found) for value in values]

    return read_given


def _are(kind: type, values: Iterable[Any]) -> None:
    if {*map(type, values)} - {kind}:
        raise _NotOrdinary


def _exactly(kind: type) -> Read:
    def read(values: Sequence[Any]) -> Sequence[Any]:
        _are(kind, values)
        return values

    return read


def _each(read: Read) -> Read:
    def read_all(values: Sequence[Any]) -> Sequence[Any]:
        _are(list, values)
        found = iter(read([*chain.from_iterable(values)]))
        return [tuple(islice(found, len(value))) for value in values]

    return read_all


def _part_of(model: "type[GraphModel]") -> Read:
    """Reads objects inside others, the same one for the same text: persons repeat in a list."""

    def read(values: Sequence[Any]) -> Sequence[Any]:
        _are(dict, values)
        keys = [(model, marshal.dumps(value, 2)) for value in values]  # in version 2 equal objects have equal bytes
        found = {key: _parts.get(key) for key in keys}
        if fresh := {key: value for key, value in zip(keys, values, strict=True) if found[key] is None}:
            found.update(zip(fresh, quickly(model, [*fresh.values()]), strict=True))
            if None in found.values():
                raise _NotOrdinary
            if len(_parts) > _MOST_PARTS:
                _parts.clear()
            _parts.update(found)
        return [found[key] for key in keys]

    return read


def _ids(values: Sequence[Any]) -> Sequence[Any]:
    _are(str, values)
    if not "".join(values).isprintable():
        raise _NotOrdinary
    return values


def _texts(values: Sequence[Any]) -> Sequence[Any]:
    _are(str, values)
    if is_plain("".join(values)) and max(map(len, values), default=0) <= MAX_TEXT:
        return values
    return [*map(safe, values)]


def _filled(values: Sequence[Any]) -> Sequence[Any]:
    return [text or None for text in _texts(values)]


def _times(values: Sequence[Any]) -> Sequence[Any]:
    _are(str, values)
    if values and not _TIMES.fullmatch(",".join(values)):
        raise _NotOrdinary
    return [*map(datetime.fromisoformat, values)]


_READERS: dict[str, Read] = {
    "id": _ids, "text": _or_none(_texts), "filled": _or_none(_filled), "time": _or_none(_times)
}  # fmt: skip
