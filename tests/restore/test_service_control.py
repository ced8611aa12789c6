"""Specifies turning the backup on, and which application controls it: reviewed, sent once, looked into when lost."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from office import ADELE, START

from backup_tui.errors import BackupTuiError, NotFound, OutcomeUnknown, ReadOnlyError, StateConflict, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.checks import CheckResult
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_state import state_of
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.service_apps import ActivateApp, ChangeApps, DeactivateApp, RegisterApp, RemoveApp
from backup_tui.protection.service_enable import EnableService
from backup_tui.simulator.http.callers import CONSOLE_APP_ID

if TYPE_CHECKING:
    from office import Office

    from backup_tui.simulator.settings import Settings

OWNER = "72f988bf-0000-0000-0000-2d7cd011db47"
ENABLE = EnableService(OWNER)
WEEK = timedelta(days=7)


def off(office: Office) -> None:
    office.service.state.tell({"status": "disabled"}, office.service.state.modified_by, office.service.now())


def partner(office: Office) -> str:
    """The registration of the partner's application, which is not in control."""
    return office.service.apps.listed()[0].id


async def in_control(office: Office) -> str:
    """The partner's application once it has taken control."""
    await office.carry_out(await office.review(ActivateApp(partner(office), office.clock.now() + WEEK)))
    office.advance(WEEK.total_seconds())
    office.calls.clear()
    return partner(office)


def said(review: Any) -> dict[str, CheckResult]:
    return {check.text: check.mark for check in review.checks}


async def test_a_backup_that_is_off_is_turned_on_and_the_store_knows(office: Office) -> None:
    off(office)
    await office.review(ENABLE)
    assert office.store.connection.service.off
    review = await office.review(ENABLE)
    assert review.sentence == (
        "ENABLE: Microsoft 365 Backup is turned on in contoso.com. The billing profile of tenant "
        f"{OWNER} pays for it. Nothing is backed up until a policy is active."
    )
    assert (review.phrase, review.blocked) == ("enable backup contoso", None)
    root = await office.carry_out(review)
    assert state_of(root).value == "enabled"
    assert not office.store.connection.service.off
    (intent,) = await office.intents()
    assert (intent.kind, intent.state) == (IntentKind.SERVICE_ENABLE, IntentState.DONE)
    assert office.changes() == ["POST 200"]


async def test_it_is_said_who_pays_and_what_is_not_supported(office: Office) -> None:
    off(office)
    other = "11111111-2222-3333-4444-555555555555"
    checks = said(await office.review(EnableService(other)))
    assert checks[f"another tenant pays: {other} is not contoso.com"] is CheckResult.WARNING
    assert any("admin center is not supported" in text for text in checks)


@pytest.mark.parametrize(("owner", "words"), [("", "A tenant id is missing"), ("contoso.com", "is not a tenant id")])
async def test_what_is_no_tenant_id_is_refused_before_anything_is_read(office: Office, owner: str, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        await office.review(EnableService(owner))
    assert office.calls == []


async def test_a_backup_that_is_on_is_not_turned_on_again(office: Office) -> None:
    review = await office.review(ENABLE)
    assert review.blocked == "the backup is on already"
    with pytest.raises(UsageError, match="Not possible now"):
        await office.carry_out(review)
    assert office.changes() == []


@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_answer_to_turning_it_on_is_looked_for_in_its_state(
    office: Office, fault: Any, done: bool
) -> None:
    off(office)
    review = await office.review(ENABLE)
    office.faults.add(fault, method="POST", path="enable$", status=502, code="")
    if done:
        assert state_of(await office.carry_out(review)).value == "enabled"
    else:
        with pytest.raises(BackupTuiError, match="The backup service was not enabled"):
            await office.carry_out(review)
    assert len(office.changes()) == 1
    (intent,) = await office.intents()
    assert intent.state is (IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE)


@pytest.mark.parametrize("billing", ["unreadable", "invalid"])
async def test_a_billing_profile_that_is_missing_refuses_it_and_it_can_be_tried_again(
    office: Office, billing: str
) -> None:
    off(office)
    office.service.state.tell({"billing": billing}, office.service.state.modified_by, office.service.now())
    review = await office.review(ENABLE)
    with pytest.raises(BackupTuiError, match="billing profile"):
        await office.carry_out(review)
    assert not any(call.denied for call in office.calls)
    office.service.state.tell({"billing": "valid"}, office.service.state.modified_by, office.service.now())
    assert state_of(await office.carry_out(await office.review(ENABLE))).value == "enabled"


async def test_the_application_of_the_sign_in_is_registered_once(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    mine = WhoAmI(
        tenant=ADELE.tenant, tenant_id=OWNER, user=ADELE.user, object_id=ADELE.object_id,
        app_id=CONSOLE_APP_ID, app_name="Backup desk",
    )  # fmt: skip
    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(mine)
        review = await office.review(RegisterApp())
        assert (review.title, review.phrase) == (
            "application Backup desk in contoso.com",
            "register backup desk contoso",
        )
        apps = await office.carry_out(review)
        assert [(app.status, app.application.id) for app in apps][1:] == [("inactive", CONSOLE_APP_ID)]
        assert office.store.details.service_apps == apps
        again = await office.review(RegisterApp())
        assert again.blocked == 'this application is registered already; its status is "not in control"'


@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_registration_is_looked_for_in_the_list(office: Office, fault: Any, done: bool) -> None:
    review = await office.review(RegisterApp())
    office.faults.add(fault, method="POST", path="serviceApps$", status=502, code="")
    if done:
        assert len(await office.carry_out(review)) == 2
    else:
        with pytest.raises(BackupTuiError, match="The application was not registered"):
            await office.carry_out(review)
    assert len(office.changes()) == 1


async def test_giving_control_says_the_day_who_may_only_read_and_that_there_is_no_way_back(office: Office) -> None:
    review = await office.review(ActivateApp(partner(office), START + timedelta(days=14)))
    assert review.sentence == (
        "ACTIVATE: Fabrikam Continuity takes control of the backup of contoso.com on 6 Dec 2026 12:03 UTC. Until then "
        "it may only read policies and units, and Microsoft's admin center stays in control. Afterwards the service "
        "may refuse changes by anything else."
    )
    assert (review.danger, review.phrase) == (True, "activate fabrikam continuity contoso")
    assert "not supported" in review.extra[0]
    assert said(review)["it takes control in 14 d 0 h, within the grace period"] is CheckResult.OK
    (app,) = await office.carry_out(review)
    assert (app.status, app.effective_date_time) == (
        "pendingActive",
        (START + timedelta(days=14)).replace(microsecond=0),
    )
    assert app.coming
    office.advance(timedelta(days=14).total_seconds())
    (app,) = await office.tools.reader.service_apps()
    assert app.in_control


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=2), "it takes control in 2 d 0 h; Microsoft's product page names"),
        (timedelta(days=40), "it takes control in 40 d 0 h; Microsoft's product page names"),
        (timedelta(days=-1), "it takes control at once: the time has passed"),
    ],
)
async def test_a_day_outside_the_grace_period_is_warned_of(office: Office, ahead: timedelta, words: str) -> None:
    checks = said(await office.review(ActivateApp(partner(office), START + ahead)))
    assert [mark for text, mark in checks.items() if text.startswith(words)] == [CheckResult.WARNING]


