"""What stood in the way of a start: somebody was faster, changed the draft, deleted it, or the service is full."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.statuses import session_status
from backup_tui.models.text import short_id
from backup_tui.restore.review import activation
from backup_tui.restore.review.review import Review
from backup_tui.store.changes import Change
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Context, Handler, S
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.routes import OpenNewRestore, OpenReview, OpenSession, screen_for
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.time_format import ago_words, clock_words

SHOWN_NAMES = 8
"""Names of a change that are shown; `v` shows all."""


class OutcomeScreen(BaseScreen):
    """A screen that says in a few lines what is certain, and what can be done.

    Args:
        session_id: The session that it is about.
    """

    SHARED = DIALOG | {"help"}

    def __init__(self, session_id: str) -> None:
        super().__init__()
        self.session_id = session_id

    def paragraphs(self) -> list[Para]:
        """What it says now."""
        raise NotImplementedError

    def focus_on(self) -> Focus | None:
        """The session is followed, once it is known which."""
        return Focus(screen="session", session_id=self.session_id) if self.session_id else None

    def compose_body(self) -> ComposeResult:
        """The paragraphs."""
        yield Paragraphs(self.paragraphs(), id="outcome")

    def changed(self, change: Change) -> None:
        """Times and counts go on."""
        self.show()

    def show(self) -> None:
        """Brings the text up to date."""
        if self.is_open:
            self.query_one("#outcome", Paragraphs).show(self.paragraphs())
            self.refresh_frame()

    @property
    def now(self) -> datetime:
        """The service's time."""
        return self.ws.clock.now()

    def at(self, moment: datetime) -> str:
        """A moment in the shown zone."""
        return clock_words(moment, self.ws.zone, self.now)

    def watch_session(self, row: str | None) -> None:
        self.go_back_or_to(OpenSession(self.session_id))

    def copy_session_id(self, row: str | None) -> None:
        self.say(copy(self.app, self.session_id, f"id {short_id(self.session_id)}"))


class StartedByOther(OutcomeScreen):
    """Somebody was faster; nothing was sent from here.

    Args:
        outcome: What the use case found.
        review: What was reviewed here.
    """

    def __init__(self, outcome: activation.StartedByOther, review: Review) -> None:
        super().__init__(outcome.session.id)
        self._outcome = outcome
        self._review = review

    def subtitle(self) -> str:
        """Which draft."""
        return f"Draft {short_id(self.session_id)} is not a draft any more"

    def paragraphs(self) -> list[Para]:
        """Who, when, how far it is, and whether it is the same restore."""
        session, review = self._outcome.session, self._review
        row = self.ws.store.sessions.get(self.session_id)
        counts = row.model.counts if row is not None else session.counts
        state = session_status(row.status if row is not None else session.status)
        by = f"by {self._outcome.by}" if self._outcome.by else "by someone"
        if self._outcome.by_me:
            by = "in your name, but not from here"
        when = session.last_modified_date_time
        at = f" at {self.at(when)}, {ago_words(self.now - when)}" if when is not None else ""
        units = review.service.counted(len(review.units))
        same = {
            True: f"the same {units} and points as you reviewed",
            False: "NOT what you reviewed: other units, points or destination",
            None: "cannot be said: the service does not tell the points",
        }[self._outcome.same]
        finished = (counts.completed or 0) + (counts.failed or 0)
        total = counts.total if counts.total is not None else len(review.units)
        progress = (
            f"{state.mark} {state.word}",
            f"{counts.completed or 0:,} ok",
            f"{counts.failed or 0:,} failed",
            f"{max(0, total - finished):,} to go",
            f"of {total:,}",
        )
        in_it = "is in it" if len(review.units) == 1 else "are in it"
        again = f"Do not draft it again: the {units} {in_it}." if self._outcome.same is not False else ""
        return [
            Para(f"Draft {short_id(self.session_id)} was started {by}{at}.", "strong"),
            Para(f"Nothing was sent from here. {again}".strip()),
            Para(),
            Para(parts=progress, mark="  "),
            Para(f"compared: {same}", "warn" if self._outcome.same is False else "", "  "),
            Para(),
            Para(parts=("enter  watch it", "y  copy its id", "esc  back to the list"), mark="  "),
        ]


class ChangedMeanwhile(OutcomeScreen):
    """Somebody changed the draft after it was reviewed; nothing was sent.

    Args:
        outcome: What differs, and the new review.
        before: What was reviewed.
    """

    def __init__(self, outcome: activation.ChangedMeanwhile, before: Review) -> None:
        super().__init__(before.session.id)
        self._outcome = outcome
        self._before = before

    def subtitle(self) -> str:
        """Which draft."""
        return f"Draft {short_id(self.session_id)} was changed meanwhile"

    def _counted(self) -> str:
        out = self._outcome
        parts = [
            f"{verb} {len(names):,}"
            for verb, names in (("added", out.added), ("removed", out.removed), ("moved", out.changed))
            if names
        ]
        return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else "changed it"

    def _sentence(self) -> str:
        by = self._outcome.by or "Someone"
        when = self._outcome.review.session.last_modified_date_time
        units = sum(map(len, (self._outcome.added, self._outcome.removed, self._outcome.changed)))
        noun = "" if not units else " unit" if units == 1 else " units"
        at = f" at {self.at(when)}" if when is not None else ""
        return f"{by[0].upper()}{by[1:]} {self._counted()}{noun}{at}."

    def _names(self) -> list[str]:
        out = self._outcome
        return [
            *(f"+ {name}" for name in out.added),
            *(f"- {name}" for name in out.removed),
            *(f"~ {name}: another point or place" for name in out.changed),
        ]

    def paragraphs(self) -> list[Para]:
        """Who changed what, and the phrase that is asked for now."""
        names = self._names()
        shown = [Para(name, "", "  ") for name in names[:SHOWN_NAMES]]
        if len(names) > SHOWN_NAMES:
            shown.append(Para(f"and {len(names) - SHOWN_NAMES:,} more: v shows all.", "dim", "  "))
        phrase = self._outcome.review.phrase
        asked = (
            f"Look again; the phrase is now  {phrase}"
            if phrase != self._before.phrase
            else f"Look again; the phrase is still  {phrase}"
        )
        return [
            Para(self._sentence(), "strong"),
            Para("Nothing was sent from here."),
            Para(),
            *shown,
            *([Para()] if shown else []),
            Para(asked, "warn"),
            Para(),
            Para(parts=("enter  look at it again", "v  all names", "esc  back to the list"), mark="  "),
        ]

    def look_again(self, row: str | None) -> None:
        notice = f"Changed meanwhile: {self._sentence()}"
        self.give_way_to(screen_for(OpenReview(self.session_id, self._outcome.review, notice)))

    def show_names(self, row: str | None) -> None:
        self.program.push_screen(PagerScreen(self.subtitle(), [self._sentence(), "", *self._names()]))


