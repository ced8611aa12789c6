"""Requests about what is protected: the service itself, policies and their units. Pure."""

from __future__ import annotations

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of, segment
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service
from backup_tui.models.text import short_id


def read_service() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-get"""
    return Call(Operation.SERVICE_READ, "read the state of the backup", "GET", path_of())


def list_policies() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionpolicies"""
    return Call(Operation.POLICY_LIST, "list policies", "GET", path_of("protectionPolicies"))


def read_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-get"""
    return Call(
        Operation.POLICY_READ,
        f"read policy {short_id(policy_id)}",
        "GET",
        path_of("protectionPolicies", segment(policy_id)),
        target=policy_id,
    )


def list_units(service: Service, policy_id: str | None = None) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionunits, by type or within a policy."""
    names = service.names
    if policy_id is None:
        path = path_of("protectionUnits", f"microsoft.graph.{names.unit_type}")
        return Call(Operation.UNIT_LIST, f"list {names.units}", "GET", path)
    path = path_of(names.policies_path, segment(policy_id), names.policy_units_path)
    what = f"list {names.units} of policy {short_id(policy_id)}"
    return Call(Operation.UNIT_LIST, what, "GET", path, target=policy_id)


def list_all_units() -> Call:
    """The collection of all units, which the metadata has and no page describes."""
    return Call(Operation.UNIT_LIST, "list all units", "GET", path_of("protectionUnits"))


def read_unit(unit_id: str, service: Service) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-get"""
    return Call(
        Operation.UNIT_READ,
        f"read {service.names.unit} {short_id(unit_id)}",
        "GET",
        path_of("protectionUnits", segment(unit_id)),
        target=unit_id,
    )


def activate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-activate; no body."""
    return Call(
        Operation.POLICY_ACTIVATE,
        f"ACTIVATE policy {short_id(policy_id)}",
        "POST",
        path_of("protectionPolicies", segment(policy_id), "activate"),
        RequestClass.STATE,
        target=policy_id,
    )


def deactivate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-deactivate; no body."""
    return Call(
        Operation.POLICY_DEACTIVATE,
        f"DEACTIVATE policy {short_id(policy_id)}",
        "POST",
        path_of("protectionPolicies", segment(policy_id), "deactivate"),
        RequestClass.STATE,
        target=policy_id,
    )


def offboard_unit(unit_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-offboard; no body, for persons only. It is sent now or
    not at all: the unit may be in a policy again after a wait."""
    return Call(
        Operation.UNIT_OFFBOARD,
        f"OFFBOARD unit {short_id(unit_id)}",
        "POST",
        path_of("protectionUnits", segment(unit_id), "offboard"),
        RequestClass.STATE,
        target=unit_id,
        at_once=True,
    )


def cancel_offboard_unit(unit_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-canceloffboard; no body, for persons only."""
    return Call(
        Operation.UNIT_CANCEL_OFFBOARD,
        f"CANCEL OFFBOARDING of unit {short_id(unit_id)}",
        "POST",
        path_of("protectionUnits", segment(unit_id), "cancelOffboard"),
        RequestClass.STATE,
        target=unit_id,
    )
