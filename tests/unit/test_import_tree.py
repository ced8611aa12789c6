"""Specifies what the three starts may not have loaded by the time that somebody sees or asks something.

Each module of a list was once on the way and cost milliseconds there; a new import that brings one back fails here.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from test_architecture import loaded_by

CLIENT = ("httpx", "httpcore", "anyio", "h11", "backup_tui.graph.client", "backup_tui.graph.transport")
KEPT = ("sqlite3", "backup_tui.journal.journal", "backup_tui.sync", "backup_tui.changes.context")
VALIDATION = ("pydantic", "pydantic_core", "annotated_types", "backup_tui.models.validation")
SIGN_IN = ("msal", "requests", "jwt", "cryptography", "backup_tui.signin.msal_http")
SIMULATOR = ("starlette", "uvicorn", "backup_tui.simulator")
SCREENS = tuple(
    f"backup_tui.ui.{name}"
    for name in (
        "policies.screen", "sessions.screen", "units.screen", "activity.screen", "sessions.detail", "policies.detail",
        "new_restore", "review", "service.screen", "sign_in.screen", "sign_in.tenant", "frame.palette", "frame.help",
        "frame.list_habits", "frame.listing", "widgets.fields", "widgets.filter_line",
    )
)  # fmt: skip
USE_CASES = tuple(
    f"backup_tui.{name}" for name in ("restore.drafts", "restore.names", "restore.review", "protection.policies")
)
LATER = tuple(f"backup_tui.{name}" for name in ("restore.points", "restore.retries", "protection.activity_log"))
DRAWING = ("pygments", "markdown_it", "rich.markdown", "rich.syntax")

SCREEN = """
import asyncio
from backup_tui.config import Flags, load_settings
from backup_tui.ui.start import make_app
from backup_tui.workspace import Workspace

by_then = set()

class Watched(Workspace):
    def opened(self):
        by_then.update(sys.modules)
        return super().opened()

workspace = Watched(load_settings(Flags({flags})), demo={demo})

async def run():
    async with make_app(workspace).run_test(size=(120, 40)) as pilot:
        while not ({reached}):
            await pilot.pause()

asyncio.run(run())
"""
"""The program with these flags until something is so; what is loaded when the workspace opens is what the first frame
took."""

FORGET_LATER = """
for name in set(sys.modules) - by_then:
    del sys.modules[name]
"""

FIRST_FRAME = SCREEN.format(flags="graph_url='http://127.0.0.1:9/v1.0'", demo=None, reached="by_then") + FORGET_LATER

ROWS_CAME = """
rows = set()
workspace.store.subscribe(
    lambda change: rows or not any(row.running for row in workspace.store.sessions.values()) or rows.update(sys.modules)
)
asyncio.run(run())
by_then = rows
"""

FIRST_ROWS = (
    "from backup_tui.workspace.demo_process import DemoProcess\n"
    + SCREEN.format(flags="demo=True", demo="DemoProcess()", reached="rows").replace("asyncio.run(run())\n", ROWS_CAME)
    + FORGET_LATER
)

FIRST_REQUEST = (
    """
import os, socket, threading
from backup_tui.cli import main
server = socket.create_server(('127.0.0.1', 0))
by_then = set()
def listen():
    connection, _ = server.accept()
    connection.recv(1)
    by_then.update(sys.modules)
    connection.close()
    server.close()
threading.Thread(target=listen, daemon=True).start()
main(['policies', 'list', '--timeout', '5', '--graph-url', f'http://127.0.0.1:{server.getsockname()[1]}/v1.0'])
assert by_then, 'nothing was asked'
"""
    + FORGET_LATER
)


def of(modules: Iterable[str], names: tuple[str, ...]) -> set[str]:
    """Those of the modules that are one of the names, or inside of it."""
    return {one for one in modules if any(one == name or one.startswith(f"{name}.") for name in names)}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """A person with a token, and folders that nobody has used."""
    return {
        "BACKUP_TUI_ACCESS_TOKEN": "any",
        "BACKUP_TUI_STATE_DIR": str(tmp_path / "state"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "TZ": "UTC",
    }


def test_the_first_frame_of_a_profile_takes_nothing_that_only_its_answers_need(environ: dict[str, str]) -> None:
    loaded = loaded_by(FIRST_FRAME, **environ)
    assert "backup_tui.ui.overview.screen" in loaded
    assert (
        of(loaded, (*CLIENT, *KEPT, *VALIDATION, *SIGN_IN, *SIMULATOR, *SCREENS, *USE_CASES, *LATER, *DRAWING)) == set()
    )


def test_the_first_rows_of_the_demo_take_no_validation_no_use_case_and_no_other_screen(tmp_path: Path) -> None:
    loaded = loaded_by(FIRST_ROWS, TZ="UTC", XDG_CONFIG_HOME=str(tmp_path))
    assert "backup_tui.graph.in_process" in loaded
    elsewhere = ("backup_tui.simulator.app", "backup_tui.simulator.domain", "starlette", "uvicorn", "httpx")
    assert of(loaded, (*VALIDATION, *SIGN_IN, *SCREENS, *USE_CASES, *DRAWING, *elsewhere)) == set()


def test_the_first_request_of_a_command_takes_no_screen_and_no_validation(environ: dict[str, str]) -> None:
    loaded = loaded_by(FIRST_REQUEST, **environ)
    assert "httpx" in loaded
    assert of(loaded, (*VALIDATION, *SIGN_IN, *SIMULATOR, *USE_CASES, "textual", "rich", "backup_tui.ui")) == set()
