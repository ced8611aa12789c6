"""What reads that were made for another reason prove of changes of protection whose answer was lost."""

from __future__ import annotations

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.services import Service
from backup_tui.protection.lost_answers import (
    KINDS,
    UNIT_KINDS,
    PolicyFinding,
    PolicyVerdict,
    judge_notifications,
    judge_policy,
    judge_unit,
    last_look,
    look_once,
    settle_lost,
)

LOOK_EVERY = 60.0
"""Seconds between two looks of this module at the same change."""


class SeenProtection:
    """Settles changes of protection by what was read; one object per workspace, so that looks are not repeated."""

    def __init__(self, tools: Context) -> None:
        """Takes what to look with."""
        self._tools = tools
        self._looked: dict[int, float] = {}

    async def settle(self) -> tuple[PolicyFinding, ...]:
        """Settles what is proved by now.

        Returns:
            What became known by this call.

        Raises:
            JournalError: The journal cannot be read.
        """
        found: list[PolicyFinding] = []
        for intent in await self._tools.journal.open_intents():
            seen = await self._proved(intent) if intent.kind in KINDS else None
            if seen is not None and seen.verdict is not PolicyVerdict.STILL_UNKNOWN:
                after = await settle_lost(self._tools, seen)
                if after.intent.state.is_settled and after.intent.note == seen.words:
                    found.append(after)
        return tuple(found)

    async def _proved(self, intent: Intent) -> PolicyFinding | None:
        """What is known of it; a row that was read before the request left can hide a change, never invent one."""
        shown = self._shown(intent)
        if shown is None or shown.verdict is PolicyVerdict.DONE:
            return shown
        now = self._tools.clock.monotonic()
        if self._tools.clock.now() < last_look(intent) or now < self._looked.get(intent.id, now):
            return None
        self._looked[intent.id] = now + LOOK_EVERY
        try:
            async with self._tools.hold_lock("looking into what is not known", wait=0.0):
                return await look_once(self._tools, intent)
        except BackupTuiError:
            return None

    def _shown(self, intent: Intent) -> PolicyFinding | None:
        store = self._tools.store
        if intent.kind is IntentKind.NOTIFICATIONS_EDIT:
            setting = store.details.notifications
            return judge_notifications(intent, setting) if setting is not None else None
        if intent.kind in UNIT_KINDS:
            row = store.units[intent.service or Service.EXCHANGE].get(intent.target or "")
            return judge_unit(intent, row.status) if row is not None else None
        policy = store.policies.get(intent.target or "")
        return judge_policy(intent, policy) if policy is not None else None
