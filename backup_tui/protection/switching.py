"""What changes of protection that have an opposite share: a policy on or off, a unit's backup given up or kept."""

from enum import StrEnum
from typing import Self, TypeVar

from backup_tui.changes.context import Context
from backup_tui.changes.reviewed import ReviewedChange
from backup_tui.errors import BackupTuiError
from backup_tui.graph.writer import Writer
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.features import Feature
from backup_tui.models.service_state import state_of
from backup_tui.models.statuses import Action
from backup_tui.store.access import barred
from backup_tui.store.updates import ServiceRead

T = TypeVar("T")


class Switch(StrEnum):
    """What is done: one of two. `needed`: what the thing's status has to allow. `extra`: what can be done later."""

    kind: IntentKind
    needed: Action
    done_word: str
    state_sentence: str
    extra: str

    def __new__(
        cls, value: str, kind: IntentKind, needed: Action, done_word: str, state_sentence: str, extra: str
    ) -> Self:
        member = str.__new__(cls, value)
        member._value_, member.kind, member.needed = value, kind, needed
        member.done_word, member.state_sentence, member.extra = done_word, state_sentence, extra
        return member


class ProtectionChange(ReviewedChange[T]):
    """A change that needs a service that allows changes of protection."""

    def writer(self, context: Context) -> Writer:
        return context.may_protect()


class SwitchChange(ProtectionChange[T]):
    """A change that does one of two opposite things."""

    action: Switch

    @property
    def kind(self) -> IntentKind:
        return self.action.kind

    @property
    def verb(self) -> str:
        return self.action.value

    @property
    def done_word(self) -> str:
        return self.action.done_word


def check_person(context: Context, feature: Feature) -> list[Check]:
    """Whether this sign-in may do it at all; nothing to say where it may."""
    why = barred(feature, context.who, context.store.denials)
    return [Check(CheckResult.BLOCKING, f"{why[:1].lower()}{why[1:].rstrip('.')}", 1)] if why is not None else []


async def check_service(context: Context) -> tuple[list[Check], str]:
    """Whether the service allows changes of protection, and the way out where it does not."""
    asked_at = context.clock.monotonic()
    try:
        root = await context.reader.service_root()
    except BackupTuiError as error:
        context.store.apply(ServiceRead(error=error.message, asked_at=asked_at, answered_at=context.clock.now()))
        return [Check(CheckResult.UNKNOWN, "whether the service allows this now could not be read", 6)], ""
    context.store.apply(ServiceRead(root, asked_at=asked_at, answered_at=context.clock.now()))
    state = state_of(root)
    if state.no_protection_change is not None:
        return [Check(CheckResult.BLOCKING, state.no_protection_change, 0)], state.hint
    if not state.known:
        return [Check(CheckResult.UNKNOWN, "the service did not report whether it allows this", 6)], ""
    return [], ""
