"""What only beta has, as JSON: exclusion units, their jobs, and statistics."""

from backup_tui.simulator.domain.exclusions import Exclusion
from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.domain.workloads import SHAREPOINT
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json


def exclusion(found: Exclusion, call: Call) -> Json:
    """Return an exclusion unit; the names of accounts are for callers with a person behind them."""
    workload, thing = found.policy.workload, found.thing
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{workload.exclusion_type}",
        "id": found.id,
        "policyId": found.policy.id,
    }
    if workload is SHAREPOINT:
        shown |= {"siteId": thing.owner, "siteName": thing.name, "siteWebUrl": thing.url}
    else:
        shown["directoryObjectId"] = thing.owner
        if not call.caller.app_only or call.service.settings.names_for_app_only:
            shown |= {"displayName": thing.name, "email": thing.address}
    return shown | answers.stamps(found.created_by, found.created, found.created_by, found.created) | {"error": None}


def exclusion_job(found: Job, _: Call) -> Json:
    """Return a job that adds exclusion units; the list comes back as it was sent."""
    workload = found.policy.workload
    return {
        "@odata.type": f"#microsoft.graph.{workload.exclusion_job_type}",
        "id": found.id,
        "displayName": found.title,
        "status": found.status,
        workload.name_list: found.names,
        **answers.stamps(found.created_by, found.created, found.created_by, found.modified),
        "error": answers.failures("ExclusionResourcesNotFound", "Errors while resolving exclusion resources", found),
    }


def statistics(found: Policy, call: Call) -> Json:
    """Return a policy's report; ``removed`` is always None in one that is about a policy."""
    moment, counts = call.service.statistics.of(found, call.now, call.service.settings.speed)
    return {
        "@odata.context": f"{call.root}/$metadata#microsoft.graph.backupPolicyReport",
        "backupPolicyId": found.id,
        "displayName": found.name,
        "countStatistics": {**counts, "removed": None, "lastComputedDateTime": iso(moment)},
    }
