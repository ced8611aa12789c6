"""The journal's statements: what is written to its tables and read from them. Runs in the journal's thread only.

An intent's row is never changed. What becomes known of it is added to `answer`; the last line counts.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

from msgspec import Struct

from backup_tui.journal.fail_points import FailPoint, reached
from backup_tui.journal.processes import ProcessMark
from backup_tui.journal.records import Answer, Intent, IntentKind, IntentState, PointUnit, UnitName
from backup_tui.models.services import Service

_PARAMETERS: Final = 500
"""Values in one `IN (...)`; SQLite's own limit was 999 for long."""

_SERVICES: Final = {service.value: service for service in Service}

_INTENTS: Final = """
    SELECT i.id, i.kind, i.service, i.target, i.user, i.who, i.at, i.server_date, i.fingerprint, i.body, i.plan_id,
           i.parent_intent, i.summary, i.pid, i.host, i.process_started,
           a.state, a.at, a.session_id, a.status, a.code, a.request_id, a.client_request_id, a.note
    FROM intent i LEFT JOIN answer a ON a.id = (SELECT max(id) FROM answer WHERE intent_id = i.id)
    WHERE i.tenant_key = ? AND i.address = ?
"""

_SECRET: Final = re.compile(r"(?i)\bbearer\s+\S+|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")


class Key(Struct, frozen=True):
    """Whose rows are meant; rows of one tenant and address are never seen under another."""

    tenant: str
    address: str

    @property
    def values(self) -> tuple[str, str]:
        return (self.tenant, self.address)


class NewIntent(Struct, frozen=True):
    """An intent before it has a number; the members are those of `Intent`."""

    kind: IntentKind
    service: Service | None
    target: str | None
    summary: str
    body: str
    fingerprint: str
    user: str
    who: str
    at: datetime
    server_date_before: datetime | None
    parent_intent: int | None
    plan_id: str | None


class AlreadySettled(Exception):
    """The intent has its answer already."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(f"intent {intent.id} is settled: {intent.state}")
        self.intent = intent


class StillOpen(Exception):
    """A create of the same contents has no known outcome yet."""

    def __init__(self, intent: Intent) -> None:
        super().__init__(f"intent {intent.id} is open")
        self.intent = intent


@contextmanager
def transaction(connection: sqlite3.Connection, before_commit: FailPoint | None = None) -> Iterator[None]:
    """Everything inside is committed together when it ends, or not at all. Raises `sqlite3.Error`: it could not be
    begun or committed; nothing was written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        if before_commit:
            reached(before_commit)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def insert_intent(connection: sqlite3.Connection, key: Key, new: NewIntent, process: ProcessMark) -> Intent:
    """Writes an intent down; on return it is on the disk. Raises `StillOpen`: it is a create, and one of the same
    contents is open; `sqlite3.Error`: nothing was written."""
    reached("before_intent")
    with transaction(connection, "inside_intent"):
        if new.kind is IntentKind.CREATE and (same := open_create(connection, key, new.fingerprint)) is not None:
            raise StillOpen(same)
        number = connection.execute(
            """INSERT INTO intent (tenant_key, address, kind, service, target, user, who, at, server_date, fingerprint,
                                   body, plan_id, parent_intent, summary, pid, host, process_started)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                *key.values,
                new.kind.value,
                new.service.value if new.service else None,
                new.target,
                new.user,
                new.who,
                _stamp(new.at),
                _stamp(new.server_date_before),
                new.fingerprint,
                new.body,
                new.plan_id,
                new.parent_intent,
                new.summary,
                process.pid,
                process.host,
                process.started,
            ),
        ).lastrowid
        intent = _require(connection, key, int(number or 0))
    reached("after_intent")
    return intent


def insert_answer(
    connection: sqlite3.Connection, key: Key, intent_id: int, answer: Answer, may_follow: frozenset[IntentState]
) -> Intent:
    """Adds what became known of an intent; members that are not given stay as the line before had them. Raises
    `LookupError`: there is no such intent under this key; `Settled`: the intent is in another state; `sqlite3.Error`:
    nothing was written."""
    reached("before_answer")
    with transaction(connection, "inside_answer"):
        now = _require(connection, key, intent_id)
        if now.state not in may_follow:
            raise AlreadySettled(now)
        connection.execute(
            """INSERT INTO answer (intent_id, state, at, session_id, status, code, request_id, client_request_id, note)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                intent_id,
                answer.state.value,
                _stamp(answer.at),
                answer.session_id or now.session_id,
                now.status if answer.status is None else answer.status,
                answer.code or now.code,
                answer.request_id or now.request_id,
                answer.client_request_id or now.client_request_id,
                _SECRET.sub("(token removed)", answer.note),
            ),
        )
        intent = _require(connection, key, intent_id)
    reached("after_answer")
    return intent


def intent(connection: sqlite3.Connection, key: Key, intent_id: int) -> Intent | None:
    found = _read(connection.execute(f"{_INTENTS} AND i.id = ?", (*key.values, intent_id)))
    return found[0][0] if found else None


def intents(connection: sqlite3.Connection, key: Key, limit: int) -> tuple[Intent, ...]:
    found = _read(connection.execute(f"{_INTENTS} ORDER BY i.id DESC LIMIT ?", (*key.values, limit)))
    return tuple(one for one, _ in found)


def of_plan(connection: sqlite3.Connection, key: Key, plan: str) -> tuple[Intent, ...]:
    found = _read(connection.execute(f"{_INTENTS} AND i.plan_id = ? ORDER BY i.id DESC", (*key.values, plan)))
    return tuple(one for one, _ in found)


def unsettled(connection: sqlite3.Connection, key: Key) -> list[tuple[Intent, ProcessMark]]:
    return _read(connection.execute(f"{_INTENTS} AND coalesce(a.state, 'open') IN ('open', 'unknown')", key.values))


