"""Specifies deleting a list of names of a restore: only an ended one, reviewed, sent once, looked into when lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from backup_tui.errors import BackupTuiError, NotFound, UsageError
from backup_tui.journal.records import IntentState
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.services import Destination, Service
from backup_tui.restore.review.names_deletion import DeleteNames, lists_of

if TYPE_CHECKING:
    from office import Office

MAILBOX = Service.EXCHANGE


async def draft_of_names(office: Office) -> tuple[str, str]:
    """A draft with a list of one good name and one that nobody has; ids of the session and of the list."""
    writer, now = office.tools.may_restore(), office.clock.now()
    unit = office.service.tenant.units["exchange"][0]
    session = await writer.create_session(MAILBOX, ())
    new = NewBulkRequest(now - timedelta(days=2), now, Destination.NEW, names=(unit.address, "nobody@contoso.com"))
    added = await writer.bulk.create(MAILBOX, session.id, new)
    office.calls.clear()
    return session.id, added.id


async def ended(office: Office) -> DeleteNames:
    session_id, list_id = await draft_of_names(office)
    await office.tools.may_restore().activate_session(session_id)
    office.advance(timedelta(days=1).total_seconds())
    office.calls.clear()
    return DeleteNames(MAILBOX, session_id, list_id)


async def test_a_list_that_has_not_ended_cannot_be_deleted(office: Office) -> None:
    session_id, list_id = await draft_of_names(office)
    review = await office.review(DeleteNames(MAILBOX, session_id, list_id))
    assert review.blocked is not None
    assert "needs one that the service has finished with" in review.blocked
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(review)
    assert office.changes() == []


async def test_an_ended_list_is_deleted_after_it_is_said_what_only_it_tells(office: Office) -> None:
    change = await ended(office)
    service, (listed,) = await lists_of(office.tools, change.session_id)
    assert (service, [trouble.name for trouble in listed.unusable_names]) == (MAILBOX, ["nobody@contoso.com"])
    review = await office.review(change)
    assert any("1 name that the service could not use" in check.text for check in review.checks)
    assert review.danger
    await office.carry_out(review)
    assert office.changes() == ["DELETE 204"]
    assert (await lists_of(office.tools, change.session_id))[1] == ()
    with pytest.raises(NotFound):
        await office.review(change)


@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_answer_is_looked_for_among_the_lists(office: Office, fault: Any, done: bool) -> None:
    change = await ended(office)
    review = await office.review(change)
    office.faults.add(fault, method="DELETE", path="BulkAdditionRequests", status=502, code="")
    if done:
        await office.carry_out(review)
    else:
        with pytest.raises(BackupTuiError, match="The list of names was not deleted"):
            await office.carry_out(review)
    assert len(office.changes()) == 1
    (intent,) = await office.intents()
    assert intent.state is (IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE)
