"""Specifies that the tenant band is readable: on every terminal and in every color, front and ground differ."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from demo_screens import FakeWorkspace, demo_app
from msgspec.structs import replace
from textual.filter import LineFilter

from backup_tui.config import COLOURS
from backup_tui.ui.app import BackupTui
from backup_tui.ui.frame.header import FrameState
from backup_tui.ui.widgets.frame_lines import HeaderLines

LOUD = FrameState(
    "contoso.com",
    "production",
    "adele@contoso.com",
    mode="WRITE",
    connection="live 04:02",
    word="PRODUCTION",
    alerts=("1 UNKNOWN", "RESTORE LOCKED"),
)
TERMINALS = [
    {"TERM": "xterm"},
    {"TERM": "xterm-256color"},
    {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
    {"TERM": "linux"},
    {"TERM": "screen"},
    {"TERM": "vt100"},
]
IDS = ["xterm", "256", "truecolor", "linux", "screen", "vt100"]

Look = tuple[str, str, bool]
"""Foreground, background, reversed."""


def terminal(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]) -> None:
    for name in ("TERM", "COLORTERM", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)


def looks(sent: str) -> Iterator[tuple[str, Look]]:
    """Each character of a line as it is sent, with the look that it gets on the terminal."""
    front, back, turned = "39", "49", False
    for codes, character in re.findall(r"\x1b\[([0-9;]*)m|(.)", sent):
        if character:
            yield character, (front, back, turned)
            continue
        left = iter((codes or "0").split(";"))
        for code in left:
            if code == "0":
                front, back, turned = "39", "49", False
            elif code in ("7", "27"):
                turned = code == "7"
            elif code in ("38", "48"):
                rest = [next(left) for _ in range(2 if next(left) == "5" else 3)]
                front, back = (",".join(rest), back) if code == "38" else (front, ",".join(rest))
            elif 30 <= int(code) <= 39 or 90 <= int(code) <= 97:
                front = code
            elif 40 <= int(code) <= 49 or 100 <= int(code) <= 107:
                back = code


def color_of(code: str) -> str:
    """The color behind a code for foreground or background: `31`, `41` and `101` are one red."""
    return code if "," in code else {"3": "", "4": "", "9": "bright ", "0": "bright "}[code[-2]] + code[-1]


def sent(app: BackupTui, y: int) -> str:
    """A header line as the terminal gets it."""
    header = app.screen.query_one(HeaderLines)
    strip = header.render_line(y)
    filters: Sequence[LineFilter] = app.get_line_filters()
    for one in filters:
        strip = strip.apply_filter(one, header.background_colors[1])
    return strip.render(app.console)


def ground(app: BackupTui, state: FrameState) -> str:
    """The color behind the first character of the band in this state."""
    screens = ("Overview", "Policies", "Sessions", "Units", "Activity")
    app.screen.query_one(HeaderLines).update(replace(state, screens=screens, current=1))
    return next(looks(sent(app, 0)))[1][1]


@pytest.mark.parametrize("environ", TERMINALS, ids=IDS)
@pytest.mark.parametrize("colour", ["", *COLOURS])
async def test_every_character_of_the_band_differs_from_its_ground(
    monkeypatch: pytest.MonkeyPatch, colour: str, environ: dict[str, str]
) -> None:
    terminal(monkeypatch, environ)
    workspace = FakeWorkspace()
    workspace.state = replace(LOUD, colour=colour)
    app = demo_app(workspace)
    async with app.run_test(size=(80, 24)):
        line = list(looks(sent(app, 0)))
        assert "".join(character for character, _look in line).startswith(" contoso.com  [PRODUCTION]")
        assert len(line) == 80
        pairs = {look for _character, look in line}
        assert len(pairs) == 1, "one pair for the whole row"
        front, back, turned = pairs.pop()
        assert not turned, "a reversed pair is one that nobody chose"
        assert (front, back) != ("39", "49")
        assert color_of(front) != color_of(back)


@pytest.mark.parametrize("environ", TERMINALS, ids=IDS)
async def test_each_color_is_told_from_each_other_one_and_from_the_demo(
    monkeypatch: pytest.MonkeyPatch, environ: dict[str, str]
) -> None:
    terminal(monkeypatch, environ)
    app = demo_app()
    async with app.run_test(size=(80, 24)):
        grounds = {}
        for colour in COLOURS:
            grounds[colour] = ground(app, replace(LOUD, colour=colour))
        assert len(set(grounds.values())) == len(COLOURS)
        for mode in ("SIGNED OUT", "READ-ONLY"):
            assert ground(app, replace(LOUD, colour="red", mode=mode)) == grounds["red"]
        assert ground(app, replace(LOUD, colour="red", mode="DEMO READ-ONLY")) == grounds["magenta"]


@pytest.mark.parametrize("environ", TERMINALS, ids=IDS)
@pytest.mark.parametrize("colour", ["", "red", "green", "orange"])
async def test_without_color_the_band_is_reversed_and_nothing_else_is_sent(
    monkeypatch: pytest.MonkeyPatch, colour: str, environ: dict[str, str]
) -> None:
    terminal(monkeypatch, environ | {"NO_COLOR": "1"})
    workspace = FakeWorkspace()
    workspace.state = replace(LOUD, colour=colour)
    app = demo_app(workspace)
    async with app.run_test(size=(80, 24)):
        assert {look for _character, look in looks(sent(app, 0))} == {("39", "49", True)}


async def test_a_mode_that_moved_to_the_second_line_keeps_the_band(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal(monkeypatch, TERMINALS[0])
    workspace = FakeWorkspace()
    workspace.state = replace(LOUD, colour="red", tenant="a-very-long-name-of-a-company.onmicrosoft.com")
    app = demo_app(workspace)
    async with app.run_test(size=(60, 24)):
        line = "".join(character for character, _look in looks(sent(app, 1)))
        assert line.endswith("[1 UNKNOWN] [RESTORE LOCKED] WRITE ")
        assert {look for character, look in looks(sent(app, 1)) if character != " "} == {("97", "41", False)}


@pytest.mark.parametrize("colour", COLOURS)
def test_picture_of_the_band(snap_compare: Any, monkeypatch: pytest.MonkeyPatch, colour: str) -> None:
    terminal(monkeypatch, TERMINALS[1])
    workspace = FakeWorkspace()
    workspace.state = replace(LOUD, colour=colour)
    assert snap_compare(demo_app(workspace), terminal_size=(80, 16))


@pytest.mark.parametrize("colour", COLOURS)
def test_picture_of_the_band_in_all_colors(snap_compare: Any, monkeypatch: pytest.MonkeyPatch, colour: str) -> None:
    terminal(monkeypatch, TERMINALS[2])
    workspace = FakeWorkspace()
    workspace.state = replace(LOUD, colour=colour, mode="SIGNED OUT", alerts=())
    assert snap_compare(demo_app(workspace), terminal_size=(80, 16))
