"""Protection units: the typed lists, the list of all, one, and its offboarding."""

import re
from functools import partial

from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.locks import person_only
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, no_segment
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import operations

_ID_TERM = re.compile(r"(?<![\w/])(id|policyId)\s+(?:eq\s+('[^']*')|in\s*\(([^)]*)\))", re.IGNORECASE)
_QUOTED = re.compile(r"'([^']*)'")


def check_filter(call: Call) -> None:
    """Look at the ids that a list's ``$filter`` compares with."""
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
    return page(call, call.service.tenant.units[workload.key], answers.unit, workload.units)


def _list_all(call: Call) -> Reply:
    if not call.service.settings.generic_units:
        raise no_segment("protectionUnits")
    check_filter(call)
    return page(call, call.service.tenant.everything, answers.unit, "protectionUnits", lambda unit: unit.place)


def _get(call: Call, workload: Workload | None = None) -> Reply:
    """Answer one unit; one whose restores have trouble says so in its ``error``, with status 200."""
    return _entity(call, call.service.unit(call.ids[0], workload))


def _offboard(call: Call, *, cancel: bool) -> Reply:
    person_only(call)
    unit, membership = call.service.unit(call.ids[0]), call.service.membership
    (membership.cancel_offboard if cancel else membership.offboard)(unit, call.now)
    call.service.activity.offboarding(call.now, unit.workload, call.caller, cancelled=cancel)
    return _entity(call, unit)


def _entity(call: Call, unit: Unit) -> Reply:
    return call.entity("protectionUnits", answers.unit(unit, call))


OPERATIONS = operations(
    ("GET", "<units>", _list),
    ("GET", "<units>/{id}", _get),
    ("GET", "protectionUnits/graph.<unit_type>", _list),
    ("GET", "protectionUnits/{id}/graph.<unit_type>", _get),
    ("GET", "protectionUnits", _list_all),
    ("GET", "protectionUnits/{id}", _get),
    ("POST", "protectionUnits/{id}/offboard", partial(_offboard, cancel=False)),
    ("POST", "protectionUnits/{id}/cancelOffboard", partial(_offboard, cancel=True)),
)
