"""Protection units: the typed lists, the list of all, and one."""

from collections.abc import Callable, Iterator

from backup_tui.simulator import answers
from backup_tui.simulator.call import Call, Reply
from backup_tui.simulator.errors import Refusal
from backup_tui.simulator.paging import page
from backup_tui.simulator.router import Handler, Operation
from backup_tui.simulator.workloads import WORKLOADS, Workload


def _list(call: Call, workload: Workload) -> Reply:
    """Answer a list of the units of one service."""
    units = call.service.tenant.units[workload.key]
    return page(call, units, lambda unit: unit.seq, lambda unit: answers.unit(unit, call), workload.units)


def list_all(call: Call) -> Reply:
    """Answer ``GET /protectionUnits``."""
    service = call.service
    if not service.settings.generic_units:
        raise Refusal(404, "UnknownError", "Resource not found for the segment 'protectionUnits'.")
    units = service.tenant.everything
    return page(call, units, lambda unit: unit.place, lambda unit: answers.unit(unit, call), "protectionUnits")


def _get(call: Call, workload: Workload | None) -> Reply:
    """Answer one unit; one whose restores have trouble says so in its ``error``, with status 200."""
    unit = call.service.unit(call.ids[0], workload)
    context = f"{call.root}/$metadata#solutions/backupRestore/protectionUnits/$entity"
    return Reply(200, {"@odata.context": context} | answers.unit(unit, call))


def _for(function: Callable[[Call, Workload], Reply], workload: Workload) -> Handler:
    return lambda call: function(call, workload)


def _operations() -> Iterator[Operation]:
    for workload in WORKLOADS:
        cast = f"graph.{workload.unit_type}"
        yield Operation("GET", workload.units, _for(_list, workload))
        yield Operation("GET", f"{workload.units}/{{id}}", _for(_get, workload))
        yield Operation("GET", f"protectionUnits/{cast}", _for(_list, workload))
        yield Operation("GET", f"protectionUnits/{{id}}/{cast}", _for(_get, workload))
    yield Operation("GET", "protectionUnits", list_all)
    yield Operation("GET", "protectionUnits/{id}", lambda call: _get(call, None))


OPERATIONS = tuple(_operations())
