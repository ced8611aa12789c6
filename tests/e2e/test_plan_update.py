"""Answers for many names at once, written into a plan file by a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from backup_tui.headless import plan_answers
from backup_tui.models.services import Service
from backup_tui.plans.document import PlanDocument, read_plan, save_plan
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
Names = Callable[..., str]

ADELE, MEGAN = "adele.vance@contoso.com", "megan.bowen@contoso.com"
SLIP = "adele.vannce@contoso.com"
PLAN = Path("n.toml")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def new(command: Command, path: str, service: str = "exchange") -> None:
    words = ("--units", path, "--before", "2h", "--to", "new", "--service", service)
    written = command("plan", "new", "n.toml", *words)
    assert written.code == 0, written.err


def test_names_are_answered_in_the_file_and_its_comments_stay(command: Command, names: Names) -> None:
    new(command, names(MEGAN, SLIP, "nobody@contoso.com"))
    assert read_plan(PLAN).plan.expected == {}
    PLAN.write_text(PLAN.read_text().replace("[limits]", "# the line is slow\n[limits]"))

    near = command("plan", "update", "n.toml", "--take-nearest")
    rest = command("plan", "update", "n.toml", "--skip-unresolved", "--json")

    assert near.code == 0, near.err
    assert near.out == "n.toml\n"
    assert "1 name misspelt: the nearest one is taken." in near.err
    assert "3 lines: 2 found, 1 to fix." in near.err.splitlines()
    assert "Changed in the plan: chosen. Nothing was sent." in near.err.splitlines()
    assert any(line.startswith("Line 3: nobody@contoso.com: no such mailbox.") for line in near.err.splitlines())
    assert rest.code == 0, rest.err
    assert rest.json["names"] == {"names": 3, "found": 2, "twice": 0, "toFix": 0, "leftOut": 1}
    assert rest.json["changed"] == {"left_out": ["nobody@contoso.com"], "expected": {"exchange": 2}}
    document = read_plan(PLAN)
    assert list(document.plan.scope.chosen) == [SLIP]
    assert document.plan.expected == {Service.EXCHANGE: 2}
    assert "# the line is slow\n[limits]" in document.text
    assert "Changed in the plan: nothing." in command("plan", "update", "n.toml").err


def test_a_list_that_was_corrected_is_taken_as_it_is(command: Command, names: Names) -> None:
    path = names(MEGAN, SLIP)
    new(command, path)
    before = read_plan(PLAN).plan.scope.sha256
    Path(path).write_text(f"{MEGAN}\n{ADELE}\n")

    updated = command("plan", "update", "n.toml")

    assert updated.code == 0, updated.err
    assert "The list names.txt has changed since the plan was written; it is used as it is." in updated.err
    plan = read_plan(PLAN).plan
    assert plan.scope.sha256 not in ("", before)
    assert plan.expected == {Service.EXCHANGE: 2}


def test_units_without_a_point_are_left_out(command: Command, served: Running, names: Names) -> None:
    now = served.service.now()
    units = [
        unit for unit in served.service.tenant.units["onedrive"] if unit.address and unit.policy and not unit.error
    ]
    young = next(unit for unit in units if unit.joined > now - 86_400 * 20)
    old = next(unit for unit in units if unit.trait == "sound" and unit.joined < now - 86_400 * 60)
    words = ("--before", "30d", "--to", "new", "--service", "onedrive")
    written = command("plan", "new", "n.toml", "--units", names(old.address, young.address), *words)
    assert written.code == 0, written.err

    updated = command("plan", "update", "n.toml", "--skip-without-point")

    assert updated.code == 0, updated.err
    assert "1 unit without a point left out, and named in the plan." in updated.err
    plan = read_plan(PLAN).plan
    assert plan.scope.left_out == (young.address,)
    assert plan.expected == {Service.ONEDRIVE: 1}
    checked = command("plan", "check", "n.toml")
    assert checked.code == 0, checked.out


def test_a_file_that_somebody_changes_meanwhile_is_not_touched(
    command: Command, names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    new(command, names(MEGAN, SLIP))

    def read(path: Path, *limits: Any) -> PlanDocument:
        document = read_plan(path, *limits)
        theirs = document.with_plan(replace(document.plan, note="theirs"))
        save_plan(path, theirs.text, replace=True)
        return document

    monkeypatch.setattr(plan_answers, "read_plan", read)
    refused = command("plan", "update", "n.toml", "--take-nearest")

    assert refused.code == 1
    assert "n.toml was changed by somebody else meanwhile." in refused.err
    assert read_plan(PLAN).plan.note == "theirs"
