"""Ids by their beginning, as every list and message shows them, in every command that takes one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from test_lost_answers import draft

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]
UNKNOWN = "00000000-1111-4222-8333-444444444444"
FAST = ("--interval", "0.1")


def shortest(known: list[str], whole: str) -> str:
    """The shortest beginning, of at least 4 characters, that only one id has."""
    return next(whole[:size] for size in range(4, 37) if sum(one.startswith(whole[:size]) for one in known) == 1)


@pytest.mark.parametrize("upper", [False, True])
def test_the_beginning_of_an_id_is_enough_for_every_command_on_a_session(
    command: Command, served: Running, names: Names, upper: bool
) -> None:
    session = draft(command, served, names)
    short = shortest([one["id"] for one in command("sessions", "list", "--json").json], session)
    short = short.upper() if upper else short
    assert command("sessions", "show", short, "--json").json["id"] == session
    assert "--confirm" in command("sessions", "activate", short).err
    assert command("sessions", "delete", short).code == 2
    assert command("sessions", "activate", short, "--confirm", "restore 1").code == 0
    watched = command("sessions", "watch", short, "--until-done", *FAST)
    assert (watched.code, session in watched.out) == (0, True)


def test_the_beginning_of_an_id_is_enough_for_policies_and_units(command: Command) -> None:
    policies = [one["id"] for one in command("policies", "list", "--json").json]
    short = shortest(policies, policies[0])
    assert command("policies", "show", short, "--json").json["id"] == policies[0]
    units = [one["id"] for one in command("units", "list", "--json").json]
    beginning = shortest(units, units[3])
    assert command("points", "list", "--unit", beginning).code == 0
    assert "unit" in command("units", "offboard", beginning).err


def test_a_beginning_that_several_have_lists_them(command: Command, served: Running, names: Names) -> None:
    session = draft(command, served, names)
    other = next(iter(served.service.sessions.values()))
    twin = session[:10] + other.id[10:]
    other.id = twin
    served.service.sessions = {each.id: each for each in served.service.sessions.values()}
    ambiguous = command("sessions", "show", session[:8])
    assert ambiguous.code == 2
    assert session in ambiguous.err
    assert twin in ambiguous.err
    assert "draft" in ambiguous.err


@pytest.mark.parametrize(
    "words",
    [
        ["sessions", "show", "fffffff0"],
        ["sessions", "watch", UNKNOWN],
        ["sessions", "watch", UNKNOWN, "--until-done"],
        ["sessions", "activate", "fffffff0", "--confirm", "restore 1"],
        ["sessions", "delete", "zzzzzzzz", "--yes"],
        ["policies", "show", "zzzzzzzz"],
        ["policies", "activate", "zzzzzzzz", "--confirm", "protect"],
        ["units", "offboard", "zzzzzzzz"],
        ["points", "list", "--unit", "zzzzzzzz"],
    ],
    ids=" ".join,
)
def test_an_id_that_nothing_has_ends_at_once_with_5(command: Command, words: list[str]) -> None:
    done = command(*words)
    assert (done.code, done.out) == (5, ""), done.err


@pytest.mark.parametrize("text", ["abc", "d"])
def test_a_beginning_that_is_too_short_is_refused(command: Command, text: str) -> None:
    refused = command("sessions", "show", text)
    assert refused.code == 2
    assert "at least 4 characters" in refused.err


def test_one_wrong_id_among_several_is_said_before_anything_is_watched(
    command: Command, served: Running, names: Names
) -> None:
    session = draft(command, served, names)
    done = command("sessions", "watch", UNKNOWN, session, *FAST)
    assert (done.code, done.out) == (5, "")


def test_a_draft_that_is_deleted_while_it_is_watched_ends_the_watching(
    command: Command, served: Running, names: Names
) -> None:
    session = draft(command, served, names)
    served.service.faults.add("other", method="GET", path=f"restoreSessions/{session}$", after=2, deed="delete")
    done = command("sessions", "watch", session, *FAST)
    assert done.code == 5
    assert "not found" in done.out
