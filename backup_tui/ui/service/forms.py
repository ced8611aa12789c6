"""Forms of one field before a review: who pays for the backup, and from when an application is in control."""

from __future__ import annotations

from abc import abstractmethod

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.models.features import CONTROL, CONTROLLER
from backup_tui.models.focus import Focus
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.times import span_words
from backup_tui.protection.service_apps import GRACE_LEAST, GRACE_MOST, app_label
from backup_tui.protection.service_enable import EnableService
from backup_tui.restore.points.moments import parse_ahead, show_utc
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.service.reviews import activate_review, enable_review
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section


class OneFieldContext(Context, frozen=True):
    """What the commands of the form look at."""

    missing: str | None = None  # why no review can be opened; None when it can


class OneFieldForm(FormScreen):
    """A field that is filled in already, what it means, and the review."""

    NUMBER = 1
    TITLE = ""  # the line above
    LABEL = ""  # of the field

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    @abstractmethod
    def lines(self) -> list[Para]:
        """What has to be known before."""

    @abstractmethod
    def proposed(self) -> str:
        """What the field says at first."""

    @abstractmethod
    def meaning(self, typed: str) -> str:
        """What the text in the field means. Raises `UsageError`: it means nothing."""

    @abstractmethod
    def review_of(self, typed: str) -> ReviewScreen:
        """The review of what is asked for."""

    def compose_body(self) -> ComposeResult:
        yield SectionLine(Section(self.TITLE), classes="title")
        yield Paragraphs([*self.lines(), Para()])
        yield FieldLine(self.LABEL, TextField(self.proposed(), id="value"))
        yield Paragraphs([Para()])
        yield ActLine("Review")

    def on_mount(self) -> None:
        self.stops[0].focus()
        self._show()

    @property
    def stops(self) -> list[Widget]:
        return [self.query_one(TextField), self.query_one(ActLine)]

    @property
    def typed(self) -> str:
        return self.query_one(TextField).value.strip()

    @property
    def _missing(self) -> str | None:
        try:
            self.meaning(self.typed)
        except UsageError as error:
            return f"{error.message} {error.hint}".strip()
        return None

    def context(self) -> OneFieldContext:
        return OneFieldContext(read_only=self.program.workspace.read_only, missing=self._missing)

    @on(Input.Changed)
    def _show(self) -> None:
        if not self.is_open or not self.query(ActLine):
            return
        act, missing = self.query_one(ActLine), self._missing
        if missing is not None:
            act.tell("Review", f"not yet: {missing[:1].lower()}{missing[1:]}", ready=False)
        else:
            words = self.meaning(self.typed)
            act.tell("Review", f"enter: {words}", ready=True, shorter="enter opens the review")
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
        self.give_way_to(self.review_of(self.typed))


class EnableForm(OneFieldForm):
    """Whose billing profile pays for the backup that is turned on."""

    TITLE = "Backup service > Turn the backup on"
    LABEL = "Owner"

    def lines(self) -> list[Para]:
        return [
            Para(
                "The owner is the tenant of the application that is used here; its billing profile pays. For an "
                "application of your own it is this tenant."
            ),
            Para("Nothing is backed up until a policy is active. It cannot be turned off from here."),
        ]

    def proposed(self) -> str:
        return self.ws.who.tenant_id or ""

    def meaning(self, typed: str) -> str:
        EnableService(typed.lower()).check()
        own = typed.casefold() == (self.ws.who.tenant_id or "").casefold()
        return f"{self.ws.who.tenant if own else 'another tenant'} pays"

    def review_of(self, typed: str) -> ReviewScreen:
        return enable_review(typed.lower())


class ActivateForm(OneFieldForm):
    """From when a registered application is in control."""

    TITLE = "Controlling applications > Give control"
    LABEL = "From"

    def __init__(self, app: ServiceApp) -> None:
        super().__init__()
        self._app = app

    def lines(self) -> list[Para]:
        return [
            Para(f"{app_label(self._app)} takes control of the backup of {self.ws.who.tenant} at the time below."),
            Para(
                "Microsoft's product page names a grace period of 7 to 30 days. Until then the application may only "
                "read policies and units, and whoever is in control stays in control."
            ),
            Para("A span from now, such as 14d, or a date with its year, such as 2026-12-20 14:00.", "dim"),
        ]

    def proposed(self) -> str:
        return "7d"

    def meaning(self, typed: str) -> str:
        now = self.ws.clock.now()
        when = parse_ahead(typed, self.ws.zone, now)
        ahead = when - now
        within = GRACE_LEAST <= ahead <= GRACE_MOST
        span = f"in {span_words(ahead)}" if when > now else "at once"
        return f"{show_utc(when, now)} UTC, {span}{'' if within else ': outside 7 to 30 days'}"

    def review_of(self, typed: str) -> ReviewScreen:
        return activate_review(self._app.id, parse_ahead(typed, self.ws.zone, self.ws.clock.now()))


def _commands(feature: str) -> Commands[OneFieldForm, OneFieldContext]:
    # fmt: off
    return (
        Command("next_field", ("enter", "tab", "down"), "next field",
                "The next field; on the last line opens the review.", run=OneFieldForm.next_field),
        Command("field_before", ("shift+tab", "up"), help="The field before.", run=OneFieldForm.field_before),
        Command("review_it", help="Opens the review of this change; nothing is sent before its phrase is typed.",
                run=OneFieldForm.open_review, name="review", group="Change", changes=True, feature=feature,
                blocked=lambda context: f"Not yet: {context.missing}" if context.missing else None),
        replace(BACK, keys=("escape",), label="back, nothing sent", side="right"),
    )
    # fmt: on


EnableForm.offers(_commands(CONTROL.id))
ActivateForm.offers(_commands(CONTROLLER.id))
