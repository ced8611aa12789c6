"""Who gets mails about the backup: what a change of that means, and making it.

https://learn.microsoft.com/graph/api/emailnotificationssetting-update: for persons only. Members that are not sent keep
their value; after a lost answer the setting is read again and compared with what was sent."""

import re
from dataclasses import dataclass

from backup_tui.changes.change import Request
from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ChangeReview, ReviewedChange
from backup_tui.errors import UsageError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import NOTIFY_CHANGE
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients, setting_body
from backup_tui.models.phrases import phrase
from backup_tui.models.text import safe
from backup_tui.protection.lost_answers import NOTIFICATIONS, holds
from backup_tui.protection.switching import check_person
from backup_tui.store.updates import NotificationsRead

TARGET = "emailNotificationsSetting"  # what the journal calls the one setting of the tenant

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")


@dataclass(frozen=True, slots=True)
class NotifyChange(ReviewedChange[EmailNotificationsSetting]):
    """It is changed who gets mails; `None` leaves a part of it as it is."""

    noun = "setting"
    purpose = "changing who gets e-mail"
    verb = "change"
    done_word = "changed"
    kind = IntentKind.NOTIFICATIONS_EDIT
    target = TARGET
    effect = NOTIFICATIONS

    enabled: bool | None = None  # whether mails are sent
    all_events: bool | None = None  # whether changes of policies and restores are reported as well
    recipients: Recipients | None = None  # who gets them
    addresses: tuple[str, ...] = ()  # the list, with the recipients `CUSTOM` only

    def body(self) -> dict[str, object]:
        """The JSON that is sent. Raises `UsageError`: nothing would change, or addresses do not fit the recipients."""
        custom = self.recipients is Recipients.CUSTOM
        if custom and not self.addresses:
            raise UsageError.unsent("The list of addresses is empty.", "address")
        if self.addresses and not custom:
            raise UsageError.unsent(
                "Addresses belong to a list of your own, not to a group of administrators.", "address"
            )
        for address in self.addresses:
            if _ADDRESS.fullmatch(address) is None:
                what = f"{address[:80]!r} is not an e-mail address."
                raise UsageError.unsent(what, "address", address)
        role = self.recipients.value if self.recipients is not None else None
        body = setting_body(enabled=self.enabled, all_events=self.all_events, role=role, addresses=self.addresses)
        if not body:
            raise UsageError.unsent("No change was requested.", "notify")
        return body

    async def read(self, context: Context) -> EmailNotificationsSetting:
        self.body()
        asked_at = context.clock.monotonic()
        setting = await context.reader.notifications()
        self.tell(context, setting, asked_at)
        return setting

    def tell(self, context: Context, thing: EmailNotificationsSetting, asked_at: float) -> None:
        context.store.apply(NotificationsRead(thing, asked_at, context.clock.now()))

    async def review(
        self, context: Context, thing: EmailNotificationsSetting
    ) -> ChangeReview[EmailNotificationsSetting]:
        body = self.body()
        then = EmailNotificationsSetting.read({**thing.raw(), **body})
        return ChangeReview(
            change=self,
            thing=thing,
            word="NOTIFY",
            headline="who gets e-mail about the backup",
            tenant=context.who.tenant,
            sentence=f"NOTIFY: from now on, {mail_words(then)}.",
            phrase=phrase("notify", context.who.tenant_word),
            checks=worst_first(_checks(context, then, same=holds(thing, body))),
            read_at=context.clock.now(),
            subject="who gets e-mail",
            id_line=f"Setting {TARGET}",
            extra=(f"Now {mail_words(thing)}.",),
            way_out="Choose something else, or sign in as someone who may change it.",
        )

    def difference(self, before: EmailNotificationsSetting, now: EmailNotificationsSetting) -> str:
        if setting_words(now) == setting_words(before):
            return ""
        return f"Someone changed it after it was reviewed: mails are {setting_words(now)} now."

    def request(
        self, reviewed: ChangeReview[EmailNotificationsSetting], writer: Writer
    ) -> Request[EmailNotificationsSetting]:
        body = self.body()
        summary = f"CHANGE who gets e-mail: {setting_words(EmailNotificationsSetting.read(body))}"
        return Request(lambda: writer.update_notifications(body), summary, body=body)


def mail_words(setting: EmailNotificationsSetting) -> str:
    """`mail goes to backup administrators, about important news only`, `no mail is sent`."""
    return "no mail is sent" if setting.is_enabled is False else f"mail goes to {_to_and_about(setting)}"


def setting_words(setting: EmailNotificationsSetting) -> str:
    """`sent to backup administrators, about important news only`, `not sent to anybody`."""
    return "not sent" if setting.is_enabled is False else f"sent to {_to_and_about(setting)}"


def _to_and_about(setting: EmailNotificationsSetting) -> str:
    about = "important news and every change of policies and restores" if setting.tells_all else "important news only"
    listed = f" ({', '.join(map(safe, setting.addresses))})" if setting.addresses else ""
    return f"{setting.recipients_words}{listed}, about {about}"


def _checks(context: Context, then: EmailNotificationsSetting, *, same: bool) -> list[Check]:
    checks = [Check(CheckResult.UNKNOWN, "whether these e-mails arrive cannot be seen from here", 20)]
    checks += check_person(context, NOTIFY_CHANGE)
    if (off := context.store.connection.service.no_change) is not None:
        checks.append(Check(CheckResult.BLOCKING, off, 0))
    if same:
        checks.append(Check(CheckResult.BLOCKING, "it is set this way already", 2))
    if then.is_enabled is False:
        warning = "nobody is notified when someone changes or deletes backups"
        checks.append(Check(CheckResult.WARNING, warning, 5))
    elif then.role.lower() == Recipients.NOBODY:
        checks.append(Check(CheckResult.WARNING, "e-mail is on, but nobody gets it", 5))
    return checks
