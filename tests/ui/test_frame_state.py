"""Specifies the two header lines: what stands there at every width, and what is never cut."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from backup_tui.ui.frame.header import FrameState, Line, header_lines, too_small_lines
from backup_tui.ui.widgets.cells import width_of

STATE = FrameState(
    "contoso.com",
    "production",
    "adele.vance.administrator@contoso.com",
    mode="WRITE",
    connection="live 04:02",
    word="PRODUCTION",
    screens=("Overview", "Policies", "Sessions", "Units", "Activity"),
    current=3,
)
MODES = ("WRITE", "READ-ONLY", "DEMO", "DEMO READ-ONLY", "SIGNED OUT")
BOTH = ("1 UNKNOWN", "RESTORE LOCKED")


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def at(width: int, **changes: object) -> tuple[str, str]:
    first, second = header_lines(replace(STATE, **changes), width)
    return text(first), text(second)


def test_the_lines_of_the_sketch_at_80_columns() -> None:
    assert at(80, user="adele@contoso.com") == (
        " contoso.com  [PRODUCTION]  adele@contoso.com                             WRITE ",
        " 1 Overview  2 Policies [3 Sessions] 4 Units  5 Activity             live 04:02 ",
    )


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("alerts", [(), BOTH[:1], BOTH])
@pytest.mark.parametrize("width", range(60, 201, 7))
def test_tenant_exceptions_and_mode_are_whole_at_every_width(width: Any, alerts: Any, mode: Any) -> None:
    first, second = at(width, mode=mode, alerts=alerts)
    assert width_of(first) == width_of(second) == width
    assert first.startswith(" contoso.com ")
    right = " ".join((*(f"[{alert}]" for alert in alerts), mode))
    assert first.endswith(f" {right} ")


def test_a_tenant_too_long_for_the_mode_sends_the_mode_to_the_second_line() -> None:
    tenant = "a-very-long-name-of-a-company.onmicrosoft.com"
    first, second = at(60, tenant=tenant, alerts=BOTH)
    assert first.strip() == tenant
    assert second.endswith(" [1 UNKNOWN] [RESTORE LOCKED] WRITE ")
    look = header_lines(replace(STATE, tenant=tenant, alerts=BOTH), 60)[1][-2].look
    assert look == "band"


def test_the_user_gives_way_first_and_then_the_word() -> None:
    assert "[PRODUCTION]  adele.vance.administrator@contoso.com " in at(80)[0]
    assert "[PRODUCTION]  adele.va…istrator@contoso.com " in at(65)[0]
    narrow = at(60, alerts=("1 UNKNOWN",))[0]
    assert "[PRODUCTION]" in narrow
    assert "@" not in narrow
    assert at(60, alerts=BOTH)[0].split(" [1 UNKNOWN]")[0].split() == ["contoso.com", "[PRODUC…]"]


def test_a_profile_without_a_word_is_told_by_its_name() -> None:
    assert at(80, word="")[0].startswith(" contoso.com  [production]  ")
    assert "[" not in at(80, word="", profile="")[0]


def test_narrow_menus_keep_the_current_screen_and_the_connection() -> None:
    assert at(60)[1] == " 1 Over 2 Pol [3 Sess] 4 Unit 5 Act              live 04:02 "
    assert at(40)[1].split() == ["1", "2", "[3", "Sessions]", "4", "5", "live", "04:02"]
    assert at(30)[1].split() == ["[3", "Sessions]", "live", "04:02"]


@pytest.mark.parametrize("current", range(6))
def test_the_active_tab_has_brackets_in_place_of_blanks_so_nothing_moves(current: Any) -> None:
    plain = at(80, current=0)[1]
    tabs = at(80, current=current)[1]
    assert tabs.replace("[", " ").replace("]", " ") == plain
    assert tabs.count("[") == tabs.count("]") == bool(current)
    looks = [span.look for span in header_lines(replace(STATE, current=current), 80)[1][:5]]
    assert looks == ["current" if place == current else "" for place in range(1, 6)]


@pytest.mark.parametrize("mode", ["DEMO", "DEMO READ-ONLY"])
def test_the_demo_says_that_nothing_is_real_and_never_says_write(mode: str) -> None:
    first, _second = at(80, mode=mode, profile="", word="", user="Adele Vance")
    assert first.startswith(" contoso.com  nothing here is real  Adele Vance ")
    assert first.endswith(f" {mode} ")
    assert "WRITE" not in first
    assert "nothing here is real" in at(60, mode=mode)[0]


@pytest.mark.parametrize(
    ("changes", "band"),
    [
        ({}, "blue"),
        ({"mode": "READ-ONLY"}, "blue"),
        ({"colour": "red"}, "red"),
        ({"colour": "green", "mode": "SIGNED OUT"}, "green"),
        ({"colour": "red", "mode": "DEMO"}, "magenta"),
        ({"mode": "DEMO READ-ONLY"}, "magenta"),
    ],
)
def test_the_band_has_the_tenant_s_color_in_every_mode(changes: Any, band: str) -> None:
    assert replace(STATE, **changes).band == band


def test_a_subtitle_takes_the_second_line() -> None:
    subtitle = ("Review of draft d91e03b7", "read again 04:02:11")
    second = at(60, subtitle=subtitle)[1]
    assert second.startswith(" Review of draft d91e03b7  ")
    assert second.endswith("  read again 04:02:11 ")


@pytest.mark.parametrize("width", [1, 5, 20, 59])
def test_too_small_says_tenant_exceptions_mode_and_the_size_needed(width: int) -> None:
    lines = too_small_lines(replace(STATE, alerts=("1 UNKNOWN",)), width)
    assert all(width_of(line) <= width for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert whole == "contoso.com[1UNKNOWN]WRITE" + "Terminaltoosmall:60x16neededtostartorchangeanything"
