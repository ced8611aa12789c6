"""Specifies what a review says when its start is refused, overtaken by somebody else, or its answer lost."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import force_setattr
from restores import program
from review_screens import SIZE, field, review_of, reviewed, shown, starts, submit
from support import Simulated, shown_as, until

from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.widgets.paragraphs import Paragraphs


async def test_somebody_was_faster(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        one.service.faults.add("other", method="GET", path=r"restoreSessions/[^/]+$", deed="activate")
        await submit(pilot, one)
        await until(pilot, lambda: "ALREADY STARTED" in shown(one), "somebody was faster")
        text = shown(one)
        assert "! ALREADY STARTED by Ryan" in text
        assert "Nothing was sent from here. Do not draft it again: all 3 are in it." in text
        assert "0 of 3, 0 failed same units and points" in text
        assert not one.app.screen.query(ReviewPhrase)
        assert starts(one) == []
        await pilot.press("enter")
        assert isinstance(one.app.screen, SessionDetail)


async def test_somebody_changed_it_and_the_new_phrase_is_asked_for(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        one.service.faults.add("other", method="GET", path=r"restoreSessions/[^/]+$", deed="remove")
        await submit(pilot, one)
        await until(pilot, lambda: "! CHANGED" in shown(one), "the change is shown")
        text = shown(one)
        assert "! CHANGED Ryan removed 1 account at " in text
        assert "Nothing was started. Phrase now: overwrite 2 contoso" in text
        assert starts(one) == []
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen.query(ReviewPhrase), "the new review")
        assert field(one).phrase == "overwrite 2 contoso"
        assert field(one).typed == ""
        assert "Changed: Ryan removed 1 account at " in shown(one)
        await pilot.pause()
        await submit(pilot, one)
        await until(pilot, lambda: "STARTED" in shown(one), "it started")


async def test_somebody_deleted_it_and_its_names_are_kept(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await reviewed(pilot, one)
        names = review_of(one).names
        one.service.delete_session(session_id)
        await submit(pilot, one)
        await until(pilot, lambda: "no longer exists in the service" in shown(one), "it is gone")
        assert "Nothing was sent. Its 3 names and times are kept: n starts a new one." in shown(one)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form")
        assert names == tuple(unit.name for unit in shown_as(one.app, NewRestore).drafting.form.units)


async def test_no_room_says_so_and_the_draft_stays(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        one.service.faults.add("refuse", path=r"/activate$", status=500, code="TooManyActiveRestoreSessions")
        await submit(pilot, one)
        await until(pilot, lambda: "! NO ROOM" in shown(one), "no room")
        assert "This one is still a draft." in shown(one)
        await pilot.press("enter")
        await until(pilot, lambda: one.app.screen.query(ReviewPhrase), "the review again")


async def test_another_refusal_is_said_and_needs_the_phrase_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        one.service.faults.add("refuse", path=r"/activate$", status=403, code="Forbidden")
        await submit(pilot, one)
        await until(pilot, lambda: "may not do this" in shown(one), "the refusal")
        assert isinstance(one.app.screen, ReviewScreen)
        assert field(one).typed == ""


def quick(one: Simulated) -> list[str]:
    """The use cases wait by the clocks of the test; what the screen says at each wait."""
    told: list[str] = []

    async def sleep(seconds: float) -> None:
        if isinstance(one.app.screen, ReviewScreen):
            told.append(one.app.screen.query_one("#review-head", Paragraphs).text)
        one.advance(seconds)

    force_setattr(one.workspace.context, "sleep", sleep)
    return told


async def test_a_lost_answer_is_followed_until_it_is_known_and_never_sent_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await reviewed(pilot, one)
        told = quick(one)
        one.service.faults.add("drop", path=r"/activate$")
        await submit(pilot, one)
        await until(pilot, lambda: "It started at " in shown(one), "the end")
        assert any(f"NO ANSWER   START {session_id[:8]}, sent " in text for text in told)
        assert any("It may have started. It is not sent again. Reading the session (try 1)" in text for text in told)
        assert len(starts(one)) == 1
        await pilot.press("enter")
        assert isinstance(one.app.screen, SessionDetail)


async def test_a_lost_request_that_did_not_start_leads_back_to_the_review(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await reviewed(pilot, one)
        quick(one)
        one.service.faults.add("refuse", path=r"/activate$", status=502, code="")
        await submit(pilot, one)
        await until(pilot, lambda: "A opens the review." in shown(one), "the end")
        assert "Still a draft after 3 reads in 2 min. A opens the review." in shown(one)
        await pilot.press("A")
        await until(pilot, lambda: one.app.screen.query(ReviewPhrase), "the review again")
