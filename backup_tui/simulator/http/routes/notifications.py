"""The e-mail notification setting: get and update."""

from backup_tui.simulator.domain.drafting import check_type
from backup_tui.simulator.domain.locks import person_only
from backup_tui.simulator.http import protection_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.router import Operation


def get(call: Call) -> Reply:
    """Answer ``GET /emailNotificationsSetting``."""
    context = f"{call.root}/$metadata#solutions/backupRestore/emailNotificationsSetting/$entity"
    return Reply(200, {"@odata.context": context} | protection_answers.notifications(call.service.notifications))


def update(call: Call) -> Reply:
    """Answer ``PATCH /emailNotificationsSetting``; only people may.

    Refuses with 403 ``Forbidden`` for an application alone; as ``Notifications.update``.
    """
    person_only(call)
    body = call.json_object()
    check_type(body, ["emailNotificationsSetting"])
    call.service.notifications.update(body, call.service.state)
    return get(call)


OPERATIONS = (
    Operation("GET", "emailNotificationsSetting", get),
    Operation("PATCH", "emailNotificationsSetting", update),
)
