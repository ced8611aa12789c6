"""The service's objects as JSON, as its contract writes them."""

from collections import Counter
from collections.abc import Iterable

from backup_tui.simulator.domain.activity import Entry
from backup_tui.simulator.domain.artifacts import Artifact, Run
from backup_tui.simulator.domain.directory import Thing
from backup_tui.simulator.domain.identifiers import guid, iso
from backup_tui.simulator.domain.inclusion_rules import Rule
from backup_tui.simulator.domain.notifications import Notifications
from backup_tui.simulator.domain.points import YEAR, Point
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.schedule import ERROR_MESSAGES
from backup_tui.simulator.domain.service import count
from backup_tui.simulator.domain.service_apps import ServiceApp
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import SITE_HOST, Unit
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http import beta_members
from backup_tui.simulator.http.call import Call, Json
from backup_tui.simulator.http.callers import RYAN, Caller
from backup_tui.simulator.http.errors import Detail

_LATE_MEMBERS = frozenset(
    {
        "failed", "granular", "offboardRequested", "offboarded", "cancelOffboardRequested",
        "updateRequested", "deleteRequested",
    }
)  # fmt: skip
_COUNT = "protectionPolicyArtifactCount"
_UNIT_ERRORS = {
    "UnknownError": "An unexpected error occurred at the provider.",
    "ProtectionUnitNotFound": "The protection unit was not found.",
    "InvalidArtifactId": "The artifact ID of the protection unit is invalid.",
    "QuotaExceeded": "The quota of the mailbox was exceeded.",
}


def shown_member(member: str, call: Call) -> str:
    """Return an enum member; one that was added late only to callers who asked for such."""
    return "unknownFutureValue" if member in _LATE_MEMBERS and not call.late_members else member


def public_error(code: str, message: str, target: str | None = None, details: Iterable[Detail] = ()) -> Json:
    """Return the error that an object carries; each of ``details`` is a code, a message, and a target."""
    shown = [{"code": each, "message": text, "target": about} for each, text, about in details]
    return {"code": code, "message": message, "target": target, "details": shown, "innerError": None}


def artifact_error(code: str | None) -> Json | None:
    """Return a failed artifact's error with the message of its code; None without a code."""
    return None if code is None else public_error(code, ERROR_MESSAGES[code])


def stamps(created_by: Caller, created: float, modified_by: Caller, modified: float | None) -> Json:
    """Return who made something and who last changed it, and when."""
    return {
        "createdBy": created_by.identity(),
        "createdDateTime": iso(created),
        "lastModifiedBy": modified_by.identity(),
        "lastModifiedDateTime": iso(modified),
    }


def _session_error(found: RestoreSession, now: float) -> Json | None:
    """Return what an ended session says about its failures; pages promise an error here but name no code for it."""
    if found.completed(now) is None:
        return None
    if found.bulk is not None and not found.artifacts:
        return public_error("BulkRestoreArtifactsNotFound", "None of the resources was found.")
    codes = Counter(each.run.error for each in found.artifacts if each.run is not None and each.run.error is not None)
    if not codes:
        return None
    message = f"{codes.total()} of {len(found.artifacts)} restore artifacts failed."
    details = [(code, ERROR_MESSAGES[code], None) for code in codes]
    return public_error(codes.most_common(1)[0][0], message, details=details)


def session_type(workload: Workload, call: Call) -> str:
    """Return the ``@odata.type`` of a service's sessions."""
    if call.service.settings.page_forms:
        if call.beta and workload is ONEDRIVE:
            return f"#microsoft.backupRestore.{workload.session_type}"
        if workload is SHAREPOINT:
            return "#microsoft.graph.sharepointRestoreSession"
    return f"#microsoft.graph.{workload.session_type}"


def session(found: RestoreSession, call: Call) -> Json:
    """Return a restore session as it is at the time of the call; ``policyId`` is in the beta version only."""
    now = call.now
    counts = found.counts(now)
    job = "standard" if found.workload is EXCHANGE and call.service.settings.page_forms else found.job
    named = {"policyId": found.policy_id} if call.beta and found.policy_id is not None else {}
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
        "completedDateTime": iso(found.completed(now)),
        **stamps(found.created_by, found.created, found.modified_by, found.last_modified(now)),
        "error": _session_error(found, now),
    }


