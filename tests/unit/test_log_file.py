"""Specifies the log: JSON lines, for its owner only, without secrets, and never in the way."""

from __future__ import annotations

import json
import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup_tui.config import Token
from backup_tui.log_file import FILE, LONGEST, start_log

LOG = logging.getLogger("backup_tui.somewhere")
TOKEN = "canary-in-a-token"


@pytest.fixture(autouse=True)
def no_log_afterwards() -> Iterator[None]:
    yield
    start_log(None, "warning")


def entries(folder: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (folder / FILE).read_text(encoding="utf-8").splitlines()]


def test_an_entry_is_one_line_of_json_without_secrets(tmp_path: Path) -> None:
    assert start_log(tmp_path, "info") == tmp_path / FILE
    Token(TOKEN)
    LOG.info("got %s\nand more", TOKEN)
    LOG.debug("not wanted")
    (entry,) = entries(tmp_path)
    assert entry["message"] == "got <redacted>\nand more"
    assert entry["level"] == "info"
    assert entry["from"] == "backup_tui.somewhere"


def test_a_fault_has_its_places_but_no_values(tmp_path: Path) -> None:
    start_log(tmp_path, "warning")
    secret_value = Token(TOKEN).reveal()
    try:
        raise RuntimeError(secret_value)
    except RuntimeError:
        LOG.exception("failed")
    (entry,) = entries(tmp_path)
    assert "test_log_file.py" in entry["fault"]
    assert "canary" not in json.dumps(entry)


def test_it_is_for_its_owner_only_also_where_it_was_not_before(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("")
    (tmp_path / FILE).chmod(0o644)
    start_log(tmp_path, "warning")
    LOG.warning("x")
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600


def test_a_link_in_its_place_is_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    (tmp_path / FILE).symlink_to(other)
    assert start_log(tmp_path, "warning") is None
    LOG.warning("x")
    assert not other.exists()


def test_what_libraries_tell_in_detail_is_left_out_and_their_warnings_are_kept(tmp_path: Path) -> None:
    start_log(tmp_path, "debug")
    logging.getLogger("msal.application").info("Authorization: Bearer %s", TOKEN)
    logging.getLogger("httpx").warning("something")
    assert [entry["from"] for entry in entries(tmp_path)] == ["httpx"]


def test_a_very_long_message_is_cut(tmp_path: Path) -> None:
    start_log(tmp_path, "info")
    LOG.info("%s", "x" * 10_000)
    assert len(entries(tmp_path)[0]["message"]) == LONGEST


def test_a_full_file_makes_room_for_a_new_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backup_tui.log_file.MOST_BYTES", 1_000)
    start_log(tmp_path, "info")
    for number in range(30):
        LOG.info("entry %d", number)
    assert entries(tmp_path)[-1]["message"] == "entry 29"
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, f"{FILE}.1"]
    assert all(path.stat().st_size < 1_500 for path in tmp_path.iterdir())


def test_without_a_folder_nothing_is_written_and_nothing_reaches_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start_log(None, "debug") is None
    LOG.error("nobody hears it")
    assert capsys.readouterr() == ("", "")
