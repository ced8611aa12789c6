"""Specifies every documented error code of the calls that this program makes.

The simulated service produces each at its place, with the status of the page of error codes; the client turns it
into the right kind of error, whose sentences are plain and say what to do.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from scripted_service import NOW, Bench, Tokens, bench

from backup_tui.errors import (
    BackupTuiError,
    Busy,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    SignInError,
    StateConflict,
)
from backup_tui.graph.error_catalogue import all_rows
from backup_tui.graph.operations import Operation as Op
from backup_tui.graph.paging import collect
from backup_tui.graph.requests.call import Call
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Destination, Service
from backup_tui.models.whoami import WhoAmI
from backup_tui.restore.errors_of_units import explain
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.domain.service import Service as SimulatedService
from backup_tui.simulator.settings import Settings

UNKNOWN = "00000000-0000-4000-8000-000000000000"
YEAR = timedelta(days=366)
NEVER_SAID = re.compile(
    r"\b(artifacts?|payloads?|entit(y|ies)|endpoints?|exceptions?|throttling|reconcil\w*|idempoten\w*|success\w*|"
    r"jobs?|snapshots?|items?)\b|went wrong|please",
    re.IGNORECASE,
)


@dataclass
class Place:
    """A client on a simulated service, with the things that a refusal is about."""

    on: Bench
    service: SimulatedService
    point: str
    other_point: str
    draft: str
    running: str
    policies: dict[str, str]
    unit: str

    async def send(self, operation: Op, method: str, path: str, body: dict[str, object]) -> object:
        """A request that the client itself would never write, on the client's own way."""
        whole = f"/solutions/backupRestore/{path}"
        kind = RequestClass.CREATE if method == "POST" else RequestClass.EDIT
        call = Call(operation, "try something", method, whole, kind, body=body, target="s1")
        return await self.on.path.run(call)

    async def create(self, *artifacts: dict[str, object]) -> object:
        return await self.send(
            Op.SESSION_CREATE, "POST", "oneDriveForBusinessRestoreSessions", {"driveRestoreArtifacts": list(artifacts)}
        )

    async def patch(self, *artifacts: dict[str, object], **other: object) -> object:
        body = other or {"driveRestoreArtifacts@delta": list(artifacts)}
        return await self.send(Op.SESSION_EDIT, "PATCH", f"oneDriveForBusinessRestoreSessions/{self.draft}", body)

    def to(self, destination: str | None = "new", point: str | None = None) -> dict[str, object]:
        given = {} if destination is None else {"destinationType": destination}
        return {"restorePoint": {"id": self.point if point is None else point}, **given}

    async def fill(self) -> None:
        """As many running restores as the service allows."""
        for _ in range(24):
            made = await self.on.writer.create_session(Service.ONEDRIVE, [NewArtifact(self.point, Destination.NEW)])
            await self.on.writer.activate_session(made.id)

    async def search(self, **changed: object) -> object:
        body = {
            "protectionUnitIds": [self.unit],
            "protectionTimePeriod": {"startDateTime": "2026-11-01T00:00:00Z"},
            **changed,
        }
        return await self.send(Op.POINT_SEARCH, "POST", "restorePoints/search", body)


@asynccontextmanager
async def place(settings: Settings | None = None) -> Any:
    app = create_app(settings or Settings(history=False), ManualClock(NOW))
    who = WhoAmI("contoso.com", user="adele@contoso.com")
    async with bench(app, who=who, tokens=Tokens("old.too.token")) as on:
        units = await collect(on.reader.units(Service.ONEDRIVE))
        found = await on.reader.search_points([each.id for each in units[:3]], start=NOW - YEAR, end=NOW)
        points = [each[0].id for each in found.points.values()]
        sessions = []
        for index in range(2):
            sessions.append(await on.writer.create_session(Service.ONEDRIVE, [NewArtifact(points[0], Destination.NEW)]))
            if index == 0:
                await on.writer.activate_session(sessions[0].id)
        policies = {(each.status or ""): each.id for each in await on.reader.policies()}
        yield Place(on, app.state.service, points[0], points[1], sessions[1].id, sessions[0].id, policies, units[0].id)


def of_session(session_id: str) -> list[tuple[Callable[[Place], Awaitable[Any]], str]]:
    return [
        (lambda at: at.on.reader.session(session_id), "read"),
        (lambda at: at.on.writer.update_session(Service.ONEDRIVE, session_id, remove=["a"]), "edit"),
        (lambda at: at.on.writer.delete_session(session_id), "delete"),
        (lambda at: at.on.writer.activate_session(session_id), "activate"),
        (lambda at: collect(at.on.reader.artifacts(Service.ONEDRIVE, session_id)), "list"),
    ]


