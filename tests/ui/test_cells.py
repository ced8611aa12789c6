"""Specifies text in terminal cells: cut, fitted and wrapped to exact widths, whatever the characters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backup_tui.ui.widgets.cells import LONGEST, cut, fit, width_of, wrap

TEXTS = st.text(alphabet=st.sampled_from("ab é漢字e\u0301👩\u200d👧\x1b\n\t\u202e"), max_size=30)


@given(TEXTS, st.integers(0, 40), st.sampled_from(["end", "middle", "start"]), st.sampled_from(["left", "right"]))
def test_a_fitted_text_has_exactly_its_width_and_no_control_character(
    text: Any, width: Any, where: Any, align: Any
) -> None:
    fitted = fit(text, width, align, where)
    assert width_of(fitted) == width
    assert not any(ord(character) < 32 for character in fitted)


@given(TEXTS, st.integers(2, 20))
@example("\u200d\u200da字", 2)
def test_wrapped_lines_stay_within_the_width_and_keep_every_word(text: Any, width: Any) -> None:
    safe = text.replace("\x1b", "").replace("\t", " ").replace("\u202e", "")
    lines = wrap(safe, width)
    assert all(width_of(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(safe.split())


@pytest.mark.parametrize(("where", "shown"), [("end", "abcd…"), ("start", "…efgh"), ("middle", "ab…gh")])
def test_the_part_given_up_is_marked(where: str, shown: str) -> None:
    assert cut("abcdefgh", 5, where) == shown


def test_a_huge_text_is_looked_at_only_at_its_start() -> None:
    assert len(cut("x" * 10_000_000, 2000)) == LONGEST


def test_leading_spaces_of_a_paragraph_are_kept() -> None:
    assert wrap("  one two", 6) == ["  one", "two"]


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("points of 22 Nov 12:20 UTC, and so on", 14, ["points of 22", "Nov 12:20 UTC,", "and so on"]),
        ("points of 22 Nov 12:20 UTC, and so on", 18, ["points of", "22 Nov 12:20 UTC,", "and so on"]),
        ("since 1 h 22 to 2 h 12, all", 12, ["since 1 h 22", "to 2 h 12,", "all"]),
        ("(20 Nov 2025 in 3 d 4 h)", 14, ["(20 Nov 2025", "in 3 d 4 h)"]),
        ("at most 1 h 6 h 1 d older", 14, ["at most 1 h", "6 h 1 d older"]),
        ("for 14 sites", 7, ["for 14", "sites"]),
    ],
)
def test_no_line_ends_inside_a_date_or_a_length_of_time(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@pytest.mark.parametrize("text", ["a  b", '"@odata.context": " /x  y"', "    deep   in", "one\n  two  three"])
def test_spaces_within_a_line_are_kept(text: str) -> None:
    assert "\n".join(wrap(text, 80)) == text
