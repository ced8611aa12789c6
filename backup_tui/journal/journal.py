"""The journal: what this machine asked of the service and what became of it, safe against any end of the process.

An intent is on the disk before its request leaves, its answer before anybody is told of it. So whatever happens
between, the next start knows what may have been sent, and looks at the service instead of sending it again."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Concatenate, Final, ParamSpec, Self, TypeVar

from backup_tui.errors import JournalError, UsageError
from backup_tui.journal import rows
from backup_tui.journal.file import cause
from backup_tui.journal.processes import ProcessMark, this_process
from backup_tui.journal.records import Answer, Intent, IntentState, NewIntent
from backup_tui.journal.thread import JournalThread, finish
from backup_tui.models.remembered import PointUnit, UnitName

P = ParamSpec("P")
T = TypeVar("T")

_NAMES_AT_ONCE: Final = 2_000  # names in one commit, so that an intent waits for a few milliseconds at most

# What the service says counts even where a person has judged already; it counts once.
_ANSWERABLE: Final = frozenset(
    {IntentState.OPEN, IntentState.UNKNOWN, IntentState.RESOLVED_DONE, IntentState.RESOLVED_NOT_DONE}
)
_RESOLVABLE: Final = frozenset({IntentState.OPEN, IntentState.UNKNOWN})
_RESOLUTIONS: Final = frozenset({IntentState.RESOLVED_DONE, IntentState.RESOLVED_NOT_DONE})

_log = logging.getLogger(__name__)


class Journal:
    """The journal of one tenant at one service address; an async context manager. All is done in one thread of its own,
    in the order in which it was asked; a write that has begun is finished even if whoever asked for it is cancelled.

    A read raises `JournalError` when the journal cannot be read, a write when it could not be written. Where the file
    cannot be written at all, reading continues, names and values are kept in memory until the end, and `begin` refuses.
    `on_change` is called in the event loop's thread with every intent that was written or answered."""

    def __init__(
        self, path: Path, tenant_key: str, address: str, *, on_change: Callable[[Intent], None] | None = None
    ) -> None:
        self.path = path
        self.on_change = on_change
        self._key = rows.Key(tenant_key, address)
        self._process = this_process()
        self._sending: set[int] = set()
        self._thread = JournalThread()

    async def __aenter__(self) -> Self:
        await self._thread.open(self.path)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._thread.close()

    @property
    def refusal(self) -> str:
        """Why no change can be written down, as one clause; empty when it can."""
        return self._thread.opened.refusal

    @property
    def notices(self) -> tuple[str, ...]:
        """Sentences for the person about the state in which the file was found."""
        return self._thread.opened.notices

    async def begin(self, new: NewIntent) -> Intent:
        """Writes down what is about to be sent. When it returns, that is on the disk. Cancelled meanwhile, it leaves an
        intent that is marked as not sent, or none. Raises `JournalError`: it cannot be written down, or a create of the
        same contents has no known outcome (code `CreateStillOpen`). Nothing may be sent."""
        if self.refusal:
            raise self._cannot_write(self.refusal)
        future = self._thread.submit(self._insert, new)
        try:
            intent = await finish(future)
        except asyncio.CancelledError:
            if future.exception() is None:
                await self._take_back(future.result().id, new.at)
            raise
        except rows.StillOpen as found:
            raise JournalError(
                f"The same request was sent at {found.intent.at:%H:%M} UTC; whether it arrived is unknown.",
                certainty="Nothing was sent again.",
                hint=f"Check it (backup-tui journal show {found.intent.id}), then settle it (journal resolve).",
                code="CreateStillOpen",
            ) from found
        except sqlite3.Error as error:
            raise self._cannot_write(cause(error)) from error
        self._tell(intent)
        return intent

    async def answer(self, intent_id: int, answer: Answer) -> Intent:
        """Writes down what came back; only then may anybody be told of it. Raises `JournalError`: it could not be
        written down. The request was sent all the same; `open_intents` gives the intent from here on; `ValueError`: the
        intent has an answer, there is none of this number, or it isn't an answer."""
        if answer.state is IntentState.OPEN or answer.state in _RESOLUTIONS:
            raise ValueError(f"{answer.state} is not an answer")
        try:
            return await self._add(intent_id, answer, _ANSWERABLE)
        except (LookupError, rows.AlreadySettled) as error:
            raise ValueError(str(error)) from error

    async def resolve(
        self,
        intent_id: int,
        state: IntentState,
        *,
        session_id: str | None = None,
        note: str,
        at: datetime | None = None,
    ) -> Intent:
        """Settles an intent whose outcome was unknown, by what the service shows or what a person says. Raises
        `UsageError`: there is no such intent, or it is settled already; `JournalError`: it could not be written down;
        `ValueError`: `state` isn't a resolution."""
        if state not in _RESOLUTIONS:
            raise ValueError(f"{state} is not a resolution")
        answer = Answer(state, at or datetime.now(UTC), session_id, note=note)
        try:
            return await self._add(intent_id, answer, _RESOLVABLE)
        except LookupError as error:
            raise UsageError.no_entry(intent_id) from error
        except rows.AlreadySettled as error:
            raise UsageError(
                f"The outcome of entry {intent_id} is already known.",
                field="ID",
                value=str(intent_id),
                certainty="Nothing was changed.",
                hint=f"See: backup-tui journal show {intent_id}",
            ) from error

    async def open_intents(self) -> tuple[Intent, ...]:
        """Intents with an unknown outcome, and those left open by a process that is gone, oldest first. A process of
        another machine counts as gone: hold the write lock while looking."""
        return await self._read(self._left_open)

    async def is_under_way(self, intent: Intent) -> bool:
        """Whether a living process is still sending it: its own answer will tell, and nobody else may judge."""
        if intent.state is not IntentState.OPEN:
            return False
        return all(left.id != intent.id for left in await self.open_intents())

    async def open_create(self, fingerprint: str) -> Intent | None:
        """A create of the same contents with an unknown outcome: it prevents another one."""
        return await self._read(rows.open_create, self._key, fingerprint)

    async def intents(self, limit: int = 500) -> tuple[Intent, ...]:
        return await self._read(rows.intents, self._key, limit)

    async def of_plan(self, plan: str) -> tuple[Intent, ...]:
        return await self._read(rows.of_plan, self._key, plan)

    async def newest_start(self) -> int:
        """Number of the newest entry that starts a session, of any process here; 0 without one."""
        return await self._read(rows.newest_start, self._key)

    async def intent(self, intent_id: int) -> Intent | None:
        return await self._read(rows.intent, self._key, intent_id)

    async def answers(self, intent_id: int) -> tuple[Answer, ...]:
        return await self._read(rows.answers, self._key, intent_id)

    async def owned_sessions(self) -> frozenset[str]:
        return await self._read(rows.owned_sessions, self._key)

    async def remember_points(self, points: Sequence[PointUnit]) -> None:
        """Keeps which unit each restore point belongs to; the service's artifacts name only the point."""
        if points:
            await self._note(rows.remember_points, self._key, points)

    async def units_of(self, point_ids: Sequence[str]) -> dict[str, PointUnit]:
        return await self._read(rows.units_of, self._key, tuple(point_ids))

    async def remember_names(self, names: Sequence[UnitName]) -> None:
        """Keeps the last known names of units, those before a fault too; what is known already costs no write."""
        for start in range(0, len(names), _NAMES_AT_ONCE):
            await self._note(rows.remember_names, self._key, names[start : start + _NAMES_AT_ONCE])

    async def names(self) -> dict[str, UnitName]:
        return await self._read(rows.names, self._key)

    async def keep(self, key: str, value: str) -> None:
        """Keeps a small value (JSON) under a name, in place of the one before. Never a token."""
        await self._note(rows.keep, self._key, key, value)

    async def claim(self, key: str, value: str) -> bool:
        """Keeps a small value (JSON) under a name that holds none. `False`: another process was faster, or it was kept
        in an earlier run. Never a token."""
        return await self._note(rows.claim, self._key, key, value)

    async def kept(self, key: str) -> str | None:
        return await self._read(rows.kept, self._key, key)

    async def kept_under(self, prefix: str) -> dict[str, str]:
        """Every value kept under a name that begins with `prefix`, by the rest of the name."""
        return await self._read(rows.kept_under, self._key, prefix)

    async def drop(self, *keys: str) -> None:
        await self._note(rows.drop, self._key, *keys)

    # The next three run in the journal's thread.

    def _insert(self, connection: sqlite3.Connection, new: NewIntent) -> Intent:
        intent = rows.insert_intent(connection, self._key, new, self._process)
        self._sending.add(intent.id)
        return intent

    def _insert_answer(
        self, connection: sqlite3.Connection, intent_id: int, answer: Answer, may_follow: frozenset[IntentState]
    ) -> Intent:
        self._sending.discard(intent_id)
        return rows.insert_answer(connection, self._key, intent_id, answer, may_follow)

    def _left_open(self, connection: sqlite3.Connection) -> tuple[Intent, ...]:
        def is_left(intent: Intent, writer: ProcessMark) -> bool:
            if intent.state is IntentState.UNKNOWN:
                return True
            return intent.id not in self._sending if writer == self._process else not writer.may_live()

        return tuple(intent for intent, writer in rows.unsettled(connection, self._key) if is_left(intent, writer))

    async def _add(self, intent_id: int, answer: Answer, may_follow: frozenset[IntentState]) -> Intent:
        if self.refusal:
            raise self._cannot_write(self.refusal)
        try:
            intent = await finish(self._thread.submit(self._insert_answer, intent_id, answer, may_follow))
        except sqlite3.Error as error:
            raise JournalError(
                f"The outcome of entry {intent_id} could not be written to {self.path}: {cause(error)}.",
                certainty="It is unknown until it is checked again.",
                hint="Free space or make the file writable; the next read of the service settles it.",
            ) from error
        self._tell(intent)
        return intent

    async def _take_back(self, intent_id: int, at: datetime) -> None:
        try:
            await self._add(intent_id, Answer(IntentState.NOT_SENT, at, note="left before it was sent"), _RESOLVABLE)
        except JournalError as error:
            _log.warning("entry %d stays open: %s", intent_id, error)

    async def _note(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        try:
            return await finish(self._thread.submit(function, *args, **kw))
        except sqlite3.Error as error:
            raise JournalError(
                f"{self.path} could not be written: {cause(error)}.",
                hint="Free space, make the file writable, or set BACKUP_TUI_STATE_DIR to another folder.",
            ) from error

    async def _read(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kw: P.kwargs
    ) -> T:
        try:
            return await self._thread.submit(function, *args, **kw)
        except sqlite3.Error as error:
            raise JournalError(
                f"The journal {self.path} cannot be read: {cause(error)}.",
                hint="Restart: a damaged journal is then set aside, and its readable entries are recovered.",
            ) from error

    def _cannot_write(self, why: str) -> JournalError:
        return JournalError(
            f"The journal {self.path} cannot be written: {why}.",
            certainty="Nothing was sent.",
            hint="Free space, make it writable, or set BACKUP_TUI_STATE_DIR to another folder.",
        )

    def _tell(self, intent: Intent) -> None:
        if self.on_change is not None:
            self.on_change(intent)
