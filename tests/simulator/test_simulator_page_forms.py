"""Specifies the pages' own forms, which a switch shows by hand: what is around an object."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import pytest
from simulated import Simulated

from backup_tui.simulator.domain.workloads import EXCHANGE, SHAREPOINT
from backup_tui.simulator.settings import Settings

ROOT = "/solutions/backupRestore"


@pytest.fixture
def settings() -> Any:
    return Settings(history=False, page_size=5, page_forms=True)


def policy(sim: Simulated, *, on: Any) -> Any:
    return next(each for each in sim.service.tenant.policies if each.on is on)


async def test_a_started_session_looks_as_on_the_page(sim: Simulated) -> None:
    session = await sim.draft(sim.units("sharepoint", 1))
    answer = await sim.call("POST", f"/restoreSessions/{session}/activate")
    body = answer.json()
    assert answer.status_code == 200
    assert body["@odata.context"] == f" {ROOT}/$metadata#restoreSessions/$entity"
    assert body["@odata.id"] == f"{ROOT}/sharepointRestoreSessions({session})"
    assert (body["@odata.type"], body["status"]) == ("#microsoft.graph.sharepointRestoreSession", "activating")
    assert "restoreSessionArtifactCount" not in body


async def test_a_started_session_is_wrapped_on_beta(sim: Simulated) -> None:
    session = await sim.draft(sim.units("onedrive", 1))
    body = (await sim.call("POST", f"/beta{ROOT}/restoreSessions/{session}/activate")).json()
    assert list(body) == ["value"]
    assert body["value"]["@odata.type"] == "#microsoft.graph.restoreSessionBase"


async def test_a_policy_that_is_refused_carries_its_address_without_quotes(sim: Simulated) -> None:
    active = policy(sim, on=True)
    answer = await sim.call("POST", f"/ProtectionPolicies('{active.id}')/activate")
    assert answer.status_code == 400
    assert answer.headers["Content-Location"].endswith(f"/v1.0{ROOT}/protectionPolicies/{active.id}")
    inner = answer.json()["error"]["innererror"]
    assert set(inner) == {"date", "request-id"}
    assert "Content-Location" not in (await sim.call("GET", "/protectionPolicies/x")).headers


async def test_a_policy_that_changes_carries_its_capital_and_its_quotes(sim: Simulated) -> None:
    active = policy(sim, on=True)
    answer = await sim.call("POST", f"/protectionPolicies/{active.id}/deactivate")
    body = answer.json()
    assert answer.status_code == 202
    assert body["@odata.context"] == f"{ROOT}/$metadata#ProtectionPolicies/$entity"
    assert body["@odata.id"] == f"{ROOT}/ProtectionPolicies({active.id})"
    assert answer.headers["Content-Location"].endswith(f"/protectionPolicies('{active.id}')")


async def test_rules_and_applications_answer_with_the_other_status(sim: Simulated) -> None:
    rule = (await sim.get("/siteInclusionRules"))["value"][0]
    sites = next(each for each in sim.service.tenant.policies if each.workload is SHAREPOINT and each.on)
    path = f"/{SHAREPOINT.policies}/{sites.id}/{SHAREPOINT.rules}/{rule['id']}/run"
    assert (await sim.call("POST", path)).status_code == 200
    mails = next(each for each in sim.service.tenant.policies if each.workload is EXCHANGE)
    known = (await sim.get("/mailboxInclusionRules"))["value"][0]["mailboxExpression"]
    path = f"/{EXCHANGE.policies}/{mails.id}/{EXCHANGE.rules}"
    assert (await sim.call("POST", path, json={"mailboxExpression": known})).status_code == 200
    assert (await sim.call("POST", "/serviceApps", json={})).status_code == 202


@pytest.mark.parametrize("path", ["/mailboxProtectionUnits", "/protectionUnits", "/protectionPolicies"])
async def test_lists_have_dashes_in_their_times(sim: Simulated, path: str) -> None:
    for row in (await sim.get(path))["value"]:
        assert row["createdDateTime"][13] == row["createdDateTime"][16] == "-"


async def test_a_next_link_has_neither_host_nor_version(sim: Simulated) -> None:
    link = (await sim.get("/driveProtectionUnits"))["@odata.nextLink"]
    assert link.startswith(f"{ROOT}/driveProtectionUnits?$skiptoken=")
    assert len((await sim.get(link.removeprefix(ROOT)))["value"]) == 5


async def test_the_root_names_its_user_by_identity(sim: Simulated) -> None:
    user = (await sim.get("/"))["serviceStatus"]["lastModifiedBy"]["user"]
    assert set(user) == {"identity"}


class TestSwitched:
    """A service that answers in the contract's forms until it is told otherwise."""

    @pytest.fixture
    def settings(self) -> Any:
        return Settings(history=False)

    async def test_the_forms_are_switched_while_it_runs(self, sim: Simulated) -> None:
        assert (await sim.get("/protectionPolicies"))["value"][0]["createdDateTime"][13] == ":"
        told = await sim.http.post("/_simulator/settings", json={"page_forms": True, "wrong_state": 403})
        assert told.json()["page_forms"] is True
        assert (await sim.get("/protectionPolicies"))["value"][0]["createdDateTime"][13] == "-"
        path = f"/protectionPolicies/{policy(sim, on=True).id}/activate"
        assert await sim.refused("POST", path) == (403, "PolicyActionNotAllowed")
        await sim.http.post("/_simulator/settings", json={"page_forms": False})
        shown = (await sim.http.get("/_simulator/settings")).json()
        assert (shown["page_forms"], shown["wrong_state"]) == (False, 403)

    @pytest.mark.parametrize(
        "wrong", [{"page_forms": "yes"}, {"page_forms": 1}, {"wrong_state": 404}, {"units": 7}, {"wrong_state": True}]
    )
    async def test_what_cannot_be_switched_is_told_and_nothing_is(self, sim: Simulated, wrong: Any) -> None:
        before = sim.service.settings
        answer = await sim.http.post("/_simulator/settings", json={"expand_units": True, **wrong})
        assert answer.status_code == 400
        assert next(iter(wrong)) in answer.json()["error"]
        assert sim.service.settings is before


def test_the_command_has_the_switch() -> None:
    command = [sys.executable, "-m", "backup_tui", "simulator", "--port", "0", "--units", "30", "--page-forms"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            base = process.stdout.readline().strip()
            answer = httpx.get(f"{base}{ROOT}/protectionPolicies", headers={"Authorization": "Bearer token"})
            assert answer.json()["value"][0]["createdDateTime"][13] == "-"
        finally:
            process.terminate()
