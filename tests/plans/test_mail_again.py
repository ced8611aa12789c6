"""Specifies retries of a plan of mails: failed mailboxes are searched again at an older point, each in one draft."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from test_mail_plans import QUERY, drafted, mail_check

from backup_tui.models.granular import GranularMailboxRestoreArtifact
from backup_tui.models.services import Service
from backup_tui.plans.again_drafts import draft_again
from backup_tui.plans.again_look import look_again
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.reads import read_artifacts
from backup_tui.restore.review.activation import Start, Started

if TYPE_CHECKING:
    from office import Office


@pytest.mark.parametrize("code", ["UnknownError", "InvalidRestoreTime"])
async def test_failed_mailboxes_of_a_plan_of_mails_are_searched_and_drafted_again_once(
    office: Office, code: str
) -> None:
    record = await drafted(office, await mail_check(office))
    (session_id,) = record.sessions.values()
    assert isinstance(await office.carry_out(await office.review(Start(session_id))), Started)
    first, *_others = office.service.sessions[session_id].artifacts
    assert first.run is not None
    first.run = replace(first.run, error=code)
    office.advance(timedelta(hours=12).total_seconds())

    look = await look_again(office.tools, record)
    assert [(group.code, len(group.ready)) for group in look.groups] == [(code, 1)]
    record = await draft_again(office.tools, look)
    (part,) = [part for part in record.parts if part.again_of]
    again = record.sessions[part.number]
    (artifact,) = await read_artifacts(office.tools, Service.EXCHANGE, again)
    assert isinstance(artifact, GranularMailboxRestoreArtifact)
    kept = await kept_record(office.tools.journal, again)
    assert kept is not None
    assert (kept.query, kept.hits) == (QUERY, {first.unit.id: artifact.artifact_count})
    assert [one.part is not None for one in office.service.sessions[again].artifacts] == [True], "mails, no mailbox"
    assert (await look_again(office.tools, record)).ready == ()
    if code == "InvalidRestoreTime":
        assert artifact.restore_point is not None
        assert artifact.restore_point.protection_date_time is not None
        assert artifact.restore_point.protection_date_time.timestamp() < first.moment
