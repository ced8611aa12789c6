"""The beta activity log: what administrators and rules did, kept as it happened.

What restores did is not kept twice: it is derived from the restore sessions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct, field

from backup_tui.simulator.domain.identifiers import guid
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import DAY, Tenant
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller

Kind = Literal["backupPolicyActivityLog", "dynamicRuleActivityLog", "restoreTaskActivityLog", "offboardingActivityLog"]
Result = Literal["succeeded", "failed", "partiallySucceeded"]

_SERVICE_TYPES = {"exchange": "exchange", "onedrive": "oneDriveForBusiness", "sharepoint": "sharePoint"}
_SEVERITY = {"backupPolicyPaused": "medium", "restoreTaskCreated": "medium", "restoreTaskCompleted": "medium"}
_HISTORY = ((430.3, "Mailboxes all", "backupPolicyCreated"), (41.2, "Mailboxes all", "backupPolicyModified"),
            (41.1, "Mailboxes all", "dynamicRuleExecution"), (19.4, "OneDrive all", "backupPolicyModified"),
            (19.3, "Sites all", "backupPolicyActivated"))  # fmt: skip


class Entry(Struct, frozen=True, dict=True):
    """One line of the log."""

    id: str  # GUID
    moment: float  # when it was done
    kind: Kind  # its type, without namespace
    activity: str  # its ``activityType``
    workload: Workload  # the service it is about
    by: str  # whose doing it was, as the log writes it
    result: Result = "succeeded"  # how it ended
    more: dict[str, Any] = field(default_factory=dict)  # the members that only this type has

    @property
    def service_type(self) -> str:
        return _SERVICE_TYPES[self.workload.key]

    @property
    def severity(self) -> str:
        """Its ``severity``: failures and offboarding are high, what stops or restores is medium, the rest is low."""
        if self.result == "failed" or self.kind == "offboardingActivityLog":
            return "high"
        return _SEVERITY.get(self.activity, "low")


def performed_by(caller: Caller) -> str:
    """Return a caller as the log names one: the person's address, or the application's name."""
    return caller.user_email or caller.user_name or caller.app_name


class ActivityLog:
    """The log of one service."""

    def __init__(self, tenant: Tenant, sessions: Mapping[str, RestoreSession]) -> None:
        """Start with what happened to the policies before the start."""
        self._tenant = tenant
        self._sessions = sessions
        self._entries: list[Entry] = []
        policies = {policy.name: policy for policy in tenant.policies}
        for age, name, activity in sorted(_HISTORY, reverse=True):
            policy = policies[name]
            if activity == "dynamicRuleExecution":
                self.rule(tenant.started - age * DAY, policy, activity, added=policy.size // 5)
            else:
                self.policy(tenant.started - age * DAY, policy, activity, policy.modified_by, added=policy.size)

    def policy(
        self, now: float, policy: Policy, activity: str, caller: Caller, *, old_name: str | None = None,
        added: int = 0, removed: int = 0, failed: int = 0,
    ) -> None:  # fmt: skip
        """Note that a policy was created, activated, modified, paused or renamed; it is as afterwards."""
        more = _about(policy, now) | {
            "oldPolicyName": old_name,
            "protectionUnitDetails": _counts(added, removed, failed, "Manual Selection"),
            "retentionPeriod": "P1Y",
        }
        result: Result = "partiallySucceeded" if failed and added + removed > failed else "succeeded"
        self._note("backupPolicyActivityLog", now, activity, policy.workload, performed_by(caller), result, more)

    def rule(
        self, now: float, policy: Policy, activity: str, *, added: int = 0, removed: int = 0, failed: int = 0
    ) -> None:
        """Note what a dynamic rule did; arguments as those of ``policy``."""
        more = _about(policy, now) | {"protectionUnitDetails": _counts(added, removed, failed, "dynamic")}
        result: Result = "partiallySucceeded" if failed else "succeeded"
        self._note("dynamicRuleActivityLog", now, activity, policy.workload, "system", result, more)

    def offboarding(self, now: float, workload: Workload, caller: Caller, *, cancelled: bool) -> None:
        """Note that the offboarding of a unit was asked for or taken back."""
        details = {
            "totalRequestedCount": 1,
            "offboardedCount": 0,
            "failedCount": 0,
            "cancelledCount": int(cancelled),
            "offboardStartDateTime": now,
            "offboardEndDateTime": None,
            "offboardingStatus": "cancelled" if cancelled else "inProgress",
        }
        more = {"policyId": None, "policyName": None, "policyStatus": None, "offboardingDetails": details}
        activity = "protectionUnitLevelOffboarding"
        self._note("offboardingActivityLog", now, activity, workload, performed_by(caller), "succeeded", more)

    def policy_offboarding(self, now: float, policy: Policy, caller: Caller) -> None:
        """Note that all units of a policy are offboarded, or no longer."""
        done, cancelled = policy.offboarding == "offboarded", policy.offboarding is None
        details = {
            "totalRequestedCount": policy.size,
            "offboardedCount": policy.size if done else 0,
            "failedCount": 0,
            "cancelledCount": policy.size if cancelled else 0,
            "offboardStartDateTime": policy.offboard_requested or now,
            "offboardEndDateTime": now if done else None,
            "offboardingStatus": "cancelled" if cancelled else "completed" if done else "inProgress",
        }
        more = _about(policy, now) | {"offboardingDetails": details}
        kind: Kind = "offboardingActivityLog"
        self._note(kind, now, "policyLevelOffboarding", policy.workload, performed_by(caller), "succeeded", more)

    def entries(self, now: float) -> list[Entry]:
        """Return the whole log, oldest first; an entry never changes its place."""
        restores = [entry for each in self._sessions.values() for entry in _of_session(each, now)]
        return sorted([*self._entries, *restores], key=lambda entry: entry.moment)

    def _note(
        self, kind: Kind, now: float, activity: str, workload: Workload, by: str, result: Result, more: dict[str, Any]
    ) -> None:
        identifier = guid(self._tenant.seed, "activity", len(self._entries))
        self._entries.append(Entry(identifier, now, kind, activity, workload, by, result, more))


def _about(policy: Policy, now: float) -> dict[str, Any]:
    return {"policyId": policy.id, "policyName": policy.name, "policyStatus": policy.status(now)}


def _counts(added: int, removed: int, failed: int, configuration: str) -> dict[str, Any]:
    return {
        "requestedToAddCount": added,
        "requestedToRemoveCount": removed,
        "addedCount": max(0, added - failed),
        "removedCount": removed,
        "failedCount": failed,
        "backupConfigurationType": configuration,
    }


def _of_session(session: RestoreSession, now: float) -> Iterator[Entry]:
    """Yield what the log says of a restore: one line at its start, one at its end."""
    if session.activated is None:
        return
    by = performed_by(session.modified_by)
    start = _restore(session, session.activated, "activating", None)
    kind: Kind = "restoreTaskActivityLog"
    identifier, workload = guid(session.id, "created"), session.workload
    yield Entry(identifier, session.activated, kind, "restoreTaskCreated", workload, by, more=start)
    ended = session.completed(now)
    if ended is None:
        return
    status = session.status(ended)
    results: dict[str, Result] = {"completed": "succeeded", "failed": "failed"}
    end = _restore(session, ended, status, ended)
    identifier, result = guid(session.id, "completed"), results.get(status, "partiallySucceeded")
    yield Entry(identifier, ended, kind, "restoreTaskCompleted", workload, by, result, end)


def _restore(session: RestoreSession, moment: float, status: str, ended: float | None) -> dict[str, Any]:
    counts = session.counts(moment)
    first = session.artifacts[0] if session.artifacts else None
    return {
        "restoreSessionId": session.id,
        "restoreSessionStatus": status,
        "destinationType": first.destination if first is not None else None,
        "tags": "fastRestore" if first is not None and first.express else "none",
        "restoreArtifactDetails": {
            "totalArtifactsCount": counts.total,
            "restoredCount": counts.completed,
            "failedCount": counts.failed,
        },
        "restoreCompletionDateTime": ended,
    }
