"""A review that is opened, read and answered, for the tests of reviews."""

from __future__ import annotations

from typing import Any

from restores import drafted
from support import Simulated, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.restore.review.review import Review
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.widgets.phrase_field import BURST_SECONDS

SIZE = (80, 24)


def shown(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


def review_of(one: Simulated) -> Review:
    answer = shown_as(one.app, ReviewScreen).reviewed
    assert isinstance(answer, Review)
    return answer


def field(one: Simulated) -> ReviewPhrase:
    return one.app.screen.query_one(ReviewPhrase)


def starts(one: Simulated) -> list[Any]:
    """The requests to start something that left."""
    calls = one.workspace.store.calls.values()
    return [call for call in calls if getattr(call, "path", "").endswith("/activate")]


async def reviewed(pilot: Pilot[Any], one: Simulated, **draft: Any) -> str:
    """Makes a draft and opens its review."""
    session_id = await drafted(pilot, one, **draft)
    one.app.open(OpenReview(session_id))
    await until(pilot, lambda: isinstance(one.app.focused, ReviewPhrase), "the phrase is offered, and has the keys")
    await pilot.pause()
    return session_id


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Types as a hand does: an `enter` right after the last key would count as the end of a paste."""
    await pilot.press(*("space" if char == " " else char for char in text))
    await pilot.pause(2 * BURST_SECONDS)


async def submit(pilot: Pilot[Any], one: Simulated) -> None:
    await typed(pilot, field(one).phrase)
    await pilot.press("enter")
