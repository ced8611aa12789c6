"""The app's handlers for the shared commands."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import App
from textual.screen import Screen

from backup_tui.ui.frame.commands import Keys
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.themes import theme_for
from backup_tui.ui.restart import Restart, StartOptions
from backup_tui.ui.routes import Open, OpenTenants, screen_for
from backup_tui.ui.terminal.notices import PROGRESS_OVER

if TYPE_CHECKING:
    from backup_tui.ui.leaving import Leaving
    from backup_tui.ui.shown_workspace import ShownWorkspace
    from backup_tui.ui.terminal.driver import TerminalDriver
    from backup_tui.workspace import AnotherSignIn


class SharedHandlers(App[int], inherit_bindings=False):
    """Handlers of the commands in shared_commands.py; a part of `BackupTui`."""

    workspace: "ShownWorkspace"  # what the screens show and act on
    keys: Keys  # keys that the person chose
    leaving: "Leaving"  # the ways out
    beginning: StartOptions  # how this app began
    next_start: Restart | None = None  # what the program continues with after this app; None when it ends
    message: str = ""  # what the message line says last, with its time
    happened: str = ""  # what is said of restores that have just ended or first failed, until a key is pressed
    terminal: "TerminalDriver | None" = None  # the terminal, once there is one
    links: bool = False  # it is sent addresses as links
    progress: bool = False  # it is sent how far restores are
    _progress: str = ""
    chosen_theme: str = ""  # the theme that was chosen since the start; empty for none
    _message_of: BaseScreen | None = None
    _refusal: str = ""
    _trouble: str | None = None
    _answered_before: datetime | None = None

    @property
    def shown(self) -> BaseScreen | None:
        """The screen that is shown, when it is one of ours."""
        screen = self.screen if self.is_running and self.screen_stack else None
        return screen if isinstance(screen, BaseScreen) else None

    def say(self, text: str, *, everywhere: bool = False, mark: str = "") -> None:
        """Puts one sentence on the message line of the screen that is shown; it leaves with that screen.

        Args:
            text: The sentence; empty clears the last one, where that is about the screen or all are meant.
            everywhere: It is about the program or the service: it stays until the next one, on whatever screen.
            mark: What it begins with, in its color: `!` for trouble.
        """
        if not (text or everywhere) and self._message_of is None:
            return
        self.message = mark + self._timed(text) if text else ""
        self._message_of = None if everywhere else self.shown
        if self.shown:
            self.shown.refresh_frame()

    def refused(self, reason: str) -> None:
        """Why a key did nothing is said until another key is pressed: it is about the row of that moment."""
        self._refusal = self.message if self.message.endswith(reason) else ""

    def message_on(self, screen: Screen[Any]) -> str:
        """What the message line of a screen says."""
        return self.happened or (self.message if self._message_of in (None, screen) else "")

    def _timed(self, text: str) -> str:
        return f" {self.workspace.clock.now().astimezone(self.workspace.zone):%H:%M} {text}"

    def tell_happened(self) -> None:
        """Says on every screen which restores have ended, first failed or do not move, until a key is pressed."""
        self.tell_progress()
        if news := self.workspace.happened_now():
            earlier = self.happened.strip().partition(" ")[2]
            self._alert_over()
            self.happened = self._timed(" ".join(filter(None, (earlier, *news))))
            if self.workspace.bell:
                self.bell()
            self._send(self.workspace.alert(news))

    def tell_progress(self) -> None:
        """Shows in the task bar how far the restores are, where the terminal has that; sent where it differs."""
        shown = self.workspace.progress() if self.progress else ""
        if shown != self._progress and self.terminal is not None:
            self._progress = shown
            self.terminal.show_outside(shown, PROGRESS_OVER)

    def _alert_over(self) -> None:
        if self.happened:
            self.happened = ""
            self._send(self.workspace.alert_over())

    def _send(self, sequence: str) -> None:
        if sequence and self.terminal is not None:
            self.terminal.write(sequence)

    def key_pressed(self) -> None:
        """What is shown until a key is pressed has been seen."""
        refusal, self._refusal = self._refusal, ""
        if refusal and self.message == refusal:
            self.say("")
        if self.happened:
            self._alert_over()
            if self.shown:
                self.shown.refresh_frame()

    def tell_connection(self) -> None:
        """Says what is wrong with the way to the service when that changes, and when it is right again."""
        trouble = self.workspace.connection_message()
        if trouble != self._trouble:
            self._trouble, before = trouble, self._trouble
            if trouble:
                if before is None:
                    self._answered_before = self.workspace.last_answer
                self.say(trouble, everywhere=True, mark="!")
            elif before and self.message.endswith(before):
                answered = self.workspace.last_answer != self._answered_before
                self.say("The service answers again." if answered else "", everywhere=True)

    def open(self, place: Open) -> None:
        """Shows a destination above what is shown."""
        self.push_screen(screen_for(place))

    async def read_again(self) -> None:
        """`r`: reads again what the screen shows."""
        if self.shown and self.shown.VIEW:
            await self.workspace.read_again(self.shown.VIEW)

    def toggle_pause(self) -> None:
        """`P`: pauses reading, or resumes."""
        self.say(self.workspace.toggle_pause())

    def choose_theme(self, name: str) -> None:
        """Shows a theme, and keeps it for the next start."""
        self.chosen_theme = name
        self.theme, why_not = theme_for(name, colors=self.console.color_system, no_color=self.no_color)
        kept = self.workspace.keep_theme(name)
        self.say(" ".join(filter(None, (why_not or f"Theme {name}.", kept))))

    def redraw(self) -> None:
        """`ctrl+l`: draws everything again."""
        self.refresh(layout=True)
        self.screen.refresh(layout=True)

    def show_tenants(self) -> None:
        """`p`: the tenants of all profiles, or why there are none."""
        settings = self.workspace.core.settings
        if settings.demo:
            self.say("The demo has no profiles: it never speaks to a real tenant.")
        elif not settings.profiles:
            self.say(f"{settings.config_path} has no profile yet; a section [profile.NAME] makes one.")
        else:
            self.open(OpenTenants())

    def show_help(self) -> None:
        """`?`: keys of the screen."""
        from backup_tui.ui.frame.help import HelpScreen

        if self.shown:
            self.push_screen(HelpScreen(self.shown))

    def show_palette(self) -> None:
        """`:`: commands by name."""
        from backup_tui.ui.frame.palette import PaletteScreen

        if self.shown:
            self.push_screen(PaletteScreen(self.shown))

    def go_back(self) -> None:
        """`esc`, `q`: out of this screen; at the top `q` twice leaves."""
        if len(self.screen_stack) > 1:
            self.pop_screen()
        else:
            self.leaving.ask(self.back_key)

    @property
    def back_key(self) -> str:
        """The key that quits when it is pressed twice at the top: the last one that leads back."""
        return self.keys.get("back", ("q",))[-1]

    def restart_with(self, restart: Restart) -> None:
        """Ends this app for another profile or another sign-in, as every exit does; the sign-in that was used is kept,
        so that nobody is asked again who comes back."""
        if self.beginning.tenants is not None and not self.beginning.choosing:
            self.beginning.tenants.keep(self.workspace.core)
        self.next_start = replace(restart, beginning=replace(restart.beginning, theme=self.chosen_theme))
        self.exit(0)

    async def go_on_as_another(self, error: "AnotherSignIn") -> None:
        """Somebody else signed in: nothing of what is here is shown, or read, under that name."""
        if self.next_start is None:
            workspace = await self.workspace.core.for_another()
            self.restart_with(Restart(workspace, replace(self.beginning, words=error.sentences)))

    def leave(self, code: int) -> None:
        """Ends the program with an exit code, and a word about what continues without it."""
        self.leaving.leave(code)
