"""Specifies lists: units, filters, order, and pages that lose no row and trust no token of others."""

from __future__ import annotations

from typing import Any

import pytest
from simulated import Simulated

from backup_tui.simulator.settings import Settings

LATE = {"Prefer": "include-unknown-enum-members"}


@pytest.fixture
def settings() -> Any:
    return Settings(history=False, page_size=7, units=120)


async def read_all(sim: Simulated, path: Any, **options: Any) -> Any:
    body = await sim.get(path, **options)
    pages = [body]
    while "@odata.nextLink" in body:
        body = (await sim.http.get(body["@odata.nextLink"])).json()
        pages.append(body)
    return [row for page in pages for row in page["value"]], pages


@pytest.mark.parametrize(
    ("path", "count"),
    [("/mailboxProtectionUnits", 48), ("/driveProtectionUnits", 42), ("/siteProtectionUnits", 30)],
)
async def test_pages_together_are_the_whole_list(sim: Simulated, path: str, count: int) -> None:
    rows, pages = await read_all(sim, path)
    assert len({row["id"] for row in rows}) == len(rows) == count
    assert all(len(page["value"]) == 7 for page in pages[:-1])


async def test_the_generic_list_holds_all_three_kinds(sim: Simulated) -> None:
    rows, _ = await read_all(sim, "/protectionUnits")
    assert len({row["id"] for row in rows}) == 120
    assert {row["@odata.type"] for row in rows} == {
        "#microsoft.graph.mailboxProtectionUnit",
        "#microsoft.graph.driveProtectionUnit",
        "#microsoft.graph.siteProtectionUnit",
    }


async def test_next_links_are_absolute_and_keep_the_version_and_the_filter(sim: Simulated) -> None:
    body = await sim.get(
        "/beta/solutions/backupRestore/driveProtectionUnits", params={"$filter": "status eq 'protected'"}
    )
    assert body["@odata.nextLink"].startswith(
        "http://simulator.test/beta/solutions/backupRestore/driveProtectionUnits?"
    )
    rows, _ = await read_all(sim, "/driveProtectionUnits", params={"$filter": "status eq 'protected'"})
    assert {row["status"] for row in rows} == {"protected"}
    assert len(rows) > 30


async def test_top_is_the_size_of_a_page_and_skip_leaves_rows_out(sim: Simulated) -> None:
    rows, pages = await read_all(sim, "/siteProtectionUnits", params={"$top": "4", "$skip": "3", "$count": "true"})
    everything, _ = await read_all(sim, "/siteProtectionUnits")
    assert [row["id"] for row in rows] == [row["id"] for row in everything[3:]]
    assert len(pages[0]["value"]) == 4
    assert pages[0]["@odata.count"] == 30


@pytest.mark.parametrize(
    "query",
    [
        "$top=2&$filter=startswith(displayName,'Adele')&$count=true",
        "%24top=2&%24filter=startswith%28displayName%2C%27Adele%27%29&%24count=true",
        "$TOP=2&$Filter=startswith(displayName,%20'adele')&$count=true",
        "top=2&filter=startswith(displayName,'Adele')&count=true",
        "$count=true&$top=2&$filter=displayName+eq+'Adele+Vance'",
    ],
)
async def test_options_are_read_in_every_form(sim: Simulated, query: str) -> None:
    body = await sim.get(f"/driveProtectionUnits?{query}")
    assert (body["@odata.count"], [row["displayName"] for row in body["value"]]) == (1, ["Adele Vance"])


@pytest.mark.parametrize("direction", ["asc", "desc"])
async def test_an_order_holds_over_the_pages(sim: Simulated, direction: str) -> None:
    rows, _ = await read_all(sim, "/siteProtectionUnits", params={"$orderby": f"siteWebUrl {direction}"})
    urls = [row["siteWebUrl"] for row in rows]
    assert urls == sorted(urls, reverse=direction == "desc")
    assert len(urls) == 30


async def test_select_leaves_out_what_was_not_asked_for(sim: Simulated) -> None:
    row = (await sim.get("/siteProtectionUnits", params={"$select": "siteName"}))["value"][0]
    assert set(row) == {"@odata.type", "id", "siteName"}


