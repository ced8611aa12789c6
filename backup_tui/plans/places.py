"""Who holds the places of the service: how many sessions run, and how many units of each service are in restore. Pure.

The service lets 25 sessions run at a time (error page, `TooManyActiveRestoreSessions`) and restores 1,000 units of a
service at a time (https://learn.microsoft.com/graph/api/restoresessionbase-activate), whoever has started them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.statuses import session_status
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import PlanLimits

_NOTHING: Mapping[str, int] = {}


class Places(Struct, frozen=True):
    """What is taken of the service's places."""

    sessions: int  # how many sessions run, of anybody
    units: Counter[Service]  # how many units of each service have started and not ended, of anybody
    own_sessions: int  # how many sessions of this plan run
    own_units: Counter[Service]  # the same of its units

    def lacking(self, part: Part, units: int, limits: ServiceLimits, plan: PlanLimits) -> str:
        """Why a part cannot start now; empty when it can. `plan`: of the plan itself."""
        service, most = part.service, min(limits.units, plan.units)
        # A list of names can be larger: alone in restore, the service lets the rest of it wait inside the session.
        units = min(units, most) if part.bulk else units
        if self.never(units, limits, plan):
            return f"its {service.counted(units)} are more than the {most:,} allowed at a time"
        if self.sessions >= limits.sessions:
            return f"no free place: {self.sessions} sessions run"
        if self.own_sessions >= plan.sessions:
            return f"the plan lets {plan.sessions} sessions run at a time"
        if self.units[service] + units > limits.units:
            held = service.counted(self.units[service])
            return f"no free place for {units:,}: {held} in restore, {limits.units:,} at a time"
        if self.own_units[service] + units > plan.units:
            return f"the plan lets {service.counted(plan.units)} be in restore at a time"
        return ""

    def never(self, units: int, limits: ServiceLimits, plan: PlanLimits) -> bool:
        """Whether so many units are too many, whatever ends meanwhile."""
        return units > min(limits.units, plan.units)

    def with_started(self, part: Part, units: int) -> "Places":
        more = Counter({part.service: units})
        return Places(self.sessions + 1, self.units + more, self.own_sessions + 1, self.own_units + more)


def places_of(sessions: Iterable[RestoreSession], own: Mapping[str, int]) -> Places:
    """What is taken now. `sessions`: all sessions of the tenant, as read. `own`: units of each session of the plan, by
    its id; they count where the service reports no counts (yet)."""
    running = [session for session in sessions if session_status(session.status).moving]
    ours = [session for session in running if session.id in own]
    return Places(len(running), in_flight(running, own), len(ours), in_flight(ours, own))


def in_flight(running: Iterable[RestoreSession], known: Mapping[str, int] = _NOTHING) -> Counter[Service]:
    """Units of running sessions that have not ended, by service. Those that only wait inside the service count, too:
    they take the next free places. `known`: how many units a session has, by its id, where the service does not report
    it."""
    counts: Counter[Service] = Counter()
    for session in running:
        if session.service is not None:
            numbers = session.counts
            total = numbers.total or known.get(session.id) or numbers.in_progress or 0
            counts[session.service] += max(0, total - (numbers.completed or 0) - (numbers.failed or 0))
    return counts
