"""Writes the key tables of README.md, and docs/keys.md, from the commands: `python screenshots/keys.py`.

A test compares them, so a key that is changed without its README is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backup_tui.ui.activity.screen import ActivityScreen
from backup_tui.ui.every_screen import key_rows
from backup_tui.ui.frame.commands import LIST_COMMANDS, Command, CommandSet, key_table
from backup_tui.ui.frame.listing import FILTER, SORT
from backup_tui.ui.frame.shared_commands import shared_commands
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.plans.check import PlanCheckScreen
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.units.screen import UnitsScreen

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- keys: written by screenshots/keys.py -->", "<!-- /keys -->"
TITLES = ("Overview", "Policies", "Sessions", "Units", "Activity")

SCREENS: tuple[tuple[str, Iterable[Command[Any, Any]]], ...] = (
    ("Overview", OverviewScreen.OWN_COMMANDS),
    ("Policies", PoliciesScreen.OWN_COMMANDS),
    ("Sessions", SessionsScreen.OWN_COMMANDS),
    ("One restore", SessionDetail.OWN_COMMANDS),
    ("Units", UnitsScreen.OWN_COMMANDS),
    ("Activity", ActivityScreen.OWN_COMMANDS),
    ("New restore", NewRestore.OWN_COMMANDS),
    ("Plan check", PlanCheckScreen.OWN_COMMANDS),
)


def key_section() -> str:
    """All key tables, as Markdown: what works everywhere first, then each screen's own."""
    seen: set[tuple[tuple[str, ...], str]] = set()
    parts = []
    for title, commands in (
        ("Everywhere", shared_commands(TITLES)),
        ("In lists", (*LIST_COMMANDS, FILTER, SORT)),
        *SCREENS,
    ):
        new = [command for command in commands if (tuple(command.keys), command.help) not in seen]
        seen.update((tuple(command.keys), command.help) for command in new)
        parts += [f"**{title}**", key_table([CommandSet(new)])]
    return "\n\n".join(parts)


def with_keys(text: str) -> str:
    """A README with its key tables as they are now.

    Raises:
        ValueError: It has no place for them.
    """
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{README.name} has no place for the keys: {BEGIN} ... {END}")
    return f"{before}{BEGIN}\n{key_section()}\n{END}{after}"


KEYS = Path(__file__).parents[1] / "docs" / "keys.md"
_ABOUT = """\
# Keys

Written by `screenshots/keys.py` from the commands of the screens. `?` shows those of the screen that is open, and
`backup-tui config keys` lists all of them as they are on your machine.

## Keys of your own

Each command has an id. A section of the configuration file gives it other keys, one or several, on every screen that
has the command:

```toml
[keys]
review = "ctrl+a"
refresh = ["f5", "r"]
```

A key is written as it is shown: a letter or digit, a sign such as `?`, `ctrl+e`, `alt+e`, `f5`, `enter`, `space`,
`tab`, `up`, `PgDn`, `Home`. Footer, help, palette, messages and lists then name the new key. If two commands of one
screen would have the same key, nothing starts: the message names both commands, the screen, and the line of the file.

`esc` always leads back, `ctrl+q` and `ctrl+c` twice always quit, and `ctrl+z` always suspends the program. In a text
field, keys that are text are text. The phrase that starts or changes something is always typed.

## Every command

A command without a key of its own is in the palette (`:`), and `[keys]` can give it one.
"""


def every_key() -> str:
    """The page of all commands with their keys."""
    lines = ["| Command | Keys | Screens | What it does |", "|---|---|---|---|"]
    for row in key_rows():
        keys = " ".join(f"`{key}`" for key in row.keys).replace("`|`", "`\\|`")
        lines.append(f"| `{row.id}` | {keys} | {', '.join(row.screens) or 'everywhere'} | {row.help} |")
    return _ABOUT + "\n" + "\n".join(lines) + "\n"


if __name__ == "__main__":
    KEYS.write_text(every_key(), encoding="utf-8")
    README.write_text(with_keys(README.read_text(encoding="utf-8")), encoding="utf-8")
