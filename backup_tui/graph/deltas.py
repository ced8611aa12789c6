"""What the service answers to a change of a draft's contents: a list of what was added, removed or refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backup_tui.models.artifacts import ItemRefusal
from backup_tui.models.base import unwrap
from backup_tui.models.text import safe

_ITEM_ERROR = "@core.datamodificationexception"


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


def was_removed(item: Mapping[str, Any]) -> bool:
    return any(str(key).lower() == "@removed" for key in item)


def refusal_of(item: Mapping[str, Any]) -> ItemRefusal | None:
    """The refusal that the item is, `None` when it is none."""
    problem = next((value for key, value in item.items() if str(key).lower() == _ITEM_ERROR), None)
    if not isinstance(problem, Mapping):
        return None
    info = problem.get("info")
    details: Mapping[str, Any] = info if isinstance(info, Mapping) else {}

    def text(value: object) -> str:
        return safe(value) if isinstance(value, str) else ""

    return ItemRefusal(
        id=text(item.get("id")),
        code=text(details.get("code")),
        message=text(details.get("message")),
        operation=text(problem.get("failedOperation")),
    )
