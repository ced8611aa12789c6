"""Bulk addition jobs of a policy: list, get, create.

The metadata has them in a collection below the root too, which no page mentions and the SDKs offer; there they can be
read.
"""

from collections.abc import Callable, Iterator

from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.unit_jobs import Job
from backup_tui.simulator.domain.workloads import WORKLOADS, Workload
from backup_tui.simulator.http import protection_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation


def _list(call: Call, workload: Workload) -> Reply:
    policy = call.service.policy(call.ids[0], workload)
    context = f"{workload.policies}('{policy.id}')/{workload.jobs}"
    return page(call, call.service.jobs.of(policy), lambda each: each.seq, protection_answers.job, context)


def _list_all(call: Call, workload: Workload) -> Reply:
    return page(call, call.service.jobs.of(workload), lambda each: each.seq, protection_answers.job, workload.jobs)


def _get(call: Call, workload: Workload) -> Reply:
    owner = workload if len(call.ids) == 1 else call.service.policy(call.ids[0], workload)
    return _entity(call, 200, call.service.jobs.get(owner, call.ids[-1]))


def _create(call: Call, workload: Workload) -> Reply:
    """Answer ``POST .../{mailbox|drive|site}ProtectionUnitsBulkAdditionJobs``."""
    policy = call.service.policy(call.ids[0], workload)
    body = call.json_object()
    check_type(body, [workload.job_type])
    return _entity(call, 201, call.service.jobs.create(policy, body, call.caller, call.now))


def _entity(call: Call, status: int, job: Job) -> Reply:
    workload = job.policy.workload
    path = f"solutions/backupRestore/{workload.policies}"
    context = f"{call.root}/$metadata#{path}('{job.policy.id}')/{workload.jobs}/$entity"
    location = f"{call.root}/{path}/{job.policy.id}/{workload.jobs}/{job.id}"
    return Reply(status, {"@odata.context": context} | protection_answers.job(job), {"Content-Location": location})


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    for workload in WORKLOADS:
        jobs = f"{workload.policies}/{{id}}/{workload.jobs}"
        yield Operation("GET", jobs, _for(_list, workload))
        yield Operation("POST", jobs, _for(_create, workload))
        yield Operation("GET", f"{jobs}/{{id}}", _for(_get, workload))
        yield Operation("GET", workload.jobs, _for(_list_all, workload))
        yield Operation("GET", f"{workload.jobs}/{{id}}", _for(_get, workload))


OPERATIONS = tuple(_operations())
