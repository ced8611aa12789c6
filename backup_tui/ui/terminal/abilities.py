"""What a terminal can do beyond text, by what it says of itself in the environment. Pure, and rather no than yes.

A terminal that does not know a sequence may print it, or take it for another one: `OSC 9` alone is a notification in
some. So only those are listed whose own pages name the version from which on they know it.
"""

import re
from collections.abc import Mapping

from msgspec import Struct


class Ability(Struct, frozen=True):
    """Who has something."""

    # `TERM_PROGRAM` of terminals, lower case, each with the first version that has it
    programs: Mapping[str, tuple[int, ...]]
    vte: int  # first `VTE_VERSION` that has it
    variables: Mapping[str, str]  # variables that only terminals set that have it, with their value; empty for any
    terms: frozenset[str] = frozenset()  # values of `TERM`


LINKS = Ability(
    {"iterm.app": (3, 1), "wezterm": (20200620,), "ghostty": (1, 0), "vscode": (1, 72), "mintty": (3, 1, 4)},
    5_000,
    {"WT_SESSION": "", "KITTY_WINDOW_ID": ""},
    frozenset({"xterm-kitty", "xterm-ghostty", "foot", "foot-extra"}),
)
"""Links (`OSC 8`): https://github.com/Alhadis/OSC8-Adoption"""

PROGRESS = Ability({"ghostty": (1, 2), "mintty": (3, 4, 2)}, 8_000, {"WT_SESSION": "", "ConEmuANSI": "ON"})
"""Progress in the task bar (`OSC 9;4`): https://conemu.github.io/en/AnsiEscapeCodes.html#ConEmu_specific_OSC"""


def can(ability: Ability, choice: str, environ: Mapping[str, str]) -> bool:
    """Whether the terminal is to be sent something: as the setting says, with `auto` where it is known to have it.

    Inside tmux and screen the variables are those of a terminal around them, or of one that is long gone.
    """
    if choice != "auto":
        return choice == "on"
    term = environ.get("TERM", "")
    if environ.get("TMUX") or environ.get("STY") or term in ("", "dumb", "linux") or term[:4] in ("tmux", "scre"):
        return False
    for name, value in ability.variables.items():
        if environ.get(name) and (not value or environ[name] == value):
            return True
    if term in ability.terms or _number(environ.get("VTE_VERSION", "")) >= ability.vte:
        return True
    least = ability.programs.get(environ.get("TERM_PROGRAM", "").lower())
    return least is not None and _version(environ.get("TERM_PROGRAM_VERSION", "")) >= least


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _version(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"[0-9]{1,9}", text)[:3])
