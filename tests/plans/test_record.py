"""What the journal keeps of a plan."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from office import Office

from backup_tui.errors import StateConflict
from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.record import (
    PlanRecord,
    RunnerStatus,
    Wait,
    Yes,
    keep_record,
    keep_status,
    keep_units,
    kept_plans,
    kept_record,
    kept_status,
    kept_units,
)
from backup_tui.restore.points.points import UnitPoint

WHEN = datetime(2026, 11, 20, 13, 10, tzinfo=UTC)
PLAN = Plan("ransom-20nov", Scope(Source.LIST, ("names.csv",)), "20 Nov 14:10", "Europe/Berlin", Destination.IN_PLACE)
RECORD = PlanRecord(
    PLAN,
    "ransom-20nov.toml",
    "ab" * 32,
    WHEN,
    "adele@contoso.com",
    (Part(1, 0, Service.EXCHANGE, Destination.IN_PLACE, 2),),
    {1: "d91e03b7"},
    (Yes("overwrite 2 contoso", "adele@contoso.com", WHEN, {"d91e03b7": "f1"}),),
    names={"found": 2},
    missing=(("nobody@contoso.com", "no such account"),),
)


async def test_a_plan_is_read_as_it_was_kept(office: Office) -> None:
    older = replace(RECORD, plan=replace(PLAN, name="older"), created_at=datetime(2025, 1, 1, tzinfo=UTC))

    await keep_record(office.tools.journal, older)
    await keep_record(office.tools.journal, RECORD)

    assert await kept_record(office.tools.journal, "ransom-20nov") == RECORD
    assert await kept_plans(office.tools.journal) == (RECORD, older)
    assert await kept_record(office.tools.journal, "another") is None


async def test_a_record_of_another_version_is_neither_read_nor_taken_for_a_plan_without_drafts(office: Office) -> None:
    await office.tools.journal.keep("plan-run:newer", '{"plan": 7}')

    with pytest.raises(StateConflict, match="another version of this program wrote it"):
        await kept_record(office.tools.journal, "newer")
    assert await kept_plans(office.tools.journal) == ()


async def test_units_of_a_part_and_what_the_runner_says_are_kept(office: Office) -> None:
    units = (UnitPoint("u1", "adele", Service.EXCHANGE, WHEN, "p1", WHEN),)
    status = RunnerStatus(4711, "jump01", WHEN, "watching 2 sessions", (Wait(3, "25 sessions run", WHEN),), WHEN)

    await keep_units(office.tools.journal, "ransom-20nov", 1, units)
    await keep_status(office.tools.journal, "ransom-20nov", status)

    assert await kept_units(office.tools.journal, "ransom-20nov", 1) == units
    assert await kept_units(office.tools.journal, "ransom-20nov", 2) == ()
    assert await kept_status(office.tools.journal, "ransom-20nov") == status


def test_the_newest_yes_to_a_session_counts() -> None:
    again = Yes("restore 2", "ryan@contoso.com", WHEN, {"d91e03b7": "f2"})

    assert replace(RECORD, yes=(*RECORD.yes, again)).agreed("d91e03b7") == again
    assert RECORD.agreed("another") is None
