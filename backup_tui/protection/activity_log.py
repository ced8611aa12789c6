"""The service's own activity log in words, and choosing from it. Pure.

It is in the beta version only. It names who did something, policies and restore sessions; units it only counts.
https://learn.microsoft.com/graph/api/resources/activitylogbase?view=graph-rest-beta"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.models.activity_logs import (
    ActivityLog,
    BackupPolicyActivityLog,
    DynamicRuleActivityLog,
    OffboardingActivityLog,
    PolicyActivityLog,
    ProtectionUnitDetails,
    RestoreTaskActivityLog,
)
from backup_tui.models.services import Service
from backup_tui.models.statuses import session_status
from backup_tui.models.text import counted, short_id
from backup_tui.protection.retention import span_of

KINDS = ("restore", "policy", "rule", "offboarding")  # the kinds of entries, as a list can be narrowed to one

BETA_ONLY = "The service writes this log in its beta version only."

ID_FACTS = ("Session", "Policy")  # labels of those facts that are ids

_POLICY_DONE = {
    "backuppolicycreated": "created",
    "backuppolicyactivated": "activated",
    "backuppolicymodified": "changed",
    "backuppolicypaused": "paused",
    "backuppolicyrenamed": "renamed",
}
_RULE_DONE = {"dynamicruleexecution": "applied", "dynamicruledeletion": "deleted"}


class Wanted(Struct, frozen=True):
    """Which entries are asked for; what is not set asks for all. `since`, `until`: moments that belong to the period.
    `kind`: one of `KINDS`. `by`: part of a name. `session_id`: a restore session."""

    since: datetime | None = None
    until: datetime | None = None
    kind: str = ""
    by: str = ""
    session_id: str = ""
    service: Service | None = None

    def has(self, entry: ActivityLog) -> bool:
        """Whether an entry is asked for; one without a time is in no period."""
        at = entry.event_date_time
        if (self.since is not None and (at is None or at < self.since)) or (
            self.until is not None and (at is None or at > self.until)
        ):
            return False
        return (
            (not self.kind or kind_of(entry) == self.kind)
            and self.by.casefold() in (entry.performed_by or "").casefold()
            and (not self.session_id or session_of(entry) == self.session_id)
            and (self.service is None or entry.of_service is self.service)
        )


def newest_first(entries: Iterable[ActivityLog]) -> list[ActivityLog]:
    """The entries by their time; those without one are last."""
    return sorted(
        entries, key=lambda entry: entry.event_date_time.timestamp() if entry.event_date_time else 0.0, reverse=True
    )


def kind_of(entry: ActivityLog) -> str:
    """One of `KINDS`; empty for an entry of a kind that is not known here."""
    match entry:
        case RestoreTaskActivityLog():
            return "restore"
        case DynamicRuleActivityLog():
            return "rule"
        case OffboardingActivityLog():
            return "offboarding"
        case PolicyActivityLog():
            return "policy"
    return ""


def session_of(entry: ActivityLog) -> str:
    """The restore session that an entry is about; empty for none."""
    return entry.restore_session_id or "" if isinstance(entry, RestoreTaskActivityLog) else ""


def entry_words(entry: ActivityLog) -> str:
    """What was done, in a line: `policy OneDrive all changed: 12 added`, `restore d91e03b7 ended: 112 restored`."""
    activity = (entry.activity_type or "").lower()
    match entry:
        case RestoreTaskActivityLog():
            return _restore_words(entry, activity)
        case DynamicRuleActivityLog():
            done = _RULE_DONE.get(activity, entry.activity_type or "did something")
            return _with(f"rule of policy {_policy(entry)} {done}", _unit_words(entry.protection_unit_details))
        case OffboardingActivityLog():
            return _offboarding_words(entry, activity)
        case BackupPolicyActivityLog():
            done = _POLICY_DONE.get(activity, entry.activity_type or "changed in an unknown way")
            named = f"policy {_policy(entry)}"
            if entry.old_policy_name and activity == "backuppolicyrenamed":
                named = f"policy {entry.old_policy_name}"
                done = f"renamed to {_policy(entry)}"
            return _with(f"{named} {done}", _unit_words(entry.protection_unit_details))
    return f"{entry.activity_type or 'something'} (unknown to this version)"


def entry_facts(entry: ActivityLog) -> list[tuple[str, str]]:
    """The rest that an entry says, as labels and values, without what is empty."""
    facts: list[tuple[str, str | None]] = [
        ("Service", entry.of_service.label if entry.of_service else entry.service_type),
        ("Severity", entry.severity),
    ]
    match entry:
        case RestoreTaskActivityLog():
            facts += [
                ("Session", entry.restore_session_id),
                ("State then", session_status(entry.restore_session_status).word),
                ("Goes to", _destination_words(entry.destination_type)),
                ("Points", "express" if "fastrestore" in (entry.tags or "").lower() else ""),
            ]
        case PolicyActivityLog():
            facts += [("Policy", entry.policy_id), ("Policy then", entry.policy_status)]
    if isinstance(entry, BackupPolicyActivityLog):
        facts.append(("Kept for", span_of(entry.retention_period) if entry.retention_period else ""))
    if isinstance(entry, BackupPolicyActivityLog | DynamicRuleActivityLog):
        details = entry.protection_unit_details
        facts.append(("Chosen by", details.backup_configuration_type if details else ""))
    if entry.error is not None:
        error = " ".join(part for part in (entry.error.code, entry.error.message) if part)
        facts.append(("Error", error))
    return [(label, value) for label, value in facts if value]


class SessionStory(Struct, frozen=True):
    """What the log knows of one restore session. `started_by`: who the first entry names; `at`: when."""

    started_by: str
    at: datetime | None
    destination: str


def story_of(entries: Iterable[ActivityLog], session_id: str) -> SessionStory | None:
    """What the log says about a session; `None` when it says nothing."""
    about = [entry for entry in newest_first(entries) if session_of(entry) == session_id]
    if not about:
        return None
    first = about[-1]
    destination = next(
        (
            one.destination_type or ""
            for one in about
            if isinstance(one, RestoreTaskActivityLog)
            if one.destination_type
        ),
        "",
    )
    return SessionStory(first.performed_by or "", first.event_date_time, destination)


def policy_name_of(entries: Iterable[ActivityLog], policy_id: str) -> str:
    """The name under which the log last knew a policy, such as one that was deleted; empty when it never did."""
    named = (
        entry.policy_name or ""
        for entry in newest_first(entries)
        if isinstance(entry, PolicyActivityLog) and entry.policy_id == policy_id
    )
    return next(filter(None, named), "")


def _policy(entry: PolicyActivityLog) -> str:
    return entry.policy_name or (short_id(entry.policy_id) if entry.policy_id else "without a name")


def _with(words: str, more: Sequence[str]) -> str:
    return f"{words}: {', '.join(more)}" if more else words


def _unit_words(details: ProtectionUnitDetails | None) -> list[str]:
    if details is None:
        return []
    counts = ((details.added_count, "added"), (details.removed_count, "removed"), (details.failed_count, "failed"))
    return [f"{count:,} {word}" for count, word in counts if count]


def _restore_words(entry: RestoreTaskActivityLog, activity: str) -> str:
    named = f"restore {short_id(entry.restore_session_id) if entry.restore_session_id else 'without an id'}"
    details = entry.restore_artifact_details
    total = details.total_artifacts_count if details else None
    if activity == "restoretaskcreated":
        place = _destination_words(entry.destination_type)
        begun = " ".join(part for part in (named, "begun", place) if part)
        return _with(begun, [counted(total, "unit")] if total else [])
    done = "ended" if activity == "restoretaskcompleted" else entry.activity_type or "changed in an unknown way"
    more = []
    if details is not None and details.failed_count:
        more.append(f"{details.failed_count:,} failed")
    if details is not None and details.restored_count is not None:
        more.append(f"{details.restored_count:,}" + (f" of {total:,}" if total is not None else "") + " restored")
    return _with(f"{named} {done}", more)


def _destination_words(destination: str | None) -> str:
    return {"inplace": "IN PLACE", "new": "to a new location"}.get((destination or "").lower(), destination or "")


def _offboarding_words(entry: OffboardingActivityLog, activity: str) -> str:
    details = entry.offboarding_details
    total = details.total_requested_count if details else None
    whole = activity == "policyleveloffboarding"
    what = f"policy {_policy(entry)}" if whole else counted(total, "unit") if total is not None else "units"
    status = (details.offboarding_status or "" if details else "").lower()
    if status == "cancelled":
        return f"offboarding of {what} cancelled"
    counts = (
        ((details.offboarded_count, "offboarded"), (details.failed_count, "failed"), (details.cancelled_count, "kept"))
        if details
        else ()
    )
    return _with(f"offboarding of {what}", [f"{count:,} {word}" for count, word in counts if count])
