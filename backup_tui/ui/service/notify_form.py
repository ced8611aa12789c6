"""Who gets e-mail about the backup: a small form, and the review before anything is sent."""

from textual.app import ComposeResult

from backup_tui.changes.reviewed import ChangeReview
from backup_tui.models.features import NOTIFY_CHANGE
from backup_tui.models.focus import Focus
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients
from backup_tui.protection.notifications import NotifyChange, setting_words
from backup_tui.store.changes import Topic
from backup_tui.store.store import Store
from backup_tui.ui.review.form import ReviewForm, review_commands
from backup_tui.ui.review.presentation import Presentation
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.paragraphs import Para

_ON = (("on", "on"), ("off", "off"))
_ABOUT = (("important", "important news"), ("all", "policies and restores too"))
_TO = (
    (Recipients.GLOBAL_ADMINS.value, "global admins"),
    (Recipients.BACKUP_ADMINS.value, "backup admins"),
    (Recipients.ALL_ADMINS.value, "both"),
    (Recipients.CUSTOM.value, "a list"),
)


class NotifyForm(ReviewForm):
    """On or off, about what, to whom; filled in as the setting is now."""

    NUMBER = 1
    HEADING = "Backup service > Who gets e-mail"

    def __init__(self, setting: EmailNotificationsSetting) -> None:
        super().__init__()
        self._setting = setting

    def focus_on(self) -> Focus:
        return Focus(screen="service")

    def lines(self) -> list[Para]:
        return [Para(f"Now mails are {setting_words(self._setting)}.")]

    def fields(self) -> ComposeResult:
        setting = self._setting
        enabled = {True: "on", False: "off", None: None}[setting.is_enabled]
        yield FieldLine("E-mail", RadioLine(_ON, enabled, id="enabled"))
        yield FieldLine("About", RadioLine(_ABOUT, "all" if setting.tells_all else "important", id="about"))
        roles = {role.lower(): role for role, _words in _TO}
        yield FieldLine("To", RadioLine(_TO, roles.get(setting.role.lower()), id="to"))
        yield FieldLine("Addresses", TextField(", ".join(setting.addresses), id="addresses"))

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

    def ready_words(self) -> str:
        then = EmailNotificationsSetting.read({**self._setting.raw(), **self.change().body()})
        return f"enter: mails {setting_words(then)}"

    def show_form(self) -> None:
        if self.is_open and self.query("#addresses"):
            custom = self.query_one("#to", RadioLine).value == Recipients.CUSTOM
            self.query_one("#addresses", TextField).disabled = not custom
        super().show_form()

    def review(self) -> ReviewScreen:
        return notify_review(self.change())


def notify_review(change: NotifyChange) -> ReviewScreen:
    """The review before it is changed who gets mails."""
    return ReviewScreen(
        Presentation(
            change=change,
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


NotifyForm.offers(review_commands("this change", needs="service", feature=NOTIFY_CHANGE.id))
