"""A change that got no answer: what is certain, checks of the service, and the person's own word where those fail."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.changes.findings import Finding, Look
from backup_tui.models.focus import Focus
from backup_tui.models.statuses import Action
from backup_tui.models.text import short_id
from backup_tui.store.changes import Change
from backup_tui.store.rows import SessionRow
from backup_tui.store.updates import JournalLine
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenReview, OpenSession
from backup_tui.ui.vocabulary.changes import (
    full_text,
    is_protection_change,
    is_settled,
    state_of,
    target_noun,
    what_words,
)
from backup_tui.ui.vocabulary.names import person_short, service_label
from backup_tui.ui.vocabulary.sessions import counts_words, status_cell, where_cell
from backup_tui.ui.widgets.cells import cut
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.list_and_pane import PaneLines
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell, RowTable
from backup_tui.ui.widgets.time_format import clock_words

OLDER = timedelta(minutes=10)
"""A session that a lost request made is not older than the request by more than this (clocks differ)."""

MOST_ROWS = 6  # sessions that are shown at once; more can be scrolled to


class SettleUnknown(BaseScreen):
    """What became of one change. `intent_id`: number of its entry in the journal."""

    COLUMNS = (
        Column("service", "Service", 10),
        Column("id", "Id", 8),
        Column("made", "Created", 12, drop=2),
        Column("where", "To", 8),
        Column("status", "Status", 15),
        Column("counts", "Units", 12, grow=1),
        Column("by", "By", 7, grow=1, least=5, drop=1),
    )

    def __init__(self, intent_id: int) -> None:
        super().__init__()
        self._intent_id = intent_id
        self._looks: list[str] = []
        self._finding: str = ""
        self._offered: tuple[str, ...] = ()
        self._looking = False
        self._asked: tuple[str, str | None] | None = None

    def subtitle(self) -> str:
        entry = self.entry
        return f"Outcome unknown: {what_words(entry)}" if entry else "Outcome unknown"

    def focus_on(self) -> Focus:
        return Focus(screen="sessions")

    def compose_body(self) -> ComposeResult:
        yield PaneLines(id="story")
        yield SectionLine(id="candidates-title")
        yield RowTable(self.COLUMNS, gap=1, empty="   No session here could be it.")

    def on_mount(self) -> None:
        self.query_one(RowTable).source = self
        self.query_one(RowTable).focus()
        self.show_story()
        self.look_again(None)

    @property
    def entry(self) -> JournalLine | None:
        """The journal's entry as it is now."""
        return next((line for line in self.ws.store.intents if line.id == self._intent_id), None)

    def context(self) -> "UnknownContext":
        entry, row = self.entry, self.row
        session = self.ws.store.sessions.get(row) if row is not None else None
        return UnknownContext(
            row=row,
            read_only=self.program.workspace.read_only,
            settled=entry is None or is_settled(entry),
            looking=self._looking,
            is_draft=session is not None and not session.gone and session.state.allows(Action.ACTIVATE),
        )

    # -- what is shown --------------------------------------------------------------------------------------

    def changed(self, change: Change) -> None:
        self.show_story()

    def show_story(self) -> None:
        """Brings the story and the sessions up to date."""
        story = next(iter(self.query("#story").results(PaneLines)), None)
        if story is None:  # not drawn yet, or left while the service was looked at
            return
        story.show(self.story())
        table = self.query_one(RowTable)
        table.reconcile()
        table.styles.height = 1 + max(1, min(table.row_count, MOST_ROWS))
        entry = self.entry
        table.empty = self._empty_words(entry)
        if entry is not None and (is_settled(entry) or entry.target):
            heading = "The session"
        else:
            heading = "Which session is it?" if table.row_count else "Sessions that it could be"
        self.query_one("#candidates-title", SectionLine).say(Section(heading))
        self.refresh_frame()

    def _empty_words(self, entry: JournalLine | None) -> str:
        if entry is None:
            return ""
        if is_protection_change(entry):
            return {
                "policy": "   2 Policies shows the policy as it is now.",
                "unit": "   4 Units shows the unit as it is now.",
            }.get(target_noun(entry), "   1 Overview, enter on its last lines, shows the setting as it is now.")
        if is_settled(entry):
            return "   There is no session of it."
        return "   No session here could be it."

    def story(self) -> list[str]:
        """What happened, what is certain, what was seen, what to do."""
        entry = self.entry
        if entry is None:
            return ["The journal of this machine has no such entry among its newest 500."]
        now, zone = self.ws.clock.now(), self.ws.zone
        when = clock_words(entry.at, zone, now, seconds=True)
        lines = [
            what_words(entry),
            f"The request was sent at {when} by {entry.user or 'this machine'}, and no answer came. "
            "It may have happened. It is not sent again.",
        ]
        if self._looking:
            lines += ["", "Looking at the service now. Do nothing else; this screen will say what happened."]
        elif self._finding:
            lines += ["", self._finding]
        if is_settled(entry):
            lines += ["", state_of(entry)[2] + (f" {entry.note}" if entry.note not in ("", self._finding) else "")]
        elif not self._looking:
            lines.append(
                "If you know that it was not done, N writes that down here; it sends nothing."
                if is_protection_change(entry)
                else "If you know what happened: enter on the session below that this request made or changed, "
                "or N when it was not done. Both only write it down here; neither sends anything."
            )
        lines.append("")
        if entry.target:
            lines.append(f"{target_noun(entry).capitalize()} {entry.target}")
        width = max(20, self.app.size.width - 3)
        lines += [cut(look, width) for look in self._looks]
        return lines

    def keys(self) -> Sequence[str]:
        entry = self.entry
        if entry is None or is_protection_change(entry):
            return ()
        if entry.target or is_settled(entry):
            only = entry.session_id or entry.target or ""
            return (only,) if only in self.ws.store.sessions else ()
        rows = [row for row in self.ws.store.sessions.values() if self._fits(row, entry)]
        rows.sort(key=lambda row: (row.id not in self._offered, row.created or entry.at, row.id))
        return tuple(row.id for row in rows)

    def _fits(self, row: SessionRow, entry: JournalLine) -> bool:
        """Whether this session can be the one that a lost request made."""
        if row.gone or (entry.service is not None and row.service not in (None, entry.service)):
            return False
        return row.id in self._offered or (row.created is not None and row.created >= entry.at - OLDER)

    def cells(self, key: str) -> Sequence[Cell]:
        row = self.ws.store.sessions[key]
        made = clock_words(row.created, self.ws.zone, self.ws.clock.now(), seconds=True) if row.created else "?"
        return (
            Cell(service_label(row.service)),
            Cell(short_id(row.id)),
            Cell(made),
            where_cell(row),
            status_cell(row),
            Cell(counts_words(row, 24)),
            Cell(person_short(row.created_by)),
        )

    # -- looking --------------------------------------------------------------------------------------------

    def look_again(self, row: str | None) -> None:
        """Looks until it is known, or the looks are used up."""
        entry = self.entry
        if entry is None or is_settled(entry) or self._looking:
            return
        self._looking = True
        self._looks, self._finding = [], ""
        self.show_story()
        self.program.start(self._look(entry), f"outcome of entry {entry.id}")

    async def _look(self, entry: JournalLine) -> None:
        try:
            self._take(await self.ws.lost_answers.resolve(entry.id, self._saw))
            await self.ws.journal_lines()
            if not self.is_current:
                self.say(f"{what_words(entry)}: {self._finding}")
        finally:
            self._looking = False
            self.show_story()

    def _take(self, finding: Finding) -> None:
        self._finding = finding.words
        self._offered = tuple(session.id for session in finding.candidates)

    def _saw(self, look: Look) -> None:
        now = self.ws.clock.now()
        at = clock_words(now, self.ws.zone, now, seconds=True)
        self._looks.append(f"{at}  look {look.number} of {look.of}: {look.words}")
        self.show_story()

    # -- the person's own word ------------------------------------------------------------------------------

    async def open_row(self, row: str | None) -> None:
        """The second time: this session is what the request made or changed. Opens it when that is settled."""
        if row is None:
            return
        if self.context().settled:
            self.program.open(OpenSession(row))
            return
        if self._asked != ("adopt", row):
            self._asked = ("adopt", row)
            self.say(f"enter again: it was done, and {short_id(row)} is its session.")
            return
        self._asked = None
        await self.ws.resolve_intent(self._intent_id, adopt=row)
        self.say(f"Written down: it was done, session {short_id(row)}.")

    def open_review(self, row: str | None) -> None:
        if row is not None:
            self.program.open(OpenReview(row))

    async def say_not_done(self, row: str | None) -> None:
        """The second time: it was not done."""
        if self._asked != ("not done", None):
            self._asked = ("not done", None)
            self.say("N again: it was NOT done. Be sure: it may then be done a second time.")
            return
        self._asked = None
        await self.ws.resolve_intent(self._intent_id, not_done=True)
        self.say("Written down: it was not done.")

    def on_row_table_highlighted(self) -> None:
        self._asked = None
        super().on_row_table_highlighted()

    # -- the request ----------------------------------------------------------------------------------------

    def show_request(self, row: str | None) -> None:
        if entry := self.entry:
            self.app.push_screen(PagerScreen(what_words(entry), self._text(entry)))

    def copy_request(self, row: str | None) -> None:
        if entry := self.entry:
            self.say(copy(self.app, "\n".join(self._text(entry)), "this request"))

    def _text(self, entry: JournalLine) -> list[str]:
        return full_text(entry, None, self.ws.zone, self.ws.clock.now())


