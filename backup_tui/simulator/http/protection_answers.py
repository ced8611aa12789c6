"""The objects around protection as JSON: rules, jobs, service apps, the e-mail setting, the activity log."""

from backup_tui.simulator.domain.activity import Entry
from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.inclusion_rules import Rule
from backup_tui.simulator.domain.notifications import Notifications
from backup_tui.simulator.domain.service_apps import ServiceApp
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.http.answers import public_error, shown_member, stamps
from backup_tui.simulator.http.call import Call, Json


def rule(found: Rule, call: Call) -> Json:
    workload = found.policy.workload
    return {
        "@odata.type": f"#microsoft.graph.{workload.rule_type}",
        "id": found.id,
        "status": shown_member(found.status, call),
        "isAutoApplyEnabled": found.dynamic,
        workload.expression: found.expression,
        **stamps(found.created_by, found.created, found.modified_by, found.modified),
        "error": _failures("ProtectionRuleErrors", "Errors while applying the protection rule", found),
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
        "error": _failures("ProtectionResourcesNotFound", "Errors while resolving protection resources", found),
    }


def _failures(code: str, message: str, found: Rule | Job) -> Json | None:
    return public_error(code, message, details=found.failures) if found.failures else None


def service_app(found: ServiceApp, _: Call) -> Json:
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
    more = dict(found.more)
    if "restoreSessionStatus" in more:
        more["restoreSessionStatus"] = shown_member(more["restoreSessionStatus"], call)
        more["restoreCompletionDateTime"] = iso(more["restoreCompletionDateTime"])
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
