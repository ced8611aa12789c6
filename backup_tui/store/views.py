"""Pure views: which rows are shown, in which order, as keys. Screens keep keys, never row numbers."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any, Protocol, TypeVar

from msgspec import Struct

from backup_tui.models.calls import CallRecord
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.statuses import (
    ARTIFACT_STATES,
    POLICY_STATES,
    SESSION_STATES,
    UNIT_STATES,
    Status,
    Tone,
    policy_status,
    unit_status,
)
from backup_tui.store.call_log import SeenLine
from backup_tui.store.filters import (
    Filter,
    Language,
    Term,
    age_matches,
    parse_filter,
    service_matches,
    status_matches,
    text_matches,
    way_matches,
)
from backup_tui.store.progress import started_at
from backup_tui.store.rows import ArtifactRow, SessionRow, UnitRow, destination_of
from backup_tui.store.store import Store
from backup_tui.store.unit_table import UnitTable
from backup_tui.store.updates import JournalLine


class _HasId(Protocol):
    @property
    def id(self) -> str: ...


T = TypeVar("T", bound=_HasId)

_LATE = datetime(9999, 12, 31, tzinfo=UTC)
_IN_FORCE = frozenset({"active", "activewitherrors", "updating"})
_ID_LETTERS = frozenset("0123456789abcdef-")
_SORT_THESE_ONLY = 4_000  # fewer hits than this are sorted on their own; more are picked out of the order of all


class Sort(Struct, frozen=True):
    """By which column, and whether the other way round. An empty column is the view's own order."""

    column: str = ""
    reverse: bool = False


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else float("-inf")


def _service_of(service: Service | None) -> str:
    return service.label.lower() if service else "~"


# -- sessions ------------------------------------------------------------------------------------------------


_SESSION_KEYS: dict[str, Callable[[SessionRow], Any]] = {
    "": lambda row: (
        row.gone,
        99 if row.state.terminal else min(row.state.rank, 98),
        -_stamp(row.completed_at or row.created),
        row.id,
    ),
    "service": lambda row: (_service_of(row.service), -_stamp(row.created)),
    "id": lambda row: row.id,
    "where": lambda row: (row.destination.word if row.destination else "~", -_stamp(row.created)),
    "status": lambda row: (row.gone, row.state.rank, -_stamp(row.created)),
    "counts": lambda row: (-(row.failed or 0), -(row.total or 0)),
    "created": lambda row: -_stamp(row.created),
    "by": lambda row: (row.created_by.lower(), -_stamp(row.created)),
    "ended": lambda row: -_stamp(row.completed_at),
}
SESSION_COLUMNS = (*(column for column in _SESSION_KEYS if column), "when")  # columns that sessions can be sorted by


SESSION_LANGUAGE = Language(
    ("status", "service", "to", "by", "when", "id"), (*SESSION_STATES, Status("gone", "gone", "-", Tone.CALM))
)


def _session_has(row: SessionRow, term: Term, store: Store, now: datetime | None) -> bool:
    match term.field:
        case "status":
            return status_matches(row.state, term.text) or (row.gone and "gone".startswith(term.text))
        case "service":
            return service_matches(row.service, term.text)
        case "to":
            return way_matches(row.destination, term.text)
        case "when":
            return age_matches(started_at(store, row) or row.created, term, now)
        case "by":
            return text_matches((row.created_by, row.modified_by), term.text)
        case "id":
            return row.id.lower().startswith(term.text)
        case _:
            texts = (row.id, _service_of(row.service), row.state.word, row.created_by, row.modified_by)
            return text_matches((*texts, row.destination.word if row.destination else None), term.text)


def session_keys(store: Store, filter: str = "", sort: Sort = Sort(), *, now: datetime | None = None) -> list[str]:
    """Ids of restore sessions: running first, then drafts, then ended ones by their end, newest first; gone ones last.

    Args:
        filter: As typed; see `SESSION_LANGUAGE`.
        sort: One of `SESSION_COLUMNS`.
        now: What `when:` counts from; without it no row is as old as it says. Likewise below.
    """
    keys = _SESSION_KEYS
    if sort.column == "when":
        keys = {**keys, "when": lambda row: -_stamp(started_at(store, row) or row.created)}
    wanted = parse_filter(filter, SESSION_LANGUAGE)
    has = partial(_session_has, store=store, now=now)
    return _chosen(store.sessions.values(), has, keys, wanted, sort)


# -- artifacts -----------------------------------------------------------------------------------------------


def _artifact_default(row: ArtifactRow) -> Any:
    rank = row.state.rank
    if row.state.terminal:
        return (rank, -_stamp(row.completed), row.name.lower(), row.id)
    return (rank, (row.started or _LATE).timestamp(), row.name.lower(), row.id)


