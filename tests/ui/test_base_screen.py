"""Specifies what every screen does: one way from a key to an action, messages, pastes, sizes, leaving."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest
from demo_screens import FakeWorkspace, ListScreen, SecondScreen, demo_app
from support import screen_text, shown_as, until
from textual import events
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.ui.app import BackupTui
from backup_tui.ui.frame.commands import Command
from backup_tui.ui.frame.help import HelpScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.palette import Offer, PaletteScreen, ranked
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.frame_lines import CommandBar, HeaderLines, TooSmall
from backup_tui.ui.widgets.list_and_pane import apart
from backup_tui.ui.widgets.spans import plain
from backup_tui.ui.widgets.text_lines import TextLines

SIZE = (80, 24)


def first(app: BackupTui) -> ListScreen:
    assert isinstance(app.screen_stack[0], ListScreen)
    return app.screen_stack[0]


def footer(app: BackupTui) -> str:
    return app.screen.query_one(CommandBar).render_line(0).text


async def test_a_key_runs_its_command_with_the_id_of_the_row_at_the_press() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "A")
        await pilot.press("enter")
        assert first(app).done == [("activate", "id-0002"), ("open", "id-0002")]


async def test_a_click_on_a_key_of_the_list_in_the_footer_does_what_the_key_does() -> None:
    app = demo_app()
    async with app.run_test(size=(120, 24)) as pilot:
        at = footer(app).index("space select")
        await pilot.click(CommandBar, offset=(at, 0))
        assert first(app).table.marked == {"id-0000"}
        await pilot.click(CommandBar, offset=(footer(app).index("u clear"), 0))
        assert first(app).table.marked == frozenset()


async def test_a_blocked_key_stays_visible_and_says_why() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("A")
        assert first(app).done == []
        assert app.message == " 04:01 Only a draft can be activated."
        assert "A activate (review)" in footer(app)


async def test_why_a_key_did_nothing_is_not_said_of_the_next_row() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("A", "j")
        assert app.message == ""
        app.say("No answer since 03:58.", everywhere=True)
        await pilot.press("j")
        assert app.message.endswith("No answer since 03:58.")


async def test_a_read_only_workspace_blocks_changes_with_its_reason() -> None:
    app = demo_app(FakeWorkspace(read_only="production is read-only here (--read-only)."))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j", "A")
        assert "read-only here" in app.message
        await pilot.press("enter")
        assert first(app).done == [("open", "id-0002")]


async def test_a_failing_action_becomes_a_message_and_the_app_goes_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:

        async def refused(row: str | None) -> None:
            raise UsageError("There is no such unit.", field="Units", value="x", hint="c corrects it.")

        async def broken(row: str | None) -> None:
            raise KeyError("secret-name")

        monkeypatch.setattr(first(app), "act", refused)
        await pilot.press("j", "j", "A")
        assert app.message == " 04:01 There is no such unit. c corrects it."
        monkeypatch.setattr(first(app), "act", broken)
        await pilot.press("A")
        assert "Internal error (KeyError)" in app.message
        assert "secret-name" not in app.message
        assert "KeyError" in caplog.text
        await pilot.press("j")
        assert app.is_running


async def test_numbers_change_screens_and_each_stays_as_it_was_left() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "2")
        assert isinstance(app.screen, SecondScreen)
        await pilot.press("1")
        assert first(app).table.cursor_key == "id-0001"
        await pilot.press("question_mark", "1")
        assert app.screen is first(app)


async def test_a_screen_that_was_taken_away_shows_nothing_for_its_last_size() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        help_screen = app.screen
        assert isinstance(help_screen, HelpScreen)
        assert (help_screen.is_mounted, help_screen.close()) == (True, True)
        await pilot.pause()
        assert not help_screen.is_mounted
        help_screen.on_resize()


async def test_help_is_made_from_the_commands_and_says_what_is_blocked() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("question_mark")
        assert isinstance(app.screen, HelpScreen)
        text = app.screen.query_one(TextLines).text
        assert "▌Reviews: nothing without the phrase" in text
        assert "A      only a draft can be" in text.partition("Not available on this row")[2]
        assert "j k g G  down, up, first, last" in text
        assert "^d ^u    half a page" in text
        await pilot.press("enter")
        text = app.screen.query_one(TextLines).text
        assert "A              Opens the review of a draft." in text
        assert "not now: Only a draft can be activated." in text
        assert "ctrl+d" in text
        await pilot.press("escape", "escape")
        assert shown_as(app, ListScreen) is first(app)


async def test_the_palette_takes_exact_words_first() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "colon", *"open", "enter")
        assert first(app).done == [("open", "id-0001")]
        await pilot.press("j", "ctrl+p", *"ope", "enter")
        assert first(app).done[-1] == ("open", "id-0002")
        await pilot.press("colon", *"policies", "enter")
        assert isinstance(app.screen, SecondScreen)
        await pilot.press("colon", *"q", "enter")
    assert app.return_code == 0


async def test_the_palette_is_above_the_screen_and_leaves_the_rest_of_it_in_sight() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        before = screen_text(app)
        await pilot.press("colon")
        after = screen_text(app)
        assert after[:2] == before[:2]
        assert after[2].startswith("▌:")
        assert after[2].endswith("commands and everything loaded")
        assert after[11] == "▌enter runs it   tab completes   esc closes"
        assert after[12:22] == before[12:22]
        await pilot.press("escape")
        assert screen_text(app) == before


async def test_tab_completes_what_the_cursor_is_on() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"polic", "tab")
        assert app.screen.query_one(Input).value == "policies"
        await pilot.press("enter")
        assert isinstance(app.screen, SecondScreen)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("open", ["open", "open all", "reopen", "o p e n"]),
        ("pol", ["policies", "the policy"]),
        (": OPEN ", ["open", "open all", "reopen", "o p e n"]),
        ("zz", []),
    ],
)
def test_exact_words_come_first_then_beginnings_then_letters_in_order(typed: str, names: Any) -> None:
    offers = [Offer(name, name, "") for name in ("reopen", "o p e n", "the policy", "open all", "policies", "open")]
    assert [offer.name for offer in ranked(offers, typed)] == names


async def test_the_palette_says_why_a_command_is_blocked_and_escape_closes_it() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("colon", *"activate")
        assert " > activate                        only a draft can be" in "\n".join(screen_text(app))
        await pilot.press("enter")
        assert app.message.endswith("Only a draft can be activated.")
        await pilot.press("colon", "a", "escape")
        assert not isinstance(app.screen, PaletteScreen)


async def test_the_filter_tells_each_key_keeps_on_enter_and_clears_on_escape() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", "0", "0", "7", "q")
        assert first(app).table.row_count == 0
        await pilot.press("backspace", "enter", "j")
        assert first(app).table.row_count == 11
        assert first(app).table.cursor_key == "id-0070"
        assert app.screen.query_one(FilterLine).has_class("-open")
        await pilot.press("slash", "escape", "escape")
        assert first(app).table.row_count == 300
        assert not app.screen.query_one(FilterLine).has_class("-open")


def flood(app: BackupTui, text: str) -> None:
    """Keys as a terminal without bracketed paste sends them: all at once."""
    for character in text:
        key = {"\n": "enter", " ": "space"}.get(character, character)
        app.post_message(events.Key(key, character))


async def test_a_flood_of_keys_on_a_list_does_nothing_but_say_so() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        flood(app, "jjA2:q\nspace here and more\nj" * 3)
        await until(pilot, lambda: app.message, "the word about it")
        assert app.screen is first(app)
        assert first(app).done == []
        assert first(app).table.cursor_index == 0
        assert "Pasted text is ignored here" in app.message


async def test_a_burst_that_names_a_list_is_offered_to_the_screen_even_a_short_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        offered: list[str] = []

        def accept(text: str) -> bool:
            offered.append(text)
            return True

        monkeypatch.setattr(first(app), "accept_paste", accept)
        flood(app, "@/j.csv\n")
        await until(pilot, lambda: offered, "the paste")
        assert offered == ["@/j.csv\n"]
        assert first(app).table.cursor_index == 0
        flood(app, "adele.vance@contoso.com\njo@contoso.com\n")
        await until(pilot, lambda: len(offered) == 2, "the second paste")
        assert offered[1] == "adele.vance@contoso.com\njo@contoso.com\n"
        assert app.message == ""


async def test_a_key_held_down_on_a_slow_line_is_no_paste() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        flood(app, "j" * 30)
        await until(pilot, lambda: first(app).table.cursor_index == 30, "each press moved the cursor")


async def test_a_marked_paste_on_a_list_is_ignored_and_goes_into_a_field() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        app.post_message(events.Paste("jjA\n"))
        await pilot.pause()
        assert first(app).table.cursor_index == 0
        assert "Pasted text is ignored here" in app.message
        await pilot.press("slash")
        app.post_message(events.Paste("id-0012"))
        await pilot.pause()
        assert app.screen.query_one(Input).value == "id-0012"


async def test_a_terminal_too_small_shows_only_that_and_keys_still_quit() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j", "j")
        await pilot.resize_terminal(20, 5)
        await pilot.press("A", "enter", "j")
        assert first(app).done == []
        assert not first(app).query_one(HeaderLines).region
        shown = [app.screen.query_one(TooSmall).render_line(y).text.rstrip() for y in range(5)]
        assert shown == ["contoso.com  WRITE", "Terminal too small:", "60x16 needed to", "start or change", "anything"]
        await pilot.resize_terminal(60, 16)
        await pilot.press("A")
        assert first(app).done == [("activate", "id-0002")]
        await pilot.resize_terminal(20, 5)
        await pilot.press("q", "q")
    assert app.return_code == 0


@pytest.mark.parametrize("keys", [("q", "q"), ("ctrl+c", "ctrl+c"), ("ctrl+q",)])
async def test_ways_out(keys: Any) -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        if len(keys) == 2:
            await pilot.press(keys[0], "j", keys[0])
            assert app.message == f" 04:01 Press {keys[0]} again to quit. Running restores continue."
            await pilot.press("j")
        await pilot.press(*keys)
    assert app.return_code == 0


async def test_q_is_text_in_a_field() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("slash", "q", "q")
        assert app.screen.query_one(Input).value == "qq"


async def test_refresh_reads_what_the_screen_shows() -> None:
    workspace = FakeWorkspace()
    app = demo_app(workspace)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("r")
        assert workspace.read == ["sessions"]


async def test_news_reach_the_shown_screen_and_the_others_when_they_are_shown_again() -> None:
    workspace = FakeWorkspace()
    app = demo_app(workspace)
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("2", "1")
        second = cast(SecondScreen, app._screen_stacks["screen-2"][0])
        first(app).topics.clear()
        workspace.emit("sessions")
        workspace.emit("units")
        await pilot.pause()
        assert first(app).topics == [frozenset({"sessions", "units"})]
        assert second.topics == []
        await pilot.press("2")
        assert second.topics == [frozenset({"sessions", "units"})]


async def test_the_pager_searches_and_copies_all() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(PagerScreen("Request", [f"line {number}" for number in range(200)]))
        await pilot.pause()
        await pilot.press("slash", *"line 150", "enter")
        assert app.screen.query_one(TextLines).top == 150
        await pilot.press("y")
        assert app.clipboard.splitlines()[-1] == "line 199"
        await pilot.press("v")
        assert app.screen is first(app)


async def test_work_goes_on_when_its_screen_is_left() -> None:
    app = demo_app()
    done = asyncio.Event()
    started = asyncio.Event()

    class SlowPager(PagerScreen):
        async def copy_slowly(self, row: str | None) -> None:
            started.set()
            await release.wait()
            done.set()

    SlowPager.offers((Command("copy", ("y",), run=SlowPager.copy_slowly), BACK))

    release = asyncio.Event()
    async with app.run_test(size=SIZE) as pilot:
        app.push_screen(SlowPager("x", ["x"]))
        await pilot.pause()
        await pilot.press("y", "escape")
        await started.wait()
        release.set()
        await asyncio.wait_for(done.wait(), 5)


async def test_the_word_that_a_key_leaves_again_goes_with_the_next_key() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("q")
        assert app.message.endswith("Press q again to quit. Running restores continue.")
        await pilot.press("j")
        assert app.message == ""
        await pilot.press("q")
        app.say("The service answers again.")
        await pilot.press("j")
        assert app.message.endswith("The service answers again.")


async def test_while_a_field_has_the_keys_the_footer_names_none_that_is_text_there() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        assert "? help" in footer(app)
        await pilot.press("slash")
        assert footer(app).strip() == "enter keep  esc clear  ctrl+p more"
        await pilot.press("enter")
        assert "? help" in footer(app)


@pytest.mark.parametrize("width", [60, 80, 120])
async def test_help_cuts_no_sentence_at_any_width(width: int) -> None:
    app = demo_app()
    async with app.run_test(size=(width, 24)) as pilot:
        sentences = [row[2] for row in first(app).commands.table()]
        await pilot.press("question_mark")
        assert max(width_of(plain(line)) for line in app.screen.query_one(TextLines).lines) <= width
        await pilot.press("enter")
        lines = [plain(line) for line in app.screen.query_one(TextLines).lines]
        assert max(map(len, lines)) <= width - 2
        told = " ".join(" ".join(lines).split())
        assert [sentence for sentence in sentences if sentence not in told] == []


def test_lines_beside_a_list_stand_apart_unless_they_belong_together() -> None:
    assert apart(("OneDrive 1", "Made by Ryan.")) == ["OneDrive 1", "", "Made by Ryan."]
    assert apart(("Marked 1", "  rosa@contoso.com", "! Near")) == ["Marked 1", "  rosa@contoso.com", "", "! Near"]
    assert apart(("a", "", "b", "c")) == ["a", "", "b", "c"]
    assert apart(()) == []


async def test_keys_that_come_together_over_a_slow_line_find_what_the_first_one_opened() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        for key, character in (("slash", "/"), ("2", "2"), ("9", "9"), ("enter", None), ("A", "A")):
            app.post_message(events.Key(key, character))
        for _ in range(100):
            await pilot.pause()
            if first(app).done or app.message:
                break
        assert app.screen is first(app)
        assert first(app).query_one(FilterLine).text == "29"
        assert app.message.endswith("Only a draft can be activated.")


async def test_a_screen_that_is_asked_for_while_the_program_ends_is_not_made_any_more() -> None:
    app = demo_app()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.press("j")
        app.leaving.leave(0)
        app.go_to(3)
        assert "screen-3" not in app._screen_stacks
    assert app.return_code == 0
