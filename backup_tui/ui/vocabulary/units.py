"""Texts about a protected unit: its cells in lists, and the lines about it.

A service that hides names (from a sign-in without a person) or no longer has them (of a deleted account) leaves the
object id; beside it appears a name that was seen here before, marked as an old one.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from backup_tui.models.services import Service
from backup_tui.models.text import safe, short_id
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.activity_log import policy_name_of
from backup_tui.protection.full_backup import terms_sentence
from backup_tui.protection.offboarding import GRACE
from backup_tui.protection.policies import policy_label
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import SessionRow, UnitRow
from backup_tui.store.store import Store
from backup_tui.store.summary import excluded_units
from backup_tui.store.unit_table import UnitTable
from backup_tui.ui.vocabulary.names import marked_word
from backup_tui.ui.vocabulary.sessions import title_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part, without_part
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import day_words

HIDDEN_NAMES = "This kind of sign-in gets no names; object ids are shown."
UNKNOWN_DEADLINE = (
    "O keeps it. Microsoft did not report when offboarding was requested, so the deadline to cancel is unknown."
)

RECENT = timedelta(days=31)  # restores of a unit within this time are named; Microsoft counts restores by the month

_SAMPLE = 200  # how many units decide which part of the address the heading names; another part is shown in full

_SOURCES = {"manual": "by hand", "dynamicrule": "by a rule"}


def part_of(table: UnitTable) -> str:
    """The domain or host that nearly all addresses share; it is said once, in the heading of their column."""
    return shared_part(row.address for row in islice(table.values(), _SAMPLE))


def names_hidden(service: Service, who: WhoAmI) -> bool:
    """Whether the service hides names from this sign-in: those of accounts, from one without a person."""
    return who.app_only and service is not Service.SHAREPOINT


def unit_columns(service: Service, part: str, *, hidden: bool = False, policy: bool = True) -> tuple[Column, ...]:
    """The columns of a list of units.

    Args:
        part: What nearly all addresses share (`part_of`).
        hidden: Names are hidden: the first column has object ids, the second names that were seen before.
        policy: Whether the policy has a column.
    """
    noun = "Site" if service is Service.SHAREPOINT else "Account"
    title = "Account, object id" if hidden else f"{noun} {shown_part(part)}".strip()
    return (
        Column("address", title, 22, grow=3, cut="middle", least=20, always=True),
        Column("name", "Name", 10, grow=2, least=8),
        Column("status", "Status", 15, always=True),
        *((Column("policy", "Policy", 8, least=8, drop=1),) if policy else ()),
        Column("added", "Added", 6, drop=2),
    )


def unit_cells(
    store: Store, row: UnitRow, part: str, zone: tzinfo, now: datetime, *, hidden: bool, policy: bool = True
) -> tuple[Cell, ...]:
    """The cells of a unit in a list with `unit_columns`."""
    name = policy_words(store, row)
    return (
        account_cell(row, part, hidden=hidden),
        name_cell(row, hidden=hidden),
        status_cell(row),
        *((Cell("-" if name == "none" else name, "dim" if name in ("none", "gone") else ""),) if policy else ()),
        Cell(day_words(row.created, zone, now) if row.created else "-"),
    )


def account_cell(row: UnitRow, part: str, *, hidden: bool) -> Cell:
    """What the unit is known by; of one without a name, how it was called when it was seen last."""
    if hidden:
        return Cell(row.object_id or safe(row.id))
    if row.deleted:
        return Cell(f"{without_part(row.name, part)} (deleted)", "dim")
    if not (row.address or row.title):
        return Cell(f"{short_id(row.object_id or row.id)} (no name)", "dim")
    return Cell(without_part(row.address or row.title, part))


def name_cell(row: UnitRow, *, hidden: bool) -> Cell:
    """The display name; in brackets a name that was seen before."""
    if row.deleted:
        return Cell(f"({row.name if hidden else row.title or '-'})", "dim")
    return Cell(row.title) if row.title else Cell("-", "dim")


def status_cell(row: UnitRow) -> Cell:
    """Mark and word of the status."""
    return Cell(marked_word(row.state), row.state.tone.value)


def policy_words(store: Store, row: UnitRow) -> str:
    """Name of the unit's policy, `none`, or the beginning of its id while policies are not known."""
    if not row.policy_id:
        return "none"
    policy = store.policies.get(row.policy_id)
    if policy is not None:
        return policy_label(policy)
    return "gone" if store.freshness(fresh.POLICIES).whole else short_id(row.policy_id)