async def test_a_session_made_between_two_pages_shifts_nothing(sim: Simulated) -> None:
    for _ in range(12):
        await sim.call("POST", "/exchangeRestoreSessions", json={})
    first = await sim.get("/restoreSessions")
    await sim.call("POST", "/exchangeRestoreSessions", json={})
    second = (await sim.http.get(first["@odata.nextLink"])).json()
    seen = [row["id"] for row in first["value"] + second["value"]]
    assert len(seen) == len(set(seen)) == 12


async def test_old_tokens_are_gone_and_wrong_ones_refused(sim: Simulated) -> None:
    link = (await sim.get("/driveProtectionUnits"))["@odata.nextLink"]
    for wrong in (link[:-4], link.replace("driveProtectionUnits", "mailboxProtectionUnits"), link + "%21%C3%A9"):
        assert (await sim.http.get(wrong)).status_code == 400
    sim.clock.advance(3601)
    answer = await sim.http.get(link)
    assert (answer.status_code, answer.json()["error"]["code"]) == (410, "resyncRequired")


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("email eq 'Adele.Vance@contoso.com'", ["Adele Vance"]),
        ("startswith(displayName,'Lee') or contains(displayName, 'gan bow')", ["Megan Bowen", "Lee Gu"]),
        ("(endswith(email, '@contoso.com') and not startswith(displayName,'A')) and displayName lt 'Jo'", None),
        ("displayName eq 'O''Nobody'", []),
        ("createdDateTime gt 2031-01-01T00:00:00Z", []),
        ("createdBy/user/displayName ne 'Ryan'", []),
    ],
)
async def test_filters_pass_the_right_rows(sim: Simulated, expression: str, expected: Any) -> None:
    rows, _ = await read_all(sim, "/mailboxProtectionUnits", params={"$filter": expression})
    names = [row["displayName"] for row in rows]
    if expected is None:
        assert names
        assert all(name.lower() < "jo" and not name.startswith("A") for name in names)
    else:
        assert names == expected


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "displayName"},
        {"$filter": "displayName eq"},
        {"$filter": "displayName is 'x'"},
        {"$filter": "(displayName eq 'x'"},
        {"$filter": "displayName eq 'x' and"},
        {"$filter": "displayName eq 'x"},
        {"$filter": "contains(displayName)"},
        {"$top": "-1"},
        {"$skip": "many"},
        {"$orderby": "displayName sideways"},
        {"$skiptoken": "x"},
    ],
)
async def test_wrong_options_are_refused(sim: Simulated, query: Any) -> None:
    assert await sim.refused("GET", "/mailboxProtectionUnits", params=query) == (400, "BadRequest")


STATUS = "microsoft.graph.protectionUnitStatus"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("id in ('{0}','{1}')", "id eq '{0}' or id eq '{1}'"),
        ("id in('{0}' , '{1}')", "id eq '{0}' or id eq '{1}'"),
        ("not (email in ('{2}'))", "email ne '{2}'"),
        (f"status in ({STATUS}'protected',{STATUS}'unprotected')", "status eq 'protected' or status eq 'unprotected'"),
        (f"status eq {STATUS}'protected'", "status eq 'protected'"),
        ("status ne graph.protectionUnitStatus'Protected'", "status ne 'protected'"),
        ("status eq microsoft.backupRestore.protectionUnitStatus'protected'", "status eq 'protected'"),
        ("protectionSources has microsoft.graph.protectionSource'manual'", "contains(protectionSources,'manual')"),
    ],
)
async def test_two_ways_to_ask_for_the_same_rows_give_the_same(sim: Simulated, one: str, other: str) -> None:
    first, second = sim.units("exchange", 2)
    asked = [text.format(first.id, second.id, first.address) for text in (one, other)]
    found = [(await read_all(sim, "/mailboxProtectionUnits", params={"$filter": text}))[0] for text in asked]
    assert found[0]
    assert found[0] == found[1]


