"""Specifies what ends the following of sessions and what does not."""

from __future__ import annotations

import io
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Self

import pytest

from backup_tui.errors import NotFound, SignInError, Unreachable
from backup_tui.headless.output import Output
from backup_tui.headless.watching import Watch
from backup_tui.journal.journal import Journal
from backup_tui.models.clock import Clock
from backup_tui.models.sessions import RestoreSession
from backup_tui.store import freshness as fresh
from backup_tui.sync.budget import KEPT_FREE


class Service:
    """Fails as it is told, and has the session done afterwards."""

    clock = Clock()

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.loader = self

    async def load(self, key: fresh.Key[Any]) -> RestoreSession:
        return await self.load_session(key.of)

    async def load_session(self, session_id: str) -> RestoreSession:
        if self.errors:
            raise self.errors.pop(0)
        return RestoreSession.read({"id": session_id, "status": "completed"})


def watch(service: Any, told: io.StringIO) -> Watch:
    async def sleep(seconds: float) -> None:
        service.clock.now()

    return Watch(service, Output(io.StringIO(), told), 5.0, sleep)


@pytest.mark.parametrize(
    "error",
    [Unreachable("The service cannot be reached."), SignInError("The authority is in trouble.", needs_person=False)],
)
async def test_what_passes_by_itself_is_told_once_and_waited_for(error: Exception) -> None:
    told = io.StringIO()
    assert await watch(Service(error, error, error), told).follow(["s-1"], until_done=True) == 0
    assert told.getvalue().count("No answer: ") == 1
    assert "The service answers again." in told.getvalue()


async def test_a_sign_in_that_has_ended_ends_it() -> None:
    with pytest.raises(SignInError, match="has ended"):
        await watch(Service(SignInError("The sign-in has ended.")), io.StringIO()).follow(["s-1"], until_done=True)


class Tenant:
    """Runs restores under a clock of its own, and counts what it is asked; a list has 200 rows on a page."""

    clock = Clock()

    def __init__(self, running: int, ended: int = 0) -> None:
        self.ids = [f"s-{number}" for number in range(running)]
        self.ended = [f"e-{number}" for number in range(ended)]
        self.now = 0.0
        self.asked_at: list[float] = []
        self.context = SimpleNamespace()

    def session(self, session_id: str) -> RestoreSession:
        done = int(self.now // 30) + 1
        counts = {"total": 99, "completed": done, "inProgress": 99 - done, "failed": 0}
        raw = {"id": session_id, "status": "active", "restoreSessionArtifactCount": counts}
        return RestoreSession.read(raw)

    @property
    def loader(self) -> Self:
        return self

    async def load(self, key: fresh.Key[Any]) -> object:
        return await (self.load_session(key.of) if key.kind is fresh.Kind.SESSION else self.load_sessions())

    async def load_session(self, session_id: str) -> RestoreSession:
        self.asked_at.append(self.now)
        if session_id not in self.ids:
            raise NotFound(f"There is no session {session_id}.", status=404)
        return self.session(session_id)

    async def load_sessions(self) -> tuple[RestoreSession, ...]:
        rows = [*self.ids, *self.ended]
        self.asked_at += [self.now] * (1 + (len(rows) - 1) // 200)
        return tuple(map(self.session, rows))


class Over(Exception):
    """The time for which it was watched is over."""


async def watched(tenant: Tenant, ids: list[str], *, minutes: int = 10, interval: float = 5.0) -> tuple[str, str]:
    """What is printed and narrated while sessions are followed for so long."""
    out, told = io.StringIO(), io.StringIO()

    async def sleep(seconds: float) -> None:
        tenant.now += seconds
        if tenant.now >= minutes * 60:
            raise Over

    workspace: Any = tenant
    with pytest.raises(Over):
        await Watch(workspace, Output(out, told), interval, sleep).follow(ids, until_done=True)
    return out.getvalue(), told.getvalue()


def most_in_a_minute(times: list[float]) -> int:
    return max(sum(begin <= when < begin + 60 for when in times) for begin in times)


@pytest.mark.parametrize(("running", "ended"), [(1, 0), (3, 900), (5, 0), (6, 0), (25, 0), (25, 475), (25, 1_500)])
async def test_watching_leaves_room_for_the_screens_beside_it(running: int, ended: int) -> None:
    tenant = Tenant(running, ended)
    out, _ = await watched(tenant, tenant.ids, interval=5.0)
    assert most_in_a_minute(tenant.asked_at) <= KEPT_FREE + 8, "the first look at a long list"
    assert most_in_a_minute([when for when in tenant.asked_at if when]) <= KEPT_FREE
    assert out.count("  s-0  ") >= 5


async def test_of_many_each_change_is_told_once_as_it_is_of_few() -> None:
    few, many = Tenant(2), Tenant(25)
    printed = [await watched(tenant, tenant.ids, minutes=3) for tenant in (few, many)]
    of_one = [[line.split("UTC", 1)[1] for line in out.splitlines() if "  s-1  " in line] for out, _ in printed]
    assert of_one[0] == of_one[1]
    assert len(of_one[0]) == 6


async def test_one_of_many_that_never_was_there_ends_it_at_once(tmp_path: Path) -> None:
    tenant = Tenant(24)
    out = Output(io.StringIO(), io.StringIO())
    workspace: Any = tenant
    async with Journal(tmp_path / "journal.sqlite3", "contoso", "https://graph.microsoft.com/v1.0") as journal:
        tenant.context = SimpleNamespace(journal=journal)  # nothing was drafted from here
        with pytest.raises(NotFound, match="There is no session nowhere"):
            await Watch(workspace, out, 5.0).follow([*tenant.ids, "nowhere"], until_done=True)
