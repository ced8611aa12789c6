"""What every test of the screens runs in: the marks of the terminal, and how long it waits after each key."""

from __future__ import annotations

import asyncio
import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from weakref import WeakSet

from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot, WaitForScreenTimeout

# Pictures and lines are those of a terminal that shows every mark, whatever the tests are run in.
os.environ.update(LC_ALL="C.UTF-8", TERM="xterm")

# Textual looks 50 times a second whether the process has become idle, twice for each key that a test presses, and the
# tests press thousands. Looking more often ends the wait sooner and means the same: idle is a twentieth of the look.
# Both are private to Textual; where they are gone, the tests take its own time.
if find_spec("textual._wait") is not None:
    waits: Any = import_module("textual._wait")
    if hasattr(waits, "SLEEP_GRANULARITY") and hasattr(waits, "SLEEP_IDLE"):
        waits.SLEEP_GRANULARITY = 1 / 120
        waits.SLEEP_IDLE = waits.SLEEP_GRANULARITY / 20

# Every test opens a program of its own, and all have the same styles: they are parsed once for each set of variables.
# This is private to Textual too, and each program parses for itself where it is gone.
parse: Any = getattr(Stylesheet, "_parse_rules", None)
if parse is not None:
    parsed: dict[tuple[object, ...], list[RuleSet]] = {}

    def parse_once(self: Any, *args: Any, **named: Any) -> list[RuleSet]:
        key = (*args, *sorted(named.items()), tuple(getattr(self, "_variables", {}).items()))
        if key not in parsed:
            parsed[key] = parse(self, *args, **named)
        return parsed[key]

    Stylesheet._parse_rules = parse_once  # type: ignore[method-assign]


# After each key a pilot sends a message to each of the forty widgets of a screen and waits until all were read. All but
# one or two sit idle, with nothing to read: those have done all they had to, and are not asked.
ask_everybody: Any = getattr(Pilot, "_wait_for_screen", None)
opened: WeakSet[Any] = WeakSet()
"""Programs that were waited for once: the first time everybody is asked, since everybody is new."""


def is_idle(widget: Any) -> bool:
    """Whether it has read all its messages and done what they asked: it waits for the next one."""
    messages = widget._message_queue
    return not messages.values and not messages.ready_event.is_set() and bool(messages.ready_event._waiters)


async def ask_the_busy(self: Pilot[Any], timeout: float = 30.0) -> bool:
    """Waits until all that was sent to the widgets so far was handled.

    Raises:
        WaitForScreenTimeout: They have not after so many seconds.
    """
    try:
        screen = self.app.screen
    except Exception:  # as in Textual: no screen, nothing to wait for
        return False
    if self.app not in opened:
        opened.add(self.app)
        return bool(await ask_everybody(self, timeout))
    asked = {self.app, screen, *busy(screen)}
    for _ in range(3):
        if not await answered(self.app, asked, timeout):
            return False
        # By what the others did meanwhile, and on the screen that they opened.
        asked = {each for shown in {screen, *self.app._screen_stack[-1:]} for each in busy(shown)}
        if not is_idle(self.app):
            asked.add(self.app)
        if not asked:
            break
    return True


def busy(screen: Any) -> set[Any]:
    """The widgets that have something to do."""
    return {widget for widget in screen.walk_children(with_self=True) if not is_idle(widget)}


async def answered(app: Any, asked: set[Any], timeout: float) -> bool:
    """Waits until these have handled what was sent to them so far; false if the program failed meanwhile."""
    handled = asyncio.Event()
    count = 0

    def answer() -> None:
        nonlocal count
        count -= 1
        if not count:
            handled.set()

    count = sum(widget.call_later(answer) for widget in asked)
    if count:
        waits_for = [asyncio.create_task(handled.wait()), asyncio.create_task(app._exception_event.wait())]
        done, pending = await asyncio.wait(waits_for, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        if not done:
            raise WaitForScreenTimeout("Timed out while waiting for widgets to process pending messages.")
    return not count


if ask_everybody is not None:
    Pilot._wait_for_screen = ask_the_busy  # type: ignore[method-assign]
