"""Protection units: the typed lists, the list of all, one, and its way out of the service."""

import re
from collections.abc import Callable, Iterator

from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.locks import person_only
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import WORKLOADS, Workload
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, no_segment
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Handler, Operation

_ID_TERM = re.compile(r"(?<![\w/])(id|policyId)\s+(?:eq\s+('[^']*')|in\s*\(([^)]*)\))", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']*)'")


def check_filter(call: Call) -> None:
    """Look at the ids that a list's ``$filter`` compares with.

    Refuses with 400 ``InvalidProtectionUnitId`` or ``InvalidPolicyId`` when one is no GUID.
    """
    found = [
        (term[1], identifier)
        for term in _ID_TERM.finditer(call.query.get("filter", ""))
        for identifier in _QUOTED.findall(term[2] or term[3])
    ]
    if len(found) > call.service.settings.filter_terms:
        return  # too long a filter is refused before its terms are looked at
    for name, identifier in found:
        if not is_guid(identifier):
            code = "InvalidProtectionUnitId" if name.lower() == "id" else "InvalidPolicyId"
            raise Refusal(400, code, f"{identifier!r} in the filter is not an id.")


def _list(call: Call, workload: Workload) -> Reply:
    check_filter(call)
    units = call.service.tenant.units[workload.key]
    return page(call, units, lambda unit: unit.seq, lambda unit: answers.unit(unit, call), workload.units)


def list_all(call: Call) -> Reply:
    """Answer ``GET /protectionUnits``."""
    service = call.service
    if not service.settings.generic_units:
        raise no_segment("protectionUnits")
    check_filter(call)
    units = service.tenant.everything
    return page(call, units, lambda unit: unit.place, lambda unit: answers.unit(unit, call), "protectionUnits")


def _get(call: Call, workload: Workload | None) -> Reply:
    """Answer one unit; one whose restores have trouble says so in its ``error``, with status 200."""
    return _entity(call, call.service.unit(call.ids[0], workload))


def offboard(call: Call) -> Reply:
    """Answer ``POST /protectionUnits/{id}/offboard``; only people may.

    Refuses with 403 ``Forbidden`` for an application alone; as ``Service.unit`` and ``Membership.offboard``.
    """
    person_only(call)
    unit = call.service.unit(call.ids[0])
    call.service.membership.offboard(unit, call.now)
    call.service.activity.offboarding(call.now, unit.workload, call.caller, cancelled=False)
    return _entity(call, unit)


def cancel_offboard(call: Call) -> Reply:
    """Answer ``POST /protectionUnits/{id}/cancelOffboard``; only people may.

    Refuses with 403 ``Forbidden`` for an application alone; as ``Service.unit`` and ``Membership.cancel_offboard``.
    """
    person_only(call)
    unit = call.service.unit(call.ids[0])
    call.service.membership.cancel_offboard(unit, call.now)
    call.service.activity.offboarding(call.now, unit.workload, call.caller, cancelled=True)
    return _entity(call, unit)


def _entity(call: Call, unit: Unit) -> Reply:
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
    yield Operation("POST", "protectionUnits/{id}/offboard", offboard)
    yield Operation("POST", "protectionUnits/{id}/cancelOffboard", cancel_offboard)


OPERATIONS = tuple(_operations())
