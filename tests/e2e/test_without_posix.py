"""The program where the system has no `fcntl`, `pwd` or `termios`, as on Windows: whole processes with those hidden."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from test_lost_answers import sound

from backup_tui.journal import processes
from backup_tui.simulator.server import Running

SCRIPT = Path(__file__).with_name("without_posix.py")

Names = Callable[..., str]


def program(*words: str) -> list[str]:
    return [sys.executable, str(SCRIPT), *words]


def run(environment: dict[str, str], *words: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    env = os.environ | environment
    return subprocess.run(program(*words), env=env, input=typed, capture_output=True, text=True, timeout=60)


def test_a_restore_from_the_draft_to_its_end(served: Running, environment: dict[str, str], names: Names) -> None:
    path = names(sound(served, "exchange").address)
    asked = ["--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    drafted = run(environment, "sessions", "draft", *asked)
    assert drafted.returncode == 0, drafted.stderr
    session = drafted.stdout.strip()
    done = run(environment, "sessions", "activate", session, "--confirm", "restore 1", "--wait")
    assert (done.returncode, "completed: 1 done" in done.stdout) == (0, True), done.stderr
    entries = run(environment, "journal", "list", "--json")
    assert [entry["state"] for entry in json.loads(entries.stdout)] == ["done", "done"]


def test_one_program_changes_things_at_a_time(served: Running, environment: dict[str, str], names: Names) -> None:
    path = names(sound(served, "exchange").address)
    asked = ["sessions", "draft", "--service", "exchange", "--units", path, "--before", "2h ago", "--to", "new"]
    assert run(environment, *asked).returncode == 0
    (lock,) = Path(environment["BACKUP_TUI_STATE_DIR"]).rglob("write-*.lock")
    with lock.open("r+b") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        refused = run(environment, *asked, "--key", "second", "--lock-wait", "0")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "changes in this tenant" in refused.stderr
    assert run(environment, *asked, "--key", "second").returncode == 0


@pytest.mark.parametrize(("ending", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_a_command_with_its_code(ending: signal.Signals, code: int) -> None:
    with subprocess.Popen(program("simulator", "--port", "0"), stdout=subprocess.PIPE, text=True) as simulator:
        assert simulator.stdout is not None
        assert simulator.stdout.readline().startswith("http://127.0.0.1:")
        simulator.send_signal(ending)
        assert simulator.wait(30) == code


def test_lines_and_lists_are_read_from_standard_input(
    served: Running, environment: dict[str, str], names: Names
) -> None:
    typed = (
        f"points find --service exchange --units {names(str(sound(served, 'exchange').address))} --before 2h\nquit\n"
    )
    plain = run(environment, "--plain", typed=typed)
    assert (plain.returncode, "1 found" in plain.stdout) == (0, True), plain.stderr
    asked = ("points", "find", "--service", "exchange", "--units", "-", "--before", "2h", "--json=id")
    found = run(environment, *asked, typed=f"{sound(served, 'exchange').address}\n")
    assert len(json.loads(found.stdout)) == 1, found.stderr


def test_the_screens_open(tmp_path: Path) -> None:
    shown = run({"XDG_CONFIG_HOME": str(tmp_path), "BACKUP_TUI_STATE_DIR": str(tmp_path / "state")}, "--screens")
    assert shown.stdout.split() == [
        f"{name}Screen" for name in ("Overview", "Policies", "Sessions", "Units", "Activity")
    ]
    assert shown.returncode == 0, shown.stderr


def test_a_process_is_told_from_a_later_one_where_there_is_no_proc(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(processes, "PROCESSES", tmp_path)
    assert processes.this_process().may_live()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        started = f"{psutil.Process(other.pid).create_time():.2f}"
        mark = processes.ProcessMark(other.pid, processes.this_process().host, started)
        later = processes.ProcessMark(other.pid, mark.host, "1.00")
        of_old_version = processes.ProcessMark(other.pid, mark.host, "")
        assert (mark.may_live(), later.may_live(), of_old_version.may_live()) == (True, False, True)
        other.communicate(b"\n")
    assert (mark.may_live(), of_old_version.may_live()) == (False, False)
