"""The environment of a process that dies at a named point of a change."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "KILL_AT"

POINTS = (
    "before_intent",
    "inside_intent",
    "after_intent",
    "before_send",
    "after_send",
    "before_answer",
    "inside_answer",
    "after_answer",
)
"""The points of one change, in their order; `inside_...` lies between the row's insert and its commit."""


def killed_at(point: str, *folders: Path) -> dict[str, str]:
    """What is added to a process's environment.

    Args:
        point: One of `POINTS`.
        folders: More folders from which it imports.
    """
    killing = Path(__file__).parent / "killing"
    path = [str(killing), str(killing.parent), *map(str, folders), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {VARIABLE: point, "PYTHONPATH": os.pathsep.join(path)}
