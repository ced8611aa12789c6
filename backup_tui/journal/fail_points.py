"""Named points of a change, so that tests can prove what survives a process that dies there.

Nothing happens at them unless something outside the program watches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

FailPoint = Literal[
    "before_intent",
    "inside_intent",
    "after_intent",
    "before_send",
    "after_send",
    "before_answer",
    "inside_answer",
    "after_answer",
]
"""The points of one change, in their order; `inside_...` lies between the row's insert and its commit."""


watcher: Callable[[FailPoint], None] | None = None


def reached(point: FailPoint) -> None:
    """Tells whoever watches that the process is at this point."""
    if watcher is not None:
        watcher(point)
