"""Texts about a protection policy: its cells in lists, and the lines about it."""

from collections import Counter
from datetime import datetime, tzinfo

from backup_tui.models.people import IdentitySet
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status, unit_status
from backup_tui.models.text import safe
from backup_tui.protection.full_backup import billing_words, covers_short, covers_words
from backup_tui.protection.policies import PolicyAction, policy_label
from backup_tui.protection.retention import retention_words
from backup_tui.store import freshness as fresh
from backup_tui.store.store import Store
from backup_tui.store.summary import excluded_units, policy_units
from backup_tui.ui.vocabulary.names import marked_word, person_short, units_words
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words, day_words


def policy_title(policy: ProtectionPolicy) -> str:
    """`SharePoint policy "Sites pilot"`, its name in messages."""
    return f'{policy.workload or "?"} policy "{policy_label(policy)}"'


def status_cell(policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> Cell:
    """Mark and word of the status; while it is updating, since when."""
    state = policy_status(policy.status)
    words = marked_word(state)
    if state.moving and policy.last_modified_date_time is not None:
        words += f" since {clock_words(policy.last_modified_date_time, zone, now)}"
    return Cell(words, state.tone.value)


def units_cell(store: Store, policy: ProtectionPolicy) -> Cell:
    """The number of units, or `…` until they are counted."""
    count = policy_units(store, policy)
    if policy.is_full:
        # Its units are those that are protected now; what it protects is the whole service.
        return Cell(covers_short(policy, excluded_units(store, policy)), "strong")
    if policy.service is None:
        return Cell("-", "dim")
    return Cell("…", "dim") if count is None else Cell(f"{count:,}")


def changed_cell(policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> Cell:
    """`12 Oct, ryan`: when it was changed last, and by whom."""
    when = policy.last_modified_date_time
    who = person_short(_label(policy.last_modified_by))
    return Cell(", ".join(filter(None, (day_words(when, zone, now) if when else "", who))))


def about_policy(store: Store, policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> list[Section | str]:
    """What is said about a policy: what its status means, its points, its units, its changes, its whole id."""
    when, who = policy.created_date_time, _label(policy.created_by)
    created = " ".join(filter(None, ("created", day_words(when, zone, now) if when else "", who and f"by {who}")))
    changed = policy.last_modified_date_time
    by = f" by {_label(policy.last_modified_by)}" if _label(policy.last_modified_by) else ""
    return [
        Section(policy_label(policy), right=created if when or who else ""),
        *full_lines(store, policy),
        *state_lines(policy),
        points_line(policy),
        units_line(store, policy, zone, now),
        *([f"Changed {clock_words(changed, zone, now)}{by}."] if changed else []),
        *([words] if (words := billing_words(policy)) else []),
        f"Policy {safe(policy.id)}",
    ]


def full_lines(store: Store, policy: ProtectionPolicy) -> list[str]:
    """What a policy with full workload backup protects; nothing for an ordinary one."""
    words = covers_words(policy, excluded_units(store, policy))
    return [words] if words else []


def state_lines(policy: ProtectionPolicy) -> list[str]:
    """What the status means, where its word alone does not tell."""
    state = policy_status(policy.status)
    match state.value:
        case "activeWithErrors":
            return ["Some units are not protected; enter lists them first."]
        case "updating":
            return ["The service is carrying out a change; the result is shown here."]
        case "inactive":
            return ["Its units are not backed up. Existing points stay until each is a year old."]
        case "offboardRequested":
            return ["It is being taken out of backup for good; its points will be deleted."]
    known = bool(state.actions) or state.terminal or not policy.status
    return [] if known else [f'The service says "{policy.status}"; what can be done with it is unknown.']


def points_line(policy: ProtectionPolicy) -> str:
    """How often points are made and how long they are kept."""
    words = retention_words(policy.retention_settings or ())
    if policy.service is Service.EXCHANGE:
        reports = f"reports {words}" if words else "does not report it"
        return f"Restore points every 10 min for a year (Microsoft's product page); the service itself {reports}."
    return f"Restore points {words}." if words else "How often points are made and kept is not reported."


def units_line(store: Store, policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> str:
    """How many units it has and in which states they are, as far as that is known."""
    service = policy.service
    if service is None:
        known_as = f"Policies of {policy.workload} are" if policy.workload else "Its service is"
        return f"{known_as} unknown to this version, so its units cannot be listed."
    counts = policy.protection_policy_artifact_count
    known = store.freshness(fresh.units_of(service))
    at = f", read {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
    if counts is not None and counts.total is not None:
        states = ((counts.completed, "protected"), (counts.in_progress, "in progress"), (counts.failed, "failed"))
        parts, at = [f"{number:,} {words}" for number, words in states if number], ""
    elif not known.complete:
        return "Its units are being counted; enter lists them."
    else:
        parts = state_counts(store, policy)
        if known.unread:
            parts.append(f"{known.unread:,} in the list could not be read")
    return f"{', '.join((units_words(service, policy_units(store, policy) or 0), *parts))}{at}."


def state_counts(store: Store, policy: ProtectionPolicy) -> list[str]:
    """`3 not protected`, `1,177 protected`: the listed units of a policy by their state, problems first."""
    rows = store.units[policy.service].values() if policy.service is not None else ()
    tally = Counter(row.status for row in rows if row.policy_id == policy.id)
    states = sorted(((unit_status(status), count) for status, count in tally.items()), key=lambda pair: pair[0].rank)
    return [f"{count:,} {state.word}" for state, count in states]


def action_reason(policy: ProtectionPolicy, action: Action) -> str | None:
    """Why a policy cannot be switched on or off in its present state; None when it can."""
    state = policy_status(policy.status)
    if state.allows(action):
        return None
    if action is Action.ACTIVATE and state.allows(Action.DEACTIVATE):
        return "This policy is already active."
    needed = PolicyAction.ACTIVATE if action is Action.ACTIVATE else PolicyAction.DEACTIVATE
    return f"The policy is {state.word}; {needed.state_sentence}."


def ended_words(policy: ProtectionPolicy) -> str:
    """What the message line says when a policy has been updated."""
    title = policy_title(policy)
    state = policy_status(policy.status)
    match state.value:
        case "active":
            return f"{title} is now active. First points in about 1 to 2 hours."
        case "activeWithErrors":
            return f"{title} is active, but some units are not protected."
        case "inactive":
            return f"{title} is now inactive. Existing points stay until each is a year old."
    return f"{title} is now {state.word}."


def _label(who: IdentitySet | None) -> str:
    return who.label if who is not None else ""
