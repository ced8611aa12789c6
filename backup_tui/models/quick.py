"""Reads ordinary objects of the service without the machinery that extraordinary ones need.

A list has 100,000 units, and nearly all of them are texts, times and persons in the form that the pages show. For the
members that such objects have in common a reader is written once, as a function without loops, and run for each; for
any other object it gives up, and the validators read it. Both ways come to the same object, which a test holds over
generated objects of every type.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from backup_tui.models.text import MAX_TEXT, safe

if TYPE_CHECKING:
    from backup_tui.models.base import GraphModel

M = TypeVar("M", bound="GraphModel")

_TIME = re.compile(r"(?!000[01])\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:[0-5]\d(?:\.\d{1,7})?Z", re.ASCII)
_MOST_SHAPES = 512
_MOST_PARTS = 4096
_MOST_MEMBERS = 64
"""An object with more members is none that the pages show; a reader of its own would cost more than it saves."""

_Reader = Callable[[dict[str, Any]], Any]

_readers: dict[tuple[type[GraphModel], tuple[str, ...]], _Reader | None] = {}
_parts: dict[tuple[type[GraphModel], bytes], GraphModel] = {}
_times: dict[str, datetime] = {}

_CHECKS = {
    "id": """
    if type(v) is not str or not v.isprintable():
        return None
    values[{name!r}] = v""",
    "text": """
    if type(v) is str:
        values[{name!r}] = v if v.isascii() and v.isprintable() and len(v) <= MAX_TEXT else safe(v)
    elif v is None:
        values[{name!r}] = None
    else:
        return None""",
    "filled": """
    if v is not None and type(v) is not str:
        return None
    values[{name!r}] = safe(v) if v else None""",
    "time": """
    if v is None:
        values[{name!r}] = None
    elif type(v) is str:
        values[{name!r}] = times.get(v) or time_of(v)
    else:
        return None""",
    "part": """
    if v is None:
        values[{name!r}] = None
    elif type(v) is dict:
        values[{name!r}] = part_of(kinds[{alias!r}], v)
    else:
        return None""",
}
"""How a member of each kind is read, where `v` is what was sent; a `ValueError` gives the object up, too."""


def quickly(model: type[M], raw: dict[str, Any]) -> M | None:
    """The object, if it is an ordinary one of a model whose fields are ordinary.

    Args:
        model: The type to read it as.
        raw: Parsed JSON.

    Returns:
        What validation would come to; `None` for an object that only validation can read.
    """
    key = (model, tuple(raw))
    reader = _readers.get(key)
    if reader is None and (key in _readers or (reader := _noted(key)) is None):
        return None
    try:
        made: M | None = reader(raw)
    except ValueError:  # a time that is none, or an object that is nested too deeply to be told apart
        return None
    return made


def _noted(key: tuple[type[GraphModel], tuple[str, ...]]) -> _Reader | None:
    if len(_readers) >= _MOST_SHAPES:
        _readers.clear()  # only a service that invents members has so many
    reader = _readers[key] = _reader_of(*key)
    return reader


def _time_of(value: str) -> datetime:
    """Raises ValueError: It is no time in the form that the pages show."""
    if not _TIME.fullmatch(value):
        raise ValueError(value)
    if len(_times) >= _MOST_PARTS:
        _times.clear()
    made = _times[value] = datetime.fromisoformat(value)
    return made


def _part_of(model: type[GraphModel], value: dict[str, Any]) -> GraphModel:
    """An object inside another, the same one for the same text: persons repeat in a list."""
    key = (model, marshal.dumps(value, 2))  # in version 2 equal objects have equal bytes
    known = _parts.get(key)
    if known is None:
        if len(_parts) >= _MOST_PARTS:
            _parts.clear()
        known = _parts[key] = model.model_validate(value, by_alias=True, by_name=False)
    return known


def _reader_of(model: type[GraphModel], members: tuple[str, ...]) -> _Reader | None:
    """A reader of objects with these members; `None` when the model has rules of its own for them.

    Names of members come from outside, and stand in the text of the reader as literals only.
    """
    from backup_tui.models.base import kinds_of_fields

    kinds = kinds_of_fields(model)
    if kinds is None or len(members) > _MOST_MEMBERS or any(not isinstance(name, str) for name in members):
        return None
    fields: Mapping[str, tuple[str, str, Any]] = kinds.by_alias
    if any(alias not in members for alias in kinds.required):
        return None
    lines, extras, given, parts = ["def read(raw):", "    values = defaults.copy()"], [], set(), {}
    for alias in members:
        if alias not in fields:
            extras.append(alias)
            given.add(alias)
            continue
        name, kind, part = fields[alias]
        if kind not in _CHECKS or (kind == "part" and part is None):
            return None
        given.add(name)
        parts[alias] = part
        lines += [f"    v = raw[{alias!r}]", _CHECKS[kind].format(name=name, alias=alias).strip("\n")]
    lines += [
        "    made = new(model)",
        '    put(made, "__dict__", values)',
        f'    put(made, "__pydantic_extra__", {{{", ".join(f"{alias!r}: raw[{alias!r}]" for alias in extras)}}})',
        '    put(made, "__pydantic_fields_set__", given)',
        '    put(made, "__pydantic_private__", None)',
        "    return made",
    ]
    names: dict[str, Any] = {
        "defaults": dict(kinds.defaults), "given": given, "kinds": parts, "model": model,
        "new": model.__new__, "put": object.__setattr__, "safe": safe, "MAX_TEXT": MAX_TEXT,
        "times": _times, "time_of": _time_of, "part_of": _part_of,
    }  # fmt: skip
    exec("\n".join(lines), names)
    reader: _Reader = names["read"]
    return reader
