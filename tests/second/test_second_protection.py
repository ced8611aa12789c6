"""Changes of protection by commands against the second service: each done once, nothing outside its contract."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from second_call import Service
from second_tenant import DRIVE, MAILBOX, POLICIES, SITE, Kind, Thing

Command = Callable[..., Any]
FAST = ("--wait", "--interval", "0.1")


def spare(second: Service, kind: Kind, count: int) -> list[Thing]:
    """Accounts or sites that were never protected."""
    return [each for each in second.tenant.things.values() if each.kind is kind and not each.known][:count]


def phrase(command: Command, *words: str) -> str:
    """What the review of a change, which does nothing, asks for."""
    shown = command(*words)
    assert shown.code == 2, shown.err
    return str(next(line for line in shown.err.splitlines() if "--confirm" in line).split('"')[1])


def done(command: Command, *words: str, more: tuple[str, ...] = (), code: int = 0) -> Any:
    """Review a change, and carry it out with its phrase."""
    answer = command(*words, "--confirm", phrase(command, *words), *more)
    assert answer.code == code, answer.err
    return answer


@pytest.fixture
def hired(second: Service, tmp_path: Path) -> tuple[list[Thing], str]:
    """300 accounts without protection, and a table of them with five rows that name nobody."""
    things = spare(second, MAILBOX, 300)
    rows = [f"{each.address},{each.name},{each.owner}" for each in things]
    bad = [f"nobody{number}@contoso.com,Nobody," for number in range(5)]
    path = tmp_path / "hired.csv"
    path.write_text("\n".join(["userPrincipalName,displayName,id", *bad[:2], *rows, *bad[2:]]) + "\n")
    return things, str(path)


def lose(address: str, request: str) -> None:
    httpx.post(f"{address.removesuffix('/v1.0')}/_lose", json={"request": request})


def test_300_accounts_join_and_12_leave_each_once(
    second: Service, command: Command, hired: tuple[list[Thing], str], tmp_path: Path, address: str
) -> None:
    things, listed = hired
    policy = POLICIES[MAILBOX]
    words = ("policies", "add", policy, "--units", listed, "--skip-unresolved")
    answer = phrase(command, *words)
    lose(address, "PATCH .*exchangeProtectionPolicies")
    first = command(*words, "--confirm", answer, *FAST)
    assert first.code in (0, 7), first.err
    again = command(*words)
    if again.code == 2:
        done(command, *words, more=FAST)
    assert second.books()["putIn"] == {each.id: 1 for each in things}
    dozen = tmp_path / "dozen.txt"
    dozen.write_text("\n".join(each.address for each in things[:12]))
    done(command, "policies", "remove", policy, "--units", str(dozen), more=FAST)
    books = second.books()
    assert books["takenOut"] == {each.id: 1 for each in things[:12]}
    assert books["outside"] == []


def test_a_policy_is_made_renamed_switched_and_deleted(second: Service, command: Command) -> None:
    old = POLICIES[SITE]
    done(command, "policies", "deactivate", old)
    assert command("policies", "watch", old, "--interval", "0.1").code == 0
    sites = spare(second, SITE, 0) or second.tenant.units(SITE)
    assert sites
    done(command, "policies", "create", "--service", "sharepoint", "--name", "Projects")
    (made,) = [key for key, policy in second.protection.policies.items() if policy.name == "Projects"]
    done(command, "policies", "rename", made, "--name", "Projects 2027")
    assert second.protection.policies[made].name == "Projects 2027"
    done(command, "policies", "activate", made)
    assert command("policies", "watch", made, "--interval", "0.1").code == 0
    assert second.protection.status(second.protection.policies[made]) == "active"
    done(command, "policies", "deactivate", made)
    assert command("policies", "watch", made, "--interval", "0.1").code == 0
    done(command, "policies", "delete", made)
    assert made not in second.protection.policies
    assert second.books()["outside"] == []


def test_a_policy_is_made_once_although_the_answer_was_lost(second: Service, command: Command, address: str) -> None:
    done(command, "policies", "deactivate", POLICIES[DRIVE])
    command("policies", "watch", POLICIES[DRIVE], "--interval", "0.1")
    words = ("policies", "create", "--service", "onedrive", "--name", "Sales")
    answer = phrase(command, *words)
    lose(address, "POST .*ProtectionPolicies$")
    first = command(*words, "--confirm", answer)
    second_time = command(*words, "--confirm", answer)
    assert (first.code, second_time.code) in [(0, 0), (0, 1), (0, 2), (7, 0), (7, 1), (7, 2)]
    assert second.books()["policies"].count("Sales") == 1


def test_rules_are_added_run_changed_and_removed(second: Service, command: Command) -> None:
    mailboxes, sites = POLICIES[MAILBOX], POLICIES[SITE]
    group, other = second.tenant.groups
    done(command, "rules", "add", sites, "--name", "Team 43", more=("--wait",))
    (static,) = second.protection.rules.values()
    put_in = second.books()["putIn"]
    assert put_in
    assert set(put_in.values()) == {1}
    done(command, "rules", "run", sites, static.id, more=("--wait",))
    done(command, "rules", "remove", sites, static.id, "--keep-units")
    assert second.protection.rules == {}
    done(command, "rules", "add", mailboxes, "--group", group, "--dynamic", more=("--wait",))
    (dynamic,) = second.protection.rules.values()
    assert len(second.books()["putIn"]) == len(put_in) + 214
    done(command, "rules", "change", mailboxes, dynamic.id, "--group", group, "--group", other, more=("--wait",))
    assert len(second.books()["putIn"]) == len(put_in) + 260
    done(command, "rules", "remove", mailboxes, dynamic.id, "--unprotect", more=("--wait",))
    books = second.books()
    assert (books["rules"], len(books["takenOut"]), books["outside"]) == (0, 260, [])


def test_a_long_list_is_handed_over_once_and_each_bad_name_is_told(
    second: Service, command: Command, hired: tuple[list[Thing], str], address: str
) -> None:
    things, listed = hired
    policy = POLICIES[MAILBOX]
    words = ("bulk", "add", policy, "--units", listed, "--skip-unresolved")
    answer = phrase(command, *words)
    lose(address, "POST .*BulkAdditionJobs$")
    first = command(*words, "--confirm", answer, "--wait")
    assert first.code in (0, 6, 7), first.err
    command(*words, "--confirm", answer, "--wait")
    assert len(second.protection.jobs) == 1
    assert set(second.books()["putIn"]) == {each.id for each in things}
    assert set(second.books()["putIn"].values()) == {1}
    (job,) = second.protection.jobs
    shown = command("bulk", "show", policy, job)
    assert shown.code in (0, 6), shown.err
    assert "nobody0@contoso.com" in shown.out + shown.err
    assert second.books()["outside"] == []


def test_the_service_is_enabled_and_an_application_registered_and_removed(second: Service, command: Command) -> None:
    second.control.status = "disabled"
    owner = ("--owner", "23014d8c-71fe-4d00-a01a-31850bc5b42a")
    done(command, "service", "enable", *owner)
    assert (second.control.status, second.control.enabled) == ("enabled", 1)
    done(command, "service", "apps", "add")
    (app,) = second.control.apps
    done(command, "service", "apps", "activate", app, "--from", "14d")
    assert second.control.apps[app]["status"] == "pendingActive"
    listed = command("service", "apps", "list", "--json")
    assert [each["status"] for each in json.loads(listed.out)] == ["pendingActive"]
    second.control.apps[app]["effectiveDateTime"] = "2026-01-01T00:00:00Z"  # its day has come
    done(command, "service", "apps", "deactivate", app)
    assert second.control.apps[app]["status"] == "pendingInactive"
    assert second.books()["outside"] == []
