"""Reads extraordinary objects of the service: with members of an unexpected type, or in a form that `quick` leaves.

Each model has a twin here, a pydantic model with its members, made when the first such object of it comes.
"""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar, Union, get_args, get_origin, get_type_hints

from msgspec import NODEFAULT
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    ValidationError,
    create_model,
    model_validator,
)

from backup_tui.models.base import GraphModel
from backup_tui.models.quick import UNREAD
from backup_tui.models.read_as import ReadAs

M = TypeVar("M", bound=GraphModel)


class Unreadable(ValueError):
    """An object that lacks what makes it one."""

    def __init__(self, members: list[str]) -> None:
        super().__init__(", ".join(members))
        self.members = members  # names of the members that are missing or cannot be read, sorted


class Twin(BaseModel):
    """Base of the twins; sets members aside that cannot be read."""

    model_config = ConfigDict(frozen=True, extra="allow", protected_namespaces=())
    model: ClassVar[type[GraphModel]]

    unread: Mapping[str, Any] = Field(default={}, alias=UNREAD)  # type: ignore[literal-required]

    @model_validator(mode="before")
    @classmethod
    def _prepare(cls, data: Any) -> Any:
        return cls.model.prepared(data) if isinstance(data, Mapping) else data

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
            kept[UNREAD] = {key: data[key] for key in bad if key in data}
            return handler(kept)


def validated(model: type[M], members: Mapping[str, Any]) -> M:
    """Reads an object of any form. `members`: parsed JSON. Raises `Unreadable`: it lacks what makes it one (its id)."""
    try:
        return _plain(twin(model).model_validate(dict(members)))  # type: ignore[no-any-return]
    except ValidationError as error:
        raise Unreadable(sorted({str(entry["loc"][0]) for entry in error.errors() if entry["loc"]})) from error


@cache
def twin(model: type[GraphModel]) -> type[Twin]:
    """The pydantic model with the same members, under the names of the service."""
    hints = get_type_hints(model, include_extras=True)
    names, values = model.__struct_fields__, model.__struct_defaults__
    defaults = dict(zip(names, (*[NODEFAULT] * (len(names) - len(values)), *values), strict=True))
    fields = {
        alias: (_annotation(hints[name]), ... if defaults[name] is NODEFAULT else defaults[name])
        for alias, name in model.members().items()
    }
    made: type[Twin] = create_model(model.__name__, __base__=Twin, **fields)  # type: ignore[call-overload]
    made.model = model
    return made


def _annotation(hint: Any) -> Any:
    """A type in which models are their twins and `ReadAs` is what pydantic calls before it looks."""
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        reader = next(note for note in notes if isinstance(note, ReadAs))
        return Annotated[Any if reader.finished else inner, BeforeValidator(reader.convert)]
    if isinstance(hint, type) and issubclass(hint, GraphModel):
        return twin(hint)
    if (parts := get_args(hint)) and (origin := get_origin(hint)) is not None:
        known = tuple(part if part is ... else _annotation(part) for part in parts)
        return tuple[known] if origin is tuple else Union[known]  # type: ignore[valid-type]  # noqa: UP007
    return hint


def _plain(value: Any) -> Any:
    if isinstance(value, Twin):
        members = value.model.members()
        return value.model(
            **{name: _plain(getattr(value, alias)) for alias, name in members.items()},
            unread=value.unread,
            extra=value.model_extra or {},
            given=frozenset(name for alias, name in members.items() if alias in value.model_fields_set),
        )
    return tuple(map(_plain, value)) if isinstance(value, tuple) else value