def artifact(found: Artifact, call: Call, *, with_unit: bool = False) -> Json:
    """Return a restore artifact; which unit is behind its restore point is not said, unless asked and allowed."""
    now, run, unit = call.now, found.run, found.unit
    status = found.status(now)
    ended = run is not None and now >= run.end
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{unit.workload.artifact_type}",
        "id": found.id,
        "destinationType": found.destination,
        "status": status,
        "startDateTime": iso(run.start) if run is not None and now >= run.start else None,
        "completionDateTime": iso(run.end) if run is not None and ended else None,
        "error": artifact_error(run.error) if run is not None and ended else None,
        "restorePoint": {
            "id": found.point_id,
            "protectionDateTime": iso(found.moment),
            "expirationDateTime": iso(found.moment + YEAR),
        },
    }
    if with_unit:
        shown["restorePoint"]["protectionUnit"] = unit_reference(unit)
    shown |= _mailbox_result(found, status) if unit.workload is EXCHANGE else _site_result(found, now, status)
    return shown


def _mailbox_result(found: Artifact, status: str) -> Json:
    run = found.run if status == "succeeded" and found.run is not None else Run(0, 0, 0)
    made = f"AAMkA{guid(found.id, 'folder').replace('-', '')}AAA=" if run.folder is not None else None
    return {"restoredFolderId": made, "restoredFolderName": run.folder, "restoredItemCount": run.restored_items}


def _site_result(found: Artifact, now: float, status: str) -> Json:
    run, unit = found.run, found.unit
    if run is None or status != "succeeded" or now < run.address_known:
        return {"restoredSiteId": None, "restoredSiteName": None, "restoredSiteWebUrl": None}
    new = run.new_location is not None
    if unit.workload is not SHAREPOINT:
        identifier = guid(found.id if new else unit.id, "drive")
    else:
        identifier = f"{SITE_HOST},{guid(found.id, 'site')},{guid(found.id, 'web')}" if new else unit.owner
    suffix = f"R{run.new_location}" if new else ""
    name, url = f"{unit.name}{suffix}", f"{unit.url}{suffix}"
    return {"restoredSiteId": identifier, "restoredSiteName": name, "restoredSiteWebUrl": url}


def unit_reference(found: Unit) -> Json:
    """Return a protection unit as it appears inside a restore point."""
    shown: Json = {"@odata.type": f"#microsoft.graph.{found.workload.unit_type}", "id": found.id}
    if found.policy is not None:
        shown["policyId"] = found.policy.id
    return shown | {found.workload.owner_id: found.owner}


def names_of(thing: Thing, workload: Workload, call: Call) -> Json:
    """Return what something is called; the names of accounts are for callers with a person behind them."""
    if workload is SHAREPOINT:
        return {"siteId": thing.owner, "siteName": thing.name, "siteWebUrl": thing.url}
    if call.caller.app_only and not call.service.settings.names_for_app_only:
        return {"directoryObjectId": thing.owner}
    return {"directoryObjectId": thing.owner, "displayName": thing.name, "email": thing.address}


def unit(found: Unit, call: Call) -> Json:
    """Return a protection unit."""
    status, since = found.state(call.now)
    shown: Json = {"@odata.type": f"#microsoft.graph.{found.workload.unit_type}", "id": found.id}
    if found.policy is not None:
        shown["policyId"] = found.policy.id
    shown["status"] = shown_member(status, call)
    shown["protectionSources"] = _sources(found)
    shown |= names_of(found, found.workload, call)
    maker = found.made_by or (RYAN if found.policy is None else found.policy.created_by)
    offboarding = None if found.offboarding is None else found.offboard_requested or found.left
    if call.beta:
        shown |= beta_members.unit_members(found, call)
    return shown | {
        **stamps(maker, found.joined, maker, since),
        "offboardRequestedDateTime": iso(offboarding),
        "error": None if found.error is None else public_error(found.error, _UNIT_ERRORS[found.error], found.owner),
    }


def _sources(found: Unit) -> str:
    """Return the ``protectionSources``, a set of flags."""
    if found.policy is None:
        return "none"
    return (
        ",".join(name for name, holds in (("manual", found.by_hand), ("dynamicRule", found.by_rule)) if holds) or "none"
    )


