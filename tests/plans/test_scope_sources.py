"""The waves of a plan, and plans of whole policies and of what failed."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from office import Office
from scope_desk import PLAN, Desk

from backup_tui.errors import NotFound, UsageError
from backup_tui.models.services import Service
from backup_tui.plans.plan import Scope, Source, Wave
from backup_tui.plans.waves import waves_of_column
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.resolve import Reason
from backup_tui.restore.review.activation import Start
from backup_tui.store.rows import UnitRow


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


async def test_waves_have_members_by_any_name_a_file_or_a_word(desk: Desk) -> None:
    units = await desk.office.units(Service.ONEDRIVE, 6)
    desk.write("mail", units[1].address, units[2].address, name="directors.csv")
    waves = (
        Wave("directors", ("@directors.csv", units[0].object_id), (units[2].address, units[0].id)),
        Wave("sales", ("wave=S",)),
        Wave("the rest"),
    )
    plan = replace(PLAN, service=Service.ONEDRIVE, waves=waves)
    words = ["", "", "Sales", "s", "", ""]

    result = await desk.resolve_list(
        "unit,wave", *(f"{unit.address},{word}" for unit, word in zip(units, words, strict=True)), plan=plan
    )

    assert [row.wave for row in result.rows] == [0, 0, 1, 1, 2, 2]
    assert [row.place for row in result.rows] == [1, None, None, None, None, None]
    assert [(stray.wave, stray.key, stray.words) for stray in result.strays] == [
        ("directors", "members", "Its row says wave sales."),
        ("directors", "first", "It is in wave sales."),
    ]


async def test_members_that_are_no_unit_of_the_plan_or_in_two_waves_are_strays(desk: Desk) -> None:
    one, two, out, elsewhere = await desk.office.units(Service.ONEDRIVE, 4)
    waves = (Wave("a", (one.address, out.address, "ghost", "not@there.com")), Wave("b", (one.address, elsewhere.id)))
    scope = replace(PLAN.scope, left_out=(out.address,))
    plan = replace(PLAN, service=Service.ONEDRIVE, waves=waves, scope=scope)

    result = await desk.resolve_list(one.address, two.address, out.address, "ghost", plan=plan)

    assert [(stray.wave, stray.name, stray.words) for stray in result.strays] == [
        ("a", "not@there.com", "It is not a unit of this plan."),
        ("b", one.address, "It is in wave a already."),
        ("b", elsewhere.id, "It is not a unit of this plan."),
    ]
    assert [one.problem.reason for one in result.problems] == [Reason.NO_WAVE, Reason.NO_SUCH]
    assert [row.unit.id for row in result.rows] == [one.id]


async def test_a_file_of_a_wave_that_is_missing_is_named(desk: Desk) -> None:
    desk.write("a@b.com")

    with pytest.raises(UsageError, match=r"first of wave all: .*vips\.csv cannot be read"):
        await desk.resolve(replace(PLAN, waves=(Wave("all", first=("@vips.csv",)),)))


def test_a_wave_is_made_of_each_word_of_the_column() -> None:
    numbered = parse_unit_list("mail,wave\na@b.com,10\nb@b.com,2\nc@b.com,\nd@b.com,2\n")
    named = parse_unit_list("mail,wave\na@b.com,Sales\nb@b.com,board\nc@b.com,SALES\n")

    assert waves_of_column(numbered) == (
        Wave("wave 2", ("wave=2",)), Wave("wave 10", ("wave=10",)), Wave("the rest"),
    )  # fmt: skip
    assert waves_of_column(named) == (Wave("Sales", ("wave=Sales",)), Wave("board", ("wave=board",)))
    assert waves_of_column(parse_unit_list("a@b.com")) == (Wave("all"),)


async def test_all_units_of_policies_are_found_by_name_or_id(desk: Desk) -> None:
    policies = [policy for policy in await desk.office.tools.reader.policies() if policy.service is Service.ONEDRIVE]
    named = next(policy for policy in policies if policy.display_name)
    await desk.load(Service.ONEDRIVE)
    members = {unit.id for unit in desk.office.store.units[Service.ONEDRIVE].values() if unit.policy_id == named.id}
    assert members

    for entry in (named.display_name or "", named.id, named.id[:8]):
        result = await desk.resolve(replace(PLAN, scope=Scope(Source.POLICIES, (entry.upper(),))))
        assert {row.unit.id for row in result.rows} == members

    left = next(iter(result.rows)).unit
    scope = Scope(Source.POLICIES, (named.id,), left_out=(left.address,))
    result = await desk.resolve(replace(PLAN, scope=scope))
    assert result.left_out == (left.address,)
    assert len(result.rows) == len(members) - 1


async def test_a_policy_that_does_not_exist_or_is_of_another_service_is_refused(desk: Desk) -> None:
    named = next(policy for policy in await desk.office.tools.reader.policies() if policy.service is Service.ONEDRIVE)
    name = named.display_name or ""

    with pytest.raises(UsageError, match="There is no policy") as caught:
        await desk.resolve(replace(PLAN, scope=Scope(Source.POLICIES, (f"{name}x",))))
    assert caught.value.hint == f"Did you mean {name}?"
    with pytest.raises(UsageError, match="holds OneDrive accounts; the plan is for mailboxes"):
        await desk.resolve(replace(PLAN, service=Service.EXCHANGE, scope=Scope(Source.POLICIES, (name,))))


async def test_the_failed_units_of_sessions_are_found(desk: Desk, office: Office) -> None:
    good = await office.units(Service.ONEDRIVE, 2)
    held = [unit.id for unit in office.service.tenant.units["onedrive"] if unit.trait == "held"]
    session = await restored(office, [*good, *(office.store.units[Service.ONEDRIVE][unit_id] for unit_id in held)])
    assert held

    result = await desk.resolve(replace(PLAN, scope=Scope(Source.FAILED_OF, (session, session))))

    assert {row.unit.id for row in result.rows} == set(held)
    assert result.sums["names"] == len(held)
    with pytest.raises(NotFound):
        await desk.resolve(replace(PLAN, scope=Scope(Source.FAILED_OF, ("00000000-0000-4000-8000-000000000000",))))


async def restored(office: Office, units: list[UnitRow]) -> str:
    draft = await office.draft(units)
    await office.carry_out(await office.review(Start(draft.session_id)))
    office.advance(timedelta(hours=30).total_seconds())
    return draft.session_id
