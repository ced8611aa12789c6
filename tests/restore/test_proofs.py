"""Specifies what reads prove of a lost change: once, without a request of its own, and never early."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

import pytest
from test_offboarding import MAILBOX, reviewed

from backup_tui.errors import OutcomeUnknown
from backup_tui.journal.records import IntentKind, IntentState, NewIntent
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.review.activation import Start
from backup_tui.store import freshness as fresh
from backup_tui.sync.loader import Loader
from backup_tui.workspace.proofs import Proofs

if TYPE_CHECKING:
    from office import Office


class Heard(list[str]):
    """The sentences that were told, and a way to wait for the next one."""

    def __init__(self) -> None:
        super().__init__()
        self.told = asyncio.Event()

    def __call__(self, words: str) -> None:
        self.append(words)
        self.told.set()


@pytest.fixture
async def proofs(office: Office) -> AsyncIterator[Proofs]:
    found = Proofs(office.tools, lambda: office.lost_answers)
    yield found
    await found.aclose()


async def lost_start(office: Office) -> str:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("drop", method="POST", path="/activate$")
    await office.carry_out(review, review.phrase)
    office.calls.clear()
    return result.session_id


async def test_a_poll_that_shows_the_restore_settles_its_lost_start_and_says_so_once(
    office: Office, proofs: Proofs
) -> None:
    await lost_start(office)
    proofs.on_settled = heard = Heard()
    assert await proofs.open_entries() == 1
    reads = Loader(office.tools.reader, office.store, office.clock)
    await reads.load(fresh.SESSIONS)
    await heard.told.wait()
    await reads.load(fresh.SESSIONS)
    await proofs.settle()
    assert len(heard) == 1
    assert "It started" in heard[0]
    assert (await office.states())[-1] is IntentState.RESOLVED_DONE
    assert {call.path.partition("?")[0].rpartition("/")[2] for call in office.calls} == {"restoreSessions"}


async def test_a_draft_that_is_seen_at_once_proves_nothing_yet(office: Office, proofs: Proofs) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("refuse", method="POST", path="/activate$", status=504, code="")
    await office.carry_out(review, review.phrase)
    await proofs.open_entries()
    reads = Loader(office.tools.reader, office.store, office.clock)
    await reads.load(fresh.SESSIONS)
    await proofs.settle()
    assert (await office.states())[-1] is IntentState.UNKNOWN, "the service may only be slow"
    office.advance(600)
    await proofs.settle()
    assert (await office.states())[-1] is IntentState.RESOLVED_NOT_DONE


async def test_a_change_of_a_draft_is_settled_by_reading_its_units(office: Office, proofs: Proofs) -> None:
    units = await office.units(count=2)
    made = await office.draft(units[:1])
    table = await office.table(units[1:])
    office.faults.add("drop", method="PATCH")
    office.faults.add("refuse", method="GET", path="restoreSessions", status=503, after=2, times=None)
    changed = await edit_draft(office.tools, made.session_id, add=table.rows)
    assert isinstance(changed.error, OutcomeUnknown)
    office.faults.clear()
    await proofs.open_entries()
    reads = Loader(office.tools.reader, office.store, office.clock)
    await reads.load(fresh.session_of(made.session_id))
    await reads.load(fresh.artifacts_of(made.session_id))
    await proofs.settle()
    edit = next(one for one in await office.intents() if one.kind is IntentKind.EDIT)
    assert edit.state is IntentState.RESOLVED_DONE


async def test_an_offboarding_is_settled_by_the_unit_as_it_is_read(office: Office, proofs: Proofs) -> None:
    review = await reviewed(office)
    office.faults.add("drop", method="POST", path="/offboard$")
    office.faults.add("html", method="GET", path="protectionUnits", after=1, times=None)
    with pytest.raises(OutcomeUnknown):
        await office.carry_out(review)
    office.faults.clear()
    proofs.on_settled = heard = Heard()
    await proofs.open_entries()
    await Loader(office.tools.reader, office.store, office.clock).load(fresh.units_of(MAILBOX))
    await proofs.settle()
    assert ["It was done" in words for words in heard] == [True]
    assert (await office.states())[-1] is IntentState.RESOLVED_DONE


async def test_a_request_that_is_still_on_its_way_is_not_judged(office: Office, proofs: Proofs) -> None:
    session_id = await lost_start(office)
    await office.tools.journal.begin(
        NewIntent(
            IntentKind.ACTIVATE,
            service=None,
            target=session_id,
            summary="START again",
            body="{}",
            fingerprint="",
            user="",
            who="",
            at=office.clock.now(),
            server_date_before=None,
        )
    )
    await proofs.open_entries()
    await Loader(office.tools.reader, office.store, office.clock).load(fresh.SESSIONS)
    await proofs.settle()
    assert (await office.states())[-2:] == [IntentState.RESOLVED_DONE, IntentState.OPEN]
