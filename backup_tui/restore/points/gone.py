"""Which units of a refused request have lost their point since it was chosen, and what is nearest to it now. The
service refuses the whole request and does not say for whom: "InvalidRestorePoint" names no unit."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError, InvalidRequest
from backup_tui.models.text import counted
from backup_tui.restore.points.moments import Moment, show_utc
from backup_tui.restore.points.points import NamedUnit, PointWish, UnitPoint, find_points

POINT_CODES = ("invalidrestorepoint", "invalidrestoretime")
MOST_NAMED = 3


async def with_names(tools: Context, rows: Sequence[UnitPoint], error: InvalidRequest) -> InvalidRequest:
    """The refusal of a request for its points, with the units that it is about. Returns it with names and the nearest
    points; as it is when it is about something else, or nothing can be found out."""
    if error.code.lower() not in POINT_CODES:
        return error
    now, zone = tools.clock.now(), ZoneInfo("UTC")
    times = {row.unit_id: Moment(min(row.time or now, now), zone, "") for row in rows}
    units = [NamedUnit(row.unit_id, row.service, row.name) for row in rows]
    try:
        table = await find_points(tools, units, PointWish(Moment(now, zone, "latest", latest=True), own_times=times))
    except BackupTuiError:
        return error
    there = {row.unit_id: row for row in table.rows}
    gone = [
        (row, there[row.unit_id]) for row in rows if there[row.unit_id].point_id != row.point_id and not row.express
    ]
    gone = gone or [(row, there[row.unit_id]) for row in rows if row.expires is not None and row.expires <= now]
    if not gone:
        return error
    named = []
    for row, new in gone[:MOST_NAMED]:
        was = f" of {show_utc(row.time, now)} UTC" if row.time else ""
        nearest = (
            f"the nearest is of {show_utc(new.time, now)} UTC" if new.usable and new.time else "no earlier one exists"
        )
        named.append(f"{row.name}: its point{was} no longer exists; {nearest}")
    more = f"; and {counted(len(gone) - MOST_NAMED, 'more unit')}" if len(gone) > MOST_NAMED else ""
    explained = error.reworded(
        f"{'; '.join(named)}{more}.",
        certainty=error.certainty,
        hint="Look for the points again: the same time finds the nearest ones (t chooses another time).",
    )
    explained.said = error.said
    return explained
