"""Who says what a unit is called, by commands: in JSON for programs, in a column for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def ended(served: Running) -> str:
    """A restore that ended, of OneDrive accounts, made elsewhere."""
    found = (each for each in served.service.sessions.values() if each.workload.key == "onedrive")
    return next(each.id for each in found if each.activated is not None)


def test_a_session_made_elsewhere_says_how_sure_each_name_is(command: Command, served: Running) -> None:
    session = ended(served)
    units = [each["unit"] for each in command("sessions", "show", session, "--json").json["artifacts"]]
    assert units
    assert {unit["nameSource"] for unit in units} <= {"address", "none"}
    guessed = [unit for unit in units if unit["nameSource"] == "address"]
    assert all(unit["id"] is None and unit["name"] for unit in guessed), "a guess names no unit"
    table = command("sessions", "show", session).out
    assert "NAME FROM" in table
    rows = [line for line in table.splitlines() if line.endswith(("address", "none"))]
    assert len(rows) == len(units)


def test_a_draft_made_here_is_known_from_the_journal(
    command: Command, served: Running, names: Callable[..., str]
) -> None:
    sound = [unit.address for unit in served.service.tenant.units["onedrive"] if unit.trait == "sound"][:2]
    made = command(
        "sessions", "draft", "--service", "onedrive", "--units", names(*sound), "--before", "1d", "--to", "new"
    )
    assert made.code == 0, made.err
    session = made.out.strip()
    shown = command("sessions", "show", session, "--json").json
    assert {each["unit"]["nameSource"] for each in shown["artifacts"]} == {"journal"}
    assert {each["unit"]["name"] for each in shown["artifacts"]} == set(sound)
    reviewed = command("sessions", "review", session, "--json").json
    assert {unit["nameSource"] for unit in reviewed["units"]} == {"journal"}


def test_the_service_s_log_says_who_started_it_in_beta_only(command: Command, served: Running) -> None:
    session = ended(served)
    beta = command("sessions", "show", session, "--graph-url", served.base_url.removesuffix("v1.0") + "beta")
    assert "(activity log)" in beta.out
    assert "(activity log)" not in command("sessions", "show", session).out
