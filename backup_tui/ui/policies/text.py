"""What is said about a protection policy: its cells in lists, and the lines about it."""

from __future__ import annotations

from datetime import datetime, tzinfo

from backup_tui.models.people import IdentitySet
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import Action, policy_status, unit_status
from backup_tui.models.text import safe
from backup_tui.protection.policies import PolicyAction, policy_label
from backup_tui.protection.retention import retention_words
from backup_tui.store import freshness as fresh
from backup_tui.store.store import Store
from backup_tui.ui.vocabulary.names import marked_word, person_short, service_label, units_words
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.time_format import clock_words, day_words


def policy_title(policy: ProtectionPolicy) -> str:
    """`SharePoint policy "Sites pilot"`, its name in messages."""
    return f'{service_label(policy.service)} policy "{policy_label(policy)}"'


def status_cell(policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> Cell:
    """Mark and word of the status; while it is updating, since when."""
    state = policy_status(policy.status)
    words = marked_word(state)
    if state.moving and policy.last_modified_date_time is not None:
        words += f" since {clock_words(policy.last_modified_date_time, zone, now)}"
    return Cell(words, state.tone.value)


def known_units(store: Store, policy: ProtectionPolicy) -> int | None:
    """How many units the policy has, as the service counts them or as they were listed; None when neither is known."""
    counts = policy.protection_policy_artifact_count
    if counts is not None and counts.total is not None:
        return counts.total
    if policy.service is None or not store.freshness(fresh.units_of(policy.service)).whole:
        return None
    return sum(row.policy_id == policy.id for row in store.units[policy.service].values())


def units_cell(store: Store, policy: ProtectionPolicy) -> Cell:
    """The number of units, or that they were not read."""
    count = known_units(store, policy)
    return Cell("not read", "dim") if count is None else Cell(f"{count:,}")


def changed_cell(policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> Cell:
    """`12 Oct ryan`: when it was changed last, and by whom."""
    when = policy.last_modified_date_time
    who = person_short(_label(policy.last_modified_by))
    return Cell(" ".join(part for part in (day_words(when, zone, now) if when else "", who) if part))


def about_policy(store: Store, policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> list[str]:
    """The lines about a policy that a list has no room for, the whole id first."""
    lines = [f"{policy_label(policy)}, id {safe(policy.id)}"]
    history = history_words(policy, zone, now)
    if history:
        lines.append(history)
    lines += [*state_lines(policy), points_line(policy), units_line(store, policy, zone, now)]
    return lines


def history_words(policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> str:
    """`Made 2 Feb by ryan, changed 12 Oct by adele.`; empty when the service says neither."""
    parts: list[str] = []
    for verb, when, who in (
        ("made", policy.created_date_time, policy.created_by),
        ("changed", policy.last_modified_date_time, policy.last_modified_by),
    ):
        if when is not None:
            by = f" by {_label(who)}" if _label(who) else ""
            parts.append(f"{verb} {clock_words(when, zone, now)}{by}")
    words = ", ".join(parts)
    return f"{words[0].upper()}{words[1:]}." if words else ""


def state_lines(policy: ProtectionPolicy) -> list[str]:
    """What the status means, where its word alone does not tell."""
    state = policy_status(policy.status)
    match state.value:
        case "activeWithErrors":
            return ["Some units are not protected; enter lists them first."]
        case "updating":
            return ["The service is still carrying out a change; what comes of it is shown here."]
        case "inactive":
            return ["Its units are not backed up. Points made before stay for their year."]
        case "offboardRequested":
            return ["It was asked to be taken out of backup for good; its points will go."]
    known = bool(state.actions) or state.terminal or not policy.status
    return [] if known else [f'The service says "{policy.status}"; what may be done with it is not known here.']


def points_line(policy: ProtectionPolicy) -> str:
    """How often points are made and how long they are kept."""
    words = retention_words(policy.retention_settings or ())
    if not words:
        return "Points: the service does not say how often and for how long."
    if policy.service is Service.EXCHANGE:
        words += " (as the service states it; mailboxes: every 10 min for the year, per Microsoft)"
    return f"Points: {words}."


def units_line(store: Store, policy: ProtectionPolicy, zone: tzinfo, now: datetime) -> str:
    """How many units it has and how they are, as far as that is known."""
    service = policy.service
    if service is None:
        return "Units: which service it is for is not known here."
    counts = policy.protection_policy_artifact_count
    if counts is not None and counts.total is not None:
        parts = [units_words(service, counts.total)]
        for number, words in (
            (counts.completed, "protected"),
            (counts.in_progress, "in progress"),
            (counts.failed, "failed"),
        ):
            if number:
                parts.append(f"{number:,} {words}")
        return f"Units: {', '.join(parts)}."
    known = store.freshness(fresh.units_of(service))
    if not known.complete:
        return "Units: enter counts and lists them."
    tally: dict[str, int] = {}
    for row in store.units[service].values():
        if row.policy_id == policy.id:
            tally[row.status] = tally.get(row.status, 0) + 1
    states = sorted(((unit_status(status), count) for status, count in tally.items()), key=lambda pair: pair[0].rank)
    at = f", read {clock_words(known.answered_at, zone, now)}" if known.answered_at else ""
    parts = [units_words(service, sum(tally.values())), *(f"{count:,} {state.word}" for state, count in states)]
    if known.unread:
        parts.append(f"{known.unread:,} in the list could not be read")
    return f"Units: {', '.join(parts)}{at}."


def action_reason(policy: ProtectionPolicy, action: Action) -> str | None:
    """Why a policy cannot be switched on or off in its present state; None when it can."""
    state = policy_status(policy.status)
    if state.allows(action):
        return None
    if action is Action.ACTIVATE and state.allows(Action.DEACTIVATE):
        return "Not possible: this policy is active already."
    needed = PolicyAction.ACTIVATE if action is Action.ACTIVATE else PolicyAction.DEACTIVATE
    return f"The policy is {state.word}; {needed.state_sentence}."


def ended_words(policy: ProtectionPolicy) -> str:
    """What the message line says when a policy has stopped updating."""
    title = policy_title(policy)
    state = policy_status(policy.status)
    match state.value:
        case "active":
            return f"{title} is active now. First points in about 1 to 2 hours."
        case "activeWithErrors":
            return f"{title} is active, but some units are not protected."
        case "inactive":
            return f"{title} is inactive now. Points made so far stay."
    return f"{title} is {state.word} now."


def _label(who: IdentitySet | None) -> str:
    return who.label if who is not None else ""
