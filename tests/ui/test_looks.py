"""Specifies what all screens draw with: lines in parts, sections, tabs, charts, shared addresses, marks."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.ui.widgets import marks
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.charts import counts_bar, point_strip, sparkline
from backup_tui.ui.widgets.marks import marks_for, shown
from backup_tui.ui.widgets.paragraphs import Para, laid_out
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part, without_part
from backup_tui.ui.widgets.spans import Section, parts_of, plain, shortened, tab_line, two_ends

PARTS = (Cell("✗ 6 failed", "bad"), ", ", ("40 restoring", Cell(", 22 waiting", "dim")))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Says in what kind of terminal the marks are shown."""

    def run_in(**variables: str) -> None:
        for name in ("LC_ALL", "LC_CTYPE", "LANG", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        marks.current_marks.cache_clear()

    yield run_in
    monkeypatch.undo()
    marks.current_marks.cache_clear()


# -- lines in parts ------------------------------------------------------------------------------------------


def test_a_line_is_told_plainly_whatever_it_is_made_of() -> None:
    assert plain(PARTS) == "✗ 6 failed, 40 restoring, 22 waiting"
    assert [part.tone for part in parts_of(PARTS)] == ["bad", "", "", "dim"]
    assert parts_of("") == ()
    assert parts_of(Cell("ab", parts=(Cell("a"), Cell("b", "dim")))) == (Cell("a"), Cell("b", "dim"))


@given(st.integers(1, 60))
def test_a_shortened_line_fits_and_ends_in_a_sign_where_something_is_gone(width: Any) -> None:
    text = plain(shortened(PARTS, width))
    assert width_of(text) <= width
    whole = plain(PARTS)
    assert text == whole or text.endswith("…")


@given(st.text("ab漢", max_size=30), st.text("xy字", max_size=12), st.integers(12, 60))
def test_two_ends_fill_the_width_exactly_and_the_right_one_stays(left: Any, right: Any, width: Any) -> None:
    line = plain(two_ends(left, right, width))
    assert width_of(line) == width
    if width_of(right) <= width - 3:
        assert line.endswith(right)


def test_a_section_tells_its_title_its_facts_and_its_right_end() -> None:
    assert Section("Sessions 31", Cell("stale", "warn"), ("2 running", "  2 drafts")).text == (
        "Sessions 31   stale   2 running  2 drafts"
    )
    assert Section("Sessions").text == "Sessions"


def test_the_blanks_beside_the_active_tab_are_brackets_and_it_is_bold() -> None:
    names = ("Units 1,180", "Rules 2", "Bulk additions 1")
    assert plain(tab_line(names, 0)) == "[Units 1,180] Rules 2  Bulk additions 1 "
    assert plain(tab_line(names, 1)) == " Units 1,180 [Rules 2] Bulk additions 1 "
    assert [cell.tone for cell in tab_line(names, 2)] == ["", "", "strong"]


# -- paragraphs ----------------------------------------------------------------------------------------------


def test_a_paragraph_that_is_a_section_has_its_bar_and_its_right_end() -> None:
    ((line, look),) = laid_out([Para("Checks", "section", right="2 warnings")], 40)
    assert look == "section"
    assert plain(line).startswith("▌Checks")
    assert plain(line).endswith("2 warnings")
    assert [part.tone for part in line[:2]] == ["accent", "strong"]


def test_a_section_that_takes_several_lines_keeps_the_margin_beside_its_bar() -> None:
    lines = laid_out([Para("NEW ADDRESS of one account", "section")], 12)
    assert [plain(line) for line, _look in lines] == ["▌NEW ADDRESS", " of one", " account"]


def test_a_right_end_without_room_is_left_out_and_the_text_stays() -> None:
    assert [plain(line) for line, _look in laid_out([Para("All of a long sentence", right="2 warnings")], 24)] == [
        "All of a long sentence"
    ]


def test_parts_go_beside_one_another_and_none_is_broken() -> None:
    lines = laid_out([Para(parts=("adele.vance", Cell("lee.gu", "warn"), "megan.bowen"), mark="  ")], 28)
    assert [plain(line) for line, _look in lines] == ["  adele.vance   lee.gu", "  megan.bowen"]
    assert "warn" in [part.tone for part in lines[0][0]]


# -- charts --------------------------------------------------------------------------------------------------


def test_a_sparkline_is_scaled_to_the_best_and_a_zero_is_a_dot() -> None:
    assert sparkline([0, 1, 2, 4, 8], 10) == "·▁▂▄█"
    assert sparkline([0, 0], 10) == "··"
    assert sparkline([], 10) == ""
    assert sparkline([1], 0) == ""


def test_a_full_sparkline_loses_its_oldest_hour_at_once_so_that_a_new_count_changes_one_cell() -> None:
    counts = list(range(1, 25))
    assert len(sparkline(counts, 24)) == 24
    assert len(sparkline([*counts, 24], 24)) == 13
    assert sparkline([*counts, 24, 24], 24)[:-1] == sparkline([*counts, 24], 24)


@given(st.lists(st.integers(0, 500), max_size=120), st.integers(1, 60))
def test_a_sparkline_never_leaves_its_room_and_keeps_the_newest(counts: Any, width: Any) -> None:
    line = sparkline(counts, width)
    assert len(line) <= width
    if counts:
        assert (line[-1] == "·") is (counts[-1] == 0)


def test_a_strip_tells_all_some_none_and_not_read_apart() -> None:
    assert point_strip([1, 0.5, 0, None, 1.0]) == "█▄· █"


# -- addresses -----------------------------------------------------------------------------------------------

ACCOUNTS = [*(f"user{number}@contoso.com" for number in range(8)), "guest@fabrikam.com", ""]


def test_a_domain_that_nearly_all_share_is_said_once_and_other_addresses_stay_whole() -> None:
    part = shared_part(ACCOUNTS)
    assert part == "@contoso.com"
    assert without_part("user0@contoso.com", part) == "user0"
    assert without_part("guest@fabrikam.com", part) == "guest@fabrikam.com"
    assert shown_part(part) == "@contoso.com"


def test_a_host_is_said_without_its_scheme_and_sites_keep_their_path() -> None:
    part = shared_part(f"https://contoso.sharepoint.com/sites/{name}" for name in "abcde")
    assert shown_part(part) == "contoso.sharepoint.com"
    assert without_part("https://contoso.sharepoint.com/sites/a", part) == "/sites/a"


@pytest.mark.parametrize(
    "addresses", [[], [""], ["a@x.com", "b@y.com"], ["no address"], ["https://one", "@x.com"], ["a@", "b@"]]
)
def test_nothing_is_shared_where_fewer_than_four_in_five_agree(addresses: Any) -> None:
    assert shared_part(addresses) == ""


# -- marks ---------------------------------------------------------------------------------------------------

OURS = "✓ ✗ » · ○ … ▌ ▾ ▸ ↑ ↓ █ ▒ ░"


def test_a_terminal_with_utf_8_shows_every_mark_as_it_is(terminal: Any) -> None:
    terminal(LANG="de_DE.UTF-8", TERM="xterm-256color")
    assert shown(OURS) == OURS


@pytest.mark.parametrize(
    "variables",
    [
        {"LANG": "C", "TERM": "xterm"},
        {"LANG": "de_DE.ISO-8859-1", "TERM": "xterm"},
        {"LANG": "en_US.UTF-8", "LC_ALL": "C", "TERM": "xterm"},
        {"LANG": "en_US.UTF-8", "TERM": "vt100"},
        {"LANG": "en_US.UTF-8", "TERM": "vt220"},
    ],
)
def test_a_terminal_without_them_gets_letters_in_their_place(terminal: Any, variables: Any) -> None:
    terminal(**variables)
    assert shown(OURS) == "+ x = . o ~ | v > ^ v # x -"
    assert shown("Adrián Grabowski") == "Adrián Grabowski"
    assert sparkline([1, 2], 10) == ""
    assert shown(counts_bar(4, 2, 10, 10).text) == "####xx----"
    assert shown(counts_bar(1, 0, 3, 10).text) == "###-------"
    assert shown(point_strip([1, 0.5, 0])) == "#=."


def test_the_linux_console_keeps_the_blocks_of_its_font(terminal: Any) -> None:
    terminal(LANG="en_US.UTF-8", TERM="linux")
    assert shown(OURS) == "+ x = . o ~ ▌ v > ^ v █ ▒ ░"
    assert sparkline([1, 2], 10) == ""
    assert counts_bar(1, 0, 3, 10).text == "███░░░░░░░"


@pytest.mark.parametrize("encoding", ["UTF-8", "utf8", "en_US.UTF-8", "C.utf8", "UTF_8"])
def test_every_spelling_of_utf_8_is_known(encoding: str) -> None:
    assert not marks_for(encoding).ascii_only


def test_every_stand_in_is_one_cell_as_its_mark_is() -> None:
    for table in (marks.ASCII.instead, marks.CONSOLE.instead):
        assert all(width_of(chr(point)) == width_of(plain_mark) == 1 for point, plain_mark in table.items())
