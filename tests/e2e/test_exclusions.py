"""Specifies leaving names out of a policy with full workload backup by commands, in the beta version alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

Command = Callable[..., Any]


@pytest.fixture
def served() -> Iterator[Running]:
    with running(Settings(units=200, speed=600, full_service="sharepoint")) as service:
        yield service


@pytest.fixture
def beta(served: Running) -> tuple[str, str]:
    return "--graph-url", served.base_url.removesuffix("v1.0") + "beta"


def test_sites_are_left_out_of_a_policy_and_each_is_shown(
    command: Command, served: Running, beta: tuple[str, str], names: Callable[..., str]
) -> None:
    policies = command("policies", "list", "--json", *beta).json
    full = next(each["id"] for each in policies if each["protectionMode"] == "fullServiceBackup")
    whole = command("policies", "show", full, "--json", *beta).json
    before = whole["siteExclusionUnits"]
    shown = command("exclusions", "show", full, before[0]["id"], *beta)
    assert shown.code == 0, shown.err
    assert before[0]["siteWebUrl"] in shown.out
    assert command("exclusions", "show", full, "ffffffff", *beta).code == 5

    excluded = {each["siteId"] for each in before}
    site = next(one for one in served.service.tenant.units["sharepoint"] if one.owner not in excluded)
    listed = names(site.url, "https://contoso.sharepoint.com/sites/nowhere")
    asked = command("exclusions", "add", full, "--units", listed, *beta)
    assert asked.code == 2
    assert "not backed up. Existing points stay until each is a year old" in asked.err
    phrase = asked.err.split("--confirm ")[1].split('"')[1]
    done = command("exclusions", "add", full, "--units", listed, "--confirm", phrase, "--json", *beta)
    assert done.code == 0, done.err
    (job,) = done.json
    jobs = command("exclusions", "jobs", full, "--json", *beta).json
    assert job["id"] in [each["id"] for each in jobs]
    one = command("exclusions", "jobs", full, job["id"][:8], *beta)
    assert one.code == 0, one.err
    again = command("exclusions", "add", full, "--units", listed, *beta)
    assert "the same names were excluded from it before" in again.err


def test_other_policies_and_v1_have_no_exclusions(
    command: Command, beta: tuple[str, str], names: Callable[..., str]
) -> None:
    policies = command("policies", "list", "--json", *beta).json
    plain = next(each["id"] for each in policies if each.get("protectionMode") != "fullServiceBackup")
    listed = names("adele.vance@contoso.com")
    refused = command("exclusions", "add", plain, "--units", listed, *beta)
    assert refused.code == 1
    assert "remove them from it instead" in refused.err
    old = command("exclusions", "jobs", plain)
    assert old.code == 2
    assert "exists only in the beta version" in old.err
