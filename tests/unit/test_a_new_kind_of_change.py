"""Specifies that a new kind of change is a declaration: one with review, phrase, lock and lost answer is added here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from office import Office

from backup_tui.changes.change import Request
from backup_tui.changes.findings import Finding, Verdict
from backup_tui.changes.lost_answers import Effect
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.errors import OutcomeUnknown, StateConflict, UsageError, WriteLockHeld
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.simulator.settings import Settings

service: dict[str, str] = {}


class LabelEffect(Effect):
    kinds = frozenset({IntentKind.EDIT})

    async def look(self, context: Any, intent: Any) -> Any:
        done = intent.summary.endswith(f" {service['label']}")
        return Finding(intent, Verdict.DONE if done else Verdict.NOT_DONE, f"It is {service['label']}.")


@dataclass(frozen=True)
class Relabel(ReviewedChange[str]):
    noun, verb, done_word, purpose, target = "label", "relabel", "relabeled", "changing a label", "label-1"
    kind, effect, to = IntentKind.EDIT, LabelEffect(), "beta"

    async def read(self, context: Any) -> Any:
        return service["label"]

    async def review(self, context: Any, thing: Any) -> Any:
        return ChangeReview(
            self, thing, "RELABEL", "", "", "RELABEL: it.", f"relabel {thing}", (), context.clock.now(), "", ""
        )

    def request(self, reviewed: Any, writer: Any) -> Any:
        async def send() -> None:
            service.update(label=self.to, sent=service["sent"] + "1")
            raise OutcomeUnknown("No answer.")

        return Request(send, f"RELABEL to {self.to}")


async def test_it_is_agreed_to_locked_sent_once_and_looked_into_when_its_answer_is_lost(tmp_path: Path) -> None:
    service.update(label="alpha", sent="")
    office = Office(Settings(units=1, history=False), tmp_path)
    async with office.stack:
        review = await (await office.open()).review(Relabel())
        with pytest.raises(UsageError, match="Not relabeled"):
            await office.carry_out(review, "relabel")
        async with office.tools.hold_lock("drafting"):
            with pytest.raises(WriteLockHeld):
                await office.carry_out(review)
        assert (service["sent"], await office.intents()) == ("", [])
        assert await office.carry_out(review, "Relabel ALPHA") == "beta"
        assert (service["sent"], await office.states()) == ("1", [IntentState.RESOLVED_DONE])
        with pytest.raises(StateConflict, match="Someone changed the label after it was reviewed"):
            await office.carry_out(review)
