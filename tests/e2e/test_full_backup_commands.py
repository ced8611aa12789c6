"""Full workload backup by commands: policies, units, lists of names, plans; and nothing of it in v1.0."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]
SPEED = 36_000.0


@pytest.fixture
def served() -> Iterator[Running]:
    with running(Settings(units=200, speed=SPEED, full_service="sharepoint", entra_policy=True)) as service:
        yield service


@pytest.fixture
def beta(served: Running) -> tuple[str, str]:
    return "--graph-url", served.base_url.removesuffix("v1.0") + "beta"


def full_policy(command: Command, beta: tuple[str, str]) -> dict[str, Any]:
    policies = command("policies", "list", "--json", *beta).json
    return next(each for each in policies if each["protectionMode"] == "fullServiceBackup")


def test_policies_say_what_they_protect(command: Command, beta: tuple[str, str]) -> None:
    listed = command("policies", "list", *beta)
    header, *lines = listed.out.splitlines()
    assert "PROTECTS" in header
    assert any("whole service" in line and "Sites all" in line for line in lines)
    assert any("Entra ID" in line for line in lines)

    policy = full_policy(command, beta)
    shown = command("policies", "show", policy["id"], *beta)
    assert "all of SharePoint, what is made later too, except 3 sites it excludes." in shown.out
    assert policy["billingPolicyId"] in shown.out
    whole = command("policies", "show", policy["id"], "--json", *beta).json
    assert len(whole["siteExclusionUnits"]) == 3
    assert all(unit["siteWebUrl"] in shown.out for unit in whole["siteExclusionUnits"])

    plain = command("policies", "list")
    assert "PROTECTS" not in plain.out, "v1.0 says nothing about it"


def test_units_have_their_terms_and_are_not_called_all(command: Command, beta: tuple[str, str]) -> None:
    listed = command("units", "list", *beta)
    header = listed.out.splitlines()[0]
    assert [word for word in ("KEPT", "TYPE", "BILLED UNDER") if word in header] == ["KEPT", "TYPE", "BILLED UNDER"]
    assert "shared mailbox" in listed.out
    assert "730 days from" in listed.out
    assert "Sites all protects all of SharePoint (full workload backup)" in listed.err
    plain = command("units", "list")
    assert plain.out.splitlines()[0].split() == ["ID", "SERVICE", "STATUS", "ADDRESS", "NAME"]
    assert plain.err == ""


def test_a_list_and_a_plan_name_what_is_excluded(
    command: Command, beta: tuple[str, str], names: Callable[..., str], tmp_path: Path
) -> None:
    policy = full_policy(command, beta)
    out = command("policies", "show", policy["id"], "--json", *beta).json["siteExclusionUnits"][0]
    listed = names(out["siteWebUrl"])
    found = command("points", "find", "--service", "sharepoint", "--units", listed, "--before", "latest", *beta)
    assert found.code == 2
    assert f"{out['siteWebUrl']}: excluded" in found.err

    made = command(
        "plan", "new", str(tmp_path / "all.toml"), "--policy", "Sites all", "--before", "1d", "--to", "new", *beta
    )
    assert made.code == 0, made.err
    assert "What it excludes is not among these units." in made.err
    by_name = command(
        "plan", "new", str(tmp_path / "one.toml"), "--units", listed, "--service", "sharepoint", "--before", "1d",
        "--to", "new", *beta,
    )  # fmt: skip
    assert "excluded" in by_name.err


def test_the_review_of_a_switch_speaks_of_the_whole_service(command: Command, beta: tuple[str, str]) -> None:
    stop = command("policies", "deactivate", full_policy(command, beta)["id"], *beta)
    assert stop.code != 0
    assert "nothing of SharePoint is backed up by this policy" in " ".join(stop.err.split())
