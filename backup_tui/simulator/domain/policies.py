"""Protection policies: their states, and what their units' states follow from."""

from dataclasses import dataclass, field
from typing import Literal

from msgspec import Struct

from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal

MINUTE = 60.0


class Change(Struct, frozen=True, dict=True):
    """An activation or deactivation on its way."""

    to: Literal["active", "inactive"]  # the state asked for
    began: float  # seconds since 1970
    seconds: float  # how long it takes until the last unit has followed

    @property
    def ends(self) -> float:
        return self.began + self.seconds


@dataclass
class Policy:
    """One protection policy."""

    id: str  # GUID
    workload: Workload  # the service whose units it protects
    name: str
    created: float
    created_by: Caller
    modified: float  # when a person last changed it
    modified_by: Caller
    on: bool  # whether it protects, once any change has ended
    size: int = 0  # units in it
    broken: int = 0  # units in it that cannot be protected
    moving: int = 0  # units in it that follow a change of their own
    # when it protected, as (from, until); until is None while it does
    spans: list[tuple[float, float | None]] = field(default_factory=list)
    change: Change | None = None  # the change on its way, or the last one
    full: bool = False  # whether it protects its whole service but for its exclusion units (beta)
    offboarding: str | None = None  # its status while the service lets go of all that it saved (beta), else None
    offboard_requested: float | None = None  # when that was asked for
    busy_until: float = 0.0  # until when it is ``updating`` whatever its units do

    def status(self, now: float) -> str:
        if self.offboarding is not None:
            return self.offboarding
        if now < self.busy_until:
            return "updating"
        if self.change is not None and now < self.change.ends:
            return "updating"
        if not self.on:
            return "inactive"
        if self.moving:
            return "updating"
        return "activeWithErrors" if self.broken else "active"

    def offboard(self, status: str | None, now: float) -> None:
        """Begin or end to let go of all that was saved for it, as the service itself does; None takes it back."""
        self.offboarding = status
        self.offboard_requested = None if status is None else self.offboard_requested or now

    def working(self, now: float) -> bool:
        """Tell whether it protects, begins to or is about to stop."""
        return self.on or self.status(now) == "updating"

    def last_modified(self, now: float) -> float:
        """Return when it last changed, by a person or by the end of a change."""
        if self.change is not None and now >= self.change.ends:
            return max(self.modified, self.change.ends)
        return self.modified

    def unit_state(self, share: float, now: float) -> tuple[str, float | None]:
        """Return the status of a sound unit and since when; units follow a change in the order of ``share``, 0 to 1."""
        if self.change is None:
            return ("protected" if self.on else "unprotected"), None
        followed = self.change.began + self.change.seconds * share
        if now >= followed:
            return ("protected" if self.change.to == "active" else "unprotected"), followed
        return ("protectRequested" if self.change.to == "active" else "unprotectRequested"), self.change.began

    def activate(self, caller: Caller, now: float, speed: float, others: list["Policy"], refuse_with: int) -> None:
        """Begin to protect (page protectionpolicybase-activate); a wrong state is refused with 400 or 403."""
        status = self.status(now)
        if status not in ("inactive", "activeWithErrors"):
            raise _wrong_state(refuse_with, status, "activation", "Inactive or ActiveWithErrors")
        active = next((other for other in others if other.working(now)), None)
        if active is not None:
            message = f"Only one active policy per service is supported. Policy {active.id} is active."
            raise Refusal(403, "PolicyActionNotAllowed", message)
        if not self.on:
            self.spans.append((now, None))
        self.on = True
        self._begin("active", caller, now, speed)

    def deactivate(self, caller: Caller, now: float, speed: float, refuse_with: int) -> None:
        """Begin to stop protecting; points made so far stay (page protectionpolicybase-deactivate)."""
        status = self.status(now)
        if status not in ("active", "activeWithErrors"):
            raise _wrong_state(refuse_with, status, "deactivation", "Active or ActiveWithErrors")
        began, _ = self.spans[-1]
        self.spans[-1] = (began, now)
        self.on = False
        self._begin("inactive", caller, now, speed)

    def _begin(self, to: Literal["active", "inactive"], caller: Caller, now: float, speed: float) -> None:
        # The documented figure for new protection is up to 15 minutes per 1,000 units.
        self.change = Change(to, now, (5 * MINUTE + 15 * MINUTE * self.size / 1000) / speed)
        self.modified = now
        self.modified_by = caller


def _wrong_state(status: int, state: str, action: str, needed: str) -> Refusal:
    """Return the refusal of a change of state, as the page of the action words it."""
    code = "invalidStateForActivation" if status == 400 else "PolicyActionNotAllowed"
    message = f"Policy in already {state} state, which is invalid for {action}. Policy must be {needed} state."
    return Refusal(status, code, message)
