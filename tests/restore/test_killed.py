"""Specifies what a killed process leaves behind: at the next start nothing is made twice and nothing is forgotten."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from killed_at import VARIABLE, killed_at

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Context
from backup_tui.changes.findings import Verdict
from backup_tui.graph.address import parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.journal.write_lock import WriteLock
from backup_tui.models.clock import Clock
from backup_tui.models.services import Destination, Service
from backup_tui.models.whoami import Token, WhoAmI
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, find_points
from backup_tui.restore.review.activation import Start
from backup_tui.signin.flows.ready_made import ReadyMadeToken
from backup_tui.simulator.http.callers import ADELE_ID
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings
from backup_tui.store.rows import UnitRow, unit_row
from backup_tui.store.store import Store
from backup_tui.workspace.proofs import lost_answers

WHO = WhoAmI(tenant="contoso.com", tenant_id="t", user="adele.vance@contoso.com", object_id=ADELE_ID)


async def at_once(_: float) -> None:
    await asyncio.sleep(0)


@asynccontextmanager
async def at_work(url: str, folder: Path) -> AsyncIterator[Context]:
    """What speaks to the service over its socket."""
    clock = Clock()
    address = parse_address(url)
    async with (
        Journal(folder / "journal.sqlite3", WHO.tenant, address.base_url) as journal,
        Client(address, ReadyMadeToken(Token("t")), clock, sink=lambda _: None, gate=ThrottleGate(clock)) as client,
    ):
        tools = Context(
            reader=client.reader,
            writer=client.writer,
            journal=journal,
            changes=RecordedChanges(journal, clock, WHO),
            store=Store(),
            clock=clock,
            who=WHO,
            lock=WriteLock(folder, WHO.tenant),
            sleep=at_once,
        )
        yield tools


async def draft_and_start(url: str, folder: Path, dies_in: str) -> None:
    """Drafts one account and starts it; the process dies at its fail point in the step that is named."""
    point = os.environ.pop(VARIABLE, "")
    async with at_work(url, folder) as tools:
        rows: list[UnitRow] = []
        async for page in tools.reader.units(Service.ONEDRIVE):
            rows += [unit_row(unit, Service.ONEDRIVE, None) for unit in page.items]
        latest = Moment(tools.clock.now(), ZoneInfo("UTC"), "latest", latest=True)
        table = await find_points(tools, rows[:1], PointWish(latest))
        if dies_in == "create":
            os.environ[VARIABLE] = point
        result = await create_draft(tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows))
        review = await Start(result.session_id).prepare(tools)
        os.environ[VARIABLE] = point
        await carry_out(tools, review.change, review, review.phrase)


@pytest.fixture
def served() -> Iterator[Running]:
    with running(Settings(units=60, history=False)) as service:
        yield service


def killed(url: str, folder: Path, dies_in: str, point: str) -> None:
    env = {**os.environ, **killed_at(point, Path(__file__).parent)}
    call = f"t.draft_and_start({url!r}, pathlib.Path({str(folder)!r}), {dies_in!r})"
    code = f"import asyncio, pathlib, test_killed as t; asyncio.run({call})"
    ended = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=60)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


@pytest.mark.parametrize(
    ("dies_in", "point", "verdict"),
    [
        ("create", "after_intent", Verdict.NOT_FOUND),
        ("create", "after_send", Verdict.DONE),
        ("create", "inside_answer", Verdict.DONE),
        ("activate", "before_send", Verdict.NOT_DONE),
        ("activate", "after_send", Verdict.DONE),
    ],
)
async def test_the_next_start_finds_out(
    served: Running, tmp_path: Path, dies_in: str, point: str, verdict: Verdict
) -> None:
    url, service = served.base_url, served.service
    before = set(service.sessions)
    await asyncio.to_thread(killed, url, tmp_path, dies_in, point)
    made = [service.sessions[key] for key in service.sessions if key not in before]
    assert len(made) == (0 if verdict is Verdict.NOT_FOUND else 1)
    async with at_work(url, tmp_path) as tools:
        answers = lost_answers(tools)
        (finding,) = await answers.resolve_open()
        assert finding.verdict is verdict
        assert [key for key in service.sessions if key not in before] == [session.id for session in made]
        if dies_in == "create" and made:
            assert finding.intent.session_id == made[0].id
        started = [session for session in made if session.running(service.now())]
        assert len(started) == (1 if dies_in == "activate" and verdict is Verdict.DONE else 0)
        assert (await answers.resolve_open() == ()) is (verdict is not Verdict.NOT_FOUND)
