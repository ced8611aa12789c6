"""Specifies starting a restore: the exact phrase, exactly what was reviewed, and exactly one request."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from backup_tui.errors import Busy, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.drafts.failed import form_from_record
from backup_tui.restore.review.activation import ChangedMeanwhile, Deleted, NoRoom, Start, Started, StartedByOther
from backup_tui.restore.review.review import Review
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office


async def reviewed(
    office: Office, service: Service = Service.ONEDRIVE, destination: Destination = Destination.IN_PLACE, count: int = 3
) -> Review:
    result = await office.draft(await office.units(service, count=count), destination)
    return await office.review(Start(result.session_id))


def starts(office: Office) -> list[int | None]:
    return [call.status for call in office.calls if call.path.endswith("/activate")]


@pytest.mark.parametrize("service", list(Service))
async def test_the_whole_way_from_names_to_the_finished_restore(office: Office, service: Service) -> None:
    review = await reviewed(office, service)
    assert review.blocked is None
    outcome = await office.carry_out(review, review.phrase.upper())
    assert isinstance(outcome, Started)
    assert starts(office) == [200]
    row = office.store.sessions[review.session.id]
    assert row.running
    assert row.destination is Destination.IN_PLACE
    intent = (await office.intents())[-1]
    assert (intent.kind, intent.state, intent.target) == (IntentKind.ACTIVATE, IntentState.DONE, review.session.id)
    office.advance(timedelta(hours=4).total_seconds())
    session = await office.tools.reader.session(review.session.id)
    assert session.status == "completed"
    assert session.counts.completed == 3


@pytest.mark.parametrize("typed", ["", "restore 3", "overwrite 3", "overwrite 4 contoso", "overwrite 3 contoso!"])
async def test_only_the_exact_phrase_starts_it(office: Office, typed: str) -> None:
    review = await reviewed(office)
    assert review.phrase == "overwrite 3 contoso"
    with pytest.raises(UsageError) as error:
        await office.carry_out(review, typed)
    assert error.value.message == f'Not started. You typed "{typed}"; the text is "overwrite 3 contoso".'
    assert starts(office) == []
    assert [intent.kind for intent in await office.intents()] == [IntentKind.CREATE]


async def test_what_the_review_says_cannot_be_started_is_not_sent(office: Office) -> None:
    session = await office.tools.may_write().create_session(Service.ONEDRIVE, [])
    review = await office.review(Start(session.id))
    assert review.blocked == "the draft is empty: nothing would be restored"
    with pytest.raises(UsageError, match="Not possible now: the draft is empty"):
        await office.carry_out(review, review.phrase)
    assert starts(office) == []


async def test_started_by_another_in_the_gap(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("other", method="GET", path=f"{review.session.id}$", deed="activate")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, StartedByOther)
    assert outcome.same is True
    assert (outcome.by, outcome.by_me) == ("Ryan", False)
    assert starts(office) == []


async def test_started_by_another_between_the_last_look_and_the_request(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("other", method="POST", path="/activate$", deed="activate")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, StartedByOther)
    assert outcome.by == "Ryan"
    assert starts(office) == [403], "the service refused the second start"
    assert (await office.intents())[-1].state is IntentState.REJECTED


async def test_changed_by_another_in_the_gap_leads_back_to_a_new_review(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("other", method="GET", path=f"{review.session.id}$", deed="remove")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, ChangedMeanwhile)
    assert (outcome.added, len(outcome.removed), outcome.changed) == ((), 1, ())
    assert outcome.removed[0] in review.names
    assert outcome.by == "Ryan"
    assert outcome.review.phrase == "overwrite 2 contoso"
    assert starts(office) == []
    assert isinstance(await office.carry_out(outcome.review, "overwrite 2 contoso"), Started)


async def test_another_time_for_a_unit_is_a_change_too(office: Office) -> None:
    review = await reviewed(office)
    units = await office.units(count=1)
    await edit_draft(office.tools, review.session.id, add=(await office.table(units, before=timedelta(hours=50))).rows)
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, ChangedMeanwhile)
    assert (outcome.added, outcome.removed) == ((), ())
    assert outcome.changed == (units[0].address,)
    assert starts(office) == []


async def test_deleted_by_another_in_the_gap_keeps_the_names(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("other", method="GET", path=f"{review.session.id}$", deed="delete")
    outcome = await office.carry_out(review, review.phrase)
    assert isinstance(outcome, Deleted)
    assert set(outcome.names) == set(review.names)
    form = form_from_record(outcome.record)
    assert {unit.name for unit in form.units} == set(review.names)
    assert form.moment
    assert starts(office) == []
    assert office.store.sessions[review.session.id].gone


async def test_deleted_between_the_last_look_and_the_request(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("other", method="POST", path="/activate$", deed="delete")
    assert isinstance(await office.carry_out(review, review.phrase), Deleted)


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, active_session_limit=1)])
async def test_no_room_leaves_a_draft_that_can_be_started_later(office: Office) -> None:
    first, second = await reviewed(office, count=1), await reviewed(office, Service.SHAREPOINT, count=1)
    assert isinstance(await office.carry_out(first, first.phrase), Started)
    outcome = await office.carry_out(second, second.phrase)
    assert isinstance(outcome, NoRoom)
    assert isinstance(outcome.error, Busy)
    assert starts(office) == [200, 500], "TooManyActiveRestoreSessions is not sent again by itself"
    assert (await office.intents())[-1].state is IntentState.REJECTED
    office.advance(timedelta(hours=4).total_seconds())
    assert isinstance(await office.carry_out(second, second.phrase), Started)


async def test_a_second_yes_to_the_same_review_starts_nothing(office: Office) -> None:
    review = await reviewed(office)
    assert isinstance(await office.carry_out(review, review.phrase), Started)
    again = await office.carry_out(review, review.phrase)
    assert isinstance(again, StartedByOther)
    assert again.by_me
    assert starts(office) == [200]
