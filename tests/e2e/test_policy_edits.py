"""A policy gains 300 accounts from a list with five bad rows and loses twelve of them: watched, and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from killed_at import killed_at

from backup_tui.simulator.domain.directory import Newcomer
from backup_tui.simulator.domain.workloads import ONEDRIVE
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]
PHRASE = ("--confirm", "change onedrive all contoso")
FAST = ("--wait", "--interval", "0.2")
BAD = ("nobody.here@contoso.com", "adele@contosso.com", "left@fabrikam.com", "not an address", "ghost@contoso.com")


MANY, SOME = (6_000, 300), (1_000, 60)
"""Units of a tenant, and how many accounts its policy gains: six parts, or two of them."""


@pytest.fixture
def gains(request: pytest.FixtureRequest) -> tuple[int, int]:
    return getattr(request, "param", MANY)


@pytest.fixture
def served(gains: tuple[int, int]) -> Iterator[Running]:
    with running(Settings(units=gains[0], history=False, speed=36_000.0)) as service:
        yield service


@pytest.fixture
def hired(served: Running, gains: tuple[int, int]) -> list[Newcomer]:
    """Accounts that never were protected."""
    things = served.service.parts.directory.everything(ONEDRIVE)
    found = [thing for thing in things if isinstance(thing, Newcomer)][: gains[1]]
    assert len(found) == gains[1]
    return found


@pytest.fixture
def listed(hired: list[Newcomer], tmp_path: Path) -> str:
    """They, as an export of the directory has them, with five rows that name nobody who can be added."""
    path = tmp_path / "hired.csv"
    rows = [f"{one.address},{one.name},{one.owner}" for one in hired]
    bad = [f"{name},Nobody," for name in BAD]
    path.write_text("\n".join(["userPrincipalName,displayName,id", *bad[:3], *rows, *bad[3:]]) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def dozen(hired: list[Newcomer], tmp_path: Path) -> str:
    path = tmp_path / "twelve.txt"
    path.write_text("\n".join(one.address for one in hired[:12]) + "\n", "utf-8")
    return str(path)


@pytest.fixture
def policy(served: Running) -> str:
    return next(one.id for one in served.service.tenant.policies if one.name == "OneDrive all")


def ends(*words: str, dies_at: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own; at a point of its first change it is killed."""
    given = {**os.environ, **(killed_at(dies_at) if dies_at else {})}
    command = [sys.executable, "-m", "backup_tui", *words]
    return subprocess.run(command, env=given, capture_output=True, text=True, timeout=120, check=False)


def books(served: Running) -> dict[str, int]:
    """How often units were asked to be added and removed, and how often that failed, in all that was ever sent."""
    service, asked = served.service, ("requestedToAddCount", "requestedToRemoveCount", "failedCount")
    told = [
        one.more["protectionUnitDetails"]
        for one in service.activity.entries(service.now())
        if one.activity == "backupPolicyModified" and one.moment >= service.tenant.started
    ]
    return {
        word: sum(one[key] for one in told) for word, key in zip(("added", "removed", "failed"), asked, strict=True)
    }


def deeds(served: Running, accounts: list[Newcomer]) -> set[tuple[int, int]]:
    """How often accounts were put into a policy and taken out of one, each pair once."""
    owners = {one.owner for one in accounts}
    units = [unit for unit in served.service.tenant.units["onedrive"] if unit.owner in owners]
    assert len(units) == len(owners)
    kept = served.service.membership.books
    return {(kept[unit.id]["added"], kept[unit.id]["removed"]) for unit in units}


def inside(served: Running, policy: str) -> set[str]:
    units = served.service.tenant.units["onedrive"]
    return {unit.owner for unit in units if unit.policy is not None and unit.policy.id == policy}


def all_in_once(served: Running, policy: str, hired: list[Newcomer]) -> bool:
    return {one.owner for one in hired} <= inside(served, policy) and books(served)["added"] == 300


def test_300_accounts_join_and_12_leave_watched_to_the_end(
    command: Command, served: Running, policy: str, hired: list[Newcomer], listed: str, dozen: str, tmp_path: Path
) -> None:
    short = policy[:8]
    refused = command("policies", "add", short, "--units", listed)
    assert refused.code == 2
    assert "305 lines: 300 found, 5 to fix." in refused.err
    assert all(name in refused.err for name in BAD)
    words = ("policies", "add", short, "--units", listed, "--skip-unresolved")
    left = tmp_path / "left.csv"
    shown = command(*words, "--leftovers", str(left))
    assert shown.code == 2
    assert '--confirm "change onedrive all contoso"' in shown.err
    assert "300 OneDrive accounts are backed up from now on, and Microsoft bills" in shown.err
    assert "sent in 6 requests of at most 50, each once" in shown.err
    assert [line.split(",")[0] for line in left.read_text("utf-8").splitlines()[1:]] == list(BAD)
    assert books(served) == {"added": 0, "removed": 0, "failed": 0}

    added = command(*words, *PHRASE, *FAST, "--json")
    assert added.code == 0, added.err
    told = added.json
    assert told["names"] == {"names": 305, "found": 300, "twice": 0, "leftOut": 5}
    assert [one["outcome"] for one in told["units"]] == ["done"] * 300
    assert told["status"] in ("active", "activeWithErrors")
    again = command(*words, *PHRASE)
    assert (again.code, "300 OneDrive accounts of the list are so already" in again.err) == (0, True)
    assert all_in_once(served, policy, hired)

    gone = command("policies", "remove", short, "--units", dozen, *PHRASE, *FAST)
    assert gone.code == 0, gone.err
    assert "12 OneDrive accounts are no longer backed up" in gone.err
    assert "add them again: possible at any time" in gone.err
    assert "active, problems: " in gone.err.splitlines()[-1]
    assert not {one.owner for one in hired[:12]} & inside(served, policy)
    assert books(served) == {"added": 300, "removed": 12, "failed": 0}
    assert command("policies", "watch", short, "--interval", "0.2").out.count("OneDrive all") == 1


