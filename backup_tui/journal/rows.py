"""The journal's statements: what is written to its tables and read from them. Runs in the journal's thread only. An
intent's row is never changed. What becomes known of it is added to `answer`; the last line counts."""

import re
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from msgspec import Struct, ValidationError, convert
from msgspec.structs import asdict, replace

from backup_tui.journal.processes import ProcessMark
from backup_tui.journal.records import Answer, Intent, IntentKind, IntentState, NewIntent
from backup_tui.journal.schema import transaction
from backup_tui.models.remembered import PointUnit, UnitName
from backup_tui.models.services import Service

T = TypeVar("T")

_PARAMETERS: Final = 500  # values in one `IN (...)`; SQLite's own limit was 999 for long

_SERVICES: Final = {service.value: service for service in Service}

_INTENTS: Final = """
    SELECT i.id, i.kind, i.service, i.target, i.user, i.who, i.at, i.server_date AS server_date_before, i.fingerprint,
           i.body, i.plan_id, i.parent_intent, i.summary, i.pid, i.host, i.process_started AS started,
           coalesce(a.state, 'open') AS state, a.at AS answered_at, a.session_id, a.status, a.request_id,
           coalesce(a.code, '') AS code, a.client_request_id, coalesce(a.note, '') AS note
    FROM intent i LEFT JOIN answer a ON a.id = (SELECT max(id) FROM answer WHERE intent_id = i.id)
    WHERE i.tenant_key = ? AND i.address = ?
"""

_OPEN: Final = "AND coalesce(a.state, 'open') IN ('open', 'unknown')"

_SECRET: Final = re.compile(r"(?i)\bbearer\s+\S+|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")


class Key(Struct, frozen=True):
    """Whose rows are meant; rows of one tenant and address are never seen under another."""

    tenant: str
    address: str

    @property
    def values(self) -> tuple[str, str]:
        return (self.tenant, self.address)


class OfIntent(Exception):
    """Something that the state of an intent forbids."""

    def __init__(self, intent: Intent) -> None:
        word = "settled" if intent.state.is_settled else "open"
        super().__init__(f"intent {intent.id} is {word}: {intent.state}")
        self.intent = intent


class AlreadySettled(OfIntent):
    """The intent has its answer already."""


class StillOpen(OfIntent):
    """A create of the same contents has no known outcome yet."""


def insert_intent(connection: sqlite3.Connection, key: Key, new: NewIntent, process: ProcessMark) -> Intent:
    """Writes an intent down; on return it is on the disk. Raises `StillOpen`: it is a create, and one of the same
    contents is open; `sqlite3.Error`: nothing was written."""
    with transaction(connection):
        if new.kind is IntentKind.CREATE and (same := open_create(connection, key, new.fingerprint)) is not None:
            raise StillOpen(same)
        columns = asdict(new)
        columns["server_date"] = columns.pop("server_date_before")
        columns |= {"pid": process.pid, "host": process.host, "process_started": process.started}
        number = _insert(connection, "intent", {"tenant_key": key.tenant, "address": key.address, **columns})
        return _require(connection, key, number)


def insert_answer(
    connection: sqlite3.Connection, key: Key, intent_id: int, answer: Answer, may_follow: frozenset[IntentState]
) -> Intent:
    """Adds what became known of an intent; members that are not given stay as before. Raises `LookupError`: no such
    intent under this key; `AlreadySettled`: it is in another state; `sqlite3.Error`: nothing was written."""
    with transaction(connection):
        now = _require(connection, key, intent_id)
        if now.state not in may_follow:
            raise AlreadySettled(now)
        whole = Answer(
            answer.state,
            answer.at,
            answer.session_id or now.session_id,
            now.status if answer.status is None else answer.status,
            answer.code or now.code,
            answer.request_id or now.request_id,
            answer.client_request_id or now.client_request_id,
            _SECRET.sub("(token removed)", answer.note),
        )
        _insert(connection, "answer", {"intent_id": intent_id, **asdict(whole)})
        return _require(connection, key, intent_id)


def intent(connection: sqlite3.Connection, key: Key, intent_id: int) -> Intent | None:
    """One intent by its number; `None` if there is none under this key."""
    return next((found for found, _ in _select(connection, key, "AND i.id = ?", intent_id)), None)


def intents(connection: sqlite3.Connection, key: Key, limit: int) -> tuple[Intent, ...]:
    """The newest intents, newest first, at most `limit`."""
    return tuple(found for found, _ in _select(connection, key, "ORDER BY i.id DESC LIMIT ?", limit))


