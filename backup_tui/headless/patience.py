"""What a command reports while the service or the sign-in does not answer."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from backup_tui.errors import BackupTuiError
from backup_tui.headless.output import Output

SLOW = timedelta(seconds=2)  # an answer that takes longer is reported

LOOK_EVERY = 0.5  # seconds between two checks of what is waited for

OUTCOME_UNKNOWN = 7  # exit code of a command that ran out of time after it had sent a change


class Waiting(Struct, frozen=True):
    """Something without an answer yet."""

    what: str  # what is waited for
    since: datetime  # since when (UTC)


class TimeUp(BackupTuiError):
    """The time allowed by `--timeout` has passed."""

    def __init__(self, seconds: float, sent: Sequence[str]) -> None:
        super().__init__(
            f"Stopped after {seconds:g} s (--timeout).",
            certainty=f"Sent before that: {'; '.join(sent)}." if sent else "Nothing was changed.",
            hint="Check the outcome before you run this again. A started restore continues."
            if sent
            else "Allow more time, or find out what is slow: backup-tui doctor",
        )
        self._sent = bool(sent)

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """7 if something was sent, so that it is not taken for not done; otherwise 1."""
        return OUTCOME_UNKNOWN if self._sent else 1


@asynccontextmanager
async def told_when_slow(
    out: Output,
    waiting: Callable[[], Waiting | None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncIterator[None]:
    """Reports on a terminal, once for each, that an answer takes long.

    Args:
        out: Takes the line; only a terminal gets it.
        waiting: What has no answer yet; `None` if nothing is waited for.
        now: The clock of `waiting`.
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
                "Press Ctrl+C to cancel; --timeout SECONDS sets a limit."
            )

    looking = asyncio.create_task(look(), name="patience")
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
