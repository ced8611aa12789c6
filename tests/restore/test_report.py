"""Specifies the report of a restore: one line per unit, nothing that a spreadsheet would run, for its owner only."""

from __future__ import annotations

import csv
import io
import stat
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import LocalError, ServerFault
from backup_tui.models.services import Destination, Service
from backup_tui.restore.report import COLUMNS, as_csv, report_csv, save_report
from backup_tui.restore.review.activation import Start

if TYPE_CHECKING:
    from office import Office


async def test_one_line_per_unit_with_its_result(office: Office) -> None:
    units = await office.units(Service.EXCHANGE, count=4)
    result = await office.draft(units, Destination.NEW)
    review = await office.review(Start(result.session_id))
    await office.carry_out(review, review.phrase)
    office.advance(timedelta(hours=6).total_seconds())
    rows = list(csv.DictReader(io.StringIO(await report_csv(office.tools, result.session_id), newline="")))
    assert {row["name"] for row in rows} == {unit.address for unit in units}
    assert {row["unit id"] for row in rows} == {unit.id for unit in units}
    assert {row["status"] for row in rows} == {"succeeded"}
    assert all(row["session id"] == result.session_id for row in rows)
    assert all(int(row["minutes"]) > 0 for row in rows)
    assert any(row["result"].startswith("Recovered Items") for row in rows)


async def test_a_report_with_holes_is_not_made(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add("refuse", method="GET", path="Artifacts", status=500, times=None)
    with pytest.raises(ServerFault):
        await report_csv(office.tools, result.session_id)


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_starts_like_a_formula_and_nothing_is_lost(rows: list[list[str]]) -> None:
    text = as_csv(("a", "b"), rows)
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    for cells, written in zip(rows, read, strict=True):
        for cell, shown in zip(cells, written, strict=True):
            assert shown.removeprefix("'") == cell.removeprefix("'")
            assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


def test_the_header_names_every_column() -> None:
    assert as_csv(COLUMNS, []).count(",") == len(COLUMNS) - 1


def test_saved_for_its_owner_only_and_never_over_another_file(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    save_report(path, "name\r\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_bytes() == b"name\r\n"
    with pytest.raises(LocalError, match="exists"):
        save_report(path, "other")
    assert path.read_bytes() == b"name\r\n"
    save_report(path, "other\r\n", replace=True)
    assert path.read_bytes() == b"other\r\n"


def test_not_through_a_link_and_not_into_a_folder_that_is_missing(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("kept")
    (tmp_path / "link.csv").symlink_to(target)
    with pytest.raises(LocalError):
        save_report(tmp_path / "link.csv", "x", replace=True)
    assert target.read_text() == "kept"
    with pytest.raises(LocalError, match="cannot be written"):
        save_report(tmp_path / "missing" / "report.csv", "x")
