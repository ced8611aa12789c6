"""What is said about a protected unit: its cells in lists, and the lines about it.

A service that hides names (from a sign-in without a person) or no longer has them (of a deleted account) leaves the
object id; a name that was seen here before stands beside it, said to be an old one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from itertools import islice

from backup_tui.models.services import Service
from backup_tui.models.text import safe, short_id
from backup_tui.models.whoami import WhoAmI
from backup_tui.protection.offboarding import GRACE
from backup_tui.protection.policies import policy_label
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import SessionRow, UnitRow
from backup_tui.store.store import Store
from backup_tui.store.unit_table import UnitTable
from backup_tui.ui.vocabulary.names import marked_word
from backup_tui.ui.vocabulary.sessions import title_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part
from backup_tui.ui.widgets.time_format import clock_words, day_words

HIDDEN_NAMES = "Names are not given to this kind of sign-in; object ids are shown."

RECENT = timedelta(days=31)
"""Restores of a unit within so long are told; Microsoft counts restores by the month."""

_SAMPLE = 200
"""So many sites decide which start of the address is said in the header; a site with another one is shown in full."""

_SOURCES = {"manual": "by hand", "dynamicrule": "by a rule"}


def start_of(table: UnitTable) -> str:
    """The start of the address that sites share; empty for other services, and where they share none."""
    if table.service is not Service.SHAREPOINT:
        return ""
    return shared_part(row.address for row in islice(table.values(), _SAMPLE))


def names_hidden(service: Service, who: WhoAmI) -> bool:
    """Whether the service hides names from this sign-in: those of accounts, from one without a person."""
    return who.app_only and service is not Service.SHAREPOINT


def unit_columns(service: Service, start: str, *, hidden: bool = False, policy: bool = True) -> tuple[Column, ...]:
    """The columns of a list of units.

    Args:
        service: Whose units.
        start: What all addresses begin with; it stands in the header.
        hidden: Names are hidden: the first column has room for an object id, the second is for an old name.
        policy: Whether the policy has a column.
    """
    if hidden:
        return (
            Column("address", "Account, object id", 36, cut="end", least=16),
            Column("name", "Name", 8, grow=2, least=4),
            Column("status", "Status", 17, least=12),
            *((Column("policy", "Policy", 13, grow=1, least=6),) if policy else ()),
        )
    is_site = service is Service.SHAREPOINT
    title = f"{start.partition('://')[2]}..." if start else "Address" if is_site else "Account"
    return (
        Column("address", title, 28, grow=3, cut="start" if is_site else "middle", least=16),
        Column("name", "Name", 18, grow=2, least=8),
        Column("status", "Status", 14),
        *((Column("policy", "Policy", 14, grow=1, least=6),) if policy else ()),
    )


def account_cell(row: UnitRow, start: str, *, hidden: bool) -> Cell:
    """What the unit is known by; of one without a name, how it was called when it was seen last."""
    if hidden:
        return Cell(row.object_id or safe(row.id))
    if row.deleted:
        return Cell(f"(deleted) {without_part(row.name, start)}", "dim")
    if not (row.address or row.title):
        return Cell(f"(no name) {short_id(row.object_id or row.id)}", "dim")
    return Cell(without_part(row.address or row.title, start))


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


def about_unit(store: Store, row: UnitRow, zone: tzinfo, now: datetime, *, hidden: bool) -> list[str]:
    """The lines about a unit: whole name, trouble, recent restores, how it came to be protected, whole ids.

    Args:
        store: Where it is.
        row: The unit.
        zone: In which days are told.
        now: The service's time.
        hidden: Names are hidden from this sign-in (`names_hidden`).
    """
    how = _SOURCES.get(row.sources.lower(), "")
    since = day_words(row.created, zone, now) if row.created else ""
    words = " ".join(part for part in ("Added", how, f"on {since}" if since else "") if part) if how or since else ""
    policy = policy_words(store, row)
    told = {"none": "In no policy", "gone": "Its policy is gone"}.get(policy, f"Policy {policy}")
    return [
        *_who(row, hidden=hidden),
        *_trouble(store, row, zone, now),
        *_restores(store, row, now),
        f"{words}. {told}." if words else f"{told}.",
        *([f"Object {safe(row.object_id)}"] if row.object_id and (row.deleted or not row.address) else []),
        f"Unit {safe(row.id)}",
    ]


def _who(row: UnitRow, *, hidden: bool) -> list[str]:
    """The unit's name; of a unit without one, how it was called when it was seen last."""
    if row.deleted:
        return [f"No name is given for it; it was last seen as {row.name}."]
    if hidden:
        return []
    if not (row.address or row.title):
        return ["No name is given for it; that is so for deleted accounts."]
    return [f"{row.address} ({row.title})" if row.address and row.title else row.name]


def _trouble(store: Store, row: UnitRow, zone: tzinfo, now: datetime) -> list[str]:
    extra = store.units[row.service].extra(row.id)
    error = extra.get("error")
    lines: list[str] = []
    if isinstance(error, dict):
        code, text = safe(str(error.get("code") or "")), safe(str(error.get("message") or ""))
        lines.append(f"Not protected; the service says: {text or 'nothing more'}{f' ({code})' if code else ''}")
    match row.state.value:
        case "unprotected" if not lines:
            lines.append("No new points are made for it. Points made before can still be restored.")
        case "offboardRequested":
            asked = _moment(extra.get("offboardRequestedDateTime"))
            since = f" (asked for {clock_words(asked, zone, now)})" if asked else ""
            until = f", about {day_words(asked + GRACE, zone, now)}" if asked else ""
            lines.append(f"Its backup is to be deleted{since}: gone after 90 days{until}; O keeps it.")
        case "offboarded":
            lines.append("Taken out of backup for good; there may be no points any more.")
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
        lines.append(f"In a restore that runs: {', '.join(map(title_of, running))}.")
    ended = [session for session in recent if session.state.terminal]
    if ended:
        count = f"{len(ended)} in the last 31 days" if len(ended) > 1 else "once in the last 31 days"
        lines.append(f"Restored {count}, as far as read here: {', '.join(map(title_of, ended))}.")
    return lines


def unit_lines_to_copy(rows: Sequence[UnitRow]) -> str:
    """Addresses (names, where there is none), one a line: what the form and the commands take as a list."""
    return "\n".join(row.address or row.object_id or row.id for row in rows)
