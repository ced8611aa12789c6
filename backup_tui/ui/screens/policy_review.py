"""The review before a policy is switched on or off: what it means, what was checked, and the phrase that does it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical

from backup_tui.errors import BackupTuiError
from backup_tui.models.focus import Focus
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import short_id
from backup_tui.protection.review import PolicyAction, PolicyReview
from backup_tui.store.changes import Topic
from backup_tui.ui import navigation
from backup_tui.ui import policy_review_words as words
from backup_tui.ui.bridge import Topics
from backup_tui.ui.commands import Command, CommandSet
from backup_tui.ui.policy_actions import follow_to_end
from backup_tui.ui.policy_words import ended_words, policy_title
from backup_tui.ui.review_words import MOST_CHECKS, first_checks
from backup_tui.ui.screens.base import BaseScreen
from backup_tui.ui.screens.pager import PagerScreen
from backup_tui.ui.screens.review import ReviewPhrase
from backup_tui.ui.screens.review_commands import CancelReview, ReviewContext, ScrollChecks
from backup_tui.ui.shared_commands import shared_commands
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.phrase_field import PhraseField

TALL, LOW = 40, 22
"""Heights of the terminal: from the one on all checks are shown, below the other empty lines are left out."""


class ShowAllUnits(Command[ReviewContext]):
    """All checks and all units."""

    id = "show_all"
    keys = ("v",)
    label = "all checks, all units"
    help = "All checks, and all units of the policy."

    def blocked(self, context: ReviewContext) -> str | None:
        """There has to be a review."""
        return None if context.read else "The policy is being read."


class CarryOut(Command[ReviewContext]):
    """Switches the policy; the key belongs to the phrase's field."""

    id = "carry_out"
    keys = ("enter",)
    help = "Switches the policy when the phrase is exact."
    changes = True
    needs = "protection"
    feature = "policies-change"
    group = "Change"
    side = "right"
    weight = 1

    def blocked(self, context: ReviewContext) -> str | None:
        """Only the exact phrase does anything."""
        if context.impossible is not None:
            return f"Not possible now: {context.impossible}."
        return None if context.exact else "Type the phrase first."

    def footer_text(self, context: ReviewContext) -> str:
        """Tells when it works."""
        return "does it" if context.exact else "works when the text is exact"


class LookAtPolicy(Command[ReviewContext]):
    """Shows the policy, after a refusal or where nothing can be done."""

    id = "look_at_policy"
    keys = ("enter",)
    label = "look at the policy"
    help = "The policy as it is now, and who changed it."
    side = "right"


class ReviewAgain(Command[ReviewContext]):
    """Reads everything again."""

    id = "again"
    keys = ("r",)
    label = "review again"
    help = "Reads the policy, its units and the other policies again."


