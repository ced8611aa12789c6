"""What the running program costs while nothing happens, and while much does: bytes, processor, memory, reads."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backup_tui.config import Settings, Token
from backup_tui.models.focus import Focus
from backup_tui.simulator.app import create_app
from backup_tui.simulator.callers import ADELE
from backup_tui.simulator.points import newest_first
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.service import Service
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.simulator.workloads import WORKLOADS
from backup_tui.workspace import open_workspace
from benchmarks.figures import Figure, ms
from benchmarks.pty_program import PtyProgram, in_terminal

BARE = 'from textual.app import App; type("Bare", (App,), {})().run()'
IDLE = 10.0
BUSY = 60.0
SESSIONS = 25
UNITS_EACH = 120


def figures() -> Iterator[Figure]:
    """Measures a quiet tenant, then one in which everything runs at once."""
    with in_terminal("-c", BARE) as bare:
        bare.burst(1.0)
        bare_cpu, bare_memory = _cpu(bare, IDLE)[0], bare.memory
    yield from _quiet(bare_cpu, bare_memory)
    yield from _busy()


def _quiet(bare_cpu: float, bare_memory: float) -> Iterator[Figure]:
    with running(Simulated(units=200, history=False, speed=1)) as served:
        session = draft(served.service, 0, 5)
        with _program(served) as program:
            program.until(b"Needs you")
            program.burst(2.0)
            memory = program.memory
            program.send("3")
            program.burst(1.0)
            cpu, written = _cpu(program, IDLE)
            yield Figure("memory after the start", f"{memory:.0f} MB", "60 MB", f"bare {bare_memory:.0f} MB")
            yield Figure("processor, idle for 10 s", ms(cpu), "30 ms", f"bare {ms(bare_cpu)}")
            yield Figure("bytes, idle for 10 s", f"{written}", "0; the clock in the header once a minute")
            served.service.activate_session(session, ADELE)
            program.send("r")
            told = program.burst(2.0)
            yield Figure("bytes, one row's status changes", f"{len(told.output)}", "600, with what the pane says of it")


def _busy() -> Iterator[Figure]:
    with running(Simulated(units=12_000, speed=1)) as served:
        start_all(served.service)
        with _program(served) as program:
            program.until(b"Needs you")
            program.send("3")
            program.burst(3.0)
            cpu, written = _cpu(program, BUSY)
    share = f"{cpu / BUSY * 100:.1f} % of a core"
    yield Figure(f"processor, {SESSIONS} x {UNITS_EACH} units running", share, "5 %", f"{written / BUSY:.0f} bytes/s")
    yield Figure(f"reads a minute, {SESSIONS} sessions running", f"{asyncio.run(_reads())}", "60")


def _program(served: Running) -> Any:
    return in_terminal(
        "-m",
        "backup_tui",
        BACKUP_TUI_ACCESS_TOKEN="any",
        BACKUP_TUI_GRAPH_URL=served.base_url,
        BACKUP_TUI_STATE_DIR=tempfile.mkdtemp(prefix="backup-tui-benchmark-"),
    )


def _cpu(program: PtyProgram, seconds: float) -> tuple[float, int]:
    before = program.cpu
    written = program.bytes_in(seconds)
    return program.cpu - before, written


def draft(service: Service, workload: int, units: int, skip: int = 0) -> str:
    """A draft of so many units, made inside the service; returns its id."""
    kind = WORKLOADS[workload]
    now = service.now()
    session = service.create_session(kind, ADELE)
    for unit in service.tenant.units[kind.key][skip:]:
        point = next(newest_first(unit, now, now - 86_400, now), None)
        if point is not None and len(session.artifacts) < units:
            session.add(unit, point.moment, point.express, "new", now)
    return session.id


def start_all(service: Service) -> None:
    """Runs as many restores as the service allows at once."""
    now = service.now()
    free = service.settings.active_session_limit - sum(one.running(now) for one in service.sessions.values())
    for number in range(min(SESSIONS, free)):
        workload, turn = number % len(WORKLOADS), number // len(WORKLOADS)
        service.activate_session(draft(service, workload, UNITS_EACH, skip=turn * UNITS_EACH * 2), ADELE)


async def _reads() -> int:
    """Requests of one real minute with the list of sessions on the screen."""
    app = create_app(Simulated(units=12_000, speed=1))
    start_all(app.state.service)
    count = 0

    async def counted(scope: Any, receive: Any, send: Any) -> None:
        nonlocal count
        count += scope["type"] == "http"
        await app(scope, receive, send)

    with tempfile.TemporaryDirectory() as state:
        settings = Settings(graph_url="http://127.0.0.1/v1.0", token=Token("any"), state_dir=Path(state))
        async with open_workspace(settings, service=counted) as workspace:
            workspace.sync.start()
            workspace.sync.focus(Focus(screen="sessions"))
            await asyncio.sleep(10)  # the first look at everything is not what a minute costs
            count = 0
            await asyncio.sleep(60)
    return count
