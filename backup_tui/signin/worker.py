"""The one thread that waits for the authority, so that nothing else does; it owns msal and all that is kept."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from backup_tui.errors import SignInError
from backup_tui.signin import codes

T = TypeVar("T")


class Job(Generic[T]):
    """Something that the thread does."""

    future: Future[T]  # what becomes of it

    async def result(self) -> T:
        """Waits for what becomes of it. Whoever stops waiting leaves it to the others. Raises `SignInError`: it was
        taken back before it was done."""
        try:
            return await asyncio.shield(asyncio.wrap_future(self.future))
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if not self.future.cancelled() or (task is not None and task.cancelling()):
                raise
        raise SignInError("The sign-in was canceled.", certainty="Nothing was changed.", code=codes.CANCELLED)


class Worker:
    """Does one job after the other in one thread; `abort` gives up what is under way, `close` follows the last."""

    def __init__(self, ready: Callable[[], None], abort: Callable[[], None], close: Callable[[], None]) -> None:
        self._ready = ready
        self._abort = abort
        self._close = close
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None
        self._running: Job[Any] | None = None

    def submit(self, work: Callable[[], T]) -> Job[T]:
        """Has something done as soon as what came before it is done."""
        job: Job[T] = Job()

        def run() -> T:
            with self._lock:
                self._running = job
                self._ready()
            try:
                return work()
            finally:
                with self._lock:
                    self._running = None

        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sign-in")
            job.future = self._pool.submit(run)
        return job

    async def run(self, work: Callable[[], T]) -> T:
        """Has something done and waits for it; whoever stops waiting gives it up."""
        job = self.submit(work)
        try:
            return await job.result()
        except asyncio.CancelledError:
            self.give_up(job)
            raise

    def give_up(self, job: Job[Any]) -> None:
        """Takes a job back: it no longer begins, or what it waits for is given up."""
        if job.future.cancel():
            return
        with self._lock:
            if self._running is job:
                self._abort()

    async def aclose(self) -> None:
        """Gives up everything and ends the thread; a later job starts another one."""
        with self._lock:
            pool, self._pool = self._pool, None
            if pool is None:
                return
            pool.shutdown(wait=False, cancel_futures=True)
            self._abort()
        await asyncio.to_thread(self._end, pool)

    def _end(self, pool: ThreadPoolExecutor) -> None:
        pool.shutdown(wait=True)
        self._close()
