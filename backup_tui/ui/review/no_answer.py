"""A start was sent and no answer came: what is done to find out, and what became of it."""

from __future__ import annotations

from datetime import timedelta

from backup_tui.changes.findings import Finding, Look, Verdict
from backup_tui.models.text import short_id
from backup_tui.models.times import span_words
from backup_tui.restore.review import activation
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.review.outcome import BACK_TO_LIST, COPY_SESSION, OutcomeScreen
from backup_tui.ui.routes import OpenReview, OpenUnknown
from backup_tui.ui.widgets.paragraphs import Para


class NoAnswer(OutcomeScreen):
    """Follows a start without an answer until it is known; sends nothing but reads.

    Args:
        outcome: The start, and whether it left just now.
    """

    def __init__(self, outcome: activation.Unknown) -> None:
        super().__init__(outcome.intent.target or "")
        self._outcome = outcome
        self._looks: list[Look] = []
        self._finding: Finding | None = None

    def subtitle(self) -> str:
        """Which start."""
        return f"No answer: start of {short_id(self.session_id)}"

    def on_mount(self) -> None:
        """Begins to look."""
        self.program.start(self._follow(), f"follow the start of {short_id(self.session_id)}")

    async def _follow(self) -> None:
        """Looks until it is known. It goes on when this screen is left; the message line then says what was found."""
        self._finding = await self.ws.lost_answers.resolve(self._outcome.intent, self._looked)
        if self.is_open and self.is_current:
            self.show()
        else:
            self.program.say(f"Start of {short_id(self.session_id)}: {self._finding.words}")

    def _looked(self, look: Look) -> None:
        self._looks.append(look)
        self.show()

    # -- what it says ---------------------------------------------------------------------------------------

    def paragraphs(self) -> list[Para]:
        """What was sent, each look, and the end."""
        zone, sent = self.ws.zone, self._outcome.intent.at
        at = f"{sent.astimezone(zone):%H:%M:%S}" if self.now - sent < timedelta(hours=12) else self.at(sent)
        first = f"The request to start {short_id(self.session_id)} was sent at {at} and no answer came."
        again = "It may have started. It is not sent again."
        if not self._outcome.sent_now:
            again = "It may have started. Nothing was sent now: that has to be known first."
        lines = [Para(first, "strong"), Para(again), Para()]
        lines += [
            Para(f"try {look.number}: {look.words}", mark=f"  {look.at.astimezone(zone):%H:%M:%S}  ")
            for look in self._looks
        ]
        if self._finding is not None:
            return [*lines, *([Para()] if self._looks else []), *self._ending(self._finding)]
        return [
            *lines,
            Para(f"Reading the session now (try {len(self._looks) + 1})...", "moving", "  "),
            Para(),
            Para("Do nothing else; this screen will say which. esc leaves it; the looking goes on.", "warn"),
        ]

    def _ending(self, finding: Finding) -> list[Para]:
        hints = ["y  copy its id", "esc  back to the list"]
        words = finding.words
        if finding.verdict is Verdict.DONE:
            hints.insert(0, "enter  watch it")
        elif finding.verdict is Verdict.NOT_DONE:
            if len(self._looks) > 1:
                over = span_words(self._looks[-1].at - self._outcome.intent.at)
                words += f" Looked {len(self._looks)} times over {over}."
            if finding.session is not None:
                words += " A opens the review again."
                hints.insert(0, "A  review again")
        else:
            words += " The header says UNKNOWN until it is settled."
            hints.insert(0, "enter  other ways to settle it")
        seen = f" ({self.at(finding.seen_at)})" if finding.seen_at is not None else ""
        look = "good" if finding.verdict is Verdict.DONE else "warn"
        return [Para(f"{words}{seen}", look), Para(), Para(parts=tuple(hints), mark="  ")]

    # -- keys -----------------------------------------------------------------------------------------------

    def open_found(self, row: str | None) -> None:
        """The restore that started, or the other ways to settle it."""
        finding = self._finding
        if finding is None:
            self.say("Not known yet; this screen will say.")
        elif finding.verdict is Verdict.DONE:
            self.watch_session(row)
        elif finding.verdict is Verdict.NOT_DONE:
            self.say("It did not start; A opens the review again.")
        elif self.close():
            self.program.open(OpenUnknown(self._outcome.intent.id))

    def review_again(self, row: str | None) -> None:
        """The review, when the draft certainly did not start."""
        finding = self._finding
        if finding is None or finding.verdict is not Verdict.NOT_DONE or finding.session is None:
            self.say("Only when it is known that the draft did not start.")
            return
        if self.close():
            self.program.open(OpenReview(self.session_id))


# fmt: off
COMMANDS: Commands[NoAnswer, Context] = (
    Command("open_found", ("enter",), "go on",
            "Watches the restore that started; or offers the other ways to settle it.", run=NoAnswer.open_found),
    Command("review_again", ("A",), "review again",
            "Opens the review again, once it is known that the draft did not start.", run=NoAnswer.review_again,
            changes=True, needs="restore", feature="restore", group="Change"),
    COPY_SESSION,
    BACK_TO_LIST,
)
# fmt: on
NoAnswer.offers(COMMANDS)
