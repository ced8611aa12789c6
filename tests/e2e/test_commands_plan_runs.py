"""A plan by commands alone: drafted, agreed to wave by wave, carried out, stopped, continued, and reported."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from msgspec.structs import replace

from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.server import Running

Command = Callable[..., Any]
FAST = ("--interval", "0.1")


def sound(served: Running, count: int) -> list[Unit]:
    """OneDrive accounts whose restores succeed."""
    now = served.service.now()
    units = [
        unit
        for unit in served.service.tenant.units["onedrive"]
        if unit.trait == "sound"
        and unit.joined < now - 3 * 86_400
        and unit.address
        and unit.policy
        and not unit.error
        and not unit.sparse
        and unit.state(now)[0] == "protected"
    ]
    assert len(units) >= count
    return units[:count]


def books(served: Running) -> dict[str, dict[str, int]]:
    """How often each unit was restored, as the service counts it."""
    with urlopen(served.base_url.replace("/v1.0", "/_simulator/books")) as answer:
        units: dict[str, dict[str, int]] = json.load(answer)["units"]
    return units


@pytest.fixture
def units(served: Running) -> list[Unit]:
    return sound(served, 7)


@pytest.fixture
def plan(units: list[Unit], tmp_path: Path) -> str:
    """A plan of two waves in sessions of two."""
    addresses = [unit.address for unit in units]
    (tmp_path / "names.csv").write_text("\n".join(addresses) + "\n", encoding="utf-8")
    path = tmp_path / "ransom.toml"
    path.write_text(
        f"""version = 1
name = "ransom"
list = "names.csv"
service = "onedrive"
before = "2h ago"
zone = "UTC"
to = "in-place"

[limits]
units_per_session = 2

[[wave]]
name = "directors"
members = {json.dumps(addresses[:2])}

