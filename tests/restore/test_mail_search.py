"""Specifies searches inside a mailbox: the last point that has the mails, and how few searches find it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from backup_tui.models.mail_query import MailQuery, MessageKind
from backup_tui.models.services import Service
from backup_tui.restore.mail.halving import MOST_SEARCHES
from backup_tui.restore.mail.history import USUAL_SPAN, Mailbox, MailHistory, PointHits, find_change, hits_at
from backup_tui.simulator.domain import points as simulated_points
from backup_tui.simulator.domain.searches import count_hits
from backup_tui.simulator.grammar.mail_query import parse_query

if TYPE_CHECKING:
    from office import Office

WORDS = ("budget", "invoice", "report", "contract", "minutes", "offer", "travel", "lunch", "review", "plan")


async def mailbox_of(office: Office, place: int = 0) -> Mailbox:
    (unit,) = await office.units(Service.EXCHANGE, 1, place)
    return Mailbox(unit.id, unit.name)


def truth(office: Office, mailbox: Mailbox, query: MailQuery, span: timedelta = USUAL_SPAN) -> dict[datetime, int]:
    """What a search of each point of the time would find, oldest first."""
    unit, now = office.service.tenant.by_id[mailbox.id], office.service.now()
    read, zone = parse_query(query.expression), office.clock.now().tzinfo
    walk = simulated_points.oldest_first(unit, now, now - span.total_seconds(), now)
    return {datetime.fromtimestamp(point.moment, zone): count_hits(point, read) for point in walk}


def deleted(office: Office, mailbox: Mailbox) -> tuple[MailQuery, dict[datetime, int]]:
    """A search whose mails are there first and gone now."""
    for word in WORDS:
        query = MailQuery((word,))
        hits = truth(office, mailbox, query)
        if next(iter(hits.values())) > 0 == list(hits.values())[-1]:
            return query, hits
    raise AssertionError("no such word: take more words")


async def look(
    office: Office, mailbox: Mailbox, query: MailQuery, most: int = MOST_SEARCHES, known: Sequence[PointHits] = ()
) -> MailHistory:
    now = office.clock.now()
    return await find_change(office.tools, mailbox, query, after=now - USUAL_SPAN, before=now, most=most, known=known)


async def test_the_last_point_that_has_the_mails_is_found_with_few_searches(office: Office) -> None:
    mailbox = await mailbox_of(office)
    query, hits = deleted(office, mailbox)
    told: list[PointHits] = []
    now = office.clock.now()
    found = await find_change(office.tools, mailbox, query, after=now - USUAL_SPAN, before=now, on_found=told.append)
    assert found.finished
    assert found.change is not None
    before, after = found.change
    assert (before.hits, after.hits) == (hits[before.time], 0)
    assert after.time - before.time == timedelta(minutes=10)
    assert found.best == before
    assert before.point_id
    assert before.response_id in office.service.searches
    assert found.searches <= MOST_SEARCHES
    assert sorted(told, key=lambda one: one.time, reverse=True) == list(found.points)
    assert {point.time: point.hits for point in found.points} == {
        point.time: hits[point.time] for point in found.points
    }
    assert found.change_words(before, lambda time: f"{time:%H:%M}") == "last point before they disappeared"
    assert found.change_words(after, lambda time: f"{time:%H:%M}").startswith("gone between ")


async def test_searches_end_where_they_are_limited_and_continue_from_what_is_known(office: Office) -> None:
    mailbox = await mailbox_of(office)
    query, _ = deleted(office, mailbox)
    first = await look(office, mailbox, query, most=4)
    assert (first.searches, first.finished, len(first.points)) == (4, False, 4)
    rest = await look(office, mailbox, query, known=first.points)
    whole = await look(office, mailbox, query)
    assert rest.finished
    assert [point.time for point in rest.change or ()] == [point.time for point in whole.change or ()] != []
    assert rest.searches == whole.searches - 4


async def test_times_that_were_asked_for_are_searched_first(office: Office) -> None:
    mailbox = await mailbox_of(office)
    query, hits = deleted(office, mailbox)
    asked = list(hits)[100]
    now = office.clock.now()
    found = await find_change(office.tools, mailbox, query, after=now - USUAL_SPAN, before=now, also=[asked], most=1)
    assert [point.time for point in found.points] == [asked]


async def test_mails_that_are_still_there_are_taken_from_the_newest_point(office: Office) -> None:
    mailbox = await mailbox_of(office)
    found = await look(office, mailbox, MailQuery(kind=MessageKind.EMAIL))
    assert found.change is None
    assert found.best == found.points[0]
    assert found.points[0].time == found.newest
    assert found.searches <= 5


async def test_what_nobody_wrote_is_found_nowhere(office: Office) -> None:
    mailbox = await mailbox_of(office)
    nothing = next(
        query
        for number in range(100)
        if not any(truth(office, mailbox, query := MailQuery((f"word{number}",))).values())
    )
    found = await look(office, mailbox, nothing)
    assert (found.best, found.change, {point.hits for point in found.points}) == (None, None, {0})


async def test_a_time_without_points_is_not_searched(office: Office) -> None:
    mailbox = await mailbox_of(office)
    long_ago = office.clock.now() - timedelta(days=900)
    found = await find_change(
        office.tools, mailbox, MailQuery(("budget",)), after=long_ago, before=long_ago + timedelta(days=1)
    )
    assert (found.points, found.searches, found.newest) == ((), 0, None)


async def test_one_point_is_searched_by_a_time(office: Office) -> None:
    mailbox = await mailbox_of(office)
    time = office.clock.now() - timedelta(hours=5, minutes=3)
    found = await hits_at(office.tools, mailbox, MailQuery(kind=MessageKind.EMAIL), time)
    assert found is not None
    assert timedelta(0) <= time - found.time < timedelta(minutes=10)
    assert found.hits == truth(office, mailbox, MailQuery(kind=MessageKind.EMAIL))[found.time]
    assert await hits_at(office.tools, mailbox, MailQuery(("x",)), time - timedelta(days=900)) is None


@pytest.mark.parametrize("version", ["v1.0", "beta"])
@pytest.mark.parametrize("subjects", [("budget",), ("budget", "plan")], ids=["one", "two"])
async def test_fields_are_sent_as_lists_only_where_those_mean_the_same(
    office: Office, version: str, subjects: tuple[str, ...]
) -> None:
    """Two texts in one list may mean either of them; as a text they mean both."""
    sent: list[bytes] = []
    service = office.app

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        async def received() -> Any:
            message = await receive()
            sent.append(message.get("body", b""))
            return message

        await service(scope, received, send)

    office.app = Starlette(routes=[Mount("/", noting)])
    await office.stack.aclose()
    await office.open(version=version)
    mailbox = await mailbox_of(office)
    query = MailQuery(subjects)
    found = await hits_at(office.tools, mailbox, query, office.clock.now())
    assert found is not None
    assert found.hits == list(truth(office, mailbox, query).values())[-1]
    (search,) = [body for body in sent if b"artifactQuery" in body]
    assert (b"structuredQueryExpression" in search) is (version == "beta" and len(subjects) == 1)
    assert (b"queryExpression" in search) is not (version == "beta" and len(subjects) == 1)
