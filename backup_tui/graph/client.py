"""The client of one tenant's service: opened once, hands out a Reader and a Writer."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Self

from backup_tui import __version__
from backup_tui.graph.address import ServiceAddress
from backup_tui.graph.error_catalogue import Words
from backup_tui.graph.gate import Sleep, ThrottleGate
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.retry import Budget
from backup_tui.graph.wire import AsgiApp, Exchanger, TokenSource
from backup_tui.graph.writer import Writer
from backup_tui.models.calls import CallSink
from backup_tui.models.clock import Clock
from backup_tui.models.granular import ItemKeyForm
from backup_tui.models.whoami import WhoAmI

if TYPE_CHECKING:
    from backup_tui.graph.recording import Recorder

USER_AGENT = f"backup-tui/{__version__}"


class Client:
    """One open connection to the service, as an async context manager. Deadlines are seconds that one try of a read or
    of a change may take; `sleep` waits for seconds; `jitter` gives random numbers from 0 up to 1."""

    def __init__(  # noqa: PLR0913  (everything that a test or a profile may choose)
        self,
        address: ServiceAddress,
        tokens: TokenSource,
        clock: Clock,
        *,
        sink: CallSink,
        gate: ThrottleGate,
        transport: AsgiApp | None = None,
        read_deadline: float = 120.0,
        write_deadline: float = 120.0,
        user_agent: str = USER_AGENT,
        who: WhoAmI | None = None,
        budget: Budget | None = None,
        sleep: Sleep = asyncio.sleep,
        jitter: Callable[[], float] = random.random,
        key_form: ItemKeyForm = ItemKeyForm.ID,
        recorder: "Recorder | None" = None,
    ) -> None:
        self.address = address
        self._gate = gate
        self._app = transport
        self._recorder = recorder
        self._key_form = key_form
        self._pipeline = partial(
            RequestPipeline,
            address,
            tokens=tokens,
            clock=clock,
            gate=gate,
            sink=sink,
            words=Words(who.user, who.tenant) if who is not None else Words(),
            user_agent=user_agent,
            read_deadline=read_deadline,
            write_deadline=write_deadline,
            budget=budget or Budget(),
            sleep=sleep,
            jitter=jitter,
        )
        self._opened: tuple[Exchanger, RequestPipeline, Reader, Writer] | None = None

    async def __aenter__(self) -> Self:
        transport = _transport(self.address, self._app)
        if self._recorder is not None:
            from backup_tui.graph.recording import Recorded

            transport = Recorded(transport, self._recorder)
        path = self._pipeline(transport=transport)
        reader = Reader(path)
        self._opened = transport, path, reader, Writer(path, reader, key_form=self._key_form)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        opened, self._opened = self._opened, None
        if opened is not None:
            await opened[0].aclose()
        await self._gate.aclose()

    async def drop_connections(self) -> None:
        """Closes the connections that are kept: the machine slept, so the other side has given them up."""
        if self._opened is not None:
            await self._opened[0].drop_kept()

    @property
    def waiting(self) -> tuple[datetime, str] | None:
        """Since when the oldest call has no answer, and what it is; `None` when none is under way."""
        return self._opened[1].waiting if self._opened is not None else None

    @property
    def path(self) -> RequestPipeline:
        """What carries every request out, also one that neither reader nor writer has."""
        if self._opened is None:
            raise RuntimeError("the client is not open")
        return self._opened[1]

    @property
    def reader(self) -> Reader:
        if self._opened is None:
            raise RuntimeError("the client is not open")
        return self._opened[2]

    @property
    def writer(self) -> Writer:
        if self._opened is None:
            raise RuntimeError("the client is not open")
        return self._opened[3]


def _transport(address: ServiceAddress, app: AsgiApp | None) -> Exchanger:
    """Imported late: httpx, which one of them loads, is needed by nobody before, and in a demo not at all."""
    if app is not None:
        from backup_tui.graph.in_process import InProcessTransport

        return InProcessTransport(app)
    from backup_tui.graph.transport import Transport

    return Transport(address)
