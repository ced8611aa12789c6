"""The simulated service itself: its tenant and its restore sessions, and the acts that change them."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable
from random import Random

from backup_tui.simulator.authority.platform import Authority
from backup_tui.simulator.control.faults import Faults
from backup_tui.simulator.domain.activity import ActivityLog
from backup_tui.simulator.domain.artifacts import Artifact, FilePart
from backup_tui.simulator.domain.browsing import BrowseSessions
from backup_tui.simulator.domain.bulk import resolve
from backup_tui.simulator.domain.clock import RealClock, Scheduler, SimulatorClock
from backup_tui.simulator.domain.directory import Directory
from backup_tui.simulator.domain.exclusions import ExclusionJobs, Exclusions
from backup_tui.simulator.domain.history import write_history
from backup_tui.simulator.domain.identifiers import by_guid, guid
from backup_tui.simulator.domain.inclusion_rules import InclusionRules
from backup_tui.simulator.domain.membership import Membership
from backup_tui.simulator.domain.notifications import Notifications
from backup_tui.simulator.domain.policies import MINUTE, Policy
from backup_tui.simulator.domain.policy_items import Parts
from backup_tui.simulator.domain.scenes import set_scene
from backup_tui.simulator.domain.schedule import draw_runs, outcome
from backup_tui.simulator.domain.searches import MailSearch
from backup_tui.simulator.domain.service_apps import ServiceApps
from backup_tui.simulator.domain.service_state import ServiceState
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import DAY, Tenant, Unit, create_tenant
from backup_tui.simulator.domain.unit_jobs import UnitJobs
from backup_tui.simulator.domain.workloads import ENTRA, Workload, WorkloadKey
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal
from backup_tui.simulator.settings import Settings

_STAGES = {
    "protected": "protectedCompleted",
    "protectRequested": "protectedInProgress",
    "unprotectRequested": "unprotectedInProgress",
    "removeRequested": "unprotectedInProgress",
    "unprotected": "unprotectedCompleted",
    "offboardRequested": "offboardRequested",
}
STAGES = (
    "protectedInProgress", "unprotectedInProgress", "protectedCompleted", "unprotectedCompleted", "protectedFailed",
    "unprotectedFailed", "offboardRequested",
)  # fmt: skip
"""The stages of ``backupCountStatistics``."""


class Statistics:
    """What was counted last, of every policy that somebody asked for."""

    def __init__(self, membership: Membership) -> None:
        self._membership = membership
        self._counted: dict[str, tuple[float, dict[str, int]]] = {}

    def of(self, policy: Policy, now: float, speed: float) -> tuple[float, dict[str, int]]:
        """Return when a policy's units were counted, and how many were in each stage then."""
        known = self._counted.get(policy.id)
        if known is None or now - known[0] >= 10 * MINUTE / speed:
            known = self._counted[policy.id] = (now, count(self._membership.of(policy), now))
        return known


def count(units: Iterable[Unit], now: float) -> dict[str, int]:
    """Count units by their stage, and all of them as ``total``."""
    stages: Counter[str] = Counter()
    for unit in units:
        status = unit.state(now)[0]
        failed = status == "unprotected" and unit.error is not None
        stages["protectedFailed" if failed else _STAGES.get(status, "unprotectedCompleted")] += 1
    return {"total": stages.total(), **{stage: stages[stage] for stage in STAGES}}


_KEPT = 366 * DAY


