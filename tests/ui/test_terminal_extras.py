"""Specifies links (OSC 8), the mouse, and progress in the task bar (OSC 9;4): for whom, in which bytes, and that
nothing hostile in them reaches the terminal."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from list_screens import shown, tenant
from restores import program
from rich.console import Console
from rich.segment import Segment
from test_happenings import read, running
from textual.pilot import Pilot
from textual.strip import Strip

from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.start import run_app
from backup_tui.ui.terminal.abilities import LINKS, PROGRESS, can
from backup_tui.ui.terminal.notices import PROGRESS_OVER, progress
from backup_tui.ui.widgets.links import addresses, linked, target
from backup_tui.ui.widgets.text_lines import TextLines

LINK = re.compile(r"\x1b\]8;id=[0-9-]*;([\x21-\x7e]*)\x1b\\")
END = "\x1b]8;;\x1b\\"
SIZE = (120, 40)


def rendered(text: str, whole: str | None = None) -> str:
    """The bytes of a line, with links for the addresses in `whole`."""
    line = linked([Segment(text)], addresses(text if whole is None else whole))
    return Strip(list(line)).render(Console(color_system="truecolor"))


@pytest.mark.parametrize(
    ("environ", "links", "bar"),
    [
        ({}, False, False),
        ({"TERM": "xterm-256color"}, False, False),
        ({"TERM": "xterm-256color", "WT_SESSION": "0c5f"}, True, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, True, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "8000"}, True, True),
        ({"TERM": "xterm-256color", "VTE_VERSION": "4999"}, False, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "new"}, False, False),
        ({"TERM": "xterm-kitty"}, True, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "3.4.19"}, True, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "iTerm.app", "TERM_PROGRAM_VERSION": "2.9"}, False, False),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.2.0"}, True, True),
        ({"TERM": "xterm-ghostty", "TERM_PROGRAM": "ghostty", "TERM_PROGRAM_VERSION": "1.1.3"}, True, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal", "TERM_PROGRAM_VERSION": "455"}, False, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "vscode"}, False, False),
        ({"TERM": "xterm-256color", "ConEmuANSI": "OFF"}, False, False),
        ({"TERM": "xterm-256color", "ConEmuANSI": "ON"}, False, True),
        ({"TERM": "tmux-256color", "VTE_VERSION": "8000"}, False, False),
        ({"TERM": "xterm-256color", "VTE_VERSION": "8000", "TMUX": "/tmp/tmux-0/default,1,0"}, False, False),
        ({"TERM": "screen.xterm-256color", "WT_SESSION": "0c5f"}, False, False),
        ({"TERM": "dumb", "WT_SESSION": "0c5f"}, False, False),
    ],
)
def test_only_terminals_that_are_known_to_have_it_are_sent_it(
    environ: Mapping[str, str], links: bool, bar: bool
) -> None:
    assert (can(LINKS, "auto", environ), can(PROGRESS, "auto", environ)) == (links, bar)
    assert can(LINKS, "on", environ)
    assert not can(PROGRESS, "off", environ)


def test_an_address_is_a_link_and_looks_the_same() -> None:
    sent = rendered("see https://contoso.sharepoint.com/sites/finance, read-only")
    assert [match[1] for match in LINK.finditer(sent)] == ["https://contoso.sharepoint.com/sites/finance"]
    assert sent.count(END) == 1
    assert LINK.sub("", sent).replace(END, "") == "see https://contoso.sharepoint.com/sites/finance, read-only"


def test_a_part_of_an_address_is_no_link() -> None:
    whole = "https://contoso.sharepoint.com/sites/finance-archive-2024"
    assert rendered("https://contoso.sharepoint.com/sites/fin", whole) == "https://contoso.sharepoint.com/sites/fin"
    assert rendered("https://contoso.sharepoint.com/sites/fin…", whole).count("\x1b") == 0


@pytest.mark.parametrize(
    "hostile",
    [
        "https://a.example/\x1b]0;owned\x07",
        "https://a.example/\x1b\\\x1b[2J",
        "https://a.example/\x9c\x9d0;owned",
        "https://a.example/\x07",
        "https://microsoft.com@evil.example/",
        "https://[broken",
        "https://",
        "https://a.example/" + "x" * 3_000,
        "javascript://a.example/",
        "https://a.example/\u202efdp.exe",
    ],
)
def test_nothing_in_an_address_ends_its_link_or_begins_another_sequence(hostile: str) -> None:
    for address in addresses(hostile):
        assert re.fullmatch(r"[\x21-\x7e]*", target(address))
        assert "@" not in target(address).partition("//")[2].partition("/")[0]
    assert len(target(hostile)) <= 2_000


def test_the_end_of_one_address_that_is_another_is_no_link() -> None:
    assert "\x1b" not in rendered("tenhttps://a.example/x", "https://a.example/x")
    assert rendered("(https://a.example/x)", "https://a.example/x").count(END) == 1


@given(st.text(max_size=80), st.text(max_size=40))
def test_whatever_the_service_sends_a_link_holds_characters_of_an_address_only(path: str, after: str) -> None:
    text = f"https://a.example/{path} {after}"
    sent = rendered(text)
    rest = LINK.sub("", sent).replace(END, "")
    assert rest == text
    assert sent.count("\x1b]8;") - text.count("\x1b]8;") == 2 * len(LINK.findall(sent.replace(END, "")))


@pytest.mark.parametrize("choice", ["on", "off", "auto"])
async def test_the_setting_decides_whether_a_screen_has_links(tmp_path: Path, choice: str) -> None:
    one = tenant(tmp_path, settings={"links": choice})
    address = "https://contoso.sharepoint.com/sites/finance"
    async with shown(one, number=3) as pilot:
        one.app.push_screen(PagerScreen("Addresses", [f"Copy: {address}.", "x" * 70 + f" {address * 3}"]))
        await pilot.pause()
        lines = one.app.screen.query_one(TextLines)
        sent = [lines.render_line(y).render(one.app.console) for y in range(4)]
    assert LINK.findall(sent[0]) == ([address] if choice == "on" else [])
    assert not any(LINK.search(line) for line in sent[2:]), "a part of an address, or an address in another"


async def test_the_help_of_a_screen_leads_to_the_documentation(tmp_path: Path) -> None:
    one = tenant(tmp_path, settings={"links": "on"})
    async with shown(one, number=3, size=SIZE) as pilot:
        await pilot.press("question_mark")
        await pilot.pause()
        lines = one.app.screen.query_one(TextLines)
        drawn = "".join(lines.render_line(y).render(one.app.console) for y in range(lines.size.height))
    urls = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]["urls"]
    assert LINK.findall(drawn) == [urls["Documentation"]]


@pytest.mark.parametrize("wanted", [True, False])
def test_the_setting_decides_whether_the_mouse_is_asked_for(wanted: bool) -> None:
    asked: list[bool] = []
    app = SimpleNamespace(
        workspace=SimpleNamespace(mouse=wanted), terminal=None, exit_code=0, ending=True, fault=None,
        run=lambda mouse: asked.append(mouse),
    )  # fmt: skip
    run_app(cast(Any, app))
    assert asked == [wanted]


# -- the task bar ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("finished", "total", "failed", "sent"),
    [(0, 3, False, "1;0"), (1, 3, False, "1;33"), (2, 3, True, "2;66"), (3, 3, False, "1;100"), (5, 3, True, "2;100")],
)
def test_progress_is_what_has_ended_and_never_rounded_up(finished: int, total: int, failed: bool, sent: str) -> None:
    assert progress(finished, total, failed=failed) == f"\x1b]9;4;{sent}\x1b\\"


class Terminal:
    """Hears what is shown outside of the screens."""

    def __init__(self) -> None:
        self.outside: list[str] = []

    def write(self, data: str) -> None:
        """Notifications and titles are specified elsewhere."""

    def show_outside(self, sequence: str, over: str) -> None:
        assert over == PROGRESS_OVER
        self.outside.append(sequence)


async def followed(pilot: Pilot[Any], one: Any, terminal: Terminal) -> None:
    session_id = await running(pilot, one)
    one.app.terminal = cast(Any, terminal)
    for seconds in (1, 120, 1, 1):
        one.advance(seconds)
        await read(pilot, one, session_id)
    one.app.terminal = None


async def test_running_restores_are_in_the_task_bar_and_an_equal_answer_sends_nothing(tmp_path: Path) -> None:
    one, terminal = program(tmp_path, settings={"progress": "on"}), Terminal()
    async with one.app.run_test(size=SIZE) as pilot:
        await followed(pilot, one, terminal)
        assert terminal.outside[-1:] == ["\x1b]9;4;2;33\x1b\\"]
        assert len(terminal.outside) == len(set(terminal.outside))
        row = next(row for row in one.workspace.store.sessions.values() if row.running)
        assert (row.finished, row.total) == (1, 3)


async def test_where_it_is_off_or_a_count_is_not_given_nothing_is_sent(tmp_path: Path) -> None:
    one, terminal = program(tmp_path, settings={"progress": "off"}), Terminal()
    async with one.app.run_test(size=SIZE) as pilot:
        await followed(pilot, one, terminal)
        assert terminal.outside == []
        shown_now = one.app.workspace.progress()
        assert shown_now == "\x1b]9;4;2;33\x1b\\"