async def test_control_is_handed_over_until_a_day_that_the_service_sets(office: Office) -> None:
    app_id = await in_control(office)
    review = await office.review(DeactivateApp(app_id))
    assert review.danger
    assert said(review)["who is in control afterwards is not documented"] is CheckResult.UNKNOWN
    (app,) = await office.carry_out(review)
    assert (app.status, app.in_control) == ("pendingInactive", True)
    assert app.effective_date_time is not None
    blocked = await office.review(DeactivateApp(app_id))
    assert blocked.blocked == 'its status is "in control, leaving"; this needs the one in control'


async def test_removing_what_is_in_control_is_danger_and_turns_the_backup_off(office: Office) -> None:
    idle = await office.review(RemoveApp(partner(office)))
    assert (idle.danger, idle.phrase) == (False, "remove fabrikam continuity contoso")
    app_id = await in_control(office)
    review = await office.review(RemoveApp(app_id))
    assert review.danger
    assert "turns the backup of contoso.com off" in review.sentence
    assert await office.carry_out(review) == ()
    assert state_of(await office.tools.reader.service_root()).off
    with pytest.raises(NotFound, match="no registered application"):
        await office.review(RemoveApp(app_id))


CHANGES = [
    (lambda app: ActivateApp(app, START + WEEK), "activate$", False, "pendingActive"),
    (DeactivateApp, "deactivate$", True, "pendingInactive"),
    (RemoveApp, "serviceApps/[^/]+$", False, None),
]


@pytest.mark.parametrize(("make", "path", "active", "status"), CHANGES)
@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_answer_about_an_application_is_looked_for_in_the_list(
    office: Office, make: Any, path: str, active: bool, status: str | None, fault: Any, done: bool
) -> None:
    app_id = await in_control(office) if active else partner(office)
    review = await office.review(make(app_id))
    office.faults.add(fault, method="DELETE" if status is None else "POST", path=path, status=502, code="")
    if done:
        assert [app.status for app in await office.carry_out(review)] == ([] if status is None else [status])
    else:
        with pytest.raises(BackupTuiError, match="The application was not"):
            await office.carry_out(review)
    assert len(office.changes()) == 1
    assert (await office.intents())[-1].state.is_settled


async def test_what_stays_unknown_keeps_a_second_one_from_leaving(office: Office) -> None:
    change: ChangeApps = RemoveApp(partner(office))
    review = await office.review(change)
    office.faults.add("drop", method="DELETE", path="serviceApps/")
    real = office.tools.reader.service_apps

    async def cut_off() -> tuple[ServiceApp, ...]:
        if office.changes():
            raise BackupTuiError("The line is gone.")
        return await real()

    office.tools.reader.service_apps = cut_off  # type: ignore[method-assign]
    for _ in range(2):
        with pytest.raises(OutcomeUnknown, match="It may have happened"):
            await office.carry_out(review)
    assert len(office.changes()) == 1


async def test_a_change_by_somebody_else_after_the_review_stops_it(office: Office) -> None:
    review = await office.review(RemoveApp(partner(office)))
    await office.tools.may_control().control.activate(partner(office), START + WEEK)
    office.calls.clear()
    with pytest.raises(StateConflict, match="Someone changed the applications"):
        await office.carry_out(review)
    assert office.changes() == []


async def test_only_people_give_control_and_a_reader_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    from office import Office

    app = WhoAmI(
        tenant="contoso.com", tenant_id="t", app_id="a", app_only=True,
        scopes=frozenset({"BackupRestore-Control.ReadWrite.All"}),
    )  # fmt: skip
    office = Office(settings, tmp_path)
    async with office.stack:
        await office.open(app)
        for change in (ActivateApp(partner(office), START + WEEK), DeactivateApp(partner(office))):
            blocked = (await office.review(change)).blocked
            assert blocked is not None
            assert "only to people" in blocked
        assert (await office.review(RemoveApp(partner(office)))).blocked is None
    reader = Office(settings, tmp_path / "reader")
    async with reader.stack:
        await reader.open(read_only=True)
        review = await reader.review(RemoveApp(partner(reader)))
        with pytest.raises(ReadOnlyError):
            await reader.carry_out(review)
