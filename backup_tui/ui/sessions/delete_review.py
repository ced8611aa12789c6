"""The review before a draft is deleted, and what is kept of it."""

from typing import Any

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.focus import Focus
from backup_tui.models.statuses import Action
from backup_tui.models.text import counted, short_id
from backup_tui.restore.review.deletion import DeleteDraft, DraftDeleted
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.review.commands import showing
from backup_tui.ui.review.presentation import Outcome, Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.sessions.start_outcomes import new_with_them
from backup_tui.ui.sessions.start_review import made
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell


def delete_review(session_id: str) -> ReviewScreen:
    """The review of a draft's deletion."""
    draft = f"draft {short_id(session_id)}"
    return ReviewScreen(
        Presentation(
            change=DeleteDraft(session_id),
            about=f"Review of {draft}",
            reading=f"Reading {draft}...",
            focus=Focus(screen="session", session_id=session_id),
            feature="restore",
            needs="service",
            done=_deleted,
            made=made,
            follows=frozenset({Topic.SESSIONS}),
            meanwhile=_no_longer_a_draft,
            look="open the session",
            place=OpenSession(session_id),
        )
    )


def _no_longer_a_draft(store: Store, review: ChangeReview[Any]) -> str:
    row = store.sessions.get(review.thing.id)
    if row is None or row.gone or row.state.allows(Action.DELETE):
        return ""
    return f"It is no longer a draft: {row.state.word}."


async def _deleted(screen: ReviewScreen, review: ChangeReview[Any], deleted: DraftDeleted) -> Outcome:
    name, record = short_id(deleted.session_id), deleted.record
    by = f"draft {name} was deleted already, by someone else" if deleted.already_gone else f"draft {name}"
    lines = [Para(parts=(Cell("DELETED", "strong"), by), mark="- ")]
    if record is None or not record.units:
        lines.append(Para("Nothing was restored. What was in it is unknown here, so nothing of it is kept.", mark="  "))
        return Outcome(f"Draft {name} is deleted.", lambda: lines)
    if record.query:
        lines.append(Para(f"Nothing was restored. Searched for: {record.query}; search again to restore.", mark="  "))
        return Outcome(f"Draft {name} is deleted; what it searched for is kept here.", lambda: lines)
    if record.inside:
        lines.append(Para(f"Nothing was restored. It held files of {record.inside}; choose them again.", mark="  "))
        names = [unit.name for unit in record.units]
        return Outcome(f"Draft {name} is deleted.", lambda: lines, (showing(f"Files of draft {name}", names),))
    kept = f"Its {counted(len(record.units), 'name')} and times are kept: n starts a new one."
    lines.append(Para(f"Nothing was restored. {kept}", mark="  "))
    names = [unit.name for unit in record.units]
    commands = (new_with_them(record), showing(f"Names of draft {name}", names))
    return Outcome(f"Draft {name} is deleted; what was in it is kept here.", lambda: lines, commands)
