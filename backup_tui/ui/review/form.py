"""A form before a review: fields, and a last line that opens it; nothing is sent from here."""

from abc import abstractmethod
from typing import ClassVar

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.ui.frame.commands import Command, Commands, Context, Needs
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, RadioLine
from backup_tui.ui.widgets.form_parts import ActLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section


class FormContext(Context, frozen=True):
    """What the commands of the form look at."""

    missing: str | None = None  # why no review can be opened; None when it can


class ReviewForm(FormScreen):
    """The fields of a change. A form says what they are, what they come to, and which review that opens."""

    HEADING: ClassVar[str] = ""

    def heading(self) -> str:
        """The line above."""
        return self.HEADING

    def lines(self) -> list[Para]:
        """What has to be known before."""
        return []

    def fields(self) -> ComposeResult:
        """The fields, in their order."""
        yield from ()

    def compose_body(self) -> ComposeResult:
        yield SectionLine(Section(self.heading()), classes="title")
        yield Paragraphs([*self.lines(), Para()])
        yield from self.fields()
        yield Paragraphs([Para()])
        yield ActLine("Review")

    def on_mount(self) -> None:
        self.stops[0].focus()
        self.show_form()

    @property
    def stops(self) -> list[Widget]:
        return [*(line.field for line in self.query(FieldLine)), self.query_one(ActLine)]

    @abstractmethod
    def review(self) -> ReviewScreen:
        """The review of what the fields say."""

    @abstractmethod
    def ready_words(self) -> str:
        """What `enter` on the last line would do. Raises `UsageError`: what the fields say is no change yet."""

    @property
    def missing(self) -> str | None:
        """Why no review can be opened; None when it can."""
        try:
            self.ready_words()
        except UsageError as error:
            return error.message
        return None

    def context(self) -> FormContext:
        return FormContext(read_only=self.program.workspace.read_only, missing=self.missing)

    @on(RadioLine.Changed)
    @on(Input.Changed)
    def _field_changed(self) -> None:
        self.show_form()

    def show_form(self) -> None:
        """Shows what the last line does now, or why it does nothing."""
        if not self.is_open or not self.query(ActLine):
            return
        act, missing = self.query(ActLine).first(), self.missing
        if missing is not None:
            act.tell("Review", f"not yet: {missing[:1].lower()}{missing[1:]}", ready=False)
        else:
            act.tell("Review", self.ready_words(), ready=True, shorter="enter opens the review")
        self.refresh_frame()

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.step(1)

    @on(ActLine.Pressed)
    def _act(self) -> None:
        self.press("review_it")

    def open_review(self, row: str | None) -> None:
        """`enter` on the last line."""
        self.go_on(self.review())

    def go_on(self, review: ReviewScreen) -> None:
        """Opens the review in place of the form."""
        self.give_way_to(review)


def review_commands(what: str, *, feature: str, needs: Needs = "") -> Commands[ReviewForm, FormContext]:
    """The commands of a form that reviews `what`, such as `this change`; `feature` and `needs` as in `Command`."""
    # fmt: off
    return (
        Command("next_field", ("enter", "tab", "down"), "next field",
                "The next field; on the last line opens the review.", run=ReviewForm.next_field),
        Command("field_before", ("shift+tab", "up"), help="The field before.", run=ReviewForm.field_before),
        Command("review_it", help=f"Opens the review of {what}; nothing is sent before its phrase is typed.",
                run=ReviewForm.open_review, name="review", group="Change", changes=True, needs=needs, feature=feature,
                blocked=lambda context: f"Not yet: {context.missing}" if context.missing else None),
        replace(BACK, keys=("escape",), label="back, nothing sent", side="right"),
    )
    # fmt: on
