"""Specifies which form the service sends around protection where the API pages contradict each other.

The numbers are those of the table of contradictions in the project's contract: the page that says otherwise is named
in each test, and where both forms are in use a setting chooses the other one.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from protection_walk import TENANT, UNKNOWN, changed, expression, newcomers, settled
from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, WORKLOADS
from backup_tui.simulator.server import running
from backup_tui.simulator.settings import Settings

LATE = {"Prefer": "include-unknown-enum-members"}


def active(sim: Simulated, workload: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.workload is workload and each.on)


def rules(sim: Simulated, workload: Any) -> Any:
    return f"/{workload.policies}/{active(sim, workload).id}/{workload.rules}"


async def delete_and_unprotect(sim: Simulated, version: Any = "v1.0") -> Any:
    (rule,) = (await sim.get(rules(sim, EXCHANGE)))["value"]
    path = f"/{version}/solutions/backupRestore{rules(sim, EXCHANGE)}/{rule['id']}/deleteAndUnprotect"
    answer = await sim.call("POST", path, headers=LATE)
    return answer.status_code, answer.json()


async def test_row_5_delete_and_unprotect_is_wrapped_as_its_page_shows(sim: Simulated) -> None:
    status, body = await delete_and_unprotect(sim)
    assert status == 202, "its examples are headed 200, its text says 202"
    assert set(body) == {"@odata.context", "value"}
    assert body["value"]["status"] == "deleteRequested"
    assert body["value"]["@odata.type"] == "#microsoft.graph.mailboxProtectionRule"


async def test_row_6_running_a_rule_is_202_as_in_the_examples(sim: Simulated) -> None:
    rule = (await changed(sim, "POST", rules(sim, ONEDRIVE), 201, json=expression(sim, ONEDRIVE, "Sales")))["id"]
    await settled(sim)
    await changed(sim, "POST", f"{rules(sim, ONEDRIVE)}/{rule}/run", 202)


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda each: each.key)
async def test_row_7_making_a_rule_is_201_for_every_service(sim: Simulated, workload: Any) -> None:
    await changed(sim, "POST", rules(sim, workload), 201, json=expression(sim, workload, "Sales"))


async def test_row_7_registering_an_application_is_201(sim: Simulated) -> None:
    await changed(sim, "POST", "/serviceApps", 201, json={})


async def test_row_8_the_wrong_state_is_what_the_pages_of_both_actions_show(sim: Simulated) -> None:
    pilot = next(each for each in sim.service.tenant.policies if not each.on)
    running_one = active(sim, EXCHANGE)
    refusal = await sim.refused("POST", f"/protectionPolicies/{running_one.id}/activate")
    assert refusal == (400, "invalidStateForActivation")
    assert await sim.refused("POST", f"/protectionPolicies/{pilot.id}/deactivate") == refusal


async def test_row_18_times_have_colons_everywhere(sim: Simulated) -> None:
    paths = ["/protectionPolicies", "/protectionUnits", "/serviceApps", "/", rules(sim, EXCHANGE)]
    paths += [f"/{SHAREPOINT.policies}/{active(sim, SHAREPOINT).id}/{SHAREPOINT.jobs}"]
    text = json.dumps([await sim.get(path) for path in paths])
    stamps = re.findall(r'"\w+DateTime": "([^"]*)"', text)
    assert len(stamps) > 100
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", stamp) for stamp in stamps)


async def test_row_19_enabling_answers_the_consumer_by_its_name_in_the_metadata(sim: Simulated) -> None:
    shown = await changed(sim, "POST", "/enable", 200, json=TENANT)
    assert shown["backupServiceConsumer"] == "firstparty"
    assert not {"serviceConsumer", "id"} & set(shown)


async def test_row_23_people_are_named_by_id(sim: Simulated) -> None:
    await changed(sim, "POST", rules(sim, SHAREPOINT), 201, json=expression(sim, SHAREPOINT, "Finance"))
    rows = [*(await sim.get(rules(sim, SHAREPOINT)))["value"], *(await sim.get("/protectionPolicies"))["value"]]
    rows += [(await sim.get("/"))["serviceStatus"]]
    for row in rows:
        user = row["lastModifiedBy"]["user"]
        assert user["id"]
        assert "identity" not in user


async def test_row_24_the_service_status_is_one_object_in_both_versions(sim: Simulated) -> None:
    for root in ("/v1.0/solutions/backupRestore", "/beta/solutions/backupRestore"):
        assert isinstance((await sim.get(root))["serviceStatus"], dict)


def test_row_25_the_reason_phrase_of_a_refused_offboarding_is_that_of_its_status() -> None:
    import httpx

    with running(Settings(history=False, units=30)) as one:
        unit = one.service.tenant.units["exchange"][0]
        url = f"{one.base_url}/solutions/backupRestore/protectionUnits/{unit.id}/offboard"
        answer = httpx.post(url, headers={"Authorization": "Bearer token"}, trust_env=False)
    assert (answer.status_code, answer.reason_phrase) == (403, "Forbidden")
    assert answer.json()["error"]["code"] == "OperationNotAllowed"


async def test_row_26_sessions_end_with_error_rules_and_jobs_with_errors(sim: Simulated) -> None:
    await changed(sim, "POST", rules(sim, ONEDRIVE), 201, json=expression(sim, ONEDRIVE, UNKNOWN))
    jobs = f"/{EXCHANGE.policies}/{active(sim, EXCHANGE).id}/{EXCHANGE.jobs}"
    await changed(sim, "POST", jobs, 201, json={"mailboxes": ["nobody@contoso.com"]})
    await settled(sim)
    failing = next(
        each for each in sim.units("onedrive", 99) if each.trait == "gone" and each.policy and not each.error
    )
    session = await sim.activated([*sim.units("onedrive", 1), failing])
    assert (await sim.get(rules(sim, ONEDRIVE)))["value"][-1]["status"] == "completedWithErrors"
    assert (await sim.get(jobs))["value"][-1]["status"] == "completedWithErrors"
    assert (await sim.finished(session))["status"] == "completedWithError"


async def test_row_28_a_search_finds_points_of_the_units_asked_for_and_of_their_kind(sim: Simulated) -> None:
    asked = sim.units("exchange", 3)
    found = await sim.points(asked)
    assert {point["protectionUnit"]["@odata.type"] for point in found} == {"#microsoft.graph.mailboxProtectionUnit"}
    assert {point["protectionUnit"]["id"] for point in found} == {unit.id for unit in asked}
    query = {
        "$expand": f"protectionUnit($filter=id eq '{asked[0].id}')",
        "$filter": "protectionDateTime lt 2026-11-20",
    }
    rows = (await sim.get("/restorePoints", params=query))["value"]
    assert {row["protectionUnit"]["id"] for row in rows} == {asked[0].id}


async def test_a_mailbox_may_be_named_as_in_2024_and_answers_as_in_the_metadata(sim: Simulated) -> None:
    """The page of the Exchange update writes `userId`; the type has `directoryObjectId`."""
    owner = newcomers(sim, EXCHANGE, 1)[0]["directoryObjectId"]
    path = f"/{EXCHANGE.policies}/{active(sim, EXCHANGE).id}"
    body = await changed(sim, "PATCH", path, 200, json={"mailboxProtectionUnits@delta": [{"userId": owner}]})
    (row,) = body["mailboxProtectionUnits@delta"]
    assert row["directoryObjectId"] == owner
    assert "userId" not in row


class TestOtherForms:
    """The other documented forms, by settings."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False, page_forms=True, wrong_state=403)

    async def test_row_5_the_type_is_the_address_that_the_page_shows(self, sim: Simulated) -> None:
        _, body = await delete_and_unprotect(sim, "beta")
        assert body["value"]["@odata.type"].endswith("/beta/$metadata#microsoft.graph.protectionRuleBase")

    async def test_row_8_the_wrong_state_is_403_for_both_actions(self, sim: Simulated) -> None:
        pilot = next(each for each in sim.service.tenant.policies if not each.on)
        refusal = await sim.refused("POST", f"/protectionPolicies/{active(sim, EXCHANGE).id}/activate")
        assert refusal == (403, "PolicyActionNotAllowed")
        assert await sim.refused("POST", f"/protectionPolicies/{pilot.id}/deactivate") == refusal
