"""What only beta has, as JSON: exclusion units, their jobs, and statistics."""

from backup_tui.simulator.domain.exclusions import Exclusion
from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json


def exclusion(found: Exclusion, call: Call) -> Json:
    """Return an exclusion unit."""
    workload = found.policy.workload
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{workload.exclusion_type}",
        "id": found.id,
        "policyId": found.policy.id,
    }
    shown |= answers.names_of(found.thing, workload, call)
    return shown | answers.stamps(found.created_by, found.created, found.created_by, found.created) | {"error": None}


def exclusion_job(found: Job, call: Call) -> Json:
    """Return a job that adds exclusion units; it has no list of ids."""
    workload = found.policy.workload
    shown = answers.job(found, call)
    del shown[workload.id_list]
    error = answers.failures("ExclusionResourcesNotFound", "Errors while resolving exclusion resources", found)
    return shown | {"@odata.type": f"#microsoft.graph.{workload.exclusion_job_type}", "error": error}


def statistics(found: Policy, call: Call) -> Json:
    """Return a policy's report; ``removed`` is always None in one that is about a policy."""
    moment, counts = call.service.statistics.of(found, call.now, call.service.settings.speed)
    return {
        "@odata.context": f"{call.root}/$metadata#microsoft.graph.backupPolicyReport",
        "backupPolicyId": found.id,
        "displayName": found.name,
        "countStatistics": {**counts, "removed": None, "lastComputedDateTime": iso(moment)},
    }
