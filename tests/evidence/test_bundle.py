"""Specifies the folder of a report: for its owner only, never over anything, and each change of it is found."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
import subprocess
from pathlib import Path

import pytest
from reports import HOSTILE, failing, hostile_report, report, unit

from backup_tui.errors import LocalError, UsageError
from backup_tui.evidence.bundle import MANIFEST, SUMS, Form, fresh_folder, verify_bundle, write_bundle


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = fresh_folder(str(tmp_path / "report"))
    write_bundle(report(unit(1), failing(2)), path, tuple(Form))
    return path


def test_files_for_their_owner_only_with_sums_that_other_tools_read(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = {path.name for path in folder.iterdir()}
    assert files == {
        "report.html", "report.json", "units.csv", "sessions.csv", "requests.csv", "journal.json", MANIFEST, SUMS,
    }  # fmt: skip
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    manifest = json.loads((folder / MANIFEST).read_text())
    for one in manifest["files"]:
        data = (folder / one["name"]).read_bytes()
        assert (one["size"], one["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())
    assert subprocess.run(["sha256sum", "--strict", "-c", SUMS], cwd=folder, capture_output=True).returncode == 0
    assert verify_bundle(str(folder)).whole


def test_only_the_forms_that_were_asked_for(tmp_path: Path) -> None:
    write_bundle(report(unit(1)), tmp_path / "report", (Form.JSON,))
    assert {path.name for path in (tmp_path / "report").iterdir()} == {"report.json", "journal.json", MANIFEST, SUMS}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "mine.txt").write_text("kept")
    for write in (fresh_folder, lambda text: write_bundle(report(unit(1)), Path(text), tuple(Form))):
        with pytest.raises(LocalError, match="not empty") as caught:
            write(str(taken))
        assert caught.value.certainty == "Nothing was written."
    assert [path.name for path in tmp_path.iterdir()] == ["taken"], "nothing is left beside it"
    (tmp_path / "link").symlink_to(taken)
    with pytest.raises(LocalError):
        fresh_folder(str(tmp_path / "link"))
    with pytest.raises(LocalError, match="does not exist"):
        fresh_folder(str(tmp_path / "missing" / "report"))
    with pytest.raises(LocalError, match="is not a folder"):
        fresh_folder(str(taken / "mine.txt"))
    assert (taken / "mine.txt").read_text() == "kept"


def test_an_empty_folder_becomes_private(tmp_path: Path) -> None:
    (tmp_path / "report").mkdir(mode=0o755)
    write_bundle(report(unit(1)), fresh_folder(str(tmp_path / "report")), (Form.CSV,))
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name", ["report.html", "report.json", "units.csv", "sessions.csv", "requests.csv", "journal.json"]
)
def test_each_changed_or_missing_file_is_named(folder: Path, name: str) -> None:
    path = folder / name
    data = path.read_bytes()
    path.write_bytes(data[:-2] + b"x\n")
    assert verify_bundle(str(folder)).differing == (f"{name}: its contents changed",)
    path.write_bytes(data + b"x")
    assert verify_bundle(str(folder)).differing == (f"{name}: {len(data) + 1:,} bytes, not {len(data):,}",)
    path.unlink()
    assert verify_bundle(str(folder)).missing == (name,)
    path.symlink_to("/dev/null")
    assert verify_bundle(str(folder)).missing == (name,)


def test_an_extra_file_and_changed_sums_are_named(folder: Path) -> None:
    (folder / "more.csv").write_text("x")
    (folder / SUMS).write_text("")
    found = verify_bundle(str(folder))
    assert found.extra == ("more.csv",)
    assert found.differing == (f"{SUMS}: it does not agree with {MANIFEST}",)
    (folder / SUMS).unlink()
    assert verify_bundle(str(folder)).missing == (SUMS,)


def test_a_forged_manifest_has_another_sum(folder: Path) -> None:
    before = verify_bundle(str(folder)).manifest_sha256
    manifest = (folder / MANIFEST).read_text().replace("adele@contoso.com", "ryan@contoso.com")
    (folder / MANIFEST).write_text(manifest)
    assert verify_bundle(str(folder)).manifest_sha256 != before


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b"\xff", b'{"kind": "x"}', b"null"])
def test_a_folder_without_a_manifest_of_ours_is_refused(folder: Path, content: bytes) -> None:
    (folder / MANIFEST).write_bytes(content)
    with pytest.raises(UsageError, match="is not a report"):
        verify_bundle(str(folder))


def test_a_manifest_cannot_name_a_file_elsewhere(folder: Path) -> None:
    manifest = (folder / MANIFEST).read_text().replace('"units.csv"', '"../../etc/passwd"')
    (folder / MANIFEST).write_text(manifest)
    with pytest.raises(UsageError, match="outside the folder"):
        verify_bundle(str(folder))


def test_tables_run_nothing_in_a_spreadsheet_and_lose_nothing(tmp_path: Path) -> None:
    write_bundle(hostile_report(), tmp_path / "report", tuple(Form))
    for name in ("units.csv", "sessions.csv", "requests.csv"):
        rows = list(csv.reader(io.StringIO((tmp_path / "report" / name).read_bytes().decode(), newline="")))
        assert all(len(row) == len(rows[0]) for row in rows)
        assert not [
            cell for row in rows for cell in row if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
        ]
    units = csv.DictReader(io.StringIO((tmp_path / "report" / "units.csv").read_bytes().decode(), newline=""))
    rows_of_units = list(units)
    assert {row["name"].removeprefix("'") for row in rows_of_units} == {name.removeprefix("'") for name in HOSTILE}
    assert {row["name from"] for row in rows_of_units} == {"none"}


def test_json_has_the_sums_and_everything_else() -> None:
    from backup_tui.evidence.tables import report_json

    told = json.loads(report_json(report(unit(10), unit(20), failing(3))))
    assert (told["summary"]["restored"], told["summary"]["failed"], told["summary"]["units"]) == (2, 1, 3)
    assert told["summary"]["recovery"] == {
        "units": 2,
        "medianSeconds": 900,
        "longestSeconds": 1200,
        "slowest": "user20@contoso.com",
    }
    assert [one["unitId"] for one in told["units"]] == ["unit-10", "unit-20", "unit-3"]
    assert told["generatedBy"] == "adele@contoso.com"
