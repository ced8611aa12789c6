"""Reads an object as the type that its `@odata.type` names: one reader per family of types."""

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from backup_tui.models.base import GraphModel, type_of, unwrap
from backup_tui.models.quick import quickly
from backup_tui.models.services import Service

E = TypeVar("E", bound=GraphModel)


def by_name(*kinds: type[E]) -> dict[str, type[E]]:
    """Types under the service's names, where those are the names of their models."""
    return {f"{kind.__name__[0].lower()}{kind.__name__[1:]}": kind for kind in kinds}


class TaggedUnion(Generic[E]):
    """A base type of the service's metadata and the types derived from it. The name of a type counts in any case and
    behind any namespace: the pages have `#microsoft.graph.`, `microsoft.graph.` and `#microsoft.backupRestore.`."""

    def __init__(self, base: type[E], kinds: Mapping[str, type[E]]) -> None:
        self._base = base
        self._usual = {f"#microsoft.graph.{name}": kind for name, kind in kinds.items()}
        self._by_name = {name.lower(): kind for name, kind in kinds.items()}
        self._by_service = {kind.service: kind for kind in kinds.values() if kind.service is not None}

    def __call__(self, raw: object, service: Service | None = None) -> E:
        """Reads parsed JSON, bare or wrapped in `value`, as the type that it says it is, or as the one that the
        collection holds, `service`. Raises `ProtocolError`: it is not an object with an id."""
        return self._kind(raw, service).read(raw)

    def quickly(self, raws: Sequence[object], service: Service | None = None) -> list[E | None]:
        """Reads many objects together, at a fraction of what one by one takes. In the place of each that is not an
        ordinary one is `None`: it has to be read alone."""
        by_kind: dict[type[E], dict[int, dict[str, Any]]] = {}
        for place, raw in enumerate(raws):
            if type(raw) is dict and "value" not in raw:
                by_kind.setdefault(self._kind(raw, service), {})[place] = raw
        found: list[E | None] = [None] * len(raws)
        for kind, objects in by_kind.items():
            for place, made in zip(objects, quickly(kind, [*objects.values()]), strict=True):
                found[place] = made
        return found

    def _kind(self, raw: object, service: Service | None) -> type[E]:
        sent = raw.get("@odata.type") if type(raw) is dict else None
        kind = self._usual.get(sent) if type(sent) is str else None
        if kind is None:
            kind = self._by_name.get(type_of(unwrap(raw)))
        if kind is None and service is not None:
            kind = self._by_service.get(service)
        return kind or self._base
