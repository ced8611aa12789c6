"""What makes the command line easy to learn: completion, help topics, the manual page, a first configuration file."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from backup_tui.config.variables import VARIABLES
from backup_tui.headless.commands import COMMANDS, HELP_TOPICS, SHELLS
from backup_tui.headless.topics import TIMES, TOPICS
from backup_tui.restore.points.moments import parse_moment

Command = Callable[..., Any]

_COMPLETED = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
_backup_tui backup-tui "${COMP_WORDS[$COMP_CWORD]}" "${COMP_WORDS[$((COMP_CWORD - 1))]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.fixture
def config(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("BACKUP_TUI_ACCESS_TOKEN", "BACKUP_TUI_GRAPH_URL"):
        monkeypatch.delenv(name)
    return Path(environment["XDG_CONFIG_HOME"]) / "backup-tui" / "config.toml"


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["sess"], "sessions"),
        (["sessions", "dr"], "draft"),
        (["sessions", "list", "--st"], "--status"),
        (["units", "list", "--service", ""], "exchange onedrive sharepoint"),
        (["sessions", "list", "--output", "j"], "json jsonl"),
        (["--demo", "=", ""], "incident quiet usual"),
        (["--demo", "="], "incident quiet usual"),
        (["--demo", "sess"], "sessions"),
        (["--demo", "=", "quiet", "sess"], "sessions"),
        (["--dem"], "--demo --demo=incident --demo=quiet"),
        (["--theme", "=", "pa"], "paper"),
        (["--sign-in", "dev"], "device-code"),
    ],
)
def test_bash_completes_commands_options_and_values(
    command: Command, tmp_path: Path, words: list[str], offered: str
) -> None:
    script = tmp_path / "completion.bash"
    script.write_text(command("completion", "bash").out)
    asked = ["bash", "-c", _COMPLETED, "bash", str(script), "backup-tui", *words]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    assert " ".join(sorted(done.stdout.split())) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_each_shell_knows_every_command_and_its_options(command: Command, shell: str) -> None:
    script = command("completion", shell).out
    for one in COMMANDS:
        assert one.words.split()[-1] in script
        for option in one.options:
            name = option.words.split()[0]
            assert not name.startswith("--") or name.removeprefix("--") in script


def test_an_unknown_shell_is_refused_with_those_there_are(command: Command) -> None:
    done = command("completion", "tcsh")
    assert (done.code, done.out) == (2, "")
    assert "zsh" in done.err


@pytest.mark.parametrize("topic", HELP_TOPICS)
def test_a_topic_fits_80_columns(command: Command, topic: str) -> None:
    assert tuple(TOPICS) == HELP_TOPICS
    done = command("help", topic)
    assert done.code == 0
    assert topic == "manual" or max(map(len, done.out.splitlines())) <= 80


def test_every_variable_is_in_its_topic(command: Command) -> None:
    told = command("help", "environment").out
    assert [name for name in VARIABLES if name not in told] == []


@pytest.mark.parametrize("typed", [typed.strip() for forms, _ in TIMES for typed in forms.split(",")])
def test_every_time_of_the_topic_is_understood(typed: str) -> None:
    assert parse_moment(typed, ZoneInfo("Europe/Berlin"), datetime(2026, 11, 30, 3, 0, tzinfo=UTC))


def test_the_manual_page_has_every_command_and_no_line_that_roff_takes_for_a_request(command: Command) -> None:
    page = command("help", "manual").out
    assert [one.words for one in COMMANDS if f"\n.SS backup-tui {one.words}\n" not in page.replace("\\-", "-")] == []
    requests = {line.split()[0] for line in page.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".B", ".nf", ".fi"}


def test_a_first_configuration_can_be_used_at_once(command: Command, config: Path) -> None:
    path = command("config", "path")
    assert path.out.strip() == str(config)
    assert "does not exist yet" in path.err
    made = command("config", "init", "--tenant", "contoso.com", "--client-id", "7d3ad0c8-6a0f-4e6b-9d3a-0c6a3f8f4a10")
    assert (made.code, made.out.strip()) == (0, str(config))
    assert "backup-tui login --profile production" in made.err
    shown = command("config", "show", "--json").json
    assert (shown["profile"], shown["profiles"]) == ("production", ["production"])
    assert shown["settings"]["sign_in"]["value"] == "device-code"


def test_another_profile_is_added_and_nothing_is_overwritten(command: Command, config: Path) -> None:
    command("config", "init", "--tenant", "contoso.com", "--client-id", "x")
    config.write_text(config.read_text() + "\n# mine\n")
    refused = command("config", "init", "--tenant", "other.com")
    assert (refused.code, refused.out) == (2, "")
    assert "has a profile production already" in refused.err
    assert command("config", "init", "--profile", "test", "--sign-in", "browser").code == 0
    assert "# mine" in config.read_text()
    assert command("config", "show", "--json").json["profiles"] == ["production", "test"]


@pytest.mark.parametrize("profile", ["contoso.com", "two words", 'x"y\\z', "über 😀"])
def test_a_profile_may_have_any_name_that_can_be_shown(command: Command, config: Path, profile: str) -> None:
    assert command("config", "init", "--tenant", "contoso.com").code == 0
    real = config.rename(config.with_name("elsewhere.toml"))
    config.symlink_to(real)
    assert command("config", "init", "--profile", profile, "--client-id", "x").code == 0
    assert command("config", "show", "--profile", profile, "--json").json["profile"] == profile
    assert config.is_symlink()


@pytest.mark.parametrize(
    ("option", "value"),
    [("sign-in", "magic"), ("tenant", 'c"o'), ("profile", "a\nb"), ("profile", "\udcff"), ("client-id", "\u202ex")],
)
def test_a_value_that_cannot_be_used_is_not_written(command: Command, config: Path, option: str, value: str) -> None:
    refused = command("config", "init", f"--{option}={value}")
    assert (refused.code, refused.out) == (2, "")
    assert "magic" in refused.err or f"--{option}: " in refused.err
    assert not config.exists()
    assert list(config.parent.glob("*")) == []


def test_an_edited_file_is_checked(
    command: Command, config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("config", "edit").code == 2
    command("config", "init", "--tenant", "contoso.com", "--client-id", "x")
    editor = tmp_path / "editor.py"
    monkeypatch.setenv("VISUAL", f"{sys.executable} {editor}")
    editor.write_text("import sys; open(sys.argv[1], 'a').write('colour = \"pink\"\\n')")
    done = command("config", "edit")
    assert (done.code, "pink" in done.err, "colour" in done.err) == (2, True, True)
    editor.write_text("import sys; p = sys.argv[1]; t = open(p).read().replace('pink', 'red'); open(p, 'w').write(t)")
    assert command("config", "edit").code == 0
    editor.write_text("import sys; sys.exit(3)")
    assert "exit code 3" in command("config", "edit").err
    monkeypatch.setenv("VISUAL", "no-such-editor")
    assert "no-such-editor was not found" in command("config", "edit").err
