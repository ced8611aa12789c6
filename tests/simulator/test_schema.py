"""Specifies that every answer of the simulated service has the form of the service's own metadata, in every state.

A walk over all operations, in both versions and for both kinds of callers, lets each state of each thing be seen;
every answer on the way is checked, and at its end nothing that is implemented or documented may be left unseen.
"""

from __future__ import annotations

import base64
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from beta_walk import walk_beta
from protection_walk import walk_protection
from restore_walks import check_granular_delta, walk_bulk, walk_files, walk_mails
from schema_check import faults
from sdk_walk import walk_sdk_paths
from service_schema import BETA_ENUMS, ENUMS, SENTINEL

from backup_tui.simulator.app import OPERATIONS
from backup_tui.simulator.domain.workloads import WorkloadKey
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from simulated import Simulated

API = "/v1.0/solutions/backupRestore"
LATE = {"Prefer": "include-unknown-enum-members"}
BETA = "/beta/solutions/backupRestore"
ROLES = [f"BackupRestore-{name}.All" for name in ("Control.ReadWrite", "Configuration.ReadWrite", "Search.Read")]
ROLES += [f"BackupRestore-{name}.All" for name in ("Restore.ReadWrite", "Monitor.Read")]
CLAIMS = base64.urlsafe_b64encode(json.dumps({"roles": ROLES, "appid": "app-1"}).encode()).decode().rstrip("=")
APPLICATION = {"Authorization": f"Bearer {CLAIMS}.{CLAIMS}.x"}

UNIT_TYPES = {"mailbox": "mailboxProtectionUnit", "drive": "driveProtectionUnit", "site": "siteProtectionUnit"}
PREFIX = re.compile(r".*\.(mailbox|drive|site|exchange|oneDriveForBusiness|sharePoint)")
OWNERS = ("directoryObjectId", "siteId")
OF_PREFIX = {"exchange": "mailbox", "oneDriveForBusiness": "drive", "sharePoint": "site"}

STATISTICS = "reports/getStatisticsByPolicy(policyId='{id}')"
ACTIONS = {"{id}", "activate", "deactivate", "offboard", "cancelOffboard", "run", "deleteAndUnprotect"}


def what_answers(method: str, path: str) -> tuple[str, bool]:
    """The type that an operation answers, and whether it answers a list of them."""
    parts = path.split("/")
    one = parts[-1] in ("{id}", "restorePoint", "protectionUnit") or method != "GET"
    if path == STATISTICS:
        return "backupPolicyReport", False
    if parts[-1].startswith("browse") and len(parts) == 3:
        return "browseQueryResponseItem", True
    name = next(part for part in reversed(parts) if part not in ACTIONS)
    if name.startswith("graph."):
        return name.removeprefix("graph."), len(parts) == 2
    bases = {"": "backupRestoreRoot", "search": "restorePointSearchResponse", "restorePoints": "restorePoint"}
    bases |= {"protectionPolicies": "protectionPolicyBase", "protectionUnits": "protectionUnitBase"}
    bases |= {"restoreSessions": "restoreSessionBase", "browseSessions": "browseSessionBase"}
    bases |= {f"{unit}InclusionRules": f"{unit}ProtectionRule" for unit in UNIT_TYPES}
    bases |= {"enable": "serviceStatus", "protectionUnit": "protectionUnitBase"}
    bases |= {"exclusionUnits": "exclusionUnitBase", "reports": "backupReport"}
    bases |= {"activityLogs": "activityLogBase", "emailNotificationsSetting": "emailNotificationsSetting"}
    if name in bases:
        return bases[name], name not in ("", "search", "enable", "emailNotificationsSetting", "reports") and not one
    return re.sub("ies$", "y", name) if name.endswith("ies") else name.removesuffix("s"), not one


