"""What only beta has: exclusion units and their jobs, statistics, policies of Entra, and one entry of the log.

Entra policies, the abstract list of exclusion units and the lists below the root are in the metadata alone; no page
mentions them, and here they can be read.
"""

from backup_tui.simulator.domain.exclusions import Exclusion
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http import answers, beta_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations
from backup_tui.simulator.http.routes.policy_items import Owned

_PAGE = "exclusionUnits"


_EXCLUSIONS = Owned(lambda service: service.exclusions, "exclusions", beta_answers.exclusion)
_EXCLUSION_JOBS = Owned(lambda service: service.exclusion_jobs, "exclusion_jobs", beta_answers.exclusion_job)


def _list_all(call: Call) -> Reply:
    return page(call, call.service.exclusions.everything(), beta_answers.exclusion, _PAGE)


def _get_any(call: Call) -> Reply:
    found: Exclusion = call.service.exclusions.get(None, call.ids[0])
    return call.entity(_PAGE, beta_answers.exclusion(found, call))


def _create_job(call: Call, workload: Workload) -> Reply:
    """Answer ``POST ../{unit}ExclusionUnitsBulkAdditionJobs`` (..-post-mailboxexclusionunitsbulkadditionjobs)."""
    policy = call.service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.exclusion_job_type)
    job = call.service.exclusion_jobs.create(policy, body, call.caller, call.now)
    return call.entity(_EXCLUSION_JOBS.path(workload, policy), beta_answers.exclusion_job(job, call), 201)


def _statistics(call: Call) -> Reply:
    return Reply(200, beta_answers.statistics(call.service.policy(call.ids[0]), call))


def _reports(call: Call) -> Reply:
    return call.entity("reports", {"@odata.type": "#microsoft.graph.backupReport", "id": "reports"})


def _entra_policies(call: Call) -> Reply:
    return page(call, call.service.entra_policies(), answers.policy, "entraProtectionPolicies", lambda each: 0)


def _entra_policy(call: Call) -> Reply:
    found = next((each for each in call.service.entra_policies() if each.id == call.ids[0].lower()), None)
    if found is None:
        raise Refusal(404, "PolicyNotFound", f"Policy {call.ids[0]} was not found.")
    return call.entity("entraProtectionPolicies", answers.policy(found, call))


def _activities(call: Call) -> Reply:
    """Answer the log, newest first (page backuprestoreroot-list-activitylogs)."""
    entries = call.service.activity.entries(call.now)
    places = {entry.id: -place for place, entry in enumerate(entries)}
    shown = answers.activity
    return page(call, entries[::-1], shown, "activityLogs", lambda each: places[each.id])


def _activity(call: Call) -> Reply:
    """Answer one entry, which the SDKs offer and no page mentions."""
    wanted = call.ids[0].lower()
    found = next((each for each in call.service.activity.entries(call.now) if each.id == wanted), None)
    if found is None:
        raise Refusal(404, "ActivityLogNotFound", f"The log has no entry {call.ids[0]}.")
    return call.entity("activityLogs", answers.activity(found, call))


OPERATIONS = operations(
    ("GET", "activityLogs", _activities),
    ("GET", "activityLogs/{id}", _activity),
    ("GET", "reports", _reports),
    ("GET", "reports/getStatisticsByPolicy(policyId='{id}')", _statistics),
    ("GET", "entraProtectionPolicies", _entra_policies),
    ("GET", "entraProtectionPolicies/{id}", _entra_policy),
    ("GET", "exclusionUnits", _list_all),
    ("GET", "exclusionUnits/{id}", _get_any),
    ("GET", "<exclusions>", _EXCLUSIONS.list),
    ("GET", "<exclusions>/{id}", _EXCLUSIONS.get),
    ("GET", "<policies>/{id}/<exclusions>", _EXCLUSIONS.list),
    ("GET", "<policies>/{id}/<exclusions>/{id}", _EXCLUSIONS.get),
    ("GET", "<exclusion_jobs>", _EXCLUSION_JOBS.list),
    ("GET", "<exclusion_jobs>/{id}", _EXCLUSION_JOBS.get),
    ("GET", "<policies>/{id}/<exclusion_jobs>", _EXCLUSION_JOBS.list),
    ("POST", "<policies>/{id}/<exclusion_jobs>", _create_job),
    ("GET", "<policies>/{id}/<exclusion_jobs>/{id}", _EXCLUSION_JOBS.get),
    beta_only=True,
)
