"""How long it takes until something is there: the first rows, a help text, a command's first request."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from backup_tui.workspace.demo import demo_service
from benchmarks.figures import ROUNDS, Figure, against, paired
from benchmarks.pty_program import ROOT, in_terminal
from benchmarks.tenant import marker_of, tenant

BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("bare and ready")

Bare().run()
"""

IMPORTS = """
import httpx, pydantic, socket
socket.create_connection(("127.0.0.1", {port})).sendall(b"imported")
"""


def figures() -> Iterator[Figure]:
    """Measures every start."""
    yield from _screens()
    yield from _texts()
    asked = paired(lambda: _until_asked(_command), lambda: _until_asked(_imports))
    yield against("a command: start to its first request", asked, "1.3 x", "import httpx, pydantic, connect")


def _screens() -> Iterator[Figure]:
    """From the start of the process to headings, and to a row that only the service can have brought."""
    rounds = [(_bare(), _demo(), _profile(), _last_view()) for _ in range(ROUNDS + 1)][1:]
    again = [(one[3][0], one[0][0]) for one in rounds]
    yield against("a profile with a last view: start to its rows", again, "1.4 x", "bare Textual app")
    for name, column, budget in (("--demo", 1, "2.0 x"), ("a profile, service on loopback", 2, "")):
        for what, part, limit in (("headings", 0, ""), ("first rows", 1, budget)):
            pairs = [(one[column][part], one[0][0]) for one in rounds]
            yield against(f"{name}: start to {what}", pairs, limit, "bare Textual app")


def _bare() -> tuple[float, ...]:
    with in_terminal("-c", BARE) as program:
        return (program.until(b"bare and ready"),)


def _demo() -> tuple[float, ...]:
    marker = marker_of(demo_service().state.service)
    with in_terminal("-m", "backup_tui", "--demo") as program:
        return program.until(b"Activity"), program.until(marker)


def _profile() -> tuple[float, ...]:
    with tenant() as served, served.screens() as program:
        return program.until(b"Activity"), program.until(served.marker)


def _last_view() -> tuple[float, ...]:
    """The second start of the same person: the row that the first one was told, from the file that it left."""
    with tenant() as served, tempfile.TemporaryDirectory() as own:
        with served.screens(own) as program:
            program.until(served.marker)
            program.until_file(Path(own, "state", "last-view"), "*.json")
        with served.screens(own) as program:
            return (program.until(served.marker),)


def _texts() -> Iterator[Figure]:
    for option, words in (("--version", "backup-tui "), ("--help", "Restore mailboxes")):
        pairs = paired(
            partial(_printed, words, "-m", "backup_tui", option),
            lambda: _printed("there", "-c", "print('there')"),
        )
        yield against(f"{option}, to the end of the process", pairs, "60 ms", "python -c print")


def _printed(words: str, *command: str) -> float:
    began = time.perf_counter()
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, check=True, text=True)
    took = time.perf_counter() - began
    if words not in done.stdout:
        raise RuntimeError(f"{command} printed no {words!r} but {done.stdout[:80]!r}")
    return took


def _command(port: int) -> list[str]:
    return ["-m", "backup_tui", "policies", "list", "--graph-url", f"http://127.0.0.1:{port}/v1.0"]


def _imports(port: int) -> list[str]:
    return ["-c", IMPORTS.format(port=port)]


def _until_asked(command: Callable[[int], list[str]]) -> float:
    """Seconds from the start of a process to the first byte that it sends to this port."""
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryDirectory() as state:
        environment = {"BACKUP_TUI_ACCESS_TOKEN": "any", "BACKUP_TUI_STATE_DIR": state, "TZ": "UTC"}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *command(server.getsockname()[1])],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server.settimeout(30)
            connection, _ = server.accept()
            with connection:
                if not connection.recv(1):
                    raise RuntimeError("the process connected and asked nothing")
                return time.perf_counter() - began
        finally:
            process.kill()
            process.wait()
