"""Reads ordinary objects of the service without the machinery that extraordinary ones need.

A list has 100,000 units, and nearly all of them are texts, times and persons in the form that the pages show. Such an
object is put together directly, twenty times as fast; for any other `quickly` gives up, and the validators read it.
Both ways come to the same object, which a test holds over generated objects of every type.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable
from datetime import datetime
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT, Struct

from backup_tui.models.read_as import ReadAs
from backup_tui.models.text import MAX_TEXT, safe

if TYPE_CHECKING:
    from backup_tui.models.base import GraphModel

M = TypeVar("M", bound="GraphModel")

UNREAD = "\x00unread"
"""Key under which unreadable members travel to their field; no member of the service can have this name."""

_TIME = re.compile(r"(?!000[01])\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:[0-5]\d(?:\.\d{1,7})?Z", re.ASCII)
_MOST_SHAPES = 512
_MOST_PARTS = 4096


class _NotOrdinary(Exception):
    """A member that only validation can read."""


class _Shape(Struct, frozen=True):
    """What becomes of the members of objects that have the same members in the same order."""

    given: frozenset[str]
    fields: tuple[tuple[str, str, Callable[[Any], object]], ...]
    extras: tuple[str, ...]


_shapes: dict[tuple[type[GraphModel], tuple[str, ...]], _Shape | None] = {}
_parts: dict[tuple[type[GraphModel], bytes], GraphModel] = {}


def quickly(model: type[M], raw: dict[str, Any]) -> M | None:
    """The object, if it is an ordinary one of a model whose fields are ordinary.

    Args:
        model: The type to read it as.
        raw: Parsed JSON.

    Returns:
        What validation would come to; `None` for an object that only validation can read.
    """
    members = model.prepared(raw)
    key = (model, tuple(members))
    shape = _shapes.get(key)
    if shape is None and (key in _shapes or (shape := _noted(key)) is None):
        return None
    try:
        values: dict[str, Any] = {name: read(members[alias]) for alias, name, read in shape.fields}
    except (_NotOrdinary, ValueError):  # also a nesting that is too deep to be told apart
        return None
    return model(**values, extra={alias: members[alias] for alias in shape.extras}, given=shape.given)


def _noted(key: tuple[type[GraphModel], tuple[str, ...]]) -> _Shape | None:
    if len(_shapes) >= _MOST_SHAPES:
        _shapes.clear()  # only a service that invents members has so many
    shape = _shapes[key] = _shape_of(*key)
    return shape


def _shape_of(model: type[GraphModel], members: tuple[str, ...]) -> _Shape | None:
    """How objects with these members are put together; `None` when one is needed that is missing."""
    fields = _fields_of(model)
    if any(not isinstance(name, str) or name == UNREAD for name in members):
        return None
    if any(required and alias not in members for alias, (_, _, required) in fields.items()):
        return None
    known = tuple((alias, *fields[alias][:2]) for alias in members if alias in fields)
    return _Shape(
        frozenset(name for _, name, _ in known), known, tuple(alias for alias in members if alias not in fields)
    )


@cache
def _fields_of(model: type[GraphModel]) -> dict[str, tuple[str, Callable[[Any], object], bool]]:
    """The service's name of each field to its name here, what reads it, and whether an object must have it."""
    hints = get_type_hints(model, include_extras=True)
    names, values = model.__struct_fields__, model.__struct_defaults__
    needed = {
        name
        for name, default in zip(names, (*[NODEFAULT] * (len(names) - len(values)), *values), strict=True)
        if default is NODEFAULT
    }
    return {alias: (name, _reader_of(hints[name]), name in needed) for alias, name in model.members().items()}


# What reads a member, by its type


def _reader_of(hint: Any) -> Callable[[Any], object]:
    from backup_tui.models.base import GraphModel

    if get_origin(hint) is Annotated:
        note = next(note for note in get_args(hint)[1:] if isinstance(note, ReadAs))
        return _READERS.get(note.kind) or (note.convert if note.finished else _leave)
    parts = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    within = [part for part in parts if part is not NoneType]
    only = within[0] if len(within) == 1 else None
    read: Callable[[Any], object] = _leave
    if only is int or only is bool:
        read = _exactly(only)
    elif isinstance(only, type) and issubclass(only, GraphModel):
        read = _part_of(only)
    elif get_origin(only) is tuple:
        read = _each(_reader_of(get_args(only)[0]))
    return _or_none(read) if len(parts) > len(within) else read


def _leave(value: Any) -> object:
    raise _NotOrdinary


def _or_none(read: Callable[[Any], object]) -> Callable[[Any], object]:
    return lambda value: None if value is None else read(value)


def _exactly(kind: type) -> Callable[[Any], object]:
    def read(value: Any) -> object:
        if type(value) is not kind:
            raise _NotOrdinary
        return value

    return read


def _each(read: Callable[[Any], object]) -> Callable[[Any], object]:
    def read_all(value: Any) -> object:
        if type(value) is not list:
            raise _NotOrdinary
        return tuple(map(read, value))

    return read_all


def _part_of(model: type[GraphModel]) -> Callable[[Any], object]:
    """Reads an object inside another, the same one for the same text: persons repeat in a list."""

    def read(value: Any) -> GraphModel:
        if type(value) is not dict:
            raise _NotOrdinary
        key = (model, marshal.dumps(value, 2))  # in version 2 equal objects have equal bytes
        part = _parts.get(key)
        if part is None:
            if len(_parts) >= _MOST_PARTS:
                _parts.clear()
            part = quickly(model, value)
            if part is None:
                raise _NotOrdinary
            _parts[key] = part
        return part

    return read


def _id(value: Any) -> str:
    if type(value) is not str or not value.isprintable():
        raise _NotOrdinary
    return value


def _text(value: Any) -> str | None:
    if type(value) is str:
        return value if len(value) <= MAX_TEXT and value.isascii() and value.isprintable() else safe(value)
    if value is not None:
        raise _NotOrdinary
    return None


def _filled(value: Any) -> str | None:
    return _text(value) or None


def _time(value: Any) -> datetime | None:
    if value is None:
        return None
    if type(value) is not str or not _TIME.fullmatch(value):
        raise _NotOrdinary
    return datetime.fromisoformat(value)


_READERS: dict[str, Callable[[Any], object]] = {"id": _id, "text": _text, "filled": _filled, "time": _time}
