"""1,000 names drafted over a slow line, against the schedule that nobody could beat."""

from __future__ import annotations

import asyncio
import io
import math
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
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.workspace import open_workspace
from benchmarks.figures import Figure

NAMES = 1_000
DELAY = 0.2
IN_FLIGHT = 4


def figures() -> Iterator[Figure]:
    """Drafts the names once."""
    took, calls = asyncio.run(_draft())
    searches, writes, reads = calls["search"], calls["write"], calls["read"]
    ideal = (math.ceil(searches / IN_FLIGHT) + writes + reads) * DELAY
    yield Figure(
        f"{NAMES:,} names drafted, {DELAY * 1000:.0f} ms a call",
        f"{took / ideal:.2f} x ({took:.1f} s)",
        "1.3 x",
        f"{IN_FLIGHT} searches in flight {ideal:.1f} s",
    )
    yield Figure("calls for it", f"{searches} searches, {writes} writes, {reads} reads", "50 searches, 20 writes")


async def _draft() -> tuple[float, Counter[str]]:
    app = create_app(Simulated(units=4_000, history=False))
    units = app.state.service.tenant.units["onedrive"]
    names = [unit.address for unit in units if unit.address and unit.policy and not unit.error][:NAMES]
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
            code = await draft_session(workspace, args, Output(io.StringIO(), io.StringIO()))
            took = time.perf_counter() - began
    if code:
        raise RuntimeError(f"the draft ended with exit code {code}")
    return took, calls
