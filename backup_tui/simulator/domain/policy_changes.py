"""Changes to a policy's name and units: read, checked, and only then applied."""

from typing import Any

from msgspec import Struct

from backup_tui.simulator.domain.directory import Thing, is_owner_id
from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.membership import Taken
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.policy_items import Parts
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.domain.workloads import EXCHANGE, Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal

MOST_UNITS = 50
_LONGEST_NAME = 1024
POLICY_MEMBERS = frozenset(
    {
        "id", "displayName", "status", "isEnabled", "createdBy", "createdDateTime", "lastModifiedBy",
        "lastModifiedDateTime", "retentionSettings", "protectionPolicyArtifactCount",
    }
)  # fmt: skip
"""Members of ``protectionPolicyBase``: taken in every request; only the name can be changed by one."""

BETA_POLICY_MEMBERS = frozenset({"protectionMode", "billingPolicyId", "offboardRequestedDateTime"})
"""What beta adds to them; only the mode means anything, and only when a policy is made."""


class Addition(Struct, frozen=True, dict=True):
    """Something to be put into the policy; None when nothing in the tenant has this id."""

    owner: str
    thing: Thing | None


class Removal(Struct, frozen=True, dict=True):
    """A unit to be taken out, by its id."""

    unit_id: str


class Failed(Struct, frozen=True, dict=True):
    """An entry of a delta that was not done."""

    operation: str  # ``add`` or ``remove``
    code: str  # its code on the page of error codes
    message: str
    entry: dict[str, Any]  # what identifies it


def read_name(body: dict[str, Any]) -> str | None:
    """Return the name that a request gives, or None when it gives none."""
    if "displayName" not in body:
        return None
    name = body["displayName"]
    if not isinstance(name, str) or not name.strip() or len(name) > _LONGEST_NAME:
        raise Refusal(400, "InvalidDisplayName", f"displayName must have 1 to {_LONGEST_NAME} characters.")
    return name


def read_units(items: object, workload: Workload, parts: Parts) -> list[Thing]:
    """Read the units of a create request."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Refusal(400, "InvalidCreateRequest", "The list of protection units is null or malformed.")
    if len(items) > MOST_UNITS:
        message = f"A request can hold at most {MOST_UNITS} protection units; this one has {len(items)}."
        raise Refusal(413, "ProtectionUnitsLimitBreached", message)
    found: list[Thing] = []
    for item in items:
        owner = _owner(item, workload)
        thing = parts.directory.find(workload, owner)
        if thing is None:
            raise Refusal(400, "InvalidProtectionUnitId", f"{owner} is not in the tenant.")
        if isinstance(thing, Unit) and thing.policy is not None:
            message = f"The protection unit {owner} already exists under policy {thing.policy.id}."
            raise Refusal(409, "ProtectionUnitAlreadyExists", message)
        found.append(thing)
    _no_doubles([thing.owner for thing in found])
    return found


def read_delta(items: object, workload: Workload, parts: Parts, policy: Policy) -> list[Addition | Removal]:
    """Read the entries of an update, in their order."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Refusal(400, "BadRequest", "The list of protection units is null or malformed.")
    refuse_full(policy)
    changes: list[Addition | Removal] = []
    for item in items:
        if "@removed" in item:
            identifier = item.get("id")
            if not isinstance(identifier, str) or not is_guid(identifier):
                raise Refusal(400, "InvalidProtectionUnitId", "The id of a protection unit to remove is bad.")
            changes.append(Removal(identifier.lower()))
        else:
            owner = _owner(item, workload)
            changes.append(Addition(owner, parts.directory.find(workload, owner)))
    _no_doubles([change.owner if isinstance(change, Addition) else change.unit_id for change in changes])
    for change in changes:
        unit = parts.tenant.by_id.get(change.unit_id) if isinstance(change, Removal) else None
        if unit is not None and unit.policy is policy and unit.by_rule:
            message = f"The protection unit {unit.id} is held by a dynamic rule and cannot be removed by hand."
            raise Refusal(400, "ProtectionUnitActionNotAllowed", message)
    return changes


def refuse_full(policy: Policy) -> None:
    """Refuse to choose units by hand, by a rule or by a job where a policy protects its whole service."""
    if policy.full:
        message = f"Policy {policy.id} has full workload backup. It takes exclusion units only."
        raise Refusal(400, "ProtectionUnitActionNotAllowed", message)


def _owner(item: dict[str, Any], workload: Workload) -> str:
    owner = item.get(workload.owner_id)
    if owner is None and workload is EXCHANGE:
        owner = item.get("userId")  # the pages of 2024
    if not isinstance(owner, str) or not is_owner_id(workload, owner):
        raise Refusal(400, "InvalidProtectionUnitId", f"{owner!r} does not identify a {workload.unit}.")
    return owner


def _no_doubles(ids: list[str]) -> None:
    if len({each.lower() for each in ids}) < len(ids):
        raise Refusal(400, "DuplicateProtectionUnitInList", "The same protection unit is in the request twice.")


def apply_delta(
    parts: Parts, policy: Policy, changes: list[Addition | Removal], caller: Caller, now: float
) -> list[Unit | Failed]:
    """Change the units of a policy, entry by entry; what is wrong with one entry is reported in its place."""
    return [
        _add(parts, policy, change, caller, now, place)
        if isinstance(change, Addition)
        else _remove(parts, policy, change, now, place)
        for place, change in enumerate(changes)
    ]


def _add(parts: Parts, policy: Policy, change: Addition, caller: Caller, now: float, place: int) -> Unit | Failed:
    entry = {policy.workload.owner_id: change.owner}
    if change.thing is None:
        return Failed("add", "InvalidProtectionUnitId", f"{change.owner} is not in the tenant.", entry)
    try:
        parts.membership.check(policy, change.thing)
    except Taken as error:
        return Failed("add", "ProtectionUnitAlreadyExists", str(error), entry)
    return parts.membership.add(policy, change.thing, caller, now, place)


def _remove(parts: Parts, policy: Policy, change: Removal, now: float, place: int) -> Unit | Failed:
    unit = parts.tenant.by_id.get(change.unit_id)
    if unit is None or unit.policy is not policy or unit.pending == "removeRequested":
        message = "The identifier to be removed from the Protection Policy does not exist"
        return Failed("remove", "ProtectionUnitNotFound", message, {"id": change.unit_id})
    parts.membership.remove(unit, now, place)
    return unit
