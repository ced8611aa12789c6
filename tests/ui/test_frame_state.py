"""Specifies the two header lines: what stands there at every width, and what is never cut."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backup_tui.ui.cells import width_of
from backup_tui.ui.frame_state import FrameState, Line, header_lines, too_small_lines

STATE = FrameState(
    "contoso.com",
    "production",
    "adele.vance.administrator@contoso.com",
    mode="WRITE",
    connection="live 04:02",
    screens=("Overview", "Policies", "Sessions", "Units", "Activity"),
    current=3,
)


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def at(width: int, **changes: object) -> tuple[str, str]:
    first, second = header_lines(replace(STATE, **changes), width)
    return text(first), text(second)


def test_the_lines_of_the_sketch_at_80_columns():
    assert at(80, user="adele@contoso.com") == (
        " contoso.com   production   adele@contoso.com                              WRITE",
        " 1 Overview  2 Policies  3 Sessions  4 Units  5 Activity              live 04:02",
    )


@pytest.mark.parametrize("mode", ["WRITE", "READ-ONLY", "SIGNED OUT"])
@pytest.mark.parametrize("width", range(40, 201))
def test_tenant_and_mode_and_alert_are_whole_at_every_width(width, mode):
    first, second = at(width, mode=mode, alert="1 UNKNOWN")
    assert width_of(first) == width_of(second) == width
    assert "contoso.com" in first.split()
    assert first.endswith(mode)
    assert second.endswith("1 UNKNOWN")


def test_a_tenant_too_long_for_the_mode_sends_the_mode_to_the_second_line():
    tenant = "a-very-long-name-of-a-company.onmicrosoft.com"
    first, second = at(50, tenant=tenant)
    assert first.strip() == tenant
    assert second.endswith("WRITE")


def test_the_user_is_cut_in_the_middle_of_the_local_part_first():
    assert "production   adele.v...strator@contoso.com" in at(65)[0]
    assert "production" in at(40)[0]
    assert "@" not in at(40)[0]


def test_narrow_menus_keep_the_current_screen_and_the_connection():
    assert at(50)[1].split() == ["1", "2", "3", "Sessions", "4", "5", "live", "04:02"]
    assert at(30)[1].split() == ["3", "Sessions", "live", "04:02"]


def test_the_demo_never_says_write():
    first, _second = at(80, mode="DEMO", user="Adele Vance")
    assert first.startswith(" DEMO, nothing here is real   restores run 60x faster   Adele Vance")
    assert first.endswith("DEMO")
    assert "WRITE" not in first


def test_a_subtitle_takes_the_second_line():
    assert at(80, subtitle="Review of draft d91e03b7")[1].rstrip() == " Review of draft d91e03b7"


@pytest.mark.parametrize("width", [1, 5, 20, 59])
def test_too_small_says_tenant_mode_and_the_size_needed(width):
    lines = too_small_lines(replace(STATE, alert="1 UNKNOWN"), width)
    assert all(width_of(line) <= width for line in lines)
    whole = "".join(lines).replace(" ", "")
    assert whole == "contoso.comWRITE1UNKNOWN" + "terminaltoosmall,60x16needed"
