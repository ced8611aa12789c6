"""Checks every key first: a paste on a list must not become thirty commands.

Textual gives pasted text as one event where the terminal marks pastes; other terminals send the bare keys. So
printable keys outside a text field are held for a few milliseconds, and a flood of them is offered to the screen as a
paste, or dropped.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence

from textual import events
from textual.widget import Widget
from textual.widgets import Input

HOLD = 0.005  # seconds that a first printable key is held back to see whether a flood follows

WINDOW = 0.05  # seconds within which more than `LIMIT` printable keys are a paste; so long a silence ends it

LIMIT = 16

LIST = "@"  # What a list file begins with. It is no command anywhere, so what follows it at once belongs to it.

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
        pasted: Offered a paste that is whole; says whether it was taken.
    """

    def __init__(
        self,
        release: Callable[[events.Key], Awaitable[None]],
        settled: Callable[[], Awaitable[None]],
        ignored: Callable[[str], None],
        pasted: Callable[[str], bool],
    ) -> None:
        self._release = release
        self._settled = settled
        self._ignored = ignored
        self._pasted = pasted
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
        whole = True  # None of it has been released.
        try:
            while self._held:
                await asyncio.sleep(HOLD)
                if whole and self._held[0].character == LIST:
                    await self._silence()
                held, self._held = self._held, []
                for event in held:
                    if is_text_key(event):
                        self._recent.append((event.time, event.key))
                flood = self._is_flood()
                if flood and whole:
                    self._held = held
                    await self._silence()
                    held, self._held = self._held, []
                listed = len(held) > 1 and held[0].character == LIST
                if whole and (flood or listed) and self._pasted(_text_of(held)):
                    self._recent.clear()
                    return
                if flood:
                    self._dropping = True
                    self._recent.clear()
                    self._held.clear()
                    self._ignored(IGNORED)
                    return
                for event in held:
                    await self._release(event)
                    if len(held) > 1 or self._held:
                        await self._settled()
                whole = False
        finally:
            self._task = None

    async def _silence(self) -> None:
        """Waits until no more keys come."""
        count = 0
        while len(self._held) > count:
            count = len(self._held)
            await asyncio.sleep(WINDOW)

    def _is_flood(self) -> bool:
        """More keys than a hand presses; one key over and over is a key held down on a slow line."""
        if len(self._recent) <= LIMIT or len({key for _time, key in self._recent}) == 1:
            return False
        return self._recent[-1][0] - self._recent[0][0] <= WINDOW


def _text_of(held: Sequence[events.Key]) -> str:
    """What the keys would be as text."""
    return "".join("\n" if event.key in ("enter", "ctrl+j") else event.character or "" for event in held)
