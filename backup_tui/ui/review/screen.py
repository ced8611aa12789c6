"""The review of a restore before it is started: what it will do, what was checked, and the phrase that starts it."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message

from backup_tui.errors import BackupTuiError, NotFound
from backup_tui.models.focus import Focus
from backup_tui.models.own_words import small_print
from backup_tui.models.phrases import wrong_phrase
from backup_tui.models.text import short_id
from backup_tui.restore.review import activation
from backup_tui.restore.review.review import Review
from backup_tui.store.changes import Change
from backup_tui.ui.frame.commands import Command, Commands
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import DIALOG
from backup_tui.ui.review import text as words
from backup_tui.ui.review.commands import CANCEL_REVIEW, SCROLL_CHECKS, ReviewContext, act_on_phrase
from backup_tui.ui.review.no_answer import NoAnswer
from backup_tui.ui.review.outcome import ChangedMeanwhile, DeletedMeanwhile, NoRoom, StartedByOther
from backup_tui.ui.routes import OpenSession
from backup_tui.ui.vocabulary.names import units_words
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs, laid_out
from backup_tui.ui.widgets.phrase_field import PhraseField

TALL = 40
"""From this height of the terminal on all checks are shown."""

FRAME, FOOT = 5, 2
"""Lines of the frame around the review, and of what stands under its checks besides a note."""


class ReviewPhrase(PhraseField):
    """The phrase of a review. No phrase begins with `v`, so `v` in the empty field shows all of the review."""

    class AllWanted(Message):
        """`v` in the empty field."""

    class Typed(Message):
        """Another text stands in the field."""

    def on_key(self, event: events.Key) -> None:
        """Takes `v` out before the field sees it."""
        if event.key == "v" and not self.typed:
            event.stop()
            event.prevent_default()
            self.post_message(self.AllWanted())

    def _set(self, text: str) -> None:
        super()._set(text)
        self.post_message(self.Typed())


class ActivationReview(BaseScreen):
    """Reads a draft again, says what starting it does, and starts it on the exact phrase only.

    Args:
        session_id: The draft.
        reviewed: A review that was made just now; None makes one.
        notice: What has to be seen first, because the draft was changed meanwhile.
    """

    SHARED = DIALOG
    SHOW_MESSAGE = False

    def __init__(self, session_id: str, reviewed: Review | None = None, notice: str = "") -> None:
        super().__init__()
        self.session_id = session_id
        self.reviewed = reviewed
        self._notice = notice
        self._sending = False
        self._failure: BackupTuiError | None = None
        self._said: list[Para] = []

    # -- what it says ---------------------------------------------------------------------------------------

    def subtitle(self) -> str:
        """Which draft, whose, and when it was read."""
        if self.reviewed is None:
            return f"Review of draft {short_id(self.session_id)}"
        return words.review_title(self.reviewed, self.ws.zone, self.ws.clock.now())

    def focus_on(self) -> Focus:
        """The draft is followed while it is reviewed."""
        return Focus(screen="session", session_id=self.session_id)

    def context(self) -> ReviewContext:
        """Whether the phrase is exact, and whether the request is under way."""
        field = self._field
        return ReviewContext(
            read_only=self.program.workspace.read_only,
            exact=field is not None and field.is_exact and not self._sending,
            typed=field is not None and bool(field.typed),
            sending=self._sending,
            read=self.reviewed is not None,
            impossible=self.reviewed.blocked if self.reviewed is not None else None,
        )

    def compose_body(self) -> ComposeResult:
        """Sentence and names, the checks, the phrase."""
        yield Paragraphs(id="review-head")
        yield Paragraphs(id="review-checks")
        with Vertical(id="review-foot"):
            yield OneLine(id="review-warning")
            yield Paragraphs(id="review-note")

    # -- life -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Reads the draft."""
        if self.reviewed is not None:
            self.call_after_refresh(self._offer)
        self._show()
        if self.reviewed is None:
            self.program.start(self._read(), f"review {short_id(self.session_id)}")

    def on_resize(self) -> None:
        """Other sizes leave out other lines."""
        self.call_after_refresh(self._show)

    def changed(self, change: Change) -> None:
        """While the request waits for another instance, that is said."""
        if self._sending:
            self._show()

    async def _read(self) -> None:
        try:
            self.reviewed = await self.ws.restore.review(self.session_id)
            self._failure = None
        except BackupTuiError as error:
            self._failure = error
        if self.is_open:
            self._show()
            if self.reviewed is not None:
                self._offer()

    def _offer(self) -> None:
        """Puts up the phrase's field, once there is a phrase."""
        review = self.reviewed
        if review is None or self._field is not None or not self.is_open:
            return
        possible = review.blocked is None and self._not_from_here is None
        field = ReviewPhrase(review.phrase, offered=possible)
        self.query_one("#review-foot").mount(field, after="#review-warning")
        if possible:
            field.focus()
        self.refresh_frame()

    @property
    def _not_from_here(self) -> str | None:
        """Why nothing can be started here, whatever the draft is: no phrase is asked for then."""
        workspace = self.program.workspace
        return workspace.read_only or workspace.barred("restore")

    @property
    def _field(self) -> ReviewPhrase | None:
        return next(iter(self.query(ReviewPhrase)), None) if self.is_open else None

    # -- drawing --------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.is_open:
            return
        note = self._note()
        head, scrolled = self._parts(note)
        self.query_one("#review-head", Paragraphs).show(head)
        self.query_one("#review-checks", Paragraphs).show(scrolled)
        fits = len(words.NO_WAY_BACK) + 2 <= self.app.size.width
        warning = words.NO_WAY_BACK if fits else words.NO_WAY_BACK_SHORT
        self.query_one("#review-warning", OneLine).text = f" {warning}" if self.reviewed is not None else ""
        self.query_one("#review-note", Paragraphs).show(note)
        self.refresh_frame()

    def _parts(self, note: list[Para]) -> tuple[list[Para], list[Para]]:
        """What always stands above, and what scrolls: as much stands as leaves room for some checks.

        The sentence and the phrase stand at any size; on a low terminal the names scroll with the checks.
        """
        review = self.reviewed
        if review is None:
            reading = [Para(f"Reading draft {short_id(self.session_id)}, and what else runs, again...")]
            return (reading if self._failure is None else self._failure_words(self._failure)), []
        now, zone = self.ws.clock.now(), self.ws.zone
        width, height = self.app.size
        said = words.consequence(review, zone, now)
        sentence, local = said[:1], said[1:]
        names = words.names(review)
        notice = [Para(self._notice, "warn")] if self._notice else []
        profile = self.ws.settings.profile
        where = notice or [Para(f"{self.ws.who.tenant}, profile {profile}" if profile else self.ws.who.tenant)]
        every = words.lines_of_checks(review)
        room = height - FRAME - FOOT - len(laid_out(note, width - 2))

        def checks_below(head: list[Para]) -> list[Para]:
            if height >= TALL:
                return every + words.first_units(review, height - TALL + 16, now)
            left = room - len(laid_out(head, width - 2))
            mosts = range(len(every), words.MOST_CHECKS, -1)
            shown = (words.first_checks(every, most) for most in mosts)
            fitting = (lines for lines in shown if len(laid_out(lines, width - 2)) <= left)
            return next(fitting, words.first_checks(every, words.MOST_CHECKS))

        whole = [*where, *sentence, *local, *names, Para()]
        checks = checks_below(whole)
        for head, rest, least in (
            (whole, checks, words.MOST_CHECKS),
            ([*notice, *sentence, *local, *names, Para()], checks, 4),
            ([*notice, *sentence, *local, *names], checks, 3),
            ([*sentence, *names], [*notice, *local, *checks], 1),
        ):
            if len(laid_out(head, width - 2)) + least <= room:
                return head, rest
        return sentence, [*notice, *local, *names, *checks]

    def _failure_words(self, error: BackupTuiError) -> list[Para]:
        if isinstance(error, NotFound):
            return [
                Para(f"The service has no draft {short_id(self.session_id)} any more.", "warn"),
                Para("Nothing was started from here. Your own record of it is kept: 5 Activity."),
            ]
        lines = [Para(error.message, "warn"), Para(error.certainty or "Nothing was started.")]
        lines.append(Para(error.hint or "esc goes back; A opens the review again."))
        return [*lines, *(Para(line, "dim") for line in small_print(error))]

    def _note(self) -> list[Para]:
        if self.reviewed is None:
            return []
        if self._sending:
            waits = self.ws.store.connection.lock_wait
            return [Para(waits or "Reading the draft once more, then starting it. Wait for the answer.", "moving")]
        if self._said:
            return self._said_where_it_fits()
        if self.reviewed.blocked is not None:
            return [Para(f"Not possible now: {self.reviewed.blocked}.", "bad")]
        if (reason := self._not_from_here) is not None:
            return [Para(reason, "warn")]
        return []

    def _said_where_it_fits(self) -> list[Para]:
        """The small print gives way to the sentence and the phrase on a low terminal; 5 Activity has it."""
        width, height = self.app.size
        sentence = words.consequence(self.reviewed, self.ws.zone, self.ws.clock.now())[:1] if self.reviewed else []
        room = height - FRAME - FOOT - 1 - len(laid_out(sentence, width - 2))
        fitting = (self._said[:count] for count in range(len(self._said), 1, -1))
        return next((said for said in fitting if len(laid_out(said, width - 2)) <= room), self._said[:1])

    # -- keys -----------------------------------------------------------------------------------------------

    @on(ReviewPhrase.AllWanted)
    def _all_wanted(self) -> None:
        self.press("show_all")

    def show_all(self, row: str | None) -> None:
        if self.reviewed is not None:
            lines = words.whole_review(self.reviewed, self.ws.zone, self.ws.clock.now())
            self.program.push_screen(PagerScreen(f"Review of draft {short_id(self.session_id)}", lines))

    def say(self, text: str) -> None:
        """There is no message line here: the line under the phrase says it."""
        self._said = [Para(text, "warn")] if text else []
        self._show()

    # -- starting -------------------------------------------------------------------------------------------

    def start(self, row: str | None) -> None:
        """A click on `enter` in the footer."""
        if self._field is not None and self._field.is_exact:
            self._begin(self._field.typed)

    @on(PhraseField.Refused)
    def _refused(self, event: PhraseField.Refused) -> None:
        refusal = wrong_phrase(event.typed, event.phrase, "started")
        self._said = [Para(refusal.message, "bad")] if event.typed.strip() else []
        self._show()

    @on(PhraseField.Submitted)
    def _submitted(self, event: PhraseField.Submitted) -> None:
        self._begin(event.field.typed)

    @on(ReviewPhrase.Typed)
    def _typed(self) -> None:
        if self._said:  # it was about the text that stood there before
            self._said = []
            self._show()
        self.refresh_frame()

    def _begin(self, typed: str) -> None:
        if self._sending or self.reviewed is None or self.program.too_small:
            return
        self._sending = True
        self._said = []
        if self._field is not None:
            self._field.reset(offered=False)
        self._show()
        self.program.start(self._activate(self.reviewed, typed), f"activate {short_id(self.session_id)}")

    async def _activate(self, review: Review, typed: str) -> None:
        try:
            outcome = await self.ws.restore.activate(review, typed)
        except BackupTuiError as error:
            self._not_started(error.sentences, small_print(error))
            return
        except Exception:
            self._not_started("A fault in this program ended this; 5 Activity shows what was sent.")
            raise
        self._sending = False
        self._tell(outcome, review)

    def _not_started(self, reason: str, small: Sequence[str] = ()) -> None:
        """The reason, with the service's own words below it, and an empty field for a deliberate second try."""
        self._sending = False
        self._said = [Para(reason, "bad"), *(Para(line, "dim") for line in small)]
        if self._field is not None:
            self._field.reset(offered=True)
            self._field.focus()
        self._show()

    def _tell(self, outcome: activation.Activation, review: Review) -> None:
        self.come_up()
        match outcome:
            case activation.Started():
                count = units_words(review.service, len(review.units))
                self.go_back_or_to(OpenSession(self.session_id))
                self.program.say(f"Started: {count}, session {short_id(self.session_id)}. This screen follows it.")
            case activation.StartedByOther():
                self.give_way_to(StartedByOther(outcome, review))
            case activation.ChangedMeanwhile():
                self.give_way_to(ChangedMeanwhile(outcome, review))
            case activation.Deleted():
                self.give_way_to(DeletedMeanwhile(outcome))
            case activation.NoRoom():
                self.give_way_to(NoRoom(outcome, review))
            case activation.Unknown():
                self.give_way_to(NoAnswer(outcome))


# fmt: off
COMMANDS: Commands[ActivationReview, ReviewContext] = (
    CANCEL_REVIEW,
    Command("show_all", ("v",), "v", "All checks, units and points, and the names that are not in it.",
            run=ActivationReview.show_all,
            blocked=lambda context: None if context.read and not context.sending else "The draft is being read.",
            footer_text=lambda context: "" if context.typed else "all checks, all units"),
    act_on_phrase("start", "Starts the restore when the phrase is exact.", "starts it", ActivationReview.start,
                  needs="restore", feature="restore"),
    *SCROLL_CHECKS,
)
# fmt: on
ActivationReview.offers(COMMANDS)
