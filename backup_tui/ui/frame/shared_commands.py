"""Commands that mean the same on every screen."""

from __future__ import annotations

from backup_tui.ui.frame.commands import Command, Context


class ShowScreen(Command[Context]):
    """Goes to one of the screens 1 to 5; `run_show_<n>` is answered by the app."""

    group = "Screens"

    def __init__(self, number: int, title: str) -> None:
        self.number = number
        self.title = title
        self.id = f"show_{number}"
        self.keys = (str(number),)
        self.help = f"{title}."
        self.name = title.lower()


class Refresh(Command[Context]):
    """Reads again what the screen shows."""

    id = "refresh"
    keys = ("r",)
    help = "Reads again now."
    name = "refresh"
    aliases = ("read",)
    group = "Program"


class Redraw(Command[Context]):
    """Draws the whole terminal again, after something else wrote on it."""

    id = "redraw"
    keys = ("ctrl+l",)
    help = "Draws the screen again."
    name = "redraw"
    group = "Program"


class Pause(Command[Context]):
    """Stops reading for a while."""

    id = "pause"
    keys = ("P",)
    help = "Pauses reading; ends by itself after 15 minutes; again goes on."
    name = "pause"
    group = "Program"


class ShowHelp(Command[Context]):
    """The keys of this screen."""

    id = "help"
    keys = ("question_mark",)
    label = "help"
    help = "The keys of this screen."
    name = "help"
    group = "Program"
    weight = 1


class ShowPalette(Command[Context]):
    """Commands by name."""

    id = "palette"
    keys = ("colon", "ctrl+p")
    label = "more"
    help = "Commands by name, and ids."
    group = "Program"
    weight = 2


class ShowTenant(Command[Context]):
    """Tenant and sign-in."""

    id = "tenant"
    keys = ("T",)
    help = "Tenant and sign-in: who is signed in, and what that one may and may not do; profiles; signing out."
    name = "tenant"
    aliases = ("sign-in", "whoami", "permissions", "profile")
    group = "Screens"


class Back(Command[Context]):
    """Out of where one is; on a top screen `q` twice leaves."""

    id = "back"
    keys: tuple[str, ...] = ("escape", "q")
    help = "Back; at the top q twice leaves."
    group = "Program"


class Leave(Command[Context]):
    """Ends the program."""

    id = "leave"
    keys = ("ctrl+q",)
    help = "Leaves; so does ctrl+c twice. Running restores go on."
    name = "q"
    aliases = ("quit", "exit", "leave")
    group = "Program"


class Suspend(Command[Context]):
    """Gives the terminal back to the shell for a while."""

    id = "suspend"
    keys = ("ctrl+z",)
    help = "Goes to the background; fg brings it back."
    name = "suspend"
    group = "Program"


def shared_commands(titles: tuple[str, ...]) -> tuple[Command[Context], ...]:
    """The commands of the whole program, with the screens that there are."""
    return (
        ShowHelp(),
        ShowPalette(),
        *(ShowScreen(number, title) for number, title in enumerate(titles, start=1)),
        ShowTenant(),
        Refresh(),
        Pause(),
        Redraw(),
        Back(),
        Suspend(),
        Leave(),
    )
