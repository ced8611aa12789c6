"""Reads an object as the type that its `@odata.type` names: one reader per family of types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from backup_tui.models.base import Entity, type_of, unwrap
from backup_tui.models.services import Service

E = TypeVar("E", bound=Entity)


def by_name(*kinds: type[E]) -> dict[str, type[E]]:
    """Types under the service's names, where those are the names of their models."""
    return {f"{kind.__name__[0].lower()}{kind.__name__[1:]}": kind for kind in kinds}


class TaggedUnion(Generic[E]):
    """A base type of the service's metadata and the types derived from it. The name of a type counts in any case and
    behind any namespace: the pages have `#microsoft.graph.`, `microsoft.graph.` and `#microsoft.backupRestore.`."""

    def __init__(self, base: type[E], kinds: Mapping[str, type[E]]) -> None:
        """Declares a family.

        Args:
            base: What an object of an unknown type is read as.
            kinds: The service's name of each type to its model.
        """
        self._base = base
        self._usual = {f"#microsoft.graph.{name}": kind for name, kind in kinds.items()}
        self._by_name = {name.lower(): kind for name, kind in kinds.items()}
        self._by_service = {kind.service: kind for kind in kinds.values() if kind.service is not None}

    def read(self, raw: object, service: Service | None = None) -> E:
        """Reads an object as the type that it says it is, or as the one that the collection holds.

        Args:
            raw: Parsed JSON; bare, or wrapped in `value` as some pages show it.
            service: What the collection holds; counts when `@odata.type` was not sent or is unknown.

        Raises:
            ProtocolError: It is not an object with an id.
        """
        sent = raw.get("@odata.type") if type(raw) is dict and "id" in raw else None
        kind = self._usual.get(sent) if type(sent) is str else None
        if kind is None:
            kind = self._by_name.get(type_of(unwrap(raw)))
        if kind is None and service is not None:
            kind = self._by_service.get(service)
        return (kind or self._base).read(raw)