class DeletedMeanwhile(OutcomeScreen):
    """The service no longer has the draft; its names and times are kept here.

    Args:
        outcome: What was in it.
    """

    def __init__(self, outcome: activation.Deleted) -> None:
        super().__init__(outcome.session_id)
        self._outcome = outcome

    def subtitle(self) -> str:
        """Which draft."""
        return f"Draft {short_id(self.session_id)} is gone"

    def paragraphs(self) -> list[Para]:
        """What is gone and what is kept."""
        names = self._outcome.names
        kept = f"Its {len(names):,} names and times are kept here" if len(names) != 1 else "Its name and time are kept"
        rest = len(names) - SHOWN_NAMES
        return [
            Para(f"Someone deleted draft {short_id(self.session_id)}; the service no longer has it.", "strong"),
            Para(f"Nothing was sent from here. {kept}: n starts a new one with them."),
            Para(),
            Para(parts=names[:SHOWN_NAMES], mark="  "),
            *([Para(f"and {rest:,} more: v shows all.", "dim", "  ")] if rest > 0 else []),
            Para(),
            Para(parts=("n  new restore with them", "v  all names", "esc  back to the list"), mark="  "),
        ]

    def new_with_them(self, row: str | None) -> None:
        form = self.ws.restore.form_from_record(self._outcome.record)
        if self.close():
            self.program.open(OpenNewRestore(form))

    def show_names(self, row: str | None) -> None:
        self.program.push_screen(PagerScreen(self.subtitle(), self._outcome.names))


class NoRoom(OutcomeScreen):
    """The service runs as many restores as it allows.

    Args:
        outcome: Its refusal.
        review: What was reviewed.
    """

    def __init__(self, outcome: activation.NoRoom, review: Review) -> None:
        super().__init__(review.session.id)
        self._error = outcome.error

    def subtitle(self) -> str:
        """Which draft."""
        return f"No room for draft {short_id(self.session_id)} now"

    def paragraphs(self) -> list[Para]:
        """The refusal, and how many run as far as is known here."""
        running = sum(row.running for row in self.ws.store.sessions.values())
        error = self._error
        return [
            Para(error.message, "strong"),
            Para(error.certainty),
            Para(error.hint),
            Para(),
            Para(f"known here: {running:,} running now", "", "  "),
            *(Para(line, "dim", "  ") for line in small_print(error)),
            Para(),
            Para(parts=("enter  open the review again", "y  copy its id", "esc  back to the list"), mark="  "),
        ]

    def look_again(self, row: str | None) -> None:
        self.give_way_to(screen_for(OpenReview(self.session_id)))


BACK_TO_LIST = replace(BACK, label="back to the list", side="right", weight=0)
COPY_SESSION: Command[OutcomeScreen, Context] = Command(
    "copy_session", ("y",), "copy its id", "Copies the whole id of the session.", run=OutcomeScreen.copy_session_id
)


def look_again(run: Handler[S]) -> Command[S, Context]:
    """Opens the review again."""
    keys, help = ("enter", "A"), "Opens the review of the draft as it is now."
    return Command("look_again", keys, "look at it again", help, run=run)


def new_with_them(run: Handler[S]) -> Command[S, Context]:
    """Begins a new restore with what was in the draft."""
    return Command(
        "new_with_them",
        ("n",),
        "new restore with them",
        "A new restore with the units and times that were in the draft.",
        run=run,
        changes=True,
        needs="service",
        feature="restore",
        group="Change",
    )


def show_names(run: Handler[S]) -> Command[S, Context]:
    """Shows all names."""
    return Command("show_names", ("v",), "all names", "All names as text.", run=run)


WATCH: Command[OutcomeScreen, Context] = Command(
    "watch", ("enter",), "watch it", "Opens the session and follows it.", run=OutcomeScreen.watch_session
)
StartedByOther.offers((WATCH, COPY_SESSION, BACK_TO_LIST))
ChangedMeanwhile.offers(
    (look_again(ChangedMeanwhile.look_again), show_names(ChangedMeanwhile.show_names), BACK_TO_LIST)
)
DeletedMeanwhile.offers(
    (
        new_with_them(DeletedMeanwhile.new_with_them),
        show_names(DeletedMeanwhile.show_names),
        COPY_SESSION,
        BACK_TO_LIST,
    )
)
NoRoom.offers((look_again(NoRoom.look_again), COPY_SESSION, BACK_TO_LIST))
