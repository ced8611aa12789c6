"""Specifies what a session shows of the lists of names that were added to it in bulk."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from restores import program
from support import opened, screen_text, until

from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.services import Destination, Service
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.sessions.detail import SessionDetail

MAILBOX = Service.EXCHANGE


async def test_the_lists_of_a_session_are_shown_with_the_names_that_were_of_no_use(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, one)
        writer, now = one.workspace.context.may_restore(), one.clock.now()
        unit = one.service.tenant.units["exchange"][0]
        session = await writer.create_session(MAILBOX, ())
        one.app.open(OpenSession(session.id))
        await until(
            pilot, lambda: isinstance(one.app.screen, SessionDetail) and "draft" in "".join(screen_text(one.app))
        )
        await pilot.press("L")
        await until(pilot, lambda: "its units were added one by one" in " ".join(screen_text(one.app)))
        await pilot.press("escape")

        new = NewBulkRequest(now - timedelta(days=2), now, Destination.NEW, names=(unit.address, "nobody@contoso.com"))
        added = await writer.bulk.create(MAILBOX, session.id, new)
        await writer.activate_session(session.id)
        one.advance(timedelta(days=1).total_seconds())
        await pilot.press("L")
        await until(
            pilot, lambda: isinstance(one.app.screen, PagerScreen) and added.id in "".join(screen_text(one.app))
        )
        lines = screen_text(one.app)
        assert any("some names not found, 1 name could not be used" in line for line in lines)
        assert any("nobody@contoso.com: " in line for line in lines)