class PolicyReviewScreen(BaseScreen):
    """Reads a policy again, says what switching it on or off means, and does so on the exact phrase only.

    Args:
        policy_id: The policy.
        action: What would be done.
    """

    SHOW_MESSAGE = False
    AUTO_FOCUS = ""
    OWN_COMMANDS: ClassVar[tuple[Command[Any], ...]] = (
        CancelReview(),
        ShowAllUnits(),
        ScrollChecks("checks_down", ("down",), 1),
        ScrollChecks("checks_up", ("up",), -1),
        ScrollChecks("checks_page_down", ("pagedown",), 5),
        ScrollChecks("checks_page_up", ("pageup",), -5),
    )

    def __init__(self, policy_id: str, action: PolicyAction) -> None:
        super().__init__()
        self.policy_id = policy_id
        self.action = action
        self.reviewed: PolicyReview | None = None
        self._notice = ""
        self._sending = False
        self._seen: list[str] = []
        self._failure: BackupTuiError | None = None
        self._wrong = ""
        self._over = False

    # -- what it says ---------------------------------------------------------------------------------------

    def subtitle(self) -> str:
        """Which policy, and when it was read."""
        if self.reviewed is None:
            return f"Review: {self.action.value} policy {short_id(self.policy_id)}"
        return words.review_title(self.reviewed, self.ws.zone)

    def focus_on(self) -> Focus:
        """The policies are followed while one is reviewed."""
        return Focus(screen="policies", policy_id=self.policy_id)

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

    def _applies(self, command: Command[Any]) -> bool:
        """The phrase's field owns all letters, so commands on letters are not here."""
        return command.id in {"redraw", "suspend", "leave"}

    @property
    def commands(self) -> CommandSet:
        """Where no phrase is asked for, `enter` and `r` lead on instead."""
        over = not self._sending and (self._failure is not None or not self._possible)
        if over != self._over:
            self._over, self._command_set = over, None
        if self._command_set is None:
            acting = (LookAtPolicy(), ReviewAgain()) if over else (CarryOut(),)
            shared = [command for command in shared_commands(self.program.titles) if self._applies(command)]
            self._command_set = CommandSet((*self.OWN_COMMANDS, *acting), shared)
        return self._command_set

    @property
    def _possible(self) -> bool:
        """Whether a phrase is asked for, or may still be once everything is read."""
        blocked = self.reviewed is not None and self.reviewed.blocked is not None
        return not blocked and self._not_from_here is None

    @property
    def _not_from_here(self) -> str | None:
        """Why nothing can be changed here, whatever the policy is: no phrase is asked for then."""
        workspace = self.program.workspace
        return workspace.read_only or workspace.barred("policies-change")

    def compose_body(self) -> ComposeResult:
        """Sentence and names, the checks, the phrase."""
        yield Paragraphs(id="review-head")
        yield Paragraphs(id="review-checks")
        with Vertical(id="review-foot"):
            yield Paragraphs(id="review-note")

    # -- life -----------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        """Reads the policy."""
        self._read()

    def on_resize(self) -> None:
        """Other sizes leave out other lines."""
        self.call_after_refresh(self._show)

    def changed(self, topics: Topics) -> None:
        """A policy that is not any more what was reviewed is read again, and what was typed does not count."""
        review, policy = self.reviewed, self.ws.store.policies.get(self.policy_id)
        if self._sending or self._failure is not None or review is None or Topic.POLICIES not in topics:
            self._show()
            return
        old = review.policy
        if policy is not None and (policy.status, policy.last_modified_date_time) != (
            old.status,
            old.last_modified_date_time,
        ):
            by = policy.last_modified_by.label if policy.last_modified_by else ""
            state = policy_status(policy.status).word
            self._notice = f"{by or 'Someone'} changed the policy meanwhile; it is {state} now. Look again."
            self._read()

    def _read(self) -> None:
        """Reads everything again; until then there is no phrase to type."""
        self.reviewed, self._failure, self._wrong, self._seen = None, None, "", []
        self._take_field_away()
        self._show()
        self.program.start(self._load(), f"review {short_id(self.policy_id)}", f"review {id(self)}", exclusive=True)

    async def _load(self) -> None:
        desk = self.ws.protection
        ask = desk.review_activation if self.action is PolicyAction.ACTIVATE else desk.review_deactivation
        try:
            self.reviewed = await ask(self.policy_id)
        except BackupTuiError as error:
            self._failure = error
        if self.is_attached:
            self._offer()
            self._show()

    # -- the phrase -----------------------------------------------------------------------------------------

    @property
    def _field(self) -> ReviewPhrase | None:
        return next(iter(self.query(ReviewPhrase)), None) if self.is_attached else None

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
        self._wrong = f'Not {self.action.value}d: you typed "{typed}", the text is "{event.phrase}".' if typed else ""
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
        if not self.is_attached:
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
            return [*lines, Para("Reading the policy, its units and the other policies again...")]
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
                lost = "No answer came. It may have happened; it is not sent again. Looking at the policy now."
                return [Para(lost, "warn"), Para(f"Look {len(self._seen)}: {self._seen[-1]}")]
            waits = self.ws.store.connection.lock_wait
            sent = f"Waiting for the answer to: {self.action.value} {policy_title(review.policy)}."
            return [Para(waits or sent, "moving")]
        if self._failure is not None:
            return words.failure(self._failure)
        if review.blocked is not None:
            return [words.not_possible(review)]
        if (reason := self._not_from_here) is not None:
            return [Para(reason, "warn")]
        return [Para(self._wrong, "bad")] if self._wrong else []

    # -- keys -----------------------------------------------------------------------------------------------

    def run_checks_down(self, row: str | None) -> None:
        """Down."""
        self.query_one("#review-checks", Paragraphs).scroll_lines(1)

    def run_checks_up(self, row: str | None) -> None:
        """Up."""
        self.query_one("#review-checks", Paragraphs).scroll_lines(-1)

    def run_checks_page_down(self, row: str | None) -> None:
        """PgDn."""
        self.query_one("#review-checks", Paragraphs).scroll_lines(5)

    def run_checks_page_up(self, row: str | None) -> None:
        """PgUp."""
        self.query_one("#review-checks", Paragraphs).scroll_lines(-5)

    def run_show_all(self, row: str | None) -> None:
        """`v`: all of the review as text."""
        if self.reviewed is not None:
            title = f"Review of {policy_title(self.reviewed.policy)}"
            self.program.push_screen(PagerScreen(title, words.whole_review(self.reviewed, self.ws.zone)))

    def run_look_at_policy(self, row: str | None) -> None:
        """`enter` where nothing can be done: the policy itself."""
        self.program.pop_screen()
        shown = self.program.shown
        if getattr(shown, "policy_id", None) != self.policy_id:
            navigation.open_policy(self.program, self.policy_id)

    def run_again(self, row: str | None) -> None:
        """`r`: reads again."""
        self._notice = ""
        self._read()

    def run_carry_out(self, row: str | None) -> None:
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
        self.program.start(self._carry_out(self.reviewed, typed), f"{self.action.value} {short_id(self.policy_id)}")

    async def _carry_out(self, review: PolicyReview, typed: str) -> None:
        desk = self.ws.protection
        act = desk.activate if self.action is PolicyAction.ACTIVATE else desk.deactivate
        try:
            policy = await act(review, typed, self._looked)
        except BackupTuiError as error:
            self._sending = False
            if not self.is_attached:
                raise  # nobody looks at this screen any more: the message line says it
            self._failure = error
            self._take_field_away()
            self._show()
            return
        finally:
            self._sending = False
        self._done(policy)

    def _looked(self, seen: str) -> None:
        """An answer was lost, and the policy was looked at."""
        self._seen.append(seen)
        self._show()

    def _done(self, policy: ProtectionPolicy) -> None:
        program = self.program
        if self.is_attached and program.shown is self:
            program.pop_screen()
        if policy_status(policy.status).moving:
            program.say(f"{policy_title(policy)} is updating; this line says how it ends.")
            follow_to_end(program, policy.id)
        else:
            program.say(ended_words(policy))
