"""Plain mode: the jobs of the screens as questions and lines, typed into a real process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from test_lost_answers import sound

from backup_tui.headless.arguments import parse
from backup_tui.headless.plain.jobs import JOBS
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Typed = Callable[..., str]


@pytest.fixture
def typed(environment: dict[str, str]) -> Typed:
    """Types lines and returns everything that was printed; nothing goes to stderr, so that all is in order."""

    def run(*lines: str, term: str = "dumb", options: tuple[str, ...] = ()) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "backup_tui", "--plain", *options],
            input="".join(line + "\n" for line in lines),
            env=os.environ | environment | {"TERM": term},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout

    return run


def number(title: str) -> str:
    return str([job.title.startswith(title) for job in JOBS].index(True) + 1)


def test_it_says_where_one_is_and_which_jobs_there_are(typed: Typed) -> None:
    out = typed("quit")
    assert out.startswith("backup-tui, contoso.com, adele.vance@contoso.com, write.\n")
    assert [f"{place}. {job.title}" in out for place, job in enumerate(JOBS, 1)] == [True] * len(JOBS)
    assert out.endswith("Restores continue. Goodbye.\n")


def test_nothing_moves_the_cursor(typed: Typed) -> None:
    out = typed(number("Restores"), "", "quit")
    assert [char for char in out if ord(char) < 0x20 and char != "\n"] == []


def test_a_restore_from_the_names_to_its_end(typed: Typed, command: Command, served: Running) -> None:
    unit = sound(served, "exchange")
    out = typed(number("New"), "exch", str(unit.address), "", "2h ago", "new", "restore 1", "quit")
    assert "1 name on 1 line: 1 found." in out or "1 line: 1 found." in out
    assert "Type the phrase to start it" in out
    assert re.search(r"completed: 1 done, 0 in progress, 0 failed, of 1", out)
    assert command("sessions", "list", "--since", "5 min", "--status", "completed", "--json").json


def test_input_that_cannot_be_used_is_asked_again_and_keeps_the_rest(typed: Typed, served: Running) -> None:
    unit = sound(served, "exchange")
    out = typed(
        number("New"),
        "exchange",
        str(unit.address),
        "",
        "soonish",
        "new",
        "",
        str(unit.address),
        "",
        "2h",
        "",
        "",
        "quit",
    )
    assert "soonish" in out
    assert "The questions are asked again; an empty line keeps the earlier answer." in out
    assert (
        "Exchange mailboxes, OneDrive accounts or SharePoint sites (exchange, onedrive, sharepoint) [exchange]" in out
    )
    assert "holds 1 mailbox" in out
    assert out.count("Back at the menu") == 1, "no phrase was typed, so it stays a draft"


def test_a_wrong_phrase_starts_nothing(typed: Typed, command: Command, served: Running) -> None:
    unit = sound(served, "exchange")
    out = typed(number("New"), "exchange", str(unit.address), "", "2h", "new", "restore 9", "", "quit")
    assert "restore 9" in out
    assert "[restore 9]" not in out, "a wrong phrase is not offered again"
    assert "Back at the menu" in out
    recent = command("sessions", "list", "--since", "5 min", "--json=status").json
    assert {"status": "completed"} not in recent


def test_any_command_can_be_typed_and_its_errors_are_read_in_order(typed: Typed) -> None:
    out = typed("policies list", "sessions list --limit 1 --output csv", "sesions list", "99", "help times", "quit")
    assert "Service exchange. Status active." in out
    assert "id,service,status,units,done,failed,created,by" in out
    assert "Did you mean sessions?" in out
    assert "There is no job 99" in out
    assert "Times, as typed in the form" in out
    assert out.index("Did you mean sessions?") < out.index("There is no job 99")


def test_where_nothing_may_be_changed_no_such_job_is_offered(typed: Typed) -> None:
    out = typed("quit", options=("--read-only",))
    assert "read-only." in out
    assert [job.title for job in JOBS if job.changes and job.title in out] == []


@pytest.mark.parametrize("job", JOBS, ids=lambda job: job.title)
def test_every_step_makes_a_command_that_exists(job: Any) -> None:
    values = {"service": "exchange", "to": "new", "watch": "yes", "go": "yes"}
    for step in job.steps:
        words = [values.get(word.strip("{}"), "x") if word.startswith("{") else word for word in step.command.split()]
        asked = {question.name for each in job.steps for question in each.ask} | {each.keep for each in job.steps}
        assert {word.strip("{}") for word in step.command.split() if word.startswith("{")} <= asked
        parse(words)
