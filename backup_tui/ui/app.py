"""The app: starts the screens, admits keys, runs commands, reports faults, and restores the terminal."""

import asyncio
import inspect
import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import cached_property
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from backup_tui.crash import crash_text, crash_words, write_crash_file
from backup_tui.errors import BackupTuiError
from backup_tui.ui.bridge import PERIOD, Bridge
from backup_tui.ui.frame.commands import Command, list_keys
from backup_tui.ui.frame.header import SMALLEST_HEIGHT, SMALLEST_WIDTH
from backup_tui.ui.frame.input_gate import IGNORED, InputGate, takes_text
from backup_tui.ui.frame.screen import MINUTE, BaseScreen
from backup_tui.ui.frame.shared_handlers import SharedHandlers
from backup_tui.ui.frame.themes import THEMES, first_style_paths, theme_for
from backup_tui.ui.leaving import Leaving
from backup_tui.ui.places import Places
from backup_tui.ui.program import KeepsPlaces
from backup_tui.ui.restart import StartOptions
from backup_tui.ui.routes import Open, OpenTop
from backup_tui.ui.shown_workspace import ShownWorkspace
from backup_tui.ui.sign_in.workspace_opening import WorkspaceOpener
from backup_tui.ui.terminal.abilities import LINKS, PROGRESS, can
from backup_tui.ui.terminal.job_control import stop_the_job
from backup_tui.ui.textual_internals import AppInternals, has

if TYPE_CHECKING:
    from backup_tui.ui.frame.list_habits import ListHabits

log = logging.getLogger(__name__)

TopScreen = tuple[str, Callable[[], Screen[Any]]]  # title and maker of one of the screens 1 to 5

CLOSE_WITHIN = 2.0  # seconds for which leaving waits until the journal is closed

SETTLE_WITHIN = 0.1
"""Seconds for which a key waits for the effects of the key before it; longer would make the program seem stuck."""


