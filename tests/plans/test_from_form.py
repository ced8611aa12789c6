"""The plan that a form becomes: every name of the form is in it, and is found again by the plan's own check."""

from __future__ import annotations

import stat
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec.structs import replace
from office import Office

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Destination, Service
from backup_tui.plans.document import read_plan
from backup_tui.plans.files import plan_files, plans_folder
from backup_tui.plans.from_form import plan_of_form, save_plan_of
from backup_tui.plans.rows import ScopeResult
from backup_tui.plans.scope import resolve_scope
from backup_tui.restore.drafts.form import Express, RestoreForm
from backup_tui.restore.names.names import Duplicate, parse_unit_list
from backup_tui.restore.names.resolve import resolve
from backup_tui.store.rows import UnitRow
from backup_tui.store.updates import UnitsPage

NOW = datetime(2026, 11, 22, 14, 32, 10, tzinfo=UTC)


async def load(office: Office, service: Service) -> None:
    """Reads the units of a service."""
    async for page in office.tools.reader.units(service):
        office.store.apply(UnitsPage(service, page.items, page.number == 1, page.last))


async def rows_of(office: Office, service: Service, count: int) -> list[UnitRow]:
    """The first usual units of a service."""
    await load(office, service)
    table = office.store.units[service]
    return [row for row in table.values() if row.address and not row.deleted and row.policy_id][:count]


def form_of(service: Service, names: str, office: Office) -> RestoreForm:
    """A form with the names of a text, looked up."""
    form = RestoreForm(service, moment="20 Nov 14:10", zone="Europe/Berlin").with_names(parse_unit_list(names))
    return form.with_resolution(resolve(parse_unit_list(names), dict(office.store.units[service]), service))


async def checked(office: Office, path: Path) -> ScopeResult:
    """What the plan's own check makes of its names."""
    document = read_plan(path)
    return await resolve_scope(office.tools, partial(load, office), document.plan, document.folder)


async def test_every_name_of_the_form_is_accounted_for_by_the_check_of_the_plan(office: Office, tmp_path: Path) -> None:
    units = await rows_of(office, Service.ONEDRIVE, 6)
    names = [*(unit.address for unit in units), "nobody@elsewhere.example", "noone@elsewhere.example", units[0].title]
    form = form_of(Service.ONEDRIVE, "\n".join(names), office)
    form = form.without_units((units[5].id,)).with_left_out(form.problems[0])
    path = save_plan_of(form, tmp_path / "plans", "contoso.com", NOW)

    scope = await checked(office, path)

    assert [row.unit.id for row in scope.rows] == [unit.id for unit in units[:5]]
    assert [one.problem.written.text for one in scope.problems] == ["noone@elsewhere.example"]
    assert sorted(scope.left_out) == sorted([units[5].address, "nobody@elsewhere.example"])
    assert scope.sums["names"] == form.counts.names
    assert scope.sums["twice"] == form.counts.twice


async def test_links_to_sites_among_accounts_are_units_of_the_plan(office: Office, tmp_path: Path) -> None:
    accounts = await rows_of(office, Service.ONEDRIVE, 3)
    sites = await rows_of(office, Service.SHAREPOINT, 2)
    form = form_of(Service.ONEDRIVE, "\n".join(unit.address for unit in (*accounts, *sites)), office)
    assert (len(form.elsewhere), len(form.to_fix), form.is_plan(1_000)) == (2, 0, True)
    path = save_plan_of(form, tmp_path / "plans", "contoso.com", NOW)

    scope = await checked(office, path)

    assert {row.unit.id: row.unit.service for row in scope.rows} == {
        unit.id: unit.service for unit in (*accounts, *sites)
    }
    assert not scope.problems


async def test_a_link_alone_is_no_unit_of_another_service(office: Office) -> None:
    await rows_of(office, Service.ONEDRIVE, 1)
    form = form_of(Service.ONEDRIVE, "https://contoso.sharepoint.com/sites/finance", office)
    assert (form.elsewhere, len(form.to_fix), form.is_plan(1_000)) == ((), 1, False)


async def test_a_short_name_with_a_dot_is_no_link(office: Office) -> None:
    units = await rows_of(office, Service.ONEDRIVE, 2)
    form = form_of(Service.ONEDRIVE, f"{units[0].address}\nnobody.atall\n", office)
    assert (form.elsewhere, [one.written.text for one in form.to_fix]) == ((), ["nobody.atall"])