def of_plan(connection: sqlite3.Connection, key: Key, plan: str) -> tuple[Intent, ...]:
    """Every intent of one plan, newest first."""
    return tuple(found for found, _ in _select(connection, key, "AND i.plan_id = ? ORDER BY i.id DESC", plan))


def newest_start(connection: sqlite3.Connection, key: Key) -> int:
    """The number of the newest intent that starts a session; 0 where there is none."""
    (newest,) = connection.execute(
        "SELECT max(id) FROM intent WHERE tenant_key = ? AND address = ? AND kind = ?",
        (*key.values, IntentKind.ACTIVATE.value),
    ).fetchone()
    return newest or 0


def unsettled(connection: sqlite3.Connection, key: Key) -> list[tuple[Intent, ProcessMark]]:
    """The intents that are open or of unknown outcome, each with the process that wrote it."""
    return _select(connection, key, _OPEN)


def open_create(connection: sqlite3.Connection, key: Key, fingerprint: str) -> Intent | None:
    """The create of the same contents that is open or of unknown outcome; `None` if there is none."""
    which = f"AND i.kind = 'create' AND i.fingerprint = ? {_OPEN}"
    return next((found for found, _ in _select(connection, key, which, fingerprint)), None)


def answers(connection: sqlite3.Connection, key: Key, intent_id: int) -> tuple[Answer, ...]:
    """What became known of one intent, oldest first; empty also if there is no such intent under this key."""
    rows = connection.execute(
        """SELECT a.state, a.at, a.session_id, a.status, a.code, a.request_id, a.client_request_id, a.note
           FROM answer a JOIN intent i ON i.id = a.intent_id
           WHERE i.tenant_key = ? AND i.address = ? AND i.id = ? ORDER BY a.id""",
        (*key.values, intent_id),
    )
    return tuple(_all(rows, Answer))


def owned_sessions(connection: sqlite3.Connection, key: Key) -> frozenset[str]:
    """The ids of sessions that were created from here, including creates that were settled afterwards."""
    rows = connection.execute(
        """SELECT DISTINCT a.session_id FROM answer a JOIN intent i ON i.id = a.intent_id
           WHERE i.tenant_key = ? AND i.address = ? AND i.kind = ? AND a.session_id IS NOT NULL
             AND a.state IN (?, ?)""",
        (*key.values, IntentKind.CREATE.value, IntentState.DONE.value, IntentState.RESOLVED_DONE.value),
    )
    return frozenset(session_id for (session_id,) in rows)


def remember_points(connection: sqlite3.Connection, key: Key, points: Sequence[PointUnit]) -> None:
    """Keeps the unit of each point. An empty name or a missing time does not replace a known one."""
    with transaction(connection):
        connection.executemany(
            """INSERT INTO point_unit
                   (tenant_key, address, point_id, unit_id, unit_name, service, protection_time, express, source)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (tenant_key, address, point_id) DO UPDATE SET
                   unit_id = excluded.unit_id, service = excluded.service, express = excluded.express,
                   source = excluded.source,
                   unit_name = CASE excluded.unit_name WHEN '' THEN unit_name ELSE excluded.unit_name END,
                   protection_time = coalesce(excluded.protection_time, protection_time)""",
            [
                (
                    *key.values,
                    point.point_id,
                    point.unit_id,
                    point.unit_name,
                    point.service.value,
                    _stamp(point.protection_time),
                    int(point.express),
                    point.source.value,
                )
                for point in points
            ],
        )


def units_of(connection: sqlite3.Connection, key: Key, point_ids: Sequence[str]) -> dict[str, PointUnit]:
    """The remembered points by their ids, which may be any number; unknown ones are left out."""
    found: dict[str, PointUnit] = {}
    for start in range(0, len(point_ids), _PARAMETERS):
        some = point_ids[start : start + _PARAMETERS]
        rows = connection.execute(
            # All columns: a journal that could not be upgraded lacks the newest of them.
            f"""SELECT * FROM point_unit
                WHERE tenant_key = ? AND address = ? AND point_id IN ({", ".join("?" * len(some))})""",
            (*key.values, *some),
        )
        found |= {point.point_id: point for point in _all(rows, PointUnit)}
    return found