def of_policy(policy_id: str) -> list[tuple[Callable[[Place], Awaitable[Any]], str]]:
    return [
        (lambda at: at.on.reader.policy(policy_id), "read"),
        (lambda at: at.on.writer.activate_policy(policy_id), "activate"),
        (lambda at: at.on.writer.deactivate_policy(policy_id), "deactivate"),
        (lambda at: collect(at.on.reader.units(Service.EXCHANGE, policy_id=policy_id)), "units"),
    ]


async def fill_and_start(at: Place) -> object:
    await at.fill()
    return await at.on.writer.activate_session(at.draft)


def limit(at: Place) -> list[dict[str, object]]:
    return [at.to()] * 51


def sent(
    call: Callable[..., Awaitable[Any]], entries: Callable[[Place], list[dict[str, object]]]
) -> Callable[[Place], Awaitable[Any]]:
    """A call with these entries in its body."""
    return lambda at: call(at, *entries(at))


def rows() -> list[Any]:
    found: list[tuple[str, int, str, type[BackupTuiError], Callable[[Place], Awaitable[Any]]]] = []
    for call, name in of_session("not-an-id"):
        found.append((f"{name} session", 400, "InvalidRestoreSessionId", InvalidRequest, call))
    for call, name in of_session(UNKNOWN):
        found.append((f"{name} session", 404, "RestoreSessionNotFound", NotFound, call))
    for call, name in of_policy("not-an-id"):
        found.append((f"{name} policy", 400, "InvalidPolicyId", InvalidRequest, call))
    for call, name in of_policy(UNKNOWN):
        found.append((f"{name} policy", 404, "PolicyNotFound", NotFound, call))
    for name, call in {
        "edit": lambda at: at.on.writer.update_session(Service.ONEDRIVE, at.running, remove=["a"]),
        "delete": lambda at: at.on.writer.delete_session(at.running),
        "activate": lambda at: at.on.writer.activate_session(at.running),
    }.items():
        found.append((f"{name} session", 403, "RestoreSessionActionNotAllowed", StateConflict, call))
    calls: tuple[tuple[str, Callable[..., Awaitable[Any]], int], ...] = (
        ("create", lambda at, *a: at.create(*a), 413),
        ("edit", lambda at, *a: at.patch(*a), 400),
    )
    for name, sends, many in calls:
        of = f"{name} session"
        found += [
            (of, 400, "InvalidPathType", InvalidRequest, sent(sends, lambda at: [at.to(None)])),
            (of, 400, "InvalidArtifactRequest", InvalidRequest, sent(sends, lambda at: [])),
            (of, 400, "InvalidRestorePoint", InvalidRequest, sent(sends, lambda at: [at.to(point="x")])),
            (of, many, "RestoreArtifactsLimitBreached", InvalidRequest, sent(sends, limit)),
            (of, 400, "DuplicateArtifactInList", InvalidRequest, sent(sends, lambda at: [at.to(), at.to()])),
            (
                of,
                400,
                "DifferentRestoreDestinationType",
                InvalidRequest,
                sent(sends, lambda at: [at.to("new"), at.to("inPlace", at.other_point)]),
            ),
        ]
    found += [
        ("edit session", 400, "InvalidPatchRequest", InvalidRequest, lambda at: at.patch(colour="red")),
        ("activate session", 500, "TooManyActiveRestoreSessions", Busy, fill_and_start),
        (
            "activate policy",
            400,
            "invalidStateForActivation",
            StateConflict,
            lambda at: at.on.writer.activate_policy(at.policies["active"]),
        ),
        (
            "deactivate policy",
            400,
            "invalidStateForActivation",
            StateConflict,
            lambda at: at.on.writer.deactivate_policy(at.policies["inactive"]),
        ),
        (
            "read unit",
            400,
            "InvalidProtectionUnitId",
            InvalidRequest,
            lambda at: at.on.reader.unit("x", Service.EXCHANGE),
        ),
        (
            "search points",
            400,
            "InvalidProtectionUnitId",
            InvalidRequest,
            lambda at: at.search(protectionUnitIds=["x"]),
        ),
        (
            "list points",
            400,
            "InvalidProtectionUnitId",
            InvalidRequest,
            lambda at: at.on.reader.points_of_unit("x", before=NOW),
        ),
        ("search points", 400, "InvalidSearchRequest", InvalidRequest, lambda at: at.search(protectionTimePeriod={})),
    ]
    return [pytest.param(*each[1:], id=f"{each[0]}-{each[1]}-{each[2]}") for each in found]


