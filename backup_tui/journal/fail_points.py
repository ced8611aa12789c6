"""Named points at which a process can be made to die, so that tests can prove what survives it.

With `BACKUP_TUI_FAIL_POINT=after_intent` in the environment the process sends itself SIGKILL at that point: no
handler, no `finally`, no flush. Without the variable nothing happens."""

from __future__ import annotations

import os
import signal
from typing import Final, Literal

VARIABLE: Final = "BACKUP_TUI_FAIL_POINT"
"""The environment variable that names the point."""

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


def reached(point: FailPoint) -> None:
    """Kills this process if the environment names this point; otherwise does nothing."""
    if os.environ.get(VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
