"""Specifies keys that a person chose: they work, are shown everywhere, and two commands never have the same one."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from list_screens import shown, tenant
from support import footer, message, screen_text, until

from backup_tui.config import Flags, Settings, load_settings
from backup_tui.config.keys import KEPT
from backup_tui.errors import ConfigError
from backup_tui.ui.every_screen import check_keys, clashes, every_screen, key_rows, screen_name
from backup_tui.ui.frame.commands import LIST_COMMANDS, key_name
from backup_tui.ui.frame.field_keys import hint_with_keys
from backup_tui.ui.frame.field_keys import with_keys as with_own_words
from backup_tui.ui.frame.help import HelpScreen
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import TOPS
from backup_tui.ui.widgets.frame_lines import HeaderLines

SETS = {screen_name(screen): screen.command_set(tuple(TOPS)) for screen in every_screen()}
LATER = {command.id for screen in every_screen() for command in screen.LATER_COMMANDS}
IDS = sorted({command.id for one in SETS.values() for command in one.commands})
KEYS = ("ctrl+a", "ctrl+e", "f5", "f9", "e", "x", "n", "Z", "question_mark", "alt+q", "enter")


def with_keys(folder: Path, *lines: str) -> Settings:
    file = folder / "config.toml"
    file.write_text("\n".join(("[keys]", *lines)), encoding="utf-8")
    return load_settings(Flags(demo=True), {}, file)


def refusal(chosen: Settings) -> ConfigError | None:
    try:
        check_keys(chosen)
    except ConfigError as error:
        return error
    return None


@pytest.mark.parametrize("name", sorted(SETS))
def test_as_delivered_no_screen_has_a_key_twice(name: str) -> None:
    assert list(clashes(SETS[name].commands, {}, name)) == []


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(IDS), st.sampled_from(KEYS), min_size=1, max_size=3))
def test_keys_that_pass_the_check_do_what_they_were_chosen_for(tmp_path: Path, chosen: dict[str, str]) -> None:
    mapped = with_keys(tmp_path, *(f'{command} = "{key_name(key)}"' for command, key in chosen.items()))
    error = refusal(mapped)
    if error is not None:
        assert any(
            f"keys.{command}: {key_name(key)} is also the key of " in error.message for command, key in chosen.items()
        )
        assert "config.toml, line " in error.message
        assert error.certainty == "Nothing was started."
        return
    for screen in every_screen():
        own = screen.command_set(tuple(TOPS), mapped.keys)
        for command in own.commands:
            delivered = SETS[screen_name(screen)].by_id(command.id)
            assert delivered is not None
            assert [own.by_key(key) for key in command.keys] == [command] * len(command.keys)
            assert command.keys == delivered.keys or command.id in chosen
            if command.id in chosen:
                assert own.by_key(chosen[command.id]) == command


def test_every_command_can_have_a_key_of_its_own(tmp_path: Path) -> None:
    delivered = {key for one in SETS.values() for command in one.commands for key in command.keys}
    assert "f11" not in delivered, "a key that is free everywhere"
    for command in sorted({*IDS, *LATER, *(one.id for one in LIST_COMMANDS)}):
        chosen = {command: ("f11",)}
        assert [clash for name, one in SETS.items() for clash in clashes(one.commands, chosen, name)] == []
        for screen in every_screen():
            own = screen.command_set(tuple(TOPS), chosen)
            if own.by_id(command) is not None:
                assert own.by_key("f11") == own.by_id(command)


def test_what_an_outcome_offers_is_in_the_check_and_in_the_list(tmp_path: Path) -> None:
    assert {"watch", "settle", "look_again", "new_with_them", "copy_session", "show_names"} == LATER
    assert {row.id for row in key_rows()} >= LATER
    check_keys(with_keys(tmp_path, 'watch = "w"', 'settle = "w"', 'show_names = "V"'))  # never offered together
    error = refusal(with_keys(tmp_path, 'copy_session = "v"'))
    assert error is not None
    assert "line 2: keys.copy_session: v is also the key of show_" in error.message
    assert "on the screen Review" in error.message


@pytest.mark.parametrize("command", ["back", "leave", "suspend"])
def test_the_ways_out_keep_their_keys(command: str) -> None:
    for screen in every_screen():
        own = screen.command_set(tuple(TOPS), {command: ("f9",)}).by_id(command)
        kept = SETS[screen_name(screen)].by_id(command)
        if own is not None and kept is not None:
            assert set(own.keys) == {"f9", *(key for key in kept.keys if key in KEPT)}


def test_a_clash_names_both_commands_the_screen_the_file_and_the_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        check_keys(with_keys(tmp_path, 'sort = "S"', 'refresh = "n"'))
    assert refused.value.message == (
        f"{tmp_path / 'config.toml'}, line 3: keys.refresh: n is also the key of new_restore on the screen Overview."
    )
    assert refused.value.hint == "Choose another key, or give new_restore one of its own."


def test_two_commands_can_exchange_their_keys(tmp_path: Path) -> None:
    check_keys(with_keys(tmp_path, 'refresh = "s"', 'sort = "r"', 'again = ["f"]', 'statistics = "f9"'))


def test_an_unknown_command_is_named_with_the_one_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"line 2: keys.reveiw: there is no such command") as refused:
        check_keys(with_keys(tmp_path, 'reveiw = "R"'))
    assert refused.value.hint == "Did you mean review?"


def test_every_command_with_a_key_is_listed_with_the_chosen_one() -> None:
    rows = key_rows({"review": ("ctrl+a",)})
    assert {row.id for row in rows} == {*IDS, *LATER, *(command.id for command in LIST_COMMANDS)}
    assert {row.keys for row in rows if row.id == "review"} == {("ctrl+a",)}


async def test_a_chosen_key_works_and_footer_help_palette_and_messages_name_it(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"keys": {"review": ("ctrl+a",), "unmark_all": ("U",), "down": ("x",)}})
    async with shown(one, number=3) as pilot:
        assert "ctrl+a activate" in footer(one.app.screen)
        await pilot.press("x", "A")
        assert type(one.app.screen).__name__ == "SessionsScreen"
        await pilot.press("space", "x", "space", "ctrl+a")
        assert message(one.app.screen).endswith("and 2 are selected; U clears the selection.")
        await pilot.press("U", "g", "x", "ctrl+a")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        await pilot.press("escape", "question_mark")
        assert isinstance(one.app.screen, HelpScreen)
        assert any("ctrl+a activate" in line for line in screen_text(one.app))
        await pilot.press("escape", "colon", *"activate")
        assert any("ctrl+a" in line for line in screen_text(one.app))


async def test_the_list_of_what_needs_a_person_names_the_chosen_key(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"keys": {"again": ("F",), "open": ("enter", "o")}})
    async with shown(one):
        rows = [line.split()[-1] for line in screen_text(one.app) if line.strip(" >").startswith("✗")]
        assert rows
        assert set(rows) == {"F"}


async def test_an_overview_without_restores_names_the_chosen_key(tmp_path: Path) -> None:
    one = tenant(tmp_path, history=False, settings={"keys": {"new_restore": ("ctrl+n",)}})
    async with one.app.run_test(size=(80, 24)) as pilot:
        words = "No restore is running. ctrl+n starts one."
        await until(pilot, lambda: any(words in line for line in screen_text(one.app)), "the chosen key")


async def test_the_key_that_leads_back_quits_when_pressed_twice(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"keys": {"back": ("Q",)}})
    async with shown(one) as pilot:
        await pilot.press("q", "Q")
        assert "Press Q again to quit." in message(one.app.screen)
        await pilot.press("Q")
        assert one.app.ending


async def test_tabs_reviews_and_panes_name_the_chosen_keys(tmp_path: Path) -> None:
    keys = {"show_3": ("f3",), "show_all": ("p",), "show_5": ("ctrl+a",), "again": ("F",), "report": ("alt+r",)}
    one = tenant(tmp_path, settings={"keys": keys})
    async with shown(one) as pilot:
        await pilot.click(HeaderLines, offset=(screen_text(one.app)[1].index("Activity"), 1))
        await pilot.pause()
        assert type(one.app.screen).__name__ == "ActivityScreen"
        await pilot.press("f3")
        assert "[f3 Sessions] 4 Units  ctrl+a Activity" in screen_text(one.app)[1]
        await pilot.press(*"/status:draft", "enter", "A")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen) and one.app.screen.reviewed, "the review")
        await until(pilot, lambda: any("p all" in line for line in screen_text(one.app)), "the hint")
        await pilot.press("p")
        await until(pilot, lambda: type(one.app.screen).__name__ == "PagerScreen", "everything")


@pytest.mark.parametrize(
    ("text", "hint", "expected"),
    [
        ("5 Activity shows it; 3 Sessions too.", False, "f5 Activity shows it; f3 Sessions too."),
        ("5 Units, 3 Policies", False, "5 Units, 3 Policies"),
        ("and 91 more (v)", False, "and 91 more (x)"),
        ("v all", True, "x all"),
        ("1 unknown, 1 passed   v all", True, "1 unknown, 1 passed   x all"),
        ("v all", False, "v all"),
    ],
)  # fmt: skip
def test_sentences_and_hints_follow_the_keys(text: str, hint: bool, expected: str) -> None:
    now = {"v": "x", "5": "f5", "3": "f3"}.get
    assert (hint_with_keys if hint else with_own_words)(text, now) == expected
