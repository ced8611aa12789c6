"""The key tables of docs/keys.md, made of the commands of the screens; `reference.py` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from backup_tui.ui.every_screen import every_screen, screen_name
from backup_tui.ui.frame.commands import LIST_COMMANDS, Command, key_name
from backup_tui.ui.frame.listing import COLUMNS, FILTER, SORT
from backup_tui.ui.frame.shared_commands import shared_commands

TITLES = ("Overview", "Policies", "Sessions", "Units", "Activity")
PALETTE = ":"
"""Shown for a command that has no key of its own."""


def key_section() -> str:
    """All key tables, as Markdown: what works everywhere first, then each screen's own, the numbered ones first."""
    shared = [("Everywhere", list(shared_commands(TITLES))), ("In lists", [*LIST_COMMANDS, FILTER, SORT, COLUMNS])]
    told = {_known_by(command) for _title, commands in shared for command in commands}
    own = [
        (
            screen_name(screen),
            [command for command in (*screen.OWN_COMMANDS, *screen.LATER_COMMANDS) if _known_by(command) not in told],
        )
        for screen in every_screen()
    ]
    return "\n\n".join(f"## {title}\n\n{_table(commands)}" for title, commands in [*shared, *own] if commands)


def _known_by(command: Command[Any, Any]) -> tuple[str, tuple[str, ...], str]:
    return command.id, tuple(command.keys), command.help


def _table(commands: Iterable[Command[Any, Any]]) -> str:
    rows = ["| Key | What it does | Id |", "|---|---|---|"]
    for command in commands:
        keys = " ".join(f"`{key_name(key)}`" for key in command.keys) or f"`{PALETTE}`"
        words = command.help or command.name or command.label
        rows.append(f"| {keys} | {words} | `{command.id}` |".replace("`|`", r"`\|`"))
    return "\n".join(rows)
