"""Specifies tables and files for others: nothing that a spreadsheet would run, for their owner only."""

from __future__ import annotations

import csv
import io
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import LocalError
from backup_tui.restore.report import as_csv, save_report


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_starts_like_a_formula_and_nothing_is_lost(rows: list[list[str]]) -> None:
    text = as_csv(("a", "b"), rows)
    read = list(csv.reader(io.StringIO(text, newline="")))[1:]
    for cells, written in zip(rows, read, strict=True):
        for cell, shown in zip(cells, written, strict=True):
            assert shown.removeprefix("'") == cell.removeprefix("'")
            assert not shown.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))


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


@contextmanager
def disk_of(octets: int) -> Iterator[None]:
    """A disk on which no file becomes larger."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_no_half_of_a_file_and_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "report.csv"
    with disk_of(100), pytest.raises(LocalError, match="cannot be written"):
        save_report(path, "x" * 5_000)
    assert not path.exists()
    save_report(path, "kept")
    with disk_of(100), pytest.raises(LocalError, match="cannot be written"):
        save_report(path, "x" * 5_000, replace=True)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("report.csv", "kept")]
