"""Bulk addition jobs of a policy: list, get, create.

The metadata has them in a collection below the root too, which no page mentions and the SDKs offer; there they can be
read.
"""

from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import check_type
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.protection_answers import job as shown
from backup_tui.simulator.http.router import operations


def _list(call: Call, workload: Workload) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    return page(call, call.service.jobs.of(policy), shown, f"{workload.policies}('{policy.id}')/{workload.jobs}")


def _list_all(call: Call, workload: Workload) -> Reply:
    return page(call, call.service.jobs.of(workload), shown, workload.jobs)


def _get(call: Call, workload: Workload) -> Reply:
    owner = workload if len(call.ids) == 1 else call.service.policy(call.ids[0], workload)
    return _entity(call, call.service.jobs.get(owner, call.ids[-1]))


def _create(call: Call, workload: Workload) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, workload.job_type)
    return _entity(call, call.service.jobs.create(policy, body, call.caller, call.now), 201)


def _entity(call: Call, job: Job, status: int = 200) -> Reply:
    workload, policy = job.policy.workload, job.policy.id
    at = f"{workload.policies}/{policy}/{workload.jobs}/{job.id}"
    return call.entity(f"{workload.policies}('{policy}')/{workload.jobs}", shown(job, call), status, at=at)


OPERATIONS = operations(
    ("GET", "<policies>/{id}/<jobs>", _list),
    ("POST", "<policies>/{id}/<jobs>", _create),
    ("GET", "<policies>/{id}/<jobs>/{id}", _get),
    ("GET", "<jobs>", _list_all),
    ("GET", "<jobs>/{id}", _get),
)
