"""Settles changes whose answer was lost as soon as anything that was read proves what became of them."""

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from backup_tui.errors import JournalError
from backup_tui.journal.records import Intent, IntentState
from backup_tui.store.changes import Change, Topic

if TYPE_CHECKING:
    from backup_tui.changes.context import Context
    from backup_tui.changes.lost_answers import LostAnswers

_PROVE = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.POLICIES, Topic.UNITS, Topic.SERVICE})
_LOG = logging.getLogger(__name__)


class Proofs:
    """Watches what is read while changes of unknown outcome are in the journal."""

    def __init__(self, context: "Context", lost_answers: "Callable[[], LostAnswers]") -> None:
        self._context = context
        self._lost_answers = lost_answers
        self._open = False
        self._turn = asyncio.Lock()
        self._work: asyncio.Task[None] | None = None
        self._again = False
        self._end = context.store.subscribe(self._changed)
        self.on_settled: Callable[[str], None] | None = None
        """Told a sentence about each change that became known; once for each."""

    async def open_entries(self) -> int:
        """How many changes have no known outcome, as far as the journal can be read; from now on reads are watched."""
        try:
            left = await self._context.journal.open_intents()
        except JournalError as error:
            _LOG.warning("changes of unknown outcome could not be read: %s", error.message)
            return 0
        self._open = bool(left)
        return len(left)

    def journal_changed(self, intent: Intent) -> None:
        if intent.state is IntentState.UNKNOWN:
            self._open = True

    async def settle(self) -> None:
        """Settles what is proved by everything that was read until now."""
        if not self._open:
            return
        async with self._turn:
            try:
                settled = await self._lost_answers().settle_seen()
                self._open = bool(await self._context.journal.open_intents())
            except JournalError as error:
                _LOG.warning("an outcome could not be recorded: %s", error.message)
                return
            for finding in settled:
                if self.on_settled is not None:
                    intent = finding.intent
                    self.on_settled(f"Now known, entry {intent.id}, {intent.summary}: {finding.words}")

    async def aclose(self) -> None:
        self._end()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _changed(self, change: Change) -> None:
        if not self._open or not change.topics & _PROVE:
            return
        if self._work is not None and not self._work.done():
            self._again = True
            return
        self._work = asyncio.get_running_loop().create_task(self._beside(), name="proofs")

    async def _beside(self) -> None:
        self._again = True
        while self._again:
            self._again = False
            await self.settle()


def lost_answers(context: "Context") -> "LostAnswers":
    """Looks into changes of every kind; fetched late, since a command that only reads starts without these modules."""
    from backup_tui.changes.lost_answers import LostAnswers
    from backup_tui.protection.lost_answers import EFFECTS as OF_PROTECTION
    from backup_tui.restore.files.opening import FILE_EFFECTS
    from backup_tui.restore.lost_answers import EFFECTS as OF_RESTORES

    return LostAnswers(context, (*OF_RESTORES, *FILE_EFFECTS, *OF_PROTECTION))
