"""Specifies the requests that make and change a policy, as the pages of the API show them, and how answers are read."""

from __future__ import annotations

import pytest

from backup_tui.errors import UsageError
from backup_tui.graph.deltas import read_delta
from backup_tui.graph.requests.protection import (
    MAX_UNITS,
    create_policy,
    create_policy_body,
    delete_policy,
    update_policy,
    update_policy_body,
)
from backup_tui.models.services import Service
from backup_tui.models.units import read_unit

SITE = "contoso.sharepoint.com,da60e844-ba1d-49bc-b4d4-d5e36bae9019,712a596e-90a1-49e3-9b48-bfa80bee8740"


def test_a_policy_is_created_with_its_units_by_their_owners() -> None:
    body = create_policy_body(Service.SHAREPOINT, "Sites pilot", [SITE])
    assert body == {
        "@odata.type": "#microsoft.graph.sharePointProtectionPolicy",
        "displayName": "Sites pilot",
        "siteProtectionUnits": [{"siteId": SITE}],
    }
    call = create_policy(Service.SHAREPOINT, body)
    assert (call.method, call.path) == ("POST", "/solutions/backupRestore/sharePointProtectionPolicies")
    assert "mailboxProtectionUnits" not in create_policy_body(Service.EXCHANGE, "Empty")


def test_a_change_removes_by_the_id_of_the_unit_and_adds_by_the_owner() -> None:
    body = update_policy_body(Service.EXCHANGE, add=["owner"], remove=["unit"])
    assert body == {
        "mailboxProtectionUnits@delta": [
            {"@removed": {"reason": "changed"}, "id": "unit"},
            {"directoryObjectId": "owner"},
        ]
    }
    call = update_policy(Service.EXCHANGE, "policy", body)
    assert (call.method, call.path) == ("PATCH", "/solutions/backupRestore/exchangeProtectionPolicies/policy")
    assert update_policy_body(Service.ONEDRIVE, name="Another") == {"displayName": "Another"}
    gone = delete_policy("policy")
    assert (gone.method, gone.path) == ("DELETE", "/solutions/backupRestore/protectionPolicies/policy")


def test_more_than_the_service_takes_or_nothing_at_all_is_not_sent() -> None:
    many = [str(number) for number in range(MAX_UNITS)]
    with pytest.raises(UsageError, match="51 mailboxes are too many"):
        update_policy_body(Service.EXCHANGE, add=many, remove=["one more"])
    with pytest.raises(UsageError, match="51 sites are too many"):
        create_policy_body(Service.SHAREPOINT, "Name", [*many, "one more"])
    with pytest.raises(UsageError, match="No change was requested"):
        update_policy_body(Service.EXCHANGE)


@pytest.mark.parametrize("named", ["id", "directoryObjectId", "siteId"])
def test_a_refused_unit_is_known_by_whatever_the_answer_names_it_by(named: str) -> None:
    refused = {
        "@contentId": "1",
        "@Core.DataModificationException": {"info": {"code": "Invalid", "message": "It exists."}, "responseCode": 409},
        named: "one",
    }
    accepted = {"id": "unit", "directoryObjectId": "two", "status": "protectRequested"}
    answer = read_delta({"mailboxProtectionUnits@delta": [refused, accepted]}, "mailboxProtectionUnits", read_unit)
    assert [(one.id, one.code, one.message) for one in answer.refused] == [("one", "Invalid", "It exists.")]
    assert [(unit.id, unit.status) for unit in answer.added] == [("unit", "protectRequested")]