def remember_names(connection: sqlite3.Connection, key: Key, names: Sequence[UnitName]) -> None:
    """Keeps the last known names of units. Rows that say nothing new are not written, nor is an empty name."""
    with transaction(connection):
        connection.executemany(
            """INSERT INTO unit_name (tenant_key, address, unit_id, service, unit_address, title, seen)
               VALUES (?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (tenant_key, address, unit_id) DO UPDATE SET
                   service = excluded.service, unit_address = excluded.unit_address,
                   title = excluded.title, seen = excluded.seen
               WHERE excluded.unit_address <> unit_address OR excluded.title <> title
                  OR substr(excluded.seen, 1, 10) > substr(seen, 1, 10)""",
            [
                (*key.values, name.unit_id, name.service.value, name.address, name.title, _stamp(name.seen))
                for name in names
                if name.address or name.title
            ],
        )


def names(connection: sqlite3.Connection, key: Key) -> dict[str, UnitName]:
    """The last known names of units, by unit id; rows of an unknown service are left out."""
    rows = connection.execute(
        "SELECT unit_id, service, unit_address, title, seen FROM unit_name WHERE tenant_key = ? AND address = ?",
        key.values,
    )
    return {
        unit_id: UnitName(unit_id, _SERVICES[service], address, title, datetime.fromisoformat(seen))
        for unit_id, service, address, title, seen in rows
        if service in _SERVICES
    }


def keep(connection: sqlite3.Connection, key: Key, name: str, value: str) -> None:
    """Keeps a value under a name and replaces the one before. Raises `sqlite3.Error`: nothing was written."""
    with transaction(connection):
        connection.execute(
            """INSERT INTO kept (tenant_key, address, key, value) VALUES (?, ?, ?, ?)
               ON CONFLICT (tenant_key, address, key) DO UPDATE SET value = excluded.value""",
            (*key.values, name, value),
        )


def claim(connection: sqlite3.Connection, key: Key, name: str, value: str) -> bool:
    """Keeps a value under a name that holds none; whether it was kept. Raises `sqlite3.Error`: nothing was written."""
    with transaction(connection):
        made = connection.execute(
            "INSERT OR IGNORE INTO kept (tenant_key, address, key, value) VALUES (?, ?, ?, ?)",
            (*key.values, name, value),
        )
        return made.rowcount == 1


def kept(connection: sqlite3.Connection, key: Key, name: str) -> str | None:
    """The value kept under a name; `None` if there is none."""
    row = connection.execute(
        "SELECT value FROM kept WHERE tenant_key = ? AND address = ? AND key = ?", (*key.values, name)
    ).fetchone()
    return None if row is None else str(row[0])


def kept_under(connection: sqlite3.Connection, key: Key, prefix: str) -> dict[str, str]:
    """Every value kept under a name that begins with `prefix`, by the rest of the name."""
    found = connection.execute(
        "SELECT substr(key, ?), value FROM kept WHERE tenant_key = ? AND address = ? AND substr(key, 1, ?) = ?",
        (len(prefix) + 1, *key.values, len(prefix), prefix),
    )
    return {str(name): str(value) for name, value in found}


def drop(connection: sqlite3.Connection, key: Key, *names: str) -> None:
    """Deletes what is kept under names, if anything. Raises `sqlite3.Error`: nothing was deleted."""
    with transaction(connection):
        connection.executemany(
            "DELETE FROM kept WHERE tenant_key = ? AND address = ? AND key = ?",
            [(*key.values, name) for name in names],
        )


def _require(connection: sqlite3.Connection, key: Key, intent_id: int) -> Intent:
    found = intent(connection, key, intent_id)
    if found is None:
        raise LookupError(f"no intent {intent_id}")
    return found


def _select(connection: sqlite3.Connection, key: Key, which: str, *values: object) -> list[tuple[Intent, ProcessMark]]:
    rows = connection.execute(f"{_INTENTS} {which}", (*key.values, *values))
    return [
        (replace(intent, process=process.label), process)
        for members in _members(rows)
        if (intent := _as(Intent, members)) and (process := _as(ProcessMark, members))
    ]


def _all(rows: sqlite3.Cursor, kind: type[T]) -> Iterator[T]:
    return (record for members in _members(rows) if (record := _as(kind, members)) is not None)


def _members(rows: sqlite3.Cursor) -> Iterator[dict[str, object]]:
    names = [column[0] for column in rows.description]
    return (dict(zip(names, row, strict=True)) for row in rows)


def _as(kind: type[T], members: dict[str, object]) -> T | None:
    """A record; `None` for what a damaged file left in another form, or what only a newer version knows."""
    try:
        return convert(members, kind, strict=False)
    except ValidationError:
        return None


def _insert(connection: sqlite3.Connection, table: str, values: dict[str, object]) -> int:
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    row = [_stamp(value) if isinstance(value, datetime) else value for value in values.values()]
    return connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", row).lastrowid or 0


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")
