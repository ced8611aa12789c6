"""Specifies the check of a plan on the screen: what it says, what can be answered, and what it leads to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import Start, usual
from support import footer, message, opened, screen_text, shown_as, simulated, until
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.plans.difference import DifferentUnit, PlanDifference
from backup_tui.plans.document import plan_text, read_plan
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave
from backup_tui.simulator.control.faults import Fault
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.plans.check import PlanCheckScreen
from backup_tui.ui.plans.difference import DifferenceScreen
from backup_tui.ui.plans.incident import IncidentScreen
from backup_tui.ui.routes import OpenPlanCheck
from backup_tui.ui.widgets.table import RowTable

SIZE = (80, 24)
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)], ids=["80x24", "120x40", "200x50"])


@pytest.fixture
def tenant(tmp_path: Path) -> Any:
    return simulated([("Overview", OverviewScreen), ("Policies", Start)], tmp_path / "state", history=False)


def names(one: Any, service: WorkloadKey, count: int) -> list[str]:
    """Rows of a list: ids and the service of the first usual units of a service."""
    return [f"{unit.address},{unit.id},{service}" for unit in usual(one, service, count)]


def written(one: Any, folder: Path, rows: list[str], before: str = "2026-11-20 14:10", **more: Any) -> Path:
    """A plan file and its list; the list has a comment, and so has the plan."""
    (folder / "names.csv").write_text("\n".join(["unit,unit id,service", *rows]) + "\n", encoding="utf-8")
    waves = more.pop("waves", (Wave("directors", first=()), Wave("the rest")))
    waves = waves if len(rows) > 4 else (Wave("all"),)
    if len(waves) > 1:
        waves = (Wave("directors", tuple(row.split(",")[0] for row in rows[:2])), Wave("the rest"))
    plan = Plan(
        "ransom-20nov",
        Scope(Source.LIST, ("names.csv",)),
        before,
        "Europe/Berlin",
        Destination.IN_PLACE,
        waves,
        limits=PlanLimits(units_per_session=5),
        **more,
    )
    path = folder / "ransom-20nov.toml"
    path.write_text(f"# kept by hand\n{plan_text(plan)}", encoding="utf-8")
    return path


async def opened_check(pilot: Pilot[Any], one: Any, path: Path, *, done: bool = True) -> PlanCheckScreen:
    """The check of a plan file, and what it found."""
    await opened(pilot, one)
    one.app.open(OpenPlanCheck(path))
    await until(pilot, lambda: isinstance(one.app.screen, PlanCheckScreen), "the check is open")
    screen = shown_as(one.app, PlanCheckScreen)
    if done:
        await until(pilot, lambda: screen.check is not None, "the plan is checked")
    await pilot.pause()
    return screen


async def again(pilot: Pilot[Any], screen: PlanCheckScreen, before: object) -> None:
    """The plan is checked once more."""
    await until(pilot, lambda: screen.check is not None and screen.check is not before, "the plan is checked again")
    await pilot.pause()


async def incident(pilot: Pilot[Any], one: Any) -> None:
    """The incident screen, with its rows."""
    await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen), "the incident is open")
    await until(pilot, lambda: one.app.screen.query(RowTable), "it has its rows")
    await pilot.pause()


def shown(one: Any) -> str:
    return " ".join(" ".join(screen_text(one.app)).split())


def stuck() -> Fault:
    """The third search for points takes longer than any test."""
    return Fault("delay", method="POST", path="restorePoints/search", after=2, seconds=60)


MIXED = ["meganb@contso.com,,", "qqqq@elsewhere.example,,exchange", "/sites/nowhere,,sharepoint"]


# -- pictures -------------------------------------------------------------------------------------------------


@SIZES
def test_a_plan_that_is_ready(snap_compare: Any, tenant: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    async def check(pilot: Pilot[Any]) -> None:
        await opened_check(pilot, tenant, written(tenant, tmp_path, names(tenant, "onedrive", 12)))

    assert snap_compare(tenant.app, run_before=check, terminal_size=size)


@SIZES
def test_a_plan_that_is_not_ready(snap_compare: Any, tenant: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    async def check(pilot: Pilot[Any]) -> None:
        rows = [*names(tenant, "onedrive", 9), *names(tenant, "exchange", 3), names(tenant, "onedrive", 1)[0], *MIXED]
        lacking = next(one for one in tenant.service.tenant.units["onedrive"] if one.address.startswith("yara.acht"))
        rows.append(f"{lacking.address},{lacking.id},onedrive")
        await opened_check(pilot, tenant, written(tenant, tmp_path, rows))

    assert snap_compare(tenant.app, run_before=check, terminal_size=size)


@SIZES
def test_a_check_under_way(snap_compare: Any, tenant: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    async def check(pilot: Pilot[Any]) -> None:
        tenant.service.faults.rules.append(stuck())
        path = written(tenant, tmp_path, names(tenant, "onedrive", 90))
        await opened_check(pilot, tenant, path, done=False)
        await until(pilot, lambda: "looking for points: 4 of 5" in shown(tenant), "four searches are done")

    assert snap_compare(tenant.app, run_before=check, terminal_size=size)


DIFFERENCE = PlanDifference(
    (
        DifferentUnit("~", "u1", "megan.bowen@contoso.com", "directors", "point 20 Nov 13:10 UTC -> 13:00", "3b10"),
        DifferentUnit("+", "u2", "isaiah.langer@contoso.com", "the rest", "to be drafted, in place"),
        DifferentUnit(
            "-", "u3", "adele.vance@contoso.com", "directors", "no longer in the plan", "5a0e31c7", started=True
        ),
    ),
    2_557,
    ("before: 20 Nov 14:10 -> 20 Nov 14:00",),
    ("draft 3b10c2de: 1 unit was removed from it",),
)


@SIZES
def test_differences(snap_compare: Any, tenant: Any, size: tuple[int, int]) -> None:
    async def show(pilot: Pilot[Any]) -> None:
        await opened(pilot, tenant)
        tenant.app.push_screen(DifferenceScreen("ransom-20nov", DIFFERENCE))
        await pilot.pause()
        await pilot.press("end")

    assert snap_compare(tenant.app, run_before=show, terminal_size=size)


@SIZES
def test_names_of_three_services(snap_compare: Any, tenant: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    async def fix(pilot: Pilot[Any]) -> None:
        rows = [*names(tenant, "onedrive", 4), *MIXED, f"{usual(tenant, 'onedrive', 1)[0].address},,"]
        await opened_check(pilot, tenant, written(tenant, tmp_path, rows))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        await pilot.pause()

    assert snap_compare(tenant.app, run_before=fix, terminal_size=size)


# -- answers --------------------------------------------------------------------------------------------------


async def test_answers_go_into_the_file_with_its_comments_and_the_plan_is_checked_again(
    tenant: Any, tmp_path: Path
) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED])
        screen = await opened_check(pilot, tenant, path)
        assert "NOT READY 3 names to fix" in shown(tenant)
        await pilot.press("d")
        assert "Not yet: fix the names or leave them out" in message(screen)
        before = screen.check
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        assert "7 lines: 4 found, 3 to fix" in shown(tenant)
        await pilot.press("L")
        await again(pilot, screen, before)
        assert tenant.app.screen is screen
        assert "READY 4 units in 2 sessions" in shown(tenant)
        assert "3 left out" in shown(tenant)
        document = read_plan(path)
        assert document.plan.scope.left_out == tuple(row.split(",")[0] for row in MIXED)
        assert document.text.startswith("# kept by hand\n")


async def test_a_name_of_several_services_is_chosen_and_a_wrong_one_is_corrected(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        both = usual(tenant, "onedrive", 3)[2].address
        mailbox = next(unit for unit in tenant.service.tenant.units["exchange"] if unit.address == both)
        site = next(unit for unit in tenant.service.tenant.units["sharepoint"] if unit.address)
        path = written(tenant, tmp_path, [f"{both},,", "/sites/nowhere,,sharepoint"])
        screen = await opened_check(pilot, tenant, path)
        before = screen.check
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        await pilot.pause()
        assert "2 units match" in shown(tenant)
        rows = shown_as(tenant.app, NamesScreen).table.source.keys()
        await pilot.press(*["down"] * next(at for at, key in enumerate(rows) if key.endswith(mailbox.id)), "enter")
        await pilot.press("home", "c", "ctrl+u", *"zzzz", "enter")
        assert "Nothing in contoso.com has this name." in shown(tenant)
        await pilot.press("ctrl+u", *site.address, "enter")
        await again(pilot, screen, before)
        assert screen.check is not None
        assert {row.unit.id for row in screen.check.scope.rows} == {mailbox.id, site.id}
        assert dict(read_plan(path).plan.scope.chosen) == {both: mailbox.id, "/sites/nowhere": site.id}


async def test_an_answer_is_undone_in_the_file_too(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED])
        screen = await opened_check(pilot, tenant, path)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        before = screen.check
        await pilot.press("x", "x", "u", "escape")
        await again(pilot, screen, before)
        assert len(read_plan(path).plan.scope.left_out) == 1
        assert "NOT READY 2 names to fix" in shown(tenant)


async def test_an_edit_of_the_file_meanwhile_is_kept_beside_the_answers(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED])
        screen = await opened_check(pilot, tenant, path)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        path.write_text(f"{path.read_text(encoding='utf-8')}\n# by hand, meanwhile\n", encoding="utf-8")
        before = screen.check
        await pilot.press("L")
        await again(pilot, screen, before)
        document = read_plan(path)
        assert document.text.endswith("# by hand, meanwhile\n")
        assert len(document.plan.scope.left_out) == 3


async def test_answers_outlive_a_file_that_cannot_be_written(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED])
        screen = await opened_check(pilot, tenant, path)
        before = screen.check
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, NamesScreen), "the names are shown")
        away = path.rename(tmp_path / "away.toml")
        await pilot.press("L")
        await until(pilot, lambda: "ransom-20nov.toml cannot be read" in shown(tenant), "it says what is wrong")
        away.rename(path)
        await pilot.press("r")
        await again(pilot, screen, before)
        assert len(read_plan(path).plan.scope.left_out) == 3


async def test_units_without_a_point_are_left_out_by_one_key_and_come_back(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        lacking = next(one for one in tenant.service.tenant.units["onedrive"] if one.address.startswith("yara.acht"))
        rows = [*names(tenant, "onedrive", 3), f"{lacking.address},{lacking.id},onedrive"]
        path = written(tenant, tmp_path, rows)
        screen = await opened_check(pilot, tenant, path)
        assert "1 has no point" in shown(tenant)
        before = screen.check
        await pilot.press("L")
        await again(pilot, screen, before)
        assert "READY 3 units in 1 session" in shown(tenant)
        assert read_plan(path).plan.scope.left_out == (lacking.address,)
        before = screen.check
        await pilot.press("u")
        await again(pilot, screen, before)
        assert "1 without a point" in shown(tenant)
        assert not read_plan(path).plan.scope.left_out


async def test_only_what_was_checked_is_drafted(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        lacking = next(one for one in tenant.service.tenant.units["onedrive"] if one.address.startswith("yara.acht"))
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 3), f"{lacking.address},{lacking.id},onedrive"])
        screen = await opened_check(pilot, tenant, path)
        before = screen.check
        await pilot.press("L")
        await again(pilot, screen, before)
        assert "READY 3 units in 1 session" in shown(tenant)
        (tmp_path / "names.csv").unlink()
        await pilot.press("u")
        await until(pilot, lambda: "directory)" in shown(tenant).replace(" ", ""), "the check failed")
        await pilot.press("d")
        assert "The plan file is not what was checked; r checks it." in message(screen)
        assert not screen.context().drafting


# -- running, stopping, drafting --------------------------------------------------------------------------------


async def test_esc_stops_the_check_and_it_continues_where_it_was(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        fault = stuck()
        tenant.service.faults.rules.append(fault)
        path = written(tenant, tmp_path, names(tenant, "onedrive", 90))
        screen = await opened_check(pilot, tenant, path, done=False)
        await until(pilot, lambda: "looking for points: 4 of 5" in shown(tenant), "four searches are done")
        assert "esc stop" in footer(screen)
        await pilot.press("escape")
        await until(pilot, lambda: "Stopped. What was found is kept; r continues." in shown(tenant), "it is stopped")
        assert tenant.app.screen is screen
        tenant.service.faults.rules.remove(fault)
        await pilot.press("r")
        await again(pilot, screen, None)
        assert screen.check is not None
        assert screen.check.points.searches == 1
        await pilot.press("escape")
        assert not screen.is_attached


async def test_drafts_are_created_with_one_key_and_the_incident_opens(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, names(tenant, "onedrive", 12))
        await opened_check(pilot, tenant, path)
        there = set(tenant.service.sessions)
        await pilot.press("d")
        await incident(pilot, tenant)
        made = [one for key, one in tenant.service.sessions.items() if key not in there]
        assert sorted(len(session.artifacts) for session in made) == [2, 5, 5]
        await pilot.press("escape")
        screen = await opened_check(pilot, tenant, path)
        assert not isinstance(tenant.app.screen, DifferenceScreen)
        await pilot.press("equals_sign")
        assert "It is the plan that its drafts were made for." in message(screen)


async def test_a_plan_that_differs_from_its_drafts_is_not_drafted_over_them(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        rows = names(tenant, "onedrive", 7)
        await opened_check(pilot, tenant, written(tenant, tmp_path, rows[:6]))
        await pilot.press("d")
        await incident(pilot, tenant)
        await pilot.press("escape")
        count = len(tenant.service.sessions)
        tenant.app.open(OpenPlanCheck(written(tenant, tmp_path, rows[1:])))
        await until(pilot, lambda: isinstance(tenant.app.screen, DifferenceScreen), "the differences are shown")
        await pilot.pause()
        text = shown(tenant)
        assert "1 added, 1 removed" in text
        await pilot.press("enter")
        screen = shown_as(tenant.app, PlanCheckScreen)
        await pilot.press("d")
        assert "another version of this plan" in message(screen)
        assert len(tenant.service.sessions) == count
        await pilot.press("equals_sign")
        assert isinstance(tenant.app.screen, DifferenceScreen)


async def test_a_refused_draft_is_said_and_the_others_are_completed_by_the_next_try(
    tenant: Any, tmp_path: Path
) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await opened_check(pilot, tenant, written(tenant, tmp_path, names(tenant, "onedrive", 12)))
        fault = Fault("refuse", method="POST", path="RestoreSessions$", status=400, code="InvalidRestorePoint", after=1)
        tenant.service.faults.rules.append(fault)
        await pilot.press("d")
        await until(pilot, lambda: "not complete" in shown(tenant), "it is said")
        assert tenant.app.screen is screen
        tenant.service.faults.rules.remove(fault)
        await pilot.press("d")
        await incident(pilot, tenant)
        assert sorted(len(session.artifacts) for session in tenant.service.sessions.values()) == [2, 5, 5]


async def test_leftovers_are_saved_as_a_list_that_can_be_corrected(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        await opened_check(pilot, tenant, written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED]))
        target = tmp_path / "left.csv"
        await pilot.press("e", "ctrl+u", *str(target), "enter")
        await until(pilot, target.exists, "the file is there")
        await pilot.pause()
        assert len(target.read_text(encoding="utf-8").splitlines()) == 1 + len(MIXED)


async def test_everything_of_the_check_is_one_text(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        path = written(tenant, tmp_path, [*names(tenant, "onedrive", 4), *MIXED], expected={Service.ONEDRIVE: 5})
        await opened_check(pilot, tenant, path)
        await pilot.press("v")
        text = shown(tenant)
        assert "IN PLACE: 4 OneDrive accounts are rolled back" in text
        await pilot.press("y")
        assert "Names to fix 3" in tenant.app.clipboard
        assert "searches for points that the plan takes: 1" in tenant.app.clipboard


async def test_a_read_only_program_checks_and_does_not_draft(tmp_path: Path) -> None:
    one = simulated([("Overview", OverviewScreen)], tmp_path / "state", read_only=True, history=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await opened_check(pilot, one, written(one, tmp_path, names(one, "onedrive", 4)))
        await pilot.press("d")
        assert "read-only" in message(screen).lower()
