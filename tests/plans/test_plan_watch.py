"""Following plans that are written by whatever process."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from msgspec.structs import replace
from office import START, Office
from store_builders import session

from backup_tui.journal.journal import Journal
from backup_tui.models.services import Destination, Service
from backup_tui.plans.kept import SILENT_AFTER
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.record import PlanRecord, RunnerStatus, keep_record, keep_status
from backup_tui.store.changes import Change, Topic
from backup_tui.store.updates import SessionRead
from backup_tui.workspace.plan_watch import EVERY, SPACING, PlanWatch

PLAN = Plan("ransom-20nov", Scope(Source.LIST, ("names.csv",)), "20 Nov 14:10", "Europe/Berlin", Destination.IN_PLACE)
PART = Part(1, 0, Service.ONEDRIVE, Destination.IN_PLACE, 2)
RECORD = PlanRecord(PLAN, "", "", START, "adele@contoso.com", (PART,), {1: "s1"})
STATUS = RunnerStatus(os.getpid(), socket.gethostname(), START, "watching 1 session", (), START)


class Following:
    """A watch that follows a journal, under a clock that only this turns on.

    Attributes:
        told: The changes that it told.
        waits: What it sleeps for; the first of equal ones is woken by `pass_time`.
    """

    def __init__(self, office: Office) -> None:
        self._journal = office.tools.journal
        self.watch = PlanWatch(office.store, office.clock)
        self.told: list[Change] = []
        self.looks = 0
        self.waits: list[tuple[float, asyncio.Event]] = []
        self.watch.subscribe(self.told.append)

    async def sleep(self, seconds: float) -> None:
        self.looks += seconds == SPACING
        woken = asyncio.Event()
        self.waits.append((seconds, woken))
        await woken.wait()

    async def settle(self) -> None:
        """Lets the watch and the thread of the journal do all that they have to do."""
        for _turn in range(6):
            for _step in range(10):
                await asyncio.sleep(0)
            await self._journal.kept("anything")  # answered after whatever was asked before

    async def pass_time(self) -> None:
        """Ends what is slept for now, and what that leads to is done."""
        waits, self.waits = self.waits, []
        for _seconds, woken in waits:
            woken.set()
        await self.settle()


@asynccontextmanager
async def following(office: Office) -> AsyncIterator[Following]:
    one = Following(office)
    task = asyncio.create_task(one.watch.follow(office.tools.journal, one.sleep))
    await one.settle()
    try:
        yield one
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_another_process_writes_is_told_once_with_the_name_of_its_plan(office: Office) -> None:
    async with (
        Journal(office.folder / "journal.sqlite3", office.tools.who.tenant, "http://127.0.0.1:8365/v1.0") as other,
        following(office) as one,
    ):
        await keep_record(other, RECORD)
        one.watch.wake()
        await one.pass_time()
        await one.pass_time()

        assert [(change.topics, change.ids) for change in one.told] == [
            (frozenset({Topic.PLANS}), frozenset({"ransom-20nov"}))
        ]
        assert one.watch.by_name["ransom-20nov"].record == RECORD
        assert one.watch.of_session("s1") is one.watch.by_name["ransom-20nov"]
        assert one.watch.of_session("another") is None


async def test_nothing_is_read_while_no_plan_moves_and_none_is_shown(office: Office) -> None:
    await keep_record(office.tools.journal, RECORD)
    async with following(office) as one:
        for _turn in range(5):
            await one.pass_time()
        assert (one.looks, one.waits, len(one.told)) == (1, [], 1)

        one.watch.show(one)
        for _turn in range(4):
            await one.pass_time()
        assert one.looks == 3
        assert [seconds for seconds, _woken in one.waits] == [EVERY - SPACING]

        one.watch.hide(one)
        await one.pass_time()
        await one.pass_time()
        assert one.waits == []


async def test_a_plan_that_moves_is_read_again_without_being_told_again(office: Office) -> None:
    await keep_record(office.tools.journal, RECORD)
    async with following(office) as one:
        await one.pass_time()
        office.store.apply(SessionRead(session("s1"), 1.0))
        for _turn in range(8):
            await one.pass_time()

        assert one.looks >= 4
        assert len(one.told) == 1


async def test_a_runner_that_died_is_told_although_it_wrote_nothing(office: Office) -> None:
    ended = await asyncio.create_subprocess_exec("true")
    await ended.wait()
    await keep_record(office.tools.journal, RECORD)
    await keep_status(office.tools.journal, "ransom-20nov", STATUS)
    async with following(office) as one:
        assert one.watch.by_name["ransom-20nov"].runner == STATUS

        await keep_status(office.tools.journal, "ransom-20nov", replace(STATUS, pid=ended.pid))
        one.watch.wake()
        await one.pass_time()

        plan = one.watch.by_name["ransom-20nov"]
        assert plan.runner is None
        assert plan.last is not None
        assert plan.last.pid == ended.pid
        assert len(one.told) == 2


async def test_a_runner_of_another_machine_lives_as_long_as_it_writes(office: Office) -> None:
    await keep_record(office.tools.journal, RECORD)
    await keep_status(office.tools.journal, "ransom-20nov", replace(STATUS, host="jump02", at=office.clock.now()))
    async with following(office) as one:
        assert one.watch.by_name["ransom-20nov"].runner is not None

        office.advance((SILENT_AFTER + timedelta(seconds=1)).total_seconds())
        await one.pass_time()
        await one.pass_time()

        assert one.watch.by_name["ransom-20nov"].runner is None


async def test_a_runner_that_says_it_has_left_no_longer_runs_it(office: Office) -> None:
    await keep_record(office.tools.journal, RECORD)
    await keep_status(office.tools.journal, "ransom-20nov", replace(STATUS, ended="all waves have ended"))
    async with following(office) as one:
        assert one.watch.by_name["ransom-20nov"].runner is None
        assert not one.watch.moves
