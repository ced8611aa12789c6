"""Specifies commands: one source for footer and key tables, reasons for what is blocked, no key twice."""

from __future__ import annotations

import importlib
import inspect
from pathlib import Path
from typing import Any

import pytest
from all_screens import all_screens
from msgspec.structs import replace

from backup_tui.ui.frame.commands import Command, CommandSet, Context, key_table, lay_out_footer
from backup_tui.ui.frame.shared_commands import shared_commands


def nothing(screen: object, row: str | None) -> None:
    """A handler that does nothing."""


OPEN: Command[Any, Any] = Command("open", ("enter",), "open", "Opens the row.", run=nothing, needs_row=True)
ACTIVATE: Command[Any, Any] = Command(
    "activate",
    ("A",),
    "activate (review)",
    "Opens the review.",
    run=nothing,
    side="right",
    changes=True,
    group="Change",
)
SHARED = shared_commands(("Overview", "Policies"))


def test_a_command_says_why_it_is_blocked_the_workspace_first() -> None:
    assert ACTIVATE.reason(Context(read_only="This profile only reads.")) == "This profile only reads."
    assert ACTIVATE.reason(Context()) is None
    assert OPEN.reason(Context(row=None)) == "No row here."


def test_two_commands_cannot_have_one_key() -> None:
    with pytest.raises(ValueError, match="key A is claimed by activate and again"):
        CommandSet([ACTIVATE, replace(ACTIVATE, id="again")])


def test_a_screens_own_key_wins_over_a_shared_one() -> None:
    commands = CommandSet([Command("reread", ("r",), "re-read", run=nothing)], SHARED)
    found = commands.by_key("r")
    assert found is not None
    assert found.id == "reread"
    assert commands.by_id("refresh") is None


def test_the_footer_shows_blocked_entries_and_keeps_the_right_side_when_narrow() -> None:
    entries = CommandSet([OPEN, ACTIVATE], SHARED).footer(Context())
    placed = lay_out_footer(entries, 80)
    assert [(x, entry.text, entry.blocked) for x, entry in placed] == [
        (1, "enter open", True),
        (13, "? help", False),
        (21, ": more", False),
        (60, "A activate (review)", False),
    ]
    assert [entry.text for _x, entry in lay_out_footer(entries, 42)] == [
        "enter open",
        "? help",
        "A activate (review)",
    ]
    assert [entry.text for _x, entry in lay_out_footer(entries, 34)] == ["enter open", "A activate (review)"]
    row_only = CommandSet([replace(OPEN, dims=False), ACTIVATE], ())
    assert [entry.text for entry in row_only.footer(Context())] == ["A activate (review)"], "it makes room"
    assert [entry.text for entry in row_only.footer(Context(row="a"))] == ["enter open", "A activate (review)"]


def test_the_key_table_names_each_command_once() -> None:
    table = key_table([CommandSet([OPEN], SHARED), CommandSet([OPEN, ACTIVATE], SHARED)])
    assert table.count("| `enter` | Opens the row. |") == 1
    assert "| `: ctrl+p`" not in table
    assert "| `:` `ctrl+p` | Commands by name, and everything loaded. |" in table


TYPO = """
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.frame.screen import BaseScreen

class Sessions(BaseScreen):
    def open_review(self, row):
        pass

Sessions.offers((Command("review", ("A",), run=Sessions.opne_review),))
"""


def test_a_misspelt_handler_is_found_when_its_module_is_imported_not_when_its_key_is_pressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "screen_with_a_typo.py").write_text(TYPO)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(AttributeError, match="opne_review"):
        importlib.import_module("screen_with_a_typo")


@pytest.mark.parametrize("screen", all_screens(), ids=lambda screen: screen.__name__)
def test_no_screen_overrides_a_handler_that_its_command_names_in_another_class(screen: Any) -> None:
    handlers = [command.run for command in screen.OWN_COMMANDS]
    methods = [run for run in handlers if "." in run.__qualname__ and "<" not in run.__qualname__]
    overridden = [run for run in methods if inspect.getattr_static(screen, run.__name__) is not run]
    assert [run.__qualname__ for run in overridden] == []


@pytest.mark.parametrize("screen", all_screens(), ids=lambda screen: screen.__name__)
def test_the_commands_of_every_screen_go_together_and_each_can_be_found(screen: Any) -> None:
    shared = shared_commands(("Overview", "Policies"))
    commands = CommandSet(screen.OWN_COMMANDS, shared).commands
    assert [command.id for command in commands if not (command.keys or command.name)] == []
    assert [command.id for command in commands if command.keys and not command.help] == []
