"""Forms of one field before a review: who pays for the backup, and from when an application is in control."""

from abc import abstractmethod

from textual.app import ComposeResult

from backup_tui.errors import UsageError
from backup_tui.models.features import CONTROL, CONTROLLER
from backup_tui.models.focus import Focus
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.times import span_words
from backup_tui.protection.service_apps import GRACE_LEAST, GRACE_MOST, app_label
from backup_tui.protection.service_enable import EnableService
from backup_tui.restore.points.moments import parse_ahead, show_utc
from backup_tui.ui.review.form import ReviewForm, review_commands
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.service.reviews import activate_review, enable_review
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para


class OneFieldForm(ReviewForm):
    """A field that is filled in already, what it means, and the review."""

    NUMBER = 1
    HEADING = ""  # the line above
    LABEL = ""  # of the field

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    @abstractmethod
    def proposed(self) -> str:
        """What the field says at first."""

    @abstractmethod
    def meaning(self, typed: str) -> str:
        """What the text in the field means. Raises `UsageError`: it means nothing."""

    @abstractmethod
    def review_of(self, typed: str) -> ReviewScreen:
        """The review of what is asked for."""

    def fields(self) -> ComposeResult:
        yield FieldLine(self.LABEL, TextField(self.proposed(), id="value"))

    @property
    def typed(self) -> str:
        return self.query_one(TextField).value.strip()

    @property
    def missing(self) -> str | None:
        try:
            self.meaning(self.typed)
        except UsageError as error:
            return f"{error.message} {error.hint}".strip()
        return None

    def ready_words(self) -> str:
        return f"enter: {self.meaning(self.typed)}"

    def review(self) -> ReviewScreen:
        return self.review_of(self.typed)


class EnableForm(OneFieldForm):
    """Whose billing profile pays for the backup that is turned on."""

    HEADING = "Backup service > Turn the backup on"
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

    HEADING = "Controlling applications > Give control"
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


EnableForm.offers(review_commands("this change", feature=CONTROL.id))
ActivateForm.offers(review_commands("this change", feature=CONTROLLER.id))
