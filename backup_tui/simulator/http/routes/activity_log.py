"""The activity log, which only beta has (page backuprestoreroot-list-activitylogs)."""

from backup_tui.simulator.http import protection_answers
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import no_segment
from backup_tui.simulator.http.paging import page
from backup_tui.simulator.http.router import Operation


def list_activities(call: Call) -> Reply:
    """Answer ``GET /activityLogs``, newest first.

    Refuses with 400 ``BadRequest`` on v1.0, where the segment does not exist.
    """
    if call.version != "beta":
        raise no_segment("activityLogs")
    entries = call.service.activity.entries(call.now)
    places = {entry.id: -place for place, entry in enumerate(entries)}
    return page(
        call,
        entries[::-1],
        lambda each: places[each.id],
        lambda each: protection_answers.activity(each, call),
        "activityLogs",
    )


OPERATIONS = (Operation("GET", "activityLogs", list_activities),)
