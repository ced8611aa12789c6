"""Specifies what a process that is killed at any moment of a change leaves behind: never a change without a trace."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed_at import POINTS, killed_at

from backup_tui.journal.journal import Journal
from backup_tui.journal.records import IntentState

ADDRESS = "https://graph.microsoft.com/v1.0"

CHANGE = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Answer, IntentKind, IntentState, NewIntent
from backup_tui.models.services import Service

async def change():
    now = datetime.now(UTC)
    async with Journal(Path(sys.argv[1]), "contoso", "https://graph.microsoft.com/v1.0") as journal:
        intent = await journal.begin(NewIntent(IntentKind.CREATE, service=Service.EXCHANGE, target=None,
            summary="draft", body="{}", fingerprint="f", user="", who="", at=now, server_date_before=now))
        print("sent", flush=True)
        if len(sys.argv) > 2:
            sys.stdin.read()
        await journal.answer(intent.id, Answer(IntentState.DONE, at=now, session_id="s-1"))
    print("told", flush=True)

asyncio.run(change())
"""


NOTHING = ("before_intent", "inside_intent")
LEFT_OPEN = ("after_intent", "before_send", "after_send", "before_answer", "inside_answer")


def test_every_point_is_covered_below() -> None:
    assert set(POINTS) == {*NOTHING, *LEFT_OPEN, "after_answer"}


def _run_until_killed(point: str, path: Path) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CHANGE, str(path)],
        env={**os.environ, **killed_at(point)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout


async def _killed_at(point: str, path: Path) -> tuple[str, list[IntentState], list[IntentState]]:
    printed = _run_until_killed(point, path)
    async with Journal(path, "contoso", ADDRESS) as journal:
        assert journal.notices == ()
        return (
            printed,
            [intent.state for intent in await journal.intents()],
            [intent.state for intent in await journal.open_intents()],
        )


@pytest.fixture
def sending(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A living process that has sent its change and waits for the answer."""
    with subprocess.Popen(
        [sys.executable, "-c", CHANGE, str(tmp_path / "journal.db"), "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "sent\n"
        yield process
        process.kill()


@pytest.mark.parametrize("point", NOTHING)
async def test_before_the_intent_is_committed_nothing_was_sent_and_nothing_is_there(point: str, tmp_path: Path) -> None:
    assert await _killed_at(point, tmp_path / "journal.db") == ("", [], [])


@pytest.mark.parametrize("point", LEFT_OPEN)
async def test_between_intent_and_answer_the_intent_is_found_open(point: str, tmp_path: Path) -> None:
    _, states, left_open = await _killed_at(point, tmp_path / "journal.db")
    assert states == left_open == [IntentState.OPEN]


async def test_after_the_answer_it_is_done_though_nobody_was_told(tmp_path: Path) -> None:
    printed, states, left_open = await _killed_at("after_answer", tmp_path / "journal.db")
    assert printed == "sent\n"
    assert (states, left_open) == ([IntentState.DONE], [])


async def test_what_a_living_process_has_under_way_is_its_own_until_it_dies(
    sending: subprocess.Popen[str], tmp_path: Path
) -> None:
    async with Journal(tmp_path / "journal.db", "contoso", ADDRESS) as journal:
        (seen,) = await journal.intents()
        assert f"pid {sending.pid} on " in seen.process
        assert await journal.open_intents() == ()
        sending.kill()
        sending.wait()
        assert await journal.open_intents() == (seen,)


@pytest.mark.usefixtures("sending")
async def test_what_is_on_the_disk_when_begin_returns_is_enough(tmp_path: Path) -> None:
    copied = tmp_path / "after the loss of power"
    copied.mkdir()
    for name in ("journal.db", "journal.db-wal"):
        shutil.copy(tmp_path / name, copied)
    async with Journal(copied / "journal.db", "contoso", ADDRESS) as journal:
        assert [intent.state for intent in await journal.intents()] == [IntentState.OPEN]
