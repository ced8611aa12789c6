"""A process that dies: at a chosen step it stops for good, in the middle of a request or of a write to the journal.

Steps are counted: each request before it reaches the service and again before its answer comes back, each write to the
journal before it and again after it. Whatever runs after the death, such as a `finally`, reaches nothing any longer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from office import ADELE, Office

from backup_tui.changes.context import Context
from backup_tui.config.limits import ServiceLimits
from backup_tui.graph.address import parse_address
from backup_tui.graph.client import Client
from backup_tui.graph.gate import ThrottleGate
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.journal.records import Answer, Intent, NewIntent
from backup_tui.journal.write_lock import WriteLock
from backup_tui.models.whoami import Token
from backup_tui.signin.flows.ready_made import ReadyMadeToken
from backup_tui.store.store import Store


class Killed(BaseException):
    """The process is gone."""


class Mortal:
    """Counts steps, and dies at one of them; `at` 0 lives for ever."""

    def __init__(self, at: int = 0) -> None:
        self.at = at
        self.steps = 0
        self.dead = False

    def step(self) -> None:
        self.steps += 1
        if self.dead or self.steps == self.at:
            self.dead = True
            raise Killed


class MortalJournal(Journal):
    """A journal whose writer may die before and after each write."""

    mortal = Mortal()

    async def begin(self, new: NewIntent) -> Intent:
        self.mortal.step()
        intent = await super().begin(new)
        self.mortal.step()
        return intent

    async def answer(self, intent_id: int, answer: Answer) -> Intent:
        self.mortal.step()
        intent = await super().answer(intent_id, answer)
        self.mortal.step()
        return intent

    async def keep(self, key: str, value: str) -> None:
        self.mortal.step()
        await super().keep(key, value)
        self.mortal.step()


@asynccontextmanager
async def life(office: Office, mortal: Mortal, limits: ServiceLimits) -> AsyncIterator[Context]:
    """A new process in the same state folder, beside the same service."""
    address = parse_address("http://127.0.0.1:8365/v1.0")

    async def service(scope: Any, receive: Any, send: Any) -> None:
        mortal.step()
        sent: list[Any] = []

        async def held(message: Any) -> None:
            sent.append(message)

        await office.app(scope, receive, held)
        mortal.step()
        for message in sent:
            await send(message)

    journal = MortalJournal(office.folder / "journal.sqlite3", ADELE.tenant, address.base_url)
    journal.mortal = mortal
    async with (
        journal,
        Client(
            address,
            ReadyMadeToken(Token("token")),
            office.clock,
            sink=lambda _: None,
            gate=ThrottleGate(office.clock, sleep=office.sleep),
            transport=service,
            sleep=office.sleep,
            jitter=lambda: 0.5,
        ) as client,
    ):
        yield Context(
            reader=client.reader,
            writer=client.writer,
            journal=journal,
            changes=RecordedChanges(journal, office.clock, ADELE),
            store=Store(),
            clock=office.clock,
            who=ADELE,
            lock=WriteLock(office.folder, ADELE.tenant, now=office.clock.now, monotonic=office.clock.monotonic),
            sleep=office.sleep,
            lock_wait=0.0,
            limits=limits,
        )
