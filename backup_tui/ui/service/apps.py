"""The applications that can be given control of the backup, and which one has it."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from backup_tui.models.features import CONTROL, CONTROLLER
from backup_tui.models.focus import Focus
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.statuses import SERVICE_APP_STATES, service_app_status
from backup_tui.models.text import safe
from backup_tui.protection.service_apps import app_label, is_own
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.filters import Language, Term, parse_filter, status_matches, text_matches
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN_ROW, Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.service.forms import ActivateForm
from backup_tui.ui.service.reviews import deactivate_review, register_review, remove_review
from backup_tui.ui.vocabulary.names import marked_word
from backup_tui.ui.vocabulary.sent import as_it_is_sent
from backup_tui.ui.vocabulary.service import control_words
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words, day_words


class AppContext(Context, frozen=True):
    """What the commands of the list look at."""

    app: ServiceApp | None = None  # the application under the cursor; None when there is none


class AppsScreen(ListScreen):
    """All registered applications, the one in control first."""

    NUMBER = 1
    VIEW = "service"
    COLUMNS = (
        Column("name", "Application", 28, least=16, grow=1, always=True),
        Column("status", "Status", 20, always=True),
        Column("since", "From", 14),
        Column("registered", "Registered", 11, drop=1),
    )
    TOPICS = frozenset({Topic.SERVICE})
    GAP = 2
    LANGUAGE = Language(("status",), SERVICE_APP_STATES)

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    def app_of(self, row: str | None) -> ServiceApp | None:
        return next((app for app in self.ws.store.details.service_apps if app.id == row), None)

    def context(self) -> AppContext:
        return AppContext(self.row, read_only=self.program.workspace.read_only, app=self.app_of(self.row))

    def keys(self) -> Sequence[str]:
        wanted = parse_filter(self.filter_text, self.LANGUAGE)
        apps = sorted(
            self.ws.store.details.service_apps, key=lambda app: (service_app_status(app.status).rank, app.label)
        )
        return [app.id for app in apps if wanted.keeps(app, _has)]

    def cells(self, key: str) -> Sequence[Cell]:
        app, zone, now = self.app_of(key), self.ws.zone, self.now
        if app is None:
            return (Cell(""),) * len(self.COLUMNS)
        state = service_app_status(app.status)
        since, registered = app.effective_date_time, app.registration_date_time
        return (
            Cell(app_label(app)),
            Cell(marked_word(state), state.tone.value),
            Cell(clock_words(since, zone, now) if since is not None else ""),
            Cell(day_words(registered, zone, now) if registered is not None else ""),
        )

    def heading(self) -> Section:
        known = self.ws.store.freshness(fresh.SERVICE_APPS)
        count = "" if known.never_read else f" {len(self.ws.store.details.service_apps):,}"
        control = control_words(self.ws.store, self.ws.zone, self.now)
        return Section(f"Applications{count}", self.freshness_words(known), f"in control: {control.words}")

    def total(self) -> int:
        return len(self.ws.store.details.service_apps)

    def empty_words(self) -> str:
        known = self.ws.store.freshness(fresh.SERVICE_APPS)
        if known.never_read:
            if (barred := self.barred("service")) is not None:
                return barred
            return f"The applications could not be read: {known.error}" if known.error else "Loading…"
        if self.filter_text:
            return f'No application matches "{self.filter_text}". Esc clears the filter.'
        return "No application is registered. + registers the one that this program signs in with."

    def about(self, key: str) -> list[Section | str]:
        app = self.app_of(key)
        if app is None:
            return []
        state, named = service_app_status(app.status), app.application
        own = "This program signs in with it." if is_own(app, self.ws.who) else ""
        client = f"Application {named.id}" if named is not None and named.id else ""
        by = app.last_modified_by.label if app.last_modified_by is not None else ""
        changed = app.last_modified_date_time
        when = f"Changed {clock_words(changed, self.ws.zone, self.now)}{by and f' by {by}'}." if changed else ""
        lines = (f"{_meaning(app)} {own}".strip(), client, f"Registration {app.id}", when)
        return [
            Section(safe(app_label(app)), right=Cell(marked_word(state), state.tone.value)),
            *filter(None, lines),
        ]

    # -- keys -----------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        if row is not None and (app := self.app_of(row)) is not None:
            title, *lines = self.about(row)
            name = title.title if isinstance(title, Section) else app_label(app)
            later = partial(as_it_is_sent, partial(self.ws.reader.service_app, app.id))
            self.program.push_screen(PagerScreen(name, [str(line) for line in lines], later=later))

    def register(self, row: str | None) -> None:
        self.program.push_screen(register_review())

    def activate(self, row: str | None) -> None:
        if (app := self.app_of(row)) is not None:
            self.program.push_screen(ActivateForm(app))

    def deactivate(self, row: str | None) -> None:
        if row is not None:
            self.program.push_screen(deactivate_review(row))

    def remove_app(self, row: str | None) -> None:
        if row is not None:
            self.program.push_screen(remove_review(row))

    def copy_id(self, row: str | None) -> None:
        if (app := self.app_of(row)) is not None:
            self.say(copy(self.app, app.id, f"registration id of {app_label(app)}"))


def _has(app: ServiceApp, term: Term) -> bool:
    state = service_app_status(app.status)
    if term.field == "status":
        return status_matches(state, term.text)
    named = app.application.id if app.application is not None else None
    return text_matches((app.label, state.word, app.id, named), term.text)


def _meaning(app: ServiceApp) -> str:
    """What its status means for it, in a sentence."""
    if app.coming:
        return "Until it takes control, it may only read policies and units."
    if (app.status or "").lower() == "pendinginactive":
        return "It stays in control until the time shown."
    if app.in_control:
        return "Changes by anything else may be refused."
    return "It controls nothing." if service_app_status(app.status).value == "inactive" else ""


def _needs(status: str, otherwise: str, context: AppContext) -> str | None:
    if context.app is None:
        return "No application here."
    state = service_app_status(context.app.status)
    return None if state.value == status else f"It is {state.word}; {otherwise}."


# fmt: off
COMMANDS: Commands[AppsScreen, AppContext] = (
    Command("register", ("plus",), "register this one",
            "Reviews registering the application that this program signs in with.",
            run=AppsScreen.register, group="Change", changes=True, feature=CONTROL.id, weight=2),
    Command("copy_id", ("y",), "copy id", "Copies the id of the registration.", run=AppsScreen.copy_id, needs_row=True,
            weight=6),
    FILTER,
    replace(OPEN_ROW, label="everything", help="Everything about the application, with what the service sends.",
            weight=7),
    Command("remove_app", ("D",), "REMOVE", "Reviews removing the registration.", run=AppsScreen.remove_app,
            name="remove", group="Change", side="right", weight=3, changes=True, feature=CONTROL.id, needs_row=True),
    Command("deactivate", ("X",), "DEACTIVATE", "Reviews having the application in control hand it over.",
            run=AppsScreen.deactivate, name="deactivate", group="Change", side="right", weight=2, changes=True,
            feature=CONTROLLER.id,
            blocked=lambda context: _needs("active", "this needs the one in control", context)),
    Command("activate", ("A",), "activate", "Asks from when the application is to be in control, then reviews it.",
            run=AppsScreen.activate, name="activate", group="Change", side="right", weight=2, changes=True,
            feature=CONTROLLER.id,
            blocked=lambda context: _needs("inactive", "this needs one that is not in control", context)),
)
# fmt: on
AppsScreen.offers(COMMANDS)
