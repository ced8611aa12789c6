"""How long a test waits after each key until the screen counts as settled."""

from __future__ import annotations

from textual import _wait

# Textual looks 50 times a second whether the process has become idle, twice for each key that a test presses, and the
# tests press thousands. Looking more often ends the wait sooner and means the same: idle is a twentieth of the look.
_wait.SLEEP_GRANULARITY = 1 / 120
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20
