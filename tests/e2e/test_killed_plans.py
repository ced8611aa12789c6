"""Real processes that are killed while a plan is drafted and run: the next one continues, and nothing happens twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from killed_at import killed_at
from test_commands_plan_runs import books, sound

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

RUN = ("plan", "run", "night", "--all", "--confirm", "overwrite 6 contoso", "--wait", "--interval", "0.1")


@pytest.fixture
def served(request: pytest.FixtureRequest) -> Iterator[Running]:
    speed: float = getattr(request, "param", 36_000.0)
    with running(Settings(units=200, history=False, speed=speed)) as service:
        yield service


@pytest.fixture
def plan(served: Running, environment: dict[str, str], tmp_path: Path) -> str:
    """A plan of six accounts, for processes that have the environment."""
    addresses = [unit.address for unit in sound(served, 6)]
    (tmp_path / "names.csv").write_text("\n".join(addresses) + "\n", encoding="utf-8")
    path = tmp_path / "night.toml"
    path.write_text(
        'version = 1\nname = "night"\nlist = "names.csv"\nservice = "onedrive"\nbefore = "2h ago"\nzone = "UTC"\n'
        'to = "in-place"\n[limits]\nunits_per_session = 6\n',
        encoding="utf-8",
    )
    return str(path)


@pytest.fixture
def four_sessions(plan: str) -> str:
    """The same in four sessions of two waves."""
    text = Path(plan).read_text("utf-8").replace("units_per_session = 6", "units_per_session = 2")
    first = (Path(plan).parent / "names.csv").read_text("utf-8").splitlines()[0]
    waves = f'[[wave]]\nname = "first"\nmembers = ["{first}"]\n[[wave]]\nname = "rest"\n'
    Path(plan).write_text(text + waves, encoding="utf-8")
    return plan


def ends(*words: str, dies_at: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own; at a fail point of its first change it is killed."""
    given = {**os.environ, **(killed_at(dies_at) if dies_at else {})}
    command = [sys.executable, "-m", "backup_tui", *words]
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)


def each_restored_once(served: Running) -> bool:
    told = books(served)
    counts = {(one["drafted"], one["activated"], one["succeeded"]) for one in told.values()}
    return len(told) == 6 and counts == {(0, 1, 1)}


@pytest.mark.parametrize("point", ["before_intent", "after_send", "inside_answer", "after_answer"])
def test_killed_while_it_is_drafted(served: Running, plan: str, point: str) -> None:
    killed = ends("plan", "draft", plan, dies_at=point)
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    for words in (("plan", "draft", plan), RUN):
        done = ends(*words)
        assert done.returncode == 0, done.stderr
    assert each_restored_once(served)


def test_killed_again_and_again_while_it_is_started(served: Running, four_sessions: str) -> None:
    assert ends("plan", "draft", four_sessions).returncode == 0
    for point in ("before_intent", "after_send", "inside_answer", "after_answer"):
        killed = ends(*RUN, dies_at=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr

    done = ends(*RUN)
    assert done.returncode == 0, done.stderr
    assert each_restored_once(served)


@pytest.mark.parametrize("served", [240.0], indirect=True)
def test_of_two_runners_one_waits_and_says_for_whom(served: Running, four_sessions: str) -> None:
    assert ends("plan", "draft", four_sessions).returncode == 0
    command = [sys.executable, "-m", "backup_tui", *RUN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as first:
        while not ends("plan", "status", "night").stdout.count(f"pid {first.pid} "):
            assert first.poll() is None
        second = ends("plan", "resume", "night", "--wait", "--interval", "0.1")
        assert first.wait(60) == 0
    assert second.returncode == 0
    assert f"pid {first.pid} on " in second.stderr
    assert "has been running plan night since" in second.stderr
    assert {one["activated"] for one in books(served).values()} == {1}
    status = json.loads(ends("plan", "status", "night", "--json").stdout)
    assert status["runner"] is None
