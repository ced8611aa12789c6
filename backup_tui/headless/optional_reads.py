"""Reads that a command can do without: if one is not permitted, that is reported and the rest is printed."""

from collections.abc import Awaitable
from typing import TypeVar

from backup_tui.errors import PermissionDenied
from backup_tui.headless.output import Output
from backup_tui.models.features import Feature

T = TypeVar("T")


async def optional(out: Output, what: str, feature: Feature, reading: Awaitable[T]) -> T | None:
    """The answer of a read; `None`, and a line on stderr, if this sign-in may not make it.

    Args:
        out: Takes the line.
        what: What was read, in plain words.
        feature: Names the permission that it needs.

    Raises:
        BackupTuiError: It failed for another reason.
    """
    try:
        return await reading
    except PermissionDenied:
        out.narrate(f"This sign-in may not read {what}. It needs {feature.least}.")
        return None
