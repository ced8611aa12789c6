"""Specifies the rule of two people: whoever starts a draft is not who drafted it or changed it last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.models.checks import CheckResult
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.whoami import WhoAmI
from backup_tui.restore.review.activation import Start, Started
from backup_tui.restore.review.review import Review
from backup_tui.restore.review.two_people import WAY_OUT, why_not
from backup_tui.simulator.http.callers import ADELE, RYAN, Caller

if TYPE_CHECKING:
    from office import Office

ADELE_PERSON = WhoAmI("contoso.com", object_id="adele-oid", app_id="console")
ROBOT = WhoAmI("contoso.com", object_id="robot-sp", app_id="robot", app_only=True)


async def drafted(office: Office, by: Caller, changed_by: Caller, *, two_people: bool = True) -> str:
    """A draft that the service says these people made and changed."""
    office.tools = replace(office.tools, two_people=two_people)
    session_id = (await office.draft(await office.units())).session_id
    session = office.service.sessions[session_id]
    session.created_by, session.modified_by = by, changed_by
    return session_id


def line(review: Review) -> tuple[CheckResult, str]:
    (check,) = [check for check in review.checks if check.text.startswith("two people: ")]
    return check.mark, check.text


async def test_a_draft_of_somebody_else_can_be_started(office: Office) -> None:
    session_id = await drafted(office, RYAN, RYAN)
    review = await office.review(Start(session_id))
    words = "two people: Ryan drafted it, you start it (not enforced by the service)"
    assert line(review) == (CheckResult.OK, words)
    assert isinstance(await office.carry_out(review), Started)


@pytest.mark.parametrize(
    ("by", "changed_by", "did"),
    [(ADELE, ADELE, "drafted"), (ADELE, RYAN, "drafted"), (RYAN, ADELE, "last changed")],
)
async def test_ones_own_draft_is_blocked_with_the_way_out(
    office: Office, by: Caller, changed_by: Caller, did: str
) -> None:
    session_id = await drafted(office, by, changed_by)
    review = await office.review(Start(session_id))
    text = f"two people: you {did} {session_id[:8]}; somebody else has to start it"
    assert line(review) == (CheckResult.BLOCKING, text)
    assert (review.blocked, review.hint) == (text, WAY_OUT)
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(review)
    assert "/activate" not in " ".join(call.path for call in office.calls)


async def test_without_the_setting_ones_own_draft_is_as_good_as_any(office: Office) -> None:
    session_id = await drafted(office, ADELE, ADELE, two_people=False)
    review = await office.review(Start(session_id))
    assert review.blocked is None
    assert not [check for check in review.checks if "two people" in check.text]


async def test_who_changes_the_draft_after_the_review_cannot_start_it(office: Office) -> None:
    session_id = await drafted(office, RYAN, RYAN)
    review = await office.review(Start(session_id))
    office.service.sessions[session_id].modified_by = ADELE
    with pytest.raises(BackupTuiError, match="Two people: you last changed") as refused:
        await office.carry_out(review)
    assert (refused.value.code, refused.value.hint) == ("TwoPeopleNeeded", WAY_OUT)
    assert office.service.sessions[session_id].activated is None


async def test_a_note_is_in_the_journal_before_the_start(office: Office) -> None:
    session_id = await drafted(office, RYAN, RYAN)
    review = await office.review(Start(session_id, note="agreed with Ryan, INC0012345"))
    assert isinstance(await office.carry_out(review), Started)
    assert (await office.intents())[-1].summary.endswith("; note: agreed with Ryan, INC0012345")


# -- who is who ----------------------------------------------------------------------------------------------


def session(created_by: dict[str, object] | None, changed_by: dict[str, object] | None) -> RestoreSession:
    raw = {"@odata.type": "#microsoft.graph.oneDriveForBusinessRestoreSession", "id": "61633878-1", "status": "draft"}
    return read_session({**raw, "createdBy": created_by, "lastModifiedBy": changed_by})


def person(oid: str | None, app: str = "console") -> dict[str, object]:
    return {"user": {"id": oid, "displayName": "somebody"}, "application": {"id": app}}


def application(app_id: str) -> dict[str, object]:
    return {"application": {"id": app_id}}


@pytest.mark.parametrize(
    ("made_by", "who", "reason"),
    [
        (person("ryan-oid"), ADELE_PERSON, ""),
        (person("ADELE-OID"), ADELE_PERSON, "you drafted"),
        (application("robot"), ADELE_PERSON, ""),
        (application("robot"), ROBOT, "you drafted"),
        (application("ROBOT-SP"), ROBOT, "you drafted"),
        (application("another"), ROBOT, ""),
        (person("ryan-oid", app="robot"), ROBOT, ""),
        (None, ADELE_PERSON, "who drafted it is unknown"),
        (person(None, app=""), ADELE_PERSON, "who drafted it is unknown"),
        ({}, ADELE_PERSON, "who drafted it is unknown"),
        (person("ryan-oid"), WhoAmI("graph.example"), "who you are is unknown"),
        (application("robot"), WhoAmI("graph.example"), "who you are is unknown"),
    ],
)
def test_people_and_applications_are_told_apart_by_their_ids(
    made_by: dict[str, object] | None, who: WhoAmI, reason: str
) -> None:
    why = why_not(session(made_by, made_by), who)
    assert why.startswith(reason)
    assert bool(why) == bool(reason)


def test_a_last_change_that_is_not_reported_is_unknown() -> None:
    assert why_not(session(person("ryan-oid"), None), ADELE_PERSON).startswith("who last changed it is unknown")
