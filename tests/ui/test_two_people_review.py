"""Specifies the review of a start where the profile wants two people."""

from __future__ import annotations

from pathlib import Path

import pytest
from restores import drafted, program
from support import screen_text, until

from backup_tui.simulator.http.callers import RYAN
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.routes import OpenReview


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_ones_own_draft_offers_no_phrase_and_that_of_another_does(tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path, settings={"two_people": True})
    async with one.app.run_test(size=size) as pilot:
        session_id = await drafted(pilot, one)

        def text() -> str:
            return " ".join(" ".join(screen_text(one.app)).split())

        one.app.open(OpenReview(session_id))
        await until(pilot, lambda: "two people" in text(), "the review is read")
        await pilot.pause()
        assert f"✗ two people: you drafted {session_id[:8]}; somebody else has to start it" in text()
        assert "Not possible now: the profile wants two people: somebody else has to start it." in text()
        assert not isinstance(one.app.focused, ReviewPhrase)
        await pilot.press("escape")
        await pilot.pause()
        session = one.service.sessions[session_id]
        session.created_by = session.modified_by = RYAN
        one.app.open(OpenReview(session_id))
        await until(pilot, lambda: isinstance(one.app.focused, ReviewPhrase), "the phrase is offered")
        await pilot.pause()
        assert "two people: Ryan drafted it, you start it (not enforced by the service)" in text()
