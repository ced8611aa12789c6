"""Some restore sessions: those of a wave of a plan, in their order."""

from __future__ import annotations

from collections.abc import Sequence

from backup_tui.models.focus import Focus
from backup_tui.store.views import session_keys
from backup_tui.ui.sessions.screen import COMMANDS, SessionsScreen
from backup_tui.ui.widgets.spans import Section


class SomeSessions(SessionsScreen):
    """The list of restore sessions, narrowed to some of them.

    Args:
        title: What they have in common.
        session_ids: Which ones.
    """

    NUMBER = 0

    def __init__(self, title: str, session_ids: tuple[str, ...]) -> None:
        super().__init__()
        self._title = title
        self._ids = session_ids

    def focus_on(self) -> Focus:
        return Focus(screen="plan", session_ids=self._ids)

    def keys(self) -> Sequence[str]:
        own = frozenset(self._ids)
        return tuple(key for key in session_keys(self.ws.store, self.filter_text, self.sort) if key in own)

    def heading(self) -> Section:
        section = super().heading()
        rows = [row for key in self._ids if (row := self.ws.store.sessions.get(key)) is not None]
        running = sum(row.running for row in rows)
        return Section(f"{self._title}, {len(rows):,} sessions", section.facts, f"{running:,} running")

    def total(self) -> int:
        return len(self._ids)


SomeSessions.offers(COMMANDS)
