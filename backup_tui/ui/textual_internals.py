"""All parts of Textual in use that are not public, and what is done where a version lacks one.

Textual may rename them in any version. So each is checked before use: where its name or its parameters differ, a plain
fallback is used, which costs bytes or looks but nothing else. `missing()` names what differs, and a test fails when
that is anything for a version in `TRIED`, which is what `pyproject.toml` allows.
"""

import asyncio
import inspect
import io
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, Self

from rich.console import Console
from textual.app import App
from textual.message import Message
from textual.screen import Screen

from backup_tui.ui.terminal.painter import Painter

TRIED = ("8.2.8",)  # versions of Textual with which this program was tried

_PARTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("textual.app", "App._display", ("self", "screen", "renderable")),
    ("textual.app", "App._fatal_error", ("self",)),
    ("textual.screen", "Screen._compositor_refresh", ("self",)),
    ("textual._compositor", "ChopsUpdate", ("chops", "spans", "chop_ends")),
    ("textual._compositor", "ChopsUpdate.render_segments", ("self", "console")),
    ("textual._compositor", "LayoutUpdate", ("strips", "region")),
    ("textual._compositor", "LayoutUpdate.render_segments", ("self", "console")),
    ("textual._xterm_parser", "XTermParser", ("debug",)),
    ("textual._xterm_parser", "XTermParser.feed", ("self", "data")),
)


def missing() -> tuple[str, ...]:
    """The parts that this Textual does not have as they are used here."""
    return tuple(name for module, name, parameters in _PARTS if not _fits(module, name, parameters))


def has(*names: str) -> bool:
    """Whether this Textual has these parts as they are used here, `ChopsUpdate` for example."""
    return all(_fits(*part) for part in _PARTS if part[1] in names)


def _fits(module: str, name: str, parameters: tuple[str, ...]) -> bool:
    try:
        part: Any = import_module(module)
        for step in name.split("."):
            part = getattr(part, step)
        return tuple(inspect.signature(part).parameters) == parameters
    except (ImportError, AttributeError, TypeError, ValueError):
        return False


class SequenceParser:
    """Textual's own knowledge of what keys and mice send, asked one whole sequence at a time."""

    def __init__(self) -> None:
        self._make: Callable[[], Any] = import_module("textual._xterm_parser").XTermParser
        self._parser = self._make()

    def parse(self, text: str) -> list[Message]:
        """The events of a text or of one whole sequence; none for what it does not know. Raises `ArithmeticError`,
        `LookupError`, `ValueError`: numbers in it mean nothing."""
        found = list(self._parser.feed(text))
        if not found:
            self._parser = self._make()  # else it would take what comes next for the rest, and both for keys
        return found


class AppInternals(App[int], inherit_bindings=False):
    """What an app changes in Textual's way of drawing and failing; a part of `BackupTui`."""

    fault: BaseException | None = None  # what ended the app

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.painter = Painter()
        if not has("App._fatal_error"):  # What Textual prints of a fault then has values in it: it is not shown.
            self.error_console = Console(file=io.StringIO())

    def on_load(self) -> None:
        """Since Python 3.12, Textual starts tasks before their caller continues.

        A text field of a first screen is then there before its screen is, which ends the program; and no two versions
        of Python would mount in the same order.
        """
        asyncio.get_running_loop().set_task_factory(None)

    def on_fault(self, error: BaseException) -> None:
        """A fault nobody caught; the app ends after it."""

    def on_resize(self) -> None:
        """A terminal that changes its size moves or cuts what it shows."""
        self.painter.forget()

    def refresh(self, *, layout: bool = False, **more: Any) -> Self:
        """Draws the screen again; with `layout` also what the terminal should show already, in case it does not."""
        if layout:
            self.painter.forget()
        return super().refresh(layout=layout, **more)

    def _display(self, *given: Any, **named: Any) -> None:
        """Writes what changed on the screen; no public way leads between the compositor and the terminal."""
        update: Any = given[1] if len(given) > 1 else None
        if _PAINTS and type(update).__name__ in ("ChopsUpdate", "LayoutUpdate") and not self.is_headless:
            if getattr(self, "_batch_count", 0):
                return
            if not (text := self.painter.text(update, self.console)):
                return
            update.render_segments = lambda _console: text
        super()._display(*given, **named)

    def _fatal_error(self, *_given: Any) -> None:
        """Textual would print the values of all local variables, and names of people and tokens with them. A fault
        that follows from the first one, such as in drawing while the app ends, is not reported."""
        if self.fault is None:
            self.fault = sys.exc_info()[1] or RuntimeError("unknown")
            self.on_fault(self.fault)


class ScreenInternals(Screen[Any]):
    """What a screen changes in Textual's way of drawing; a part of every screen."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        with suppress(RuntimeError):  # made before there is an app
            self.is_styled()

    def is_styled(self) -> None:
        """All widgets of the screen have the app's styles of now, those to come included: they get them when they are
        mounted. Textual would style all once more for a new screen, and at every switch to it."""
        self._css_update_count = getattr(self.app, "_css_update_count", -1)

    def _compositor_refresh(self) -> None:
        """While widgets are mounted in a batch, Textual draws frames that it never shows: the one before the first
        that is shown took a twentieth of the start."""
        if not getattr(self.app, "_batch_count", 0):
            super()._compositor_refresh()


_PAINTS = has("App._display", *(name for _module, name, _parameters in _PARTS if "Update" in name))
