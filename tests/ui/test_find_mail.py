"""Specifies the screen that finds mails: what is asked for, the hits over the points, and the draft of one point."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from protection_screens import SMALL, deliver, on_units, screen, tenant, text, units_read
from support import NOW, Simulated, footer, message, until
from textual.pilot import Pilot

from backup_tui.models.mail_query import MailQuery
from backup_tui.models.services import Service
from backup_tui.restore.mail.history import PointHits
from backup_tui.simulator.domain import points
from backup_tui.simulator.domain.searches import count_hits
from backup_tui.simulator.grammar.mail_query import parse_query
from backup_tui.ui.mail.chart import LABEL, LEAST, hits_chart
from backup_tui.ui.mail.screen import FindMail
from backup_tui.ui.plans.check import PlanCheckScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenMail
from backup_tui.ui.units.points import UnitPoints
from backup_tui.ui.widgets.paragraphs import laid_out

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 50)])
WEEK = 7 * 86_400


def adele(one: Simulated) -> str:
    rows = one.workspace.store.units[Service.EXCHANGE].values()
    return next(row.id for row in rows if row.address == "adele.vance@contoso.com")


def hits(one: Simulated, word: str) -> list[int]:
    """What a search of each point of the week finds, oldest first."""
    unit, now = one.service.tenant.by_id[adele(one)], one.service.now()
    query = parse_query(f"(Subject -like '{word}')")
    return [count_hits(point, query) for point in points.oldest_first(unit, now, now - WEEK, now)]


def word_that(one: Simulated, *, gone: bool) -> str:
    """A word whose mails were there a week ago, and are gone now or were there all the time."""
    for number in range(500):
        found = hits(one, word := f"word{number}")
        if found[0] > 0 and (found[-1] == 0 if gone else min(found) > 0):
            return word
    raise AssertionError("no such word")


def find_mail(one: Simulated) -> FindMail:
    return cast(FindMail, screen(one))


async def open_search(pilot: Pilot[Any], one: Simulated) -> None:
    one.app.open(OpenMail(adele(one)))
    await until(pilot, lambda: isinstance(one.app.screen, FindMail) and one.app.screen.is_mounted)
    await pilot.pause()


async def ended(pilot: Pilot[Any], one: Simulated) -> None:
    """Waits until no search is under way."""
    await until(pilot, lambda: not find_mail(one).context().searching, "the search has ended")
    await pilot.pause()


async def search(pilot: Pilot[Any], one: Simulated, word: str) -> None:
    await open_search(pilot, one)
    await pilot.press(*word, "enter")
    await ended(pilot, one)


async def test_a_slash_on_the_points_of_a_mailbox_opens_it_and_on_others_says_why_not(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await pilot.press("slash", *"adele.vance", "enter", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, UnitPoints))
        await pilot.pause()
        assert "/ find mail" in footer(one.app.screen)
        await pilot.press("slash")
        await until(pilot, lambda: isinstance(one.app.screen, FindMail))
        await pilot.pause()
        assert "adele.vance@contoso.com" in text(one)
        assert one.service.searches == {}
    one = tenant(tmp_path / "sites")
    async with on_units(one, Service.SHAREPOINT) as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, UnitPoints))
        await pilot.pause()
        assert "find mail" not in footer(one.app.screen)
        await pilot.press("slash")
        await pilot.pause()
        assert message(one.app.screen).endswith("Only mailboxes can be searched for mails.")


async def test_a_deleted_mail_is_found_and_on_its_way_back_in_eight_keys_besides_query_and_phrase(
    tmp_path: Path,
) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        word = word_that(one, gone=True)
        keys = ["4", "slash", "enter", "enter", "slash", "enter", "n", "enter"]
        await pilot.press(keys[0], keys[1], *"adele.vance", keys[2], keys[3])
        await until(pilot, lambda: isinstance(one.app.screen, UnitPoints))
        await pilot.press(keys[4])
        await until(pilot, lambda: isinstance(one.app.screen, FindMail))
        await pilot.pause()
        await pilot.press(*word, keys[5])
        await ended(pilot, one)
        shown = text(one)
        assert "last point before they disappeared" in shown
        assert "halving the time" in shown
        assert 2 < len(find_mail(one).keys()) <= 12
        await pilot.press(keys[6])
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen) and "restore 1" in text(one))
        assert "mails of one mailbox, as of" in text(one)
        assert f"Searched for: (Subject -like '{word}')" in text(one)
        await pilot.press("r", "e", "s", "t", "o", "r", "e", "space", "1", keys[7])
        await until(pilot, lambda: "STARTED" in text(one), "the restore starts")
        running = [each for each in one.service.sessions.values() if each.activated is not None]
        assert [artifact.part is not None for artifact in running[-1].artifacts] == [True]
        await pilot.press("enter")
        await until(pilot, lambda: "Search" in text(one), "the detail says what was searched for")
        assert f"(Subject -like '{word}')" in text(one)


async def test_the_query_shows_what_the_fields_ask_for_and_takes_their_place_when_edited(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await open_search(pilot, one)
        fields = find_mail(one).fields
        await pilot.press(*"a;b", "tab", *"ryan", "tab", "tab", "right", "tab", "right")
        await pilot.pause()
        groups = (
            "(Subject -like 'a' -and Subject -like 'b')",
            "(Sender -like 'ryan')",
            "(HasAttachment -eq 'true')",
            "(MessageKind -eq 'Email')",
        )
        assert fields.query_field.value == " -and ".join(groups)
        fields.query_field.value = "(Subject -like 'a') -or (Sender -like 'b')"
        await pilot.pause()
        assert fields.subject.disabled
        assert fields.wanted().expression == "(Subject -like 'a') -or (Sender -like 'b')"
        assert "by hand" in text(one)
        fields.query_field.value = ""
        await pilot.pause()
        assert not fields.subject.disabled
        assert isinstance(fields.wanted(), MailQuery)
        assert fields.query_field.value == " -and ".join(groups)


async def test_how_many_values_a_search_takes_is_said_before_there_are_too_many(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await open_search(pilot, one)
        fields = find_mail(one).fields
        assert "up to 3" in text(one)
        await pilot.press(*"a;b;c")
        await until(pilot, lambda: "3 of 3: no more can be joined" in text(one), "full")
        await pilot.press(*";d")
        await until(pilot, lambda: "4 of 3: too many" in text(one), "too many")
        fields.query_field.value = " -or ".join(["(Subject -like 'a')"] * 5)
        await until(pilot, lambda: "by hand, Subject 5 of 5 values" in text(one), "all that the service takes")
        fields.query_field.value += " -or (Subject -like 'a')"
        await pilot.press("enter")
        await until(pilot, lambda: "6 values are too many for Subject" in text(one), "refused here")
        assert find_mail(one).context().searched is False


async def test_what_was_entered_is_there_again_until_a_draft_is_made_of_it(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        word = word_that(one, gone=True)
        await open_search(pilot, one)
        left = find_mail(one)
        await pilot.press(*word, "tab", *"ryan", "tab", "tab", "right")
        expression = left.fields.wanted().expression
        await pilot.press("escape")
        await until(pilot, lambda: one.app.screen is not left, "left")

        await open_search(pilot, one)
        fields = find_mail(one).fields
        await until(pilot, lambda: fields.subject.value == word, "the subject is there again")
        assert (fields.sender.value, fields.wanted().expression) == ("ryan", expression)
        await pilot.press("tab", *["backspace"] * 4, "tab", "tab", "left", "enter")
        await ended(pilot, one)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "its draft")

        await pilot.press("escape", "escape")
        await open_search(pilot, one)
        await pilot.pause()
        assert find_mail(one).fields.subject.value == ""


async def test_a_search_is_made_in_several_mailboxes_as_a_plan(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        word = word_that(one, gone=True)
        await search(pilot, one, word)
        others = [row.address for row in one.workspace.store.units[Service.EXCHANGE].values() if row.address][:3]
        await pilot.press("plus")
        await until(pilot, lambda: "More mailboxes for this search" in text(one), "it asks for them")
        await pilot.press(*";".join(others), "enter")
        await until(pilot, lambda: isinstance(one.app.screen, PlanCheckScreen), "its check")
        check = cast(PlanCheckScreen, screen(one))
        await until(pilot, lambda: check.check is not None, "checked")
        assert check.check is not None
        plan = check.check.document.plan
        assert plan.mail is not None
        assert plan.mail.query == f"(Subject -like '{word}')"
        assert adele(one) in {row.unit.id for row in check.check.scope.rows}
        await until(pilot, lambda: "no list of them exists" in text(one), "what was found")
        assert "Found " in text(one)
        assert f"Searched for (Subject -like '{word}')" in text(one)


async def test_a_list_that_cannot_be_read_keeps_the_question_open(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await search(pilot, one, word_that(one, gone=True))
        await pilot.press("plus", *"@/no/such", "enter")
        await until(pilot, lambda: "cannot be read" in text(one) or "no such file" in text(one).casefold(), "said")
        assert isinstance(one.app.screen, FindMail)


@pytest.mark.parametrize(
    ("query", "time", "says"),
    [
        ("(Subject -like 'in*voice')", "7d to latest", "(character 19)"),
        ("", "7d to latest", "Nothing to search for."),
        ("(Subject -like 'a')", "2h to 3h", "The time ends before it begins."),
        ("(Subject -like 'a')", "2hh", '"2hh"'),
    ],
)
async def test_what_cannot_be_searched_for_is_said_at_its_place(
    tmp_path: Path, query: str, time: str, says: str
) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await open_search(pilot, one)
        fields = find_mail(one).fields
        fields.query_field.value, fields.time.value = query, time
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert "Not searched:" in text(one)
        assert says in text(one)
        assert one.service.searches == {}


async def test_mails_that_are_still_there_and_points_without_any(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await search(pilot, one, word_that(one, gone=False))
        shown = find_mail(one)
        assert len(shown.keys()) == 5
        assert shown.table.cursor_key == shown.keys()[0]
        await pilot.press("t", *"30h", "enter")
        await ended(pilot, one)
        assert len(find_mail(one).keys()) == 6


async def test_times_are_shown_once_where_the_zone_is_utc(tmp_path: Path) -> None:
    one = tenant(tmp_path, tz="UTC")
    async with on_units(one) as pilot:
        await search(pilot, one, word_that(one, gone=True))
        assert [column.key for column in find_mail(one).table.columns] == ["utc", "hits", "change"]
        assert "last point before they disappeared" in text(one)


async def test_a_point_without_hits_cannot_be_restored(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        await search(pilot, one, word_that(one, gone=True))
        before = len(one.service.sessions)
        await pilot.press("home")
        await pilot.pause()
        assert "No hits at this point." in text(one)
        await pilot.press("n")
        await pilot.pause()
        assert message(one.app.screen).endswith("No hits at this point.")
        assert len(one.service.sessions) == before


async def test_a_search_that_fails_says_so_and_keeps_what_was_found(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        word = word_that(one, gone=True)
        await open_search(pilot, one)
        one.service.faults.add(
            "refuse", method="POST", path="restorePoints/search", after=4, times=None, status=403, code="accessDenied"
        )
        await pilot.press(*word, "enter")
        await ended(pilot, one)
        assert "Not searched:" in text(one)
        assert find_mail(one).keys()


async def test_more_than_twelve_searches_are_made_only_when_asked(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with on_units(one) as pilot:
        unit = one.service.tenant.by_id[adele(one)]
        days = int((NOW.timestamp() - unit.joined) / 86_400) - 1
        assert days > 60, "long enough that twelve searches do not reach a single point"
        await open_search(pilot, one)
        shown = find_mail(one)
        shown.fields.time.value = f"{days}d to latest"
        query, now = "(Subject -like '{}')", one.service.now()
        first = next(iter(points.oldest_first(unit, now, now - days * 86_400, now)))
        last = next(iter(points.newest_first(unit, now, 0, now)))
        word = next(
            f"w{number}"
            for number in range(500)
            if count_hits(first, parse_query(query.format(f"w{number}")))
            and not count_hits(last, parse_query(query.format(f"w{number}")))
        )
        shown.fields.subject.focus()
        await pilot.press(*word, "enter")
        await ended(pilot, one)
        assert len(shown.keys()) <= 12
        assert "m searches on" in text(one)
        assert "m search on" in footer(one.app.screen)
        await pilot.press("m")
        await ended(pilot, one)
        assert "m searches on" not in text(one)
        assert "last point before they disappeared" in text(one)


def test_nothing_is_drawn_before_anything_was_searched() -> None:
    assert hits_chart((), ZoneInfo("UTC"), 80, 2) == []


@pytest.mark.parametrize("width", [80, 120, 200])
@pytest.mark.parametrize("count", [1, 2, 12, 24])
def test_each_row_of_the_chart_is_one_line_and_each_time_is_below_its_bar(width: int, count: int) -> None:
    found = [PointHits(NOW - timedelta(hours=number), 1_234 * (number % 3)) for number in range(count)]
    lines = [
        "".join(str(getattr(part, "text", part)) for part in row)
        for row, _look in laid_out(hits_chart(found, ZoneInfo("UTC"), width, 2), width - 1)
    ]
    assert len(lines) == 3
    times = [match.start() for match in re.finditer(r"\d\d:\d\d", lines[-1])]
    assert len(times) == min(count, (width - LABEL - 1) // LEAST)
    assert all(lines[-2][at] in "█·" for at in times)
    assert lines[-1].rstrip().endswith(f"{NOW:%H:%M}")


# -- pictures -------------------------------------------------------------------------------------------------


@SIZES
def test_picture_of_the_form(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one)
        await open_search(pilot, one)
        await pilot.press(*"budget*; plan", "tab", *"ryan@contoso.com")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


@SIZES
def test_picture_of_the_hits(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one)
        await search(pilot, one, word_that(one, gone=True))
        deliver(one)
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=size)


def test_picture_of_a_wrong_query(snap_compare: Any, tmp_path: Path) -> None:
    one = tenant(tmp_path)

    async def ready(pilot: Pilot[Any]) -> None:
        await units_read(pilot, one)
        await open_search(pilot, one)
        find_mail(one).fields.query_field.value = "(Subject -like 'in*voice') -and (Sender -eq 'ryan')"
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()

    assert snap_compare(one.app, run_before=ready, terminal_size=SMALL)
