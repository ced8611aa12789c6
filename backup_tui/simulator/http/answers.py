"""The service's objects as JSON, as its contract writes them."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from backup_tui.simulator.domain.identifiers import guid, iso
from backup_tui.simulator.domain.points import YEAR, Point
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.schedule import error_message
from backup_tui.simulator.domain.sessions import Artifact, RestoreSession
from backup_tui.simulator.domain.tenant import SITE_HOST, Unit
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http.call import Call
from backup_tui.simulator.http.callers import RYAN

Json = dict[str, Any]

_LATE_MEMBERS = frozenset(
    {
        "failed", "granular", "offboardRequested", "offboarded", "cancelOffboardRequested",
        "updateRequested", "deleteRequested",
    }
)  # fmt: skip
_UNIT_ERRORS = {
    "UnknownError": "An unexpected error occurred at the provider.",
    "ProtectionUnitNotFound": "The protection unit was not found.",
    "InvalidArtifactId": "The artifact ID of the protection unit is invalid.",
    "QuotaExceeded": "The quota of the mailbox was exceeded.",
}


def shown_member(member: str, call: Call) -> str:
    """Return an enum member; one that was added late only to callers who asked for such."""
    return "unknownFutureValue" if member in _LATE_MEMBERS and not call.late_members else member


def public_error(code: str, message: str, target: str | None = None, details: Sequence[Json] = ()) -> Json:
    """Return a ``publicError``."""
    return {"code": code, "message": message, "target": target, "details": [*details], "innerError": None}


def _session_error(found: RestoreSession, now: float) -> Json | None:
    """Return what an ended session says about its failures; pages promise an error here but name no code for it."""
    if found.completed(now) is None:
        return None
    if found.bulk is not None and not found.artifacts:
        return public_error("BulkRestoreArtifactsNotFound", "None of the resources was found.")
    codes = Counter(each.run.error for each in found.artifacts if each.run is not None and each.run.error is not None)
    if not codes:
        return None
    details = [{"code": code, "message": error_message(code), "target": None} for code in codes]
    message = f"{codes.total()} of {len(found.artifacts)} restore artifacts failed."
    return public_error(codes.most_common(1)[0][0], message, details=details)


def session_type(workload: Workload, call: Call) -> str:
    """Return the ``@odata.type`` of a service's sessions."""
    if call.service.settings.page_forms:
        if call.version == "beta" and workload is ONEDRIVE:
            return f"#microsoft.backupRestore.{workload.session_type}"
        if workload is SHAREPOINT:
            return "#microsoft.graph.sharepointRestoreSession"
    return f"#microsoft.graph.{workload.session_type}"


def session(found: RestoreSession, call: Call) -> Json:
    """Return a restore session."""
    now = call.now
    counts = found.counts(now)
    job = "standard" if found.workload is EXCHANGE and call.service.settings.page_forms else found.job
    named = {"policyId": found.policy_id} if call.version == "beta" and found.policy_id is not None else {}
    return {
        "@odata.type": session_type(found.workload, call),
        "id": found.id,
        **named,
        "status": shown_member(found.status(now), call),
        "restoreJobType": shown_member(found.job if found.job == "bulk" else job, call),
        "restoreSessionArtifactCount": {
            "total": counts.total,
            "completed": counts.completed,
            "inProgress": counts.in_progress,
            "failed": counts.failed,
        },
        "createdBy": found.created_by.identity(),
        "createdDateTime": iso(found.created),
        "completedDateTime": iso(found.completed(now)),
        "lastModifiedBy": found.modified_by.identity(),
        "lastModifiedDateTime": iso(found.last_modified(now)),
        "error": _session_error(found, now),
    }


def artifact(found: Artifact, call: Call, *, with_unit: bool = False) -> Json:
    """Return a restore artifact; which unit is behind its restore point is not said, unless asked and allowed."""
    now, run, unit = call.now, found.run, found.unit
    status = found.status(now)
    started = run is not None and now >= run.start
    ended = run is not None and now >= run.end
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{unit.workload.artifact_type}",
        "id": found.id,
        "destinationType": found.destination,
        "status": status,
        "startDateTime": iso(run.start) if run is not None and started else None,
        "completionDateTime": iso(run.end) if run is not None and ended else None,
        "error": None,
        "restorePoint": {
            "id": found.point_id,
            "protectionDateTime": iso(found.moment),
            "expirationDateTime": iso(found.moment + YEAR),
        },
    }
    if with_unit:
        shown["restorePoint"]["protectionUnit"] = unit_reference(unit)
    if ended and run is not None and run.error is not None:
        shown["error"] = public_error(run.error, error_message(run.error))
    shown |= _mailbox_result(found, status) if unit.workload is EXCHANGE else _site_result(found, now, status)
    return shown


