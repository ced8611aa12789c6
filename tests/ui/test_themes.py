"""Specifies the themes: how they are chosen, which a terminal can show, that each is readable, and how it looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from restores import drafted, program
from review_screens import reviewed, shown
from support import Simulated, message, simulated, until
from textual.color import Color
from textual.pilot import Pilot

from backup_tui.config import THEMES, Flags, load_settings
from backup_tui.headless import options
from backup_tui.ui.frame import themes
from backup_tui.ui.frame.themes import MIDNIGHT, PAPER, theme_for
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.restart import Restart, StartOptions
from backup_tui.ui.widgets.table import RowTable
from backup_tui.workspace.preferences import Preferences

MANY_COLORS = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
LOOKS = (*THEMES[1:], "no-color")


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A terminal of many colors."""
    for name, value in MANY_COLORS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return monkeypatch


def dressed(state: Path, terminal: pytest.MonkeyPatch, look: str) -> Simulated:
    """The program in a theme, or without color."""
    if look == "no-color":
        terminal.setenv("NO_COLOR", "1")
    return program(state, settings={"theme": "" if look == "no-color" else look})


# -- which one is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "colors", "no_color", "name", "words"),
    [
        ("", "truecolor", False, "terminal", ""),
        ("midnight", "truecolor", False, "midnight", ""),
        ("paper", "256", False, "paper", ""),
        ("contrast", "standard", False, "contrast", ""),
        ("paper", "standard", False, "terminal", "needs 256 colors"),
        ("midnight", None, False, "terminal", "needs 256 colors"),
        ("contrast", "truecolor", True, "terminal", "NO_COLOR is set"),
        ("of another version", "truecolor", False, "terminal", ""),
    ],
)
def test_a_terminal_gets_the_theme_that_it_can_show(
    wanted: str, colors: str | None, no_color: bool, name: str, words: str
) -> None:
    given, why_not = theme_for(wanted, colors=colors, no_color=no_color)
    assert given == name
    assert words in why_not
    assert bool(words) is bool(why_not)


def test_what_can_be_chosen_is_what_there_is() -> None:
    assert tuple(theme.name for theme in themes.THEMES) == THEMES == options.THEMES


async def test_a_theme_chosen_by_name_is_shown_at_once_and_at_the_next_start(
    tmp_path: Path, terminal: pytest.MonkeyPatch
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: one.workspace.is_open)
        assert one.app.theme == "terminal"
        await pilot.press("colon", *"theme", "space", *"paper", "enter")
        await until(pilot, lambda: one.app.theme == "paper")
        assert message(one.app.screen).endswith("Theme paper.")
        await pilot.pause()
        assert one.app.screen.query_one(RowTable).rich_style.bgcolor == Color.parse("#fbfaf7").rich_color
    assert program(tmp_path).app.theme == "paper"


def test_the_command_line_and_the_file_come_before_what_was_chosen_last(
    tmp_path: Path, terminal: pytest.MonkeyPatch
) -> None:
    assert Preferences(tmp_path).keep("theme", "paper")
    assert program(tmp_path, settings={"theme": "contrast"}).app.theme == "contrast"
    assert program(tmp_path).app.theme == "paper"


