"""Who gets mails about the backup: what a change of that means, and making it.

https://learn.microsoft.com/graph/api/emailnotificationssetting-update: for persons only. Members that are not sent keep
their value; after a lost answer the setting is read again and compared with what was sent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from backup_tui.changes.context import Context
from backup_tui.changes.findings import Finding, OnLook, Verdict
from backup_tui.changes.lost_answers import resolve_lost_answer
from backup_tui.errors import BackupTuiError, OutcomeUnknown, StateConflict, UsageError
from backup_tui.journal.records import Intent, IntentKind
from backup_tui.models.checks import Check, CheckResult, worst_first
from backup_tui.models.features import NOTIFY_CHANGE
from backup_tui.models.notifications import EmailNotificationsSetting, Recipients, setting_body
from backup_tui.models.phrases import phrase, phrase_matches, wrong_phrase
from backup_tui.models.services import Service
from backup_tui.models.text import safe
from backup_tui.protection.lost_answers import NOTIFICATIONS, holds
from backup_tui.store.access import barred
from backup_tui.store.updates import NotificationsRead

TARGET = "emailNotificationsSetting"
"""What the journal calls the one setting of the tenant."""

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")


class NotifyAction(StrEnum):
    """What is done with the setting."""

    CHANGE = "change"

    @property
    def done_word(self) -> str:
        """`changed`."""
        return "changed"


@dataclass(frozen=True, slots=True)
class NotifyChange:
    """What is to be different; `None` leaves it as it is.

    Attributes:
        enabled: Whether mails are sent.
        all_events: Whether changes of policies and restores are told as well.
        recipients: Who gets them.
        addresses: The list, with the recipients `CUSTOM` only.
    """

    enabled: bool | None = None
    all_events: bool | None = None
    recipients: Recipients | None = None
    addresses: tuple[str, ...] = ()

    def body(self) -> dict[str, object]:
        """The JSON that is sent.

        Raises:
            UsageError: Nothing would change, or the list of addresses does not fit the recipients.
        """
        custom = self.recipients is Recipients.CUSTOM
        if custom and not self.addresses:
            raise UsageError("A list of addresses has at least one.", field="address", certainty="Nothing was sent.")
        if self.addresses and not custom:
            raise UsageError(
                "Addresses belong to a list of one's own, not to a group of administrators.",
                field="address",
                certainty="Nothing was sent.",
            )
        for address in self.addresses:
            if _ADDRESS.fullmatch(address) is None:
                what = f"{address[:80]!r} is no e-mail address."
                raise UsageError(what, field="address", value=address, certainty="Nothing was sent.")
        role = self.recipients.value if self.recipients is not None else None
        body = setting_body(enabled=self.enabled, all_events=self.all_events, role=role, addresses=self.addresses)
        if not body:
            raise UsageError("Nothing to change.", field="notify", certainty="Nothing was sent.")
        return body


@dataclass(frozen=True, slots=True)
class NotifyReview:
    """What a person has to know before it is changed who gets mails.

    Attributes:
        setting: As just read.
        change: What would be different.
        headline: What it is about, one line.
        sentence: How it would be.
        extra: How it is now.
        checks: What was checked, worst first.
        phrase: What has to be typed.
        blocked: Why it is not possible now; `None` when it is.
        hint: What to do when it is not possible; empty when it is.
        read_at: When it was read (UTC).
    """

    setting: EmailNotificationsSetting
    change: NotifyChange
    headline: str
    sentence: str
    extra: tuple[str, ...]
    checks: tuple[Check, ...]
    phrase: str
    blocked: str | None
    hint: str
    read_at: datetime
    action: NotifyAction = NotifyAction.CHANGE
    service: Service | None = None

    @property
    def subject(self) -> str:
        """What would be changed."""
        return "who gets e-mail"

    @property
    def names(self) -> tuple[str, ...]:
        """The addresses of a new list stand in the sentence."""
        return ()

    @property
    def id_line(self) -> str:
        """The setting, for `v`."""
        return f"Setting {TARGET}"


def mail_words(setting: EmailNotificationsSetting) -> str:
    """`mail goes to backup administrators, about important news only`, `no mail is sent`."""
    return "no mail is sent" if setting.is_enabled is False else f"mail goes to {_to_and_about(setting)}"


def setting_words(setting: EmailNotificationsSetting) -> str:
    """`sent to backup administrators, about important news only`, `not sent to anybody`."""
    return "not sent to anybody" if setting.is_enabled is False else f"sent to {_to_and_about(setting)}"


def _to_and_about(setting: EmailNotificationsSetting) -> str:
    about = "important news and every change of policies and restores" if setting.tells_all else "important news only"
    listed = f" ({', '.join(map(safe, setting.addresses))})" if setting.addresses else ""
    return f"{setting.recipients_words}{listed}, about {about}"


class NotificationDesk:
    """Changes who gets mails about the backup."""

    def __init__(self, tools: Context) -> None:
        """Takes what the use cases work with."""
        self._tools = tools

    async def review(self, change: NotifyChange) -> NotifyReview:
        """Reads the setting again, and says how it would be.

        Args:
            change: What is to be different.

        Raises:
            UsageError: The change is none, or cannot be one.
            BackupTuiError: The setting could not be read.
        """
        tools = self._tools
        body = change.body()
        asked_at = tools.clock.monotonic()
        setting = await tools.reader.notifications()
        tools.store.apply(NotificationsRead(setting, asked_at, tools.clock.now()))
        then = EmailNotificationsSetting.read({**setting.raw(), **body})
        checks: list[Check] = []
        why = barred(NOTIFY_CHANGE, tools.who, tools.store.denials)
        off = tools.store.connection.service.no_change
        if why is not None:
            checks.append(Check(CheckResult.BLOCKING, f"{why[:1].lower()}{why[1:].rstrip('.')}", 1))
        if off is not None:
            checks.append(Check(CheckResult.BLOCKING, off, 0))
        if holds(setting, body):
            checks.append(Check(CheckResult.BLOCKING, "it is so already", 2))
        if then.is_enabled is False:
            checks.append(Check(CheckResult.WARNING, "nobody is told when somebody changes or deletes backups", 5))
        elif then.role.lower() == Recipients.NOBODY:
            checks.append(Check(CheckResult.WARNING, "mails are on, but nobody gets them", 5))
        checks.append(Check(CheckResult.UNKNOWN, "whether these mails arrive cannot be seen from here", 20))
        ordered = worst_first(checks)
        blocked = next((check.text for check in ordered if check.mark is CheckResult.BLOCKING), None)
        return NotifyReview(
            setting=setting,
            change=change,
            headline=f"CHANGE who gets e-mail about the backup of {tools.who.tenant}",
            sentence=f"NOTIFY: from now on, {mail_words(then)}.",
            extra=(f"Now {mail_words(setting)}.",),
            checks=ordered,
            phrase=phrase("notify", tools.who.tenant_word),
            blocked=blocked,
            hint="" if blocked is None else "Choose something else, or sign in as somebody who may.",
            read_at=tools.clock.now(),
        )

    async def carry_out(
        self, reviewed: NotifyReview, typed: str, on_look: OnLook = lambda _: None
    ) -> EmailNotificationsSetting:
        """Makes the change that was reviewed.

        Args:
            reviewed: From `review`.
            typed: What the person typed.
            on_look: Told what is seen while a lost answer is looked into.

        Returns:
            The setting as it is now.

        Raises:
            UsageError: The phrase is not the one asked for, or the review said that it is not possible.
            StateConflict: Somebody else changed the setting after the review; nothing was changed.
            OutcomeUnknown: It is still not known whether it was changed.
            ReadOnlyError, WriteLockHeld, ServiceError, Unreachable, JournalError: Nothing was changed.
        """
        tools = self._tools
        writer = tools.may_write()
        if reviewed.blocked is not None:
            raise UsageError(
                f"Not possible now: {reviewed.blocked}.", certainty="Nothing was sent.", hint=reviewed.hint
            )
        if not phrase_matches(typed, reviewed.phrase):
            raise wrong_phrase(typed, reviewed.phrase, "changed")
        body = reviewed.change.body()
        async with tools.hold_lock("changing who gets e-mail"):
            await self._settle_earlier(on_look)
            await self._check_unchanged(reviewed)
            try:
                setting = await tools.changes.make(
                    IntentKind.NOTIFICATIONS_EDIT,
                    lambda: writer.update_notifications(body),
                    target=TARGET,
                    summary=f"CHANGE who gets e-mail: {setting_words(EmailNotificationsSetting.read(body))}",
                    body=body,
                )
            except OutcomeUnknown as error:
                return await self._found(error, on_look)
            tools.store.apply(NotificationsRead(setting, tools.clock.monotonic(), tools.clock.now()))
            return setting

    async def _settle_earlier(self, on_look: OnLook) -> None:
        for intent in await self._tools.journal.open_intents():
            if intent.kind is IntentKind.NOTIFICATIONS_EDIT:
                finding = await resolve_lost_answer(self._tools, NOTIFICATIONS, intent, on_look)
                if finding.verdict is Verdict.STILL_UNKNOWN:
                    raise _unknown(intent, finding)

    async def _check_unchanged(self, reviewed: NotifyReview) -> None:
        tools = self._tools
        asked_at = tools.clock.monotonic()
        setting = await tools.reader.notifications()
        tools.store.apply(NotificationsRead(setting, asked_at, tools.clock.now()))
        if setting_words(setting) != setting_words(reviewed.setting):
            raise StateConflict(
                f"Somebody changed it after it was reviewed: mails are {setting_words(setting)} now.",
                status=409,
                certainty="Nothing was sent.",
                hint="Look at the review again.",
                code="SettingChanged",
            )

    async def _found(self, error: OutcomeUnknown, on_look: OnLook) -> EmailNotificationsSetting:
        tools = self._tools
        intent = await tools.journal.intent(error.intent_id) if error.intent_id is not None else None
        if intent is None:
            raise error
        finding = await resolve_lost_answer(tools, NOTIFICATIONS, intent, on_look)
        setting = tools.store.details.notifications
        if finding.verdict is Verdict.STILL_UNKNOWN or setting is None:
            raise _unknown(intent, finding) from error
        if finding.verdict is Verdict.NOT_DONE:
            raise BackupTuiError(
                f"It was not changed. {finding.words}",
                certainty="The request that was sent had no effect.",
                hint="It can be tried again.",
                code="NotDone",
            ) from error
        return setting


def _unknown(intent: Intent, finding: Finding) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"No answer came for: {intent.summary}. It may have happened. {finding.words}",
        certainty="It is not sent again.",
        hint=f"Look at the setting later; the journal keeps it as entry {intent.id}.",
        intent_id=intent.id,
    )
