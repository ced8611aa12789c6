"""`B` on a draft: the seed page "Update restoreSessionBase" by a key; in beta only, on drafts only, nothing lost."""

from __future__ import annotations

from pathlib import Path

from restores import drafted, program, started
from support import Simulated, screen_text, until
from textual.widgets import Input

from backup_tui.ui.routes import OpenSession
from backup_tui.ui.sessions.base_members import BaseMembers

SIZE = (80, 24)


def told(one: Simulated) -> str:
    """All that the screen shows, as one line."""
    return " ".join(line.strip() for line in screen_text(one.app))


async def test_members_are_sent_and_what_the_service_kept_is_told(tmp_path: Path) -> None:
    one = program(tmp_path, version="beta")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        one.app.open(OpenSession(session_id))
        await pilot.pause()
        await pilot.press("B")
        await until(pilot, lambda: isinstance(one.app.screen, BaseMembers))
        field = one.app.screen.query_one(Input)
        field.value = '{"status": "completed"}'
        await pilot.press("enter")
        await until(pilot, lambda: "accepted" in told(one))
        assert "the session is draft" in told(one)
        assert "Not as sent: status" in told(one)
        assert one.service.session(session_id) is not None


async def test_what_is_no_object_or_not_known_is_refused_and_stays_in_the_field(tmp_path: Path) -> None:
    one = program(tmp_path, version="beta")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        one.app.open(OpenSession(session_id))
        await pilot.pause()
        await pilot.press("B")
        await until(pilot, lambda: isinstance(one.app.screen, BaseMembers))
        field = one.app.screen.query_one(Input)
        field.value = "[1]"
        await pilot.press("enter")
        await until(pilot, lambda: "JSON object" in told(one))
        field.value = '{"favouriteColour": "green"}'
        await pilot.press("enter")
        await until(pilot, lambda: "cannot read this change" in told(one))
        assert field.value == '{"favouriteColour": "green"}'


async def test_it_is_blocked_in_v1_and_on_what_is_no_draft(tmp_path: Path) -> None:
    one = program(tmp_path / "a")
    async with one.app.run_test(size=SIZE) as pilot:
        one.app.open(OpenSession(await drafted(pilot, one)))
        await pilot.pause()
        await pilot.press("B")
        assert "ends in /beta" in one.app.message
    two = program(tmp_path / "b", version="beta")
    async with two.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, two)
        await started(pilot, two, session_id)
        two.app.open(OpenSession(session_id))
        await pilot.pause()
        await pilot.press("B")
        assert "Only a draft" in two.app.message
