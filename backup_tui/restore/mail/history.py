"""How many mails of a mailbox a search finds, over its restore points.

https://learn.microsoft.com/graph/api/restorepoint-search with `artifactQuery`: one mailbox and one point a search, and
a number as the answer. The mails themselves the service does not list.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.graph.requests.points import Preference
from backup_tui.models.mail_query import AnyMailQuery, MailQuery
from backup_tui.models.points import RestorePoint
from backup_tui.models.services import Service
from backup_tui.restore.mail.halving import MOST_SEARCHES, change_in, next_place
from backup_tui.restore.points.moments import KEPT_FOR
from backup_tui.restore.points.points import UnitPoint

STEP = timedelta(minutes=10)  # how far apart the points of a mailbox are (product page)

USUAL_SPAN = timedelta(days=7)  # the time that is searched where nobody said since when

_SECOND = timedelta(seconds=1)


class Mailbox(Struct, frozen=True):
    """The mailbox that is searched. `name`: its address, else its id."""

    id: str
    name: str


class PointHits(Struct, frozen=True):
    """What a search found in one point."""

    time: datetime  # when the point was made (UTC)
    hits: int | None  # how many mails; `None` where the service found some and did not say how many
    point_id: str = ""  # the point; empty where nothing was found, since the service then names none
    expires: datetime | None = None  # when the service drops the point (UTC), if it says so
    response_id: str = ""  # of the answer: what a restore of the mails names

    @property
    def weight(self) -> int:
        """Hits for a comparison: at least one where the number is unknown."""
        return 1 if self.hits is None else self.hits

    @property
    def words(self) -> str:
        return "some" if self.hits is None else f"{self.hits:,}"


class MailHistory(Struct, frozen=True):
    """The searches of one mailbox. `oldest`, `newest`: the first and the last point of the time that was searched;
    `None` where it has none."""

    mailbox: Mailbox  # whose
    query: AnyMailQuery  # what was searched for
    points: tuple[PointHits, ...] = ()  # what was found, the newest point first
    searches: int = 0  # how many searches it took
    finished: bool = True  # nothing is left to find out by halving; otherwise the searches that may be made are used up
    oldest: datetime | None = None
    newest: datetime | None = None

    @property
    def change(self) -> tuple[PointHits, PointHits] | None:
        """Two neighbors between which the mails disappeared, or first appeared: the earlier one, the later one."""
        ordered = self.points[::-1]
        places = change_in({place: point.weight for place, point in enumerate(ordered)})
        return None if places is None else (ordered[places[0]], ordered[places[1]])

    @property
    def best(self) -> PointHits | None:
        """The point to restore from: the last one before mails disappeared, else the newest one that has any."""
        change = self.change
        if change is not None and change[0].weight > change[1].weight:
            return change[0]
        return next((point for point in self.points if point.weight), None)

    def change_words(self, point: PointHits, show: Callable[[datetime], str]) -> str:
        """What a row of the table says of a point; empty for one that says nothing special. `point`: one of `points`.
        `show`: writes a time."""
        change = self.change
        if change is None or point not in change:
            return ""
        before, after = change
        fell = before.weight > after.weight
        if point is before:
            return "last point before they disappeared" if fell else "not there yet"
        apart = f"between {show(before.time)} and {show(after.time)}"
        return f"gone {apart}" if fell else f"came {apart}"


OnFound = Callable[[PointHits], None]  # told after each search


async def hits_at(tools: Context, mailbox: Mailbox, query: AnyMailQuery, time: datetime) -> PointHits | None:
    """Searches the newest point of a mailbox at or before a time. Returns `None` when it has no such point. Raises
    `BackupTuiError`: the service could not be asked."""
    point = await _point(tools, mailbox, time - KEPT_FOR, time)
    if point is None or point.protection_date_time is None:
        return None
    return await _search(tools, mailbox, query, point.protection_date_time)


async def find_change(
    tools: Context,
    mailbox: Mailbox,
    query: AnyMailQuery,
    *,
    after: datetime,
    before: datetime,
    also: Sequence[datetime] = (),
    known: Sequence[PointHits] = (),
    most: int = MOST_SEARCHES,
    on_found: OnFound = lambda _: None,
) -> MailHistory:
    """Finds where hits of a search change between two times, by halving.

    Args:
        after: The oldest point is at or after this time (UTC).
        before: The newest point is at or before this time (UTC).
        also: The newest points at or before these times are searched first.
        known: What earlier searches for the same found; not searched again.
        most: Searches that may be made, 1 or more.
        on_found: Told after each search.

    Raises:
        BackupTuiError: The service could not be asked; what was found before was told.
    """
    newest = await _point(tools, mailbox, after, before)
    if newest is None or newest.protection_date_time is None:
        return MailHistory(mailbox, query, tuple(known))
    oldest = await _point(tools, mailbox, after, before, oldest=True)
    last = newest.protection_date_time
    first = oldest.protection_date_time if oldest is not None and oldest.protection_date_time else last
    count = max(1, round((last - first) / STEP) + 1)

    def place_of(time: datetime) -> int:
        return round((time - first) / STEP)

    seen = {place_of(point.time): point for point in known if first <= point.time <= last}
    without: set[int] = set()
    searches = 0

    async def look(place: int) -> None:
        nonlocal searches
        time = last if place == count - 1 else first + place * STEP
        searches += 1
        found = await _search(tools, mailbox, query, time, within=STEP / 2)
        if not found.weight and place not in (0, count - 1):
            # Without a point there, nothing is found either; that is not the same as no mail.
            point = await _point(tools, mailbox, time - STEP / 2, time + STEP / 2)
            if point is None:
                without.add(place)
                return
            found = PointHits(point.protection_date_time or time, 0)
        seen[place] = found
        on_found(found)

    for time in also:
        wished = place_of(time)
        if 0 <= wished < count and wished not in seen and searches < most:
            await look(wished)
    place = _next(count, seen, without)
    while place is not None and searches < most:
        await look(place)
        place = _next(count, seen, without)
    points = tuple(seen[one] for one in sorted(seen, reverse=True))
    return MailHistory(mailbox, query, points, searches, place is None, first, last)


def _next(count: int, seen: dict[int, PointHits], without: set[int]) -> int | None:
    return next_place(count, {place: point.weight for place, point in seen.items()}, without)


async def _search(
    tools: Context, mailbox: Mailbox, query: AnyMailQuery, time: datetime, *, within: timedelta = _SECOND
) -> PointHits:
    """Searches the one point of a mailbox around a time."""
    structured = tools.reader.is_beta and isinstance(query, MailQuery) and query.fits_structured
    found = await tools.reader.search_mail(
        mailbox.id, query, start=time - within, end=time + within, prefer="latest", structured=structured
    )
    if not found.hits:
        return PointHits(time, 0)
    hit = found.hits[0]
    at = hit.point.protection_date_time or time
    return PointHits(at, hit.count, hit.point.id, hit.point.expiration_date_time, found.response_id)


async def _point(
    tools: Context, mailbox: Mailbox, start: datetime, end: datetime, *, oldest: bool = False
) -> RestorePoint | None:
    prefer: Preference = "oldest" if oldest else "latest"
    found = await tools.reader.search_points([mailbox.id], start=start, end=end, prefer=prefer)
    return next(iter(found.points.get(mailbox.id, ())), None)


def unit_point(mailbox: Mailbox, found: PointHits) -> UnitPoint:
    """The mailbox with the point that was searched, as drafts hold it."""
    return UnitPoint(
        mailbox.id,
        mailbox.name,
        Service.EXCHANGE,
        found.time,
        point_id=found.point_id or None,
        time=found.time,
        expires=found.expires,
    )
