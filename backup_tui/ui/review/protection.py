"""The review before protection is changed: what it means, what was checked, and the phrase that does it."""

from __future__ import annotations

from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.changes.change import ChangeReview
from backup_tui.changes.findings import Look
from backup_tui.errors import BackupTuiError
from backup_tui.models.phrases import wrong_phrase_words
from backup_tui.store.changes import Change
from backup_tui.ui.frame.commands import Command, CommandSet
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import DIALOG, shared_commands
from backup_tui.ui.review import protection_text as words
from backup_tui.ui.review.commands import CANCEL_REVIEW, SCROLL_CHECKS, ReviewContext, act_on_phrase
from backup_tui.ui.review.screen import ReviewPhrase
from backup_tui.ui.review.text import MOST_CHECKS, first_checks
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.phrase_field import PhraseField

TALL, LOW = 40, 22
"""Heights of the terminal: from the one on all checks are shown, below the other empty lines are left out."""


class ProtectionReviewScreen(BaseScreen):
    """Reads again what is to be changed, says what that means, and does it on the exact phrase only.

    Attributes:
        FOLLOWS: Parts of the store that tell when what is reviewed was changed meanwhile.
        READING: What is said while it is read.
        LOOK: Footer text of `enter` where nothing can be done.
        NOUN: What is looked at after a lost answer: `policy`.
        ALL: Footer text of `v`.
        FEATURE: Id of what the sign-in has to be allowed.
    """

    FOLLOWS: ClassVar[frozenset[str]] = frozenset()
    READING: ClassVar[str] = ""
    LOOK: ClassVar[str] = "back"
    NOUN: ClassVar[str] = ""
    ALL: ClassVar[str] = "all of it"
    FEATURE: ClassVar[str] = ""
    SHARED = DIALOG
    SHOW_MESSAGE = False
    AUTO_FOCUS = ""

    def __init__(self) -> None:
        super().__init__()
        self.reviewed: ChangeReview[Any] | None = None
        self._notice = ""
        self._sending = False
        self._seen: list[str] = []
        self._failure: BackupTuiError | None = None
        self._wrong = ""
        self._over = False

    # -- what a review says ---------------------------------------------------------------------------------

    @property
    def what(self) -> str:
        """What would be done to what, before it was read: `activate policy 61c2b5a0`."""
        raise NotImplementedError

    async def ask(self) -> ChangeReview[Any]:
        """The review. Raises BackupTuiError."""
        raise NotImplementedError

    async def act(self, typed: str) -> str:
        """Does what was reviewed; gives the sentence for the message line. Raises BackupTuiError."""
        raise NotImplementedError

    def changed_meanwhile(self) -> str:
        """What differs in the store from what was reviewed, in a sentence; empty when nothing does."""
        raise NotImplementedError

    def look_at_it(self) -> None:
        """Shows what it is about, once this screen is closed."""
        raise NotImplementedError

    # -- what it says ---------------------------------------------------------------------------------------

    def subtitle(self) -> str:
        """What it is about, and when that was read."""
        if self.reviewed is None:
            return f"Review: {self.what}"
        return words.review_title(self.reviewed, self.ws.zone)

    def context(self) -> ReviewContext:
        """Whether the phrase is exact, and whether the request is under way."""
        field = self._field
        return ReviewContext(
            read_only=self.program.workspace.read_only,
            exact=field is not None and field.is_exact and not self._sending,
            sending=self._sending and not self._seen,
            read=self.reviewed is not None,
            impossible=self.reviewed.blocked if self.reviewed is not None else None,
        )

    @property
    def commands(self) -> CommandSet:
        """Where no phrase is asked for, `enter` and `r` lead on instead."""
        over = not self._sending and (self._failure is not None or not self._possible)
        if over != self._over:
            self._over, self._command_set = over, None
        if self._command_set is None:
            acting = (
                (replace(LOOK_AT_IT, label=self.LOOK), REVIEW_AGAIN)
                if over
                else (replace(CARRY_OUT, feature=self.FEATURE),)
            )
            shared = [command for command in shared_commands(self.program.titles) if self._applies(command)]
            self._command_set = CommandSet((*self.OWN_COMMANDS, replace(SHOW_ALL, label=self.ALL), *acting), shared)
        return self._command_set

    @property
    def _possible(self) -> bool:
        """Whether a phrase is asked for, or may still be once everything is read."""
        blocked = self.reviewed is not None and self.reviewed.blocked is not None
        return not blocked and self._not_from_here is None

    @property
    def _not_from_here(self) -> str | None:
        """Why nothing can be changed here, whatever it is about: no phrase is asked for then."""
        return self.program.workspace.read_only or self.barred(self.FEATURE)

    def compose_body(self) -> ComposeResult:
        """Sentence and names, the checks, the phrase."""
        yield Paragraphs(id="review-head")
        yield Paragraphs(id="review-checks")
        with Vertical(id="review-foot"):
            yield Paragraphs(id="review-note")

    # -- life -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Reads what it is about."""
        self._read()

    def on_resize(self) -> None:
        """Other sizes leave out other lines."""
        self.call_after_refresh(self._show)

    def changed(self, change: Change) -> None:
        """What is not any more what was reviewed is read again, and what was typed does not count."""
        if self._sending or self._failure is not None or self.reviewed is None or not change.topics & self.FOLLOWS:
            self._show()
        elif notice := self.changed_meanwhile():
            self._notice = notice
            self._read()

    def _read(self) -> None:
        """Reads everything again; until then there is no phrase to type."""
        self.reviewed, self._failure, self._wrong, self._seen = None, None, "", []
        self._take_field_away()
        self._show()
        self.program.start(self._load(), f"review: {self.what}", f"review {id(self)}", exclusive=True)

    async def _load(self) -> None:
        try:
            self.reviewed = await self.ask()
        except BackupTuiError as error:
            self._failure = error
        if self.is_open:
            self._offer()
            self._show()

    # -- the phrase -----------------------------------------------------------------------------------------

    @property
    def _field(self) -> ReviewPhrase | None:
        return next(iter(self.query(ReviewPhrase)), None) if self.is_open else None

    def _take_field_away(self) -> None:
        if (field := self._field) is not None:
            field.display = False
            field.remove()

    def _offer(self) -> None:
        """Puts up the phrase's field; where it cannot be done, the field says so and takes nothing."""
        review = self.reviewed
        if review is None:
            return
        field = ReviewPhrase(review.phrase, offered=self._possible)
        field.can_focus = self._possible
        self.query_one("#review-foot").mount(field, before=0)
        if self._possible:
            field.focus()

    @on(ReviewPhrase.AllWanted)
    def _all_wanted(self) -> None:
        self.press("show_all")

    @on(ReviewPhrase.Typed)
    def _typing(self) -> None:
        self.refresh_frame()

    @on(PhraseField.Refused)
    def _refused(self, event: PhraseField.Refused) -> None:
        typed = event.typed.strip()
        done = self.reviewed.change.done_word if self.reviewed is not None else "done"
        self._wrong = wrong_phrase_words(typed, event.phrase, done) if typed else ""
        self._show()

    @on(PhraseField.Submitted)
    def _submitted(self, event: PhraseField.Submitted) -> None:
        self._begin(event.field.typed)

    # -- drawing --------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """There is no message line here: the line under the phrase says it."""
        self._wrong = text
        self._show()

    def _show(self) -> None:
        if not self.is_open:
            return
        height = self.app.size.height
        self.query_one("#review-head", Paragraphs).show(self._head(height))
        self.query_one("#review-checks", Paragraphs).show(self._checks(height))
        self.query_one("#review-note", Paragraphs).show(self._note())
        self.refresh_frame()

    def _head(self, height: int) -> list[Para]:
        review = self.reviewed
        if review is None:
            if self._failure is not None:
                return [*words.failure(self._failure), Para("Nothing was sent.")]
            lines = [Para(self._notice, "warn")] if self._notice else []
            return [*lines, Para(self.READING)]
        notice = [Para(self._notice, "warn"), *([Para()] if height >= LOW else [])] if self._notice else []
        lines = [*notice, *words.consequence(review), *words.names(review)]
        return [*lines, Para()] if height >= LOW else lines

    def _checks(self, height: int) -> list[Para]:
        review = self.reviewed
        if review is None:
            return []
        checks = first_checks(words.lines_of_checks(review), None if height >= TALL else MOST_CHECKS)
        return [*checks, Para(), *(Para(line) for line in review.extra)] if height >= LOW else checks

    def _note(self) -> list[Para]:
        review = self.reviewed
        if review is None:
            return []
        if self._sending:
            if self._seen:
                lost = f"No answer came. It may have happened; it is not sent again. Looking at the {self.NOUN} now."
                return [Para(lost, "warn"), Para(f"Look {len(self._seen)}: {self._seen[-1]}")]
            waits = self.ws.store.connection.lock_wait
            sent = f"Waiting for the answer to: {review.change.verb} {review.subject}."
            return [Para(waits or sent, "moving")]
        if self._failure is not None:
            return words.failure(self._failure)
        if review.blocked is not None:
            return [words.not_possible(review)]
        if (reason := self._not_from_here) is not None:
            return [Para(reason, "warn")]
        return [Para(self._wrong, "bad")] if self._wrong else []

    # -- keys -----------------------------------------------------------------------------------------------

    def show_all(self, row: str | None) -> None:
        if self.reviewed is not None:
            title = f"Review: {self.reviewed.change.verb} {self.reviewed.subject}"
            self.program.push_screen(PagerScreen(title, words.whole_review(self.reviewed, self.ws.zone)))

    def close_and_look(self, row: str | None) -> None:
        """`enter` where nothing can be done: what it is about."""
        if self.close():
            self.look_at_it()

    def review_again(self, row: str | None) -> None:
        self._notice = ""
        self._read()

    def carry_out(self, row: str | None) -> None:
        """A click on `enter` in the footer."""
        if self._field is not None and self._field.is_exact:
            self._begin(self._field.typed)

    # -- carrying out ---------------------------------------------------------------------------------------

    def _begin(self, typed: str) -> None:
        if self._sending or self.reviewed is None or self.program.too_small:
            return
        self._sending, self._wrong, self._notice = True, "", ""
        if self._field is not None:
            self._field.reset(offered=False)
        self._show()
        # Not exclusive, and the app's: a change that was sent is seen to its end even when the screen is left.
        self.program.start(self._carry_out(typed), self.what)

    async def _carry_out(self, typed: str) -> None:
        try:
            said = await self.act(typed)
        except BackupTuiError as error:
            self._sending = False
            if not self.is_open:
                raise  # nobody looks at this screen any more: the message line says it
            self._failure = error
            self._take_field_away()
            self._show()
            return
        finally:
            self._sending = False
        self.close()
        self.program.say(said)

    def looked(self, look: Look) -> None:
        """An answer was lost, and the service was looked at."""
        self._seen.append(look.words)
        self._show()


ProtectionReviewScreen.offers((CANCEL_REVIEW, *SCROLL_CHECKS))
SHOW_ALL: Command[ProtectionReviewScreen, ReviewContext] = Command(
    "show_all",
    ("v",),
    help="All checks, and all that is in it.",
    run=ProtectionReviewScreen.show_all,
    blocked=lambda context: None if context.read else "It is being read.",
)
CARRY_OUT = act_on_phrase(
    "carry_out", "Does it when the phrase is exact.", "does it", ProtectionReviewScreen.carry_out, needs="protection"
)
LOOK_AT_IT: Command[ProtectionReviewScreen, ReviewContext] = Command(
    "look_at_it",
    ("enter",),
    help="What it is about as it is now, and who changed it.",
    run=ProtectionReviewScreen.close_and_look,
    side="right",
)
REVIEW_AGAIN: Command[ProtectionReviewScreen, ReviewContext] = Command(
    "again", ("r",), "review again", "Reads everything again.", run=ProtectionReviewScreen.review_again
)
