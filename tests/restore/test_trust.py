"""Specifies what must stay true when faults meet: no list counted twice, no change under way judged, no word untrue."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from backup_tui.changes.findings import Verdict
from backup_tui.errors import JournalError, OutcomeUnknown, ProtocolError, StateConflict, Throttled
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import IntentKind, IntentState, NewIntent
from backup_tui.models.services import Destination
from backup_tui.restore.drafts.drafts import create_draft, edit_draft
from backup_tui.restore.review.activation import ChangedMeanwhile, Deleted, Start, Started, Unknown
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office

CREATE = {"method": "POST", "path": "oneDriveForBusinessRestoreSessions$"}
PAGED = Settings(units=300, history=False, page_size=4)


def starts(office: Office) -> int:
    return sum(call.path.endswith("/activate") for call in office.calls)


async def write_intent(journal: Journal, office: Office, kind: IntentKind, target: str | None) -> int:
    """An intent of another process, as it stands between the intent and the answer."""
    intent = await journal.begin(
        NewIntent(
            kind,
            service=None,
            target=target,
            summary="START",
            body="{}",
            fingerprint="",
            user="adele",
            who="",
            at=office.clock.now(),
            server_date_before=office.clock.now(),
        )
    )
    return intent.id


def beside(office: Office) -> Journal:
    """The same journal as another instance has it open."""
    return Journal(office.folder / "journal.sqlite3", office.tools.who.tenant, "http://127.0.0.1:8365/v1.0")


# -- lists that are read anew in the middle, or hold an entry twice ----------------------------------------------


@pytest.mark.parametrize("settings", [PAGED])
async def test_a_list_of_units_that_is_read_anew_in_the_middle_counts_each_once(office: Office) -> None:
    result = await office.draft(await office.units(count=10))
    office.faults.add("refuse", method="GET", path="restoreArtifacts", after=2, status=410, code="")
    review = await office.review(Start(result.session_id))
    assert review.phrase == "overwrite 10 contoso"
    assert isinstance(await office.carry_out(review, review.phrase), Started)


@pytest.mark.parametrize("settings", [PAGED])
async def test_a_lost_create_is_found_though_its_list_is_read_anew_in_the_middle(office: Office) -> None:
    office.faults.add("drop", **CREATE)
    office.faults.add("refuse", method="GET", path="restoreArtifacts", after=1, status=410, code="", times=1)
    result = await office.draft(await office.units(count=10))
    assert result.complete
    assert len(office.mine()) == 1
    assert office.waits == [2.0], "the first look finds it"


# -- changes that are still in progress ----------------------------------------------------------------------------


async def test_a_start_that_is_under_way_is_not_judged_by_a_look_at_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    leaves = asyncio.Event()
    may_leave = asyncio.Event()
    send = office.tools.changes.make

    async def slow(kind: IntentKind, action: Any, **more: Any) -> Any:
        async def held() -> Any:
            leaves.set()
            await may_leave.wait()
            return await action()

        return await send(kind, held, **more)

    monkeypatch.setattr(office.tools.changes, "make", slow)
    starting = asyncio.create_task(office.carry_out(review, review.phrase))
    await leaves.wait()
    intent = (await office.intents())[-1]
    finding = await office.lost_answers.resolve(intent.id)
    assert finding.verdict is Verdict.STILL_UNKNOWN
    assert "in progress" in finding.words
    assert (await office.states())[-1] is IntentState.OPEN
    may_leave.set()
    assert isinstance(await starting, Started)


async def test_what_a_dead_process_left_open_counts_as_unknown_until_it_is_settled(office: Office) -> None:
    """The header counts what is unknown; an entry that stays `open` would be forgotten there."""
    result = await office.draft(await office.units(count=1))
    async with beside(office) as other:
        number = await write_intent(other, office, IntentKind.ACTIVATE, result.session_id)
    office.faults.add("refuse", method="GET", status=503, times=None)
    (finding,) = await office.lost_answers.resolve_open()
    assert finding.verdict is Verdict.STILL_UNKNOWN
    intent = await office.tools.journal.intent(number)
    assert intent is not None
    assert intent.state is IntentState.UNKNOWN


async def test_a_draft_whose_start_is_not_known_is_neither_changed_nor_deleted(office: Office) -> None:
    """A start that arrives late would restore something that nobody reviewed."""
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add("refuse", method="POST", path="/activate$", status=504, code="")
    assert isinstance(await office.carry_out(review, review.phrase), Unknown)
    sent = office.changes()
    more = (await office.table(await office.units(count=1, first=5))).rows
    with pytest.raises(OutcomeUnknown, match=rf"Whether {result.session_id[:8]} started at .* is unknown"):
        await edit_draft(office.tools, result.session_id, add=more)
    with pytest.raises(OutcomeUnknown, match=rf"Whether {result.session_id[:8]} started at .* is unknown"):
        await office.delete(result.session_id)
    assert office.changes() == sent
    (found,) = await office.lost_answers.resolve_open()
    assert found.verdict is Verdict.NOT_DONE
    assert (await edit_draft(office.tools, result.session_id, add=more)).complete


# -- words that must be true -------------------------------------------------------------------------------------


async def test_a_refused_start_stays_refused_when_the_session_cannot_be_read_again(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("other", method="POST", path="/activate$", deed="activate")
    office.faults.add("refuse", method="GET", path=f"{result.session_id}$", status=503, code="", after=1, times=None)
    with pytest.raises(StateConflict) as caught:
        await office.carry_out(review, review.phrase)
    assert "someone started it" in caught.value.message


async def test_a_draft_that_vanishes_while_its_change_is_reviewed_is_told_as_deleted(office: Office) -> None:
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add("other", method="GET", path=f"{result.session_id}$", deed="remove")
    office.faults.add("other", method="GET", path=f"{result.session_id}$", deed="delete")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, Deleted)
    assert set(outcome.names) == set(review.names)


@pytest.mark.parametrize("empty", [False, True])
async def test_an_accepted_start_of_a_session_that_is_still_a_draft_is_not_told_as_started(
    office: Office, empty: bool
) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    answer = {} if empty else {"id": result.session_id, "status": "draft"}
    office.answer_instead("/activate", 200, answer)
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, Unknown)
    assert starts(office) == 1
    finding = await office.lost_answers.resolve(outcome.intent)
    assert finding.verdict is Verdict.NOT_DONE


@pytest.mark.parametrize("status", ["unknownFutureValue", "awaitingApproval"])
async def test_a_state_that_nobody_knows_proves_no_start(office: Office, status: str) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("refuse", method="POST", path="/activate$", status=504, code="")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, Unknown)
    office.answer_instead(
        f"/restoreSessions/{result.session_id}",
        200,
        {
            "@odata.type": "#microsoft.graph.oneDriveForBusinessRestoreSession",
            "id": result.session_id,
            "status": status,
        },
    )
    finding = await office.lost_answers.resolve(outcome.intent)
    assert finding.verdict is Verdict.ASK
    assert (await office.states())[-1] is IntentState.UNKNOWN


async def test_a_lost_answer_is_told_though_the_journal_cannot_be_read(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("refuse", method="POST", path="/activate$", status=504, code="")

    async def unreadable(_: int) -> None:
        raise JournalError("The journal cannot be read.")

    office.tools.journal.intent = unreadable  # type: ignore[method-assign, assignment]
    with pytest.raises(OutcomeUnknown):
        await office.carry_out(review, review.phrase)


async def test_what_was_found_is_told_though_it_cannot_be_written_down(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("drop", method="POST", path="/activate$")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, Unknown)

    async def full(*_: Any, **__: Any) -> None:
        raise JournalError("The disk is full.")

    office.tools.journal.resolve = full  # type: ignore[method-assign, assignment]
    (finding,) = await office.lost_answers.resolve_open()
    assert finding.verdict is Verdict.DONE
    assert not finding.intent.state.is_settled


async def test_a_refused_deletion_is_no_earlier_try_of_ours(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add("refuse", method="DELETE", status=403, code="Forbidden")
    with pytest.raises(Exception, match="may not do this"):
        await office.delete(result.session_id)
    office.faults.add("other", method="DELETE", deed="delete")
    assert (await office.delete(result.session_id)).already_gone


# -- names that did not make it into a draft ---------------------------------------------------------------------


async def test_units_that_an_update_did_not_bring_in_are_named_in_the_review(office: Office) -> None:
    units = await office.units(count=60)
    office.faults.add("refuse", method="PATCH", status=400, code="InvalidPatchRequest")
    result = await office.draft(units, missing=("nobody@contoso.com",))
    assert (len(result.in_it), len(result.not_in_it)) == (50, 10)
    left = {row.name for row in result.not_in_it}
    review = await office.review(Start(result.session_id))
    assert set(review.names_missing) == {"nobody@contoso.com", *left}
    assert (await edit_draft(office.tools, result.session_id, add=result.not_in_it)).complete
    again = await office.review(Start(result.session_id))
    assert again.names_missing == ("nobody@contoso.com",)


async def test_a_draft_that_is_found_at_the_next_start_says_what_did_not_make_it_in(office: Office) -> None:
    """The process died between the create and the update that was to bring the rest."""
    units = await office.units(count=60)
    office.faults.add("drop", **CREATE)
    office.faults.add("refuse", method="GET", path="restoreSessions$", status=503, times=None)
    with pytest.raises(OutcomeUnknown):
        await office.draft(units)
    office.faults.clear()
    (finding,) = await office.lost_answers.resolve_open()
    assert finding.verdict is Verdict.DONE
    (made,) = office.mine()
    review = await office.review(Start(made.id))
    assert len(review.units) == 50
    assert len(review.names_missing) == 10


# -- a service that sends no time --------------------------------------------------------------------------------


async def test_a_lost_create_is_put_before_a_person_where_the_clock_cannot_be_trusted(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This machine's clock is three hours ahead, and the service has not said what time it is."""
    units = await office.units(count=1)
    table = await office.table(units)
    monkeypatch.setattr(type(office.clock), "skew", property(lambda _: None))
    office.clock.advance(3 * 3600)
    office.faults.add("drop", **CREATE)
    from backup_tui.restore.drafts.plan import DraftPlan

    with pytest.raises(OutcomeUnknown):
        await create_draft(office.tools, DraftPlan(units[0].service, Destination.NEW, table.rows))
    finding = await office.lost_answers.resolve((await office.intents())[-1])
    assert finding.verdict is Verdict.ASK
    assert [one.id for one in finding.candidates] == [office.mine()[0].id]


