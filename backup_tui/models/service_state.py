"""What the backup service of a tenant allows now, and why not: one value for header, keys, reviews and commands.

https://learn.microsoft.com/graph/api/resources/servicestatus: `enabled` allows all; `protectionChangeLocked` no change
of protection; `restoreLocked` neither that nor a restore; `disabled` nothing. A state that was not read, or one that is
unknown here, forbids nothing: then the service itself refuses what it does not allow."""

from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from backup_tui.errors import BackupTuiError
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.statuses import Status, service_status

NEAR = timedelta(days=7)  # an end of restores that is nearer is pointed out


class End(StrEnum):
    """How the time until which restores are allowed compares to now."""

    NOT_SET = "not set"
    FAR = "far"
    NEAR = "near"
    PASSED = "passed"


_CAUSES = {
    "invalidbillingprofile": (
        "the billing profile is not valid",
        "billing invalid",
        "Correct the billing in the Microsoft 365 admin center; then it is allowed.",
    ),
    "userrequested": (
        "an administrator asked for it",
        "on an admin's request",
        "The person who asked for it, or Microsoft support, can reverse it in the admin center.",
    ),
    "controllerserviceappdeleted": (
        "the application in control of it was deleted",
        "controlling app deleted",
        "Register and activate a controlling application again, in the admin center.",
    ),
}
"""Why, in full and in few words, and what can be done about it."""

_LOCKS = {
    "disabled": (
        "BACKUP OFF",
        "Microsoft 365 Backup is off",
        "Microsoft 365 Backup is off in this tenant{}: nothing can be restored or changed.",
    ),
    "restorelocked": (
        "RESTORE LOCKED",
        "Restores locked",
        "The service allows no restore and no change of protection{}.",
    ),
    "protectionchangelocked": (
        "PROTECTION LOCKED",
        "Protection locked",
        "The service allows no change of protection{}. Restores are possible.",
    ),
}
"""Loud words, a headline, and what is forbidden and what is not, with room for why."""


class ServiceState(Struct, frozen=True):
    """What the service allows. Times are UTC. `value`: the service's own word for its state; empty when it is not
    known. `cause`: the service's own word for why (`disableReason`); empty when it gives none."""

    value: str = ""
    cause: str = ""
    restores_until: datetime | None = None
    grace_until: datetime | None = None

    @property
    def status(self) -> Status:
        return service_status(self.value)

    @property
    def known(self) -> bool:
        return bool(self.value)

    @property
    def off(self) -> bool:
        """Nothing is allowed."""
        return self.value.lower() == "disabled"

    @property
    def locked(self) -> bool:
        """Something is not allowed."""
        return self.value.lower() in _LOCKS

    @property
    def reason(self) -> str:
        """Why, in plain words; the service's own word when it is a new one; empty when it gives none."""
        return self._cause[0]

    @property
    def brief(self) -> str:
        """The reason in so few words that a line has room for a date after it."""
        return self._cause[1]

    @property
    def hint(self) -> str:
        """What can be done about the reason, as a sentence."""
        return self._cause[2]

    @property
    def alert(self) -> str:
        """Loud words for the header; empty while nothing is forbidden."""
        return self._lock[0]

    @property
    def headline(self) -> str:
        """What is forbidden, in so few words that a line of a list has room for a date; empty where nothing is."""
        return self._lock[1] + (f" ({self.brief})" if self.locked and self.brief else "")

    @property
    def words(self) -> str:
        """What is forbidden and what is not, in a sentence or two; empty while nothing is forbidden."""
        return self._lock[2].format(self._because)

    @property
    def no_restore(self) -> str | None:
        """Why no restore can be drafted or started, a clause without a full stop; `None` where it can. The contract
        forbids restores and does not speak of drafts. A draft is a restore session all the same, and a form is kept on
        this machine without the service; so nothing is lost by not asking for one."""
        if self.off:
            return self._off
        return f"restores are locked{self._because}" if self.value.lower() == "restorelocked" else None

    @property
    def no_protection_change(self) -> str | None:
        """Why nothing about protection can be changed, a clause without a full stop; `None` where it can."""
        if self.off:
            return self._off
        if self.locked:
            return f"changes of protection are locked{self._because}"
        return None

    @property
    def no_change(self) -> str | None:
        """Why nothing at all can be changed, a clause without a full stop; `None` where something can."""
        return self._off if self.off else None

    def end_of_restores(self, now: datetime) -> End:
        if self.restores_until is None:
            return End.NOT_SET
        if self.restores_until <= now:
            return End.PASSED
        return End.NEAR if self.restores_until - now <= NEAR else End.FAR

    @property
    def _off(self) -> str:
        return f"Microsoft 365 Backup is off in this tenant{self._because}"

    @property
    def _because(self) -> str:
        return f" ({self.reason})" if self.reason else ""

    @property
    def _cause(self) -> tuple[str, str, str]:
        own = "" if self.cause.lower() == "none" else self.cause
        unknown = own, own, "Ask Microsoft support for the reason."
        return _CAUSES.get(self.cause.lower(), unknown)

    @property
    def _lock(self) -> tuple[str, str, str]:
        return _LOCKS.get(self.value.lower(), ("", "", ""))


UNKNOWN_STATE = ServiceState()  # nothing is known of the service, so nothing is forbidden from here


def state_of(root: BackupRestoreRoot | None) -> ServiceState:
    """The state that the service reports; `UNKNOWN_STATE` if it was not read or holds no status."""
    sent = root.service_status if root is not None else None
    if sent is None:
        return UNKNOWN_STATE
    return ServiceState(
        value=sent.status or "",
        cause=sent.disable_reason or "",
        restores_until=sent.restore_allowed_till_date_time,
        grace_until=sent.grace_period_date_time,
    )


def sentence(clause: str) -> str:
    """A clause as a sentence: with a capital letter and a period."""
    return f"{clause[:1].upper()}{clause[1:]}."


def refuse_where(forbidden: str | None, state: ServiceState) -> None:
    """Refuses, before anything is sent, a change that the service does not allow now. Raises `BackupTuiError`."""
    if forbidden is not None:
        raise BackupTuiError(sentence(forbidden), certainty="Nothing was sent.", hint=state.hint, code="ServiceLocked")
