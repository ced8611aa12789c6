"""Specifies that every documented operation can be reached, and that the table of them tells the truth."""

from __future__ import annotations

import inspect
import json
import re
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from all_screens import all_screens

from backup_tui.graph.requests.call import Call
from backup_tui.headless.commands import COMMANDS
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.browse import BrowseQuery
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.features import BY_ID
from backup_tui.models.services import Destination, Service
from backup_tui.simulator.app import OPERATIONS
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.http.router import Router
from backup_tui.ui.frame.commands import key_name
from screenshots.operations import PAGE, ROOT, SCREENS, OperationRow, page, rows, same

TESTS = Path(__file__).parents[1]

DOCUMENTED: dict[str, list[list[str]]] = json.loads((TESTS / "data" / "documented_operations.json").read_text())
ROWS = rows()
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def name(row: OperationRow) -> str:
    return f"{row.method} {row.path or '/'}"


REACHED = [row for row in ROWS if row.reachable]


def test_each_documented_operation_has_one_row_and_no_row_is_about_another() -> None:
    told = [same(row.method, f"{ROOT}/{row.path}".rstrip("/")) for row in ROWS]
    documented = [same(method, path) for listed in DOCUMENTED.values() for method, path in listed]
    assert sorted(told) == sorted(documented)


def test_every_documented_operation_of_v1_can_be_reached() -> None:
    reached = {same(row.method, f"{ROOT}/{row.path}".rstrip("/")) for row in REACHED}
    assert [each for each in DOCUMENTED["v1.0"] if same(*each) not in reached] == []
    assert len(DOCUMENTED["v1.0"]) == 100


def test_the_page_is_that_of_the_rows() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(ROWS, DOCUMENTED)  # python screenshots/operations.py


def test_all_that_the_permission_table_promises_can_be_reached() -> None:
    assert {call_of(row).operation.feature.id for row in REACHED} == set(BY_ID)


def call_of(row: OperationRow) -> Call:
    """The client's request."""
    words, _, more = row.call.partition(", ")
    module, _, made = words.partition(".")
    found = getattr(import_module(f"backup_tui.graph.requests.{module}"), made)
    where = {"policy_id": "p"} if more == "in a policy" else {}
    call: Call = found if isinstance(found, Call) else found(**_arguments(found, row.service), **where)
    if more == "next page":
        path = call.path.partition("?")[0]
        return call.at("https://graph.microsoft.com/v1.0/next", f"{path}?$skiptoken=x", 2)
    return call


@pytest.mark.parametrize("row", REACHED, ids=name)
def test_the_client_makes_this_request(row: OperationRow) -> None:
    call = call_of(row)
    path = call.path.partition("?")[0]
    wanted = f"{ROOT}/{row.path}".rstrip("/")
    pattern = re.sub(r"\\\{[^}]+\\\}", "[^/]+", re.escape(wanted)).replace(r"graph\.", r"(?:microsoft\.)?graph\.")
    assert re.fullmatch(pattern, path, re.IGNORECASE), path
    assert call.method == row.method


def _arguments(function: Any, service: Service | None) -> dict[str, Any]:
    """Something for each argument that has no default; what decides the path is an id."""
    given: dict[str, Any] = {
        "service": service or Service.SHAREPOINT,
        "artifacts": [NewArtifact("p", Destination.NEW)],
        "add": [NewArtifact("p", Destination.NEW)],
        "remove": [],
        "body": {},
        "changes": {"isEnabled": True},
        "unit_ids": ["u"],
        "start": NOW - timedelta(days=1),
        "end": NOW,
        "before": NOW,
        "effective": NOW,
        "query": BrowseQuery(),
        "new": NewBulkRequest(NOW - timedelta(days=1), NOW, Destination.NEW, names=("a@contoso.com",)),
    }
    needed = {}
    for argument, about in inspect.signature(function).parameters.items():
        if about.default is inspect.Parameter.empty or (argument == "service" and service is not None):
            needed[argument] = given.get(argument, "x")
    return needed


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_the_simulated_service_answers_this_request(row: OperationRow) -> None:
    beta = same(row.method, f"{ROOT}/{row.path}".rstrip("/")) in {same(*each) for each in DOCUMENTED["beta"]}
    path = re.sub(r"\{[^}]+\}", "x", row.path)
    try:
        Router(OPERATIONS).match(row.method, f"/{'beta' if beta else 'v1.0'}{ROOT}/{path}".rstrip("/"))
    except Refusal:
        pytest.fail("the simulated service has no such operation")


@pytest.mark.parametrize("row", REACHED, ids=name)
def test_its_keys_its_commands_and_its_test_exist(row: OperationRow) -> None:
    words = {command.words for command in COMMANDS}
    assert set(row.commands) <= words
    screens = {screen.__name__: screen for screen in all_screens()}
    for screen, key in row.keys:
        offered = screens[SCREENS[screen]].OWN_COMMANDS
        assert key in {key_name(each) for command in offered for each in command.keys}, (screen, key)
    file, _, test = row.test.partition("::")
    assert re.search(rf"def {re.escape(test)}\(", (TESTS.parent / file).read_text(encoding="utf-8")), row.test