_ARTIFACT_KEYS: dict[str, Callable[[ArtifactRow], Any]] = {
    "": _artifact_default,
    "name": lambda row: row.name.lower(),
    "status": lambda row: (row.state.rank, row.name.lower()),
    "since": lambda row: -_stamp(row.since),
    "point": lambda row: (_stamp(row.point_time), row.name.lower()),
    "result": lambda row: (row.error_code or "~", row.result or "~", row.name.lower()),
}


ARTIFACT_LANGUAGE = Language(("status", "code", "to", "when", "id"), ARTIFACT_STATES)


def _artifact_has(row: ArtifactRow, term: Term, now: datetime | None) -> bool:
    match term.field:
        case "status":
            return status_matches(row.state, term.text)
        case "code":
            return term.text in row.error_code.lower()
        case "to":
            return way_matches(destination_of(row.destination), term.text)
        case "when":
            return age_matches(row.since, term, now)
        case "id":
            return row.id.lower().startswith(term.text) or (row.unit_id or "").lower().startswith(term.text)
        case _:
            texts = (row.name, row.state.word, row.error_code, row.error_message, row.result, row.point_id)
            return text_matches(texts, term.text)


def artifact_keys(
    store: Store, session_id: str, filter: str = "", sort: Sort = Sort(), *, now: datetime | None = None
) -> list[str]:
    """Artifact ids of a session: failed first (newest first), then in progress (longest first), then the others."""
    wanted = parse_filter(filter, ARTIFACT_LANGUAGE)
    has = partial(_artifact_has, now=now)
    return _chosen(store.artifacts(session_id).values(), has, _ARTIFACT_KEYS, wanted, sort)


# -- policies ------------------------------------------------------------------------------------------------

_POLICY_KEYS: dict[str, Callable[[ProtectionPolicy], Any]] = {
    "": lambda row: (
        _service_of(row.service),
        (row.status or "").lower() not in _IN_FORCE,
        (row.display_name or "").lower(),
        row.id,
    ),
    "service": lambda row: (_service_of(row.service), (row.display_name or "").lower()),
    "name": lambda row: (row.display_name or "").lower(),
    "status": lambda row: (policy_status(row.status).rank, (row.display_name or "").lower()),
    "changed": lambda row: -_stamp(row.last_modified_date_time),
}


POLICY_LANGUAGE = Language(("status", "service", "by", "when", "id"), POLICY_STATES)


def _policy_has(row: ProtectionPolicy, term: Term, now: datetime | None) -> bool:
    match term.field:
        case "status":
            return status_matches(policy_status(row.status), term.text)
        case "service":
            return service_matches(row.service, term.text)
        case "by":
            people = (one.label for one in (row.created_by, row.last_modified_by) if one is not None)
            return text_matches(people, term.text)
        case "when":
            return age_matches(row.last_modified_date_time, term, now)
        case "id":
            return row.id.lower().startswith(term.text)
        case _:
            texts = (row.display_name, row.id, row.workload, policy_status(row.status).word)
            return text_matches(texts, term.text)


def policy_keys(store: Store, filter: str = "", sort: Sort = Sort(), *, now: datetime | None = None) -> list[str]:
    """Ids of policies: by service, the one in force first."""
    wanted = parse_filter(filter, POLICY_LANGUAGE)
    return _chosen(store.policies.values(), partial(_policy_has, now=now), _POLICY_KEYS, wanted, sort)


# -- units ---------------------------------------------------------------------------------------------------

_UNIT_KEYS: dict[str, Callable[[UnitRow], Any]] = {
    "address": lambda row: (row.address or row.title or row.object_id or row.id).lower(),
    "name": lambda row: (row.title or row.address or row.object_id or row.id).lower(),
    "status": lambda row: row.state.rank,
    "policy": lambda row: row.policy_id or "~",
    "created": lambda row: -_stamp(row.created),
}
UNIT_COLUMNS = tuple(_UNIT_KEYS)  # columns that units can be sorted by; the first is the order of its own


UNIT_LANGUAGE = Language(("status", "policy", "when", "id"), UNIT_STATES)


def unit_keys(
    store: Store, service: Service, filter: str = "", sort: Sort = Sort(), *, now: datetime | None = None
) -> list[str]:
    """Ids of a service's units by address; fast enough for 100,000 rows per key press."""
    table = store.units[service]
    column = sort.column if sort.column in _UNIT_KEYS else "address"
    key = _UNIT_KEYS[column]
    wanted = parse_filter(filter, UNIT_LANGUAGE)
    if wanted.impossible:
        return []
    if not wanted.terms:
        ordered = table.order(column, key)
        return ordered[::-1] if sort.reverse else list(ordered)
    hits = _unit_hits(store, table, wanted.terms, now)
    if len(hits) <= _SORT_THESE_ONLY:
        return sorted(hits, key=lambda unit_id: key(table[unit_id]), reverse=sort.reverse)
    ordered = table.order(column, key)
    kept = [unit_id for unit_id in ordered if unit_id in hits]
    return kept[::-1] if sort.reverse else kept


