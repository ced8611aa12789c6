"""Plans over a slow line: 1,000 names to drafts beside calls that only wait; and the memory of 10,000 names."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from backup_tui.config import Settings, Token
from backup_tui.models.services import Service
from backup_tui.plans.checking import check_plan
from backup_tui.plans.document import read_plan
from backup_tui.plans.drafting import draft_plan
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.service import Service as SimulatedService
from backup_tui.simulator.domain.tenant import DAY, HOUR
from backup_tui.simulator.settings import Settings as Simulated
from backup_tui.store.freshness import units_of
from backup_tui.workspace import open_workspace
from backup_tui.workspace.demo import demo_token
from benchmarks.figures import Figure, against
from benchmarks.tenant import tenant

NAMES = 1_000
LARGE = 10_000
DELAY = 0.2
IN_FLIGHT = 4
DRAFTS = 4
WRITES_OF_A_DRAFT = 5
READS = 2
"""What the checks read besides units and points: the state of the service, and the list of sessions. Each draft is read
at last, too."""


def figures() -> Iterator[Figure]:
    """Checks and drafts the names, with and without express points; the waits of the schedule run right after."""
    for express in (False, True):
        took, calls = asyncio.run(_draft(express=express))
        searches = NAMES // 20 * (2 if express else 1)
        ideal = asyncio.run(_only_waiting(calls["page"], searches))
        kind = "with express points" if express else "newest points"
        base = f"{calls['page']} pages, then four at once: {searches} searches, {READS} reads, {DRAFTS} drafts"
        yield against(f"{NAMES:,} names to drafts of a plan, {kind}", [(took, ideal)], "1.3 x", base)
        told = ", ".join(f"{calls[key]} {key}" for key in ("search", "write", "page", "read"))
        yield Figure("calls for it", told, f"{searches} searches, {DRAFTS * WRITES_OF_A_DRAFT} writes")
    bare, peak = _memory("plan", "show"), _memory("plan", "check")
    yield Figure(
        f"memory, check of {LARGE:,} units", f"{peak:.0f} MB", "150 MB", f"{bare:.0f} MB to show the same plan"
    )


async def _only_waiting(pages: int, searches: int) -> float:
    """Seconds for the calls that nobody can do without: pages follow each other, as do the writes of one draft."""
    slots = asyncio.Semaphore(IN_FLIGHT)

    async def calls(number: int) -> None:
        async with slots:
            for _ in range(number):
                await asyncio.sleep(DELAY)

    began = time.perf_counter()
    await calls(pages)
    await asyncio.gather(*(calls(1) for _ in range(searches)))
    await asyncio.gather(*(calls(1) for _ in range(READS)))
    await asyncio.gather(*(calls(WRITES_OF_A_DRAFT + 1) for _ in range(DRAFTS)))
    return time.perf_counter() - began


async def _draft(*, express: bool) -> tuple[float, Counter[str]]:
    app = create_app(Simulated(units=2_400, mostly="onedrive", history=False))
    names = names_with_points(app.state.service)[:NAMES]
    calls: Counter[str] = Counter()

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        calls[_kind(scope)] += 1
        await asyncio.sleep(DELAY)
        await app(scope, receive, send)

    with tempfile.TemporaryDirectory() as folder:
        document = read_plan(_plan(Path(folder), names, 'prefer = "express"\n' if express else ""))
        settings = Settings(graph_url="http://127.0.0.1/v1.0", token=Token("any"), state_dir=Path(folder) / "state")
        async with open_workspace(settings, service=slow) as workspace:

            async def load(service: Service) -> None:
                await workspace.loader.load(units_of(service))

            began = time.perf_counter()
            check = await check_plan(workspace.context, load, document)
            record = await draft_plan(workspace.context, document.plan, document.digest, str(document.path), check)
            took = time.perf_counter() - began
    drafted = sorted(len(session.artifacts) for session in app.state.service.sessions.values())
    if not check.ready or drafted != [NAMES // DRAFTS] * DRAFTS or len(record.sessions) != DRAFTS:
        raise RuntimeError(f"{check.verdict}; the service has drafts of {drafted} units")
    return took, calls


def _kind(scope: Mapping[str, Any]) -> str:
    path: str = scope["path"]
    if scope["method"] == "GET":
        return "page" if "ProtectionUnits" in path or "protectionUnits" in path else "read"
    return "search" if path.endswith("/search") else "write"


def names_with_points(service: SimulatedService) -> list[str]:
    """Addresses of OneDrive accounts that have a point of the last hours."""
    now = service.now()
    return [
        unit.address
        for unit in service.tenant.units["onedrive"]
        if unit.address and unit.policy and not unit.error and any(newest_first(unit, now, now - 300 * DAY, now - HOUR))
    ]


def _plan(folder: Path, names: list[str], more: str = "") -> Path:
    (folder / "names.csv").write_text("\n".join(["email", *names]), encoding="utf-8")
    path = folder / "large.toml"
    text = 'version = 1\nname = "large"\nlist = "names.csv"\nservice = "onedrive"\nbefore = "1h ago"\nzone = "UTC"\n'
    path.write_text(f'{text}to = "new"\n{more}', encoding="utf-8")
    return path


def _memory(*words: str) -> float:
    """The most memory in MB that a command about a large plan had, as the system counts it."""
    with tenant(units=12_500, mostly="onedrive", history=False) as served, tempfile.TemporaryDirectory() as folder:
        names = names_with_points(served.service)[:LARGE]
        if len(names) < LARGE:
            raise RuntimeError(f"the tenant has only {len(names):,} accounts with a point")
        path = _plan(Path(folder), names)
        environment = {
            **os.environ,
            "BACKUP_TUI_ACCESS_TOKEN": demo_token().reveal(),
            "BACKUP_TUI_GRAPH_URL": served.served.base_url,
            "BACKUP_TUI_STATE_DIR": f"{folder}/state",
            "XDG_CONFIG_HOME": f"{folder}/config",
        }
        command = [sys.executable, "-m", "backup_tui", *words, str(path), "--json"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode:
                told = process.stderr.read().decode() if process.stderr else ""
                raise RuntimeError(f"{' '.join(words)} ended with exit code {process.returncode}: {told}")
    return usage.ru_maxrss / 1024
