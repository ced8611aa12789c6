"""Writes the key tables of README.md from the commands: `python screenshots/keys.py`.

A test compares them, so a key that is changed without its README is noticed.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from backup_tui.ui.activity.screen import ActivityScreen
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


if __name__ == "__main__":
    README.write_text(with_keys(README.read_text(encoding="utf-8")), encoding="utf-8")