# -- leaving while a change is on its way ------------------------------------------------------------------------


async def test_an_answer_that_comes_right_after_leaving_is_written_down(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    review = await office.review(Start(result.session_id))
    office.faults.add("delay", method="POST", path="/activate$", seconds=0.3)
    written = asyncio.Event()
    office.tools.journal.on_change = lambda _: written.set()
    task = asyncio.create_task(office.carry_out(review, review.phrase))
    await written.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await office.states())[-1] is IntentState.DONE
    assert starts(office) == 1


async def test_leaving_in_the_middle_of_a_draft_sends_no_further_request(office: Office) -> None:
    units = await office.units(count=120)
    table = await office.table(units)
    from backup_tui.restore.drafts.plan import DraftPlan

    office.faults.add("delay", method="PATCH", seconds=0.2)
    seen: list[IntentKind] = []
    edits = asyncio.Event()

    def heard(intent: Any) -> None:
        seen.append(intent.kind)
        if intent.kind is IntentKind.EDIT:
            edits.set()

    office.tools.journal.on_change = heard
    task = asyncio.create_task(create_draft(office.tools, DraftPlan(units[0].service, Destination.NEW, table.rows)))
    await edits.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await office.states() == [IntentState.DONE, IntentState.DONE]
    assert len(office.changes()) == 2


