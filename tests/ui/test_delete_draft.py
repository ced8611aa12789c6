"""Specifies deleting a draft: a dialog first, its names are kept, and what stands in the way is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from restores import drafted, program, started
from support import Simulated, footer, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.calls import CallRecord
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenDeletion
from backup_tui.ui.sessions.screen import SessionsScreen

SIZE = (80, 24)


def shown(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


async def asked(pilot: Pilot[Any], one: Simulated, count: int = 3) -> str:
    """Makes a draft and opens the dialog."""
    session_id = await drafted(pilot, one, count=count)
    one.app.open(OpenDeletion(session_id))
    await until(pilot, lambda: "The draft is removed from the service." in shown(one), "the draft is read")
    await pilot.pause()
    return session_id


async def typed(pilot: Pilot[Any], words: str) -> None:
    await pilot.press(*("space" if char == " " else char for char in words), "enter")


async def test_it_says_what_is_in_it_and_esc_keeps_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await asked(pilot, one)
        text = shown(one)
        assert f"DELETE draft {session_id[:8]} (in place), 3 OneDrive accounts in contoso.com" in text
        assert "aaliyah.ferrari" in text
        await pilot.press("escape")
        assert isinstance(one.app.screen, SessionsScreen)
        assert session_id in one.service.sessions


async def test_the_phrase_deletes_it_and_n_starts_anew_with_its_names(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await asked(pilot, one)
        assert f"Type delete {session_id[:8]} contoso" in shown(one)
        await typed(pilot, f"delete {session_id[:8]} contoso")
        await until(pilot, lambda: f"DELETED draft {session_id[:8]}" in shown(one), "it is deleted")
        assert session_id not in one.service.sessions
        assert "Nothing was restored. Its 3 names and times are kept: n starts a new one." in shown(one)
        await pilot.press("enter")
        await pilot.pause()
        calls = one.workspace.store.calls.values()
        assert [call.method for call in calls if isinstance(call, CallRecord) and call.method == "DELETE"] == ["DELETE"]
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form")
        assert len(shown_as(one.app, NewRestore).drafting.form.units) == 3


@pytest.mark.parametrize("words", ["", "n", "delete contoso", "delete 0f4aa9c1 contoso"])
async def test_nothing_but_its_own_phrase_deletes_a_draft(tmp_path: Path, words: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await asked(pilot, one)
        await typed(pilot, words)
        await pilot.pause()
        assert isinstance(one.app.screen, ReviewScreen)
        assert session_id in one.service.sessions
        assert (f'Not deleted. You typed "{words}"; the text is' in shown(one)) == bool(words)


async def test_what_was_started_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await asked(pilot, one)
        one.service.faults.add("other", method="DELETE", path=r"restoreSessions/", deed="activate")
        await typed(pilot, f"delete {session_id[:8]} contoso")
        await until(pilot, lambda: "no longer a draft" in shown(one), "the refusal")
        assert isinstance(one.app.screen, ReviewScreen)
        assert session_id in one.service.sessions


async def test_a_restore_that_runs_cannot_be_deleted(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        await started(pilot, one, session_id)
        one.app.open(OpenDeletion(session_id))
        await until(pilot, lambda: f"{session_id[:8]} is no longer a draft: " in shown(one), "the reason")
        await until(pilot, lambda: "(not offered now)" in shown(one), "no phrase is taken")
        assert session_id in one.service.sessions


async def test_a_read_only_workspace_deletes_nothing(tmp_path: Path) -> None:
    one = program(tmp_path / "a")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await asked(pilot, one)
        one.workspace.identity.mode = type(one.workspace.mode).READ_ONLY
        await typed(pilot, f"delete {session_id[:8]} contoso")
        await until(pilot, lambda: "read-only" in shown(one), "the refusal")
        assert session_id in one.service.sessions


def test_how_the_dialog_looks(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def show(pilot: Pilot[Any]) -> None:
        await asked(pilot, one, count=11)
        assert "type the text exactly to delete" in footer(one.app.screen)

    assert snap_compare(one.app, run_before=show, terminal_size=SIZE)
