"""Actions on a restore session from any list: its commands, and what they do on a screen."""

from backup_tui.models.services import Destination
from backup_tui.models.statuses import Action
from backup_tui.models.text import short_id
from backup_tui.store.changes import Change, Topic
from backup_tui.store.rows import SessionRow
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import Open, OpenDeletion, OpenFailedAgain, OpenNewRestore, OpenPlanAgain, OpenReview
from backup_tui.ui.vocabulary.changes import unknown_targets
from backup_tui.ui.vocabulary.sessions import about_session, title_of
from backup_tui.ui.widgets.spans import Section
from backup_tui.workspace import Workspace


class SessionContext(Context, frozen=True):
    """A context whose row may be a restore session; `unclear` when a change of it was sent and got no answer."""

    session: SessionRow | None = None
    unclear: bool = False


def _one_draft(context: SessionContext, action: Action, words: str) -> str | None:
    """Why an action that belongs to one draft is not possible; None when it is."""
    if context.session is not None and context.marked:
        return f"This is for one draft only, and {context.marked:,} are selected; u clears the selection."
    if context.session is None or context.session.gone:
        return _why_not_there(context)
    if context.unclear:
        return "A change of it got no answer and may have happened: 5 Activity, enter on it, looks first."
    if not context.session.state.allows(action):
        now = "is running" if context.session.running else "has ended"
        return f"Only a draft can be {words}; this restore {now}."
    return None


def _why_not_there(context: SessionContext) -> str | None:
    if context.session is None:
        return "This row isn't a restore."
    return "The service no longer has this session." if context.session.gone else None


class SessionActions(BaseScreen):
    """The handlers of the session commands; a screen with them says which session a row is (`session_of`)."""

    def session_of(self, key: str | None) -> SessionRow | None:
        """The session of a row; None when the row isn't a restore."""
        return self.ws.store.sessions.get(key) if key is not None else None

    def session_context(self, key: str | None) -> SessionContext:
        """What the session commands look at."""
        session = self.session_of(key)
        return SessionContext(
            row=key,
            marked=len(self.main_table.marked) if self.main_table else 0,
            read_only=self.program.workspace.read_only,
            session=session,
            unclear=session is not None and self.is_unclear(session),
        )

    def is_unclear(self, session: SessionRow) -> bool:
        """Whether a change of the session was sent and nobody knows what became of it."""
        return session.id in unknown_targets(self.ws.store.intents)

    def lines_about(self, key: str) -> list[str]:
        """What `Y` copies."""
        row = self.session_of(key)
        about = self.about_session(row, whole=True) if row else ()
        return [line if isinstance(line, str) else line.text for line in about]

    def about_session(self, row: SessionRow, *, whole: bool) -> list[Section | str]:
        """The detail block of a session; all of it with `whole`."""
        now, unclear = self.ws.clock.now(), self.is_unclear(row)
        lines = about_session(self.ws.store, row, now, self.ws.zone, unclear=unclear, whole=whole)
        note = self.note_of(row.id)
        return [*lines[:2], f"Note: {note}", *lines[2:]] if note else lines

    def note_of(self, session_id: str) -> str:
        """The note on a session; empty where there is none."""
        return self.ws.rooms.history.notes.get(session_id, "") if self.ws.is_open else ""

    def write_note(self, row: str | None) -> None:
        from backup_tui.ui.actions.session_note import SessionNote

        if (session := self.session_of(row)) and self.ws.is_open:
            news = Change(frozenset((Topic.SESSIONS,)), frozenset((session.id,)))
            self.program.push_screen(SessionNote(session, lambda: self.receive(news)))

    async def new_restore(self, row: str | None) -> None:
        selected = sorted(self.main_table.marked) if self.main_table else []
        if selected:
            await self.open_form(selected[0])
        else:
            self.program.open(OpenNewRestore())

    async def open_form(self, session_id: str, destination: Destination | None = None, *, change: bool = False) -> None:
        """Opens the form with what a session holds, unless the person went elsewhere while that was read.

        Args:
            destination: Where the new restore goes; None for where this one goes.
            change: The form changes this draft.
        """
        self.say(f"Reading {short_id(session_id)}…")
        from backup_tui.restore.drafts.failed import form_from_session  # late: the first frame needs none of it

        form = await form_from_session(self.ws.context, session_id, destination, change=change)
        if self.is_current:
            self.say("")
            self.program.open(OpenNewRestore(form))

    def open_review(self, row: str | None) -> None:
        if session := self.session_of(row):
            self.program.open(OpenReview(session.id))

    def review_deletion(self, row: str | None) -> None:
        if session := self.session_of(row):
            self.program.open(OpenDeletion(session.id))

    async def change_draft(self, row: str | None) -> None:
        if session := self.session_of(row):
            await self.open_form(session.id, change=True)

    async def rehearse(self, row: str | None) -> None:
        if session := self.session_of(row):
            await self.open_form(session.id, Destination.NEW)

    def restore_failed_again(self, row: str | None) -> None:
        if session := self.session_of(row):
            self.program.open(failed_again(self.ws, session.id))

    def copy_id(self, row: str | None) -> None:
        marked = self.main_table.marked if self.main_table else frozenset()
        session = self.session_of(row)
        ids = sorted(marked) or ([session.id] if session else [])
        what = f"{len(ids):,} ids" if len(ids) > 1 else f"id of {title_of(session)}" if session else "id"
        self.say(copy(self.app, "\n".join(ids), what))

    def copy_about(self, row: str | None) -> None:
        if row is not None:
            self.say(copy(self.app, "\n".join(self.lines_about(row)), "all about this row"))


