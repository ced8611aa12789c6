"""What reads that were made for another reason prove of changes whose answer was lost.

Most lost answers become known without anybody asking: a list of sessions shows that the restore runs. What the store
was told is enough to settle that something was done; that nothing was done takes a look of its own, and only when the
spaced looks of `unknowns.follow` would be over.
"""

from __future__ import annotations

from collections import Counter

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError
from backup_tui.journal.matching import MARGIN, created_by
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.restore.findings import Finding, Verdict, is_base_update, judge_base_update, judge_edit, judge_start
from backup_tui.restore.lost_answers import KINDS, UNSURE_TIME, last_look, look_once, settle
from backup_tui.store.freshness import artifacts_of

LOOK_EVERY = 60.0
"""Seconds between two looks of this module at the same change."""


class SeenRestores:
    """Settles changes of restores by what was read; one object per workspace, so that looks are not repeated."""

    def __init__(self, tools: Context) -> None:
        """Takes what to look with."""
        self._tools = tools
        self._looked: dict[int, float] = {}

    async def settle(self) -> tuple[Finding, ...]:
        """Settles what is proved by now.

        Returns:
            What became known by this call.

        Raises:
            JournalError: The journal cannot be read.
        """
        found: list[Finding] = []
        for intent in await self._tools.journal.open_intents():
            seen = await self._proved(intent) if intent.kind in KINDS else None
            if seen is not None and seen.verdict.is_settled:
                after = await settle(self._tools, seen)
                # Settled meanwhile by somebody else, or not writable: then it is not ours to tell.
                if after.intent.state.is_settled and after.intent.note == seen.words:
                    found.append(after)
        return tuple(found)

    async def _proved(self, intent: Intent) -> Finding | None:
        shown = self._shown(intent)
        if shown is not None and shown.verdict is Verdict.DONE:
            return shown
        if shown is None and not await self._may_show(intent):
            return None
        now = self._tools.clock.monotonic()
        if self._tools.clock.now() < last_look(intent) or now < self._looked.get(intent.id, now):
            return None
        self._looked[intent.id] = now + LOOK_EVERY
        try:
            # Nothing that another instance may just be sending is judged as not done.
            async with self._tools.hold_lock("looking into what is not known", wait=0.0):
                return await look_once(self._tools, intent)
        except BackupTuiError:
            return None

    def _shown(self, intent: Intent) -> Finding | None:
        """What the store says of it; `None` where it says nothing."""
        store = self._tools.store
        row = store.sessions.get(intent.target or "")
        if row is None or row.gone:
            return None
        if intent.kind is IntentKind.ACTIVATE:
            return judge_start(intent, row.model)
        if intent.kind is IntentKind.DELETE:
            return Finding(intent, Verdict.NOT_DONE, "It was not deleted: the session is still there.", row.model)
        if intent.kind is IntentKind.EDIT and is_base_update(intent):
            return judge_base_update(intent, row.model)
        if intent.kind is IntentKind.EDIT and store.freshness(artifacts_of(row.id)).complete:
            rows = store.artifacts(row.id).values()
            points = Counter(one.point_id for one in rows if one.point_id)
            return judge_edit(intent, row.model, points, {one.id for one in rows})
        return None

    async def _may_show(self, intent: Intent) -> bool:
        """Whether a look is worth its reads, since what the store holds does not tell."""
        if intent.kind is not IntentKind.CREATE:
            return intent.kind is IntentKind.DELETE or intent.target in self._tools.store.sessions
        owned = await self._tools.journal.owned_sessions()
        since = (intent.server_date_before or intent.at - UNSURE_TIME) - MARGIN
        return any(
            row.service is intent.service
            and row.id not in owned
            and (row.created is None or row.created >= since)
            and created_by(row.model, intent.who) is not False
            for row in self._tools.store.sessions.values()
        )