def about_unit(store: Store, row: UnitRow, zone: tzinfo, now: datetime, *, hidden: bool) -> tuple[Section | str, ...]:
    """What is said about a unit: its name, trouble, recent restores, its policy, whole ids. `hidden`: names are hidden
    from this sign-in (`names_hidden`)."""
    how = _SOURCES.get(row.sources.lower(), "")
    policy = policy_words(store, row)
    words = {"none": "It is in no policy.", "gone": _gone(store, row)}.get(policy, f"It is in the policy {policy}.")
    offboard = "" if policy == "none" else " OFFBOARD is for units outside every policy."
    return (
        Section(_who(row, hidden=hidden), right=f"unit {short_id(row.id)}{f', added {how}' if how else ''}"),
        *_trouble(store, row, zone, now),
        *_restores(store, row, now),
        f"{words}{_of_full(store, row)}{offboard}",
        *([terms] if (terms := terms_sentence(row.terms, lambda at: day_words(at, zone, now))) else []),
        *([f"Object {safe(row.object_id)}"] if row.object_id and (row.deleted or not row.address) else []),
        f"Unit {safe(row.id)}",
    )


def _gone(store: Store, row: UnitRow) -> str:
    """That the policy of a unit no longer exists, with the name that the service's log last had for it."""
    name = policy_name_of(store.details.activity.values(), row.policy_id)
    return f"Its policy is gone; the activity log last called it {name}." if name else "Its policy is gone."


def _of_full(store: Store, row: UnitRow) -> str:
    """That the policy of a unit protects more than its units."""
    policy = store.policies.get(row.policy_id)
    return " It protects the whole service (full workload backup)." if policy is not None and policy.is_full else ""


def excluded_words(store: Store, service: Service) -> str:
    """`3 excluded by Sites all`: what is in no list of units because a policy leaves it out; empty for nothing."""
    said = []
    for policy in store.policies.values():
        if policy.is_full and policy.service is service:
            count = excluded_units(store, policy)
            said.append(f"{'?' if count is None else f'{count:,}'} excluded by {policy_label(policy)}")
    return ", ".join(said)


def _who(row: UnitRow, *, hidden: bool) -> str:
    if row.deleted:
        return f"{row.name}, deleted: its last known name"
    if hidden or not (row.address or row.title):
        return "No name: the account is deleted" if not hidden else row.object_id or safe(row.id)
    return f"{row.address} ({row.title})" if row.address and row.title else row.name


def _trouble(store: Store, row: UnitRow, zone: tzinfo, now: datetime) -> list[str]:
    extra = store.units[row.service].extra(row.id)
    error = extra.get("error")
    lines: list[str] = []
    if isinstance(error, dict):
        code, text = safe(str(error.get("code") or "")), safe(str(error.get("message") or ""))
        lines.append(f"Not protected. The service says: {text or 'nothing more'}{f' ({code})' if code else ''}")
    match row.state.value:
        case "unprotected" if not lines:
            lines.append("No new points are made. Earlier points can still be restored.")
        case "offboardRequested":
            asked = _moment(extra.get("offboardRequestedDateTime"))
            until = f"O keeps it, until about {day_words(asked + GRACE, zone, now)}." if asked else UNKNOWN_DEADLINE
            lines.append(f"Its backup is deleted for good after 90 days. {until}")
        case "offboarded":
            lines.append("Its backup was deleted for good; there may be no points left.")
    return lines


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _restores(store: Store, row: UnitRow, now: datetime) -> list[str]:
    """The running and the recent restores that hold the unit, as far as their units were read here."""
    running: list[SessionRow] = []
    recent: list[SessionRow] = []
    for session_id in store.artifact_sessions():
        session = store.sessions.get(session_id)
        if session is None or session.gone or session.service is not row.service:
            continue
        if not session.running and (session.created is None or now - session.created > RECENT):
            continue
        if any(one.unit_id == row.id for one in store.artifacts(session_id).values()):
            (running if session.running else recent).append(session)
    lines = []
    if running:
        lines.append(f"In a running restore: {', '.join(map(title_of, running))}.")
    ended = [session for session in recent if session.state.terminal]
    if ended:
        count = f"{len(ended)} in the last 31 days" if len(ended) > 1 else "once in the last 31 days"
        lines.append(f"Restored {count}, as far as known here: {', '.join(map(title_of, ended))}.")
    return lines


def unit_lines_to_copy(rows: Sequence[UnitRow]) -> str:
    """Addresses (names, where there is none), one a line: what the form and the commands take as a list."""
    return "\n".join(row.address or row.object_id or row.id for row in rows)
