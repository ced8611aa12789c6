"""Specifies changing who gets mails about the backup: reviewed, persons only, sent once, compared when lost."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from backup_tui.errors import BackupTuiError, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients, setting_body
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.lost_answers import holds
from backup_tui.protection.notifications import NotifyChange
from backup_tui.simulator.control.faults import Act

if TYPE_CHECKING:
    from office import Office

    from backup_tui.simulator.settings import Settings

OFF = NotifyChange(enabled=False)


async def test_the_review_says_how_it_is_and_how_it_would_be(office: Office) -> None:
    change = NotifyChange(all_events=True, recipients=Recipients.CUSTOM, addresses=("ops@contoso.com",))
    review = await office.review(change)
    assert review.sentence == (
        "NOTIFY: from now on, mail goes to 1 address (ops@contoso.com), about important news and every change of "
        "policies and restores."
    )
    assert review.extra == ("Now mail goes to backup administrators, about important news only.",)
    assert (review.phrase, review.blocked) == ("notify contoso", None)
    setting = await office.carry_out(review, "Notify  contoso")
    assert (setting.addresses, setting.tells_all, setting.is_enabled) == (("ops@contoso.com",), True, True)
    assert office.store.details.notifications == setting
    (intent,) = await office.intents()
    assert (intent.kind, intent.state) == (IntentKind.NOTIFICATIONS_EDIT, IntentState.DONE)
    assert office.changes() == ["PATCH 200"]


async def test_switching_them_off_is_warned_of_and_what_is_so_already_is_not_sent(office: Office) -> None:
    review = await office.review(OFF)
    assert any(check.mark is CheckResult.WARNING and "nobody is notified when" in check.text for check in review.checks)
    same = await office.review(NotifyChange(enabled=True, recipients=Recipients.BACKUP_ADMINS))
    assert same.blocked == "it is set this way already"
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(same)
    with pytest.raises(UsageError, match="You typed"):
        await office.carry_out(review, "notify")
    assert office.changes() == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (NotifyChange(), "No change was requested"),
        (NotifyChange(recipients=Recipients.CUSTOM), "list of addresses is empty"),
        (NotifyChange(recipients=Recipients.ALL_ADMINS, addresses=("a@x.com",)), "list of your own"),
        (NotifyChange(recipients=Recipients.CUSTOM, addresses=("a@x.com", "nobody")), "'nobody' is not an e-mail"),
        (NotifyChange(recipients=Recipients.CUSTOM, addresses=("a@x.com, b@x.com",)), "is not an e-mail"),
    ],
)
async def test_a_change_that_cannot_be_one_is_refused_before_anything_is_read(
    office: Office, change: NotifyChange, words: str
) -> None:
    with pytest.raises(UsageError, match=words):
        await office.review(change)
    assert office.calls == []


async def test_an_application_cannot(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    app = WhoAmI(
        tenant="contoso.com", tenant_id="t", app_id="a", app_only=True,
        scopes=frozenset({"BackupRestore-Control.ReadWrite.All"}),
    )  # fmt: skip
    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(app)
        review = await office.review(OFF)
        assert review.blocked is not None
        assert "only to people" in review.blocked


async def test_a_change_by_somebody_else_after_the_review_stops_it(office: Office) -> None:
    review = await office.review(OFF)
    await office.tools.may_write().update_notifications(setting_body(role="allAdmins"))
    office.calls.clear()
    with pytest.raises(StateConflict, match="Someone changed it after it was reviewed"):
        await office.carry_out(review)
    assert office.changes() == []


@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_answer_is_compared_with_the_setting(office: Office, fault: Act, done: bool) -> None:
    review = await office.review(OFF)
    office.faults.add(fault, method="PATCH", path="emailNotificationsSetting$", status=502, code="")
    if done:
        assert (await office.carry_out(review)).is_enabled is False
    else:
        with pytest.raises(BackupTuiError, match="The setting was not changed"):
            await office.carry_out(review)
    assert len([call for call in office.calls if call.mutating]) == 1
    (intent,) = await office.intents()
    assert intent.state is (IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE)


async def test_what_stays_unknown_is_said_and_keeps_another_from_leaving(office: Office) -> None:
    review = await office.review(OFF)
    office.faults.add("drop", method="PATCH", path="emailNotificationsSetting$")
    real = office.tools.reader.notifications

    async def cut_off() -> EmailNotificationsSetting:
        if any(call.mutating for call in office.calls):
            raise BackupTuiError("The line is gone.")
        return await real()

    office.tools.reader.notifications = cut_off  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="It may have happened"):
            await office.carry_out(review)
    assert len([call for call in office.calls if call.mutating]) == 1


@pytest.mark.parametrize(
    ("sent", "same"),
    [
        ({"isEnabled": True}, True),
        ({"isEnabled": False}, False),
        ({"additionalEvents": "none"}, True),
        ({"recipients": {"role": "CUSTOM", "customRecipients": [{"email": "OPS@contoso.com"}]}}, True),
        ({"recipients": {"role": "custom", "customRecipients": [{"email": "x@contoso.com"}]}}, False),
        ({"recipients": {"role": "allAdmins"}}, False),
    ],
)
def test_a_setting_holds_what_was_sent(sent: dict[str, object], same: bool) -> None:
    setting = EmailNotificationsSetting.read(
        {
            "isEnabled": True,
            "additionalEvents": "none",
            "recipients": {"role": "custom", "customRecipients": [{"email": "ops@contoso.com"}]},
        }
    )
    assert holds(setting, sent) is same