[[wave]]
name = "rest"
""",
        encoding="utf-8",
    )
    return str(path)


def test_from_a_file_to_every_unit_restored_once(
    command: Command, served: Running, units: list[Unit], plan: str
) -> None:
    drafted = command("plan", "draft", plan, "--json")
    assert drafted.code == 0, drafted.err
    waves = drafted.json["waves"]
    assert [(wave["name"], wave["units"]["total"]) for wave in waves] == [("directors", 2), ("rest", 5)]
    assert [len(wave["sessions"]) for wave in waves] == [1, 3]

    asked = command("plan", "run", "ransom")
    assert asked.code == 2
    assert "IN PLACE 2 OneDrive accounts in 1 session, wave directors of plan ransom" in asked.err
    assert '--confirm "overwrite 2 contoso"' in asked.err
    assert not any(one["activated"] for one in books(served).values())

    first = command("plan", "run", plan, "--confirm", "overwrite 2 contoso", "--wait", *FAST, "--json")
    assert first.code == 0, first.err
    assert [wave["state"] for wave in first.json["waves"]] == ["finished", "needsYes"]
    assert first.json["runner"] is None

    rest = command("plan", "run", "ransom", "--wave", "REST", "--confirm", "overwrite 5 contoso", "--wait", *FAST)
    assert rest.code == 0, rest.err
    assert "2 OneDrive accounts: ended, 2 restored" in rest.err
    assert rest.out.splitlines()[0].split() == ["Plan", "ransom"]
    told = books(served)
    assert {unit.id for unit in units} == set(told)
    assert {tuple(sorted(one.items())) for one in told.values()} == {
        (("activated", 1), ("drafted", 0), ("failed", 0), ("succeeded", 1))
    }


def test_a_second_run_of_each_command_changes_nothing(command: Command, served: Running, plan: str) -> None:
    command("plan", "draft", plan)
    again = command("plan", "draft", plan)
    assert again.code == 0
    assert command("plan", "draft", "ransom").out == again.out
    run = ("plan", "run", "ransom", "--all", "--confirm", "overwrite 7 contoso", "--wait", *FAST)
    assert command(*run).code == 0
    before = books(served)

    assert command(*run).code == 0
    assert command("plan", "resume", "ransom", "--wait", *FAST).code == 0

    assert books(served) == before


def test_a_wrong_phrase_agrees_to_nothing(command: Command, served: Running, plan: str) -> None:
    command("plan", "draft", plan)

    refused = command("plan", "run", "ransom", "--confirm", "overwrite 3 contoso")

    assert refused.code == 2
    assert 'the text is "overwrite 2 contoso"' in refused.err
    assert not any(one["activated"] for one in books(served).values())


def test_it_stops_where_it_is_asked_to_and_continues(command: Command, plan: str) -> None:
    command("plan", "draft", plan)
    run = ("plan", "run", "ransom", "--all", "--confirm", "overwrite 7 contoso", "--wait", *FAST)
    stopped = command(*run, "--stop-after", "directors", "--json")
    assert stopped.code == 0, stopped.err
    assert [wave["state"] for wave in stopped.json["waves"]] == ["finished", "stopped"]
    assert stopped.json["stopAfter"] == "directors"

    paused = command("plan", "stop", "ransom", "--json")
    assert paused.json["paused"] is True
    assert command("plan", "status", "ransom", "--json").json["paused"] is True

    done = command("plan", "resume", "ransom", "--wait", *FAST, "--json")
    assert done.code == 0, done.err
    assert [wave["state"] for wave in done.json["waves"]] == ["finished", "finished"]


def test_without_waiting_it_starts_what_can_start(command: Command, served: Running, plan: str) -> None:
    command("plan", "draft", plan)

    begun = command("plan", "run", "ransom", "--all", "--confirm", "overwrite 7 contoso")

    assert begun.code == 0, begun.err
    assert "plan resume ransom --wait" in begun.err
    assert all(one["activated"] == 1 for one in books(served).values())


def test_the_limits_of_the_profile_count_for_what_is_said_to_wait(
    command: Command, served: Running, plan: str, environment: dict[str, str]
) -> None:
    command("plan", "draft", plan)
    served.service.settings = replace(served.service.settings, speed=1)  # nothing ends meanwhile
    file = Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[limits]\nunits = 4\n", encoding="utf-8")
    command("plan", "run", "ransom", "--all", "--confirm", "overwrite 7 contoso")

    (wait,) = command("plan", "status", "ransom", "--json").json["waits"]

    assert (wait["units"], wait["needsPerson"]) == (3, False)
    assert "no free place" in wait["why"]


def test_the_plans_are_listed_with_their_counts(command: Command, plan: str) -> None:
    assert command("plan", "status", "--json").json == []
    command("plan", "draft", plan)

    listed = command("plan", "status")

    assert listed.out.splitlines()[0].split() == ["PLAN", "CREATED", "BY", "RESTORED", "FAILED", "OF", "RUNNER"]
    assert listed.out.splitlines()[1].split()[0] == "ransom"
    assert command("plan", "status", "nobody").code == 2


def test_names_to_fix_keep_it_from_being_drafted_unless_they_are_skipped(
    command: Command, served: Running, plan: str, tmp_path: Path
) -> None:
    with (tmp_path / "names.csv").open("a", encoding="utf-8") as file:
        file.write("nobody.at.all@contoso.com\n")

    refused = command("plan", "draft", plan)
    assert refused.code == 2
    assert "1 name to fix" in refused.err
    assert books(served) == {}

    drafted = command("plan", "draft", plan, "--skip-unresolved", "--json")
    assert drafted.code == 0, drafted.err
    assert [one["name"] for one in drafted.json["missing"]] == ["nobody.at.all@contoso.com"]


def test_what_kept_a_session_from_starting_is_said_after_the_run_too(
    command: Command, served: Running, plan: str
) -> None:
    drafted = command("plan", "draft", plan, "--json").json
    second = drafted["waves"][1]["sessions"][0]["id"]
    agreed = command("plan", "run", "ransom", "--all", "--confirm", "overwrite 7 contoso", "--stop-after", "directors")
    assert agreed.code == 0, agreed.err
    artifact = served.service.sessions[second].artifacts.pop()

    run = command("plan", "resume", "ransom", "--wait", *FAST)

    assert run.code == 6
    assert f"{second[:8]} was agreed to and not started: changed" in run.err
    assert f"1 removed ({artifact.unit.address})" in run.err
    status = command("plan", "status", "ransom")
    assert "needs a new yes" in next(line for line in status.out.splitlines() if line.startswith("Last run"))
    assert artifact.unit.id not in books(served)


def test_a_changed_plan_is_compared_first_and_only_what_is_new_is_added(
    command: Command, served: Running, plan: str, tmp_path: Path
) -> None:
    command("plan", "draft", plan)
    more = sound(served, 8)[7]
    with (tmp_path / "names.csv").open("a", encoding="utf-8") as file:
        file.write(f"{more.address}\n")
    Path(plan).write_text(Path(plan).read_text("utf-8") + 'pause = "30m"\n', encoding="utf-8")
    before = books(served)

    refused = command("plan", "draft", plan)
    assert refused.code == 1
    assert f"+ {more.address}" in refused.err
    assert "wave rest: pause" in refused.err
    assert books(served) == before

    applied = command("plan", "draft", plan, "--apply", "--json")
    assert applied.code == 0, applied.err
    assert applied.json["waves"][1]["units"]["total"] == 6
    assert {key: one["drafted"] for key, one in books(served).items()} == dict.fromkeys([*before, more.id], 1)


def test_a_name_that_is_added_to_the_list_is_not_left_out_silently(
    command: Command, served: Running, plan: str, tmp_path: Path
) -> None:
    command("plan", "draft", plan)
    more = sound(served, 8)[7]
    with (tmp_path / "names.csv").open("a", encoding="utf-8") as file:
        file.write(f"{more.address}\n")

    refused = command("plan", "draft", plan)

    assert refused.code == 1
    assert f"+ {more.address}" in refused.err
