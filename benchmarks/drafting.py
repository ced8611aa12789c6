"""1,000 names drafted over a slow line, beside the same number of calls that do nothing but wait."""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from backup_tui.config import Settings, Token
from backup_tui.headless.arguments import build_parser
from backup_tui.headless.drafts import draft_session
from backup_tui.headless.output import Output
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.tenant import DAY, HOUR
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.workspace import open_workspace
from benchmarks.figures import Figure, against

NAMES = 1_000
DELAY = 0.2
IN_FLIGHT = 4
SEARCHES, WRITES, READS = 50, 20, 8
"""Calls that the job needs: points of 20 units in a search, 50 units in a write, 7 pages of units, the draft at last.

They are written down and not taken from what was counted, or else a draft with twice the calls would look as fast.
"""


def figures() -> Iterator[Figure]:
    """Drafts the names once; the waits of the schedule run right after it."""
    took, calls = asyncio.run(_draft())
    ideal = asyncio.run(_only_waiting())
    name = f"{NAMES:,} names drafted, {DELAY * 1000:.0f} ms a call"
    base = f"{SEARCHES} searches {IN_FLIGHT} at once, {WRITES} writes, {READS} reads"
    yield against(name, [(took, ideal)], "1.3 x", base)
    told = f"{calls['search']} searches, {calls['write']} writes, {calls['read']} reads"
    yield Figure("calls for it", told, f"{SEARCHES} searches, {WRITES} writes, {READS} reads")


async def _only_waiting() -> float:
    """Seconds for the calls that nobody can do without, when each of them takes nothing but its delay."""
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def call() -> None:
        async with slots:
            await asyncio.sleep(DELAY)

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(SEARCHES)))
    for _ in range(WRITES + READS):
        await call()
    return time.perf_counter() - began


async def _draft() -> tuple[float, Counter[str]]:
    app = create_app(Simulated(units=4_000, history=False))
    now = app.state.service.now()
    names = [
        unit.address
        for unit in app.state.service.tenant.units["onedrive"]
        if unit.address and unit.policy and not unit.error and any(newest_first(unit, now, now - 300 * DAY, now - HOUR))
    ][:NAMES]
    calls: Counter[str] = Counter()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        method, path = scope["method"], scope["path"]
        calls["read" if method == "GET" else "search" if path.endswith("/search") else "write"] += 1
        await asyncio.sleep(DELAY)
        await app(scope, receive, send)

    with tempfile.TemporaryDirectory() as state:
        source = Path(state) / "names.csv"
        source.write_text("\n".join(["email", *names]), encoding="utf-8")
        words = ["sessions", "draft", "--service", "onedrive", "--units", str(source), "--before", "1h ago"]
        args = build_parser().parse_args([*words, "--to", "new", "--skip-unresolved"])
        settings = Settings(graph_url="http://127.0.0.1/v1.0", token=Token("any"), state_dir=Path(state) / "state")
        async with open_workspace(settings, service=slow) as workspace:
            began = time.perf_counter()
            code = await draft_session(workspace, args, Output(io.StringIO(), told := io.StringIO()))
            took = time.perf_counter() - began
    if code:
        raise RuntimeError(f"the draft ended with exit code {code}")
    drafted = [len(session.artifacts) for session in app.state.service.sessions.values()]
    if drafted != [NAMES]:
        raise RuntimeError(f"{NAMES} names were given, and the service has drafts of {drafted}: {told.getvalue()}")
    return took, calls