def check_words(error: BackupTuiError) -> None:
    assert error.message
    assert error.certainty or error.hint
    for text in (error.message, error.certainty, error.hint):
        assert not NEVER_SAID.search(text), text
        assert not re.search(r"[{}]|None|\bHTTP\b", text), text
        assert text == "" or text.endswith((".", "!")), text


@pytest.mark.parametrize(("status", "code", "kind", "call"), rows())
async def test_a_code_at_its_place(
    status: int, code: str, kind: type[BackupTuiError], call: Callable[[Place], Awaitable[Any]]
) -> None:
    async with place() as at:
        with pytest.raises(kind) as caught:
            await call(at)
        error = caught.value
        assert (error.status, error.code) == (status, code)  # type: ignore[attr-defined]
        assert error.request_id == at.on.records[-1].request_id
        check_words(error)


@pytest.mark.parametrize("path", ["driveProtectionUnits", "restorePoints"])
async def test_a_filter_that_is_too_long(path: str) -> None:
    async with place() as at:
        terms = " or ".join(["displayName eq 'x'"] * 21).replace(" ", "%20")
        if path == "restorePoints":
            terms = "%20and%20".join(["protectionDateTime%20lt%202026-11-20"] * 21)
        expand = f"&$expand=protectionUnit($filter=id%20eq%20'{at.unit}')" if path == "restorePoints" else ""
        call = Call(
            Op.POINT_LIST if expand else Op.UNIT_LIST,
            "ask",
            "GET",
            f"/solutions/backupRestore/{path}?$filter={terms}{expand}",
        )
        with pytest.raises(InvalidRequest) as caught:
            await at.on.path.run(call)
    assert (caught.value.status, caught.value.code) == (400, "FilterLengthExceeded")
    check_words(caught.value)


async def test_half_a_deletion_is_not_called_done_and_not_sent_again() -> None:
    async with place() as at:
        at.service.faults.add("refuse", method="DELETE", status=500, code="IncompleteArtifactDeletion")
        with pytest.raises(OutcomeUnknown) as caught:
            await at.on.writer.delete_session(at.draft)
        assert sum(record.method == "DELETE" for record in at.on.records) == 1
    assert caught.value.code == "IncompleteArtifactDeletion"
    check_words(caught.value)


@pytest.mark.parametrize(
    ("act", "kind", "words"),
    [
        ({"act": "refuse", "status": 403, "code": "Forbidden"}, PermissionDenied, "may not do this"),
        ({"act": "expired", "times": None}, SignInError, "Your sign-in expired"),
    ],
)
async def test_who_is_not_let_in_is_told_why(act: dict[str, Any], kind: type[BackupTuiError], words: str) -> None:
    async with place() as at:
        at.service.faults.add(act.pop("act"), **act)
        with pytest.raises(kind, match=words) as caught:
            await at.on.writer.activate_session(at.draft)
    check_words(caught.value)


async def test_every_code_of_a_unit_comes_in_its_error_and_has_a_row() -> None:
    known = {row.code for row in all_rows() if Op.UNIT_READ in row.operations and 200 in row.statuses}
    async with place(Settings(units=600, history=False)) as at:
        units = await collect(at.on.reader.all_units())
    seen = {unit.error.code for unit in units if unit.error is not None}
    assert seen == {"UnknownError", "ProtectionUnitNotFound", "InvalidArtifactId", "QuotaExceeded"}
    assert seen <= known


@pytest.mark.parametrize("service", Service)
def test_every_code_of_a_restored_unit_is_explained(service: Service) -> None:
    codes = {row.code for row in all_rows() if Op.ARTIFACT_LIST in row.operations and row.item_level}
    assert len(codes) == 5
    for code in codes:
        found = explain(code, service)
        assert found.known
        for text in found.sentences:
            assert text.endswith(".")
            assert not NEVER_SAID.search(text), text


@pytest.mark.parametrize("row", all_rows(), ids=lambda row: row.code)
def test_no_row_says_a_word_that_is_never_said(row: Any) -> None:
    for text in (row.message, row.certainty, row.hint):
        assert not NEVER_SAID.search(text), text
