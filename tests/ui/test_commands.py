"""Specifies commands: one source for footer and key tables, reasons for what is blocked, no key twice."""

from __future__ import annotations

import pytest

from backup_tui.ui.frame.commands import Command, CommandSet, Context, key_table, lay_out_footer
from backup_tui.ui.frame.shared_commands import shared_commands


class Open(Command[Context]):
    id, keys, label, help = "open", ("enter",), "open", "Opens the row."
    needs_row = True


class Activate(Command[Context]):
    id, keys, label, help = "activate", ("A",), "activate (review)", "Opens the review."
    side, changes, group = "right", True, "Change"


SHARED = shared_commands(("Overview", "Policies"))


def test_a_command_says_why_it_is_blocked_the_workspace_first():
    assert Activate().reason(Context(read_only="This profile only reads.")) == "This profile only reads."
    assert Activate().reason(Context()) is None
    assert Open().reason(Context(row=None)) == "There is no row here."


def test_two_commands_cannot_have_one_key():
    class Again(Activate):
        id = "again"

    with pytest.raises(ValueError, match="key A is claimed by activate and again"):
        CommandSet([Activate(), Again()])


def test_a_screens_own_key_wins_over_a_shared_one():
    class Read(Command[Context]):
        id, keys, label = "reread", ("r",), "re-read"

    commands = CommandSet([Read()], SHARED)
    assert commands.by_key("r").id == "reread"
    assert commands.by_id("refresh") is None


def test_the_footer_shows_blocked_entries_and_keeps_the_right_side_when_narrow():
    entries = CommandSet([Open(), Activate()], SHARED).footer(Context())
    placed = lay_out_footer(entries, 80)
    assert [(x, entry.text, entry.blocked) for x, entry in placed] == [
        (1, "enter open", True),
        (13, "? help", False),
        (21, ": more", False),
        (61, "A activate (review)", False),
    ]
    assert [entry.text for _x, entry in lay_out_footer(entries, 40)] == [
        "? help",
        ": more",
        "A activate (review)",
    ]


def test_the_key_table_names_each_command_once():
    table = key_table([CommandSet([Open()], SHARED), CommandSet([Open(), Activate()], SHARED)])
    assert table.count("| `enter` | Opens the row. |") == 1
    assert "| `: ctrl+p`" not in table
    assert "| `:` `ctrl+p` | Commands by name, and ids. |" in table
