"""Specifies drafts of found mails: what they hold, what their review says, and that none is made twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from backup_tui.errors import InvalidRequest, OutcomeUnknown, ReadOnlyError, UsageError
from backup_tui.journal.records import IntentState
from backup_tui.models.mail_query import MailQuery, MessageKind
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.drafts.failed import failed_by_cause
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.mail.drafting import FoundMails, MailDraft, create_mail_draft
from backup_tui.restore.mail.history import Mailbox, PointHits, hits_at
from backup_tui.restore.review.activation import Deleted, Start, Started

if TYPE_CHECKING:
    from office import Office

QUERY = MailQuery(kind=MessageKind.EMAIL, has_attachment=True)


async def found_in(office: Office, count: int = 1) -> list[FoundMails]:
    found = []
    for unit in await office.units(Service.EXCHANGE, count):
        mailbox = Mailbox(unit.id, unit.name)
        hits = await hits_at(office.tools, mailbox, QUERY, office.clock.now())
        assert hits is not None
        found.append(FoundMails(mailbox, hits))
    return found


async def made(
    office: Office, found: list[FoundMails], to: Destination = Destination.IN_PLACE, **more: Any
) -> MailDraft:
    return await create_mail_draft(office.tools, found, QUERY, to, **more)


@pytest.mark.parametrize("destination", list(Destination))
async def test_a_draft_holds_what_was_found_and_says_so_before_it_starts(
    office: Office, destination: Destination
) -> None:
    found = await found_in(office)
    draft = await made(office, found, destination, missing=("nobody@contoso.com",))
    mails, name = found[0].found.hits, found[0].mailbox.name
    assert (draft.mails, draft.mailboxes) == (mails, (name,))
    (session,) = office.mine()
    assert [artifact.what for artifact in session.artifacts] == [found[0].found.response_id]
    assert office.changes() == ["POST 201"]

    review = await office.review(Start(draft.session_id))
    assert review.blocked is None
    assert review.headline == f"{mails:,} mails of {name}"
    assert review.sentence.startswith(f"{review.word}: {mails:,} mails of one mailbox, as of 22 Nov 11:50 UTC,")
    assert review.extra == (f"Searched for: {QUERY.expression}",)
    assert review.phrase == ("restore 1" if destination is Destination.NEW else "overwrite 1 contoso")
    assert review.absent == ("nobody@contoso.com",)
    lines = [check.text for check in review.checks]
    assert "which mails these are cannot be shown: the service counts hits and lists none" in lines
    assert not any("0 items is not a failure" in line for line in lines)

    started = await office.carry_out(review)
    assert isinstance(started, Started)
    record = await kept_record(office.tools.journal, draft.session_id)
    assert record is not None
    assert (record.query, record.hits) == (QUERY.expression, {found[0].mailbox.id: mails})
    assert f"{mails:,} mails of {name}" in (await office.intents())[-1].summary


async def test_several_mailboxes_go_into_one_draft(office: Office) -> None:
    found = await found_in(office, 3)
    draft = await made(office, found)
    review = await office.review(Start(draft.session_id))
    total = sum(one.found.hits or 0 for one in found)
    assert f"{total:,} mails of 3 mailboxes" in review.sentence
    assert set(review.names) == {one.mailbox.name for one in found}


async def test_a_lost_answer_is_looked_into_and_its_draft_taken(office: Office) -> None:
    found = await found_in(office)
    office.faults.add("drop", method="POST", path="exchangeRestoreSessions$")
    draft = await made(office, found)
    assert [session.id for session in office.mine()] == [draft.session_id]
    assert await office.states() == [IntentState.RESOLVED_DONE]
    record = await kept_record(office.tools.journal, draft.session_id)
    assert record is not None
    assert record.query == QUERY.expression


async def test_a_second_run_after_an_unknown_answer_makes_no_second_draft(office: Office) -> None:
    office.faults.add("drop", method="POST", path="exchangeRestoreSessions$")
    office.faults.add("refuse", method="GET", path="/restoreSessions$", times=None)
    with pytest.raises(OutcomeUnknown):
        await made(office, await found_in(office))
    office.faults.clear()
    again = await made(office, await found_in(office))  # another search, so another id
    assert [session.id for session in office.mine()] == [again.session_id]


async def test_the_whole_mailbox_of_the_same_point_is_another_draft(office: Office) -> None:
    units = await office.units(Service.EXCHANGE, 1)
    whole = await office.draft(units)
    found = await found_in(office)
    mails = await made(office, found)
    assert mails.session_id != whole.session_id
    assert len(office.mine()) == 2
    review = await office.review(Start(whole.session_id))
    assert review.items is None
    assert "mails of" not in review.sentence


async def test_found_mails_never_become_whole_mailboxes(office: Office) -> None:
    draft = await made(office, await found_in(office))
    table = await office.table(await office.units(Service.EXCHANGE, 1, 1))
    with pytest.raises(UsageError, match="cannot be changed"):
        await edit_draft(office.tools, draft.session_id, add=table.usable)
    with pytest.raises(UsageError, match="cannot be restored again"):
        await failed_by_cause(office.tools, draft.session_id)
    review = await office.review(Start(draft.session_id))
    await office.delete(draft.session_id)
    outcome = await office.carry_out(review)
    assert isinstance(outcome, Deleted)
    assert outcome.record.query == QUERY.expression


async def test_a_search_that_found_nothing_is_refused_before_anything_is_sent(office: Office) -> None:
    (one,) = await found_in(office)
    with pytest.raises(UsageError, match="Nothing was found"):
        await made(office, [FoundMails(one.mailbox, PointHits(one.found.time, 0))])
    with pytest.raises(UsageError, match="at most 50"):
        await made(office, [one] * 51)
    assert office.changes() == []
    assert await office.intents() == []


async def test_a_search_that_the_service_has_forgotten_is_named_as_that(office: Office) -> None:
    found = await found_in(office)
    office.service.searches.clear()
    with pytest.raises(InvalidRequest) as caught:
        await made(office, found)
    assert caught.value.hint.startswith("Search again")
    assert await office.states() == [IntentState.REJECTED]


async def test_a_workspace_that_only_reads_makes_no_draft(office: Office) -> None:
    found = await found_in(office)
    await office.stack.aclose()
    await office.open(read_only=True)
    with pytest.raises(ReadOnlyError):
        await made(office, found)
