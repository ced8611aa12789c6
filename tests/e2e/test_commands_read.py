"""Commands that only read: what stdout and stderr get, as text and as JSON, and how each failure ends."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from backup_tui.simulator.control.faults import Act
from backup_tui.simulator.server import Running

Command = Callable[..., Any]


def test_lists_carry_the_service_s_own_names_and_nothing_on_stderr(command: Command, served: Running) -> None:
    policies = command("policies", "list", "--json")
    assert (policies.code, policies.err) == (0, "")
    assert {policy["status"] for policy in policies.json} >= {"active", "inactive"}
    assert all("retentionSettings" in policy for policy in policies.json)
    units = command("units", "list", "--json")
    assert len(units.json) == len({unit["id"] for unit in units.json})
    assert len(units.json) == sum(len(found) for found in served.service.tenant.units.values())
    sites = command("--json", "units", "list", "--service", "sharepoint", "--search", "SITES/FINANCE")
    assert {site["siteName"] for site in sites.json} >= {"Finance"}
    assert all("/sites/finance" in site["siteWebUrl"] for site in sites.json)


def test_a_list_for_people_has_a_header_and_a_line_each(command: Command) -> None:
    listed = command("sessions", "list")
    header, *lines = listed.out.splitlines()
    assert header.split() == ["ID", "SERVICE", "STATUS", "UNITS", "DONE", "FAILED", "CREATED", "BY"]
    words = [line.split("  ") for line in lines]
    assert len(words) == len(command("sessions", "list", "--json").json)
    assert "draft" in listed.out


@pytest.mark.parametrize(
    ("word", "statuses"),
    [
        ("draft", {"draft"}),
        ("Some Failed", {"completedWithError"}),
        ("completedWithError", {"completedWithError"}),
        ("ended", {"completed", "completedWithError", "failed"}),
    ],
)
def test_sessions_are_chosen_by_our_words_and_the_service_s(command: Command, word: str, statuses: set[str]) -> None:
    found = command("sessions", "list", "--status", word, "--json").json
    assert found
    assert {session["status"] for session in found} <= statuses


def test_a_status_that_does_not_exist_is_refused_with_the_nearest(command: Command) -> None:
    refused = command("sessions", "list", "--status", "runing")
    assert (refused.code, refused.out) == (2, "")
    assert "Did you mean running?" in refused.err


def test_a_session_is_shown_with_its_units_failed_ones_first(command: Command) -> None:
    some_failed = command("sessions", "list", "--status", "completedWithError", "--json").json[0]
    shown = command("sessions", "show", some_failed["id"], "--json").json
    assert shown["id"] == some_failed["id"]
    statuses = [artifact["status"] for artifact in shown["artifacts"]]
    assert statuses.count("failed") == shown["restoreSessionArtifactCount"]["failed"] > 0
    text = command("sessions", "show", some_failed["id"]).out
    table = text[text.index("ID  ") :].splitlines()[1:]
    assert "failed" in table[0]
    assert "failed" not in table[-1]


def test_what_is_not_there_ends_with_5(command: Command) -> None:
    for words in (["sessions", "show"], ["policies", "show"]):
        missing = command(*words, "0b5a4b5e-0000-4000-8000-000000000000", "--json")
        assert (missing.code, missing.out) == (5, "")
        assert missing.error["requestId"]


@pytest.mark.parametrize("act", ["repeatLink", "foreignLink"])
def test_a_list_that_breaks_off_leaves_stdout_empty(command: Command, served: Running, act: Act) -> None:
    served.service.settings = replace(served.service.settings, page_size=10)
    served.service.faults.add(act, path="mailboxProtectionUnit", times=None)
    broken = command("units", "list", "--service", "exchange")
    assert (broken.code, broken.out) == (1, "")
    assert "backup-tui:" in broken.err


def test_points_are_found_for_names_of_a_list(command: Command, names: Callable[..., str]) -> None:
    path = names("email,town", "adele.vance@contoso.com,Berlin", "Megan.Bowen@contoso.com,Paris")
    found = command("points", "find", "--service", "exchange", "--units", path, "--before", "2h ago", "--json")
    assert found.code == 0, found.err
    assert [point["protectionUnit"]["name"] for point in found.json] == [
        "adele.vance@contoso.com",
        "megan.bowen@contoso.com",
    ]
    assert all(point["id"] and 0 <= point["gapSeconds"] <= 3600 for point in found.json)
    assert json.loads(found.err)["notes"][0] == "Column not used: town."
    listed = command("points", "list", "--unit", found.json[0]["protectionUnit"]["id"], "--before", "-2h", "--json")
    assert found.json[0]["id"] in {point["id"] for point in listed.json}


def test_an_application_cannot_look_for_people_but_for_ids(
    command: Command, served: Running, names: Callable[..., str], robot: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BACKUP_TUI_ACCESS_TOKEN", robot)
    base = ["points", "find", "--service", "exchange", "--before", "latest", "--units"]
    refused = command(*base, names("adele.vance@contoso.com"))
    assert (refused.code, refused.out) == (2, "")
    assert "application" in refused.err
    unit = served.service.tenant.units["exchange"][0]
    assert command(*base, names(unit.id)).code == 0


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ({"act": "expired"}, 3, "sign-in"),
        ({"act": "refuse", "status": 403, "code": "accessDenied"}, 4, "may not"),
        ({"act": "html", "status": 200}, 1, ""),
    ],
)
def test_each_kind_of_failure_has_its_exit_code(
    command: Command, served: Running, fault: dict[str, Any], code: int, words: str
) -> None:
    served.service.faults.add(**fault, times=None)
    failed = command("policies", "list", "--json")
    assert (failed.code, failed.out) == (code, "")
    assert words in failed.error["message"]
    assert failed.error["hint"]


def test_without_a_token_it_says_how_to_give_one(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN")
    refused = command("sessions", "list")
    assert (refused.code, refused.out) == (3, "")
    assert "BACKUP_TUI_ACCESS_TOKEN" in refused.err


def test_a_service_that_cannot_be_reached_is_named(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        failed = command("--graph-url", f"http://127.0.0.1:{port}/v1.0", "sessions", "list", "--json")
    assert (failed.code, failed.out) == (1, "")
    assert failed.error["code"] == "connectionRefused"
    assert str(port) in failed.error["message"]


def test_the_demo_needs_nothing(command: Command, monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    refused = command("--demo", "sessions", "list")
    assert refused.code == 2
    monkeypatch.delenv("BACKUP_TUI_ACCESS_TOKEN")
    monkeypatch.delenv("BACKUP_TUI_GRAPH_URL")
    shown = command("--demo", "sessions", "list", "--json")
    assert shown.code == 0
    assert shown.json


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_watching_with_its_code(
    environment: dict[str, str], command: Command, number: signal.Signals, code: int
) -> None:
    draft = command("sessions", "list", "--status", "draft", "--json").json[0]["id"]
    words = [sys.executable, "-m", "backup_tui", "sessions", "watch", draft, "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["id"] == draft
        process.send_signal(number)
        assert process.wait(20) == code
        assert "Running restores continue" in process.stderr.read()


def test_a_reader_that_has_seen_enough_is_no_crash(environment: dict[str, str]) -> None:
    words = [sys.executable, "-m", "backup_tui", "units", "list", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.wait(20) == 141
        assert "Traceback" not in process.stderr.read()


def test_the_token_is_in_no_file(command: Command, environment: dict[str, str]) -> None:
    assert command("sessions", "list").code == 0
    written = [path for path in Path(environment["BACKUP_TUI_STATE_DIR"]).rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if environment["BACKUP_TUI_ACCESS_TOKEN"].encode() in path.read_bytes()]


def test_a_wait_that_the_service_asks_for_is_told_and_obeyed(command: Command, served: Running) -> None:
    served.service.faults.add("throttle", path="protectionPolicies", retry_after=1)
    waited = command("policies", "list")
    assert waited.code == 0
    assert "The service asked us to wait until" in waited.err
    assert served.service.faults.early_calls == 0


@pytest.mark.parametrize(
    ("path", "status", "check"),
    [("protectionPolicies", 403, "feature.protection"), ("restoreSessions", 400, "feature.sessions")],
)
def test_doctor_quotes_what_the_service_said_about_each_thing_it_refused(
    command: Command, served: Running, path: str, status: int, check: str
) -> None:
    served.service.faults.add("refuse", method="GET", path=path, status=status, code="accessDenied", times=None)
    told = command("doctor")
    assert "In the service's own words:" in told.out
    assert f"HTTP {status}" in told.out
    found = {one["id"]: one for one in command("doctor", "--json").json["checks"]}
    assert found[check]["error"]["serviceMessage"]
    assert found[check]["error"]["requestId"]
    assert "error" not in found["service-state"]


def test_doctor_quotes_the_service_about_the_controlling_application(command: Command, served: Running) -> None:
    served.service.faults.add("refuse", method="GET", path="serviceApps", status=403, code="accessDenied", times=None)
    found = {one["id"]: one for one in command("doctor", "--json").json["checks"]}
    assert found["controller"]["error"]["serviceMessage"]
