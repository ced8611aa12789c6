"""Standard streams that are closed, full or gone: no crash, no lost draft, and no restore that is denied."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_lost_answers import draft, entry, sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

LOST = {"closed": ">&-", "full": ">/dev/full", "reader left": "| true"}
BLIND = {"closed": "2>&-", "full": "2>/dev/full", "all closed": "<&- 2>&-"}


def shell(environment: dict[str, str], words: list[str], how: str) -> subprocess.CompletedProcess[str]:
    """Runs a command in bash with its streams led elsewhere; the exit code is the command's own."""
    quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in [sys.executable, "-m", "backup_tui", *words])
    script = f"{quoted} {how}; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(
        ["bash", "-c", script], env={**os.environ, **environment}, capture_output=True, text=True, timeout=60
    )


def crashes(environment: dict[str, str]) -> list[Path]:
    folder = Path(environment["BACKUP_TUI_STATE_DIR"])
    return list(folder.glob("crash-*")) if folder.exists() else []


READS = [
    ["--help"],
    ["--version"],
    ["sessions", "draft", "--help"],
    ["sessions", "list"],
    ["policies", "list", "--json"],
    ["journal", "list"],
    ["config", "show"],
    ["doctor"],
]


@pytest.mark.parametrize("how", ["closed", "full"])
@pytest.mark.parametrize("words", READS, ids=" ".join)
def test_a_command_whose_output_is_lost_fails_with_a_sentence(
    environment: dict[str, str], words: list[str], how: str
) -> None:
    done = shell(environment, words, LOST[how])
    assert done.returncode == 1, done.stderr
    assert "stdout cannot be written" in done.stderr
    assert "Exception" not in done.stderr
    assert "Traceback" not in done.stderr
    assert crashes(environment) == []


@pytest.mark.parametrize("how", BLIND)
@pytest.mark.parametrize("words", [["--help"], ["policies", "list", "--json"]], ids=" ".join)
def test_a_command_without_stderr_prints_its_data(environment: dict[str, str], words: list[str], how: str) -> None:
    done = shell(environment, words, BLIND[how])
    assert done.returncode == 0
    assert done.stdout
    assert crashes(environment) == []


@pytest.mark.parametrize("words", [["sessions", "lst"], ["sessions", "show", "nosuch"], ["--json", "sesions"]])
def test_an_error_that_cannot_be_told_keeps_its_code(environment: dict[str, str], words: list[str]) -> None:
    code = shell(environment, words, "").returncode
    for how in ("2>&-", "2>/dev/full", ">&- 2>&- <&-"):
        assert shell(environment, words, how).returncode == code
    assert crashes(environment) == []


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize("more", [[], ["--json"]], ids=["", "json"])
def test_the_id_of_a_draft_is_not_lost_with_stdout(
    command: Command, environment: dict[str, str], served: Running, names: Names, how: str, more: list[str]
) -> None:
    asked = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    done = shell(environment, [*asked, "--before", "2h ago", "--to", "new", *more], LOST[how])
    made = entry(command, "create")
    assert made["state"] == "done"
    assert done.returncode == 0, "it was made"
    assert made["sessionId"] in done.stderr
    assert f"journal show {made['id']}" in done.stderr
    assert not more or json.loads(done.stderr)["notes"]
    assert crashes(environment) == []


@pytest.mark.parametrize("how", [*LOST.values(), "2>&-", ">&- 2>&- <&-", ">/dev/full 2>/dev/full"])
@pytest.mark.parametrize("wait", [[], ["--wait", "--interval", "0.1"]], ids=["", "wait"])
def test_a_start_is_never_denied_by_a_stream(
    command: Command, environment: dict[str, str], served: Running, names: Names, how: str, wait: list[str]
) -> None:
    session = draft(command, served, names)
    done = shell(environment, ["sessions", "activate", session, "--confirm", "restore 1", *wait], how)
    assert done.returncode == 0, done.stderr
    assert command("sessions", "show", session, "--json").json["status"] != "draft"
    assert crashes(environment) == []


def test_a_list_from_a_stdin_that_is_closed_is_refused_by_name(environment: dict[str, str]) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--units", "-", "--before", "latest", "--to", "new"]
    done = shell(environment, words, "<&-")
    assert done.returncode == 2
    assert "stdin cannot be read" in done.stderr
    assert crashes(environment) == []


def test_a_reader_that_has_seen_enough_is_no_fault(environment: dict[str, str]) -> None:
    done = shell(environment, ["units", "list"], "| head -1")
    assert done.returncode in (0, 141)
    assert done.stderr == ""


def test_the_screens_say_that_they_need_stderr(environment: dict[str, str]) -> None:
    done = subprocess.run(
        ["script", "-qec", f"{sys.executable} -m backup_tui --demo 2>&-; exit $?", "/dev/null"],
        env={**os.environ, **environment, "TERM": "xterm"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert crashes(environment) == []
