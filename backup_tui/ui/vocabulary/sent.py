"""A thing as the service sends it, at the end of everything that is known of it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from backup_tui.errors import BackupTuiError
from backup_tui.models.as_sent import as_sent


class Sent(Protocol):
    """Something that the service sent."""

    def raw(self) -> Mapping[str, Any]: ...


async def as_it_is_sent(read: Callable[[], Awaitable[Sent]]) -> list[str]:
    """Lines of a thing that is read now; where it cannot be read, why."""
    try:
        thing = await read()
    except BackupTuiError as error:
        return ["", f"What the service sends could not be read: {error.message}"]
    return ["", "As the service sends it:", *as_sent(json.dumps(thing.raw(), ensure_ascii=False))]
