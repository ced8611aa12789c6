"""Specifies what happens when the answer to a change is lost: it is looked into, and never made twice."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from backup_tui.changes.findings import Look, Verdict
from backup_tui.errors import OutcomeUnknown
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.journal.write_lock import WriteLock
from backup_tui.models.services import Destination
from backup_tui.protection import lost_answers as protection
from backup_tui.restore.files.opening import FILE_EFFECTS
from backup_tui.restore.lost_answers import EFFECTS
from backup_tui.restore.review.activation import Start, Started, Unknown
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office

LOST_AFTER_DOING: list[dict[str, Any]] = [
    {"act": "drop"},
    {"act": "lose", "status": 504},
    {"act": "lose", "status": 500},
    {"act": "truncate"},
    {"act": "html", "status": 502},
]
CREATE: dict[str, Any] = {"method": "POST", "path": "oneDriveForBusinessRestoreSessions$"}


@pytest.mark.parametrize("fault", LOST_AFTER_DOING, ids=lambda fault: f"{fault['act']}-{fault.get('status', '')}")
async def test_a_create_that_was_done_is_found_and_taken_over(office: Office, fault: dict[str, Any]) -> None:
    units = await office.units(count=60)
    office.faults.add(**fault, **CREATE)
    result = await office.draft(units)
    assert result.complete
    assert len(office.mine()) == 1, "exactly one session"
    assert len(office.mine()[0].artifacts) == 60
    create, edit = await office.intents()
    assert (create.state, create.session_id) == (IntentState.RESOLVED_DONE, result.session_id)
    assert edit.state is IntentState.DONE


async def test_a_create_that_was_not_done_is_asked_about_and_never_sent_again(office: Office) -> None:
    units = await office.units(count=2)
    office.faults.add("refuse", status=504, code="", **CREATE)
    with pytest.raises(OutcomeUnknown) as error:
        await office.draft(units)
    assert office.mine() == []
    assert office.waits == [2.0, 3.0, 10.0, 25.0], "looks at 2, 5, 15 and 40 seconds"
    assert office.changes() == ["POST 504"]
    intent = await office.tools.journal.intent(error.value.intent_id or 0)
    assert intent is not None
    assert intent.state is IntentState.UNKNOWN
    with pytest.raises(OutcomeUnknown):
        await office.draft(units)
    assert office.changes() == ["POST 504"], "the same draft is not made while nobody knows"
    other = await office.draft(await office.units(count=1, first=5))
    assert other.complete, "another draft is not held up by it"
    await office.tools.journal.resolve(intent.id, IntentState.RESOLVED_NOT_DONE, note="a person says so")
    assert (await office.draft(units)).complete
    assert len(office.mine()) == 2


async def test_a_create_that_shows_late_is_found_by_a_second_try_of_the_person(office: Office) -> None:
    units = await office.units(count=2)
    office.faults.add("drop", **CREATE)
    office.faults.add("refuse", method="GET", path="restoreSessions$", status=503, times=None)
    with pytest.raises(OutcomeUnknown, match="Still unknown"):
        await office.draft(units)
    office.faults.clear()
    result = await office.draft(units)
    assert result.complete
    assert [session.id for session in office.mine()] == [result.session_id]


async def test_without_a_known_user_a_person_must_say_which(settings: Settings, tmp_path: Path) -> None:
    from office import ADELE, Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(replace(ADELE, object_id=None))
        office.faults.add("drop", **CREATE)
        with pytest.raises(OutcomeUnknown):
            await office.draft(await office.units(count=1))
        (intent,) = await office.intents()
        finding = await office.lost_answers.resolve(intent)
        assert finding.verdict is Verdict.ASK
        assert [session.id for session in finding.candidates] == [office.mine()[0].id]
        assert office.changes() == ["POST None"]


@pytest.mark.parametrize("fault", LOST_AFTER_DOING, ids=lambda fault: f"{fault['act']}-{fault.get('status', '')}")
async def test_an_edit_that_was_done_is_seen_in_the_draft(office: Office, fault: dict[str, Any]) -> None:
    units = await office.units(count=60)
    office.faults.add(**fault, method="PATCH")
    result = await office.draft(units)
    assert result.complete
    assert len(office.mine()[0].artifacts) == 60
    assert len(office.changes()) == 2, "one create, one update"


async def test_an_edit_that_was_not_done_is_repeated_once_with_what_is_missing(office: Office) -> None:
    units = await office.units(count=60)
    office.faults.add("refuse", method="PATCH", status=504, code="")
    result = await office.draft(units)
    assert result.complete
    assert len(office.mine()[0].artifacts) == 60
    create, lost, again = await office.intents()
    assert lost.state is IntentState.RESOLVED_NOT_DONE
    assert (again.state, again.parent_intent) == (IntentState.DONE, lost.id)
    assert create.state is IntentState.DONE


async def test_an_edit_that_is_lost_twice_stops_and_tells_what_is_in_the_draft(office: Office) -> None:
    units = await office.units(count=60)
    office.faults.add("refuse", method="PATCH", status=504, code="", times=2)
    result = await office.draft(units)
    assert isinstance(result.error, OutcomeUnknown)
    assert (len(result.in_it), len(result.not_in_it)) == (50, 10)
    assert len(office.mine()[0].artifacts) == 50


@pytest.mark.parametrize("fault", LOST_AFTER_DOING[:2], ids=lambda fault: str(fault["act"]))
async def test_a_deletion_that_was_done_counts_as_done(office: Office, fault: dict[str, Any]) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add(**fault, method="DELETE")
    deleted = await office.delete(result.session_id)
    assert not deleted.already_gone
    assert office.mine() == []
    assert (await office.states())[-1] is IntentState.RESOLVED_DONE


async def test_a_deletion_that_was_not_done_leaves_the_draft(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add("refuse", method="DELETE", status=502, code="")
    with pytest.raises(OutcomeUnknown):
        await office.delete(result.session_id)
    assert len(office.mine()) == 1
    assert (await office.states())[-1] is IntentState.RESOLVED_NOT_DONE
    assert not (await office.delete(result.session_id)).already_gone


async def activation_lost(office: Office, fault: dict[str, Any]) -> Unknown:
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add(**fault, method="POST", path="/activate$")
    unknown = await office.carry_out(review, review.phrase)
    assert isinstance(unknown, Unknown)
    assert unknown.sent_now
    return unknown


@pytest.mark.parametrize("fault", LOST_AFTER_DOING, ids=lambda fault: f"{fault['act']}-{fault.get('status', '')}")
async def test_an_activation_that_was_done_is_seen(office: Office, fault: dict[str, Any]) -> None:
    unknown = await activation_lost(office, fault)
    looks: list[Look] = []
    finding = await office.lost_answers.resolve(unknown.intent, looks.append)
    assert finding.verdict is Verdict.DONE
    assert finding.session is not None
    assert finding.session.status in ("activating", "active")
    assert office.store.sessions[finding.session.id].status == finding.session.status, "and every screen shows it"
    assert len(looks) == 1, "what is seen to be done needs no second look"
    assert (await office.states())[-1] is IntentState.RESOLVED_DONE
    assert sum("POST" in change for change in office.changes()) == 2, "one create, one start"


async def test_an_activation_that_was_not_done_takes_three_looks_over_two_minutes(office: Office) -> None:
    unknown = await activation_lost(office, {"act": "refuse", "status": 503, "code": ""})
    review = await office.review(Start(unknown.intent.target or ""))
    second = await office.carry_out(review, review.phrase)
    assert isinstance(second, Unknown)
    assert not second.sent_now, "nothing leaves while the first is not known"
    office.waits.clear()
    looks: list[Look] = []
    finding = await office.lost_answers.resolve(unknown.intent.id, looks.append)
    assert finding.verdict is Verdict.NOT_DONE
    assert (len(looks), sum(office.waits)) == (3, 120.0)
    assert isinstance(await office.carry_out(review, review.phrase), Started)


async def test_while_the_service_is_silent_it_stays_unknown_and_is_found_at_the_next_start(office: Office) -> None:
    unknown = await activation_lost(office, {"act": "drop"})
    office.faults.add("refuse", method="GET", status=503, times=None)
    finding = await office.lost_answers.resolve(unknown.intent)
    assert finding.verdict is Verdict.STILL_UNKNOWN
    assert (await office.states())[-1] is IntentState.UNKNOWN
    office.faults.clear()
    office.waits.clear()
    (found,) = await office.lost_answers.resolve_open()
    assert found.verdict is Verdict.DONE
    assert office.waits in ([], [0.0]), "after so long one look is enough"
    assert await office.lost_answers.resolve_open() == ()


async def test_what_another_instance_is_about_to_do_is_not_judged(office: Office) -> None:
    await activation_lost(office, {"act": "drop"})
    async with WriteLock(office.folder, office.tools.who.tenant).hold("starting"):
        assert await office.lost_answers.resolve_open() == ()
    assert (await office.states())[-1] is IntentState.UNKNOWN


async def test_an_answer_that_was_awaited_when_the_screen_was_left_is_not_lost(office: Office) -> None:
    result = await office.draft(await office.units(count=1), Destination.NEW)
    review = await office.review(Start(result.session_id))
    office.faults.add("delay", method="POST", path="/activate$", seconds=30)
    written = asyncio.Event()
    office.tools.journal.on_change = lambda _: written.set()
    task = asyncio.create_task(office.carry_out(review, review.phrase))
    await written.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    intent = (await office.intents())[-1]
    assert (intent.kind, intent.state) == (IntentKind.ACTIVATE, IntentState.UNKNOWN)


def test_every_kind_of_change_can_be_looked_into_and_by_one_only() -> None:
    kinds = [kind for effect in (*EFFECTS, *FILE_EFFECTS, *protection.EFFECTS) for kind in effect.kinds]
    assert sorted(kinds) == sorted(IntentKind)