def _unit_hits(store: Store, table: UnitTable, terms: Iterable[Term], now: datetime | None) -> dict[str, None]:
    ids = list(table)
    left: set[int] | None = None
    for term in terms:
        if term.field:
            found = _units_by_field(store, table, term, now)
        else:
            found = table.positions(term.text)
            if len(term.text) >= 8 and set(term.text) <= _ID_LETTERS:
                found |= _units_by_field(store, table, Term(term.text, "id"), now)
        if not term.wanted:
            found = set(range(len(ids))) - found
        left = found if left is None else left & found
    return {ids[place]: None for place in sorted(left or ())}


def _units_by_field(store: Store, table: UnitTable, term: Term, now: datetime | None) -> set[int]:
    text = term.text
    if term.field == "status":
        known: dict[str, bool] = {}
        for row in table.values():
            if row.status not in known:
                known[row.status] = status_matches(unit_status(row.status), text)
        return {place for place, row in enumerate(table.values()) if known[row.status]}
    if term.field == "policy":
        meant: dict[str, bool] = {"": "none".startswith(text)}
        for row in table.values():
            if row.policy_id not in meant:
                policy = store.policies.get(row.policy_id)
                by_name = text_matches((policy.display_name if policy else None,), text)
                meant[row.policy_id] = by_name or row.policy_id.lower().startswith(text)
        return {place for place, row in enumerate(table.values()) if meant[row.policy_id]}
    if term.field == "when":
        return {place for place, row in enumerate(table.values()) if age_matches(row.created, term, now)}
    return {
        place
        for place, row in enumerate(table.values())
        if row.id.lower().startswith(text) or row.object_id.lower().startswith(text)
    }


# -- activity ------------------------------------------------------------------------------------------------

ActivityLine = CallRecord | SeenLine | JournalLine


ACTIVITY_LANGUAGE = Language(("status", "code", "by", "when"))


def activity_keys(
    store: Store, filter: str = "", *, changes_only: bool = False, now: datetime | None = None
) -> list[str]:
    """Keys of calls, seen changes and journal entries in one list, newest first; `activity_line` has the line. A
    journal entry whose call is in the list of this run is not shown a second time."""
    wanted = parse_filter(filter, ACTIVITY_LANGUAGE)
    users: dict[str, str] = {}
    if any(term.field == "by" for term in wanted.terms):
        users = {entry.client_request_id: entry.user for entry in store.intents if entry.client_request_id}
    has = partial(_activity_has, users=users, now=now)
    entries: list[tuple[datetime, int, str]] = []
    for place, key in enumerate(store.calls):
        line = store.calls[key]
        if changes_only and isinstance(line, CallRecord) and not line.mutating:
            continue
        if wanted.keeps(line, has):
            entries.append((_activity_at(line), place, f"call:{key}"))
    entries.extend(
        (entry.at, -1, f"journal:{entry.id}")
        for entry in store.intents
        if (entry.client_request_id or "") not in store.calls and wanted.keeps(entry, has)
    )
    entries.sort(reverse=True)
    return [key for _, _, key in entries]


def activity_line(store: Store, key: str) -> ActivityLine | None:
    """The line behind a key of `activity_keys`; `None` when it was trimmed meanwhile."""
    kind, _, rest = key.partition(":")
    if kind == "call":
        return store.calls.get(rest)
    return next((line for line in store.intents if str(line.id) == rest), None)


def _activity_at(line: ActivityLine) -> datetime:
    return line.started if isinstance(line, CallRecord) else line.at


def _activity_has(line: ActivityLine, term: Term, users: Mapping[str, str], now: datetime | None) -> bool:
    if term.field == "when":
        return age_matches(_activity_at(line), term, now)
    if isinstance(line, SeenLine):
        texts: tuple[str | None, ...] = (line.what, line.session_id)
        if term.field == "by":
            texts = (line.what.rpartition(" by ")[2],)
        return term.field in ("", "by") and text_matches(texts, term.text)
    match term.field:
        case "code":
            return term.text in line.code.lower()
        case "status":
            known = "no answer" if line.status is None else str(line.status)
            return known.startswith(term.text)
        case "by":
            return text_matches((users.get(line.id) if isinstance(line, CallRecord) else line.user,), term.text)
    if isinstance(line, CallRecord):
        return text_matches((line.what, line.path, line.method, line.code, line.id, line.request_id), term.text)
    texts = (line.summary, line.kind, line.state, line.target, line.session_id, line.user, line.code, line.note)
    return text_matches((*texts, line.request_id), term.text)


# -- all -----------------------------------------------------------------------------------------------------


def _chosen(
    rows: Iterable[T],
    has: Callable[[T, Term], bool],
    keys: Mapping[str, Callable[[T], Any]],
    wanted: Filter,
    sort: Sort,
) -> list[str]:
    kept = [row for row in rows if wanted.keeps(row, has)]
    kept.sort(key=keys.get(sort.column, keys[""]), reverse=sort.reverse)
    return [row.id for row in kept]
