"""Who holds the places of the service: how many sessions run, and how many units of each service are in restore. Pure.

The service lets 25 sessions run at a time (error page, `TooManyActiveRestoreSessions`) and restores 1,000 units of a
service at a time (https://learn.microsoft.com/graph/api/restoresessionbase-activate), whoever has started them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import PlanLimits


class Places(Struct, frozen=True):
    """What is taken of the service's places.

    Attributes:
        sessions: How many sessions run, of anybody.
        units: How many units of each service have started and not ended, of anybody.
        own_sessions: How many sessions of this plan run.
        own_units: The same of its units.
    """

    sessions: int
    units: Counter[Service]
    own_sessions: int
    own_units: Counter[Service]

    def lacking(self, part: Part, units: int, limits: ServiceLimits, plan: PlanLimits) -> str:
        """Why a part cannot start now; empty when it can.

        Args:
            part: What is to start.
            units: How many units it has.
            limits: Of the service.
            plan: Of the plan itself.
        """
        service, most = part.service, min(limits.units, plan.units)
        # A list of names can be larger: alone in restore, the service lets the rest of it wait inside the session.
        units = min(units, most) if part.bulk else units
        if units > most:
            return f"its {service.counted(units)} are more than the {most:,} allowed at a time"
        if self.sessions >= limits.sessions:
            return f"no free place: {self.sessions} sessions run"
        if self.own_sessions >= plan.sessions:
            return f"the plan lets {plan.sessions} sessions run at a time"
        if self.units[service] + units > limits.units:
            return f"{service.counted(self.units[service])} in restore; {limits.units:,} at a time"
        if self.own_units[service] + units > plan.units:
            return f"the plan lets {service.counted(plan.units)} be in restore at a time"
        return ""

    def with_started(self, part: Part, units: int) -> Places:
        """The places once a part has started."""
        more = Counter({part.service: units})
        return Places(self.sessions + 1, self.units + more, self.own_sessions + 1, self.own_units + more)


def places_of(sessions: Iterable[RestoreSession], own: Iterable[str]) -> Places:
    """What is taken now.

    Args:
        sessions: All sessions of the tenant, as read.
        own: Ids of the sessions of the plan.
    """
    running = [session for session in sessions if session_status(session.status).moving]
    mine = set(own)
    ours = [session for session in running if session.id in mine]
    return Places(len(running), in_flight(running), len(ours), in_flight(ours))


def in_flight(running: Iterable[RestoreSession]) -> Counter[Service]:
    """Units of running sessions that have not ended, by service. Those that only wait inside the service count, too:
    they take the next free places."""
    counts: Counter[Service] = Counter()
    for session in running:
        if session.service is not None:
            counts[session.service] += units_left(session)
    return counts


def units_left(session: RestoreSession) -> int:
    """Units of a running session that have not ended, as far as the service reports its counts."""
    numbers = session.counts
    if numbers.total is None:
        return numbers.in_progress or 0
    return max(0, numbers.total - (numbers.completed or 0) - (numbers.failed or 0))
