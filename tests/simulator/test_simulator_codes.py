"""Specifies that every error code documented for restoring can be had from the service, with its documented status.

The groups are those of the page of Backup Storage error codes; a code that only trouble inside the service brings
about (marked below) is set as a fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from restore_walks import PERIOD
from simulated import Simulated

from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from simulated import Simulated

MAILS = "/exchangeRestoreSessions"
NOBODY = "00000000-0000-4000-8000-000000000000"
NAMES = {"mailboxes": ["adele.vance@contoso.com"], "protectionTimePeriod": PERIOD, "destinationType": "new"}
POINT = {"restorePoint": {"id": "{point}"}, "destinationType": "new"}
BACK = {"restorePoint": {"id": "{other}"}, "destinationType": "inPlace"}
BULK = MAILS + "/{empty}/mailboxRestoreArtifactsBulkAdditionRequests"
LONG = " and ".join(["protectionDateTime lt 2026-11-20T00:00:00Z"] * 21)
EXPAND = "$expand=protectionUnit($filter=id eq '{unit}')"
INSIDE = {"IncompleteArtifactDeletion": 500}
"""Codes for what goes wrong inside the real service."""


def create(*entries: Any) -> tuple[str, str, dict[str, Any]]:
    return "POST", MAILS, {"mailboxRestoreArtifacts": list(entries)}


def change(*entries: Any, session: str = "{draft}") -> tuple[str, str, dict[str, Any]]:
    return "PATCH", f"{MAILS}/{session}", {"mailboxRestoreArtifacts@delta": list(entries)}


def search(**more: Any) -> tuple[str, str, dict[str, Any]]:
    return "POST", "/restorePoints/search", {"protectionUnitIds": ["{unit}"], "protectionTimePeriod": PERIOD} | more


def bulk(**more: Any) -> tuple[str, str, dict[str, Any]]:
    return "POST", BULK, NAMES | more


DOCUMENTED: list[tuple[str, int, str, tuple[str, str, dict[str, Any] | None]]] = [
    ("create restore session", 400, "InvalidPathType", create({"restorePoint": {"id": "{point}"}})),
    ("create restore session", 400, "InvalidArtifactRequest", create()),
    ("create restore session", 400, "InvalidRestorePoint", create(POINT | {"restorePoint": {"id": ""}})),
    ("create restore session", 400, "DifferentRestoreDestinationType", create(POINT, BACK)),
    ("create restore session", 413, "RestoreArtifactsLimitBreached", create(*[POINT] * 51)),
    ("create restore session", 400, "DuplicateArtifactInList", create(POINT, POINT)),
    ("get restore session", 400, "InvalidRestoreSessionId", ("GET", "/restoreSessions/x", None)),
    ("get restore session", 404, "RestoreSessionNotFound", ("GET", f"/restoreSessions/{NOBODY}", None)),
    ("patch restore session", 400, "InvalidRestoreSessionId", change(POINT, session="x")),
    ("patch restore session", 400, "InvalidPatchRequest", ("PATCH", MAILS + "/{draft}", {})),
    ("patch restore session", 400, "InvalidRestorePoint", change(POINT | {"restorePoint": None})),
    ("patch restore session", 400, "InvalidArtifactRequest", change()),
    ("patch restore session", 400, "DuplicateArtifactInList", change(POINT, POINT)),
    ("patch restore session", 400, "RestoreArtifactsLimitBreached", change(*[POINT] * 51)),
    ("patch restore session", 403, "RestoreSessionActionNotAllowed", change(POINT, session="{started}")),
    ("patch restore session", 404, "RestoreSessionNotFound", change(POINT, session=NOBODY)),
    ("delete restore session", 400, "InvalidRestoreSessionId", ("DELETE", "/restoreSessions/x", None)),
    ("delete restore session", 403, "RestoreSessionActionNotAllowed", ("DELETE", "/restoreSessions/{started}", None)),
    ("delete restore session", 404, "RestoreSessionNotFound", ("DELETE", f"/restoreSessions/{NOBODY}", None)),
    ("delete restore session", 500, "IncompleteArtifactDeletion", ("DELETE", "/restoreSessions/{draft}", None)),
    ("activate restore session", 400, "InvalidRestoreSessionId", ("POST", "/restoreSessions/x/activate", None)),
    (
        "activate restore session",
        403,
        "RestoreSessionActionNotAllowed",
        ("POST", "/restoreSessions/{started}/activate", None),
    ),
    (
        "activate restore session",
        404,
        "RestoreSessionNotFound",
        ("POST", f"/restoreSessions/{NOBODY}/activate", None),
    ),
    (
        "activate restore session",
        500,
        "TooManyActiveRestoreSessions",
        ("POST", "/restoreSessions/{draft}/activate", None),
    ),
    ("list artifacts", 400, "InvalidRestoreSessionId", ("GET", MAILS + "/x/mailboxRestoreArtifacts", None)),
    ("search restore points", 400, "InvalidSearchRequest", search(protectionTimePeriod={"startDateTime": "soon"})),
    ("search restore points", 400, "InvalidProtectionUnitId", search(protectionUnitIds=["x"])),
    ("list restore points", 400, "FilterLengthExceeded", ("GET", f"/restorePoints?{EXPAND}&$filter={LONG}", None)),
    ("list restore points", 400, "InvalidSearchRequest", ("GET", f"/restorePoints?{EXPAND}", None)),
    (
        "list restore points",
        400,
        "InvalidProtectionUnitId",
        ("GET", "/restorePoints?$expand=protectionUnit($filter=id eq 'x')", None),
    ),
    (
        "create bulk restore request",
        400,
        "InvalidBulkRestoreArtifactId",
        ("POST", MAILS + "/x/mailboxRestoreArtifactsBulkAdditionRequests", NAMES),
    ),
    ("create bulk restore request", 400, "BulkRestoreInvalidCreateRequest", bulk(destinationType="away")),
    (
        "create bulk restore request",
        400,
        "BulkRestoreRestorationResourcesCountExceedsLimit",
        bulk(mailboxes=["a@contoso.com"] * 10_001),
    ),
    (
        "create bulk restore request",
        400,
        "BulkRestoreInvalidCreateRequestSiteUrl",
        (
            "POST",
            "/sharePointRestoreSessions/{sites}/siteRestoreArtifactsBulkAdditionRequests",
            {"protectionTimePeriod": PERIOD, "destinationType": "new", "siteWebUrls": ["finance"]},
        ),
    ),
    ("create bulk restore request", 400, "BulkRestoreInvalidCreateRequestUserEmail", bulk(mailboxes=["adele"])),
    ("get bulk restore request", 404, "BulkRestoreArtifactsNotFound", ("GET", f"{BULK}/{NOBODY}", None)),
    (
        "delete bulk restore request",
        403,
        "InvalidStateForBulkRequestDeletion",
        ("DELETE", MAILS + "/{bulk}/mailboxRestoreArtifactsBulkAdditionRequests/{request}", None),
    ),
]


@pytest.fixture
def settings() -> Settings:
    return Settings(history=False, active_session_limit=1)


async def known(sim: Simulated) -> dict[str, str]:
    """What the braces of the table stand for."""

    async def empty(sessions: str) -> str:
        found: str = (await sim.call("POST", sessions, json={})).json()["id"]
        return found

    units = sim.units("exchange", 3)
    points = [point["id"] for point in await sim.points(units)]
    names = {"unit": units[0].id, "point": points[0], "other": points[1]}
    names |= {"empty": await empty(MAILS), "sites": await empty("/sharePointRestoreSessions")}
    names |= {"bulk": await empty(MAILS), "draft": await sim.draft(units[1:2], "new")}
    path = f"{MAILS}/{names['bulk']}/mailboxRestoreArtifactsBulkAdditionRequests"
    names["request"] = (await sim.call("POST", path, json=NAMES)).json()["id"]
    names["started"] = await sim.activated(units[2:3])
    return names


def filled(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: filled(each, names) for key, each in value.items()}
    if isinstance(value, list):
        return [filled(each, names) for each in value]
    if not isinstance(value, str):
        return value
    for name, meaning in names.items():
        value = value.replace(f"{{{name}}}", meaning)
    return value


@pytest.mark.parametrize(
    ("group", "status", "code", "request_"), DOCUMENTED, ids=[f"{row[0]}-{row[2]}" for row in DOCUMENTED]
)
async def test_a_documented_code_comes_with_its_status(
    sim: Simulated, group: Any, status: Any, code: Any, request_: Any
) -> None:
    names = await known(sim)
    method, path, body = request_
    if code in INSIDE:
        sim.service.faults.add("refuse", method=method, status=status, code=code)
    options = {} if body is None else {"json": filled(body, names)}
    assert await sim.refused(method, filled(path, names), **options) == (status, code)


async def test_the_codes_of_artifacts_come_with_a_200(sim: Simulated) -> None:
    """Page of error codes, "List restore artifacts"; ``test_schema`` sees each of them in a list."""
    unit = next(unit for unit in sim.service.tenant.units["onedrive"] if unit.trait == "gone" and unit.policy)
    session = await sim.activated([unit])
    await sim.finished(session)
    answer = await sim.call("GET", f"/oneDriveForBusinessRestoreSessions/{session}/driveRestoreArtifacts")
    assert (answer.status_code, answer.json()["value"][0]["error"]["code"]) == (200, "ArtifactNotFound")
