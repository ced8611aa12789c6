"""What only beta has: exclusion units and their jobs, statistics, policies of Entra, and one entry of the log.

Entra policies, the abstract list of exclusion units and the lists below the root are in the metadata alone; no page
mentions them, and here they can be read.
"""

from backup_tui.simulator.domain.exclusions import Exclusion
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http import answers, beta_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_PAGE = "exclusionUnits"


def _owner(call: Call, workload: Workload, below: int) -> Policy | Workload:
    """Return whose exclusion units a path is about: a policy's, or a service's with no more than ``below`` ids."""
    return workload if len(call.ids) == below else call.service.policy(call.ids[0], workload)


def _collection(workload: Workload, owner: Policy | Workload, items: str) -> str:
    return f"{workload.policies}('{owner.id}')/{items}" if isinstance(owner, Policy) else items


def _list(call: Call, workload: Workload) -> Reply:
    owner = _owner(call, workload, 0)
    found = call.service.exclusions.of(owner)
    return page(call, found, beta_answers.exclusion, _collection(workload, owner, workload.exclusions))


def _get(call: Call, workload: Workload) -> Reply:
    owner = _owner(call, workload, 1)
    found = call.service.exclusions.get(owner, call.ids[-1])
    return call.entity(_collection(workload, owner, workload.exclusions), beta_answers.exclusion(found, call))


def _list_all(call: Call) -> Reply:
    return page(call, call.service.exclusions.everything(), beta_answers.exclusion, _PAGE)


def _get_any(call: Call) -> Reply:
    found: Exclusion = call.service.exclusions.get(None, call.ids[0])
    return call.entity(_PAGE, beta_answers.exclusion(found, call))


def _list_jobs(call: Call, workload: Workload) -> Reply:
    owner = _owner(call, workload, 0)
    found = call.service.exclusion_jobs.of(owner)
    return page(call, found, beta_answers.exclusion_job, _collection(workload, owner, workload.exclusion_jobs))


def _get_job(call: Call, workload: Workload) -> Reply:
    owner = _owner(call, workload, 1)
    found = call.service.exclusion_jobs.get(owner, call.ids[-1])
    return call.entity(_collection(workload, owner, workload.exclusion_jobs), beta_answers.exclusion_job(found, call))


def _create_job(call: Call, workload: Workload) -> Reply:
    """Answer ``POST ../{unit}ExclusionUnitsBulkAdditionJobs`` (..-post-mailboxexclusionunitsbulkadditionjobs)."""
    policy = call.service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.exclusion_job_type)
    job = call.service.exclusion_jobs.create(policy, body, call.caller, call.now)
    collection = _collection(workload, policy, workload.exclusion_jobs)
    return call.entity(collection, beta_answers.exclusion_job(job, call), 201)


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
    ("GET", "<exclusions>", _list),
    ("GET", "<exclusions>/{id}", _get),
    ("GET", "<policies>/{id}/<exclusions>", _list),
    ("GET", "<policies>/{id}/<exclusions>/{id}", _get),
    ("GET", "<exclusion_jobs>", _list_jobs),
    ("GET", "<exclusion_jobs>/{id}", _get_job),
    ("GET", "<policies>/{id}/<exclusion_jobs>", _list_jobs),
    ("POST", "<policies>/{id}/<exclusion_jobs>", _create_job),
    ("GET", "<policies>/{id}/<exclusion_jobs>/{id}", _get_job),
    beta_only=True,
)