POINTS = (
    "before_intent",
    "inside_intent",
    "after_intent",
    "before_send",
    "after_send",
    "inside_answer",
    "after_answer",
)


@pytest.mark.parametrize("gains", [SOME], indirect=True, ids=["some"])
@pytest.mark.parametrize("point", POINTS)
def test_killed_at_each_point_of_a_part_nothing_is_done_twice(
    command: Command,
    served: Running,
    policy: str,
    hired: list[Newcomer],
    listed: str,
    dozen: str,
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backup_tui.changes.lost_answers.LOOKS_AT", (0.0,))
    add = ("policies", "add", policy, "--units", listed, "--skip-unresolved", *PHRASE)
    remove = ("policies", "remove", policy, "--units", dozen, *PHRASE)
    for words in (add, remove):
        killed = ends(*words, dies_at=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        done = command(*words, *FAST)
        assert done.code == 0, done.err
    assert not {one.owner for one in hired[:12]} & inside(served, policy)
    assert {one.owner for one in hired[12:]} <= inside(served, policy)
    assert books(served) == {"added": len(hired), "removed": 12, "failed": 0}
    assert (deeds(served, hired[:12]), deeds(served, hired[12:])) == ({(1, 1)}, {(1, 0)})


def test_killed_between_request_and_answer_of_every_part(
    served: Running, environment: dict[str, str], policy: str, hired: list[Newcomer], listed: str
) -> None:
    """Each run does one part and dies before it knows; the next one sees what was done, and does the next part."""
    words = ("policies", "add", policy, "--units", listed, "--skip-unresolved", *PHRASE)
    runs = 0
    while ends(*words, dies_at="after_send").returncode == -signal.SIGKILL:
        runs += 1
        assert runs <= 6, "a part was sent again"
    assert runs == 6
    assert all_in_once(served, policy, hired)
    assert books(served)["failed"] == 0
    last = ends(*words)
    assert last.returncode == 0, last.stderr
    assert "300 OneDrive accounts of the list are so already" in last.stderr


@pytest.fixture
def free(command: Command, policy: str) -> None:
    """No policy of OneDrive is active, so that another one can be created."""
    off = command("policies", "deactivate", policy, "--confirm", "stop onedrive all contoso", "--wait")
    assert off.code == 0, off.err


@pytest.mark.parametrize("gains", [SOME], indirect=True, ids=["some"])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.usefixtures("free")
def test_killed_while_a_policy_is_created_renamed_and_deleted(
    command: Command,
    served: Running,
    hired: list[Newcomer],
    listed: str,
    point: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each step is killed once and run again: one policy, every unit put into it once, and no trace in the end."""
    monkeypatch.setattr("backup_tui.changes.lost_answers.LOOKS_AT", (0.0,))

    def policies(name: str) -> list[str]:
        return [policy.id for policy in served.service.tenant.policies if policy.name == name]

    def killed_and_run_again(*words: str) -> Any:
        killed = ends(*words, dies_at=point)
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        return command(*words)

    words = ("policies", "create", "--service", "onedrive", "--name", "Sales", "--units", listed, "--skip-unresolved")
    done = killed_and_run_again(*words, "--confirm", "create sales contoso")
    assert done.code == 0, done.err
    (made,) = policies("Sales")
    assert inside(served, made) == {one.owner for one in hired}
    assert deeds(served, hired) == {(1, 0)}

    done = killed_and_run_again("policies", "rename", made, "--name", "Sales 2027", "--confirm", "rename sales contoso")
    was_done = point in POINTS[POINTS.index("after_send") :]
    assert (done.code, "it is called this already" in done.err) == (int(was_done), was_done), done.err
    assert (policies("Sales"), policies("Sales 2027")) == ([], [made])

    done = killed_and_run_again("policies", "delete", made, "--confirm", "delete sales 2027 contoso")
    assert (done.code, "has no policy" in done.err) == (5 if was_done else 0, was_done), done.err
    assert policies("Sales 2027") == []
    assert {added for added, _removed in deeds(served, hired)} == {1}
