"""The second service on a socket, and commands run against it in this process."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from second_call import Service
from second_service import create_app

from backup_tui import cli

SPEED = 36_000.0


class Done(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


@pytest.fixture
def second() -> Service:
    return Service(units=60, speed=SPEED)


@pytest.fixture
def address(second: Service) -> Iterator[str]:
    """The address of the service, with its version."""
    sock = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(second), log_config=None, lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[sock])), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{sock.getsockname()[1]}/v1.0"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def command(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Done]:
    """Runs a command in this process, as a person whom any token names."""
    values: dict[str, Any] = {
        "BACKUP_TUI_ACCESS_TOKEN": "any",
        "BACKUP_TUI_GRAPH_URL": address,
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TZ": "UTC",
    }
    monkeypatch.delenv("BACKUP_TUI_READ_ONLY", raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)

    def run(*words: str) -> Done:
        code = cli.main(words)
        told = capsys.readouterr()
        return Done(code, told.out, told.err)

    return run