class Watch:
    """Checks every answer as it passes, and remembers what was seen."""

    def __init__(self, sim: Simulated) -> None:
        self._routes = [
            (each, re.compile(re.escape(each.path).replace(r"\{id\}", "[^/]*")))
            for each in sorted(OPERATIONS, key=lambda each: each.path.count("{id}"))
        ]
        self.seen: set[tuple[str, str]] = set()
        self.statuses: dict[str, set[str]] = defaultdict(set)
        self.activities: set[str] = set()
        self.errors: dict[str, set[str]] = defaultdict(set)
        sim.http.event_hooks["response"].append(self.look)

    async def look(self, answer: httpx.Response) -> None:
        await answer.aread()
        if not answer.is_success or answer.request.url.path.startswith("/_simulator"):
            return
        request = answer.request
        below = request.url.path.partition("/backupRestore")[2].strip("/")
        below = re.sub("microsoft.graph.", "graph.", below)
        operation = next(each for each, p in self._routes if each.method == request.method and p.fullmatch(below))
        self.seen.add((operation.method, operation.path))
        if operation.method == "DELETE":
            assert (answer.status_code, answer.content) == (204, b"")
            return
        body = answer.json()
        assert body["@odata.context"].startswith(
            ("http://simulator.test/v1.0/$metadata#", "http://simulator.test/beta/")
        )
        late = "include-unknown-enum-members" in request.headers.get("prefer", "").lower()
        kind, many = what_answers(operation.method, operation.path)
        if operation.method == "PATCH" and any(key.endswith("@delta") for key in body):
            if kind.endswith("ProtectionPolicy"):
                self.policy_delta(body, kind, late)
            else:
                self._delta(body, kind, late)
            return
        if operation.path == "exchangeRestoreSessions" and "granularMailboxRestoreArtifacts" in body:
            echoed = body.pop("granularMailboxRestoreArtifacts")  # echoed by this one call, page example 2
            assert not list(faults(echoed, "Collection(granularMailboxRestoreArtifact)", late=late))
        if operation.path.endswith("deleteAndUnprotect"):
            body = body["value"]  # wrapped: the one form that its page shows
        beta, shown = request.url.path.startswith("/beta"), body["value"] if many else body
        found = list(faults(shown, f"Collection({kind})" if many else kind, late=late, beta=beta))
        assert not found, f"{request.method} {request.url}: {found[:5]}"
        for row in body["value"] if many else [body]:
            if kind == "backupRestoreRoot":
                self.statuses[kind].add(row["serviceStatus"]["status"])
            if "activityType" in row:
                self.activities.add(row["activityType"])
            if "status" in row:
                family = PREFIX.sub("", row.get("@odata.type", kind)).removeprefix("#microsoft.graph.")
                self.statuses[family].add(row["status"])
                if row.get("error"):
                    self.errors[family].add(row["error"]["code"])

    def policy_delta(self, body: dict[str, Any], policy: str, late: bool) -> None:
        """The answer of a policy's update: page exchangeprotectionpolicy-update."""
        unit = OF_PREFIX[policy.removesuffix("ProtectionPolicy")]
        assert set(body) - {"@odata.context", "displayName"} in (
            {f"{unit}ProtectionUnits@delta"},
            {f"{unit}ExclusionUnits@delta"},
        )
        kind, rows = next((name.removesuffix("s@delta"), rows) for name, rows in body.items() if "delta" in name)
        for row in rows:
            problem = row.get("@Core.DataModificationException")
            if problem is None:
                assert not list(faults(row, kind, late=late))
                self.statuses[kind.removeprefix(unit)].add(row.get("status"))
            else:
                assert set(row) <= {"@contentId", "@Core.DataModificationException", "id", *OWNERS}
                assert set(problem) == {"info", "failedOperation", "responseCode"}

    def _delta(self, body: dict[str, Any], session: str, late: bool) -> None:
        """The answer of an update, which the metadata does not describe: page exchangerestoresession-update."""
        unit = OF_PREFIX[session.removesuffix("RestoreSession")]
        granular = f"granular{unit.capitalize()}RestoreArtifacts@delta"
        if granular in body:
            check_granular_delta(body, granular)
            return
        assert set(body) == {"@odata.context", f"{unit}RestoreArtifacts@delta"}
        for row in body[f"{unit}RestoreArtifacts@delta"]:
            problem = row.get("@Core.DataModificationException")
            if problem is not None:
                assert set(row) <= {"@contentId", "@Core.DataModificationException", "id", "restorePoint"}
                assert set(problem) == {"info", "failedOperation", "responseCode"}
                assert set(problem["info"]) == {"code", "message"}
                continue
            assert set(row) == {"id", "restorePoint", "destinationType", "status", "createdDateTime"}
            rest = {key: value for key, value in row.items() if key != "createdDateTime"}
            assert not list(faults(rest, f"{unit}RestoreArtifact", late=late))


@pytest.fixture
def settings() -> Settings:
    # Large enough for a unit in every status: an offboarded one is the 199th of its service.
    return Settings(units=600, page_size=90)


