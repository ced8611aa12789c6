"""Specifies that the journal has the ids of each request it caused, those that were answered well, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backup_tui.journal.records import IntentState
from backup_tui.models.services import Destination
from backup_tui.restore.review.activation import Start

if TYPE_CHECKING:
    from office import Office


async def test_answers_carry_the_ids_of_their_own_requests(office: Office) -> None:
    units = await office.units(count=3)

    for unit in units:
        await office.draft([unit], Destination.NEW)
    changes = {call.id: call for call in office.calls if call.mutating}
    intents = await office.intents()
    assert {intent.client_request_id for intent in intents} == set(changes)
    for intent in intents:
        call = changes[str(intent.client_request_id)]
        assert (intent.status, intent.request_id) == (201, call.request_id)
        assert call.answer_body.count(str(intent.session_id)) > 0


async def test_a_lost_answer_keeps_our_id(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("drop", method="POST", path="activate", times=1)
    await office.carry_out(review)
    call = [call for call in office.calls if call.mutating][-1]
    lost = (await office.intents())[-1]
    assert lost.state is IntentState.UNKNOWN
    assert (lost.client_request_id, lost.request_id, lost.status) == (call.id, None, None)
