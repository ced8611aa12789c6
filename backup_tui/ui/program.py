"""The program as its screens see it: what they may ask of the app, so that no screen has to import it."""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from textual.screen import Screen
    from textual.worker_manager import WorkerManager

    from backup_tui.ui.bridge import Bridge
    from backup_tui.ui.frame.commands import Command, Keys
    from backup_tui.ui.frame.list_habits import ListHabits
    from backup_tui.ui.restart import Restart, StartOptions
    from backup_tui.ui.routes import Open
    from backup_tui.ui.shown_workspace import ShownWorkspace
    from backup_tui.workspace import AnotherSignIn


class ShownScreen(Protocol):
    """The screen that a person sees."""

    def close(self) -> bool:
        """Leaves it, once; whether it did."""
        ...


class KeepsPlaces(Protocol):
    """Knows how lists were left."""

    def noted(self, screen: Any) -> None:
        """A person filtered a list."""
        ...

    def restore(self, screen: Any) -> None:
        """Filters a list as it was left."""
        ...


class Program(Protocol):
    """What screens use of the app. `finished`: what is said of restores that have just ended, until a key is
    pressed."""

    workspace: "ShownWorkspace"  # what is shown and acted on
    bridge: "Bridge"  # carries news of the store to the screens
    beginning: "StartOptions"  # how this app began
    titles: tuple[str, ...]  # titles of the screens 1 to 5
    happened: str
    ending: bool  # whether the end has begun
    keys: "Keys"  # keys that the person chose
    places: "KeepsPlaces"  # how lists were left

    @property
    def habits(self) -> "ListHabits":
        """Filters and orders that lists had."""
        ...

    @property
    def shown(self) -> ShownScreen | None:
        """The screen that is shown, when it is one of ours."""
        ...

    @property
    def back_key(self) -> str:
        """The key that quits when it is pressed twice at the top."""
        ...

    @property
    def too_small(self) -> bool:
        """Whether the terminal is too small for the words that must not be cut."""
        ...

    @property
    def workers(self) -> "WorkerManager":
        """Work beside the screens."""
        ...

    def open(self, place: "Open") -> None:
        """Shows a destination: above what is shown, or one of the screens 1 to 5 in place of all that."""
        ...

    def push_screen(self, screen: "Screen[Any]") -> object:
        """Shows a screen of one's own feature, or of the frame, above what is shown."""
        ...

    def say(self, text: str, *, everywhere: bool = False) -> None:
        """Puts one sentence on the message line; with `everywhere` it stays there on whatever screen."""
        ...

    def refused(self, reason: str) -> None:
        """Takes away why a key did nothing once another key is pressed."""
        ...

    def message_on(self, screen: "Screen[Any]") -> str:
        """What the message line of a screen says."""
        ...

    def tell_happened(self) -> None:
        """Says which restores have ended, first failed or do not move."""
        ...

    def tell_connection(self) -> None:
        """Says what is wrong with the way to the service when that changes."""
        ...

    def start(self, work: Awaitable[object], name: str, group: str = "work", exclusive: bool = False) -> None:
        """Runs work beside the screens; a failure goes to `report`."""
        ...

    def report(self, error: Exception) -> None:
        """Turns a failure of an action into words."""
        ...

    def run_command(self, screen: "Screen[Any]", command: "Command[Any, Any]", row: str | None) -> None:
        """Hands a command that is possible to its handler."""
        ...

    def go_back(self) -> None:
        """Goes out of the screen that is shown."""
        ...

    def go_to(self, number: int) -> None:
        """Shows one of the screens 1 to 5."""
        ...

    async def read_again(self) -> None:
        """Reads again what the screen shows."""
        ...

    def toggle_pause(self) -> None:
        """Pauses reading, or resumes it."""
        ...

    def choose_theme(self, name: str) -> None:
        """Shows a theme, and keeps it for the next start."""
        ...

    def redraw(self) -> None:
        """Redraws the screen."""
        ...

    def show_tenants(self) -> None:
        """Shows the tenants of all profiles, or says why there are none."""
        ...

    def show_help(self) -> None:
        """Shows the keys of the screen that is shown."""
        ...

    def show_palette(self) -> None:
        """Shows commands by name."""
        ...

    def action_suspend_process(self) -> None:
        """To the background."""
        ...

    def restart_with(self, restart: "Restart") -> None:
        """Ends this app for another profile or another sign-in."""
        ...

    async def go_on_as_another(self, error: "AnotherSignIn") -> None:
        """Begins again for somebody else who has signed in."""
        ...

    def leave(self, code: int) -> None:
        """Ends the program with an exit code, and a word about what continues without it."""
        ...

    def exit(self, result: int | None = None, return_code: int = 0, message: Any | None = None) -> None:
        """Ends the program."""
        ...
