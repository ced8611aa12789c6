"""Specifies `config show`: every setting, its value, where it came from, and never a secret."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from backup_tui import cli
from backup_tui.config import PROFILE_KEYS, TOP_KEYS, VARIABLES

HUSH = "hush-config-show-canary"
FILE = f"""
default_profile = "prod"
lock_wait = 30

[profile.prod]
tenant = "contoso.com"
client_id = "app"
sign_in = "secret"
api_version = "beta"
colour = "red"

[profile.pilot]
client_id = "{"p" * 8}"
"""

Show = Callable[..., tuple[int, str, str]]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("BACKUP_TUI_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("TZ", "Europe/Berlin")
    path = tmp_path / "backup-tui" / "config.toml"
    path.parent.mkdir()
    path.write_text(FILE)
    return path


@pytest.fixture
def show(file: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["config", "show", *words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def row(table: str, setting: str) -> list[str]:
    return next(re.split(r" {2,}", line) for line in table.splitlines() if line.split()[:1] == [setting])


def test_each_setting_tells_where_it_came_from(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKUP_TUI_CLIENT_ID", "other")
    monkeypatch.setenv("BACKUP_TUI_CLIENT_SECRET", HUSH)
    code, out, err = show("--read-only", "--trust-host", "b.example", "--trust-host", "a.example")
    assert (code, err) == (0, "")
    assert row(out, "tenant") == ["tenant", "contoso.com", "config.toml, line 6"]
    assert row(out, "profile") == ["profile", "prod", "config.toml, line 2"]
    assert row(out, "lock_wait") == ["lock_wait", "30", "config.toml, line 3"]
    assert row(out, "client_id") == ["client_id", "other", "BACKUP_TUI_CLIENT_ID"]
    assert row(out, "read_only") == ["read_only", "true", "--read-only"]
    assert row(out, "graph_url") == ["graph_url", "https://graph.microsoft.com/beta", "config.toml, line 9"]
    assert row(out, "trust_host") == ["trust_host", "a.example, b.example", "--trust-host"]
    assert row(out, "poll_seconds") == ["poll_seconds", "5", "default"]
    assert row(out, "tz") == ["tz", "Europe/Berlin", "TZ"]
    assert row(out, "secret")[1:] == ["set", "BACKUP_TUI_CLIENT_SECRET"]
    assert row(out, "token")[1:] == ["not set", "default"]
    assert "Profiles  prod, pilot" in out


def test_nothing_that_can_be_set_is_left_out(show: Show) -> None:
    settings = set(json.loads(show("--json")[1])["settings"])
    files = {"secret_file": "secret", "certificate_password_file": "certificate_password"}
    by_key = {files.get(key, key) for key in (*TOP_KEYS, *PROFILE_KEYS)} - {"default_profile", "api_version"}
    assert by_key <= settings
    assert settings - by_key == {"cache_passphrase", "profile", "secret", "state_dir", "token", "trust_host"} - by_key


def test_no_secret_is_shown_not_even_one_that_is_not_used(
    show: Show, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLIENT_SECRET", "ACCESS_TOKEN", "CACHE_PASSPHRASE", "CERTIFICATE_PASSWORD"):
        monkeypatch.setenv(f"BACKUP_TUI_{name}", f"{HUSH}-{name}")
    for words in ((), ("--json",), ("--sign-in", "browser"), ("--profile", "pilot")):
        code, out, err = show(*words)
        assert code == 0
        assert HUSH not in out + err
    settings = json.loads(show("--json")[1])["settings"]
    secrets = {name: one["value"] for name, one in settings.items() if one["secret"]}
    assert secrets == dict.fromkeys(("secret", "token", "cache_passphrase", "certificate_password"), True)


def test_json_names_file_profile_and_place(show: Show, file: Path) -> None:
    told = json.loads(show("--json", "--profile", "pilot")[1])
    assert told["file"] == {"path": str(file), "exists": True}
    assert (told["profile"], told["profiles"]) == ("pilot", ["prod", "pilot"])
    assert told["settings"]["client_id"] == {
        "value": "p" * 8,
        "secret": False,
        "from": "file",
        "place": f"{file}, line 13",
    }
    assert told["settings"]["sign_in"]["value"] == "device-code"


def test_what_the_sign_in_lacks_is_narrated_and_the_settings_are_shown_all_the_same(show: Show) -> None:
    code, out, err = show()
    assert code == 0
    assert "missing the secret" in err
    assert row(out, "sign_in")[1] == "secret"


def test_an_unknown_profile_names_the_nearest(show: Show) -> None:
    code, out, err = show("--profile", "prodd")
    assert (code, out) == (2, "")
    assert "Did you mean prod?" in err


def test_without_a_file_it_says_so(show: Show, file: Path) -> None:
    file.unlink()
    code, out, _ = show()
    assert code == 0
    assert f"{file} (does not exist)" in out
