"""A service that is slow or silent: said soon on a terminal, and ended by --timeout with a code that denies nothing."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from test_lost_answers import draft, entry, sound

from backup_tui.headless import patience
from backup_tui.headless.output import Output
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]
SOON = ("--timeout", "0.6")


class Terminal(io.StringIO):
    """A stderr that somebody looks at."""

    def isatty(self) -> bool:
        return True


def silent(served: Running, method: str = "GET", path: str = "") -> None:
    served.service.faults.add("delay", method=method, path=path, seconds=30.0, times=None)


@pytest.mark.parametrize(
    "words",
    [
        ["sessions", "list"],
        ["sessions", "show", "00000000-1111-4222-8333-444444444444"],
        ["sessions", "watch", "00000000-1111-4222-8333-444444444444"],
        ["policies", "list"],
        ["units", "list", "--service", "exchange"],
        ["service", "show"],
    ],
    ids=" ".join,
)
def test_a_read_that_takes_too_long_ends_with_1(command: Command, served: Running, words: list[str]) -> None:
    silent(served)
    done = command(*words, *SOON)
    assert (done.code, done.out) == (1, "")
    assert "Stopped after 0.6 s (--timeout)." in done.err
    assert "Nothing was changed." in done.err


def test_the_doctor_keeps_to_the_time_too(command: Command, served: Running) -> None:
    silent(served)
    done = command("doctor", *SOON)
    assert done.code == 1
    assert "Stopped after" in done.err


@pytest.mark.parametrize("as_json", [False, True])
def test_a_draft_on_its_way_when_the_time_is_up_is_not_known_and_names_its_entry(
    command: Command, served: Running, names: Names, as_json: bool
) -> None:
    silent(served, "POST", "exchangeRestoreSessions$")
    words = ["sessions", "draft", "--service", "exchange", "--units", names(sound(served, "exchange").address)]
    done = command(*words, "--before", "2h ago", "--to", "new", "--timeout", "4", *(["--json"] if as_json else []))
    lost = entry(command, "create")
    assert (done.code, done.out) == (7, ""), done.err
    assert f"entry {lost['id']}" in (done.error["message"] if as_json else done.err)
    assert lost["state"] == "unknown"


def test_a_start_whose_end_is_not_seen_in_time_is_not_denied(command: Command, served: Running, names: Names) -> None:
    session = draft(command, served, names)
    served.service.faults.add("delay", method="GET", path=f"restoreSessions/{session}$", after=2, seconds=30.0)
    start = ("sessions", "activate", session, "--confirm", "restore 1", "--wait", "--interval", "0.1")
    done = command(*start, "--timeout", "4")
    assert done.code == 7, done.err
    assert f"entry {entry(command, 'activate')['id']}" in done.err
    assert "A started restore continues" in done.err
    assert command(*start).code == 0


def test_a_stdin_that_never_ends_is_not_waited_for_for_ever(environment: dict[str, str]) -> None:
    words = ["sessions", "draft", "--service", "exchange", "--units", "-", "--before", "latest", "--to", "new", *SOON]
    with subprocess.Popen(
        [sys.executable, "-m", "backup_tui", *words],
        env={**os.environ, **environment},
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.wait(timeout=30) == 1
        assert process.stderr is not None
        assert "Stopped after" in process.stderr.read()


def test_time_for_screens_or_the_simulator_is_refused(command: Command) -> None:
    for words in (["--timeout", "3"], ["simulator", "--port", "0", "--timeout", "3"]):
        refused = command(*words)
        assert refused.code == 2
        assert "--timeout works only with a command that ends" in refused.err
    assert command("sessions", "list", "--timeout", "soon").code == 2


async def said(stderr: io.StringIO, began: datetime, looks: int) -> None:
    """Waits until so many looks at something without an answer are over."""
    over, seen = asyncio.Event(), iter(range(looks))

    def waiting() -> patience.Waiting | None:
        if next(seen, None) is None:
            over.set()
        return patience.Waiting("Reading (the sessions)", began)

    async with patience.told_when_slow(Output(io.StringIO(), stderr), waiting):
        await over.wait()


async def test_what_takes_long_is_said_once_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.01)
    stderr = Terminal()
    await said(stderr, datetime.now(UTC) - timedelta(seconds=6), looks=10)
    assert stderr.getvalue().count("Reading (the sessions) since ") == 1
    assert "--timeout SECONDS" in stderr.getvalue()


async def test_what_is_quick_or_not_looked_at_is_not_spoken_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "LOOK_EVERY", 0.01)
    quick, piped = Terminal(), io.StringIO()
    await said(quick, datetime.now(UTC), looks=5)
    await said(piped, datetime.now(UTC) - timedelta(seconds=6), looks=5)
    assert quick.getvalue() == piped.getvalue() == ""


def test_a_list_in_a_pipe_that_says_nothing_is_not_waited_for_longer(command: Command, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    words = ["points", "find", "--service", "exchange", "--units", str(pipe), "--before", "2h"]
    done = command(*words, *SOON)
    assert (done.code, done.out) == (1, "")
    assert "--timeout" in done.err
    os.close(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))  # the reader still waits: its thread can end now
