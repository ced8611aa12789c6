"""A simulated service on a socket, and commands run against it in this process."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from backup_tui import cli
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings

SPEED = 36_000.0
"""A restore of two hours takes a fifth of a second; the time of day stays real."""


def jwt(**claims: object) -> str:
    """An unsigned token with these claims."""
    parts = ({"alg": "none"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".x"


ADELE = jwt(
    tid="f00d0000-0000-4000-8000-00000000cafe",
    oid="87d349ed-44d7-43e1-9a83-5f2406dee5bd",
    upn="adele.vance@contoso.com",
    name="Adele Vance",
    scp="BackupRestore-Control.ReadWrite.All BackupRestore-Configuration.ReadWrite.All "
    "BackupRestore-Search.Read.All BackupRestore-Restore.ReadWrite.All BackupRestore-Monitor.Read.All",
)


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error object on stderr."""
        told: dict[str, Any] = json.loads(self.err)["error"]
        return told


Command = Callable[..., Done]


@pytest.fixture
def robot() -> str:
    """A token of an application without a person: the service hides people's names from it."""
    roles = [f"BackupRestore-{name}.All" for name in ("Control.Read", "Configuration.Read", "Search.Read")]
    roles.append("BackupRestore-Restore.ReadWrite.All")
    return jwt(tid="f00d0000-0000-4000-8000-00000000cafe", appid="robot", roles=roles)


@pytest.fixture
def served() -> Iterator[Running]:
    with running(Settings(units=200, speed=SPEED)) as service:
        yield service


@pytest.fixture
def environment(served: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a command: signed in as Adele, with folders of its own."""
    values = {
        "BACKUP_TUI_ACCESS_TOKEN": ADELE,
        "BACKUP_TUI_GRAPH_URL": served.base_url,
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TZ": "UTC",
    }
    monkeypatch.delenv("BACKUP_TUI_READ_ONLY", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    return values


@pytest.fixture
def command(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""

    def run(*words: str) -> Done:
        code = cli.main(words)
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run


@pytest.fixture
def names(tmp_path: Path) -> Callable[..., str]:
    """Writes a list of names into a file and returns its path."""

    def write(*lines: str, name: str = "names.txt") -> str:
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return str(path)

    return write