def policy(found: Policy, call: Call) -> Json:
    """Return a protection policy; its retention is the same everywhere and cannot be changed."""
    status = found.status(call.now)
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{found.workload.policy_type}",
        "id": found.id,
        "displayName": found.name,
        # The metadata of v1.0 does not have the members of offboarding.
        "status": shown_member(status, call) if call.beta or found.offboarding is None else "unknownFutureValue",
        "isEnabled": found.on,
        **stamps(found.created_by, found.created, found.modified_by, found.last_modified(call.now)),
        "retentionSettings": [
            {"interval": "R/PT10M", "period": "P2W"},
            {"interval": "R/P1W", "period": "P1Y"},
        ],
    }
    if _COUNT.lower() in call.query.data.get("select", "").lower():  # returned only on $select
        shown[_COUNT] = _artifact_count(found, call)
    return shown | (beta_members.policy_members(found, call) if call.beta else {})


def _artifact_count(found: Policy, call: Call) -> Json:
    counts = count(call.service.membership.of(found), call.now)
    return {
        "total": counts["total"],
        "completed": counts["protectedCompleted"] + counts["unprotectedCompleted"],
        "inProgress": counts["protectedInProgress"] + counts["unprotectedInProgress"],
        "failed": counts["protectedFailed"] + counts["unprotectedFailed"],
    }


def point(found: Point) -> Json:
    """Return a restore point; its unit is only a reference, without state."""
    return {
        "id": found.id,
        "protectionDateTime": iso(found.moment),
        "expirationDateTime": iso(found.expires),
        "tags": "fastRestore" if found.express else "none",
        "protectionUnit": unit_reference(found.unit),
    }


def rule(found: Rule, call: Call) -> Json:
    """Return an inclusion rule; its error is None unless something could not be added."""
    workload = found.policy.workload
    return {
        "@odata.type": f"#microsoft.graph.{workload.rule_type}",
        "id": found.id,
        "status": shown_member(found.status, call),
        "isAutoApplyEnabled": found.dynamic,
        workload.expression: found.expression,
        **stamps(found.created_by, found.created, found.modified_by, found.modified),
        "error": failures("ProtectionRuleErrors", "Errors while applying the protection rule", found),
    }


def job(found: Job, _: Call) -> Json:
    """Return a bulk addition job; the lists come back as they were sent."""
    workload = found.policy.workload
    return {
        "@odata.type": f"#microsoft.graph.{workload.job_type}",
        "id": found.id,
        "displayName": found.title,
        "status": found.status,
        workload.name_list: found.names,
        workload.id_list: found.ids,
        **stamps(found.created_by, found.created, found.created_by, found.modified),
        "error": failures("ProtectionResourcesNotFound", "Errors while resolving protection resources", found),
    }


def failures(code: str, message: str, found: Rule | Job) -> Json | None:
    """Return the error of a rule or a job that could not do all of it; None when it could."""
    return public_error(code, message, details=found.failures) if found.failures else None


def service_app(found: ServiceApp, _: Call) -> Json:
    """Return a service app; it looks the same to every caller."""
    return {
        "@odata.type": "#microsoft.graph.serviceApp",
        "id": found.id,
        "status": found.status,
        "application": {"id": found.app_id, "displayName": found.app_name},
        "registrationDateTime": iso(found.registered),
        "effectiveDateTime": iso(found.effective),
        "lastModifiedBy": found.modified_by.identity(),
        "lastModifiedDateTime": iso(found.modified),
    }


def notifications(found: Notifications) -> Json:
    """Return the e-mail notification setting; the tenant has one, whose id says as much."""
    return {
        "id": "emailNotificationsSetting",
        "isEnabled": found.enabled,
        "additionalEvents": found.events,
        "recipients": {"role": found.role, "customRecipients": [{"email": email} for email in found.emails]},
    }


def activity(found: Entry, call: Call) -> Json:
    """Return an entry of the activity log, with the members that only its type has."""
    more = dict(found.more)
    if "restoreSessionStatus" in more:
        more["restoreSessionStatus"] = shown_member(more["restoreSessionStatus"], call)
        more["restoreCompletionDateTime"] = iso(more["restoreCompletionDateTime"])
    if more.get("policyStatus") is not None:
        more["policyStatus"] = shown_member(more["policyStatus"], call)
    if "offboardingDetails" in more:
        details = more["offboardingDetails"]
        dates = {name: iso(details[name]) for name in ("offboardStartDateTime", "offboardEndDateTime")}
        more["offboardingDetails"] = details | dates
    return {
        "@odata.type": f"#microsoft.graph.{found.kind}",
        "id": found.id,
        "eventDateTime": iso(found.moment),
        "activityType": found.activity,
        "resultStatus": found.result,
        "serviceType": found.service_type,
        "severity": found.severity,
        "performedBy": found.by,
        "error": None,
    } | more
