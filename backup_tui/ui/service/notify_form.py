"""Who gets e-mail about the backup: a small form, and the review before anything is sent."""

from __future__ import annotations

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import UsageError
from backup_tui.models.features import NOTIFY_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients
from backup_tui.protection.notifications import NotifyChange, setting_words
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.form_screen import FormScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.form_parts import ActLine
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.spans import Section

_ON = (("on", "on"), ("off", "off"))
_ABOUT = (("important", "important news"), ("all", "policies and restores too"))
_TO = (
    (Recipients.GLOBAL_ADMINS.value, "global admins"),
    (Recipients.BACKUP_ADMINS.value, "backup admins"),
    (Recipients.ALL_ADMINS.value, "both"),
    (Recipients.CUSTOM.value, "a list"),
)


class NotifyContext(Context, frozen=True):
    """What the commands of the form look at."""

    missing: str | None = None  # why no review can be opened; None when it can


class NotifyForm(FormScreen):
    """On or off, about what, to whom; filled in as the setting is now."""

    NUMBER = 1

    def __init__(self, setting: EmailNotificationsSetting) -> None:
        super().__init__()
        self._setting = setting

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    def compose_body(self) -> ComposeResult:
        setting = self._setting
        yield SectionLine(Section("Backup service > Who gets e-mail"), classes="title")
        yield Paragraphs([Para(f"Now mails are {setting_words(setting)}."), Para()], id="notify-now")
        enabled = {True: "on", False: "off", None: None}[setting.is_enabled]
        yield FieldLine("E-mail", RadioLine(_ON, enabled, id="enabled"))
        yield FieldLine("About", RadioLine(_ABOUT, "all" if setting.tells_all else "important", id="about"))
        roles = {role.lower(): role for role, _words in _TO}
        yield FieldLine("To", RadioLine(_TO, roles.get(setting.role.lower()), id="to"))
        yield FieldLine("Addresses", TextField(", ".join(setting.addresses), id="addresses"))
        yield Paragraphs([Para()])
        yield ActLine("Review")

    def on_mount(self) -> None:
        self.stops[0].focus()
        self._show()

    @property
    def stops(self) -> list[Widget]:
        return [
            self.query_one("#enabled", RadioLine),
            self.query_one("#about", RadioLine),
            self.query_one("#to", RadioLine),
            self.query_one("#addresses", TextField),
            self.query_one(ActLine),
        ]

    # -- what the form says ---------------------------------------------------------------------------------

    def change(self) -> NotifyChange:
        """What the form asks for, only as far as it differs from the setting."""
        setting = self._setting
        enabled = self.query_one("#enabled", RadioLine).value
        tells_all = self.query_one("#about", RadioLine).value == "all"
        chosen = self.query_one("#to", RadioLine).value
        recipients = Recipients(chosen) if chosen is not None else None
        addresses: tuple[str, ...] = ()
        if recipients is Recipients.CUSTOM:
            typed = self.query_one("#addresses", TextField).value.replace(";", ",").split(",")
            addresses = tuple(dict.fromkeys(address.strip() for address in typed if address.strip()))
        same = recipients is not None and recipients.lower() == setting.role.lower() and addresses == setting.addresses
        return NotifyChange(
            enabled=None if enabled is None or (enabled == "on") is setting.is_enabled else enabled == "on",
            all_events=None if tells_all is setting.tells_all else tells_all,
            recipients=None if same else recipients,
            addresses=() if same else addresses,
        )

    @property
    def _missing(self) -> str | None:
        try:
            self.change().body()
        except UsageError as error:
            return error.message
        return None

    def context(self) -> NotifyContext:
        return NotifyContext(read_only=self.program.workspace.read_only, missing=self._missing)

    @on(RadioLine.Changed)
    @on(Input.Changed)
    def _show(self) -> None:
        if not self.is_open or not self.query(ActLine):
            return
        custom = self.query_one("#to", RadioLine).value == Recipients.CUSTOM
        self.query_one("#addresses", TextField).disabled = not custom
        missing = self._missing
        act = self.query_one(ActLine)
        if missing is not None:
            act.tell("Review", f"not yet: {missing[:1].lower()}{missing[1:]}", ready=False)
        else:
            then = EmailNotificationsSetting.read({**self._setting.raw(), **self.change().body()})
            act.tell("Review", f"enter: mails {setting_words(then)}", ready=True, shorter="enter opens the review")
        self.refresh_frame()

    # -- keys -----------------------------------------------------------------------------------------------

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.step(1)

    @on(ActLine.Pressed)
    def _act(self) -> None:
        self.press("review_it")

    def open_review(self, row: str | None) -> None:
        """`enter` on the last line."""
        self.give_way_to(notify_review(self.change()))


def notify_review(change: NotifyChange) -> ReviewScreen:
    """The review before it is changed who gets mails."""
    return ReviewScreen(
        Presentation(
            change=change,
            about="Review",
            reading="Reading who gets e-mail now...",
            focus=Focus(screen="service"),
            feature=NOTIFY_CHANGE.id,
            needs="service",
            done=_done,
            follows=frozenset({Topic.SERVICE}),
            meanwhile=_meanwhile,
        )
    )


async def _done(
    _screen: ReviewScreen, _review: ChangeReview[EmailNotificationsSetting], setting: EmailNotificationsSetting
) -> str:
    return f"Mails are {setting_words(setting)} now."


def _meanwhile(store: Store, review: ChangeReview[EmailNotificationsSetting]) -> str:
    """Somebody else set it otherwise."""
    now = store.details.notifications
    if now is None or setting_words(now) == setting_words(review.thing):
        return ""
    return f"It was changed meanwhile: mails are {setting_words(now)} now. Look again."


# fmt: off
COMMANDS: Commands[NotifyForm, NotifyContext] = (
    Command("next_field", ("enter", "tab", "down"), "next field", "The next field; on the last line opens the review.",
            run=NotifyForm.next_field),
    Command("field_before", ("shift+tab", "up"), help="The field before.", run=NotifyForm.field_before),
    Command("review_it", help="Opens the review of this change; nothing is sent before its phrase is typed.",
            run=NotifyForm.open_review, name="review", group="Change", changes=True, needs="service",
            feature=NOTIFY_CHANGE.id,
            blocked=lambda context: f"Not yet: {context.missing}" if context.missing else None),
    replace(BACK, keys=("escape",), label="back, nothing sent", side="right"),
)
# fmt: on
NotifyForm.offers(COMMANDS)
