"""The service's root: whether Backup Storage is enabled (page backuprestoreroot-get)."""

from backup_tui.simulator.call import Call, Reply
from backup_tui.simulator.identifiers import iso
from backup_tui.simulator.router import Operation
from backup_tui.simulator.tenant import DAY


def get_root(call: Call) -> Reply:
    """Answer ``GET /``."""
    service = call.service
    status = service.settings.service_status
    first = service.tenant.policies[0]
    body = {
        "@odata.context": f"{call.root}/$metadata#solutions/backupRestore/$entity",
        "serviceStatus": {
            "status": status,
            "disableReason": "none" if status == "enabled" else "userRequested",
            "backupServiceConsumer": "firstparty",
            "gracePeriodDateTime": None,
            "restoreAllowedTillDateTime": iso(service.tenant.started + 30 * DAY) if status != "enabled" else None,
            "lastModifiedBy": first.created_by.identity(),
            "lastModifiedDateTime": iso(first.created),
        },
    }
    return Reply(200, body)


OPERATIONS = (Operation("GET", "", get_root),)
