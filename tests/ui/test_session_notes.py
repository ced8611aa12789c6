"""Specifies notes on sessions: written with `N`, kept on this machine, shown in list and detail, and in a hand-over."""

from __future__ import annotations

from pathlib import Path

from list_screens import shown, tenant
from support import message, screen_text, until

from backup_tui.evidence.card import card_lines
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.restore.session_notes import LONGEST, keep_note, kept_notes
from backup_tui.ui.actions.session_note import SessionNote
from backup_tui.ui.routes import OpenSession


def on_screen(one: object) -> str:
    return "\n".join(screen_text(one.app))  # type: ignore[attr-defined]


async def test_a_note_is_written_shown_in_list_and_detail_and_found_again(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        session = one.app.screen.row  # type: ignore[attr-defined]
        await pilot.press("N")
        await until(pilot, lambda: isinstance(one.app.screen, SessionNote), "it asks")
        await pilot.press(*"INC-4711, ask Kim", "enter")
        await until(pilot, lambda: "Note: INC-4711, ask Kim" in on_screen(one), "the list shows it")
        assert "kept on this machine." in message(one.app.screen)
        one.app.open(OpenSession(session))
        await until(pilot, lambda: "Note    INC-4711, ask Kim" in on_screen(one), "the detail shows it")
        await pilot.press("N")
        await until(pilot, lambda: isinstance(one.app.screen, SessionNote), "it asks there too")
        await pilot.press("escape")
        core = one.workspace
        where = where_of(core.context, "http://127.0.0.1")
        report = await gather(core.context.journal, where, sessions=[session], seen=core.store)
        assert "Note    INC-4711, ask Kim" in card_lines(report, (), core.zone)
    again = tenant(tmp_path)
    async with shown(again, number=3):
        assert "Note: INC-4711, ask Kim" in on_screen(again)


async def test_an_empty_note_is_removed_and_esc_keeps_what_was_there(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one, number=3) as pilot:
        session = one.app.screen.row  # type: ignore[attr-defined]
        await one.workspace.rooms.history.keep_note(session, "first")
        await pilot.press("N", *"!", "escape")
        assert one.workspace.rooms.history.notes[session] == "first"
        await pilot.press("N")
        await until(pilot, lambda: isinstance(one.app.screen, SessionNote), "it asks")
        await pilot.press("ctrl+u", "enter")
        await until(pilot, lambda: "has no note." in message(one.app.screen), "it is removed")
        assert await kept_notes(one.workspace.context.journal) == {}


async def test_a_note_is_one_line_made_safe_and_not_endless(tmp_path: Path) -> None:
    one = tenant(tmp_path)
    async with shown(one):
        note = await keep_note(one.workspace.context.journal, "a", "red \x1b[31malert\n" + "x" * 1000)
        assert "\x1b" not in note
        assert "\n" not in note
        assert len(note) <= LONGEST
        assert await kept_notes(one.workspace.context.journal) == {"a": note}
