"""Commands that mean the same on every screen."""

from typing import TYPE_CHECKING

from msgspec.structs import replace

from backup_tui.config import THEMES
from backup_tui.ui.frame.commands import Command, Commands, Context, Handler
from backup_tui.ui.routes import OpenTenant

_COLORS = ("colors", "look", "appearance")
_THEME_ALIASES = {
    "terminal": ("ansi", "default colors"),
    "midnight": ("dark", "night"),
    "paper": ("light", "white", "day"),
    "contrast": ("high contrast", "color blind", "colorblind", "accessibility"),
}

THEME_WORDS = {
    "terminal": "Terminal's own colors; this theme is kept for the next start.",
    "midnight": "Dark background; this theme is kept for the next start.",
    "paper": "Light background; this theme is kept for the next start.",
    "contrast": "White on black; nothing is dim; this theme is kept for the next start.",
}

if TYPE_CHECKING:
    from backup_tui.ui.frame.screen import BaseScreen

# fmt: off
REFRESH: "Command[BaseScreen, Context]" = Command(
    "refresh", ("r",), help="Reads this screen again now.", run=lambda screen, row: screen.read_again(row),
    name="refresh", aliases=("read",), group="Program"
)
BACK: "Command[BaseScreen, Context]" = Command(
    "back", ("escape", "q"), help="Back: dialog, field, filter, screen; q q at the top quits.",
    run=lambda screen, row: screen.go_back(row), group="Program"
)
HELP: "Command[BaseScreen, Context]" = Command(
    "help", ("question_mark",), "help", "Keys of this screen.", run=lambda screen, _row: screen.program.show_help(),
    group="Program", weight=8
)
PALETTE: "Command[BaseScreen, Context]" = Command(
    "palette", ("colon", "ctrl+p"), "more", "Commands by name, and everything loaded.",
    run=lambda screen, _row: screen.program.show_palette(), group="Program", weight=9
)
TENANT: "Command[BaseScreen, Context]" = Command(
    "tenant", ("T",),
    help="Tenant and sign-in: who is signed in, what is allowed; profiles; signing out.",
    run=lambda screen, _row: screen.program.open(OpenTenant()), name="tenant",
    aliases=("sign-in", "whoami", "permissions", "profile"), group="Screens"
)
PROFILES: "Command[BaseScreen, Context]" = Command(
    "profiles", ("p",), help="All tenants: what runs in each profile, read-only; opens another one.",
    run=lambda screen, _row: screen.program.show_tenants(), name="all tenants", aliases=("profiles", "customers"),
    group="Screens"
)
PAUSE: "Command[BaseScreen, Context]" = Command(
    "pause", ("P",), help="Pauses reading for 15 min; again resumes.",
    run=lambda screen, _row: screen.program.toggle_pause(), name="pause", group="Program"
)
REDRAW: "Command[BaseScreen, Context]" = Command(
    "redraw", ("ctrl+l",), help="Redraws the screen.", run=lambda screen, _row: screen.program.redraw(),
    name="redraw", group="Program"
)
SUSPEND: "Command[BaseScreen, Context]" = Command(
    "suspend", ("ctrl+z",), help="Suspends the program; fg brings it back.",
    run=lambda screen, _row: screen.program.action_suspend_process(), name="suspend", group="Program"
)
LEAVE: "Command[BaseScreen, Context]" = Command(
    "leave", ("ctrl+q",), help="Quits (or press Ctrl+C twice). Running restores continue.",
    run=lambda screen, _row: screen.program.leave(0), name="leave", aliases=("q", "quit", "exit"),
    group="Program"
)
# fmt: on


def _show_screen(number: int, title: str) -> "Command[BaseScreen, Context]":
    run: Handler[BaseScreen] = lambda screen, _row: screen.program.go_to(number)  # noqa: E731
    return Command(f"show_{number}", (str(number),), help=f"{title}.", run=run, name=title.lower(), group="Screens")


def _show_theme(theme: str) -> "Command[BaseScreen, Context]":
    """Shows another theme; only the palette has it, by name."""
    run: Handler[BaseScreen] = lambda screen, _row: screen.program.choose_theme(theme)  # noqa: E731
    return Command(
        f"theme_{theme}", help=THEME_WORDS[theme], run=run, name=f"theme {theme}",
        aliases=(*_THEME_ALIASES[theme], *_COLORS), group="Program",
    )  # fmt: skip


DIALOG = frozenset({"back", "redraw", "suspend", "leave"})
"""What works on a screen that has to be answered, or whose field takes every letter."""


def shared_commands(titles: tuple[str, ...]) -> "Commands[BaseScreen, Context]":
    """The commands of the whole program, with the screens that there are."""
    screens = (_show_screen(number, title) for number, title in enumerate(titles, start=1))
    themes = map(_show_theme, THEMES)
    back = replace(BACK, side="right", weight=4, footer_text=lambda context: "back" if context.stacked else "")
    return (HELP, PALETTE, *screens, TENANT, PROFILES, REFRESH, PAUSE, REDRAW, back, SUSPEND, *themes, LEAVE)
