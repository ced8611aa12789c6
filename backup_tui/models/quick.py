"""Reads ordinary objects of the service without the machinery that extraordinary ones need.

A list has 100,000 units, and nearly all of them are texts, times and persons in the form that the pages show. Such an
object is put together directly, twenty times as fast; for any other `quickly` gives up, and the validators read it.
Both ways come to the same object, which a test holds over generated objects of every type.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar

from msgspec import Struct

from backup_tui.models.text import MAX_TEXT, safe


class FieldKinds(Struct, frozen=True):
    """What `quick` has to know of a model.

    Attributes:
        by_alias: The service's name of a field to its name here, its kind, and the model of a `part`.
        defaults: Value of each field that an object need not have.
        required: The service's names of those that it must have.
    """

    by_alias: Mapping[str, tuple[str, str, type[QuickModel] | None]]
    defaults: Mapping[str, Any]
    required: tuple[str, ...]


class QuickModel(Protocol):
    """What is read here: a pydantic model that tells the kinds of its fields."""

    @classmethod
    def field_kinds(cls) -> FieldKinds | None:
        """What there is to know of its fields; `None` for one with rules beyond those of its fields."""

    @classmethod
    def model_validate(cls, obj: Any, *, by_alias: bool | None = None, by_name: bool | None = None) -> Self:
        """Reads an object by the model's validators."""


M = TypeVar("M", bound=QuickModel)

_TIME = re.compile(r"(?!000[01])\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):\d\d:[0-5]\d(?:\.\d{1,7})?Z", re.ASCII)
_MOST_SHAPES = 512
_MOST_PARTS = 4096


@dataclass(slots=True)
class _Shape:
    """What becomes of the members of objects that have the same members in the same order."""

    defaults: dict[str, Any]
    given: set[str]
    texts: list[tuple[str, str]] = field(default_factory=list)
    filled: list[tuple[str, str]] = field(default_factory=list)
    times: list[tuple[str, str]] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    parts: list[tuple[str, str, type[QuickModel] | None]] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)


_shapes: dict[tuple[type[QuickModel], tuple[str, ...]], _Shape | None] = {}
_parts: dict[tuple[type[QuickModel], bytes], QuickModel] = {}


def quickly(model: type[M], raw: dict[str, Any]) -> M | None:
    """The object, if it is an ordinary one of a model whose fields are ordinary.

    Args:
        model: The type to read it as.
        raw: Parsed JSON.

    Returns:
        What validation would come to; `None` for an object that only validation can read.
    """
    key = (model, tuple(raw))
    shape = _shapes.get(key)
    if shape is None and (key in _shapes or (shape := _noted(key)) is None):
        return None
    values = shape.defaults.copy()
    for alias, name in shape.ids:
        value = raw[alias]
        if type(value) is not str or not value.isprintable():
            return None
        values[name] = value
    for alias, name in shape.texts:
        value = raw[alias]
        if type(value) is str:
            plain = len(value) <= MAX_TEXT and value.isascii() and value.isprintable()
            values[name] = value if plain else safe(value)
        elif value is None:
            values[name] = None
        else:
            return None
    for alias, name in shape.filled:
        value = raw[alias]
        if value is not None and type(value) is not str:
            return None
        values[name] = safe(value) if value else None
    for alias, name in shape.times:
        value = raw[alias]
        if value is None:
            values[name] = None
        elif type(value) is str and _TIME.fullmatch(value):
            try:
                values[name] = datetime.fromisoformat(value)
            except ValueError:
                return None
        else:
            return None
    for alias, name, part in shape.parts:
        value = raw[alias]
        if value is None:
            values[name] = None
        elif part is None or type(value) is not dict:
            return None
        else:
            try:
                values[name] = _part(part, value)
            except ValueError:
                return None  # nested too deeply to be told apart
    made = model.__new__(model)
    put = object.__setattr__
    put(made, "__dict__", values)
    put(made, "__pydantic_extra__", {alias: raw[alias] for alias in shape.extras})
    put(made, "__pydantic_fields_set__", shape.given)
    put(made, "__pydantic_private__", None)
    return made


def _noted(key: tuple[type[QuickModel], tuple[str, ...]]) -> _Shape | None:
    if len(_shapes) >= _MOST_SHAPES:
        _shapes.clear()  # only a service that invents members has so many
    shape = _shapes[key] = _shape_of(*key)
    return shape


def _part(model: type[QuickModel], value: dict[str, Any]) -> QuickModel:
    """An object inside another, the same one for the same text: persons repeat in a list."""
    key = (model, marshal.dumps(value, 2))  # in version 2 equal objects have equal bytes
    known = _parts.get(key)
    if known is None:
        if len(_parts) >= _MOST_PARTS:
            _parts.clear()
        known = _parts[key] = model.model_validate(value, by_alias=True, by_name=False)
    return known


def _shape_of(model: type[QuickModel], members: tuple[str, ...]) -> _Shape | None:
    """How objects with these members are put together; `None` when the model has rules of its own for them."""
    kinds = model.field_kinds()
    if kinds is None or any(not isinstance(name, str) for name in members):
        return None
    fields: Mapping[str, tuple[str, str, Any]] = kinds.by_alias
    if any(alias not in members for alias in kinds.required):
        return None
    shape = _Shape(dict(kinds.defaults), {fields[alias][0] if alias in fields else alias for alias in members})
    for alias in members:
        if alias not in fields:
            shape.extras.append(alias)
            continue
        name, kind, part = fields[alias]
        match kind:
            case "text":
                shape.texts.append((alias, name))
            case "filled":
                shape.filled.append((alias, name))
            case "time":
                shape.times.append((alias, name))
            case "id":
                shape.ids.append((alias, name))
            case "part":
                shape.parts.append((alias, name, part))
            case _:
                return None
    return shape
