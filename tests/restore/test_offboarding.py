"""Specifies giving up and keeping the backup of a unit: reviewed, persons only, sent once, looked into when lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backup_tui.changes.findings import Look, Verdict
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import (
    BackupTuiError,
    NotFound,
    OutcomeUnknown,
    ReadOnlyError,
    StateConflict,
    Unreachable,
    UsageError,
)
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.offboarding import ChangeOffboarding, UnitAction, find_unit
from backup_tui.simulator.control.faults import Act
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office

MAILBOX = Service.EXCHANGE
APP = WhoAmI(
    tenant="contoso.com", tenant_id="72f988bf-0000-0000-0000-2d7cd011db47", app_id="a", app_only=True,
    scopes=frozenset({"BackupRestore-Configuration.ReadWrite.All"}),
)  # fmt: skip


async def listed(office: Office) -> list[ProtectionUnit]:
    return [unit async for page in office.tools.reader.units(MAILBOX) for unit in page.items]


async def free_unit(office: Office) -> ProtectionUnit:
    """A mailbox that left every policy."""
    return next(unit for unit in await listed(office) if unit.status == "unprotected" and not unit.policy_id)


async def reviewed(office: Office, action: UnitAction = UnitAction.OFFBOARD) -> ChangeReview[ProtectionUnit]:
    return await office.review(ChangeOffboarding((await free_unit(office)).id, MAILBOX, action))


def has(review: ChangeReview[ProtectionUnit], mark: CheckResult, words: str) -> bool:
    return any(check.mark is mark and words in check.text for check in review.checks)


async def test_it_says_plainly_that_the_backup_is_deleted_and_is_done_on_the_phrase(office: Office) -> None:
    review = await reviewed(office)
    assert review.word == "OFFBOARD"
    assert review.headline.startswith("mailbox ")
    assert review.title.endswith(" in contoso.com")
    assert review.sentence.startswith("OFFBOARD: after a grace period (90 days, per Mic")
    assert "The mailbox itself is not touched." in review.sentence
    local = review.thing.id[:8]  # a mailbox of somebody who has left: the service names it no more
    assert review.headline.endswith(f", unit {local}")
    assert (review.phrase, review.blocked) == (f"offboard {local} contoso", None)
    assert has(review, CheckResult.OK, "not protected and in no policy")
    unit = await office.carry_out(review, f" Offboard  {local.upper()} contoso ")
    assert unit.status == "offboardRequested"
    assert office.changes() == ["POST 200"]
    (intent,) = await office.intents()
    assert (intent.kind, intent.state, intent.target) == (IntentKind.UNIT_OFFBOARD, IntentState.DONE, unit.id)
    assert intent.summary.startswith("OFFBOARD mailbox ")


async def test_it_can_be_taken_back_until_the_grace_period_ends(office: Office) -> None:
    review = await reviewed(office)
    await office.carry_out(review)
    office.advance(60)
    back = await office.review(ChangeOffboarding(review.thing.id, MAILBOX, UnitAction.KEEP))
    assert (back.phrase, back.blocked) == (review.phrase.replace("offboard", "keep"), None)
    assert has(back, CheckResult.OK, "89 of 90 days remain")
    unit = await office.carry_out(back)
    assert unit.status in ("cancelOffboardRequested", "unprotected")
    assert [intent.kind for intent in await office.intents()] == [
        IntentKind.UNIT_OFFBOARD,
        IntentKind.UNIT_CANCEL_OFFBOARD,
    ]


async def test_a_unit_in_a_policy_cannot_be_offboarded_and_one_that_is_not_offboarding_not_kept(office: Office) -> None:
    protected = next(unit for unit in await listed(office) if unit.policy_id)
    review = await office.review(ChangeOffboarding(protected.id, MAILBOX, UnitAction.OFFBOARD))
    assert review.blocked is not None
    assert "only an unprotected unit that is in no policy" in review.blocked
    assert review.hint == "Remove it from its policy first (policies remove)."
    back = await office.review(ChangeOffboarding(protected.id, MAILBOX, UnitAction.KEEP))
    assert back.blocked is not None
    assert "only a requested offboarding that has not ended" in back.blocked
    for each in (review, back):
        with pytest.raises(UsageError, match="Not possible now"):
            await office.carry_out(each)
    assert office.changes() == []


@pytest.mark.parametrize("typed", ["", "offboard", "offboard 1 contoso", "keep 1 contoso", "offboard contoso"])
async def test_only_the_exact_phrase_counts(office: Office, typed: str) -> None:
    review = await reviewed(office)
    with pytest.raises(UsageError, match="You typed"):
        await office.carry_out(review, typed)
    assert office.changes() == []


@pytest.mark.parametrize(
    "settings",
    [
        Settings(units=300, history=False, service_status=status)
        for status in ("protectionChangeLocked", "restoreLocked", "disabled")
    ],
)
async def test_a_locked_service_keeps_it_from_being_done(office: Office) -> None:
    review = await reviewed(office)
    assert review.blocked is not None
    with pytest.raises(BackupTuiError):
        await office.carry_out(review)
    assert office.changes() == []


async def test_an_application_and_a_read_only_workspace_cannot(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(APP)
        review = await reviewed(office)
        assert review.blocked is not None
        assert "only to people" in review.blocked
    other = Office(settings, tmp_path / "other")
    async with other.stack:
        await other.open(read_only=True)
        review = await reviewed(other)
        with pytest.raises(ReadOnlyError):
            await other.carry_out(review)
        assert other.changes() == []


async def test_a_unit_that_was_changed_or_went_meanwhile_is_left_alone(office: Office) -> None:
    review = await reviewed(office)
    await office.tools.may_write().offboard_unit(review.thing.id, MAILBOX)
    office.calls.clear()
    with pytest.raises(StateConflict, match="changed after the review; it is offboarding now"):
        await office.carry_out(review)
    office.answer_instead(f"/protectionUnits/{review.thing.id}", 404, {"error": {"code": "ProtectionUnitNotFound"}})
    with pytest.raises(StateConflict, match="no longer has this unit"):
        await office.carry_out(review)
    assert office.changes() == []


@pytest.mark.parametrize("fault", ["refuse", "drop"])
async def test_a_lost_answer_is_looked_into_and_never_sent_again(office: Office, fault: Act) -> None:
    review = await reviewed(office)
    office.faults.add(fault, method="POST", path="/offboard$", status=502, code="")
    looks: list[Look] = []
    if fault == "drop":
        unit = await office.carry_out(review, review.phrase, looks.append)
        assert unit.status == "offboardRequested"
        assert [look.words for look in looks] == ["It was done: the unit is offboarding."]
    else:
        with pytest.raises(BackupTuiError, match=r"was not offboarded\. It was not done: the unit is not protected\."):
            await office.carry_out(review, review.phrase, looks.append)
        assert len(looks) == 4
    assert len([call for call in office.calls if call.mutating]) == 1
    (intent,) = await office.intents()
    assert intent.state is (IntentState.RESOLVED_DONE if fault == "drop" else IntentState.RESOLVED_NOT_DONE)


async def test_what_stays_unknown_keeps_a_second_one_from_leaving(office: Office) -> None:
    review = await reviewed(office)
    office.faults.add("drop", method="POST", path="/offboard$")
    real = office.tools.reader.unit

    async def cut_off(unit_id: str, service: Service) -> ProtectionUnit:
        if any(call.mutating for call in office.calls):
            raise Unreachable("The line is gone.")
        return await real(unit_id, service)

    office.tools.reader.unit = cut_off  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="It may have happened"):
            await office.carry_out(review)
    assert len([call for call in office.calls if call.mutating]) == 1
    (intent,) = await office.intents()
    assert intent.state is IntentState.UNKNOWN
    office.tools.reader.unit = real  # type: ignore[method-assign]
    assert [finding.verdict for finding in await office.lost_answers.resolve_open()] == [Verdict.DONE]


async def test_a_unit_is_found_by_its_id_alone(office: Office) -> None:
    unit = await free_unit(office)
    assert (await find_unit(office.tools, unit.id)).service is MAILBOX
    with pytest.raises(NotFound):
        await find_unit(office.tools, "00000000-0000-4000-8000-000000000000")


async def test_a_unit_whose_kind_is_not_reported_is_asked_for_as_each_kind(office: Office) -> None:
    unit = await free_unit(office)
    office.answer_instead(f"/protectionUnits/{unit.id}", 200, {"id": unit.id, "status": "unprotected"})
    office.calls.clear()
    found = await find_unit(office.tools, unit.id)
    assert (found.service, found.address) == (MAILBOX, unit.address)
    assert [call.path.rpartition("/")[2] for call in office.calls] == [unit.id, "microsoft.graph.mailboxProtectionUnit"]
    site = next(iter(office.service.tenant.units["sharepoint"])).id
    office.answer_instead(f"/protectionUnits/{site}", 200, {"id": site})
    assert (await find_unit(office.tools, site)).service is Service.SHAREPOINT


async def test_giving_up_a_backup_and_keeping_it_are_said_in_two_sentences_each(office: Office) -> None:
    review = await reviewed(office)
    assert review.sentence == (
        "OFFBOARD: after a grace period (90 days, per Microsoft) the backup of this mailbox is deleted for good. "
        "The mailbox itself is not touched."
    )
    back = await office.review(ChangeOffboarding(review.thing.id, MAILBOX, UnitAction.KEEP))
    assert back.sentence == (
        "KEEP: the backup stays; points remain until each is a year old. It is in no policy, so no new points are made."
    )
