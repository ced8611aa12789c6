"""Settles changes whose answer was lost as soon as anything that was read proves what became of them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from backup_tui.errors import JournalError
from backup_tui.journal.records import Intent, IntentState
from backup_tui.store.changes import Change, Topic

if TYPE_CHECKING:
    from backup_tui.changes.context import Context
    from backup_tui.protection.proofs import SeenProtection
    from backup_tui.restore.proofs import SeenRestores

_PROVE = frozenset({Topic.SESSIONS, Topic.ARTIFACTS, Topic.POLICIES, Topic.UNITS, Topic.SERVICE})
_LOG = logging.getLogger(__name__)


class Proofs:
    """Watches what is read while changes of unknown outcome are in the journal.

    Args:
        tools: What to look and write with.
    """

    def __init__(self, tools: Context) -> None:
        self._tools = tools
        self._open = False
        self._seen: tuple[SeenRestores, SeenProtection] | None = None
        self._turn = asyncio.Lock()
        self._work: asyncio.Task[None] | None = None
        self._again = False
        self._end = tools.store.subscribe(self._changed)
        self.on_settled: Callable[[str], None] | None = None
        """Told a sentence about each change that became known; once for each."""

    async def open_entries(self) -> int:
        """How many changes have no known outcome, as far as the journal can be read; from now on reads are watched."""
        try:
            left = await self._tools.journal.open_intents()
        except JournalError as error:
            _LOG.warning("whether something is not known could not be read: %s", error.message)
            return 0
        self._open = bool(left)
        return len(left)

    def journal_changed(self, intent: Intent) -> None:
        """An entry was written or answered."""
        if intent.state is IntentState.UNKNOWN:
            self._open = True

    async def settle(self) -> None:
        """Settles what is proved by everything that was read until now."""
        if not self._open:
            return
        async with self._turn:
            restores, protection = self._rooms()
            try:
                settled = [(one.intent, one.words) for one in await restores.settle()]
                settled += [(one.intent, one.words) for one in await protection.settle()]
                self._open = bool(await self._tools.journal.open_intents())
            except JournalError as error:
                _LOG.warning("what was proved could not be written down: %s", error.message)
                return
            for intent, words in settled:
                if self.on_settled is not None:
                    self.on_settled(f"Now known, entry {intent.id}, {intent.summary}: {words}")

    async def aclose(self) -> None:
        """Watches no longer."""
        self._end()
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _rooms(self) -> tuple[SeenRestores, SeenProtection]:
        # Fetched when there is something to settle: a command that only reads starts without these modules.
        if self._seen is None:
            from backup_tui.protection.proofs import SeenProtection
            from backup_tui.restore.proofs import SeenRestores

            self._seen = SeenRestores(self._tools), SeenProtection(self._tools)
        return self._seen

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
