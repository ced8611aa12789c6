"""Checks every key first: a paste on a list must not become thirty commands.

Textual gives pasted text as one event where the terminal marks pastes; other terminals send the bare keys. So
printable keys outside a text field are held for a few milliseconds, and a flood of them is dropped.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from textual import events
from textual.widget import Widget
from textual.widgets import Input

HOLD = 0.005
"""Seconds that a first printable key is held back to see whether a flood follows."""

WINDOW = 0.05
"""Seconds within which more than `LIMIT` printable keys are a paste; so long a silence ends it."""

LIMIT = 16

IGNORED = "Pasted text is ignored here. It goes into a text field."


def takes_text(widget: Widget | None) -> bool:
    """Whether printable keys are text for this widget: an `Input`, or a widget with `takes_text = True`."""
    return isinstance(widget, Input) or bool(getattr(widget, "takes_text", False))


def is_text_key(event: events.Key) -> bool:
    """Whether the key would be a character of a text."""
    return event.is_printable


class InputGate:
    """Lets keys through, except floods of printable ones outside text fields.

    Args:
        release: Sends a key on its normal way.
        settled: Comes back once the key before has had its effect. Keys that come together, as they do over a slow
            line, must find what the one before them opened: `/` a field for the rest.
        ignored: Told once for each paste that was dropped.
    """

    def __init__(
        self,
        release: Callable[[events.Key], Awaitable[None]],
        settled: Callable[[], Awaitable[None]],
        ignored: Callable[[str], None],
    ) -> None:
        self._release = release
        self._settled = settled
        self._ignored = ignored
        self._held: list[events.Key] = []
        self._recent: deque[tuple[float, str]] = deque(maxlen=LIMIT + 1)
        self._dropping = False
        self._last = float("-inf")
        self._task: asyncio.Task[None] | None = None

    def takes(self, event: events.Key, focused: Widget | None) -> bool:
        """Whether the gate keeps this key: it is then released later, or never."""
        if self._dropping and event.time - self._last <= WINDOW:
            self._last = event.time
            return True
        self._dropping = False
        if self._task is None and (takes_text(focused) or not is_text_key(event)):
            return False
        self._last = event.time
        self._held.append(event)
        if self._task is None:
            self._task = asyncio.create_task(self._look())
        return True

    async def _look(self) -> None:
        try:
            while self._held:
                await asyncio.sleep(HOLD)
                held, self._held = self._held, []
                for event in held:
                    if is_text_key(event):
                        self._recent.append((event.time, event.key))
                if self._is_flood():
                    self._dropping = True
                    self._recent.clear()
                    self._held.clear()
                    self._ignored(IGNORED)
                    return
                for event in held:
                    await self._release(event)
                    if len(held) > 1 or self._held:
                        await self._settled()
        finally:
            self._task = None

    def _is_flood(self) -> bool:
        """More keys than a hand presses; one key over and over is a key held down on a slow line."""
        if len(self._recent) <= LIMIT or len({key for _time, key in self._recent}) == 1:
            return False
        return self._recent[-1][0] - self._recent[0][0] <= WINDOW