_WAIT = "The service is being looked at; wait for what it says."


class UnknownContext(Context, frozen=True):
    """What the ways out look at."""

    settled: bool = False  # it is known by now
    looking: bool = False  # the service is being looked at
    is_draft: bool = False  # the session under the cursor can be activated


def _why_no_look_again(context: UnknownContext) -> str | None:
    if context.settled:
        return "This is settled already."
    return "The service is being looked at." if context.looking else None


def _why_no_not_done(context: UnknownContext) -> str | None:
    if context.settled:
        return "This is settled already."
    return _WAIT if context.looking else None


def _why_no_review_again(context: UnknownContext) -> str | None:
    if not context.settled:
        return "It may have started. The review opens again once it is known that it did not."
    return None if context.is_draft else "It is no longer a draft."


# fmt: off
COMMANDS: Commands[SettleUnknown, UnknownContext] = (
    Command("look_again", ("r",), "look again", "Looks at the service again; nothing is sent but reads.",
            run=SettleUnknown.look_again, name="look", blocked=_why_no_look_again),
    replace(OPEN, label="this is it",
            help="Says that the change was done, and that this is its session; asks once more. "
                 "When settled, opens it.",
            group="Change", needs_row=True)
        .when(blocked=lambda context: _WAIT if context.looking else None,
              footer_text=lambda context: "open it" if context.settled else "this is it"),
    Command("not_done", ("N",), "it was not done", "Says that the change was not made. Asks once more.",
            run=SettleUnknown.say_not_done, name="not done", group="Change", blocked=_why_no_not_done),
    Command("show_request", ("v",), "request", "The full request.", run=SettleUnknown.show_request),
    Command("copy_request", ("y",), "copy", "Copies all that is kept of this request.", run=SettleUnknown.copy_request),
    Command("review", ("A",), "review again",
            "Opens the review again, once it is known that the draft was not started.", run=SettleUnknown.open_review,
            name="activate", group="Change", side="right", changes=True, needs="restore", feature="restore",
            needs_row=True, blocked=_why_no_review_again,
            footer_text=lambda context: "review again" if context.settled and context.is_draft else ""),
)
# fmt: on
SettleUnknown.offers(COMMANDS)
