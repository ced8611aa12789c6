"""What only the beta version tells of policies and units, in words: full workload backup and its exclusions, retention,
billing, types of mailboxes. Empty where the service sends nothing. Pure."""

from collections.abc import Callable
from datetime import datetime

from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.text import safe
from backup_tui.store.rows import UnitTerms

_MAILBOXES = {"user": "mailbox of a person", "shared": "shared mailbox", "unknown": "mailbox of unknown type"}
_CHANGES = {"none": "", "inprogress": "under way", "failed": "failed", "completed": "done"}

TERMS = ("Kept", "Type", "Billed under")  # labels of `terms_parts`

Day = Callable[[datetime], str]  # a day in words, as the place shows days


def covers_short(policy: ProtectionPolicy, excluded: int | None) -> str:
    """`all but 3`, `all`, or `all but ?` while it is unknown what is excluded; empty for an ordinary policy."""
    if not policy.is_full:
        return ""
    if excluded is None:
        return "all but ?"
    return f"all but {excluded:,}" if excluded else "all"


def covers_words(policy: ProtectionPolicy, excluded: int | None) -> str:
    """What a policy protects, a sentence; empty for an ordinary policy, which protects its units. `excluded`: how many
    exclusion units it has; None while that is unknown."""
    if not policy.is_full:
        mode = (policy.protection_mode or "").lower()
        return "" if mode in ("", "standard") else f'Its protection mode is "{policy.protection_mode}", unknown here.'
    service = policy.service
    whole = f"all of {policy.workload}" if policy.workload else "its whole service"
    if excluded is None:
        but = "except its exclusions, which were not read"
    elif excluded:
        but = f"except {service.counted_in_short(excluded) if service else f'{excluded:,}'} it excludes"
    else:
        but = "and nothing is excluded"
    return f"Full workload backup: {whole}, what is made later too, {but}."


def whole_meaning(policy: ProtectionPolicy, count: int | None, *, on: bool) -> str:
    """What switching a policy with full workload backup on or off means, for its review. `count`: how many units it
    protects now; None when unknown. `on`: it is switched on."""
    service = policy.service
    now = "" if count is None or service is None else f" ({service.counted_in_short(count)} in it now)"
    name = policy.workload or "its service"
    if on:
        return (
            f"ACTIVATE: Microsoft starts backing up ALL of {name}{now}, what is made later too, except what the policy "
            "excludes, and billing for what it keeps. First points after about 1 to 2 hours. Nothing is restored or "
            "changed."
        )
    return (
        f"DEACTIVATE: from now on, nothing of {name} is backed up by this policy{now}. Existing points stay until each "
        "is a year old. Damage done from now on cannot be undone."
    )


def whole_service_remark(policy: ProtectionPolicy) -> str:
    """What a restore of all units of such a policy does not hold."""
    return (
        f"{safe(policy.display_name or policy.id)} protects all of {policy.workload or 'its service'} (full workload "
        "backup). What it excludes is not among these units."
    )


def billing_words(policy: ProtectionPolicy) -> str:
    """Which billing policy pays; empty where the service does not say."""
    return f"Billed under {policy.billing_policy_id}" if policy.billing_policy_id else ""


def terms_parts(terms: UnitTerms | None, day: Day) -> dict[str, str]:
    """What the service says about the terms of a unit: by label, without what it does not say. `terms`: as they were
    sent. `day`: how a day is shown."""
    if terms is None:
        return {}
    kept = f"{terms.days:,} days" if terms.days is not None else ""
    if terms.next_days is not None and _CHANGES.get(terms.next_status.lower(), "?"):
        since = f" from {day(terms.next_from)}" if terms.next_from else ""
        state = _CHANGES.get(terms.next_status.lower(), terms.next_status)
        kept = ", ".join(filter(None, (kept, f"{terms.next_days:,} days{since} ({state})")))
    kind = _MAILBOXES.get(terms.mailbox_type.lower(), terms.mailbox_type)
    parts = {"Kept": kept, "Type": kind, "Billed under": terms.billing}
    return {label: value for label, value in parts.items() if value}


def terms_sentence(terms: UnitTerms | None, day: Day) -> str:
    """The same in a line: `Points kept 365 days. Shared mailbox. Billed under 0c2f…`; empty for nothing."""
    parts = terms_parts(terms, day)
    said = {
        "Kept": lambda value: f"Points kept {value}.",
        "Type": lambda value: f"{value[0].upper()}{value[1:]}.",
        "Billed under": lambda value: f"Billed under {value}",
    }
    return " ".join(said[label](value) for label, value in parts.items())
