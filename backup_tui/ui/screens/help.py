"""`?`: the keys of a screen, made from its commands; a key that is blocked says why."""

from __future__ import annotations

from backup_tui.ui.cells import fit
from backup_tui.ui.commands import GROUPS, key_name
from backup_tui.ui.screens.base import BaseScreen
from backup_tui.ui.screens.pager import PagerScreen


def help_lines(screen: BaseScreen) -> list[str]:
    """Every key of `screen` with its sentence, by group; below it why it is not possible now."""
    context = screen.context()
    commands = [*screen.commands.commands, *screen.list_commands()]
    lines: list[str] = []
    for group in GROUPS:
        members = [command for command in commands if command.group == group and command.keys and command.help]
        if not members:
            continue
        lines += ([""] if lines else []) + [group]
        for command in members:
            keys = " ".join(key_name(key) for key in command.keys)
            lines.append(f"  {fit(keys, 14, more='')} {command.help}")
            if (reason := command.reason(context)) is not None:
                lines.append(f"{' ' * 17}not now: {reason}")
    return lines


class HelpScreen(PagerScreen):
    """Help of one screen.

    Args:
        screen: The screen that the keys belong to.
    """

    def __init__(self, screen: BaseScreen) -> None:
        super().__init__("Keys", help_lines(screen), wrapped=False)