class Service:
    """One tenant's Backup Storage."""

    def __init__(self, settings: Settings, clock: SimulatorClock | None = None) -> None:
        self.settings = settings  # what was chosen at its start
        self.clock: SimulatorClock = clock or RealClock()  # what time it is
        started = self.now()
        self.tenant: Tenant = create_tenant(
            settings.units, settings.seed, started, settings.mostly
        )  # policies and protection units
        set_scene(self.tenant, settings.scene)
        self.sessions: dict[str, RestoreSession] = {}  # restore sessions by id, oldest first
        self.labels: dict[str, str] = {}  # ids of the sessions that belong to the story of a scene, by their labels
        self.browse_sessions = BrowseSessions(self.tenant, settings.seed, settings.speed)  # browse sessions
        self.searches: dict[str, MailSearch] = {}  # searches inside mailboxes by the id of their answer
        self.faults = Faults()  # how it has been told to misbehave
        self.authority = Authority(self.now)  # the identity platform that hands out tokens for it
        self.scheduler = Scheduler(settings.speed)  # what will happen later without a request
        self.directory = Directory(self.tenant)  # what else could be protected
        # puts units into policies and takes them out
        self.membership = Membership(self.tenant, self.directory, self.scheduler)
        self.activity = ActivityLog(self.tenant, self.sessions)  # the activity log
        self.parts = Parts(self.tenant, self.directory, self.membership, self.activity, self.scheduler)
        self.rules = InclusionRules(self.parts)  # inclusion rules of the policies
        self.jobs = UnitJobs(self.parts)  # bulk addition jobs of the policies
        self.exclusions = Exclusions(self.parts)  # what policies with full workload backup leave out
        self.exclusion_jobs = ExclusionJobs(self.parts, self.exclusions)  # bulk addition jobs of those
        self.statistics = Statistics(self.membership)  # what was counted last
        self.state = _state(settings, self.tenant, started)  # whether the service is on, and who controls it
        # applications registered to control the service
        self.apps = ServiceApps(self.tenant, self.state, self.scheduler)
        self.notifications = Notifications()  # who gets an e-mail about what
        if settings.full_service is not None:
            policy = next(each for each in self.tenant.policies if each.workload.key == settings.full_service)
            self.exclusions.begin(policy, policy.created_by, started - 30 * DAY)
        self.changes: Counter[str] = Counter()  # how often each operation changed something, as its method and path
        self._policies_made = 0
        self._slots: dict[WorkloadKey, list[float]] = {}
        self._sessions_made = 0
        if settings.history:
            self.labels = write_history(self, self.tenant, settings.speed, settings.scene)

    def now(self) -> float:
        return self.clock.now().timestamp()

    def policy(self, identifier: str, workload: Workload | None = None) -> Policy:
        policies = {each.id: each for each in self.tenant.policies if workload in (None, each.workload)}
        malformed = ("InvalidPolicyId", "Policy ID is absent or invalid.")
        return by_guid(policies, identifier, malformed, ("PolicyNotFound", "Policy"))

    def entra_policies(self) -> list[Policy]:
        """Return the policies of Entra, which only beta has, and only where the settings say so."""
        if not self.settings.entra_policy:
            return []
        first = self.tenant.policies[0]
        made, by = first.created, first.created_by
        return [Policy(guid(self.settings.seed, "policy", "entra"), ENTRA, "Entra all", made, by, made, by, on=True)]

    def active_policy(self, workload: Workload) -> Policy | None:
        """Return the policy of a service that protects, begins to or is about to stop; there is at most one."""
        now = self.now()
        of_service = (policy for policy in self.tenant.policies if policy.workload is workload)
        return next((each for each in of_service if each.working(now)), None)

    def create_policy(self, workload: Workload, name: str, caller: Caller) -> Policy:
        now = self.now()
        self._policies_made += 1
        identifier = guid(self.settings.seed, "policy", "made", self._policies_made)
        policy = Policy(identifier, workload, name, now, caller, now, caller, on=False)
        self.tenant.policies.append(policy)
        return policy

    def delete_policy(self, identifier: str) -> None:
        """Remove an inactive policy (page protectionpolicybase-delete); its units stay, outside any policy."""
        policy = self.policy(identifier)
        now = self.now()
        status = policy.status(now)
        if status != "inactive":
            raise Refusal(403, "PolicyActionNotAllowed", f"Policy is in {status} state. Policy must be inactive.")
        for items in (self.rules, self.jobs, self.exclusions, self.exclusion_jobs):
            items.forget(policy)
        self.membership.dissolve(policy, now)
        self.tenant.policies.remove(policy)

    def unit(self, identifier: str, workload: Workload | None = None) -> Unit:
        malformed = ("InvalidProtectionUnitId", "Protection unit ID is absent or invalid.")
        unknown = ("ProtectionUnitNotFound", "Protection unit")
        return by_guid(
            self.tenant.by_id, identifier, malformed, unknown, lambda each: workload in (None, each.workload)
        )

    def session(self, identifier: str, workload: Workload | None = None) -> RestoreSession:
        malformed = ("InvalidRestoreSessionId", "Restore session ID is absent or invalid.")
        unknown = ("RestoreSessionNotFound", "Restore session")
        return by_guid(self.sessions, identifier, malformed, unknown, lambda one: workload in (None, one.workload))

    def draft(self, identifier: str, workload: Workload | None = None) -> RestoreSession:
        """Return a restore session that can still be changed."""
        session = self.session(identifier, workload)
        status = session.status(self.now())
        if status != "draft":
            message = f"The action is allowed on draft sessions only. The session is {status}."
            raise Refusal(403, "RestoreSessionActionNotAllowed", message)
        return session

    def listed_sessions(self) -> list[RestoreSession]:
        """Return what lists of sessions show, newest first; ended sessions are kept for a year."""
        now = self.now()
        return [each for each in reversed(self.sessions.values()) if (each.completed(now) or now) > now - _KEPT]

    def create_session(self, workload: Workload, caller: Caller, now: float | None = None) -> RestoreSession:
        """Make an empty draft and return it."""
        moment = self.now() if now is None else now
        number = self._sessions_made
        self._sessions_made += 1
        identifier = guid(self.settings.seed, "session", number)
        session = RestoreSession(number, identifier, workload, moment, caller, moment, caller)
        self.sessions[session.id] = session
        return session

    def delete_session(self, identifier: str) -> None:
        """Remove a draft (page restoresessionbase-delete). Refuses as ``draft``."""
        del self.sessions[self.draft(identifier).id]

    def activate_session(self, identifier: str, caller: Caller) -> RestoreSession:
        """Start a draft (page restoresessionbase-activate)."""
        session = self.draft(identifier)
        if not session.artifacts and session.bulk is None:
            raise Refusal(403, "RestoreSessionActionNotAllowed", "The session has no restore artifacts.")
        now = self.now()
        running = sum(each.running(now) for each in self.sessions.values())
        if running >= self.settings.active_session_limit:
            message = f"{running} restore sessions are active. Try again when one of them has ended."
            raise Refusal(500, "TooManyActiveRestoreSessions", message)
        began, request = now, session.bulk
        if request is not None:  # its names become artifacts, which is said to be done a little later
            points, request.missing = resolve(request, self.tenant, now)
            for point in points:
                session.add(point.unit, point.moment, point.express, request.destination, now)
            count = sum(map(len, request.names.values()))
            began = request.completed = now + (MINUTE + 5 * MINUTE * count / 1000) / self.settings.speed
        busy = self._units_being_restored(session.workload, now)
        errors = [_ends_with(artifact, busy, now) for artifact in session.artifacts]
        self.run_session(session, caller, now, lambda seconds: began + seconds / self.settings.speed, errors)
        for artifact, error in zip(session.artifacts, errors, strict=True):
            if error == "UnknownError":
                artifact.unit.faulted = True
        return session

    def run_session(
        self,
        session: RestoreSession,
        caller: Caller,
        activated: float,
        at: Callable[[float], float],
        errors: list[str | None],
    ) -> None:
        """Draw the course of a session; ``at`` turns seconds of restore time after its activation into a moment."""
        key = session.workload.key
        slots = [end for end in self._slots.get(key, []) if end > activated]
        random = Random(f"{self.settings.seed}/{session.id}")
        limit = self.settings.parallel_limit
        heapq.heapify(slots)
        runs = draw_runs(session.workload, session.artifacts, errors, random, at, slots, limit)
        self._slots[key] = slots
        session.start(runs, caller, activated, None if session.bulk is None else session.bulk.completed)

    def _units_being_restored(self, workload: Workload, now: float) -> set[str]:
        return {
            artifact.unit.id
            for session in self.sessions.values()
            if session.workload is workload and session.running(now)
            for artifact in session.artifacts
            if artifact.part is None and artifact.run is not None and now < artifact.run.end
        }


def _ends_with(artifact: Artifact, busy: set[str], now: float) -> str | None:
    """Return the error code with which an artifact ends that is started now, or None."""
    if artifact.part is None and artifact.unit.id in busy:
        return "DuplicateArtifactRestoreRequest"
    if isinstance(artifact.part, FilePart) and now >= artifact.part.browse.expires:
        return "ArtifactNotFound"  # no page says what becomes of items whose browse session is gone
    return outcome(artifact.unit, artifact.destination, artifact.moment)


def _state(settings: Settings, tenant: Tenant, started: float) -> ServiceState:
    """Return the state of the service at its start, as it has been since its first policy was made."""
    first = tenant.policies[0]
    state = ServiceState(
        "enabled", "none", settings.consumer, first.created, first.created_by, billing=settings.billing
    )
    if settings.service_status != "enabled":
        reason = settings.disable_reason
        if reason == "none":
            reason = "userRequested" if settings.service_status == "disabled" else "invalidBillingProfile"
        state.become(settings.service_status, reason, first.created_by, started)
    return state
