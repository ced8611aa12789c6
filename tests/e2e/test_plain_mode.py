"""Plain mode: the jobs of the screens as questions and lines, typed into a real process."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pty_terminal import Terminal
from test_lost_answers import sound

from backup_tui.headless.arguments import parse
from backup_tui.headless.commands import COMMANDS
from backup_tui.headless.plain.jobs import COMMANDS_INSTEAD, JOBS
from backup_tui.headless.plain.lines import Lines
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Typed = Callable[..., str]


@pytest.fixture
def typed(environment: dict[str, str]) -> Typed:
    """Types lines and returns everything that was printed; nothing goes to stderr, so that all is in order."""

    def run(*lines: str, term: str = "dumb", options: tuple[str, ...] = (), code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "backup_tui", "--plain", *options],
            input="".join(line + "\n" for line in lines),
            env=os.environ | environment | {"TERM": term},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert (done.returncode, done.stderr) == (code, "")
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
    answers = ("exch", str(unit.address), "", "2h ago", "new", "restore 9", "Restore 1", "yes")
    out = typed(number("New"), *answers, "quit", options=("--tz", "Asia/Tokyo"))
    assert "1 line: 1 found." in out
    assert out.count("Review of draft") == 1, "the review is said once"
    assert 'Type: restore 1\nAn empty line means no: restore 9\nYou typed "restore 9".\nType: restore 1' in out
    assert re.search(r"\ncompleted: 1 done, 0 in progress, 0 failed, of 1\. Session \w{8}, .* Asia/Tokyo\n", out)
    assert re.search(r"\nUnit \S+\. Point \d{4}-\d\d-\d\d \d\d:\d\d Asia/Tokyo\. ", out)
    assert "Note: mail drafts are never backed up" in out
    assert not re.search(r"^\s*[✓!?✗=] ", out, re.M), "signs are said in words"
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
    assert "Asked again; an empty line keeps the earlier answer; menu goes back." in out
    assert (
        "Exchange mailboxes, OneDrive accounts or SharePoint sites (exchange, onedrive, sharepoint) [exchange]" in out
    )
    assert "holds 1 mailbox" in out
    assert "Not started.\n  Nothing was sent.\nWhat to do: quit" in out, "no phrase was typed, so it stays a draft"


def test_a_drill_is_drawn_reviewed_and_left_a_draft(typed: Typed) -> None:
    out = typed(number("Drill"), "exchange", "2", "", "drill history", "quit")
    assert re.search(r"\nType: restore 2\nAn empty line means no: \nNot started\.\n  Nothing was sent\.\n", out)
    assert re.search(r"Units 2\. .*Id \d{4}-\d\d-\d\d-exchange-\d+\.\n", out), "this id is not cut"


def test_lines_keep_their_first_and_last_in_words_for_people() -> None:
    heard = io.StringIO()
    lines = Lines(heard, ZoneInfo("Asia/Tokyo"))
    lines.write("Plan again-e21455ee: 1 failed\n\n  ✓ 1 of 25 running   ✗ 1 failed\n")
    lines.write("  ! draft 484b8694-994a-4dea-a60c-df028db7a6ba, read 2026-11-30 23:50:08 UTC\n")
    lines.write("484b8694-994a-4dea-a60c-df028db7a6ba\n")
    assert heard.getvalue() == (
        "Plan again-e21455ee: 1 failed\n\nOK: 1 of 25 running, 1 failed\n"
        "Note: draft 484b8694, read 2026-12-01 08:50:08 Asia/Tokyo\n"
    )
    assert (lines.first, lines.last) == ("Plan again-e21455ee: 1 failed", "484b8694-994a-4dea-a60c-df028db7a6ba")
    kept = [re.search(step.keep_from, lines.first) for job in JOBS for step in job.steps if step.keep_from]
    assert [found and found[1] for found in kept] == ["again-e21455ee"]


def test_a_plan_is_written_checked_drafted_and_agreed_to(typed: Typed, tmp_path: Path, served: Running) -> None:
    unit, file = sound(served, "onedrive"), tmp_path / "pilot.toml"
    out = typed(
        number("Restore of hundreds"), str(file), "onedrive", str(unit.address), "", "2h", "new", "yes", "restore 1"
    )  # fmt: skip
    assert "READY: 1 unit in 1 session" in out
    assert "Wave 1 all. Units 1 OneDrive account. Sessions 1. Starts after your yes." in out
    assert not re.search("[█▇#✓✗]", out), "no bars and no signs"
    assert "Agreed to: 1 OneDrive account in 1 session, plan pilot." in out
    assert out.count("\nWave all. Sessions ") == 1


def test_a_command_asks_for_the_phrase_of_its_review(typed: Typed, command: Command, served: Running) -> None:
    policy = command("policies", "list", "--service", "onedrive", "--json=id").json[0]["id"]
    out = typed(f"backup-tui policies deactivate {policy[:8]}", "stop", "", "quit")
    assert out.count("Type: stop onedrive") == 2
    assert 'You typed "stop".' in out
    assert "Not deactivated.\n  Nothing was sent." in out


@pytest.mark.parametrize(
    ("lines", "code", "said"),
    [
        ((), 0, "What to do: \nRestores continue. Goodbye.\n"),
        (("quit",), 0, "What to do: quit\nRestores continue. Goodbye.\n"),
        (("2",), 1, ": \nThis job is not finished.\nNothing was sent.\nRestores continue. Goodbye.\n"),
        (("2", "menu", "2", "quit"), 0, "This job is not finished.\nNothing was sent.\nRestores continue. Goodbye.\n"),
        (("2", "exchange", ""), 0, "Back at the menu.\nNothing was sent.\nWhat to do: \nRestores continue. Goodbye.\n"),
    ],
    ids=["end", "quit", "end in a job", "quit in a job", "back"],
)
def test_every_end_is_calm_and_says_what_was_done(typed: Typed, lines: Sequence[str], code: int, said: str) -> None:
    assert typed(*lines, code=code).endswith(said)


def test_any_command_can_be_typed_and_its_errors_are_read_in_order(typed: Typed) -> None:
    others = ("units list --tenant other.com", "help")
    out = typed("policies list", "sessions list --limit 1 --output csv", "sesions list", "99", *others, "help times")
    assert "Service exchange. Status active." in out
    assert "--tenant works only when backup-tui is started." in out
    assert "What is done with a command:\n" in out
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
    values = {"service": "exchange", "to": "new", "watch": "yes", "go": "yes", "count": "5"}
    for step in job.steps:
        words = [values.get(word.strip("{}"), "x") if word.startswith("{") else word for word in step.command.split()]
        asked = {question.name for each in job.steps for question in each.ask} | {each.keep for each in job.steps}
        assert {word.strip("{}") for word in step.command.split() if word.startswith("{")} <= asked
        parse(words)


@pytest.mark.parametrize("sentence", COMMANDS_INSTEAD)
def test_what_is_not_in_the_menu_names_commands_that_exist(sentence: str) -> None:
    words = {command.words for command in COMMANDS} | {"--all-profiles", "--profile"}
    assert [one for one in words if one in sentence]


def test_on_a_narrow_terminal_no_word_is_cut_and_ctrl_c_ends_what_runs(environment: dict[str, str]) -> None:
    terminal = Terminal([sys.executable, "-m", "backup_tui", "--plain"], {**environment, "TERM": "dumb"}, 40, 60)
    try:
        terminal.wait_for("What to do:")
        assert "\nJournal: what was sent from this\nmachine\n" in re.sub(r"\n\d+\. ", "\n", terminal.text)
        terminal.send(b"sessions list --status draft\n")
        draft = re.search(r"Id (\w{8})", terminal.wait_for("Id ", "What to do: "))
        assert draft is not None
        terminal.settle()  # the next prompt: what is typed before it shares its line with the answer
        terminal.wipe()
        terminal.send(f"sessions watch {draft[1]}\n".encode())
        terminal.wait_for("until", "0 done")  # where the lines end depends on the draft's service
        said = " ".join(terminal.text.split())
        assert f"{draft[1]} is a draft: nothing happens until" in said
        assert "draft: 0 done" in said
        terminal.send(b"\x03")
        terminal.wait_for("Stopped. Running restores continue.\nNothing was sent.\nWhat to do:")
        terminal.send(b"\x03")
        assert terminal.ended() == 130
        assert "\nStopped. Running restores continue. What" in terminal.text
    finally:
        terminal.close()
