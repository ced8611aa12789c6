"""Specifies what the benchmarks measure: that no figure can be reached without the thing that it is named after."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.settings import Settings
from benchmarks.__main__ import GROUPS, main
from benchmarks.figures import Figure, against, table
from benchmarks.files import FILES, FOLDERS, LEVELS, Point
from benchmarks.pty_program import in_terminal
from benchmarks.tenant import draft, marker_of, start, tenant

PACKAGE = Path(__file__).parents[2] / "backup_tui"


def test_the_mark_of_the_first_rows_differs_from_tenant_to_tenant() -> None:
    with tenant(units=30) as one, tenant(units=30) as other:
        assert re.fullmatch(rb"[0-9a-f]{8}", one.marker)
        assert one.marker != other.marker


def test_the_mark_is_in_no_file_of_the_program() -> None:
    marker = marker_of(Service(Settings()))
    assert not [path for path in PACKAGE.rglob("*.py") if marker in path.read_bytes()]


def test_a_tenant_counts_each_request_however_it_ends() -> None:
    with tenant(units=30, history=False) as served:
        for path in ("/solutions/backupRestore", "/nothing"):
            with pytest.raises(urllib.error.HTTPError):  # without a token
                urllib.request.urlopen(served.served.base_url + path)
        assert served.requests == 2


def test_a_terminal_waits_for_what_comes_after_the_key_and_not_for_what_was_there() -> None:
    script = "print('ready', flush=True); print('again ' + input(), flush=True)"
    with in_terminal("-c", script) as program:
        program.until(b"ready")
        program.send("x\n")
        program.until(b"again x")
        program.send("")
        with pytest.raises(TimeoutError):
            program.until(b"ready")


def test_a_restore_that_is_to_be_measured_has_all_its_units() -> None:
    with pytest.raises(ValueError, match="only"):
        draft(Service(Settings(units=30, history=False)), 0, 500)


def test_as_many_restores_run_as_are_named() -> None:
    service = Service(Settings(units=600))
    start(service, 7, 5)
    assert sum(one.running(service.now()) for one in service.sessions.values()) == 7


def test_a_ratio_is_the_middle_one_of_the_pairs_and_its_spread_is_told() -> None:
    slow_machine = [(3.0, 1.5), (1.0, 0.5), (1.2, 0.3)]
    figure = against("start", slow_machine, "2.0 x", "bare")
    assert (figure.value, figure.spread, figure.baseline) == ("2.00 x (1,200 ms)", "2.00 to 4.00", "bare 500 ms")


def test_the_table_has_figure_spread_budget_and_baseline_in_columns() -> None:
    lines = table([Figure("start", "2.0 x", "1.4 x", "1.9 to 2.1", "bare")]).splitlines()
    assert lines[0].split() == ["what", "figure", "spread", "budget", "baseline"]
    assert lines[2].index("1.4 x") == lines[0].index("budget")


def test_a_group_that_is_not_known_is_refused_with_those_that_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["starting"]) == 2
    told = capsys.readouterr().err
    assert [name for name in GROUPS if name not in told] == []


def test_the_rows_of_a_point_that_is_measured_are_in_no_other_one() -> None:
    one, other = Point(), Point()
    assert one.file(0) != other.file(0)
    [site] = one.tree(Service(Settings(units=30)).tenant.units["sharepoint"][0], 0)
    names = [node.name.encode() for node in site.walk()]
    assert sum(name.startswith(one.file(0)[:7]) for name in names) == FILES
    assert len([name for name in names if name.startswith(one.folder(0)[:7])]) == LEVELS * FOLDERS
    assert not [name for name in names if name.startswith(other.file(0)[:6])]