def _mailbox_result(found: Artifact, status: str) -> Json:
    run = found.run if status == "succeeded" else None
    folder = run.folder if run is not None else None
    return {
        "restoredFolderId": None if folder is None else f"AAMkA{guid(found.id, 'folder').replace('-', '')}AAA=",
        "restoredFolderName": folder,
        "restoredItemCount": None if run is None else run.restored_items,
    }


def _site_result(found: Artifact, now: float, status: str) -> Json:
    run, unit = found.run, found.unit
    nothing: Json = {"restoredSiteId": None, "restoredSiteName": None, "restoredSiteWebUrl": None}
    if run is None or status != "succeeded" or now < run.address_known:
        return nothing
    identifier = unit.owner if unit.workload is SHAREPOINT else guid(unit.id, "drive")
    if run.new_location is None:
        return {"restoredSiteId": identifier, "restoredSiteName": unit.name, "restoredSiteWebUrl": unit.url}
    suffix = f"R{run.new_location}"
    return {
        "restoredSiteId": f"{SITE_HOST},{guid(found.id, 'site')},{guid(found.id, 'web')}"
        if unit.workload is SHAREPOINT
        else guid(found.id, "drive"),
        "restoredSiteName": f"{unit.name}{suffix}",
        "restoredSiteWebUrl": f"{unit.url}{suffix}",
    }


def unit_reference(found: Unit) -> Json:
    """Return a protection unit as it stands inside a restore point."""
    owner = "siteId" if found.workload is SHAREPOINT else "directoryObjectId"
    shown: Json = {"@odata.type": f"#microsoft.graph.{found.workload.unit_type}", "id": found.id}
    if found.policy is not None:
        shown["policyId"] = found.policy.id
    return shown | {owner: found.owner}


def unit(found: Unit, call: Call) -> Json:
    """Return a protection unit; the names of accounts are for callers with a person behind them."""
    status, since = found.state(call.now)
    shown: Json = {"@odata.type": f"#microsoft.graph.{found.workload.unit_type}", "id": found.id}
    if found.policy is not None:
        shown["policyId"] = found.policy.id
    shown["status"] = shown_member(status, call)
    shown["protectionSources"] = _sources(found)
    if found.workload is SHAREPOINT:
        shown |= {"siteId": found.owner, "siteName": found.name, "siteWebUrl": found.url}
    else:
        shown["directoryObjectId"] = found.owner
        if not call.caller.app_only or call.service.settings.names_for_app_only:
            shown |= {"displayName": found.name, "email": found.address}
    maker = found.made_by or (RYAN if found.policy is None else found.policy.created_by)
    return shown | {
        "createdBy": maker.identity(),
        "createdDateTime": iso(found.joined),
        "lastModifiedBy": maker.identity(),
        "lastModifiedDateTime": iso(since),
        "offboardRequestedDateTime": iso(_offboarding_since(found)),
        "error": None if found.error is None else public_error(found.error, _UNIT_ERRORS[found.error], found.owner),
    }


def _sources(found: Unit) -> str:
    """Return the ``protectionSources``, a set of flags."""
    if found.policy is None:
        return "none"
    return ",".join(name for name, holds in (("manual", found.by_hand), ("dynamicRule", found.by_rule)) if holds)


def _offboarding_since(found: Unit) -> float | None:
    return None if found.offboarding is None else found.offboard_requested or found.left


def policy(found: Policy, call: Call) -> Json:
    """Return a protection policy; its retention is the same everywhere and cannot be changed."""
    return {
        "@odata.type": f"#microsoft.graph.{found.workload.policy_type}",
        "id": found.id,
        "displayName": found.name,
        "status": found.status(call.now),
        "isEnabled": found.on,
        "createdBy": found.created_by.identity(),
        "createdDateTime": iso(found.created),
        "lastModifiedBy": found.modified_by.identity(),
        "lastModifiedDateTime": iso(found.last_modified(call.now)),
        "retentionSettings": [
            {"interval": "R/PT10M", "period": "P2W"},
            {"interval": "R/P1W", "period": "P1Y"},
        ],
    }


def point(found: Point) -> Json:
    """Return a restore point with its protection unit."""
    return {
        "id": found.id,
        "protectionDateTime": iso(found.moment),
        "expirationDateTime": iso(found.expires),
        "tags": "fastRestore" if found.express else "none",
        "protectionUnit": unit_reference(found.unit),
    }
