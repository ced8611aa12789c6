"""Requests about what is protected, by which policies and rules, and what administrators did. Pure."""

from collections.abc import Mapping, Sequence

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, about, limited, path_of, segment
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service

MAX_UNITS = 50  # units of one create or update of a policy (error page, ProtectionUnitsLimitBreached)

# Policies

LIST_POLICIES = Call(Operation.POLICY_LIST, "list policies", "GET", path_of("protectionPolicies"))
"""https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionpolicies"""


def read_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-get"""
    return about(policy_id, Operation.POLICY_READ, "read policy", _policy(policy_id))


def create_policy_body(service: Service, name: str, owners: Sequence[str] = ()) -> dict[str, object]:
    """What creates a policy: its name, and its units by object id or site id. Raises `UsageError`: more than
    `MAX_UNITS`."""
    limited(len(owners), what=service.names.units, limit=MAX_UNITS)
    kind = {"@odata.type": f"#microsoft.graph.{service.names.policy_type}", "displayName": name}
    units = {service.names.policy_units_path: [_owner(service, owner) for owner in owners]} if owners else {}
    return {**kind, **units}


def create_policy(service: Service, body: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangeprotectionpolicies and its siblings."""
    path = path_of(service.names.policies_path)
    return Call(Operation.POLICY_CREATE, "CREATE policy", "POST", path, RequestClass.CREATE, body=body)


def update_policy_body(
    service: Service, *, name: str = "", add: Sequence[str] = (), remove: Sequence[str] = ()
) -> dict[str, object]:
    """What changes a policy: another name, units to add by object id or site id, units to remove by their own id.
    Raises `UsageError`: more than `MAX_UNITS` in all, or nothing to do."""
    limited(len(add) + len(remove), what=service.names.units, limit=MAX_UNITS)
    body: dict[str, object] = {"displayName": name} if name else {}
    if add or remove:
        gone: list[dict[str, object]] = [{"@removed": {"reason": "changed"}, "id": each} for each in remove]
        body[f"{service.names.policy_units_path}@delta"] = [*gone, *(_owner(service, owner) for owner in add)]
    if not body:
        raise UsageError.unsent("No change was requested.", "policy")
    return body


def update_policy(service: Service, policy_id: str, body: Mapping[str, object]) -> Call:
    """https://learn.microsoft.com/graph/api/exchangeprotectionpolicy-update and its siblings."""
    path = in_policy(service, policy_id)
    return about(policy_id, Operation.POLICY_EDIT, "CHANGE policy", path, RequestClass.EDIT, body=body)


def delete_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-delete"""
    return about(policy_id, Operation.POLICY_DELETE, "DELETE policy", _policy(policy_id), RequestClass.DELETE)


def activate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-activate; no body."""
    path = _policy(policy_id, "activate")
    return about(policy_id, Operation.POLICY_ACTIVATE, "ACTIVATE policy", path, RequestClass.STATE)


def deactivate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-deactivate; no body."""
    path = _policy(policy_id, "deactivate")
    return about(policy_id, Operation.POLICY_DEACTIVATE, "DEACTIVATE policy", path, RequestClass.STATE)


# Units


def list_units(service: Service, policy_id: str | None = None) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionunits, by type or within a policy."""
    names = service.names
    if policy_id is None:
        path = path_of("protectionUnits", f"microsoft.graph.{names.unit_type}")
        return Call(Operation.UNIT_LIST, f"list {names.units}", "GET", path)
    path = in_policy(service, policy_id, names.policy_units_path)
    return about(policy_id, Operation.UNIT_LIST, f"list {names.units} of policy", path)


LIST_ALL_UNITS = Call(Operation.UNIT_LIST, "list all units", "GET", path_of("protectionUnits"))
"""The collection of all units, which the metadata has and no page describes."""


def read_unit(unit_id: str, service: Service) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-get"""
    return about(unit_id, Operation.UNIT_READ, f"read {service.names.unit}", _unit(unit_id))


def read_typed_unit(unit_id: str, service: Service) -> Call:
    """The same, asked for as a unit of one service, for an answer that does not name its type; 404 for another kind."""
    path = _unit(unit_id, f"microsoft.graph.{service.names.unit_type}")
    return about(unit_id, Operation.UNIT_READ, f"read {service.names.unit}", path)


def offboard_unit(unit_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-offboard; no body, for persons only. It is sent now or
    not at all: the unit may be in a policy again after a wait."""
    path = _unit(unit_id, "offboard")
    return about(unit_id, Operation.UNIT_OFFBOARD, "OFFBOARD unit", path, RequestClass.STATE, at_once=True)


def cancel_offboard_unit(unit_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-canceloffboard; no body, for persons only."""
    path = _unit(unit_id, "cancelOffboard")
    return about(unit_id, Operation.UNIT_CANCEL_OFFBOARD, "CANCEL OFFBOARDING of unit", path, RequestClass.STATE)


# Administrator actions

LIST_ACTIVITY_LOGS = Call(Operation.ACTIVITY_LIST, "list the service's activity log", "GET", path_of("activityLogs"))
"""https://learn.microsoft.com/graph/api/backuprestoreroot-list-activitylogs?view=graph-rest-beta"""


def _policy(policy_id: str, *more: str) -> str:
    return path_of("protectionPolicies", segment(policy_id), *more)


def _unit(unit_id: str, *more: str) -> str:
    return path_of("protectionUnits", segment(unit_id), *more)


def in_policy(service: Service, policy_id: str, *more: str) -> str:
    """Path of what a policy has."""
    return path_of(service.names.policies_path, segment(policy_id), *more)


def _owner(service: Service, owner: str) -> dict[str, object]:
    return {"siteId" if service is Service.SHAREPOINT else "directoryObjectId": owner}
