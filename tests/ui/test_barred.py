"""Specifies what a missing permission switches off: exactly that, with the reason, before anything is filled in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from all_screens import all_screens
from sign_ins import text
from support import Simulated, jwt, message, opened, shown_as, simulated, until

from backup_tui.models.features import BY_ID
from backup_tui.models.services import Service
from backup_tui.protection.notifications import NotifyChange
from backup_tui.protection.offboarding import UnitAction
from backup_tui.protection.policies import PolicyAction
from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.policies.reviews import policy_review
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.review.commands import acting
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenReview
from backup_tui.ui.service.notify_form import notify_review
from backup_tui.ui.service.reviews import deactivate_review, enable_review, register_review
from backup_tui.ui.sessions.delete_review import delete_review
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.sessions.start_review import start_review
from backup_tui.ui.units.review import unit_review
from backup_tui.ui.units.screen import UnitsScreen
from backup_tui.ui.widgets.phrase_field import PhraseField

TOPS: list[Any] = [
    ("Overview", OverviewScreen),
    ("Policies", PoliciesScreen),
    ("Sessions", SessionsScreen),
    ("Units", UnitsScreen),
]
ALL = {
    f"BackupRestore-{name}.All"
    for name in ("Control.ReadWrite", "Configuration.ReadWrite", "Search.Read", "Restore.ReadWrite")
}


def signed_in_with(folder: Path, *scopes: str, **more: Any) -> Simulated:
    token = jwt(
        tid="f00d0000-0000-4000-8000-00000000cafe",
        oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
        upn="adele.vance@contoso.com",
        scp=" ".join(scopes),
    )
    return simulated(TOPS, folder, token=token, units=60, **more)


async def test_a_reader_makes_no_restore_but_sees_all(tmp_path: Path) -> None:
    reads = ("BackupRestore-Restore.Read.All", "BackupRestore-Configuration.Read.All", "BackupRestore-Search.Read.All")
    one = signed_in_with(tmp_path, *reads)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        await pilot.press("3")
        await until(pilot, lambda: shown_as(one.app, BaseScreen).row is not None, "sessions are read")
        for key in ("n", "R", "f", "A", "c", "D"):
            one.app.say("")
            await pilot.press(key)
            said = message(one.app.screen)
            assert "may not draft, change, start and delete" in said, key
            assert "BackupRestore-Restore.ReadWrite.All" in said, key
        await pilot.press("2")
        await until(pilot, lambda: shown_as(one.app, BaseScreen).row is not None, "policies are read")
        await pilot.press("A")
        assert "BackupRestore-Configuration.ReadWrite.All" in message(one.app.screen)


async def test_another_permission_missing_switches_only_its_own_keys_off(tmp_path: Path) -> None:
    one = signed_in_with(tmp_path, *(ALL - {"BackupRestore-Search.Read.All"}))
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        await pilot.press("4")
        await until(pilot, lambda: shown_as(one.app, BaseScreen).row is not None, "units are read")
        await pilot.press("enter")
        assert "BackupRestore-Search.Read.All" in message(one.app.screen)
        assert isinstance(one.app.screen, UnitsScreen)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        await until(
            pilot, lambda: "Points cannot be looked up. This sign-in may not look for restore points" in text(one.app)
        )


@pytest.mark.parametrize(
    ("key", "missing"),
    [
        ("2", "BackupRestore-Configuration.ReadWrite.All"),
        ("3", "BackupRestore-Restore.ReadWrite.All"),
        ("4", "BackupRestore-Configuration.ReadWrite.All"),
    ],
)
async def test_a_list_that_may_not_be_read_says_which_permission_is_missing(
    tmp_path: Path, key: str, missing: str
) -> None:
    one = signed_in_with(tmp_path, *(ALL - {missing}))
    one.service.faults.add("refuse", status=403, code="accessDenied", times=1000)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        await pilot.press(key)
        named = missing.replace("ReadWrite", "Read")
        await until(pilot, lambda: named in text(one.app), "the permission is named")


async def test_a_review_asks_for_no_phrase_that_would_be_of_no_use(tmp_path: Path) -> None:
    one = signed_in_with(tmp_path, "BackupRestore-Restore.Read.All", "BackupRestore-Configuration.Read.All")
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        sessions = one.workspace.store.sessions
        await until(pilot, lambda: any(row.state.word == "draft" for row in sessions.values()), "there is a draft")
        draft = next(row.id for row in sessions.values() if row.state.word == "draft")
        one.app.open(OpenReview(draft))
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen) and one.app.screen.reviewed is not None)
        await until(pilot, lambda: "BackupRestore-Restore.ReadWrite.All" in text(one.app), "why")
        field = one.app.screen.query_one(PhraseField)
        await pilot.press("r", "e", "s")
        assert field.typed == ""


def _commands() -> list[Command[Any, Any]]:
    offered = [command for screen in all_screens() for command in screen.OWN_COMMANDS]
    reviews = [
        start_review("d1"),
        delete_review("d1"),
        policy_review("p1", PolicyAction.ACTIVATE),
        unit_review(Service.EXCHANGE, "u1", UnitAction.OFFBOARD),
        notify_review(NotifyChange(enabled=True)),
        enable_review(""),
        register_review(),
        deactivate_review("a1"),
    ]
    return [*offered, *(acting(review.kind, ReviewScreen.begin_by_click) for review in reviews)]


def test_whatever_changes_something_at_the_service_names_its_feature() -> None:
    commands = _commands()
    assert {command.feature for command in commands} - {""} <= set(BY_ID)
    assert [command.id for command in commands if command.changes and not command.feature] == []
    assert sum(command.changes for command in commands) > 20


def test_the_reason_is_that_of_the_sign_in_before_the_row_is_looked_at() -> None:
    draft: Command[Any, Context] = Command(
        "draft", run=lambda _screen, _row: None, changes=True, feature="restore", needs_row=True
    )
    assert draft.reason(Context(barred={"restore": "Not yours."}.get)) == "Not yours."
    assert draft.reason(Context(barred={"points": "Not yours."}.get)) == "No row here."
