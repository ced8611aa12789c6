"""Specifies what stays of a fault: no values of variables, no secrets, a file for its owner only."""

from __future__ import annotations

import re
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backup_tui import cli
from backup_tui.config.token import Secret, Token
from backup_tui.crash import crash_text, crash_words, hide, redacted, write_crash_file
from backup_tui.headless import sessions

NOW = datetime(2026, 11, 20, 4, 1, tzinfo=UTC)


def fault() -> BaseException:
    mailbox = "adele@contoso.com"
    try:
        raise RuntimeError("Authorization: Bearer abc.def for a mailbox") from KeyError(len(mailbox))
    except RuntimeError as error:
        return error


def test_the_text_has_the_places_but_no_values_and_no_secrets() -> None:
    text = crash_text(fault())
    assert "in fault" in text
    assert "abc.def" not in text
    assert text.count("adele") == 0


def test_tokens_and_passwords_are_taken_out() -> None:
    secrets = "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.sig client_secret=s3cret&x=1 password: 'hunter2' {'access_token': 'zzz'}"
    assert not re.search("eyJ|s3cret|hunter2|zzz", redacted(secrets))
    assert "x=1" in redacted(secrets)


def test_the_file_is_new_and_only_for_its_owner(tmp_path: Path) -> None:
    file = write_crash_file(tmp_path / "state", fault(), NOW)
    assert file is not None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "RuntimeError" in file.read_text()
    assert write_crash_file(tmp_path / "state", fault(), NOW) is None, "an existing file is never written over"


def test_a_fault_is_reported_without_a_place_for_the_file(tmp_path: Path) -> None:
    not_a_folder = tmp_path / "file"
    not_a_folder.write_text("x")
    assert write_crash_file(not_a_folder, fault(), NOW) is None
    assert "could not be written" in crash_words(fault(), None)


def test_a_fault_in_a_command_is_told_in_words_and_kept_without_values(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        secret = "eyJhbGciOiJub25lIn0.canary"
        raise NameError(f"no name {secret}")

    monkeypatch.setattr(sessions, "list_sessions", broken)
    monkeypatch.setenv("BACKUP_TUI_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("BACKUP_TUI_ACCESS_TOKEN", "any")
    assert cli.main(["sessions", "list"]) == 1
    told = capsys.readouterr().err
    assert "Internal error (NameError)" in told
    (file,) = tmp_path.glob("crash-*.txt")
    assert str(file) in told
    assert "canary" not in told + file.read_text()


def test_a_secret_that_stays_is_taken_out_however_many_tokens_have_come_since() -> None:
    held = Secret("a%passphrase of 7 words")
    for number in range(300):
        Token(f"token-{number:08}")
    told = f"{held.reveal()} a%25passphrase%20of%207%20words a%25passphrase+of+7+words token-00000299"
    assert redacted(told) == " ".join(["<redacted>"] * 4)


def test_of_two_secrets_the_one_within_the_other_leaves_nothing_of_it() -> None:
    hide("within-1234")
    hide("within-1234-and-more")
    assert redacted("within-1234-and-more") == "<redacted>"
