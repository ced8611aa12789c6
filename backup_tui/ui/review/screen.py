"""The review of any change: what it will do, what was checked, the phrase that starts it, and its outcome."""

from typing import Any

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.changes.change import carry_out
from backup_tui.changes.findings import Look
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.phrases import wrong_phrase_words
from backup_tui.store.changes import Change
from backup_tui.ui.frame.commands import Command, CommandSet, FooterEntry, with_own_keys
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import DIALOG, shared_commands
from backup_tui.ui.review import text as words
from backup_tui.ui.review.commands import CANCEL, LEAVE_OUTCOME, OUTCOME_COMMANDS, SCROLL_CHECKS, ReviewContext, acting
from backup_tui.ui.review.layout import arranged, final_words, names_shown
from backup_tui.ui.review.phrase import ReviewPhrase
from backup_tui.ui.review.presentation import Outcome, Presentation, Unanswered
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.phrase_field import PhraseField


class ReviewScreen(BaseScreen):
    """Reads again what is to be changed, says what that means, and does it on the exact phrase only. `shown`: the kind
    of change."""

    SHARED = DIALOG
    SHOW_MESSAGE = False
    AUTO_FOCUS = ""

    def __init__(self, shown: Presentation) -> None:
        super().__init__()
        self.kind = shown
        self.reviewed: ChangeReview[Any] | None = None
        self._notice = ""
        self._sending = False
        self._unanswered: Unanswered | None = None
        self._looks: list[Look] = []
        self._failure: BackupTuiError | None = None
        self._said = ""
        self._outcome: Outcome | None = None
        self._commands_of: object = None

    # -- what it says about itself --------------------------------------------------------------------------

    def subtitle(self) -> str | tuple[str, str]:
        review, zone = self.reviewed, self.ws.zone
        if review is None or self._outcome is not None:
            return self.kind.about
        read = f"read again {review.read_at.astimezone(zone):%H:%M:%S}"
        room = self.app.size.width - width_of(read) - 2
        made = self.kind.made(review, zone, self.ws.clock.now())
        about = self.kind.about
        return (f"{about}{made}" if width_of(about) + width_of(made) + 2 <= room else about), read

    def focus_on(self) -> Focus:
        return self.kind.focus

    def context(self) -> ReviewContext:
        field, review = self._field, self.reviewed
        return ReviewContext(
            read_only=self.program.workspace.read_only,
            exact=field is not None and field.is_exact and not self._sending,
            typed=field is not None and bool(field.typed),
            sending=self._sending and self._unanswered is None,
            sent=self._sending,
            read=review is not None,
            impossible=review.blocked if review is not None else None,
        )

    @property
    def commands(self) -> CommandSet:
        state = self._outcome or self._no_phrase
        if self._command_set is None or state != self._commands_of:
            self._commands_of = state
            if self._outcome is not None:
                own: tuple[Command[Any, Any], ...] = (*self._outcome.commands, LEAVE_OUTCOME)
            elif self._no_phrase:
                own = (CANCEL, *SCROLL_CHECKS, SHOW_ALL, replace(LOOK_AT_IT, label=self.kind.look), REVIEW_AGAIN)
            else:
                own = (CANCEL, *SCROLL_CHECKS, SHOW_ALL, acting(self.kind, ReviewScreen.begin_by_click))
            shared = [command for command in shared_commands(self.program.titles) if self._applies(command)]
            self._command_set = CommandSet(own, shared, self.program.keys)
        return self._command_set

    def own_keyed(self, text: str, *, hint: bool = False) -> str:
        """Before the outcome only hints are changed: a name that looks like a key must never be."""
        names_nothing = hint or self._outcome is not None or text.startswith("and ")
        return super().own_keyed(text, hint=hint) if names_nothing else text

    def _footer(self) -> list[FooterEntry]:
        entries = super()._footer()
        exact = self.context().exact
        return [
            replace(entry, text=entry.text.partition(" ")[2]) if entry.command == "carry_out" and not exact else entry
            for entry in entries
        ]

    @property
    def _no_phrase(self) -> bool:
        """Whether nothing can be done here now, whatever is typed."""
        if self._sending:
            return False
        if self._failure is not None and (self.reviewed is None or isinstance(self._failure, words.LOOK_AGAIN)):
            return True
        blocked = self.reviewed is not None and self.reviewed.blocked is not None
        return blocked or self._not_from_here is not None

    @property
    def _not_from_here(self) -> str | None:
        """Why nothing can be changed here, whatever it is about: no phrase is asked for then."""
        return self.program.workspace.read_only or self.barred(self.kind.feature)

    def compose_body(self) -> ComposeResult:
        yield Paragraphs(id="review-head")
        yield Paragraphs(id="review-checks")
        with Vertical(id="review-foot"):
            yield OneLine(id="review-final")
            yield Paragraphs(id="review-note")

    # -- life -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self.read_it()

    def on_resize(self) -> None:
        self.call_after_refresh(self._show)

    def changed(self, change: Change) -> None:
        ended = self._sending or self._outcome is not None or isinstance(self._failure, words.LOOK_AGAIN)
        follows = not ended and self.reviewed is not None and change.topics & self.kind.follows
        if follows and (notice := self.kind.meanwhile(self.ws.store, self.reviewed)):
            self.read_it(notice)
        else:
            self._show()

    def read_it(self, notice: str = "") -> None:
        """Reads everything again; until then there is no phrase to type. `notice`: what has to be seen first."""
        self._notice = notice
        self._clear()
        self._show()
        name = f"review: {self.kind.change.verb} {self.kind.change.target}"
        self.program.start(self._load(), name, f"review {id(self)}", exclusive=True)

    def take(self, review: ChangeReview[Any], notice: str) -> None:
        """Shows a review that was read a moment ago."""
        self._notice = notice
        self._clear()
        self.reviewed = review
        self._offer()
        self._show()

    def _clear(self) -> None:
        self.reviewed, self._failure, self._outcome, self._unanswered = None, None, None, None
        self._said, self._looks = "", []
        self._take_field_away()

    async def _load(self) -> None:
        try:
            self.reviewed = await self.kind.change.prepare(self.ws.context)
        except BackupTuiError as error:
            self._failure = error
        if self.is_open:
            self._offer()
            self._show()

    # -- the phrase -----------------------------------------------------------------------------------------

    @property
    def _field(self) -> ReviewPhrase | None:
        fields = self.query(ReviewPhrase).results(ReviewPhrase) if self.is_open else ()
        return next((field for field in fields if field.display), None)

    def _take_field_away(self) -> None:
        if (field := self._field) is not None:
            field.display = False
            field.remove()

    def _offer(self) -> None:
        """Puts up the phrase's field; where nothing can be done, the field says so and takes nothing."""
        review = self.reviewed
        if review is None:
            return
        possible = not self._no_phrase
        show_all = with_own_keys(SHOW_ALL, self.program.keys).keys
        field = ReviewPhrase(review.phrase, offered=possible, show_all=show_all)
        field.can_focus = possible
        field.set_class(review.danger, "-danger")
        self.query_one("#review-foot").mount(field, after="#review-final")
        if possible:
            self.set_focus(field)  # at once, not after the frame: whoever reads the phrase may type it

    @on(ReviewPhrase.AllWanted)
    def _all_wanted(self) -> None:
        self.press("show_all")

    @on(ReviewPhrase.Typed)
    def _typing(self) -> None:
        """What was said of the text before does not hold of this one."""
        if self._said or self._failure is not None:
            self._said, self._failure = "", None
        self._show()

    @on(PhraseField.Refused)
    def _refused(self, event: PhraseField.Refused) -> None:
        done = self.kind.change.done_word
        self._said = wrong_phrase_words(event.typed, event.phrase, done) if event.typed.strip() else ""
        self._show()

    @on(PhraseField.Submitted)
    def _submitted(self, event: PhraseField.Submitted) -> None:
        self._begin(event.field.typed)

    # -- drawing --------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        self._said = text
        self._show()

    def _show(self) -> None:
        if not self.is_open or not self.query("#review-note"):  # left before all of it was there
            return
        head, checks, note = self._parts()
        review = self.reviewed if self._outcome is None and self._unanswered is None else None
        self.query_one("#review-head", Paragraphs).show(head)
        self.query_one("#review-checks", Paragraphs).show(checks)
        self.query_one("#review-foot").display = review is not None
        final = self.query_one("#review-final", OneLine)
        final.text = f" {final_words(review, self.app.size.width)}" if review is not None else ""
        final.display = bool(final.text.strip())
        self.query_one("#review-note", Paragraphs).show(note)
        self.refresh_frame()

    def _parts(self) -> tuple[list[Para], list[Para], list[Para]]:
        """What always stays above, what scrolls, and what is said under the phrase."""
        if self._outcome is not None:
            return self._outcome.paragraphs(), [], []
        if self._unanswered is not None:
            return words.looking(self._unanswered, self._looks, self.ws.zone), [], []
        review, size = self.reviewed, self.app.size
        notice = [Para(self._notice, "warn")] if self._notice else []
        if review is None:
            return words.unread(self._failure) if self._failure else [*notice, Para(self.kind.reading)], [], []
        said = words.consequence(review, self.ws.zone, self.ws.clock.now())
        names = words.names(review, names_shown(size.height))
        section = words.section(review, typed=self.context().typed)
        always = [words.title(review, no_color=self.app.no_color), *notice, said[0]]
        return arranged(always, [*said[1:], *names, section], words.checks(review), self._note(review), size)

    def _note(self, review: ChangeReview[Any]) -> list[Para]:
        if self._sending:
            waits = self.ws.store.connection.lock_wait
            return [Para(waits or f"Waiting for the answer to: {review.change.verb} {review.subject}.", "moving")]
        if self._failure is not None:
            return words.failure(self._failure)
        if self._said:
            return [Para(self._said, "bad")]
        if review.blocked is not None:
            return [words.not_possible(review)]
        return [Para(reason, "warn")] if (reason := self._not_from_here) is not None else []

    # -- keys -----------------------------------------------------------------------------------------------

    def show_all(self, row: str | None) -> None:
        if self.reviewed is not None:
            lines = words.whole_review(self.reviewed, self.ws.zone, self.ws.clock.now())
            self.program.push_screen(PagerScreen(self.kind.about, lines))

    def close_and_look(self, row: str | None) -> None:
        """`enter` where nothing can be done: what it is about."""
        if self.kind.place is None:
            self.close()
        else:
            self.go_back_or_to(self.kind.place)

    def review_again(self, row: str | None) -> None:
        self.read_it()

    def begin_by_click(self, row: str | None) -> None:
        if self._field is not None and self._field.is_exact:
            self._begin(self._field.typed)

    # -- carrying out ---------------------------------------------------------------------------------------

    def _begin(self, typed: str) -> None:
        if self._sending or self.reviewed is None or self.program.too_small:
            return
        if (reason := self._not_from_here) is not None:  # since the phrase was asked for
            self.say(reason)
            return
        self._sending, self._said, self._notice, self._failure = True, "", "", None
        if self._field is not None:
            self._field.reset(offered=False)
        self._show()
        # Not exclusive, and the app's: a change that was sent is seen to its end even when the screen is left.
        self.program.start(self._carry_out(self.reviewed, typed), f"{self.kind.change.verb} {self.reviewed.subject}")

    async def _carry_out(self, review: ChangeReview[Any], typed: str) -> None:
        lost = Unanswered(f"{review.change.verb.upper()} {review.subject}", review.change.noun, self.ws.clock.now())

        def looked(look: Look) -> None:
            self.looked(look, lost)

        try:
            came_to = await carry_out(self.ws.context, review.change, review, typed, looked)
            ending = await self.kind.done(self, review, came_to)
        except BackupTuiError as error:
            self._sending, self._unanswered = False, None
            if not self.is_open:
                raise  # nobody looks at this screen any longer: the message line says it
            self._refuse(error)
            return
        except Exception:
            self._sending, self._unanswered = False, None
            self._said = "Internal error. The action was stopped; 5 Activity shows what was sent."
            self._show()
            raise
        self._sending, self._unanswered = False, None
        self.end(ending)

    def _refuse(self, error: BackupTuiError) -> None:
        """The reason, with the service's own words; an empty field where a second try makes sense."""
        self._failure = error
        if self._field is not None:
            if self._no_phrase:
                self._take_field_away()
            else:
                self._field.reset(offered=True)
                self._field.focus()
        self._show()

    def end(self, ending: str | Outcome) -> None:
        """Shows what the change came to, or leaves for the screen below and says it there."""
        if isinstance(ending, Outcome) and self.is_open and self.come_up():
            self._outcome = ending
            self.program.say("")  # What was said before is about the time before the change.
            self._take_field_away()
            self._show()
            return
        if isinstance(ending, str):
            self.close()
        self.program.say(ending if isinstance(ending, str) else ending.message)

    def looked(self, look: Look, lost: Unanswered) -> None:
        """An answer is missing, and the service was looked at."""
        self._looks.append(look)
        self.wait_for(lost)

    def wait_for(self, lost: Unanswered) -> None:
        """Says that an answer is missing, until it is known what became of the request."""
        self._unanswered = lost
        self.set_focus(None)
        self._show()


SHOW_ALL: Command[ReviewScreen, ReviewContext] = Command(
    "show_all",
    ("v",),
    help="All checks, all that is in it, and the names that are not.",
    run=ReviewScreen.show_all,
    blocked=lambda context: None if context.read and not context.sending else "It is being read.",
    footer_text=lambda context: "" if context.typed else "everything",
)
LOOK_AT_IT: Command[ReviewScreen, ReviewContext] = Command(
    "look_at_it",
    ("enter",),
    help="What it is about as it is now, and who changed it.",
    run=ReviewScreen.close_and_look,
    side="right",
)
REVIEW_AGAIN: Command[ReviewScreen, ReviewContext] = Command(
    "again", ("r",), "review again", "Reads everything again.", run=ReviewScreen.review_again
)
ReviewScreen.LATER_COMMANDS = OUTCOME_COMMANDS
ReviewScreen.offers((CANCEL, *SCROLL_CHECKS, SHOW_ALL, LOOK_AT_IT, REVIEW_AGAIN))
