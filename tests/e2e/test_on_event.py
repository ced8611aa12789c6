"""Specifies a person's own command that is told of events: what it gets, what it never gets, and what its faults do."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from test_commands_restore import FAST, draft, sound

from backup_tui.config import Flags, load_settings
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings
from backup_tui.workspace import Workspace, event_command
from backup_tui.workspace.event_command import environment_for_command
from backup_tui.workspace.telling import telling_events

Command = Callable[..., Any]
Names = Callable[..., str]

SCRIPT = """
import json, os, sys
with open(sys.argv[1], "a") as file:
    event = json.load(sys.stdin)
    file.write(json.dumps({"event": event, "environment": dict(os.environ), "argv": sys.argv[2:]}) + "\\n")
print("posted", event["event"])
"""


class Told:
    """A profile whose command writes down what it is told."""

    def __init__(self, folder: Path, config: Path) -> None:
        self.file = folder / "told.jsonl"
        self.log = folder / "state" / "backup-tui.log"
        self.script = folder / "tell me.py"
        self.script.write_text(SCRIPT, encoding="utf-8")
        self._config = config / "backup-tui" / "config.toml"
        self.configure(sys.executable, str(self.script), str(self.file), "$HOME; exit 3")

    def configure(self, *command: str) -> None:
        self._config.parent.mkdir(parents=True, exist_ok=True)
        self._config.write_text(f'log_level = "info"\non_event = {json.dumps(command)}\n', encoding="utf-8")

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.file.read_text().splitlines()] if self.file.exists() else []

    @property
    def events(self) -> list[str]:
        return [line["event"]["event"] for line in self.lines]


@pytest.fixture
def served() -> Iterator[Running]:
    """A tenant without a past, whose running restore would end meanwhile and be told, too."""
    with running(Settings(units=200, speed=36_000.0, history=False)) as service:
        yield service


@pytest.fixture
def told(tmp_path: Path, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("BACKUP_TUI_CLIENT_SECRET", "hush")
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "hush-azure")
    return Told(tmp_path, Path(environment["XDG_CONFIG_HOME"]))


def restored(command: Command, served: Running, names: Names) -> str:
    """A restore that was started and waited for; its id."""
    session: str = draft(command, "exchange", names(sound(served, "exchange", 1)[0].address), "new")
    done = command("sessions", "activate", session, "--confirm", "restore 1", "--wait", *FAST)
    assert done.code == 0, done.err
    return session


def test_the_end_of_a_restore_is_told_once_in_json_and_without_a_secret(
    command: Command, served: Running, names: Names, told: Told, environment: dict[str, str]
) -> None:
    session = restored(command, served, names)
    (line,) = told.lines
    assert line["event"]["event"] == "session_finished"
    assert line["event"]["session"] == session
    assert line["event"]["tenant"] == "contoso.com"
    assert line["event"]["counts"] == {"restored": 1, "failed": 0, "running": 0, "waiting": 0, "total": 1}
    assert line["argv"] == ["$HOME; exit 3"], "no shell"
    assert not [name for name in line["environment"] if "TOKEN" in name or "SECRET" in name]
    everything = told.file.read_text() + told.log.read_text()
    for secret in (environment["BACKUP_TUI_ACCESS_TOKEN"], "hush"):
        assert secret not in everything
    assert "posted session_finished" in told.log.read_text()
    assert stat.S_IMODE(told.log.stat().st_mode) == 0o600
    assert command("sessions", "watch", session, "--until-done", *FAST).code == 0
    assert told.events == ["session_finished"], "another run does not tell it again"


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("import sys; print('no route'); sys.exit(7)", "exit code 7: no route"),
        ("import time; time.sleep(600)", "it took more than 0.3 s and was stopped"),
        ("import os; os.close(0)", ""),
        (None, "it could not be started (No such file or directory)"),
    ],
    ids=["it fails", "it hangs", "it does not read", "it is not there"],
)
def test_whatever_the_command_does_the_restore_is_waited_for(
    command: Command, served: Running, names: Names, told: Told, monkeypatch: pytest.MonkeyPatch, code: str, why: str
) -> None:
    if "more than" in why:
        monkeypatch.setattr(event_command, "WITHIN", 0.3)
    told.configure(*([sys.executable, "-c", code] if code else ["/nowhere/tell"]))
    session = draft(command, "exchange", names(sound(served, "exchange", 1)[0].address), "new")
    done = command("sessions", "activate", session, "--confirm", "restore 1", "--wait", *FAST)
    assert done.code == 0, done.err
    if why:
        assert f"on_event failed for session_finished: {why}." in done.err
        assert why in told.log.read_text()
    else:
        assert "on_event" not in done.err


async def test_the_demo_tells_nobody(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('on_event = ["/nowhere/tell"]', encoding="utf-8")
    settings = load_settings(Flags(demo=True), {}, file)
    assert settings.on_event
    async with Workspace(settings).opened() as workspace, telling_events(workspace, pytest.fail):
        assert not [task for task in asyncio.all_tasks() if task.get_name() in ("events", "on_event")]


def test_the_command_keeps_its_own_environment() -> None:
    given = {
        "PATH": "/bin",
        "NTFY_TOKEN": "of the person",
        "BACKUP_TUI_ACCESS_TOKEN": "t",
        "BACKUP_TUI_STATE_DIR": "/state",
        "BACKUP_TUI_PROFILE": "production",
        "AZURE_CLIENT_SECRET": "s",
        "IDENTITY_HEADER": "h",
    }
    kept = {"PATH", "NTFY_TOKEN", "BACKUP_TUI_STATE_DIR", "BACKUP_TUI_PROFILE"}
    assert set(environment_for_command(given)) == kept


def test_a_plan_tells_its_waves_its_yes_and_its_end(
    command: Command, served: Running, told: Told, tmp_path: Path
) -> None:
    addresses = [unit.address for unit in sound(served, "onedrive", 3)]
    (tmp_path / "names.csv").write_text("\n".join(addresses) + "\n", encoding="utf-8")
    path = tmp_path / "ransom.toml"
    path.write_text(
        'version = 1\nname = "ransom"\nlist = "names.csv"\nservice = "onedrive"\nbefore = "2h ago"\nzone = "UTC"\n'
        f'to = "in-place"\n[[wave]]\nname = "directors"\nmembers = ["{addresses[0]}"]\n[[wave]]\nname = "rest"\n',
        encoding="utf-8",
    )
    assert command("plan", "draft", str(path)).code == 0
    for wave, units in (("directors", 1), ("rest", 2)):
        words = ("--confirm", f"overwrite {units} contoso", "--note", "INC0012345", "--wait", *FAST)
        done = command("plan", "run", "ransom", "--wave", wave, *words)
        assert done.code == 0, done.err
    assert told.events.count("session_finished") == 2
    others = [line["event"] for line in told.lines if line["event"]["event"] != "session_finished"]
    assert [(one["event"], one["plan"], one["wave"]) for one in others if one["event"] != "needs_yes"] == [
        ("plan_wave_finished", "ransom", "directors"),
        ("plan_wave_finished", "ransom", "rest"),
        ("plan_finished", "ransom", None),
    ]
    assert [one["wave"] for one in others if one["event"] == "needs_yes"].count("rest") == 1
    assert others[-1]["text"] == "Plan ransom finished: 3 restored."
    assert command("journal", "list").out.count("note: INC0012345") == 2
