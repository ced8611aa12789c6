"""A plan checked by a command: the text, the JSON, the exit codes, and that nothing is changed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from test_commands_restore import sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def plan(tmp_path: Path, names: list[str], more: str = "", before: str = "2h ago") -> str:
    """A plan file with its list beside it."""
    (tmp_path / "names.csv").write_text("\n".join(["email", *names]), encoding="utf-8")
    path = tmp_path / "ransom.toml"
    path.write_text(
        f'version = 1\nname = "ransom"\nlist = "names.csv"\nservice = "onedrive"\nbefore = "{before}"\n'
        f'zone = "UTC"\nto = "new"\n{more}',
        encoding="utf-8",
    )
    return str(path)


def test_a_ready_plan_as_text(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 12)]
    before = len(served.service.sessions)

    done = command("plan", "check", plan(tmp_path, names, "[limits]\nunits_per_session = 5\n"))

    assert done.code == 0, done.err
    lines = done.out.split("\n")
    assert lines[0] == "Plan ransom, ransom.toml: READY: 12 units in 3 sessions"
    assert lines[1].startswith("Read-only: ")
    assert "Names 12, every line accounted for" in lines
    assert f"  {'█' * 25}      12 found" in lines
    assert any(line.startswith("Points before ") and "UTC" in line for line in lines)
    assert any(line.split()[:2] == ["within", "10"] and line.endswith(" 12") for line in lines)
    (wave,) = [line for line in lines if line.startswith("  1 all ")]
    assert "12 OneDrive accounts" in wave
    assert "after your yes" in wave
    assert any(line.startswith("  NEW ADDRESS: 12 OneDrive copies as of ") for line in lines)
    assert "3 writes for the drafts, 3 starts." in done.out
    assert len(served.service.sessions) == before


def test_names_to_fix_are_saved_and_end_with_2(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 3)]
    path, leftovers = plan(tmp_path, [*names, "nobody@contoso.com"]), tmp_path / "tofix.csv"

    done = command("plan", "check", path, "--leftovers", str(leftovers))

    assert done.code == 2
    assert "NOT READY: 1 name to fix" in done.out
    assert "  ✗ 1 name is to fix or to leave out" in done.out
    assert "  line 5: nobody@contoso.com: " in done.out
    assert "nobody@contoso.com" in leftovers.read_text(encoding="utf-8")
    assert leftovers.stat().st_mode & 0o777 == 0o600
    assert command("plan", "check", path, "--leftovers", str(leftovers)).code == 1, "nothing is overwritten unasked"


def test_json_has_the_same_words(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 3)]

    done = command("plan", "check", plan(tmp_path, names, "[expected]\nonedrive = 4\n"), "--json")

    assert done.code == 6
    told = done.json
    assert (told["ready"], told["exitCode"], told["verdict"]) == (False, 6, "NOT READY: 1 check blocks")
    assert told["names"]["found"] == told["names"]["names"] == 3
    assert told["checks"][0] == {"mark": "✗", "result": "blocking", "text": "expected 4 OneDrive accounts, found 3"}
    assert sum(told["points"][key] for key in ("within10Minutes", "withinHour", "withinDay", "earlier", "none")) == 3
    assert told["points"]["times"][0]["typed"] == "2h ago"
    assert told["points"]["times"][0]["countedFrom"] is not None
    (wave,) = told["waves"]
    assert wave["units"] == {"onedrive": 3}
    assert wave["expected"]["lowSeconds"] <= wave["expected"]["highSeconds"]
    assert [session["units"] for session in told["sessions"]] == [3]
    assert told["requests"]["made"] >= told["requests"]["pages"] + told["requests"]["searches"]


def test_a_second_check_searches_for_nothing(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 25)]
    path = plan(tmp_path, names)

    first = command("plan", "check", path, "--json").json
    again = command("plan", "check", path, "--json").json

    assert again["points"] == first["points"], "the relative time kept its meaning"
    assert again["requests"]["made"] <= first["requests"]["made"] - first["requests"]["searches"]


def test_a_wrong_plan_is_refused_before_anything_is_read(command: Command, tmp_path: Path) -> None:
    done = command("plan", "check", plan(tmp_path, ["a@contoso.com"], "destination = 1\n"))

    assert done.code == 2
    assert not done.out
    assert "ransom.toml" in done.err


def test_a_plan_without_drafts_has_no_difference_to_show(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 2)]

    done = command("plan", "diff", plan(tmp_path, names))

    assert done.code == 2
    assert "The plan ransom has no drafts on this machine" in done.err


def test_a_check_that_was_killed_continues_where_it_was(
    command: Command, served: Running, environment: dict[str, str], tmp_path: Path
) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 45)]
    own = [f"{name};{'2h ago' if place % 2 else '3h ago'}" for place, name in enumerate(names)]
    path = plan(tmp_path, [])
    (tmp_path / "names.csv").write_text("\n".join(["email;before", *own]), encoding="utf-8")
    served.service.faults.add("delay", path="/search$", after=2, times=None, seconds=600.0)
    terminal, theirs = os.openpty()
    running = subprocess.Popen(
        [sys.executable, "-m", "backup_tui", "plan", "check", path],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=theirs,
    )
    told = b""
    while b"looking for points: 2 of 4" not in told:
        told += os.read(terminal, 4096)
    running.kill()
    assert running.wait() == -signal.SIGKILL
    os.close(theirs)
    os.close(terminal)
    served.service.faults.clear()

    done = command("plan", "check", path, "--json")

    asked = done.json["requests"]
    assert done.code == 0, done.err
    assert asked["searches"] == 4
    assert command("journal", "list", "--json").json == [], "a check is no change"
    kept = sqlite3.connect(tmp_path / "state" / "journal.sqlite3")
    batches = kept.execute("SELECT count(*) FROM kept WHERE key LIKE 'plan-points:ransom:%'").fetchone()[0]
    assert batches == 4, "two of the killed run, two of this one"


def test_a_changed_list_is_shown_against_the_drafts(command: Command, served: Running, tmp_path: Path) -> None:
    names = [str(unit.address) for unit in sound(served, "onedrive", 4)]
    path = plan(tmp_path, names[:3])
    assert command("plan", "draft", path).code == 0
    same = command("plan", "diff", path)
    assert (same.code, same.out) == (0, "Plan ransom is as its drafts are: 3 as they were.\n")

    plan(tmp_path, names[1:])
    done = command("plan", "diff", path)

    assert done.code == 6
    lines = done.out.splitlines()
    assert lines[0] == "Plan ransom differs from its drafts: 1 added, 1 removed, 2 as they were."
    assert [line.split()[:2] for line in lines[2:]] == [["+", names[3]], ["-", names[0]]]
    told = command("plan", "diff", path, "--json").json
    assert (told["differs"], told["added"], told["removed"], told["changed"], told["same"]) == (True, 1, 1, 0, 2)
    assert [row["sign"] for row in told["units"]] == ["+", "-"]