async def walk_lists(sim: Simulated) -> None:
    """Every list to its end, and one of each kind by its id, by everybody who may ask."""
    paths = ["protectionPolicies", "restoreSessions", "protectionUnits"]
    for prefix, unit in OF_PREFIX.items():
        paths += [f"{prefix}ProtectionPolicies", f"{prefix}RestoreSessions", f"{unit}ProtectionUnits"]
        paths.append(f"protectionUnits/microsoft.graph.{UNIT_TYPES[unit]}")
    for path in paths:
        for root, headers in ((API, LATE), (API, {}), (BETA, APPLICATION)):
            body = await sim.get(f"{root}/{path}", headers=headers)
            while "@odata.nextLink" in body:
                body = (await sim.http.get(body["@odata.nextLink"], headers=headers)).json()
        last = body["value"][-1]["id"]
        await sim.get(f"/{path.partition('/')[0]}/{last}", headers=LATE)
        if "/" in path:
            await sim.get(f"/protectionUnits/{last}/{path.partition('/')[2]}")
    await sim.get("/")
    await sim.get("/driveProtectionUnits", params={"$count": "true", "$top": "2"})


async def walk_points(sim: Simulated) -> None:
    for key in ("exchange", "onedrive", "sharepoint"):
        for tags in ("none", "fastRestore"):
            await sim.points(sim.units(key, 8), tags=tags)
        unit = sim.units(key, 1)[0].id
        query = {"$expand": f"protectionUnit($filter=id eq '{unit}')", "$filter": "protectionDateTime lt 2026-11-20"}
        assert (await sim.get("/restorePoints", params=query))["value"]


async def walk_policies(sim: Simulated) -> None:
    for policy in (await sim.get("/protectionPolicies"))["value"]:
        prefix = policy["@odata.type"].removeprefix("#microsoft.graph.").removesuffix("ProtectionPolicy")
        units = f"/{prefix}ProtectionPolicies/{policy['id']}/{OF_PREFIX[prefix]}ProtectionUnits"
        for deed in ("deactivate", "activate"):
            await sim.call("POST", f"/protectionPolicies/{policy['id']}/{deed}")
            for _ in range(3):
                await sim.get(units, params={"$top": "90"})
                await sim.get(f"/protectionPolicies/{policy['id']}")
                sim.clock.advance(4)
            sim.clock.advance(600)


async def walk_sessions(sim: Simulated, key: WorkloadKey, destination: str) -> None:
    """One restore of each service, every unit that can fail in it, looked at all the way."""
    units = sim.service.tenant.units[key]
    failing = [unit for unit in units if unit.trait != "sound" and unit.policy and unit.policy.on and not unit.error]
    chosen = [*sim.units(key, 2), *(each for each in failing if each.joined < sim.service.now() - 86400)][:12]
    workload = chosen[0].workload
    session = await sim.draft(chosen, destination)
    path = f"/{workload.sessions}/{session}"
    rows = await sim.listed(session)
    delta = [{"@removed": {"reason": "changed"}, "id": rows[0]["id"]}, {"@removed": {"reason": "changed"}, "id": "x"}]
    await sim.call("PATCH", path, json={f"{workload.artifacts}@delta": delta})
    back = await sim.artifacts(chosen[:1], destination)
    await sim.call("PATCH", path, json={f"{workload.artifacts}@delta": back})
    await sim.call("PATCH", f"{BETA}/restoreSessions/{session}", json={"status": "completed"})
    await sim.get(f"{path}/{workload.artifacts}/{rows[1]['id']}")
    await sim.call("POST", f"/restoreSessions/{session}/activate")
    twin = await sim.activated(chosen[:1], destination)
    while sim.service.sessions[session].running(sim.service.now()):
        await sim.get(f"/restoreSessions/{session}")
        await sim.listed(session)
        sim.clock.advance(7)
    sim.clock.advance(60)
    for each in (session, twin):
        await sim.get(f"/{workload.sessions}/{each}", headers=LATE)
        await sim.get(f"/restoreSessions/{each}")
        await sim.listed(each)
    assert (await sim.call("DELETE", f"/restoreSessions/{await sim.draft(chosen[:1])}")).status_code == 204


