"""The backup service of the tenant: what it allows and until when, who controls it, who gets mails about it."""

from __future__ import annotations

from textual.app import ComposeResult

from backup_tui.models.features import NOTIFY_CHANGE, SERVICE
from backup_tui.models.focus import Focus
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Change, Topic
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import OpenNotifyForm
from backup_tui.ui.vocabulary.names import marked_word
from backup_tui.ui.vocabulary.service import (
    control_lines,
    locked_lines,
    mail_lines,
    not_known,
)
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words

_TOPICS = frozenset({Topic.SERVICE, Topic.CONNECTION, Topic.MINUTE})


class ServiceDetail(BaseScreen):
    """State, dates, control and mails in full."""

    NUMBER = 1
    VIEW = "service"

    def focus_on(self) -> Focus:
        """State, control and mails are read."""
        return Focus(screen="service")

    def compose_body(self) -> ComposeResult:
        """A title and the text."""
        yield SectionLine(Section("Backup service"), classes="title")
        yield Paragraphs(id="service-lines")

    def on_mount(self) -> None:
        """Shows what is known already."""
        self._show()

    def changed(self, change: Change) -> None:
        """Shows what differs."""
        if change.topics & _TOPICS:
            self._show()

    def _show(self) -> None:
        if self.is_open:
            self.query_one("#service-lines", Paragraphs).show(self.paragraphs())

    def paragraphs(self) -> list[Para]:
        """State, control, mails: what is wrong first, an empty line between them."""
        store, zone, now = self.ws.store, self.ws.zone, self.ws.clock.now()
        state = store.connection.service
        if store.service_root is None:
            lines = [Para(f"Service: {not_known(store.freshness(fresh.SERVICE_ROOT), SERVICE, zone, now)}.", "warn")]
        else:
            lines = [Para(f"Service: {marked_word(state.status)}.", state.status.tone.value if state.locked else "")]
            told = locked_lines(state, zone, now)
            lines += [Para(line) for line in told] or [Para("Restores and changes of protection are allowed.")]
        if state.grace_until is not None:
            verb = "ended" if state.grace_until <= now else "ends"
            lines.append(Para(f"The grace period {verb} {clock_words(state.grace_until, zone, now)}.", "warn"))
        root = store.service_root
        changed = root.service_status.last_modified_date_time if root and root.service_status else None
        if changed is not None and root is not None and root.service_status is not None:
            by = root.service_status.last_modified_by
            who = f" by {by.label}" if by is not None and by.label else ""
            lines.append(Para(f"Last change {clock_words(changed, zone, now)}{who}."))
        lines += [Para(), *_moved_in(control_lines(store, zone, now))]
        lines += [Para(), *_moved_in(mail_lines(store, zone, now))]
        known = store.freshness(fresh.SERVICE_ROOT)
        if known.error and store.service_root is not None:
            lines += [Para(), Para(f"Not read again: {known.error}", "warn")]
        return lines

    # -- keys -----------------------------------------------------------------------------------------------

    def change_mails(self, row: str | None) -> None:
        setting = self.ws.store.details.notifications
        if setting is None:
            self.say("Who gets e-mail was not read, so it cannot be changed; r reads it again.")
        else:
            self.program.open(OpenNotifyForm(setting))

    def copy_all(self, row: str | None) -> None:
        text = "\n".join(f"{para.mark}{para.text}" for para in self.paragraphs())
        self.say(copy(self.app, text, "what is said about the service"))


def _moved_in(lines: list[str]) -> list[Para]:
    return [Para(line.strip(), mark="  " if line.startswith(" ") else "") for line in lines]


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
COMMANDS: Commands[ServiceDetail, Context] = (
    Command("change_mails", ("c",), "change e-mail",
            "Opens a form: whether mails are sent, about what, to whom. Nothing is sent before its review.",
            run=ServiceDetail.change_mails, group="Change", changes=True, needs="service", feature=NOTIFY_CHANGE.id),
    Command("copy", ("y",), "copy all", "Copies all that is said here.", run=ServiceDetail.copy_all),
    _scroll("scroll_down", ("j", "down"), 1),
    _scroll("scroll_up", ("k", "up"), -1),
    _scroll("scroll_page_down", ("pagedown",), 10),
    _scroll("scroll_page_up", ("pageup",), -10),
)
# fmt: on
ServiceDetail.offers(COMMANDS)
