"""Commands around understanding protection: what they print, as text and as JSON, and what they refuse."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def policy(served: Running, name: str) -> str:
    return next(one.id for one in served.service.tenant.policies if one.name == name)


def free_unit(served: Running) -> str:
    """A mailbox that left every policy."""
    units = [unit for found in served.service.tenant.units.values() for unit in found]
    return next(unit.id for unit in units if unit.policy is None and unit.offboard_requested is None)


def test_a_policy_is_shown_with_its_rules_and_bulk_additions(command: Command, served: Running) -> None:
    shown = command("policies", "show", policy(served, "Sites all"))
    assert shown.code == 0
    assert 'name contains "Finance" or "Legal"' in shown.out
    assert "done, some failed" in shown.out
    assert "https://contoso.sharepoint.com/sites/closed-2023: " in shown.out
    whole = command("policies", "show", policy(served, "Sites all"), "--json").json
    assert [rule["isAutoApplyEnabled"] for rule in whole["siteInclusionRules"]] == [False]
    (job,) = whole["siteProtectionUnitsBulkAdditionJobs"]
    assert (len(job["siteWebUrls"]), job["error"]["details"][0]["target"]) == (
        4,
        "https://contoso.sharepoint.com/sites/closed-2023",
    )
    empty = command("policies", "show", policy(served, "Sites pilot"))
    assert "RULE" not in empty.out


def test_a_part_that_may_not_be_read_is_said_and_the_rest_is_printed(command: Command, served: Running) -> None:
    served.service.faults.add("refuse", path="InclusionRules", status=403, code="Forbidden", times=None)
    served.service.faults.add("refuse", path="emailNotificationsSetting", status=403, code="Forbidden", times=None)
    shown = command("policies", "show", policy(served, "Sites all"))
    assert shown.code == 0
    assert "This sign-in may not read the rules. It needs BackupRestore-Configuration.Read.All." in shown.err
    assert "done, some failed" in shown.out
    service = command("service", "show", "--json")
    assert service.code == 0
    assert "emailNotificationsSetting" not in service.json
    assert service.json["serviceApps"]
    assert "needs BackupRestore-Control.ReadWrite.All" in json.loads(service.err)["notes"][0]


def test_the_service_is_shown_with_dates_control_and_mails(command: Command, served: Running) -> None:
    shown = command("service", "show")
    assert shown.code == 0
    assert "State " in shown.out
    assert "Controlled by  Microsoft's admin center" in shown.out
    assert "backup administrators" in shown.out
    assert "Fabrikam Continuity" in shown.out
    whole = command("service", "show", "--json").json
    assert whole["serviceStatus"]["status"] == "enabled"
    assert whole["emailNotificationsSetting"]["recipients"]["role"] == "backupAdmins"


@pytest.mark.parametrize("status", ["protectionChangeLocked", "restoreLocked", "disabled"])
def test_a_lock_is_said_and_refuses_what_it_forbids(command: Command, served: Running, status: str) -> None:
    drafts = command("sessions", "list", "--status", "draft", "--json").json
    unit = free_unit(served)
    served.service.state.tell({"status": status}, served.service.tenant.policies[0].created_by, served.service.now())
    shown = command("service", "show")
    assert "Meaning" in shown.out
    for words in (("policies", "deactivate", policy(served, "Sites all")), ("units", "offboard", unit)):
        refused = command(*words, "--confirm", "whatever")
        assert refused.code == 1
        assert "not valid" in refused.err or "asked for it" in refused.err
    started = command("sessions", "activate", drafts[0]["id"], "--confirm", "whatever")
    if status == "protectionChangeLocked":
        assert started.code == 2, "only the phrase is wrong"
    else:
        assert started.code == 1
        assert "restores are locked" in started.err or "is off in this tenant" in started.err


def test_a_unit_is_offboarded_and_comes_back_after_its_review(command: Command, served: Running) -> None:
    unit = free_unit(served)
    asked = command("units", "offboard", unit)
    assert asked.code == 2
    assert "OFFBOARD: after a grace period (90 days, per Microsoft)" in asked.err
    confirm = next(line for line in asked.err.splitlines() if "--confirm" in line).split('"')[1]
    done = command("units", "offboard", unit, "--confirm", confirm, "--json")
    assert (done.code, done.json["status"]) == (0, "offboardRequested")
    again = command("units", "offboard", unit, "--confirm", confirm)
    assert again.code == 1
    assert "only an unprotected unit that is in no policy" in again.err
    back = command("units", "cancel-offboard", unit, "--confirm", confirm.replace("offboard", "keep"))
    assert back.code == 0
    kinds = [entry["kind"] for entry in command("journal", "list", "--json").json]
    assert kinds == ["unitCancelOffboard", "unitOffboard"]


def test_a_unit_that_is_not_there_is_not_found(command: Command) -> None:
    missing = command("units", "offboard", "00000000-0000-4000-8000-000000000000", "--confirm", "x", "--json")
    assert (missing.code, missing.out) == (5, "")


def test_who_gets_mails_is_changed_after_a_review(command: Command) -> None:
    asked = command("service", "notify", "--about", "all", "--address", "ops@contoso.com")
    assert asked.code == 2
    assert "NOTIFY: from now on, mail goes to 1 address (ops@contoso.com)" in asked.err
    done = command(
        "service", "notify", "--about", "all", "--address", "ops@contoso.com",
        "--confirm", "notify contoso", "--json",
    )  # fmt: skip
    assert done.code == 0
    assert done.json["recipients"] == {"role": "custom", "customRecipients": [{"email": "ops@contoso.com"}]} or (
        done.json["recipients"]["customRecipients"][0]["email"] == "ops@contoso.com"
    )
    assert "ops@contoso.com" in command("service", "show").out
    assert command("service", "notify").code == 2
    assert command("service", "notify", "--on", "--off").code == 2
