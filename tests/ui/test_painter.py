"""Specifies what is written to the terminal: the cells that look different, in few bytes, and so that it shows the
frame whatever was there before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_screens import LARGE, read
from restores import program
from rich.cells import split_graphemes
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from support import until
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from backup_tui.simulator.http.callers import ADELE
from backup_tui.ui.terminal.painter import PLAIN, Look, Painter, switch
from backup_tui.ui.textual_internals import AppInternals
from benchmarks.tenant import draft

CONSOLE = Console(color_system="truecolor", force_terminal=True)
BOLD, DIM, REVERSE = Style(bold=True), Style(dim=True), Style(reverse=True)
WIDTH = 12
SEQUENCE = re.compile(r"\x1b\[([0-9;]*)([HGXm])|\x1b\]8;(?:id=[0-9a-f]+)?;([^\x1b]*)\x1b\\")
OFF = {"22": "12", "23": "3", "24": "4", "27": "7", "29": "9", "39": "", "49": ""}


class Shown:
    """A terminal that keeps how each cell looks; what cannot be seen of a blank is left out."""

    def __init__(self, lines: int = 3) -> None:
        self.cells = [[("?", frozenset[str](), "")] * WIDTH for _ in range(lines)]
        self._codes: set[str] = set()
        self._link = ""
        self._x = self._y = 0

    def feed(self, written: str) -> None:
        while written:
            if found := SEQUENCE.match(written):
                self._control(*found.groups())
                written = written[found.end() :]
                continue
            text = written.partition("\x1b")[0]
            assert text, f"an unknown sequence: {written[:20]!r}"
            for start, end, size in split_graphemes(text)[0]:
                self._put(text[start:end], size)
            written = written[len(text) :]

    def _control(self, numbers: str | None, final: str | None, link: str | None) -> None:
        if final == "H":
            self._y, self._x = (int(number) - 1 for number in str(numbers).split(";"))
        elif final == "G":
            self._x = int(numbers or "1") - 1
        elif final == "X":
            at = self._x
            for _ in range(int(numbers or "1")):
                self._put(" ", 1)
            self._x = at
        elif final == "m":
            self._style(str(numbers).split(";"))
        else:
            self._link = link or ""

    def _style(self, codes: list[str]) -> None:
        while codes:
            code = codes.pop(0)
            if code in ("", "0"):
                self._codes.clear()
            elif code in OFF:
                gone = OFF[code]
                self._codes = {
                    one for one in self._codes if one not in gone and (gone or one[0] != code[0] or len(one) == 1)
                }
            elif code in ("38", "48"):
                self._style([{"38": "39", "48": "49"}[code]])
                self._codes.add(";".join((code, *(codes.pop(0) for _ in range(4)))))
            else:
                self._codes.add(code)

    def _put(self, letter: str, size: int) -> None:
        codes = frozenset(self._codes)
        if letter == " " and not self._link and not codes & {"4", "7", "9"}:
            codes = frozenset(code for code in codes if code.startswith("48"))
        self.cells[self._y][self._x : self._x + size] = [(letter, codes, self._link)] + [("", codes, "")] * (size - 1)
        self._x += size


def frame(*lines: Strip) -> LayoutUpdate:
    return LayoutUpdate([[line] for line in lines], Region(0, 0, WIDTH, len(lines)))


def line(text: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style)])


def after(*frames: LayoutUpdate) -> str:
    """What the last frame writes after the others."""
    painter = Painter()
    return [painter.text(one, CONSOLE) for one in frames][-1]


@pytest.mark.parametrize(
    ("was", "now", "written"),
    [
        (line("starting"), line("starting"), ""),
        (line("0 of 5"), line("1 of 5"), "\x1b[1;1H1"),
        (line("at 0 of 5"), line("at 4 of 7"), "\x1b[1;4H4 of 7"),
        (line("4 of 5 units"), line("5 of 5 units", BOLD), "\x1b[1;1H\x1b[1m5 of 5 units\x1b[m"),
        (line("a 23456789 b"), line("c 23456789 d"), "\x1b[1;1Hc\x1b[12Gd"),
        (line("Sites 好!"), line("Sites 啊!"), "\x1b[1;7H啊"),  # both cells of a wide character
        (line("e\u0301x"), line("e\u0300x"), "\x1b[1;1He\u0300"),
        (line("long, longer"), line("short       "), "\x1b[1;1Hshort\x1b[7X"),
        (line("   ", DIM), line("   "), ""),
        (line("   ", REVERSE), line("   "), "\x1b[1;1H   "),
    ],
)
def test_what_is_written_of_a_line(was: Strip, now: Strip, written: str) -> None:
    assert after(frame(was), frame(now)) == written


def test_an_update_of_parts_is_written_from_its_first_cell_to_its_last() -> None:
    strip = line("starting 0 of 5 units")
    update = ChopsUpdate([{0: strip}], [(0, 9, 10)], [[21]])
    assert Painter().text(update, CONSOLE) == "\x1b[1;10H0"


@pytest.mark.parametrize(
    ("was", "now", "sequence"),
    [
        (Look(frozenset("1")), PLAIN, "\x1b[m"),
        (Look(frozenset("1")), Look(frozenset("2")), "\x1b[0;2m"),
        (Look(frozenset("1"), "38;2;1;2;3"), Look(frozenset(), "38;2;1;2;3"), "\x1b[22m"),
        (Look(frozenset("12"), "38;2;1;2;3"), Look(frozenset("2"), "38;2;1;2;3"), "\x1b[22;2m"),
        (Look(ink="31", ground="48;5;7"), Look(ink="32", ground="48;5;7"), "\x1b[32m"),
        (Look(ink="31", ground="48;5;7"), Look(ground="48;5;7"), "\x1b[39m"),
        (PLAIN, Look(link="https://a.example/x"), "\x1b]8;id=988cacd2;https://a.example/x\x1b\\"),
        (Look(link="https://a.example/x"), PLAIN, "\x1b]8;;\x1b\\"),
    ],
)
def test_from_one_look_to_another_in_the_fewest_bytes(was: Look, now: Look, sequence: str) -> None:
    assert switch(was, now) == sequence


TEXTS = st.lists(st.sampled_from(["a", "b", " ", "  ", "好", "e\u0301", "✗"]), max_size=9).map("".join)
STYLES = [None, BOLD, DIM, REVERSE, Style(color="red"), Style(bgcolor="#102030"), Style(color="#ffee00", bold=True)]
STYLES += [Style(underline=True), Style(bgcolor="#102030", dim=True, bold=True), Style(link="https://a.example/")]


@st.composite
def lines(draw: Any) -> Strip:
    parts = draw(
        st.lists(
            st.tuples(
                st.lists(st.sampled_from(["a", "b", " ", "  ", "好", "e\u0301", "✗"]), max_size=9).map("".join),
                st.sampled_from(STYLES),
            ),
            max_size=4,
        )
    )
    return Strip([Segment(text, style) for text, style in parts]).adjust_cell_length(WIDTH).simplify()


@given(st.lists(st.tuples(lines(), lines(), lines()), min_size=2, max_size=4))
def test_after_any_frames_the_terminal_shows_the_last_one(frames: list[tuple[Strip, Strip, Strip]]) -> None:
    painter, shown, fresh = Painter(), Shown(), Shown()
    for one in frames:
        shown.feed(painter.text(frame(*one), CONSOLE))
    fresh.feed(Painter().text(frame(*frames[-1]), CONSOLE))
    assert shown.cells == fresh.cells
    assert painter.text(frame(*frames[-1]), CONSOLE) == ""


def test_what_was_forgotten_is_written_whole() -> None:
    painter = Painter()
    whole = painter.text(frame(line("3 sessions")), CONSOLE)
    assert painter.text(frame(line("3 sessions")), CONSOLE) == ""
    painter.forget()
    assert painter.text(frame(line("3 sessions")), CONSOLE) == whole


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a program without a terminal would write, frame by frame."""
    frames: list[str] = []

    def display(app: AppInternals, _screen: object, update: Any) -> None:
        if update is not None and (text := app.painter.text(update, app.console)):
            frames.append(text)

    monkeypatch.setattr(AppInternals, "_display", display)
    return frames


@pytest.mark.parametrize(("theme", "budget"), [("terminal", 600), ("midnight", 700)])
async def test_one_row_whose_status_changes_costs_few_bytes_and_nothing_else_any(
    tmp_path: Path, written: list[str], theme: str, budget: int
) -> None:
    one = program(tmp_path)
    session = draft(one.service, 0, 5)
    async with one.app.run_test(size=LARGE) as pilot:
        one.app.theme = theme
        await read(pilot, one)
        await pilot.press("3", "r")
        await pilot.pause()
        written.clear()
        await pilot.press("r")
        one.app.bridge.deliver()
        await pilot.pause()
        assert written == []
        one.service.activate_session(session, ADELE)
        await pilot.press("r")
        row = one.workspace.store.sessions
        await until(pilot, lambda: row[session].state.value != "draft", "it starts")
        one.app.bridge.deliver()
        await pilot.pause()
        assert "starting" in "".join(written)
        assert len("".join(written).encode()) <= budget
        written.clear()
        one.app.redraw()
        await pilot.pause()
        assert len("".join(written)) > 2_000, "all of it is written again"
