"""Specifies the review of an activation: what it says, that only the exact phrase starts it, and how it can end."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from restores import drafted, program
from review_screens import SIZE, field, review_of, reviewed, shown, starts, submit, typed
from support import footer, screen_text, shown_as, until
from textual import events
from textual.pilot import Pilot

from backup_tui.changes.context import Context
from backup_tui.models.services import Destination, Service
from backup_tui.restore.review.activation import Start
from backup_tui.restore.review.review import Review
from backup_tui.simulator.http.callers import RYAN
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenReview, OpenSession
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.sessions.start_review import start_review
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.text_lines import TextLines


async def test_it_says_what_will_happen_to_whom_and_what_was_checked(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one, count=4, left_out=("j.smith@contoso.com",))
        text = shown(one)
        assert "IN PLACE 4 OneDrive accounts in contoso.com" in text
        assert "4 OneDrive accounts are rolled back as a whole to 22 Nov 12:3" in text
        assert "They stay editable meanwhile." in text
        assert " Europe/Berlin" in text
        for unit in review_of(one).names:
            assert unit.removesuffix("@contoso.com") in text
        assert "1 name on your list is NOT in this restore (v)" in text
        assert "? holds cannot be seen: a held account fails until its hold is removed" in text
        assert "Once started, it cannot be stopped" in text
        assert "Type overwrite 4 contoso" in text
        assert "Review of draft" in text


async def test_of_more_than_five_units_three_are_named_and_v_shows_all(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one, count=7)
        assert "and 4 more (v)" in shown(one)
        await pilot.press("v")
        assert isinstance(one.app.screen, PagerScreen)
        listed = one.app.screen.query_one(TextLines).text
        below = one.app.screen_stack[-2]
        assert isinstance(below, ReviewScreen)
        assert below.reviewed is not None
        names = below.reviewed.names
        assert len(names) == 7
        assert all(name in listed for name in names)
        await pilot.press("escape")
        assert field(one).typed == ""


@pytest.mark.parametrize("size", [(80, 24), (60, 16), (120, 40)])
async def test_a_refusal_is_told_in_the_services_own_words_above_nothing_that_must_stay(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        await reviewed(pilot, one)
        own = "Another operation of the control plane is pending for this tenant. Wait until it has ended."
        one.service.faults.add("refuse", path=r"/activate$", status=409, code="someNewCode", message=own)
        await typed(pilot, "overwrite 3 contoso")
        await pilot.press("enter")
        await until(pilot, lambda: "someNewCode" in shown(one), "it is refused")
        await pilot.pause()
        text = shown(one)
        assert "Type overwrite 3 contoso" in text
        assert "Once started, it cannot be stopped" in text
        assert "3 OneDrive accounts are rolled back" in text
        assert (own in text) == (size != (60, 16))
        assert ("client request" in text) == (size != (60, 16))


async def test_one_esc_does_not_lose_a_phrase_that_is_being_typed(tmp_path: Path) -> None:
    """An answer of the terminal that was cut after its first byte looks like Esc."""
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        await typed(pilot, "overwrite 3")
        await pilot.press("escape")
        assert isinstance(one.app.screen, ReviewScreen)
        assert "overwrite 3 Esc again leaves" in shown(one)
        await typed(pilot, " contoso")
        assert field(one).is_exact
        assert "Esc again leaves" not in shown(one)
        await pilot.press("escape", "escape")
        assert not isinstance(one.app.screen, ReviewScreen)
        assert starts(one) == []


async def test_esc_leaves_at_once_while_nothing_is_typed(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        await typed(pilot, "ov")
        await pilot.press("backspace", "backspace", "escape")
        assert not isinstance(one.app.screen, ReviewScreen)


@pytest.mark.parametrize("turns", range(12))
async def test_an_answer_that_comes_while_the_review_is_being_left_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    """The widgets of a screen go before it does; `turns` of the event loop later the draft is read."""
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await reviewed(pilot, one)
        answer = review_of(one)
        await pilot.press("escape")
        left = asyncio.Event()

        async def read(self: Start, context: Context) -> Review:
            await left.wait()
            for _ in range(turns):
                await asyncio.sleep(0)
            return answer

        monkeypatch.setattr(Start, "prepare", read)
        one.app.push_screen(start_review(session_id))
        await pilot.pause()
        assert isinstance(one.app.screen, ReviewScreen)
        left.set()
        one.app.screen.close()
        await pilot.pause()
        assert "fault in this program" not in one.app.message
        assert not isinstance(one.app.screen, ReviewScreen)


@pytest.mark.parametrize("size", [(80, 24), (80, 30), (120, 36), (200, 28)])
@pytest.mark.parametrize("count", [1, 4, 7])
async def test_no_check_is_left_out_while_lines_are_empty(tmp_path: Path, size: tuple[int, int], count: int) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=size) as pilot:
        await reviewed(pilot, one, count=count)
        lines = screen_text(one.app)
        end = next(n for n, line in enumerate(lines) if "Once started" in line)
        checks = review_of(one).checks
        hidden = [check for check in checks if check.text[:40] not in "\n".join(lines)]
        assert not hidden or lines[end - 1].strip()
        assert size == (80, 24) or not hidden


async def test_nothing_but_the_exact_phrase_starts_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        await typed(pilot, "overwrite 73 contoso")
        await pilot.press("enter")
        await pilot.pause()
        assert 'Not started. You typed "overwrite 73 contoso"; the text is "overwrite 3 contoso".' in shown(one)
        assert field(one).typed == "overwrite 73 contoso"
        assert starts(one) == []
        await pilot.press("backspace")
        assert "Not started" not in shown(one)


async def test_a_pasted_phrase_with_its_line_break_starts_nothing_by_itself(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        assert "v everything" in footer(one.app.screen)
        one.app.post_message(events.Paste("overwrite 3 contoso\n"))
        await pilot.pause()
        assert field(one).is_exact
        assert "enter start" in footer(one.app.screen)
        assert "v everything" not in footer(one.app.screen)
        assert starts(one) == []


async def test_the_exact_phrase_starts_it_once_and_the_detail_follows_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await reviewed(pilot, one)
        await typed(pilot, "OVERWRITE 3 contoso")
        await pilot.press("enter")
        await until(pilot, lambda: "STARTED 3 OneDrive accounts, IN PLACE, at " in shown(one), "it started")
        assert f"Session {session_id[:8]} runs in the service; you can disconnect. enter watch" in shown(one)
        assert len(starts(one)) == 1
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, SessionDetail), "the detail is shown")
        assert shown_as(one.app, SessionDetail).session_id == session_id
        await pilot.pause()
        await pilot.press("escape")
        assert isinstance(one.app.screen, SessionsScreen)


async def test_from_the_detail_of_the_draft_one_comes_back_to_that_detail(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        one.app.open(OpenSession(session_id))
        await until(pilot, lambda: [table.row_count for table in one.app.screen.query(RowTable)] == [3])
        detail = one.app.screen
        await pilot.press("A")
        await until(pilot, lambda: one.app.screen.query(ReviewPhrase))
        await pilot.pause()
        await typed(pilot, "overwrite 3 contoso")
        await pilot.press("enter")
        await until(pilot, lambda: "STARTED" in shown(one), "it started")
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen is detail, "the same detail")
        assert len(one.app.screen_stack) == 2


async def test_what_cannot_be_started_offers_no_phrase(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        one.service.state.tell({"status": "restoreLocked"}, RYAN, one.service.now())
        one.app.open(OpenReview(session_id))
        await until(pilot, lambda: one.app.screen.query(ReviewPhrase), "the phrase is offered")
        await pilot.pause()
        text = shown(one)
        assert "Not possible now: restores are locked (the billing profile is not valid)" in text
        assert "(not offered now)" in text
        await pilot.press("enter")
        await pilot.pause()
        assert "Type the phrase first" not in " ".join(screen_text(one.app)), "no phrase would help"


async def test_a_draft_that_is_gone_says_so(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        one.service.delete_session(session_id)
        one.app.open(OpenReview(session_id))
        await until(pilot, lambda: f"No session {session_id[:8]}" in shown(one), "it is gone")
        await pilot.press("escape")
        assert isinstance(one.app.screen, SessionsScreen)


async def test_on_a_low_terminal_the_checks_scroll_and_sentence_and_phrase_stay(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 18)) as pilot:
        await reviewed(pilot, one, count=3)
        text = shown(one)
        assert "3 OneDrive accounts are rolled back" in text
        assert "Type overwrite 3 contoso" in text
        assert "more lines: down" in text
        before = screen_text(one.app)
        await pilot.press("down", "down")
        await pilot.pause()
        after = screen_text(one.app)
        assert before != after
        assert "Type overwrite 3 contoso" in shown(one)
        await pilot.resize_terminal(60, 16)
        await pilot.pause()
        assert "Type overwrite 3 contoso" in shown(one)
        assert "3 OneDrive accounts are rolled back" in shown(one)


async def test_on_a_terminal_that_is_too_small_nothing_can_be_started(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        await typed(pilot, "overwrite 3 contoso")
        await pilot.resize_terminal(59, 15)
        await until(pilot, lambda: one.app.focused is None, "the field is hidden")
        await pilot.press("enter")
        await pilot.pause()
        assert starts(one) == []
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: one.app.focused is field(one), "the field has the keys again")
        await pilot.press("enter")
        await until(pilot, lambda: "STARTED" in shown(one), "it started")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_how_the_review_looks(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def review(pilot: Pilot[Any]) -> None:
        await reviewed(pilot, one, count=12, left_out=("j.smith@contoso.com", "meganb@contso.com"))

    assert snap_compare(one.app, run_before=review, terminal_size=size)


def test_how_sites_to_a_new_address_look(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def review(pilot: Pilot[Any]) -> None:
        await reviewed(pilot, one, count=2, service=Service.SHAREPOINT, destination=Destination.NEW)

    assert snap_compare(one.app, run_before=review, terminal_size=SIZE)


def test_how_somebody_was_faster_looks(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def faster(pilot: Pilot[Any]) -> None:
        await reviewed(pilot, one)
        one.service.faults.add("other", method="GET", path=r"restoreSessions/[^/]+$", deed="activate")
        await submit(pilot, one)
        await until(pilot, lambda: "ALREADY STARTED" in shown(one))
        await pilot.pause()

    assert snap_compare(one.app, run_before=faster, terminal_size=SIZE)
