"""Specifies commands about one thing: a unit, a policy's units, points that are open, a restore's lists of names."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.request import Request, urlopen

from test_commands_restore import sound

from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def test_a_unit_is_shown_with_its_policy_and_how_it_came_in(command: Command, served: Running) -> None:
    policy = next(one for one in served.service.tenant.policies if one.name == "Sites pilot")
    listed = command("units", "list", "--policy", policy.id[:8], "--json").json
    assert len(listed) == policy.size
    assert {one["policyId"] for one in listed} == {policy.id}
    shown = command("units", "show", listed[0]["id"])
    assert shown.code == 0
    assert f"{policy.id} Sites pilot" in shown.out
    assert "manual" in shown.out
    assert command("units", "show", listed[0]["id"], "--json").json["siteId"] == listed[0]["siteId"]
    other = command("units", "list", "--policy", policy.id, "--service", "exchange")
    assert other.code == 2
    assert "This policy is about SharePoint." in other.err
    assert command("units", "show", "00000000-0000-4000-8000-000000000000").code == 5


def test_a_point_that_was_opened_is_listed_until_it_ends(command: Command, served: Running) -> None:
    assert command("files", "opened", "--json").json == []
    [unit] = sound(served, "sharepoint", 1)
    assert command("files", "ls", "--unit", unit.url).code == 0
    (opened,) = command("files", "opened", "--json").json
    assert opened["siteId"] == unit.owner
    listed = command("files", "opened")
    assert "open" in listed.out
    assert opened["id"] in listed.out


def asked(served: Running, path: str, body: dict[str, Any]) -> Any:
    """Sends a change past the program, as the admin center or another tool would."""
    request = Request(f"{served.base_url}/solutions/backupRestore/{path}", json.dumps(body).encode(), method="POST")
    request.add_header("Authorization", "Bearer x")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        return json.load(answer)


def test_lists_of_names_of_a_restore_are_shown_and_deleted_once_they_ended(command: Command, served: Running) -> None:
    [unit] = sound(served, "exchange", 1)
    session = asked(served, "exchangeRestoreSessions", {})["id"]
    body = {
        "displayName": "before the flood",
        "mailboxes": [unit.address, "nobody@contoso.com"],
        "protectionTimePeriod": {"startDateTime": iso(served, -3), "endDateTime": iso(served, 0)},
        "destinationType": "new",
        "tags": "none",
        "restorePointPreference": "latest",
    }
    added = asked(served, f"exchangeRestoreSessions/{session}/mailboxRestoreArtifactsBulkAdditionRequests", body)["id"]
    early = command("sessions", "names", "delete", session, added[:6])
    assert early.code == 1
    assert "needs one that the service has finished with" in early.err
    asked(served, f"restoreSessions/{session}/activate", {})
    command("sessions", "watch", session, "--until-done", "--interval", "0.2")
    listed = command("sessions", "names", "list", session[:8])
    assert "some names not found" in listed.out
    assert "nobody@contoso.com" in listed.err
    missing = command("sessions", "names", "delete", session, "0000")
    assert missing.code == 5
    confirm = ("--confirm", f"delete names {session[:8]} contoso")
    deleted = command("sessions", "names", "delete", session, added, *confirm)
    assert deleted.code == 0, deleted.err
    assert command("sessions", "names", "list", session, "--json").json == []


def iso(served: Running, days: int) -> str:
    moment = datetime.fromtimestamp(served.service.now(), UTC) + timedelta(days=days)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
