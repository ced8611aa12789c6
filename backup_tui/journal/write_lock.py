"""The right to change things in a tenant: held by one use case of one process at a time, gone when the process dies.

The right is a `flock` of the kernel, so no stale file can block anybody. What is written in the file only
tells others who holds it."""

import asyncio
import contextlib
import hashlib
import json
import os
import re
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from backup_tui.errors import LocalError, WriteLockHeld
from backup_tui.models.text import safe
from backup_tui.operating_system import take_lock
from backup_tui.private_files import make_private_directory, open_private

LOOK_SECONDS: Final = 0.1  # time between two looks whether the right has become free


class Holder(Struct, frozen=True):
    """Who holds the right, as far as is known."""

    pid: int | None = None  # number of the process; `None` when it has not written it yet
    host: str = ""
    tty: str = ""  # terminal without `/dev/`, such as `pts/2`; empty without one
    purpose: str = ""  # what it is doing, for `has been {purpose}`: `drafting`
    since: datetime | None = None  # when it took the lock (UTC)

    @property
    def label(self) -> str:
        """`pid 4711 on jump01, pts/2`."""
        if self.pid is None:
            return "another process"
        return f"pid {self.pid} on {self.host}" + (f", {self.tty}" if self.tty else "")

    @property
    def words(self) -> str:
        """`pid 4711 on jump01 has been drafting since 04:01 UTC.`"""
        since = f" since {self.since:%H:%M} UTC" if self.since else ""
        return f"{self.label} has been {self.purpose or 'making changes in this tenant'}{since}."


class WriteLock:
    """The right to change things in one tenant."""

    def __init__(
        self,
        folder: Path,
        tenant_key: str,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        word = re.sub(r"[^a-z0-9.-]+", "-", tenant_key.lower()).strip("-.")[:40]
        digest = hashlib.sha256(tenant_key.encode()).hexdigest()[:12]
        self.folder, self.tenant_key = folder, tenant_key
        self._path = folder / f"write-{word}-{digest}.lock"
        self._now = now
        self._monotonic = monotonic
        self._sleep = sleep
        self._mine: Holder | None = None

    @asynccontextmanager
    async def hold(
        self, purpose: str, wait: float = 10.0, on_wait: Callable[[Holder], None] | None = None
    ) -> AsyncIterator[None]:
        """Holds the right while its block runs; it is not taken again inside. `wait`: seconds to wait for another
        holder. Raises `WriteLockHeld`: another one kept it for longer; `LocalError`: the file cannot be used."""
        descriptor = await self._take(purpose, wait, on_wait)
        try:
            yield
        finally:
            self._mine = None
            # Closing releases the lock; a disk error must not hide what was done while it was held.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
            os.close(descriptor)

    async def _take(self, purpose: str, wait: float, on_wait: Callable[[Holder], None] | None) -> int:
        give_up = self._monotonic() + wait
        told: Holder | None = None
        while True:
            descriptor = self._try(purpose)
            if descriptor is not None:
                return descriptor
            holder = self._mine or self._holder()
            if holder != told and on_wait is not None:
                on_wait(holder)
            told = holder
            if self._monotonic() >= give_up:
                raise WriteLockHeld(
                    holder.words,
                    holder=holder.label,
                    since=holder.since,
                    hint="Wait until it finishes, or end it there; the lock is then released.",
                )
            await self._sleep(LOOK_SECONDS)

    def _try(self, purpose: str) -> int | None:
        if self._mine is not None:
            return None  # On some network file systems the kernel would let this process in a second time.
        try:
            make_private_directory(self._path.parent)
            descriptor = open_private(self._path)
        except OSError as error:
            raise self._unusable(error) from error
        try:
            if not take_lock(descriptor):
                os.close(descriptor)
                return None
            self._mine = self._sign(descriptor, purpose)
        except OSError as error:
            os.close(descriptor)
            raise self._unusable(error) from error
        return descriptor

    def _sign(self, descriptor: int, purpose: str) -> Holder:
        holder = Holder(os.getpid(), socket.gethostname(), _terminal(), purpose, self._now().astimezone(UTC))
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.write(descriptor, json.dumps(asdict(holder), default=datetime.isoformat).encode())
        return holder

    def _holder(self) -> Holder:
        try:
            told = json.loads(self._path.read_bytes()[:4096])
            since = datetime.fromisoformat(told["since"])
            return Holder(int(told["pid"]), safe(told["host"]), safe(told["tty"]), safe(told["purpose"]), since)
        except (OSError, ValueError, KeyError, TypeError):
            return Holder()  # Just taken, or just given back: the file is empty or half written.

    def _unusable(self, error: OSError) -> LocalError:
        return LocalError(
            f"The write lock {self._path} cannot be used: {(error.strerror or str(error)).lower()}.",
            certainty="Nothing was sent.",
            hint="Set BACKUP_TUI_STATE_DIR to a writable folder on a local disk.",
            code="WriteLockUnusable",
        )


class StandingLock(WriteLock):
    """A right of the same kind that is taken at once or not at all, and held until it is given back."""

    def take(self, purpose: str) -> Holder | None:
        """Takes the right, or returns who holds it instead. Raises `LocalError`: its file cannot be made or locked
        here."""
        self._descriptor = self._try(purpose)
        return None if self._descriptor is not None else self._mine or self._holder()

    def give_back(self) -> None:
        """Gives it back; whoever did not take it gives nothing."""
        self._mine = None
        if self._descriptor is not None:
            os.close(self._descriptor)
        self._descriptor = None

    _descriptor: int | None = None


def _terminal() -> str:
    if not hasattr(os, "ttyname"):
        return ""
    for descriptor in (0, 1, 2):
        try:
            return os.ttyname(descriptor).removeprefix("/dev/")
        except OSError:
            continue
    return ""
