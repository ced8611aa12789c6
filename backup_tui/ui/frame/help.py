"""`?`: the keys of a screen, made from its commands; a key that is blocked says why."""

from __future__ import annotations

from backup_tui.ui.frame.commands import GROUPS, key_name
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.widgets.cells import fit, wrap
from backup_tui.ui.widgets.text_lines import TextLines

_KEYS = 14
"""Cells for the keys of a command."""


def help_lines(screen: BaseScreen, width: int = 78) -> list[str]:
    """Every key of `screen` with its sentence, by group; below it why it is not possible now.

    Args:
        screen: The screen that the keys belong to.
        width: Cells of a line; a longer sentence goes on below its beginning.
    """
    context = screen.whole_context()
    commands = [*screen.commands.commands, *screen.list_commands()]
    lines: list[str] = []
    for group in GROUPS:
        members = [command for command in commands if command.group == group and command.keys and command.help]
        if not members:
            continue
        lines += ([""] if lines else []) + [group]
        for command in members:
            keys = " ".join(key_name(key) for key in command.keys)
            sentences = wrap(command.help, width - _KEYS - 3)
            if (reason := command.reason(context)) is not None:
                sentences += wrap(f"not now: {reason}", width - _KEYS - 3)
            for number, sentence in enumerate(sentences):
                lines.append(f"  {fit('' if number else keys, _KEYS, more='')} {sentence}")
    return lines


class HelpScreen(PagerScreen):
    """Help of one screen.

    Args:
        screen: The screen that the keys belong to.
    """

    def __init__(self, screen: BaseScreen) -> None:
        super().__init__("Keys", help_lines(screen, screen.app.size.width - 2), wrapped=False)
        self._about = screen

    def on_resize(self) -> None:
        """The sentences are laid out to the width."""
        self.query_one(TextLines).show(help_lines(self._about, self.app.size.width - 2))
