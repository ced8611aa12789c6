"""How an object of the service is read: tolerant in, exact out.

A member that cannot be read is set aside in `unread` and shown as "not given"; the other members stay. A member
that is unknown is kept (`extra`), so that a newer service loses nothing on its way to the raw view.

Ordinary objects are put together by `quick`; the others go through pydantic (`validation`), which is imported when the
first of them comes: nearly no start needs it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self, dataclass_transform

from msgspec import Struct

from backup_tui.errors import ProtocolError
from backup_tui.models.quick import quickly
from backup_tui.models.read_as import ReadAs
from backup_tui.models.services import Service
from backup_tui.models.text import safe


def _text(value: object) -> object:
    return safe(value) if isinstance(value, str) else value


Text = Annotated[str | None, ReadAs(_text, "text")]
"""A string of the service, made safe to show; `None` means not given."""


def _filled(value: object) -> object:
    return None if value == "" else _text(value)


Filled = Annotated[str | None, ReadAs(_filled, "filled")]
"""A string for which the service writes an empty one as long as it has none; `None` means not given or not yet."""


def _exact_id(value: object) -> object:
    if isinstance(value, str) and not value.isprintable():
        raise ValueError("an id of printable characters")
    return value


ExactId = Annotated[str, ReadAs(_exact_id, "id")]
"""An id, sent back to the service unchanged. One with control characters is refused: it can only be an attack."""

OWN_FIELDS = ("unread", "extra", "given")  # the fields that no member of the service is read into


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


def camel(name: str) -> str:
    """The service's name of a field: `displayName` for `display_name`."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


@dataclass_transform(frozen_default=True, kw_only_default=True)
class GraphModel(Struct, frozen=True, gc=False):
    """Base of the service's objects, of which none is in a ring for a collector to find. `unread`: members sent in a
    form that cannot be read, as they came. `extra`: members that are not known, as they came. `given`: names of the
    fields that were sent. `service`: whose type this is; `None` for a type of all services, or one that is not known
    here."""

    service: ClassVar[Service | None] = None

    unread: Mapping[str, Any] = {}
    extra: Mapping[str, Any] = {}
    given: frozenset[str] = frozenset()

    @classmethod
    def members(cls) -> dict[str, str]:
        """The service's name of each member that is known to the name of its field."""
        names = [name for name in cls.__struct_fields__ if name not in OWN_FIELDS]
        return {camel(name): name for name in sorted(names, key="id".__ne__)}

    @classmethod
    def prepared(cls, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """The members as its fields expect them, for an object that comes in more than one form."""
        return members

    @classmethod
    def read(cls, raw: object) -> Self:
        """Reads one object of an answer's parsed JSON; one that is wrapped in `value` is unwrapped. Raises
        `ProtocolError`: it is not an object, or it lacks what makes it one (its id)."""
        inner = raw if type(raw) is dict and "id" in raw else unwrap(raw)
        if not isinstance(inner, Mapping):
            raise ProtocolError(f"The service sent {type(inner).__name__} where an object was expected.")
        if type(inner) is dict and (made := quickly(cls, [inner])[0]) is not None:
            return made
        from backup_tui.models.validation import Unreadable, validated

        try:
            return validated(cls, inner)
        except Unreadable as error:
            names = ", ".join(error.members)
            raise ProtocolError(f"The service sent an object that cannot be read (lacking: {names or '?'}).") from error

    @property
    def odata_type(self) -> str:
        """The last part of `@odata.type` in lower case, empty when it was not sent."""
        return type_of(self.extra)

    def raw(self) -> dict[str, Any]:
        """The object under the service's own property names, unknown and unreadable members included."""
        own = {alias: _sent(getattr(self, name)) for alias, name in self.members().items() if name in self.given}
        return {**own, **self.extra, **self.unread}


def _sent(value: object) -> object:
    """A value of a field in the form of the service's JSON."""
    match value:
        case GraphModel():
            return value.raw()
        case tuple():
            return [_sent(one) for one in value]
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case _:
            return value


class Entity(GraphModel, kw_only=True):
    """An object with an id. Ids are opaque: compared and sent back, never parsed."""

    id: ExactId
