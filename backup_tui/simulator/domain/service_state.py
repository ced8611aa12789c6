"""Whether Backup Storage is on for the tenant, why not, what is still allowed until when, and who controls it."""

from dataclasses import dataclass
from typing import Any, Literal, get_args

from backup_tui.simulator.domain.identifiers import is_guid, seconds_of
from backup_tui.simulator.domain.tenant import DAY
from backup_tui.simulator.http.callers import CONSOLE_APP_ID, Caller
from backup_tui.simulator.http.errors import Refusal

Status = Literal["disabled", "enabled", "protectionChangeLocked", "restoreLocked"]
Reason = Literal["none", "invalidBillingProfile", "userRequested", "controllerServiceAppDeleted"]
Consumer = Literal["unknown", "firstparty", "thirdparty"]
Billing = Literal["valid", "unreadable", "invalid"]

PARTNER = Caller(app_id="c0b1a6de-7d6f-4a0e-9d3b-52f4de1e7a10", app_name="Fabrikam Continuity")
"""The partner's application that controls the service of a tenant whose consumer is ``thirdparty``."""

_GRACE = 30 * DAY
_RESTORES_AFTER_GRACE = 30 * DAY


@dataclass
class ServiceState:
    """The ``serviceStatus`` of the tenant."""

    status: Status  # what is allowed
    reason: Reason  # why not everything is
    consumer: Consumer  # whose service it is
    modified: float
    modified_by: Caller
    grace_until: float | None = None  # end of the grace period, or None
    restores_until: float | None = None  # until when restores are allowed, or None
    controller: str = PARTNER.app_id  # application that alone may change anything when the consumer is ``thirdparty``
    billing: Billing = "valid"  # what ``enable`` finds when it looks at the billing profile
    app_owner: str | None = None  # tenant in which the enabling application is registered, or None

    def become(self, status: Status, reason: Reason, caller: Caller, now: float) -> None:
        """Take on a status, with the dates that go with it.

        While changes of protection are locked the grace period runs, and restores are allowed some time longer;
        when restores are locked too, both are over. A service that is off or on has neither.
        """
        self.status, self.reason = status, reason
        self.modified, self.modified_by = now, caller
        self.grace_until = self.restores_until = None
        if status == "protectionChangeLocked":
            self.grace_until, self.restores_until = now + _GRACE, now + _GRACE + _RESTORES_AFTER_GRACE
        elif status == "restoreLocked":
            self.grace_until, self.restores_until = now - _RESTORES_AFTER_GRACE, now

    def enable(self, app_owner: object, caller: Caller, now: float) -> None:
        """Switch the service on (page backuprestoreroot-enable); an application not of Microsoft's takes control."""
        if not isinstance(app_owner, str) or not is_guid(app_owner):
            raise Refusal(400, "InvalidAppOwnerTenantId", "The app owner tenant ID is absent or invalid.")
        if self.billing == "unreadable":
            raise Refusal(403, "UnableToReadBillingProfile", "The billing profile cannot be read.")
        if self.billing == "invalid":
            raise Refusal(402, "InvalidBillingProfile", "The billing profile is invalid.")
        self.app_owner = app_owner.lower()
        first_party = caller.app_id == CONSOLE_APP_ID
        self.consumer = "firstparty" if first_party else "thirdparty"
        if not first_party:
            self.controller = caller.app_id
        self.become("enabled", "none", caller, now)

    def tell(self, wanted: dict[str, Any], caller: Caller, now: float) -> None:
        """Change at a word from outside the API. Raises ValueError and changes nothing if one is unknown or wrong."""
        kinds: dict[str, Any] = {
            "status": Status, "disableReason": Reason, "consumer": Consumer, "billing": Billing
        }  # fmt: skip
        dates = ("gracePeriodDateTime", "restoreAllowedTillDateTime")
        for name, value in wanted.items():
            if name in kinds and value not in get_args(kinds[name]):
                raise ValueError(f"{name}: {value!r} is none of {', '.join(get_args(kinds[name]))}")
            if name in dates and value is not None:
                seconds_of(str(value))
            if name not in kinds and name not in dates and name != "controller":
                raise ValueError(f"unknown: {name}")
        self.consumer = wanted.get("consumer", self.consumer)
        self.controller = str(wanted.get("controller", self.controller))
        self.billing = wanted.get("billing", self.billing)
        if "status" in wanted or "disableReason" in wanted:
            status: Status = wanted.get("status", self.status)
            usual: Reason = "none" if status == "enabled" else "invalidBillingProfile"
            if status == "disabled":
                usual = "userRequested"
            self.become(status, wanted.get("disableReason", usual), caller, now)
        if "gracePeriodDateTime" in wanted:
            self.grace_until = _seconds(wanted["gracePeriodDateTime"])
        if "restoreAllowedTillDateTime" in wanted:
            self.restores_until = _seconds(wanted["restoreAllowedTillDateTime"])


def _seconds(value: object) -> float | None:
    return None if value is None else seconds_of(str(value))