async def test_sessions_are_found_by_a_qualified_status(sim: Simulated) -> None:
    drafts = [await sim.draft([unit]) for unit in sim.units("onedrive", 2)]
    await sim.call("POST", f"/restoreSessions/{drafts[0]}/activate")
    draft = "microsoft.graph.restoreSessionStatus'draft'"
    for wanted in (f"eq {draft}", f"in ({draft})"):
        found = await sim.get("/restoreSessions", params={"$filter": f"status {wanted}"})
        assert [row["id"] for row in found["value"]] == [drafts[1]]


@pytest.mark.parametrize(
    "expression",
    [
        "status eq microsoft.graph.noSuchType'protected'",
        "status eq colour'protected'",
        "status eq microsoft.graph.protectionUnitStatus 'protected'",
        "id in ()",
        "id in 'x'",
        "id in ('x'",
        "id in ('x',)",
        "id in ('x' 'x')",
    ],
)
async def test_lists_of_values_and_types_in_a_wrong_form_are_refused(sim: Simulated, expression: str) -> None:
    params = {"$filter": expression.replace("'x'", f"'{sim.units('exchange', 1)[0].id}'")}
    assert await sim.refused("GET", "/mailboxProtectionUnits", params=params) == (400, "BadRequest")


async def test_a_list_of_values_is_held_against_ids_and_the_limit_too(sim: Simulated) -> None:
    refusal = await sim.refused("GET", "/driveProtectionUnits", params={"$filter": "id in ('x')"})
    assert refusal == (400, "InvalidProtectionUnitId")
    unit = sim.units("onedrive", 1)[0].id
    for count, status in ((20, 200), (21, 400)):
        params = {"$filter": f"id in ({','.join([repr(unit)] * count)})"}
        answer = await sim.call("GET", "/driveProtectionUnits", params=params)
        assert answer.status_code == status
    assert answer.json()["error"]["code"] == "FilterLengthExceeded"


async def test_a_filter_with_too_many_terms_is_refused(sim: Simulated) -> None:
    long = " or ".join(f"id eq '{number}'" for number in range(21))
    assert await sim.refused("GET", "/mailboxProtectionUnits", params={"$filter": long}) == (
        400,
        "FilterLengthExceeded",
    )


async def test_late_states_of_units_need_the_prefer_header(sim: Simulated) -> None:
    requested = sim.service.tenant.units["exchange"][0]
    requested.offboarding, requested.policy = "offboardRequested", None
    path = f"/protectionUnits/{requested.id}"
    assert (await sim.get(path))["status"] == "unknownFutureValue"
    shown = await sim.get(path, headers={"Prefer": "odata.maxpagesize=3, Include-Unknown-Enum-Members"})
    assert shown["status"] == "offboardRequested"
    assert "policyId" not in shown


async def test_a_unit_in_trouble_is_a_200_with_its_error(sim: Simulated) -> None:
    broken = next(unit for unit in sim.service.tenant.everything if unit.error)
    body = await sim.get(f"/protectionUnits/{broken.id}")
    assert body["error"]["code"] == broken.error
    assert body["status"] == "unprotected"


async def test_ids_of_no_unit_are_refused(sim: Simulated) -> None:
    assert await sim.refused("GET", "/protectionUnits/x") == (400, "InvalidProtectionUnitId")
    unknown = "/protectionUnits/00000000-0000-4000-8000-000000000000"
    assert await sim.refused("GET", unknown) == (404, "ProtectionUnitNotFound")


async def test_deleted_users_have_no_name(sim: Simulated) -> None:
    gone = next(unit for unit in sim.service.tenant.units["exchange"] if not unit.address)
    body = await sim.get(f"/protectionUnits/{gone.id}/graph.mailboxProtectionUnit")
    assert (body["displayName"], body["email"]) == ("", "")


class TestWithoutTheGenericList:
    """As a service that knows only the typed lists."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, generic_units=False)

    async def test_it_is_an_unknown_segment(self, sim: Simulated) -> None:
        assert await sim.refused("GET", "/protectionUnits") == (400, "BadRequest")
        assert (await sim.call("GET", "/driveProtectionUnits")).status_code == 200
