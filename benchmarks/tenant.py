"""The simulated service as a benchmark needs it: counted requests, and a value that only its answers can bring."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from backup_tui.models.text import short_id
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.workloads import WORKLOADS
from backup_tui.simulator.http.callers import ADELE
from backup_tui.simulator.server import Running, running
from backup_tui.simulator.settings import Settings
from backup_tui.workspace.demo import demo_token
from benchmarks.pty_program import PtyProgram, in_terminal


@dataclass
class Tenant:
    """A simulated service on a socket.

    Attributes:
        served: The service and where it listens.
        requests: How many it was asked so far.
        answered: When (`time.perf_counter`) each answer from inside a point had left.
    """

    served: Running
    requests: int = 0
    answered: list[float] = field(default_factory=list)

    @property
    def service(self) -> Service:
        """The service itself."""
        return self.served.service

    @property
    def marker(self) -> bytes:
        """What is on the screen only once the service has answered: the id of what runs, else of the newest session.

        Ids follow from the seed, which is drawn again for every tenant, so no program, file or earlier run can know it.
        """
        return marker_of(self.service)

    @contextlib.contextmanager
    def screens(self, folder: str = "") -> Iterator[PtyProgram]:
        """The screens in a terminal, signed in to this tenant.

        Args:
            folder: Holds state and configuration; one that nobody has used, when not given.
        """
        with (
            contextlib.nullcontext(folder) if folder else tempfile.TemporaryDirectory() as own,
            in_terminal(
                "-m",
                "backup_tui",
                BACKUP_TUI_ACCESS_TOKEN=demo_token().reveal(),
                BACKUP_TUI_GRAPH_URL=self.served.base_url,
                BACKUP_TUI_STATE_DIR=f"{own}/state",
                XDG_CONFIG_HOME=f"{own}/config",
            ) as program,
        ):
            yield program


def marker_of(service: Service) -> bytes:
    """The short id of the session that runs, or of the newest where none does."""
    now, sessions = service.now(), service.listed_sessions()
    shown = next((one for one in sessions if one.running(now)), sessions[0])
    return short_id(shown.id).encode()


@contextlib.contextmanager
def tenant(**settings: Any) -> Iterator[Tenant]:
    """Serves a tenant on loopback until the block is left.

    Args:
        settings: As of `backup_tui.simulator.settings.Settings`; the seed is drawn.
    """
    found: Tenant | None = None

    def counted(app: Any) -> Any:
        async def count(scope: Any, receive: Any, send: Any) -> None:
            if found is not None:
                found.requests += scope["type"] == "http"
            await app(scope, receive, send)
            if found is not None and scope.get("path", "").endswith("/browse"):
                found.answered.append(time.perf_counter())

        return count

    with running(Settings(seed=secrets.randbelow(2**31), **settings), around=counted) as served:
        found = Tenant(served)
        yield found


def draft(service: Service, workload: int, units: int, skip: int = 0) -> str:
    """A draft of so many units, made inside the service; returns its id.

    Raises:
        ValueError: The tenant has not so many units that can be restored.
    """
    kind = WORKLOADS[workload]
    now = service.now()
    session = service.create_session(kind, ADELE)
    for unit in service.tenant.units[kind.key][skip:]:
        point = next(newest_first(unit, now, now - 86_400, now), None)
        if point is not None and len(session.artifacts) < units:
            session.add(unit, point.moment, point.express, "new", now)
    if len(session.artifacts) < units:
        raise ValueError(f"the tenant has only {len(session.artifacts)} units for a restore of {units}")
    return session.id


def start(service: Service, sessions: int, units: int) -> None:
    """Starts restores of so many units each, until so many run.

    Raises:
        ValueError: The tenant is too small.
    """
    now = service.now()
    missing = sessions - sum(one.running(now) for one in service.sessions.values())
    for number in range(missing):
        workload, turn = number % len(WORKLOADS), number // len(WORKLOADS)
        service.activate_session(draft(service, workload, units, skip=turn * units * 2), ADELE)


def mailbox(number: int) -> dict[str, object]:
    """A protected mailbox as the service sends it, another one for each number."""
    person = {"user": {"id": f"{number % 7:08d}-5f6b-4c0e-9d53-0c6a3f8f4a10", "displayName": "Adele Vance"}}
    return {
        "@odata.type": "#microsoft.graph.mailboxProtectionUnit",
        "id": f"{number:08d}-fcc6-49b2-ae8b-9b2957641d37",
        "policyId": "61c2b5a0-0000-4000-8000-000000000001",
        "status": "protected",
        "protectionSources": "manual",
        "directoryObjectId": f"{number:08d}-bce4-4aaf-ab1b-5451cc387264",
        "displayName": f"User {number:06d}",
        "email": f"user{number:06d}@contoso.com",
        "createdBy": person,
        "createdDateTime": f"2026-02-02T09:00:00.{number:07d}Z",
        "lastModifiedBy": person,
        "lastModifiedDateTime": f"2026-11-03T09:00:00.{number:07d}Z",
    }
