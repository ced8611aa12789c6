"""Specifies that whatever leaves a screen leaves it once, however quickly keys and clicks follow one another.

Two keys in one packet of a slow line, a double click, a key that is held: the second finds another screen, and what
it was meant for is gone.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from weakref import WeakKeyDictionary

import pytest
from demo_screens import FakeWorkspace, ListScreen, demo_app
from list_screens import LARGE, draft_of, shown, tenant
from support import Simulated, shown_as, until
from textual import events
from textual.pilot import Pilot

from backup_tui.changes.change import carry_out
from backup_tui.models.services import Service
from backup_tui.protection.offboarding import UnitAction
from backup_tui.protection.policies import PolicyAction
from backup_tui.restore.review.activation import Start, Started, Unknown
from backup_tui.restore.review.review import Review
from backup_tui.ui.app import BackupTui
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.presentation import Unanswered
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import (
    OpenDeletion,
    OpenEnableForm,
    OpenFailedAgain,
    OpenHandover,
    OpenNewRestore,
    OpenPolicy,
    OpenPolicyReview,
    OpenReadNames,
    OpenReport,
    OpenReview,
    OpenService,
    OpenServiceApps,
    OpenSession,
    OpenStatistics,
    OpenUnitPoints,
    OpenUnitReview,
    OpenUnknown,
)
from backup_tui.ui.sessions.base_members import BaseMembers
from backup_tui.ui.sessions.start_outcomes import ended
from backup_tui.ui.sessions.start_review import start_review
from backup_tui.ui.sign_in.tenants import TenantsScreen
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace import Workspace


async def quickly(pilot: Pilot[Any], *keys: str) -> None:
    """Keys that come together."""
    for key in keys:
        pilot.app.post_message(events.Key(key, {"enter": "\r", "escape": "\x1b"}.get(key, key)))
    await pilot.pause()


async def clicked_quickly(pilot: Pilot[Any], x: int, y: int, times: int) -> None:
    """Clicks that come together."""
    for _ in range(times):
        for kind in (events.MouseDown, events.MouseUp):
            pilot.app.post_message(kind(None, x, y, 0, 0, 1, False, False, False, screen_x=x, screen_y=y))
    await pilot.pause()


Open = Callable[[Pilot[Any], Simulated], Awaitable[None]]


def pushed(make: Callable[[Simulated], BaseScreen]) -> Open:
    async def open_it(_pilot: Pilot[Any], one: Simulated) -> None:
        one.app.push_screen(make(one))

    return open_it


def gone_to(go: Callable[[BackupTui, Simulated], None]) -> Open:
    async def open_it(_pilot: Pilot[Any], one: Simulated) -> None:
        go(one.app, one)

    return open_it


async def text_of_it() -> str:
    return "a\nb\n"


async def lost(one: Simulated) -> Unknown:
    """A start whose answer is lost, once for each program."""
    if one.workspace not in LOST:
        review = await Start(draft_of(one)).prepare(one.workspace.context)
        one.service.faults.add("drop", method="POST", path="/activate$")
        outcome = await carry_out(one.workspace.context, review.change, review, review.phrase)
        assert isinstance(outcome, Unknown)
        LOST[one.workspace] = outcome
    return LOST[one.workspace]


LOST: WeakKeyDictionary[Workspace, Unknown] = WeakKeyDictionary()


async def open_settling(_pilot: Pilot[Any], one: Simulated) -> None:
    one.app.open(OpenUnknown((await lost(one)).intent.id))


async def open_no_answer(pilot: Pilot[Any], one: Simulated) -> None:
    review = await open_start(pilot, one)
    review.wait_for(Unanswered("START d91e03b7", "session", one.workspace.clock.now()))


async def open_started(pilot: Pilot[Any], one: Simulated) -> None:
    review = await open_start(pilot, one)
    assert review.reviewed is not None
    review.end(await ended(review, cast(Review, review.reviewed), Started(review.reviewed.thing)))


async def open_start(pilot: Pilot[Any], one: Simulated) -> ReviewScreen:
    review = start_review(failed_of(one))
    one.app.push_screen(review)
    await until(pilot, lambda: review.reviewed is not None, "the review is read")
    return review


async def open_picker(pilot: Pilot[Any], one: Simulated) -> None:
    one.app.open(OpenNewRestore())
    await pilot.pause()
    await pilot.press("enter", "ctrl+o")


async def open_names(pilot: Pilot[Any], one: Simulated) -> None:
    one.app.open(OpenNewRestore())
    await pilot.pause()
    shown_as(one.app, NewRestore).accept_paste("adel.vance@contoso.com\nj.smith@contoso.com")
    await until(pilot, lambda: len(shown_as(one.app, NewRestore).drafting.form.problems) >= 2)
    await pilot.press("N")


def failed_of(one: Simulated) -> str:
    return next(row.id for row in one.workspace.store.sessions.values() if row.failed)


def policy_of(one: Simulated) -> str:
    return next(iter(one.workspace.store.policies))


SCREENS: dict[str, Open] = {
    "palette": lambda pilot, _one: pilot.press("colon"),
    "help": lambda pilot, _one: pilot.press("question_mark"),
    "tenant": lambda pilot, _one: pilot.press("T"),
    "text": pushed(lambda _one: PagerScreen("A text", ["line"] * 100)),
    "save a file": pushed(lambda _one: SaveFile("Report", "report.csv", text_of_it)),
    "profiles": pushed(lambda _one: TenantsScreen()),
    "base members": pushed(lambda one: BaseMembers(failed_of(one))),
    "session": gone_to(lambda app, one: app.open(OpenSession(failed_of(one)))),
    "review": gone_to(lambda app, one: app.open(OpenReview(draft_of(one)))),
    "failed again": gone_to(lambda app, one: app.open(OpenFailedAgain(failed_of(one)))),
    "new restore": gone_to(lambda app, _one: app.open(OpenNewRestore())),
    "policy": gone_to(lambda app, one: app.open(OpenPolicy(policy_of(one)))),
    "switch a policy off": gone_to(
        lambda app, one: app.open(OpenPolicyReview(policy_of(one), PolicyAction.DEACTIVATE))
    ),
    "unit review": gone_to(lambda app, _one: app.open(OpenUnitReview(Service.EXCHANGE, "none", UnitAction.OFFBOARD))),
    "points": gone_to(lambda app, _one: app.open(OpenUnitPoints(Service.EXCHANGE, "none"))),
    "service": gone_to(lambda app, _one: app.open(OpenService())),
    "applications": gone_to(lambda app, _one: app.open(OpenServiceApps())),
    "turn the backup on": gone_to(lambda app, _one: app.open(OpenEnableForm())),
    "statistics": gone_to(lambda app, _one: app.open(OpenStatistics())),
    "settle": open_settling,
    "no answer": open_no_answer,
    "started": open_started,
    "picker": open_picker,
    "names": open_names,
    "report": gone_to(lambda app, one: app.open(OpenReport((failed_of(one),)))),
    "hand-over": gone_to(lambda app, _one: app.open(OpenHandover())),
    "read names": gone_to(lambda app, _one: app.open(OpenReadNames())),
    "delete a draft": gone_to(lambda app, one: app.open(OpenDeletion(failed_of(one)))),
}


ACTS: dict[str, Callable[[Pilot[Any]], Awaitable[None]]] = {
    "escape": lambda pilot: quickly(pilot, "escape", "escape", "escape"),
    "enter": lambda pilot: quickly(pilot, "enter", "enter", "enter"),
    "clicks on a row": lambda pilot: clicked_quickly(pilot, 6, 6, 3),
    "clicks on the footer": lambda pilot: clicked_quickly(pilot, 3, 39, 3),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
async def test_what_comes_at_once_leaves_one_screen_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, act: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    one = tenant(tmp_path, units=30)
    app = one.app
    async with shown(one, LARGE, number=3) as pilot:
        app.open(OpenSession(failed_of(one)))  # below it, so that a second closing is seen
        await pilot.pause()
        below = app.screen
        for name, open_it in SCREENS.items():
            await open_it(pilot, one)
            await pilot.pause()
            assert app.screen is not below, f"{name} was not opened"
            await act(pilot)
            assert app.is_running, name
            assert below in app.screen_stack, f"more than {name} was left"
            while app.screen is not below:
                app.pop_screen()
                await pilot.pause()
    assert app.return_code in (0, None)


async def test_the_palette_runs_what_was_chosen_once() -> None:
    app = demo_app(FakeWorkspace())
    async with app.run_test(size=(80, 24)) as pilot:
        bottom = shown_as(app, ListScreen)
        await pilot.press("colon", *"open")
        await quickly(pilot, "enter", "enter")
        assert app.screen is bottom
        assert bottom.done == [("open", "id-0000")]
        await pilot.press("colon", *"open")
        table = app.screen.query_one(RowTable)
        y = table.content_region.y
        await clicked_quickly(pilot, 5, y, 4)
        assert app.screen is bottom
        assert bottom.done == [("open", "id-0000")] * 2


async def test_a_double_enter_on_a_row_opens_it_once(tmp_path: Path) -> None:
    one = tenant(tmp_path, units=30)
    async with shown(one, LARGE, number=3) as pilot:
        await quickly(pilot, "enter", "enter")
        assert len(one.app.screen_stack) == 2


async def test_a_key_for_a_screen_that_was_left_does_nothing() -> None:
    app = demo_app(FakeWorkspace())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("question_mark")
        left = shown_as(app, BaseScreen)
        assert left.close()
        assert not left.close()
        left.press("leave")
        left.press("back")
        await pilot.pause()
        assert len(app.screen_stack) == 1
        assert app.is_running
        assert not shown_as(app, BaseScreen).close(), "the last one stays"
