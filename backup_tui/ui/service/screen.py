"""The backup service of the tenant: what it allows and until when, who controls it, who gets e-mail about it."""

from textual.app import ComposeResult

from backup_tui.models.features import CONTROL, NOTIFY_CHANGE, SERVICE, STATISTICS
from backup_tui.models.focus import Focus
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenEnableForm, OpenNotifyForm, OpenServiceApps, OpenStatistics
from backup_tui.ui.vocabulary.service import (
    ServiceText,
    control_lines,
    control_words,
    locked_lines,
    mail_lines,
    mail_words,
    state_words,
)
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

_TOPICS = frozenset({Topic.SERVICE, Topic.CONNECTION, Topic.MINUTE})


class ServiceContext(Context, frozen=True):
    """What the commands of the screen look at."""

    on: bool = False  # the backup is on, and nothing is locked
    off: bool = False  # it is off


class ServiceDetail(BaseScreen):
    """State, dates, control and e-mail in full."""

    NUMBER = 1
    VIEW = "service"

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    def context(self) -> ServiceContext:
        state = self.ws.store.connection.service
        on = state.value.lower() == "enabled"
        return ServiceContext(read_only=self.program.workspace.read_only, on=on, off=state.off)

    def compose_body(self) -> ComposeResult:
        yield SectionLine(self.heading(), classes="title")
        yield Paragraphs(id="service-lines")

    def on_mount(self) -> None:
        self._show()

    def changed(self, change: Change) -> None:
        if change.topics & _TOPICS:
            self._show()

    def _show(self) -> None:
        if self.is_open:
            self.query_one(".title", SectionLine).say(self.heading())
            self.query_one("#service-lines", Paragraphs).show(self.paragraphs())

    def heading(self) -> Section:
        """The state of the service, and who changed it last."""
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        said = state_words(store, zone, now)  # its dates are in the sentences below
        status = store.service_root.service_status if store.service_root else None
        changed = ""
        if status is not None and status.last_modified_date_time is not None:
            who = status.last_modified_by.label if status.last_modified_by is not None else ""
            changed = f"changed {clock_words(status.last_modified_date_time, zone, now)}{who and f' by {who}'}"
        return Section("Backup service", Cell(said.words.partition(", ")[0], said.look), changed)

    def paragraphs(self) -> list[Para]:
        """State, control, mail, each with what is wrong first."""
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        state = store.connection.service
        control, mails = control_words(store, zone, now), mail_words(store, zone, now)
        lines = [_line(line) for line in locked_lines(state, zone, now)]
        if not lines and store.service_root is not None:
            lines.append(_line("Restores and changes of protection are allowed."))
        if state.off:
            lines.append(_line("E turns it on from here, if the billing allows it."))
        if state.grace_until is not None:
            verb = "ended" if state.grace_until <= now else "ends"
            lines.append(_line(f"The grace period {verb} {clock_words(state.grace_until, zone, now)}.", "warn"))
        known = store.freshness(fresh.SERVICE_ROOT)
        if known.error and store.service_root is not None:
            lines.append(_line(f"Not read again: {known.error}", "warn"))
        lines += [Para(), _section("Control", control), *map(_line, control_lines(store, zone, now))]
        return [*lines, Para(), _section("E-mail", mails), *map(_line, mail_lines(store))]

    # -- keys -----------------------------------------------------------------------------------------------

    def turn_on(self, row: str | None) -> None:
        self.program.open(OpenEnableForm())

    def open_apps(self, row: str | None) -> None:
        self.program.open(OpenServiceApps())

    def open_statistics(self, row: str | None) -> None:
        self.program.open(OpenStatistics())

    def change_mails(self, row: str | None) -> None:
        setting = self.ws.store.details.notifications
        if setting is None:
            self.say("The e-mail setting was not read, so it cannot be changed. r reads it again.")
        else:
            self.program.open(OpenNotifyForm(setting))

    def copy_all(self, row: str | None) -> None:
        text = "\n".join((self.heading().text, self.query_one("#service-lines", Paragraphs).text))
        self.say(copy(self.app, text, "everything about the service"))


def _line(line: str, look: str = "") -> Para:
    return Para(line.strip(), look, mark="    " if line.startswith(" ") else "  ")


def _section(title: str, said: ServiceText) -> Para:
    return Para(look="section", parts=(title, Cell(said.words, said.look or "calm")))


def _scroll(id: str, keys: tuple[str, ...], lines: int) -> Command[ServiceDetail, Context]:
    """Scrolls the text where it is higher than the screen."""
    return Command(
        id,
        keys,
        help="Scrolls down." if lines > 0 else "Scrolls up.",
        run=lambda screen, _row: screen.query_one("#service-lines", Paragraphs).scroll_lines(lines),
        group="Move",
        in_fields=False,
    )


# fmt: off
COMMANDS: Commands[ServiceDetail, ServiceContext] = (
    Command("applications", ("a",), "applications",
            "Shows the applications that can be given control of the backup; registers, activates, removes them.",
            run=ServiceDetail.open_apps, name="applications", aliases=("controller",), feature=SERVICE.id, weight=1),
    Command("statistics", ("S",), "statistics", "Shows what the service itself counts of each policy (beta).",
            run=ServiceDetail.open_statistics, name="statistics", feature=STATISTICS.id, weight=3),
    Command("turn_on", ("E",), "turn on", "Asks who pays, then reviews turning the backup on.",
            run=ServiceDetail.turn_on, name="turn the backup on", aliases=("enable",), group="Change", changes=True,
            feature=CONTROL.id, weight=2,
            blocked=lambda context: "The backup is on already." if context.on else None,
            footer_text=lambda context: "turn on" if context.off else ""),
    Command("change_mails", ("c",), "change e-mail",
            "Opens a form: whether mail is sent, about what, to whom; nothing is sent before its review.",
            run=ServiceDetail.change_mails, group="Change", changes=True, needs="service", feature=NOTIFY_CHANGE.id),
    Command("copy", ("y",), "copy all", "Copies everything here.", run=ServiceDetail.copy_all),
    _scroll("scroll_down", ("j", "down"), 1),
    _scroll("scroll_up", ("k", "up"), -1),
    _scroll("scroll_page_down", ("pagedown",), 10),
    _scroll("scroll_page_up", ("pageup",), -10),
)
# fmt: on
ServiceDetail.offers(COMMANDS)
