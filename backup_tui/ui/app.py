"""The app: starts the screens, lets keys in, runs commands, reports faults, and leaves the terminal as it was."""

from __future__ import annotations

import asyncio
import inspect
import logging
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from backup_tui.errors import BackupTuiError
from backup_tui.ui.bridge import Bridge
from backup_tui.ui.commands import Command
from backup_tui.ui.crash import crash_text, crash_words, write_crash_file
from backup_tui.ui.frame_state import SMALLEST_HEIGHT, SMALLEST_WIDTH
from backup_tui.ui.input_gate import IGNORED, InputGate, takes_text
from backup_tui.ui.leaving import Leaving
from backup_tui.ui.port import WorkspacePort
from backup_tui.ui.screens.base import BaseScreen
from backup_tui.ui.styles import style_paths
from backup_tui.ui.themes import DEFAULT_VARIABLES, THEMES, theme_name

log = logging.getLogger(__name__)

TopScreen = tuple[str, Callable[[], BaseScreen]]
"""Title and maker of one of the screens 1 to 5."""

_ENDINGS = {"SIGHUP": 129, "SIGINT": 130, "SIGTERM": 143}


class BackupTui(App[int], inherit_bindings=False):
    """The program in a terminal.

    Args:
        workspace: What the screens show and act on.
        screens: The screens 1 to 5 in their order; the first is shown at the start.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    def __init__(self, workspace: WorkspacePort, screens: Sequence[TopScreen]) -> None:
        self._tops = tuple(screens)
        super().__init__(css_path=style_paths())
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = theme_name()
        self.animation_level = "none"
        self.workspace = workspace
        self.message = ""
        self.titles = tuple(title for title, _make in self._tops)
        self.bridge = Bridge(lambda: self.shown, workspace.subscribe, self.report)
        self._gate = InputGate(super().on_event, self.say)
        self._leaving = Leaving(self)
        for number, (_title, make) in enumerate(self._tops[1:], start=2):
            self.add_mode(_mode(number), make)

    # -- what screens use -----------------------------------------------------------------------------------

    @property
    def shown(self) -> BaseScreen | None:
        """The screen that is shown, when it is one of ours."""
        screen = self.screen if self.is_running and self.screen_stack else None
        return screen if isinstance(screen, BaseScreen) else None

    @property
    def too_small(self) -> bool:
        """Whether the terminal is too small for the words that must not be cut."""
        return self.size.width < SMALLEST_WIDTH or self.size.height < SMALLEST_HEIGHT

    def say(self, text: str) -> None:
        """Puts one sentence on the message line of the screen that is shown, and of those after it."""
        now = self.workspace.clock.now().astimezone(self.workspace.zone)
        self.message = f" {now:%H:%M} {text}" if text else ""
        if self.shown:
            self.shown.refresh_frame()

    def report(self, error: Exception) -> None:
        """The one place where a failure of an action becomes words."""
        if isinstance(error, BackupTuiError):
            log.warning("%s (%s, request %s)", error.what, error.code, error.request_id)
            self.say(error.sentences)
            return
        log.error("fault in an action\n%s", crash_text(error))
        self.say(
            f"A fault in this program ({type(error).__name__}) ended this action; it is in the log. "
            "5 Activity shows what was sent."
        )

    def start(self, work: Awaitable[object], name: str, group: str = "work", exclusive: bool = False) -> None:
        """Runs work beside the screens; a failure goes to `report`.

        It belongs to the app, not to a screen: leaving a screen does not end a change that is on its way.

        Args:
            work: What to await.
            name: For the log.
            group: With `exclusive`, a newer one of the group cancels an older one (reads; never changes).
            exclusive: See `group`.
        """
        self.run_worker(self._guarded(work), name=name, group=group, exclusive=exclusive, exit_on_error=False)

    async def _guarded(self, work: Awaitable[object]) -> None:
        try:
            await work
        except Exception as error:
            self.report(error)

    def run_command(self, screen: BaseScreen, command: Command[Any], row: str | None) -> None:
        """Hands a command that is possible to its handler: `run_<id>` of the screen, or of the app."""
        handler = getattr(screen, f"run_{command.id}", None) or getattr(self, f"run_{command.id}", None)
        if handler is None and command.id.startswith("show_"):
            self.go_to(int(command.id.removeprefix("show_")))
            return
        if handler is None:
            raise LookupError(f"no handler run_{command.id} on {type(screen).__name__}")
        try:
            outcome = handler(row)
        except Exception as error:
            self.report(error)
            return
        if inspect.isawaitable(outcome):
            self.start(outcome, command.id, group="commands")

    def go_to(self, number: int) -> None:
        """Shows one of the screens 1 to 5 as it was left; from inside it, its list."""
        if self.current_mode != _mode(number):
            self.switch_mode(_mode(number))
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()

    # -- shared commands ------------------------------------------------------------------------------------

    async def run_refresh(self, row: str | None) -> None:
        """`r`: reads again what the screen shows."""
        if self.shown and self.shown.VIEW:
            await self.workspace.read_again(self.shown.VIEW)

    def run_pause(self, row: str | None) -> None:
        """`P`: pauses reading, or goes on."""
        self.say(self.workspace.toggle_pause())

    def run_redraw(self, row: str | None) -> None:
        """`ctrl+l`: draws everything again."""
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def run_help(self, row: str | None) -> None:
        """`?`: keys of the screen."""
        from backup_tui.ui.screens.help import HelpScreen

        if self.shown:
            self.push_screen(HelpScreen(self.shown))

    def run_palette(self, row: str | None) -> None:
        """`:`: commands by name."""
        from backup_tui.ui.screens.palette import PaletteScreen

        if self.shown:
            self.push_screen(PaletteScreen(self.shown))

    def run_back(self, row: str | None) -> None:
        """`esc`, `q`: out of this screen; at the top `q` twice leaves."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self._leaving.ask("q")

    def run_suspend(self, row: str | None) -> None:
        """`ctrl+z`: to the background."""
        self.action_suspend_process()

    def run_leave(self, row: str | None) -> None:
        """`ctrl+q`, `:q`: ends the program."""
        self._leaving.leave(0)

    # -- life of the app ------------------------------------------------------------------------------------

    def get_default_screen(self) -> Screen[Any]:
        """The first screen, at once: a blank one would be a frame for nothing."""
        return self._tops[0][1]()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours, for themes that do not name them."""
        return DEFAULT_VARIABLES

    def on_mount(self) -> None:
        """Listens to the store and to signals."""
        self.bridge.start()
        loop = asyncio.get_running_loop()
        for name, code in _ENDINGS.items():
            if self.is_headless:
                break
            loop.add_signal_handler(getattr(signal, name), self._leaving.on_signal, name, code)

    def on_unmount(self) -> None:
        """Stops listening."""
        self.bridge.stop()

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes pass the gate before anything else sees them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._leaving.takes(event) or self.too_small:
                return
            if self._gate.takes(event, self.focused):
                return
        elif isinstance(event, events.Paste) and not event.is_forwarded and not takes_text(self.focused):
            if self.too_small or (self.shown and self.shown.accept_paste(event.text)):
                return
            self.say(IGNORED)
            return
        await super().on_event(event)

    def _fatal_error(self) -> None:
        """A fault nobody caught: plain words on stderr, details without values in a file, exit code 1.

        Textual would print the values of all local variables, and names of people and tokens with them.
        """
        error = sys.exc_info()[1] or self._exception or RuntimeError("unknown")
        log.critical("fault\n%s", crash_text(error))
        file = write_crash_file(self.workspace.state_folder, error, self.workspace.clock.now())
        self.panic(Text(crash_words(error, file)))


def _mode(number: int) -> str:
    """Name of the mode of one of the screens 1 to 5; Textual starts in its own first one."""
    return App.DEFAULT_MODE if number == 1 else f"screen-{number}"
