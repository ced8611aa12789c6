"""Specifies that the review of a new kind of change is a declaration: one is added here, with phrase and end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from restores import program
from support import footer, opened, screen_text, until

from backup_tui.changes.change import Request
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.focus import Focus
from backup_tui.restore.lost_answers import EDIT
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen

service = {"label": ""}


@dataclass(frozen=True)
class Relabel(ReviewedChange[str]):
    noun, verb, done_word, purpose, target = "label", "relabel", "relabeled", "changing a label", "label-1"
    kind, effect = IntentKind.EDIT, EDIT

    async def read(self, context: Any) -> Any:
        return service["label"]

    async def review(self, context: Any, thing: Any) -> Any:
        checks, now = (Check(CheckResult.UNKNOWN, "who reads it is unknown"),), context.clock.now()
        what, phrase = ("RELABEL", "one label", "contoso.com", "RELABEL: it changes."), f"relabel {thing}"
        return ChangeReview(self, thing, *what, phrase, checks, now, "label", "Label 1", danger=True)

    def request(self, reviewed: Any, writer: Any) -> Any:
        async def send() -> Any:
            service["label"] = "beta"
            return "beta"

        return Request(send, "RELABEL")


async def done(_screen: Any, _review: Any, label: Any) -> Any:
    return f"It is {label} now."


async def test_it_is_shown_checked_agreed_to_and_told(tmp_path: Path) -> None:
    one, service["label"] = program(tmp_path), "alpha"
    kind = Presentation(Relabel(), "Reading...", Focus("service"), "restore", "service", done)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        one.app.push_screen(review := ReviewScreen(kind))
        await until(pilot, lambda: review.query(ReviewPhrase))
        await pilot.pause()
        text = "\n".join(screen_text(one.app))
        assert " RELABEL   one label in contoso.com" in text
        assert "1 unknown   v all" in text
        await pilot.press(*"relabel", "space", *"alpha", "!", "enter", "backspace")
        assert "enter relabel" in footer(review)
        assert service["label"] == "alpha"
        await pilot.pause(0.1)
        await pilot.press("enter")
        await until(pilot, lambda: one.app.message.endswith("It is beta now."))
        assert not review.is_open
