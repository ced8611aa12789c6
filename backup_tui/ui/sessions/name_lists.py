"""The lists of names that were added to a restore in bulk, and the names that the service could not use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backup_tui.errors import BackupTuiError
from backup_tui.models.bulk import BulkAdditionRequest
from backup_tui.models.statuses import bulk_status
from backup_tui.models.text import counted, safe, short_id
from backup_tui.restore.review.names_deletion import lists_of
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.widgets.time_format import clock_words

if TYPE_CHECKING:
    from backup_tui.ui.sessions.detail import SessionDetail


def show_name_lists(screen: SessionDetail, row: str | None) -> None:
    """Reads the lists of the session, and shows each with the names that the service could not use."""

    async def read() -> Sequence[str]:
        try:
            _service, lists = await lists_of(screen.ws.context, screen.session_id)
        except BackupTuiError as error:
            return [f"They could not be read: {error.message}"]
        if not lists:
            return ["No list of names was added to this restore: its units were added one by one."]
        return [line for one in lists for line in (*_lines(screen, one), "")]

    title = f"{short_id(screen.session_id)} > Lists of names"
    screen.program.push_screen(PagerScreen(title, [], later=read))


def _lines(screen: SessionDetail, one: BulkAdditionRequest) -> list[str]:
    created, unusable = one.created_date_time, one.unusable_names
    when = f", {clock_words(created, screen.ws.zone, screen.ws.clock.now())}" if created is not None else ""
    by = f" by {one.created_by.label}" if one.created_by is not None and one.created_by.label else ""
    names = f", {counted(len(unusable), 'name')} could not be used" if unusable else ""
    return [
        f"{safe(one.display_name or 'List')}: {bulk_status(one.status).word}{names}{when}{by}",
        f"Id {one.id}",
        *(f"  {safe(name.name or '?')}: {safe(name.message or '')} ({safe(name.code or '')})" for name in unusable),
    ]
