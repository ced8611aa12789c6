"""How an object of the service is read: tolerant in, exact out.

A member that cannot be read is set aside in `unread` and shown as "not given"; the other members stay. A member
that is not known is kept (`model_extra`), so that a newer service loses nothing on its way to the raw view.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import NoneType
from typing import Annotated, Any, ClassVar, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    SerializerFunctionWrapHandler,
    ValidationError,
    model_serializer,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo

from backup_tui.errors import ProtocolError
from backup_tui.models.quick import FieldKinds, quickly
from backup_tui.models.services import Service
from backup_tui.models.text import safe
from backup_tui.models.times import read_when


def _text(value: object) -> object:
    return safe(value) if isinstance(value, str) else value


Text = Annotated[str | None, BeforeValidator(_text)]
"""A string of the service, made safe to show; `None` means not given."""


def _filled(value: object) -> object:
    return None if value == "" else _text(value)


Filled = Annotated[str | None, BeforeValidator(_filled)]
"""A string for which the service writes an empty one as long as it has none; `None` means not given or not yet."""


def _exact_id(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("an id of printable characters")
    return value


ExactId = Annotated[str, BeforeValidator(_exact_id)]
"""An id: sent back to the service as it came. One with control characters is refused, it can only be an attack."""


_UNREAD = "\x00unread"
"""Key under which unreadable members travel to their field; no member of the service can have this name."""


def unwrap(raw: object) -> object:
    """Takes a single object out of `{"value": {...}}` or `{"value": [{...}]}`, as some pages show it."""
    if isinstance(raw, Mapping) and "id" not in raw and "value" in raw:
        inner = raw["value"]
        if isinstance(inner, Mapping):
            return inner
        if isinstance(inner, list) and len(inner) == 1 and isinstance(inner[0], Mapping):
            return inner[0]
    return raw


def type_of(raw: object) -> str:
    """The last part of an object's `@odata.type` in lower case; empty when it was not sent, or there is no object."""
    if not isinstance(raw, Mapping):
        return ""
    value = raw.get("@odata.type")
    if value is None:
        value = next((raw[key] for key in raw if str(key).lower() == "@odata.type"), "")
    return value.rsplit(".", 1)[-1].lstrip("#").lower() if isinstance(value, str) else ""


class GraphModel(BaseModel):
    """Base of the service's objects.

    Attributes:
        unread: Members that were sent in a form that cannot be read, as they came.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        alias_generator=to_camel,
        populate_by_name=True,
        protected_namespaces=(),
        defer_build=True,  # a start builds only the validators of what it reads
    )

    unread: Mapping[str, Any] = Field(default={}, alias=_UNREAD)

    @model_validator(mode="wrap")
    @classmethod
    def _set_unreadable_aside(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(data)
        except ValidationError as error:
            if not isinstance(data, Mapping):
                raise
            bad = {str(entry["loc"][0]) for entry in error.errors(include_url=False) if entry["loc"]}
            kept = {key: value for key, value in data.items() if key not in bad}
            kept[_UNREAD] = {key: data[key] for key in bad if key in data}
            return handler(kept)

    @classmethod
    def read(cls, raw: object) -> Self:
        """Reads one object of an answer.

        Args:
            raw: Parsed JSON; a single object wrapped in `value` is unwrapped.

        Raises:
            ProtocolError: It is not an object, or it lacks what makes it one (its id).
        """
        inner = raw if type(raw) is dict and "id" in raw else unwrap(raw)
        if not isinstance(inner, Mapping):
            raise ProtocolError(f"The service sent {type(inner).__name__} where an object was expected.")
        if type(inner) is dict and (made := quickly(cls, inner)) is not None:
            return made
        try:
            # By alias alone: a member called `display_name` is an unknown one, not our attribute of that name.
            return cls.model_validate(dict(inner), by_alias=True, by_name=False)
        except ValidationError as error:
            names = ", ".join(sorted({str(entry["loc"][0]) for entry in error.errors() if entry["loc"]}))
            raise ProtocolError(f"The service sent an object that cannot be read (lacking: {names or '?'}).") from error

    @classmethod
    def field_kinds(cls) -> FieldKinds | None:
        """What the quick way to read has to know of the fields; `None` for a model with rules beyond them."""
        return _kinds_of_fields(cls)

    @property
    def odata_type(self) -> str:
        """The last part of `@odata.type` in lower case, empty when it was not sent."""
        return type_of(self.model_extra or {})

    def raw(self) -> dict[str, Any]:
        """The object under the service's own property names, unknown and unreadable members included."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)

    @model_serializer(mode="wrap")
    def _as_sent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        own: dict[str, Any] = handler(self)
        unread = own.pop(_UNREAD, {})
        return {**own, **unread}


@cache
def _kinds_of_fields(model: type[GraphModel]) -> FieldKinds | None:
    decorators = model.__pydantic_decorators__
    if len(decorators.model_validators) > 1 or decorators.field_validators:
        return None
    by_alias: dict[str, tuple[str, str, type[GraphModel] | None]] = {}
    for name, info in model.model_fields.items():
        kind, part = _kind_of(info)
        by_alias[info.alias or name] = (name, kind, part)
    return FieldKinds(
        by_alias,
        {name: info.default for name, info in model.model_fields.items() if not info.is_required()},
        tuple(info.alias or name for name, info in model.model_fields.items() if info.is_required()),
    )


def _kind_of(info: FieldInfo) -> tuple[str, type[GraphModel] | None]:
    readers = [each.func for each in info.metadata if isinstance(each, BeforeValidator)]
    if readers:
        return (_KINDS.get(readers[0], "") if len(readers) == len(info.metadata) == 1 else ""), None
    within = [each for each in get_args(info.annotation) if each is not NoneType]
    only = within[0] if len(within) == 1 and NoneType in get_args(info.annotation) else None
    return ("part", only) if isinstance(only, type) and issubclass(only, GraphModel) else ("", None)


_KINDS: Mapping[Any, str] = {_text: "text", _filled: "filled", _exact_id: "id", read_when: "time"}


class Entity(GraphModel):
    """An object with an id. Ids are opaque: compared and sent back, never parsed.

    Attributes:
        service: The service whose type this is; `None` for a type of all services, or one that is not known here.
    """

    service: ClassVar[Service | None] = None

    id: ExactId