async def test_a_choice_that_cannot_be_shown_or_does_not_last_says_why(
    tmp_path: Path, terminal: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "config.toml"
    file.write_text("theme = 'paper'\n", encoding="utf-8")
    settled = load_settings(Flags(), {}, file)
    one = program(tmp_path, settings={"theme": settled.theme, "settled": settled.settled})
    async with one.app.run_test(size=(80, 24)):
        one.app.choose_theme("midnight")
        assert one.app.theme == "midnight"
        assert f"{file}, line 1 says paper: it returns at the next start." in one.app.message
    terminal.setenv("NO_COLOR", "1")
    one = program(tmp_path)
    async with one.app.run_test(size=(80, 24)):
        one.app.choose_theme("contrast")
        assert one.app.theme == "terminal"
        assert one.app.message.endswith("NO_COLOR is set: no theme is shown.")


async def test_a_choice_goes_along_to_another_profile(tmp_path: Path, terminal: pytest.MonkeyPatch) -> None:
    one = program(tmp_path, settings={"theme": "contrast"})
    async with one.app.run_test(size=(80, 24)):
        one.app.chosen_theme = "midnight"
        one.app.restart_with(Restart(one.workspace, StartOptions(words="another")))
    assert one.app.next_start is not None
    assert one.app.next_start.beginning.theme == "midnight"
    assert one.app.next_start.beginning.words == "another"


@pytest.mark.parametrize("kept", ["", "no JSON", "[]", '{"theme": 7}', "\0" * 70_000])
def test_a_file_that_cannot_be_read_is_as_good_as_none(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "preferences.json"
    file.write_text(kept, encoding="utf-8")
    file.chmod(0o600)
    assert Preferences(tmp_path).read("theme") in ("", "7")
    assert Preferences(tmp_path).keep("theme", "paper")
    assert Preferences(tmp_path).read("theme") == "paper"
    assert Preferences(tmp_path).read("sort") == ""


def test_nothing_is_kept_where_there_is_no_folder_or_another_one_could_have_written_it(tmp_path: Path) -> None:
    assert not Preferences(None).keep("theme", "paper")
    assert Preferences(tmp_path).keep("theme", "paper")
    (tmp_path / "preferences.json").chmod(0o666)
    assert Preferences(tmp_path).read("theme") == ""


# -- that it is readable -------------------------------------------------------------------------------------


def contrast(front: str, back: str) -> float:
    """How far apart two colors are in lightness, 1 to 21; 4.5 is what text needs (WCAG 2)."""
    values = []
    for color in (front, back):
        parts = [part / 255 for part in Color.parse(color).rgb]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        values.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] + 0.05)
    return max(values) / min(values)


@pytest.mark.parametrize("theme", [MIDNIGHT, PAPER], ids=lambda theme: theme.name)
def test_every_word_is_readable_on_its_ground_and_under_the_cursor(theme: Any) -> None:
    roles = theme.variables
    words = (theme.foreground, roles["dim"], theme.primary, theme.success, theme.error, theme.secondary, theme.warning)
    for word in words:
        assert contrast(word, theme.background) >= 4.5, word
        assert contrast(word, roles["cursor"]) >= 4.0, word
    assert contrast(roles["on-danger"], roles["danger"]) >= 4.5
    assert contrast(roles["on-done"], roles["done"]) >= 4.5


# -- how it looks --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("look", LOOKS)
def test_the_review_of_a_restore_in_place(
    snap_compare: Any, tmp_path: Path, terminal: pytest.MonkeyPatch, look: str
) -> None:
    one = dressed(tmp_path, terminal, look)

    async def show(pilot: Pilot[Any]) -> None:
        await reviewed(pilot, one)

    assert snap_compare(one.app, run_before=show, terminal_size=(80, 24))


@pytest.mark.parametrize("look", LOOKS)
def test_a_list_beside_what_it_says_of_a_row(
    snap_compare: Any, tmp_path: Path, terminal: pytest.MonkeyPatch, look: str
) -> None:
    one = dressed(tmp_path, terminal, look)

    async def show(pilot: Pilot[Any]) -> None:
        await drafted(pilot, one)
        await until(pilot, lambda: "○ draft" in shown(one))

    assert snap_compare(one.app, run_before=show, terminal_size=(120, 40))


@pytest.mark.parametrize("look", LOOKS)
def test_the_overview_with_a_past(snap_compare: Any, tmp_path: Path, terminal: pytest.MonkeyPatch, look: str) -> None:
    if look == "no-color":
        terminal.setenv("NO_COLOR", "1")
    theme = "" if look == "no-color" else look
    one = simulated([("Overview", OverviewScreen)], tmp_path, settings={"theme": theme})

    async def show(pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "last unit finished" in shown(one) and "Needs you" in shown(one))
        await until(pilot, lambda: "longest pause" in shown(one) or "moving" in shown(one))
        await pilot.pause(0.3)

    assert snap_compare(one.app, run_before=show, terminal_size=(80, 24))
