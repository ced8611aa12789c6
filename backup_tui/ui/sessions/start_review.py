"""The review before a restore is started."""

from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.focus import Focus
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import short_id
from backup_tui.restore.review.activation import Start
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.sessions.start_outcomes import ended
from backup_tui.ui.vocabulary.names import person_short
from backup_tui.ui.widgets.time_format import clock_words


def start_review(session_id: str) -> ReviewScreen:
    """The review of a draft's activation."""
    draft = f"draft {short_id(session_id)}"
    return ReviewScreen(
        Presentation(
            change=Start(session_id),
            about=f"Review of {draft}",
            reading=f"Reading {draft}, and what else runs, again...",
            focus=Focus(screen="session", session_id=session_id),
            feature="restore",
            needs="restore",
            done=ended,
            made=made,
            look="open the session",
            place=OpenSession(session_id),
        )
    )


def made(review: ChangeReview[RestoreSession], zone: ZoneInfo, now: datetime) -> str:
    """`, by ryan 03:31`."""
    maker, created = review.thing.created_by, review.thing.created_date_time
    by = maker.label if maker is not None else ""
    parts = [f"by {person_short(by)}" if by else "", clock_words(created, zone, now) if created is not None else ""]
    return f", {' '.join(filter(None, parts))}" if any(parts) else ""
