"""The service's root: whether Backup Storage is enabled, and enabling it."""

from typing import Any

from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.router import Operation


def _status(call: Call) -> dict[str, Any]:
    state = call.service.state
    reason: str = state.reason
    if reason == "controllerServiceAppDeleted" and call.version != "beta":
        reason = "unknownFutureValue"  # a member that the metadata of v1.0 does not have
    return {
        "status": state.status,
        "disableReason": reason,
        "backupServiceConsumer": state.consumer,
        "gracePeriodDateTime": iso(state.grace_until),
        "restoreAllowedTillDateTime": iso(state.restores_until),
        "lastModifiedBy": state.modified_by.identity(),
        "lastModifiedDateTime": iso(state.modified),
    }


def get_root(call: Call) -> Reply:
    """Answer ``GET /`` (page backuprestoreroot-get)."""
    context = f"{call.root}/$metadata#solutions/backupRestore/$entity"
    return Reply(200, {"@odata.context": context, "serviceStatus": _status(call)})


def enable(call: Call) -> Reply:
    """Answer ``POST /enable`` (page backuprestoreroot-enable). Refuses as ``ServiceState.enable``."""
    call.service.state.enable(call.json_object().get("appOwnerTenantId"), call.caller, call.now)
    return Reply(200, {"@odata.context": f"{call.root}/$metadata#microsoft.graph.serviceStatus"} | _status(call))


OPERATIONS = (Operation("GET", "", get_root), Operation("POST", "enable", enable))
