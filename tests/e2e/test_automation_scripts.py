"""The scripts of docs/automation, each run as it stands against the simulated service."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from test_lost_answers import sound

from backup_tui.simulator.server import Running

SCRIPTS = Path(__file__).parents[2] / "docs" / "automation"

Command = Callable[..., Any]
Names = Callable[..., str]


@pytest.fixture
def script(environment: dict[str, str], tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    program = tmp_path / "backup-tui"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m backup_tui "$@"\n')
    program.chmod(0o700)
    paths = os.pathsep.join([str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")])
    env = os.environ | environment | {"BACKUP_TUI": str(program), "PYTHONPATH": paths}

    def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
        asked = ["sh", str(SCRIPTS / name), *words]
        return subprocess.run(asked, env=env, capture_output=True, text=True, timeout=90, cwd=tmp_path)

    return run


Script = Callable[..., subprocess.CompletedProcess[str]]


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_drill_is_drawn_started_and_reported(script: Script, command: Command, tmp_path: Path) -> None:
    done = script("nightly-drill.sh", "exchange", "2", str(tmp_path / "drills"))
    assert done.returncode in (0, 6), done.stderr
    (report,) = (tmp_path / "drills").iterdir()
    assert command("report", "verify", str(report)).code == 0
    (drill,) = command("drill", "history", "--json").json
    assert report.name == drill["id"]


def test_what_failed_is_told_by_unit(script: Script, command: Command) -> None:
    done = script("what-failed.sh", "365d")
    assert done.returncode == 0, done.stderr
    failed = command("sessions", "list", "--failed", "--json=id").json
    assert {row["session"] for row in rows(done.stdout)} == {one["id"] for one in failed}
    assert {row["status"] for row in rows(done.stdout)} == {"failed"}
    assert all(row["unit"] and row["result"] for row in rows(done.stdout))


def test_accounts_of_a_csv_are_restored_once(
    script: Script, command: Command, served: Running, names: Names, tmp_path: Path
) -> None:
    unit = sound(served, "onedrive")
    listed = names("Mail,Team", f"{unit.address},sales", name="names.csv")
    before = len(served.service.listed_sessions())
    asked = ("restore-from-csv.sh", "onedrive", listed, "2h")
    review = script(*asked)
    assert (review.returncode, 'confirm "restore 1"' in review.stdout) == (0, True), review.stderr
    assert script(*asked, "restore 2").returncode == 2
    done = script(*asked, "restore 1")
    assert (done.returncode, "completed: 1 done" in done.stdout) == (0, True), done.stderr
    assert script(*asked, "restore 1").returncode == 0
    assert len(served.service.listed_sessions()) == before + 1

    told = tmp_path / "told"
    notify = tmp_path / "notify"
    notify.write_text(f"#!/bin/sh\ncat >> {told}\n")
    notify.chmod(0o700)
    session = command("sessions", "list", "--since", "5 min", "--status", "ended", "--json=id").json[0]["id"]
    waited = script("wait-and-notify.sh", str(notify), session)
    assert waited.returncode == 0, waited.stderr
    assert f'"id": "{session}"' in told.read_text()


def test_lists_are_exported_for_their_owner_only(script: Script, command: Command, tmp_path: Path) -> None:
    done = script("export-csv.sh", str(tmp_path / "export"))
    assert done.returncode == 0, done.stderr
    files = sorted((tmp_path / "export").iterdir())
    assert [file.stem for file in files] == ["journal", "policies", "sessions", "units"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    units = rows((tmp_path / "export" / "units.csv").read_text())
    assert len(units) == len(command("units", "list", "--json").json)


def test_an_audit_has_every_restore_and_proves_it(script: Script, command: Command, tmp_path: Path) -> None:
    done = script("audit.sh", "31d", str(tmp_path / "audit"))
    assert done.returncode == 0, done.stderr
    reported = rows((tmp_path / "audit" / "sessions.csv").read_text())
    wanted = command("sessions", "list", "--since", "31d", "--json=id").json
    assert len(reported) == len(wanted) > 0
    assert (tmp_path / "audit.journal.csv").exists()
    assert "No restore since" in script("audit.sh", "1m", str(tmp_path / "none")).stderr