class BackupTui(SharedHandlers, AppInternals, inherit_bindings=False):
    """The program in a terminal.

    Args:
        workspace: What the screens show and act on.
        screens: The screens 1 to 5 in their order; the first is shown at the start.
        beginning: How it begins, where another app was before.
    """

    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_MODE = "screen-1"  # the first screen at once: a blank one would be a frame for nothing
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False

    ending = False  # whether the end has begun
    pressed = False  # whether a key has been pressed

    _ends_with = 0

    def __init__(
        self, workspace: ShownWorkspace, screens: Sequence[TopScreen], beginning: StartOptions | None = None
    ) -> None:
        self._tops = tuple(screens)
        # Said here, not only by the theme: Textual chooses the filter of NO_COLOR before it knows the theme.
        super().__init__(driver_class=_driver(), css_path=first_style_paths(), ansi_color=True)
        for theme in THEMES:
            self.register_theme(theme)
        self.beginning = beginning or StartOptions()
        self.chosen_theme = self.beginning.theme
        self.theme, _why_not = theme_for(
            self.chosen_theme or workspace.theme, colors=self.console.color_system, no_color=self.no_color
        )
        self._styled_with = self.get_css_variables()
        self.stylesheet.set_variables(self._styled_with)  # before anything is parsed, or all is parsed once more
        self.animation_level = "none"
        self.workspace = workspace
        self.keys = workspace.keys
        self.list_keys = list_keys(self.keys)
        self.titles = tuple(title for title, _make in self._tops)
        self.bridge = Bridge(lambda: self.shown, workspace.subscribe, self.report, workspace.frame_period)
        self._gate = InputGate(super().on_event, self._settled, self.say, self._pasted)
        self.leaving = Leaving(self)
        self._ending = asyncio.Event()
        self._places = Places(self)
        self.places: KeepsPlaces = self._places
        self._open: asyncio.Task[None] | None = None
        for number, (_title, make) in enumerate(self._tops, start=1):
            self.add_mode(_mode(number), make)

    # -- what screens use -----------------------------------------------------------------------------------

    @cached_property
    def habits(self) -> "ListHabits":
        """The filters and the orders that lists had."""
        from backup_tui.ui.frame.list_habits import ListHabits  # late: the first frame has no list that keeps them

        return ListHabits(self.workspace.habits_file)

    @property
    def too_small(self) -> bool:
        """Whether the terminal is too small for the words that must not be cut."""
        return self.size.width < SMALLEST_WIDTH or self.size.height < SMALLEST_HEIGHT

    def report(self, error: Exception) -> None:
        """The one place where a failure of an action becomes words."""
        if isinstance(error, BackupTuiError):
            log.warning("%s (%s, request %s)", error.message, error.code, error.request_id)
            self.say(error.sentences)
            return
        log.error("fault in an action\n%s", crash_text(error))
        self.say(
            f"Internal error ({type(error).__name__}). The action was stopped; see the log. "
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

    def run_command(self, screen: Screen[Any], command: Command[Any, Any], row: str | None) -> None:
        """Runs a command that is possible, on its screen; a failure goes to `report`."""
        try:
            outcome = command.run(screen, row)
        except Exception as error:
            self.report(error)
            return
        if inspect.isawaitable(outcome):
            self.start(outcome, command.id, group="commands")

    def open(self, place: Open) -> None:
        if isinstance(place, OpenTop):
            self.go_to(self.titles.index(place.title) + 1)
        else:
            super().open(place)

    @property
    def number(self) -> int:
        """Which of the screens 1 to 5 is shown, or is below what is."""
        return int(self.current_mode.rpartition("-")[2])

    def go_to(self, number: int) -> None:
        """Shows one of the screens 1 to 5: its list, as it was left; what was opened from another one is closed."""
        if self.ending:  # A key that was held back comes while the screens are closed one after the other.
            return
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if self.number != number:
            self.switch_mode(_mode(number))

    # -- life of the app ------------------------------------------------------------------------------------

    def exit(self, result: int | None = None, return_code: int = 0, message: Any | None = None) -> None:
        """Ends the app; the first call says with which code."""
        if not self.ending:
            self._places.keep()
            self.ending, self._ends_with = True, return_code
            self._alert_over()
            super().exit(result, return_code, message)

    @property
    def exit_code(self) -> int:
        """The process's code: that of the first call of `exit`, 1 after a fault before it."""
        return self._ends_with if self.ending else self.return_code or 0

    def action_suspend_process(self) -> None:
        """To the background, with the whole job."""
        if self.terminal is not None:
            stop_the_job()
        else:
            super().action_suspend_process()

    def refresh_css(self, animate: bool = True) -> None:
        """Styles all widgets; parses again only for other colors (Textual does so for each new screen)."""
        variables = self.get_css_variables()
        if variables != self._styled_with:
            self._styled_with = variables
            super().refresh_css(animate)
        else:
            self.stylesheet.update(self, animate=animate)
            for screen in self.screen_stack:
                if isinstance(screen, BaseScreen):
                    screen.is_styled()

    def on_mount(self) -> None:
        environ = {} if self.is_headless else os.environ
        self.links = can(LINKS, self.workspace.links, environ)
        self.progress = can(PROGRESS, self.workspace.task_bar, environ)
        self.bridge.start()
        self.set_interval(60, self._minute, name="minute")
        if not self.is_headless:
            self.leaving.listen()
        self.leaving.begun()
        if self.beginning.choosing:
            return
        # Not before the first frame is there: what opening imports in a thread would hold that up.
        self.call_after_refresh(self._open_workspace)

    def _open_workspace(self) -> None:
        if not self.ending:
            door = WorkspaceOpener(self, self._opened, self._ending)
            self._open = asyncio.create_task(door.stay_open(), name="workspace")

    async def on_unmount(self) -> None:
        self.bridge.stop()
        self._ending.set()
        if self._open is not None:
            await asyncio.wait([self._open], timeout=CLOSE_WITHIN)

    def _minute(self) -> None:
        if self.shown:
            self.shown.receive(MINUTE)

    def _opened(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, BaseScreen):
                screen.opened()
        self.start(self._places.recall(), "the last place")
        if self.workspace.frame_period > PERIOD and not self.beginning.words:
            self.say("Low-bandwidth mode: 2 frames a second, fewer reads. T says why.", everywhere=True)
        if self.shown:
            self.shown.refresh_frame()
            self.shown.look()

    async def on_event(self, event: events.Event) -> None:
        if self.leaving.is_near and isinstance(event, events.InputEvent | events.Paste):
            return
        if isinstance(event, events.Key) and not event.is_forwarded:
            self.pressed = True
            self.key_pressed()
            if self.leaving.takes(event) or self.too_small:
                return
            if self._gate.takes(event, self.focused):
                return
        elif isinstance(event, events.Paste) and not event.is_forwarded and not takes_text(self.focused):
            if not self.too_small and not self._pasted(event.text):
                self.say(IGNORED)
            return
        await super().on_event(event)

    def _pasted(self, text: str) -> bool:
        return self.shown is not None and self.shown.accept_paste(text)

    async def _settled(self) -> None:
        """Comes back once all that a key has sent on its way, from the focused widget up to the app, is done."""
        for node in (self.focused or self.screen).ancestors_with_self:
            done = asyncio.Event()
            node.call_later(done.set)
            with suppress(TimeoutError):  # a widget that is gone no longer answers
                await asyncio.wait_for(done.wait(), SETTLE_WITHIN)

    def on_fault(self, error: BaseException) -> None:
        log.critical("fault\n%s", crash_text(error))
        if self.ending:  # It is left already, with its code and its words.
            return
        file = write_crash_file(self.workspace.state_folder, error, self.workspace.clock.now())
        self.panic(Text(crash_words(error, file)))


def _driver() -> type[Driver] | None:
    """The terminal of ours where the system has POSIX terminals and this Textual what it builds on, else Textual's."""
    if not has("XTermParser", "XTermParser.feed") or find_spec("termios") is None:
        return None
    from backup_tui.ui.terminal.driver import TerminalDriver

    return TerminalDriver


def _mode(number: int) -> str:
    """Name of the Textual mode, a stack of screens of its own, of one of the screens 1 to 5."""
    return f"screen-{number}"