async def test_what_the_rows_of_a_list_say_goes_into_the_plan(office: Office, tmp_path: Path) -> None:
    units = await rows_of(office, Service.ONEDRIVE, 3)
    text = "mail,wave,to,time\n" + "\n".join(
        f"{unit.address},{wave},{to},{time}"
        for unit, wave, to, time in zip(
            units, ("1", "2", "2"), ("in place", "", ""), ("", "19 Nov 10:00", ""), strict=True
        )
    )
    form = form_of(Service.ONEDRIVE, text, office)
    assert form.is_plan(1_000)
    assert form.own_times == {units[1].id: "19 Nov 10:00"}
    again = RestoreForm.from_json(form.to_json())
    assert again == form
    path = save_plan_of(again, tmp_path / "plans", "contoso.com", NOW)

    plan, scope = read_plan(path).plan, await checked(office, path)

    assert [plan.waves[row.wave].name for row in scope.rows] == ["wave 1", "wave 2", "wave 2"]
    assert [row.destination for row in scope.rows] == [Destination.IN_PLACE, Destination.NEW, Destination.NEW]
    assert [row.before for row in scope.rows if row.own] == ["19 Nov 10:00"]


async def test_rows_of_another_service_are_left_to_the_plan(office: Office) -> None:
    units = await rows_of(office, Service.ONEDRIVE, 2)
    form = form_of(Service.ONEDRIVE, f"mail,service\n{units[0].address},OneDrive\n", office)
    names = parse_unit_list(f"mail,service\n{units[1].address},Exchange\n").lines
    assert [form.is_elsewhere(name) for name in names] == [True]
    assert not form.is_plan(1_000)


def test_a_time_that_counts_from_when_it_was_typed_stays_that_moment() -> None:
    typed = NOW - timedelta(hours=5)
    form = RestoreForm(zone="UTC").with_moment("2h ago", typed)
    assert plan_of_form(form, "plan", "contoso.com")[0].before == "2026-11-22 07:32:10Z"
    assert plan_of_form(form.with_moment("latest"), "plan", "contoso.com")[0].before == "latest"


def test_the_plan_asks_for_no_more_than_the_service_takes() -> None:
    plan, _ = plan_of_form(RestoreForm(moment="latest"), "plan", "contoso.com", ServiceLimits(sessions=5, units=100))
    assert (plan.limits.units_per_session, plan.limits.sessions, plan.limits.units) == (100, 5, 100)


def test_choices_of_the_form_are_those_of_the_plan() -> None:
    form = RestoreForm(
        Service.SHAREPOINT, moment="latest", destination=Destination.IN_PLACE, source="failed of 61633878"
    )
    plan, _ = plan_of_form(form.with_express(Express.PREFER, timedelta(hours=1)), "plan", "contoso.com")
    assert (plan.service, plan.destination, plan.note) == (Service.SHAREPOINT, Destination.IN_PLACE, form.source)
    assert (plan.prefer_express, plan.express_within) == (True, timedelta(hours=1))
    mixed = replace(form, twice=(Duplicate(3, 1, "/sites/x"),))
    assert plan_of_form(mixed, "plan", "contoso.com")[1].splitlines()[-1].startswith("/sites/x,")


def test_files_are_private_named_after_the_time_and_never_written_over(tmp_path: Path) -> None:
    form = RestoreForm(moment="latest", zone="Europe/Berlin", left_out=("a@contoso.com",))
    folder = plans_folder(tmp_path)
    paths = [save_plan_of(form, folder, "contoso.com", NOW) for _ in range(2)]
    assert [path.name for path in paths] == ["restore-22nov-1532.toml", "restore-22nov-1532-2.toml"]
    assert sorted(plan_files(tmp_path)) == sorted(paths)
    for path in folder.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_no_folder_holds_no_plan(tmp_path: Path) -> None:
    assert plan_files(tmp_path) == ()


def test_a_name_that_looks_like_a_formula_is_none_in_the_list_and_is_read_as_it_was() -> None:
    form = RestoreForm(Service.ONEDRIVE, moment="20 Nov 14:10", zone="UTC")
    names = ("=HYPERLINK(1)@x.example", "\N{FULLWIDTH EQUALS SIGN}cmd@x.example")
    _, text = plan_of_form(replace(form, left_out=names), "ransom", "contoso.com")

    assert [line[0] for line in text.splitlines()[1:]] == ["'", "'"]
    assert tuple(name.text for name in parse_unit_list(text).lines) == names