# -- waits between the last look and the request -----------------------------------------------------------------


async def test_a_start_that_was_told_to_wait_looks_at_the_draft_again_before_it_is_sent(office: Office) -> None:
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add("throttle", method="POST", path="/activate$", retry_after=600)
    office.faults.add("other", method="GET", path=f"{result.session_id}$", deed="remove", after=1)
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, ChangedMeanwhile)
    assert starts(office) == 1, "what nobody reviewed is not started after the wait"
    assert sum(office.waits) >= 600
    assert office.faults.early_calls == 0


async def test_a_start_that_was_told_to_wait_starts_what_is_still_the_same(office: Office) -> None:
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add("throttle", method="POST", path="/activate$", retry_after=600)
    assert isinstance(await office.carry_out(review, review.phrase), Started)
    assert (await office.states())[-2:] == [IntentState.REJECTED, IntentState.DONE]
    assert office.faults.early_calls == 0


async def test_a_start_that_is_always_told_to_wait_is_given_up(office: Office) -> None:
    result = await office.draft(await office.units(count=2))
    review = await office.review(Start(result.session_id))
    office.faults.add("throttle", method="POST", path="/activate$", retry_after=5, times=None)
    with pytest.raises(Throttled):
        await office.carry_out(review, review.phrase)
    assert starts(office) == 4
    assert await office.tools.journal.open_intents() == ()


async def test_an_answer_about_another_session_is_not_reviewed(office: Office) -> None:
    first, second = [await office.draft(await office.units(count=1, first=n)) for n in range(2)]
    office.answer_instead(
        f"/restoreSessions/{first.session_id}",
        200,
        {"@odata.type": "#microsoft.graph.oneDriveForBusinessRestoreSession", "id": second.session_id},
    )
    with pytest.raises(ProtocolError, match="another object"):
        await office.review(Start(first.session_id))
