"""Watches restore sessions by reading them repeatedly, and prints one line per change.

A restore continues whether it is watched or not, so a failed read ends nothing: it is reported once and tried again,
less and less often. Only what a later read cannot fix (sign-in, permission, a wrong id) ends the watching.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from backup_tui.errors import (
    BackupTuiError,
    NotFound,
    ProtocolError,
    ServerFault,
    SignInError,
    Throttled,
    Unreachable,
)
from backup_tui.headless.output import Output, number
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.models.text import safe
from backup_tui.restore.drafts.record import kept_record
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

SLOWEST = 60.0  # seconds between two tries while the service does not answer

LOOKS_UNTIL_GONE = 2  # a session that is missing once may have been read from a replica that does not have it yet

FEW = 5  # more sessions than this are read as the list of all, which takes a few reads, however many they are

SECONDS_A_READ = 6.0
"""Seconds to wait for each read that the last check took, if it took several: at most 12 reads a minute leave room
for the screens of the same person, which use up to 48 of 60."""

_ROWS_A_READ = 100  # of a list, at least; the service chooses how many

_WORST_LAST = (0, 6, 5, 8, 1, 4, 3)


@dataclass(slots=True)
class _Followed:
    """What is known of one session while it is watched."""

    id: str
    last: dict[str, object] | None = None
    session: RestoreSession | None = None
    missing: int = 0
    code: int | None = None


def ending(session: RestoreSession) -> int | None:
    """Exit code of a session that has ended: 0 if every unit succeeded, otherwise 6; `None` while it has not ended."""
    status = session_status(session.status)
    if not status.terminal:
        return None
    every_one = status.value.lower() == "completed" and not session.counts.failed
    return 0 if every_one else 6


def worst(codes: Sequence[int]) -> int:
    """The most telling exit code; 0 if there is none."""
    return max(codes, key=lambda code: _WORST_LAST.index(code) if code in _WORST_LAST else len(_WORST_LAST), default=0)


class Watch:
    """Watches sessions and prints their changes.

    Args:
        workspace: Reads the service.
        out: Takes one event per change.
        interval: Fewest seconds between two reads of the same session.
        sleep: Waits for seconds; tests pass one that moves their clock.
        also: Passed each event that was printed, before the next one is read.
    """

    def __init__(
        self,
        workspace: Workspace,
        out: Output,
        interval: float,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        also: Callable[[Mapping[str, object]], Awaitable[None]] | None = None,
    ) -> None:
        self._also = also
        self._workspace = workspace
        self._out = out
        self._interval = interval
        self._sleep = sleep
        self._failures = 0

    async def follow(self, ids: Sequence[str], *, until_done: bool) -> int:
        """Watches the sessions. Returns the worst exit code of them all.

        Args:
            ids: Of the sessions; one given twice is watched once.
            until_done: Return when all of them have ended; otherwise watch until cancelled.

        Raises:
            SignInError: The sign-in expired. An outage of the sign-in service is waited out.
            PermissionDenied: This sign-in may not read sessions.
            InvalidRequest: The text is not a session id.
            NotFound: The service has no such session, and none with that id was created from here.
        """
        followed = [_Followed(session_id) for session_id in dict.fromkeys(ids)]
        while True:
            looked = await self._look_at_all([one for one in followed if one.code is None or not until_done])
            gone = all(one.code == NotFound.exit_code for one in followed)
            if gone or (until_done and all(one.code is not None for one in followed)):
                return worst([one.code for one in followed if one.code is not None])
            pause = self._interval if looked <= 1 else max(self._interval, looked * SECONDS_A_READ)
            await self._sleep(min(max(pause, SLOWEST), pause * 2**self._failures))

    async def _look_at_all(self, followed: Sequence[_Followed]) -> int:
        """Reads each of them once; returns how many reads that took."""
        reads = 0
        try:
            listed: dict[str, RestoreSession] = {}
            if len(followed) > FEW:
                listed = {session.id: session for session in await self._workspace.loader.load(fresh.SESSIONS)}
                reads = 1 + len(listed) // _ROWS_A_READ
            for one in followed:
                reads += one.id not in listed
                await self._look_at(one, listed.get(one.id))
        except (Unreachable, ServerFault, Throttled, ProtocolError, SignInError) as error:
            if isinstance(error, SignInError) and error.needs_person:
                raise
            self._failed(error)
            return max(1, reads)
        if self._failures:
            self._out.narrate("The service answers again.")
        self._failures = 0
        return reads

    def _failed(self, error: BackupTuiError) -> None:
        if not self._failures:
            self._out.narrate(f"No answer: {error.message} Trying again. Running restores continue.")
        self._failures = min(self._failures + 1, 10)

    async def _look_at(self, one: _Followed, listed: RestoreSession | None) -> None:
        try:
            session = await self._workspace.loader.load(fresh.session_of(one.id)) if listed is None else listed
        except NotFound as error:
            journal = self._workspace.context.journal
            if one.last is None and not one.missing and await kept_record(journal, one.id) is None:
                raise  # never seen, and not made from here a moment ago: a wrong id
            self._missing(one, error)
            return
        one.missing = 0
        one.code = ending(session)
        raw = session.raw()
        if raw == one.last:
            return
        if one.last is None and session_status(session.status).value.lower() == "draft":
            self._out.narrate(f"{safe(one.id)} is a draft: nothing happens until someone starts it.")
        one.last, one.session = raw, session
        self._out.event(raw, self._line(session))
        if self._also is not None:
            await self._also(raw)

    def _missing(self, one: _Followed, error: NotFound) -> None:
        one.missing += 1
        if one.missing < LOOKS_UNTIL_GONE:
            return
        if one.code != NotFound.exit_code:
            self._out.narrate(error.message)
            self._out.event({"id": one.id, "error": {"code": error.code}}, f"{self._now()}  {one.id}  not found")
        one.code = NotFound.exit_code

    def _now(self) -> str:
        return f"{self._workspace.clock.now():%Y-%m-%d %H:%M:%S} UTC"

    def _line(self, session: RestoreSession) -> str:
        counts = session.counts
        words = (
            f"{session_status(session.status).word}: {number(counts.completed)} done, "
            f"{number(counts.in_progress)} in progress, {number(counts.failed)} failed, of {number(counts.total)}"
        )
        if self._out.style.format == "lines":
            return f"{words}. Session {safe(session.id)}, {self._now()}"
        return f"{self._now()}  {session.id}  {words}"