def failed_again(ws: Workspace, session_id: str) -> Open:
    """Where what failed in a session is retried: of a plan in the plan, which must know of each retry of its units."""
    plan = ws.plans.of_session(session_id)
    return OpenFailedAgain(session_id) if plan is None else OpenPlanAgain(plan.record.plan.name)


def _why_no_new_restore(context: SessionContext) -> str | None:
    if context.marked > 1:
        return f"n takes over the units of one selected restore; {context.marked:,} are selected (u clears)."
    return None


def why_no_failed_again(context: SessionContext) -> str | None:
    """Why nothing of a session can be retried; `None` when something can."""
    if context.session is None or context.session.gone or context.session.failed:
        return _why_not_there(context)
    return "Nothing failed in this restore."


# fmt: off
NEW_RESTORE: Command[SessionActions, SessionContext] = Command(
    "new_restore", ("n",), "new restore",
    "A new restore, with the units of the selected one. Nothing is sent until you create the draft.",
    run=SessionActions.new_restore, name="new", aliases=("restore",), group="Change", weight=2, changes=True,
    needs="service", feature="restore", blocked=_why_no_new_restore
)
REVIEW_DRAFT: Command[SessionActions, SessionContext] = Command(
    "review", ("A",), "activate",
    "Opens the review of a draft; nothing starts without its phrase.", run=SessionActions.open_review,
    name="activate", group="Change", side="right", weight=2, changes=True, needs="restore", feature="restore",
    needs_row=True, blocked=lambda context: _one_draft(context, Action.ACTIVATE, "activated")
)
CHANGE_DRAFT: Command[SessionActions, SessionContext] = Command(
    "change", ("c",), "change", "Opens a draft in the form: other units, other times.", run=SessionActions.change_draft,
    group="Change", weight=5, changes=True, needs="service", feature="restore", needs_row=True,
    blocked=lambda context: _one_draft(context, Action.EDIT, "changed"), dims=False
)
REHEARSE: Command[SessionActions, SessionContext] = Command(
    "rehearse", ("R",), "rehearse", "A new restore of the same units and points, to a new address.",
    run=SessionActions.rehearse, name="rehearse in a new location", aliases=("copy to a new location",), group="Change",
    weight=4, changes=True, needs="service", feature="restore", needs_row=True, blocked=_why_not_there
)
DELETE_DRAFT: Command[SessionActions, SessionContext] = Command(
    "delete", ("D",), "DELETE", "Opens the review of deleting a draft; its names and times are kept here.",
    run=SessionActions.review_deletion, group="Change", side="right", weight=5, changes=True, needs="service",
    feature="restore", needs_row=True, blocked=lambda context: _one_draft(context, Action.DELETE, "deleted"), dims=False
)
FAILED_AGAIN: Command[SessionActions, SessionContext] = Command(
    "again", ("f",), "retry failed", "A new restore of what failed in this one, with the remedy for each cause.",
    run=lambda screen, row: screen.restore_failed_again(row),
    name="again", aliases=("failed",), group="Change", weight=3, changes=True,
    needs="service", feature="restore", needs_row=True, blocked=why_no_failed_again, dims=False
)
COPY_ID: Command[SessionActions, SessionContext] = Command(
    "copy_id", ("y",), "copy id", "Copies the whole id; with a selection, those of all selected rows.",
    run=SessionActions.copy_id, name="copy", weight=7, needs_row=True,
    dims=False,
    blocked=lambda context: None if context.session or context.marked else "This row has no id to copy."
)
NOTE: Command[SessionActions, SessionContext] = Command(
    "note", ("N",), help="Writes a note on this restore, kept on this machine; hand-overs show it.",
    run=SessionActions.write_note, name="note", aliases=("remark", "ticket"), needs_row=True,
    blocked=lambda context: None if context.session else "This row is not a restore."
)
COPY_ABOUT: Command[SessionActions, SessionContext] = Command(
    "copy_about", ("Y",), help="Copies everything about this row.", run=SessionActions.copy_about, needs_row=True,
    name="copy everything",
)
# fmt: on
