"""How long it takes until something is there: the first frame with data, a help text, a command's first request."""

from __future__ import annotations

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator

from benchmarks.figures import Figure, median_of, ms, ratio, timed
from benchmarks.pty_program import ROOT, in_terminal

BARE = """
from textual.app import App
from textual.widgets import Static

class Bare(App):
    def compose(self):
        yield Static("bare and ready")

Bare().run()
"""


def figures() -> Iterator[Figure]:
    """Measures every start."""
    bare = median_of(lambda: _first_frame(b"bare and ready", "-c", BARE))
    demo = median_of(lambda: _first_frame(b"Needs you", "-m", "backup_tui", "--demo"))
    frame = median_of(lambda: _first_frame(b"Activity", "-m", "backup_tui", "--demo"))
    base = f"bare Textual app {ms(bare)}"
    yield Figure("--demo: start to the first frame", ratio(frame, bare), "", base)
    yield Figure("--demo: start to the first frame with data", ratio(demo, bare), "1.7 x", base)

    empty = median_of(lambda: _run("-c", "pass"))
    for option in ("--version", "--help"):
        took = median_of(lambda option=option: _run("-m", "backup_tui", option))
        yield Figure(option, ms(took), "60 ms", f"python -c pass {ms(empty)}")

    imports = median_of(lambda: _run("-c", "import httpx, pydantic"))
    asked = median_of(_first_request)
    yield Figure(
        "a command: start to its first request", ratio(asked, imports), "1.3 x", f"import httpx, pydantic {ms(imports)}"
    )


def _first_frame(words: bytes, *command: str) -> float:
    with in_terminal(*command) as program:
        return program.until(words)


def _run(*words: str) -> float:
    return timed(lambda: subprocess.run([sys.executable, *words], cwd=ROOT, capture_output=True, check=True))


def _first_request() -> float:
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.TemporaryDirectory() as state:
        address = f"http://127.0.0.1:{server.getsockname()[1]}/v1.0"
        environment = {"BACKUP_TUI_ACCESS_TOKEN": "any", "BACKUP_TUI_STATE_DIR": state, "TZ": "UTC"}
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "backup_tui", "policies", "list", "--graph-url", address],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            server.settimeout(30)
            connection, _ = server.accept()
            with connection:
                connection.recv(1)
                return time.perf_counter() - began
        finally:
            process.kill()
            process.wait()