def open_create(connection: sqlite3.Connection, key: Key, fingerprint: str) -> Intent | None:
    rows = connection.execute(
        f"{_INTENTS} AND i.kind = ? AND i.fingerprint = ? AND coalesce(a.state, 'open') IN ('open', 'unknown')",
        (*key.values, IntentKind.CREATE.value, fingerprint),
    )
    found = _read(rows)
    return found[0][0] if found else None


def answers(connection: sqlite3.Connection, key: Key, intent_id: int) -> tuple[Answer, ...]:
    rows = connection.execute(
        """SELECT a.state, a.at, a.session_id, a.status, a.code, a.request_id, a.client_request_id, a.note
           FROM answer a JOIN intent i ON i.id = a.intent_id
           WHERE i.tenant_key = ? AND i.address = ? AND i.id = ? ORDER BY a.id""",
        (*key.values, intent_id),
    )
    return tuple(Answer(IntentState(state), _moment(at), *rest) for state, at, *rest in rows)


def owned_sessions(connection: sqlite3.Connection, key: Key) -> frozenset[str]:
    rows = connection.execute(
        """SELECT DISTINCT a.session_id FROM answer a JOIN intent i ON i.id = a.intent_id
           WHERE i.tenant_key = ? AND i.address = ? AND i.kind = ? AND a.session_id IS NOT NULL
             AND a.state IN (?, ?)""",
        (*key.values, IntentKind.CREATE.value, IntentState.DONE.value, IntentState.RESOLVED_DONE.value),
    )
    return frozenset(session_id for (session_id,) in rows)


def remember_points(connection: sqlite3.Connection, key: Key, points: Sequence[PointUnit]) -> None:
    """Keeps which unit each point belongs to; a later word replaces an earlier one."""
    with transaction(connection):
        connection.executemany(
            """INSERT INTO point_unit
                   (tenant_key, address, point_id, unit_id, unit_name, service, protection_time, express)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (tenant_key, address, point_id) DO UPDATE SET
                   unit_id = excluded.unit_id, service = excluded.service, express = excluded.express,
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
                )
                for point in points
            ],
        )


def units_of(connection: sqlite3.Connection, key: Key, point_ids: Sequence[str]) -> dict[str, PointUnit]:
    found: dict[str, PointUnit] = {}
    for start in range(0, len(point_ids), _PARAMETERS):
        some = point_ids[start : start + _PARAMETERS]
        rows = connection.execute(
            f"""SELECT point_id, unit_id, unit_name, service, protection_time, express FROM point_unit
                WHERE tenant_key = ? AND address = ? AND point_id IN ({", ".join("?" * len(some))})""",
            (*key.values, *some),
        )
        for point_id, unit_id, name, service, time, express in rows:
            if service not in _SERVICES:
                continue  # Of a service that only a newer version knows.
            moment = None if time is None else _moment(time)
            found[point_id] = PointUnit(point_id, unit_id, name, _SERVICES[service], moment, bool(express))
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
    rows = connection.execute(
        "SELECT unit_id, service, unit_address, title, seen FROM unit_name WHERE tenant_key = ? AND address = ?",
        key.values,
    )
    return {
        unit_id: UnitName(unit_id, _SERVICES[service], address, title, _moment(seen))
        for unit_id, service, address, title, seen in rows
        if service in _SERVICES
    }


def keep(connection: sqlite3.Connection, key: Key, name: str, value: str) -> None:
    with transaction(connection):
        connection.execute(
            """INSERT INTO kept (tenant_key, address, key, value) VALUES (?, ?, ?, ?)
               ON CONFLICT (tenant_key, address, key) DO UPDATE SET value = excluded.value""",
            (*key.values, name, value),
        )


def kept(connection: sqlite3.Connection, key: Key, name: str) -> str | None:
    row = connection.execute(
        "SELECT value FROM kept WHERE tenant_key = ? AND address = ? AND key = ?", (*key.values, name)
    ).fetchone()
    return None if row is None else str(row[0])


def drop(connection: sqlite3.Connection, key: Key, name: str) -> None:
    with transaction(connection):
        connection.execute("DELETE FROM kept WHERE tenant_key = ? AND address = ? AND key = ?", (*key.values, name))


def _require(connection: sqlite3.Connection, key: Key, intent_id: int) -> Intent:
    found = intent(connection, key, intent_id)
    if found is None:
        raise LookupError(f"no intent {intent_id}")
    return found


def _read(rows: sqlite3.Cursor) -> list[tuple[Intent, ProcessMark]]:
    return [pair for row in rows if (pair := _intent(row)) is not None]


def _intent(row: tuple[Any, ...]) -> tuple[Intent, ProcessMark] | None:
    (number, kind, service, target, user, who, at, server_date, digest, body, plan, parent, summary) = row[:13]
    (pid, host, started, state, answered, session_id, status, code, request_id, client_id, note) = row[13:]
    try:
        process = ProcessMark(int(pid), host, started)
        return Intent(
            id=number,
            kind=IntentKind(kind),
            state=IntentState(state or IntentState.OPEN),
            service=Service(service) if service else None,
            target=target,
            session_id=session_id,
            user=user,
            who=who,
            at=_moment(at),
            answered_at=None if answered is None else _moment(answered),
            server_date_before=None if server_date is None else _moment(server_date),
            fingerprint=digest,
            body=body,
            status=status,
            code=code or "",
            request_id=request_id,
            client_request_id=client_id,
            note=note or "",
            plan_id=plan,
            parent_intent=parent,
            summary=summary,
            process=process.label,
        ), process
    except (ValueError, TypeError):
        return None


def _stamp(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