async def test_every_answer_in_every_state_has_the_form_of_the_metadata(sim: Simulated) -> None:
    key: WorkloadKey
    watch = Watch(sim)
    await walk_lists(sim)
    await walk_points(sim)
    for key in ("exchange", "onedrive", "sharepoint"):
        for destination in ("inPlace", "new"):
            await walk_sessions(sim, key, destination)
    await walk_policies(sim)
    await walk_mails(sim)
    for key in ("onedrive", "sharepoint"):
        await walk_files(sim, key)
    for key in ("exchange", "onedrive", "sharepoint"):
        await walk_bulk(sim, key)
    await walk_sdk_paths(sim)
    await walk_protection(sim)
    await walk_beta(sim)

    assert watch.seen == {(each.method, each.path) for each in OPERATIONS}
    assert watch.statuses["RestoreSession"] == set(ENUMS["restoreSessionStatus"])
    assert watch.statuses["RestoreArtifact"] == set(ENUMS["artifactRestoreStatus"]) - {SENTINEL}
    assert watch.statuses["ProtectionPolicy"] == set(ENUMS["protectionPolicyStatus"]) - {SENTINEL}
    assert watch.statuses["BrowseSession"] == set(ENUMS["browseSessionStatus"]) - {SENTINEL}
    bulk = set(ENUMS["restoreArtifactsBulkRequestStatus"]) - {SENTINEL, "unknown"}
    assert watch.statuses["RestoreArtifactsBulkAdditionRequest"] == bulk
    assert watch.errors["RestoreArtifactsBulkAdditionRequest"] == {"BulkRestoreArtifactsNotFound"}
    assert watch.statuses["ProtectionUnit"] == set(ENUMS["protectionUnitStatus"])
    assert watch.statuses["ProtectionRule"] == set(ENUMS["protectionRuleStatus"]) - {"draft"}
    jobs = set(ENUMS["protectionUnitsBulkJobStatus"]) - {SENTINEL, "unknown"}
    assert watch.statuses["ProtectionUnitsBulkAdditionJob"] == jobs
    excluding = set(BETA_ENUMS["exclusionUnitBulkJobStatus"]) - {SENTINEL, "created"}
    assert watch.statuses["ExclusionUnitsBulkAdditionJob"] == excluding
    assert watch.statuses["serviceApp"] == set(ENUMS["serviceAppStatus"]) - {SENTINEL}
    assert watch.statuses["backupRestoreRoot"] == set(ENUMS["backupServiceStatus"]) - {SENTINEL}
    assert watch.activities == set(BETA_ENUMS["activityLogOperationType"]) - {SENTINEL, "policyLevelOffboarding"}
    assert watch.errors["RestoreArtifact"] == {
        "UnknownError",
        "ArtifactNotFound",
        "InvalidRestoreTime",
        "ArtifactCannotBeRestored",
        "DuplicateArtifactRestoreRequest",
    }
    assert watch.errors["ProtectionUnit"] == {
        "UnknownError",
        "ProtectionUnitNotFound",
        "InvalidArtifactId",
        "QuotaExceeded",
    }


GOOD = {"@odata.type": "#microsoft.graph.exchangeRestoreSession", "id": "s", "status": "draft", "error": None}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"snapshot": 1}, "no member"),
        ({"status": "done"}, "is no restoreSessionStatus"),
        ({"status": "failed"}, "only those who ask"),
        ({"id": None}, "must not be null"),
        ({"createdDateTime": "2023-03-30T12-01-03.45Z"}, "is no Edm.DateTimeOffset"),
        ({"createdDateTime": "2023-03-30T12:01:03"}, "is no Edm.DateTimeOffset"),
        ({"restoreSessionArtifactCount": {"total": True}}, "is no Edm.Int32"),
        ({"restoreSessionArtifactCount": []}, "not an object"),
        ({"error": {"details": {}}}, "not a list"),
        ({"@odata.type": "#microsoft.graph.sharepointRestoreSession"}, "is no restoreSessionBase"),
    ],
)
def test_the_check_itself_sees_what_is_wrong(wrong: dict[str, Any], told: str) -> None:
    assert not list(faults(GOOD, "restoreSessionBase", late=False))
    found = list(faults(GOOD | wrong, "restoreSessionBase", late=False))
    assert len(found) == 1, found
    assert told in found[0]


def test_what_is_sent_only_when_asked_for_is_checked_then_and_refused_otherwise() -> None:
    expanded = GOOD | {"mailboxRestoreArtifacts": [{"id": "a", "status": "added", "granular": True}]}
    told = list(faults(expanded, "restoreSessionBase", late=False))
    assert told == [".mailboxRestoreArtifacts: no member of exchangeRestoreSession"]
    told = list(faults(expanded, "restoreSessionBase", late=False, expanded=["mailboxRestoreArtifacts"]))
    assert told == [".mailboxRestoreArtifacts[0].granular: no member of mailboxRestoreArtifact"]


def test_the_check_wants_to_know_which_kind_it_looks_at() -> None:
    assert list(faults({"id": "s"}, "restoreSessionBase", late=False))
    assert not list(faults(GOOD | {"status": "failed"}, "restoreSessionBase", late=True))
    unit = {"@odata.type": "#microsoft.graph.siteProtectionUnit", "id": "u", "protectionSources": "manual,dynamicRule"}
    assert not list(faults(unit, "protectionUnitBase", late=False))
    del unit["protectionSources"]
    assert list(faults(unit, "protectionUnitBase", late=False)) == [".protectionSources: must not be null"]
