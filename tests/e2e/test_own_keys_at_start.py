"""Specifies, with real processes, that nothing starts with keys that two commands would have."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CLASH = '[keys]\nreview = "ctrl+a"\nrefresh = "n"\n'


def started(folder: Path, config: str, *words: str) -> subprocess.CompletedProcess[str]:
    (folder / "backup-tui").mkdir(exist_ok=True)
    (folder / "backup-tui" / "config.toml").write_text(config, encoding="utf-8")
    environ = {**os.environ, "XDG_CONFIG_HOME": str(folder), "BACKUP_TUI_STATE_DIR": str(folder / "state")}
    return subprocess.run(
        [sys.executable, "-m", "backup_tui", *words], env=environ, capture_output=True, text=True, check=False
    )


def test_the_screens_do_not_start_and_the_line_is_named(tmp_path: Path) -> None:
    ended = started(tmp_path, CLASH)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "line 3: keys.refresh: n is also the key of new_restore on the screen Overview." in " ".join(
        ended.stderr.split()
    )
    assert "Nothing was started." in ended.stderr
    assert not (tmp_path / "state").exists()


def test_commands_do_not_mind_it_but_the_one_that_lists_keys(tmp_path: Path) -> None:
    assert started(tmp_path, CLASH, "config", "show").returncode == 0
    assert started(tmp_path, CLASH, "config", "keys").returncode == 2


def test_the_list_of_keys_has_the_chosen_ones(tmp_path: Path) -> None:
    listed = started(tmp_path, '[keys]\nreview = "ctrl+a"\n', "config", "keys", "--output", "tsv")
    rows = [line.split("\t") for line in listed.stdout.splitlines()]
    assert rows[0] == ["command", "keys", "screens", "what_it_does"]
    assert {row[1] for row in rows if row[0] == "review"} == {"ctrl+a"}
    assert "Overview, Sessions and 2 more" in {row[2] for row in rows if row[0] == "review"}
