"""The one way in which anything is changed at the service: intent, request, answer, each on disk before the next.

Restores and policies share it, so that no change can leave without its intent, and none can end without an answer
in the journal that says what is known: done, rejected, not sent or unknown."""

import asyncio
import json
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from backup_tui.errors import (
    BackupTuiError,
    JournalError,
    LocalError,
    OutcomeUnknown,
    ReadOnlyError,
    ServiceError,
    SignInError,
    Unreachable,
    UsageError,
)
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Answer, Intent, IntentKind, IntentState, NewIntent
from backup_tui.models.calls import COLLECTED_CALLS, CallRecord
from backup_tui.models.clock import Clock
from backup_tui.models.services import Service
from backup_tui.models.whoami import WhoAmI

T = TypeVar("T")

LAST_WORD = 1.2  # seconds for which the answer to a change is still awaited after whoever asked for it has left

_LOG = logging.getLogger(__name__)


class RecordedChanges:
    """Makes changes and writes down what became of each. The caller takes the lock, around a whole use case."""

    def __init__(self, journal: Journal, clock: Clock, who: WhoAmI) -> None:
        self._journal = journal
        self._clock = clock
        self._who = who
        self._leaving: set[asyncio.Future[None]] = set()

    async def make(
        self,
        kind: IntentKind,
        send: Callable[[], Coroutine[Any, Any, T]],
        *,
        target: str | None,
        summary: str,
        service: Service | None = None,
        body: Mapping[str, Any] | None = None,
        fingerprint: str = "",
        parent: int | None = None,
        plan: str | None = None,
        session_id_of: Callable[[T], str | None] = lambda _: None,
    ) -> T:
        """Sends one change, once. Returns what `send` returned.

        Args:
            send: Sends it; called at most once, after the intent is on disk.

        Raises:
            JournalError: The intent could not be written; nothing was sent.
            asyncio.CancelledError: Whoever waits has left. The answer is awaited for `LAST_WORD` seconds more and
                written down; after that the outcome counts as unknown.
            ServiceError: The service refused it; nothing changed.
            SignInError: The service did not accept the sign-in; nothing changed.
            Unreachable, UsageError: Nothing was sent.
            OutcomeUnknown: It was sent and no trustworthy answer came; `intent_id` names the journal's entry.
        """
        now = self._clock.now()
        intent = await self._journal.begin(
            NewIntent(
                kind,
                service,
                target,
                summary,
                json.dumps(body or {}, sort_keys=True),
                fingerprint,
                self._who.user_label,
                self._who.object_id or self._who.app_id or "",
                now,
                # Before the first answer this is the machine's own clock, which may be hours wrong.
                now if self._clock.skew is not None else None,
                parent,
                plan,
            )
        )
        calls: list[CallRecord] = []
        collecting = COLLECTED_CALLS.set(calls)
        sending = asyncio.ensure_future(send())  # It takes the list along; what else runs here has its own.
        COLLECTED_CALLS.reset(collecting)
        try:
            await asyncio.wait([sending])
        except asyncio.CancelledError:
            leaving = asyncio.ensure_future(self._leave(intent, sending, session_id_of, calls))
            self._leaving.add(leaving)
            leaving.add_done_callback(self._leaving.discard)
            await asyncio.shield(leaving)
            raise
        try:
            return await self._record(intent, sending, session_id_of, calls)
        except (ServiceError, SignInError, Unreachable, LocalError, ReadOnlyError, UsageError, OutcomeUnknown):
            raise
        except BackupTuiError as error:
            raise OutcomeUnknown(
                f"No usable answer to: {summary}. It may have happened.",
                certainty="It is not sent again.",
                hint=f"Check the service first: entry {intent.id} of the journal (5 Activity).",
                code=error.code,
                request_id=error.request_id,
                intent_id=intent.id,
            ) from error

    async def left_unknown(self, kinds: Collection[IntentKind]) -> tuple[Intent, ...]:
        """Changes that somebody must look into; one that a process which is gone left open counts as unknown now.
        Returns the entries as they were, oldest first: their times tell when the answer was lost. Raises
        `JournalError`: the journal cannot be read."""
        left = tuple(intent for intent in await self._journal.open_intents() if intent.kind in kinds)
        for intent in left:
            if intent.state is IntentState.OPEN:
                await self._close(intent, IntentState.UNKNOWN, note="the program ended before an answer was written")
        return left

    async def settled(self, within: float = LAST_WORD + 0.5) -> None:
        """Waits, `within` seconds at most, for the answers of changes that were left: then the journal can be
        closed."""
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=within)

    async def _leave(
        self,
        intent: Intent,
        sending: asyncio.Future[T],
        session_id_of: Callable[[T], str | None],
        calls: Sequence[CallRecord],
    ) -> None:
        """Whoever asked for the change has left: its answer is awaited for a moment, and written down if it comes."""
        await asyncio.wait([sending], timeout=LAST_WORD)
        if not sending.done():
            sending.cancel()
            await asyncio.wait([sending])
        if sending.cancelled():
            await self._close(intent, IntentState.UNKNOWN, calls, note="left while waiting for the answer")
            return
        try:
            await self._record(intent, sending, session_id_of, calls)
        except Exception as error:  # it is in the journal; nobody is left to report it to
            _LOG.info("intent %d ended after it was left: %s", intent.id, type(error).__name__)

    async def _record(
        self,
        intent: Intent,
        sending: asyncio.Future[T],
        session_id_of: Callable[[T], str | None],
        calls: Sequence[CallRecord],
    ) -> T:
        try:
            answer = sending.result()
        except asyncio.CancelledError:
            await self._close(intent, IntentState.UNKNOWN, calls, note="canceled while waiting for the answer")
            raise
        except (ServiceError, SignInError) as error:
            sent = not isinstance(error, SignInError) or error.sent
            await self._close(
                intent,
                IntentState.REJECTED if sent else IntentState.NOT_SENT,
                calls,
                status=error.status if isinstance(error, ServiceError) else 401 if sent else None,
                code=error.code,
                request_id=error.request_id,
                note=error.message,
            )
            raise
        except (Unreachable, LocalError, ReadOnlyError, UsageError) as error:
            await self._close(intent, IntentState.NOT_SENT, calls, code=error.code, note=error.message)
            raise
        except BackupTuiError as error:
            # Its answer was lost or cannot be read: something may have happened.
            await self._close(
                intent, IntentState.UNKNOWN, calls, code=error.code, request_id=error.request_id, note=error.message
            )
            if isinstance(error, OutcomeUnknown):
                error.intent_id = intent.id
            raise
        except Exception as error:
            # A fault of ours after the intent was written: nobody knows how far it came.
            await self._close(intent, IntentState.UNKNOWN, calls, code=type(error).__name__, note="internal error")
            raise
        await self._close(intent, IntentState.DONE, calls, session_id=session_id_of(answer))
        return answer

    async def _close(
        self, intent: Intent, state: IntentState, calls: Sequence[CallRecord] = (), **members: Any
    ) -> None:
        """Writes the answer down; `members` are those of `Answer`, in place of what the last try was answered."""
        sent = next((call for call in reversed(calls) if call.mutating), None)
        if sent is not None:
            heard = {"status": sent.status, "request_id": sent.request_id, "client_request_id": sent.id}
            members = heard | {name: value for name, value in members.items() if value is not None}
        try:
            await self._journal.answer(intent.id, Answer(state, self._clock.now(), **members))
        except JournalError:
            # What happened at the service has happened; the open intent is looked into again at the next start.
            _LOG.warning("The answer to intent %d (%s) could not be recorded.", intent.id, state.value)
