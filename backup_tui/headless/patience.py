"""What a command says while the service, or where one signs in, does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from backup_tui.errors import BackupTuiError
from backup_tui.headless.output import Output

SLOW = timedelta(seconds=5)
"""An answer that takes longer is spoken of."""

LOOK_EVERY = 0.5
"""Seconds between two looks at what is waited for."""

OUTCOME_UNKNOWN = 7
"""Exit code of a command that ran out of time after it had sent a change."""


class Waiting(Struct, frozen=True):
    """Something without an answer yet.

    Attributes:
        what: What is waited for, a clause.
        since: Since when (UTC).
    """

    what: str
    since: datetime


class TimeUp(BackupTuiError):
    """The time that `--timeout` allows is over."""

    def __init__(self, seconds: float, sent: Sequence[str]) -> None:
        super().__init__(
            f"Time is up: {seconds:g} s (--timeout).",
            certainty=f"Sent before that: {'; '.join(sent)}." if sent else "Nothing was changed.",
            hint="See what became of it before you run this again; a restore that was started continues."
            if sent
            else "Give it more time, or see what is slow: backup-tui doctor",
        )
        self._sent = bool(sent)

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """7 when something was sent, so that nobody takes it for not done; 1 else."""
        return OUTCOME_UNKNOWN if self._sent else 1


@asynccontextmanager
async def told_when_slow(
    out: Output,
    waiting: Callable[[], Waiting | None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[None]:
    """Tells somebody who looks on, once for each answer that takes long.

    Args:
        out: Takes the line; only a terminal gets it.
        waiting: What has no answer at the moment; `None` when everything has.
        now: The time by which `waiting` counts.
    """

    async def look() -> None:
        told: datetime | None = None
        while True:
            await asyncio.sleep(LOOK_EVERY)
            one = waiting()
            if one is None or one.since == told or now() - one.since < SLOW:
                continue
            told = one.since
            out.progress(
                f"{one.what} since {one.since:%H:%M:%S} UTC; no answer yet. "
                "Ctrl+C gives up; --timeout SECONDS sets a limit."
            )

    looking = asyncio.create_task(look(), name="patience")
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
