"""What the service answers to a change of a draft's contents: a list of what was added, removed or refused."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from backup_tui.errors import ProtocolError
from backup_tui.models.artifacts import DraftDelta, ItemRefusal
from backup_tui.models.base import unwrap
from backup_tui.models.text import safe

T = TypeVar("T")

_ITEM_ERROR = "@core.datamodificationexception"

_NAMED_BY = ("id", "directoryObjectId", "siteId")
"""What names an item: its own id, or what a unit that was to be added is known by."""


def read_delta(answer: object, collection: str, read: Callable[[object], T]) -> DraftDelta[T]:
    """Reads the answer to a change of a collection such as `siteRestoreArtifacts`."""
    added: list[T] = []
    removed: list[str] = []
    refused: list[ItemRefusal] = []
    items, unread = items_of(answer, collection)
    for item in items:
        refusal = refusal_of(item)
        if refusal is not None:
            refused.append(refusal)
        elif any(str(key).lower() == "@removed" for key in item):
            key = item.get("id") or item.get("itemKey")
            removed += [key] if isinstance(key, str) else []
        else:
            try:
                added.append(read(item))
            except ProtocolError:
                unread += 1  # without an id it says nothing about a unit or an item; the draft's own list does
    return DraftDelta(tuple(added), tuple(removed), tuple(refused), unread)


def items_of(answer: object, collection: str) -> tuple[list[Mapping[str, Any]], int]:
    """The items of the answer, under any of the names that the pages use, and how many entries are none."""
    if not isinstance(answer, Mapping):
        return [], 0
    members = {str(key).lower(): value for key, value in answer.items()}
    name = collection.lower()
    for key in (f"{name}@delta", name, "value"):
        value = members.get(key)
        if isinstance(value, Mapping) and key == "value":
            return items_of(unwrap(answer), collection)
        if isinstance(value, list):
            items = [item for item in value if isinstance(item, Mapping)]
            return items, len(value) - len(items)
    return [], 0


def refusal_of(item: Mapping[str, Any]) -> ItemRefusal | None:
    """The refusal that an item of the answer carries, made safe; `None` if it carries none."""
    problem = next((value for key, value in item.items() if str(key).lower() == _ITEM_ERROR), None)
    if not isinstance(problem, Mapping):
        return None
    info = problem.get("info")
    details: Mapping[str, Any] = info if isinstance(info, Mapping) else {}

    def text(value: object) -> str:
        return safe(value) if isinstance(value, str) else ""

    return ItemRefusal(
        next((text(item[key]) for key in _NAMED_BY if item.get(key)), ""),
        text(details.get("code")),
        text(details.get("message")),
        text(problem.get("failedOperation")),
    )
