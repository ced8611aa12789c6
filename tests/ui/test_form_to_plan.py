"""Specifies the way from the form to a plan: more than one draft holds, or several services, becomes one by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import Start, addresses, form_for, form_of, settled
from support import message, opened, screen_text, shown_as, simulated, until
from textual import events
from textual.pilot import Pilot

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Service
from backup_tui.plans.document import read_plan
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.plans.check import PlanCheckScreen
from backup_tui.ui.plans.incident import IncidentScreen
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.table import RowTable

SIZE = (80, 24)
FEW = 10
"""What a draft holds at most in these tests, so that a few units take a plan."""


@pytest.fixture
def tenant(tmp_path: Path) -> Any:
    settings = {"limits": ServiceLimits(units=FEW)}
    return simulated([("Overview", OverviewScreen), ("Policies", Start)], tmp_path, settings=settings, history=False)


async def checked(pilot: Pilot[Any], one: Any) -> PlanCheckScreen:
    """The check of a plan, once it is there."""
    await until(pilot, lambda: isinstance(one.app.screen, PlanCheckScreen), "the check is open")
    screen = shown_as(one.app, PlanCheckScreen)
    await until(pilot, lambda: screen.check is not None, "the plan is checked")
    await pilot.pause()
    return screen


async def acted(pilot: Pilot[Any], screen: NewRestore) -> None:
    """Presses enter on the last line of the form."""
    await settled(pilot, screen)
    screen.act.focus()
    await pilot.press("enter")


async def test_the_plan_is_said_as_soon_as_the_names_are_counted_and_no_point_is_looked_for(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant, form_for(tenant, 23))
        await settled(pilot, screen)
        text = "\n".join(screen_text(tenant.app))
        assert "23 accounts: a plan of 3 sessions; enter opens its check" in text
        assert "[ Check plan ]  enter: a plan of 3 sessions, 23 accounts to NEW addresses" in text
        assert not screen.drafting.lookups.table(screen.drafting.form).rows


async def test_the_last_line_opens_the_check_of_a_plan_that_holds_every_name(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant, form_for(tenant, 23, moment="2026-11-20 14:10"))
        screen.accept_paste("qqqq@elsewhere.example")
        await acted(pilot, screen)
        check = await checked(pilot, tenant)
        assert check.path.name == "restore-22nov-1532.toml"
        assert check.path.stat().st_mode & 0o077 == 0
        plan = read_plan(check.path).plan
        assert (plan.before, plan.zone, plan.service) == ("2026-11-20 14:10", "Europe/Berlin", Service.ONEDRIVE)
        assert check.check is not None
        assert check.check.scope.sums == {"names": 24, "found": 23, "twice": 0, "toFix": 1, "leftOut": 0}
        assert "NOT READY   1 name to fix" in " ".join(screen_text(tenant.app))


async def test_the_same_form_opens_the_same_plan_and_another_one_a_new_plan(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant, form_for(tenant, 23))
        await acted(pilot, screen)
        first = (await checked(pilot, tenant)).path
        await pilot.press("escape")
        await acted(pilot, screen)
        assert (await checked(pilot, tenant)).path == first
        await pilot.press("escape")
        screen.drafting.change(screen.drafting.form.without_units((screen.drafting.form.unit_ids[0],)), "one less")
        await acted(pilot, screen)
        second = (await checked(pilot, tenant)).path
        assert second != first
        assert first.exists()


async def test_the_form_is_empty_again_once_its_plan_has_drafts(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant, form_for(tenant, 23))
        await acted(pilot, screen)
        check = await checked(pilot, tenant)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(tenant.app.screen, IncidentScreen), "the incident is open")
        await pilot.pause()
        made = [len(session.artifacts) for session in tenant.service.sessions.values()]
        assert sorted(made) == [3, 10, 10]
        assert f"3 drafts created for {check.path.stem}. Nothing is started." in tenant.app.message
        await pilot.press("escape")
        assert tenant.app.screen is screen
        await until(pilot, lambda: screen.drafting.form.is_empty, "the form is empty")


async def test_a_list_with_links_to_sites_is_a_plan_of_two_services(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant)
        sites = [unit.address for unit in tenant.service.tenant.units["sharepoint"] if unit.address][:2]
        screen.accept_paste("\n".join([*addresses(tenant, "onedrive", 3), *sites]))
        await settled(pilot, screen)
        await pilot.pause()
        text = " ".join(" ".join(screen_text(tenant.app)).split())
        assert "3 accounts and 2 of another service: a plan of 2 sessions" in text
        screen.fields.moment.focus()
        await pilot.press(*"latest", "enter")
        await acted(pilot, screen)
        check = (await checked(pilot, tenant)).check
        assert check is not None
        assert [part.service for part, _ in check.parts] == [Service.ONEDRIVE, Service.SHAREPOINT]
        assert not check.scope.problems


async def test_a_list_that_comes_in_a_burst_of_keys_is_loaded_from_wherever_the_focus_is(
    tenant: Any, tmp_path: Path
) -> None:
    path = tmp_path / "names.csv"
    path.write_text("\n".join(addresses(tenant, "onedrive", 3)))
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant)
        screen.fields.stops[0].focus()
        for character in f"@{path}\r":
            tenant.app.post_message(events.Key({"\r": "enter"}.get(character, character), character))
        await until(pilot, lambda: len(screen.drafting.form.units) == 3, "the names of the list")
        assert screen.focused is screen.fields.units
        assert "3 names read from names.csv" in tenant.app.message


async def test_a_plan_file_named_in_the_field_of_the_units_is_opened(tenant: Any, tmp_path: Path) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant, form_for(tenant, 12))
        await acted(pilot, screen)
        path = (await checked(pilot, tenant)).path
        await pilot.press("escape")
        screen.fields.units.focus()
        await pilot.press(*f"@{path}", "enter")
        assert (await checked(pilot, tenant)).path == path
        await pilot.press("colon", *path.stem)
        await pilot.pause()
        assert any(f"plan {path.stem}" in line for line in screen_text(tenant.app))
        before = tenant.app.screen_stack[-2]
        await pilot.press("enter")
        again = await checked(pilot, tenant)
        assert (again.path, again is before) == (path, False)


async def test_what_is_no_plan_says_so(tenant: Any, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.toml"
    wrong.write_text('name = "x"\nbefore = 5\n', encoding="utf-8")
    async with tenant.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, tenant)
        screen.fields.units.focus()
        await pilot.press(*f"@{wrong}", "enter")
        await until(pilot, lambda: isinstance(tenant.app.screen, PlanCheckScreen), "the check is open")
        await until(pilot, lambda: "Nothing was sent." in " ".join(screen_text(tenant.app)), "it says what is wrong")
        await pilot.press("d")
        assert "not checked yet" in message(tenant.app.screen)


async def test_from_the_file_to_the_running_first_wave_takes_twelve_keys(tenant: Any, tmp_path: Path) -> None:
    """What is typed for names, time and phrase is not counted, the enter after it is."""
    listed = tmp_path / "list.csv"
    listed.write_text("\n".join(["Email", *addresses(tenant, "onedrive", 23)]) + "\n", encoding="utf-8")
    keys = 0
    async with tenant.app.run_test(size=SIZE) as pilot:

        async def press(*pressed: str) -> None:
            nonlocal keys
            keys += len(pressed)
            await pilot.press(*pressed)

        await opened(pilot, tenant)
        await press("n")
        await until(pilot, lambda: isinstance(tenant.app.screen, NewRestore), "the form is open")
        form = shown_as(tenant.app, NewRestore)
        await until(pilot, lambda: form.drafting.taken_up, "it is taken up")
        await pilot.pause()
        await press("enter")
        await pilot.press(*f"@{listed}")
        await press("enter")
        await until(pilot, lambda: len(form.drafting.form.units) == 23, "the names are found")
        await pilot.pause()
        await press("enter")
        await pilot.press(*"20 Nov 14:10")
        await press("enter", "enter", "right", "enter", "enter")
        check = await checked(pilot, tenant)
        assert check.check is not None
        assert check.check.ready
        await press("d")
        await until(pilot, lambda: isinstance(tenant.app.screen, IncidentScreen), "the incident is open")
        await until(pilot, lambda: tenant.app.screen.query(RowTable), "it has its rows")
        await pilot.pause()
        incident = shown_as(tenant.app, IncidentScreen)
        await until(pilot, lambda: incident.progress is not None and incident.progress.next_yes is not None, "it waits")
        await pilot.pause()
        await press("c")
        await until(pilot, lambda: isinstance(tenant.app.screen, ReviewScreen), "the review is open")
        review = shown_as(tenant.app, ReviewScreen)
        await until(pilot, lambda: review.reviewed is not None, "it is read")
        await pilot.pause()
        assert review.reviewed is not None
        await until(pilot, lambda: review.query(ReviewPhrase), "its field is there")
        await pilot.pause()
        await pilot.press(*("space" if key == " " else key for key in review.reviewed.phrase))
        await press("enter")
        await until(pilot, lambda: started(tenant), "the wave runs")
    assert keys == 12


def started(one: Any) -> list[str]:
    """Sessions that were started."""
    return [key for key, session in one.service.sessions.items() if session.activated is not None]
