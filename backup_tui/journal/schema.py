"""The journal's tables, their version, and how another version's rows are taken over."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

VERSION: Final = 2  # version of the tables that this program writes

UPGRADES: Final[Mapping[int, Sequence[str]]] = MappingProxyType(
    {1: ("ALTER TABLE point_unit ADD COLUMN source TEXT NOT NULL DEFAULT 'journal'",)}
)
"""Statements that lead from a version to the next one, by the version they start from."""

_SCHEMA: Final = (
    "CREATE TABLE schema_version (version INTEGER NOT NULL, at TEXT NOT NULL)",
    """CREATE TABLE intent (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        row_version INTEGER NOT NULL DEFAULT 1,
        tenant_key TEXT NOT NULL,
        address TEXT NOT NULL,
        kind TEXT NOT NULL,
        service TEXT,
        target TEXT,
        user TEXT NOT NULL DEFAULT '',
        who TEXT NOT NULL DEFAULT '',
        at TEXT NOT NULL,
        server_date TEXT,
        fingerprint TEXT NOT NULL DEFAULT '',
        body TEXT NOT NULL DEFAULT '',
        plan_id TEXT,
        parent_intent INTEGER REFERENCES intent(id),
        summary TEXT NOT NULL DEFAULT '',
        pid INTEGER NOT NULL DEFAULT 0,
        host TEXT NOT NULL DEFAULT '',
        process_started TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX intent_by_key ON intent (tenant_key, address, id)",
    """CREATE TABLE answer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        row_version INTEGER NOT NULL DEFAULT 1,
        intent_id INTEGER NOT NULL REFERENCES intent(id),
        state TEXT NOT NULL,
        at TEXT NOT NULL,
        session_id TEXT,
        status INTEGER,
        code TEXT NOT NULL DEFAULT '',
        request_id TEXT,
        client_request_id TEXT,
        note TEXT NOT NULL DEFAULT ''
    )""",
    "CREATE INDEX answer_by_intent ON answer (intent_id, id)",
    """CREATE TABLE point_unit (
        tenant_key TEXT NOT NULL,
        address TEXT NOT NULL,
        point_id TEXT NOT NULL,
        row_version INTEGER NOT NULL DEFAULT 1,
        unit_id TEXT NOT NULL,
        unit_name TEXT NOT NULL DEFAULT '',
        service TEXT NOT NULL,
        protection_time TEXT,
        express INTEGER NOT NULL DEFAULT 0,
        source TEXT NOT NULL DEFAULT 'journal',
        PRIMARY KEY (tenant_key, address, point_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE unit_name (
        tenant_key TEXT NOT NULL,
        address TEXT NOT NULL,
        unit_id TEXT NOT NULL,
        row_version INTEGER NOT NULL DEFAULT 1,
        service TEXT NOT NULL,
        unit_address TEXT NOT NULL DEFAULT '',
        title TEXT NOT NULL DEFAULT '',
        seen TEXT NOT NULL,
        PRIMARY KEY (tenant_key, address, unit_id)
    ) WITHOUT ROWID""",
    """CREATE TABLE kept (
        tenant_key TEXT NOT NULL,
        address TEXT NOT NULL,
        key TEXT NOT NULL,
        row_version INTEGER NOT NULL DEFAULT 1,
        value TEXT NOT NULL,
        PRIMARY KEY (tenant_key, address, key)
    ) WITHOUT ROWID""",
)

TABLES: Final = ("intent", "answer", "point_unit", "unit_name", "kept")  # every table that holds something


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Everything inside is committed together when it ends, or not at all. Raises `sqlite3.Error`: it could not be
    begun or committed; nothing was written."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def version_of(connection: sqlite3.Connection) -> int | None:
    """Version of the tables in a database; `None` for one without any table, 0 for one that isn't a journal of ours."""
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables:
        return None
    if "schema_version" not in tables:
        return 0
    (version,) = connection.execute("SELECT max(version) FROM schema_version").fetchone()
    return version if isinstance(version, int) and version > 0 else 0


def create(connection: sqlite3.Connection) -> None:
    """Creates all tables of version `VERSION` in an empty database. Raises `sqlite3.Error`: none was created."""
    _all_or_none(connection, _SCHEMA, VERSION)


def upgrade(connection: sqlite3.Connection, since: int) -> None:
    """Leads the tables of a copied file from version `since` to `VERSION`, each step whole or not at all. Raises
    `sqlite3.Error`: a step failed; the tables are those of the last whole step."""
    for version in range(since, VERSION):
        _all_or_none(connection, UPGRADES[version], version + 1)


def copy_known(source: sqlite3.Connection, target: sqlite3.Connection) -> int:
    """Copies what can be read and is known here from one journal into another, which has fresh tables. Returns how many
    intents were copied. Raises `sqlite3.Error`: the target cannot be written."""
    with transaction(target):
        for table in TABLES:
            _copy_table(source, target, table)
    (copied,) = target.execute("SELECT count(*) FROM intent").fetchone()
    return int(copied)


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    known = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    try:
        sent = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
        columns = [name for name in known if name in sent]
        rows = source.execute(f"SELECT {', '.join(columns)} FROM {table}") if columns else iter(())
    except sqlite3.DatabaseError:
        return
    insert = f"INSERT OR IGNORE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
    while True:
        try:
            row = next(rows, None)
        except sqlite3.DatabaseError:
            return  # The rest of a damaged table cannot be reached.
        if row is None:
            return
        target.execute(insert, row)


def _all_or_none(connection: sqlite3.Connection, statements: Sequence[str], version: int) -> None:
    with transaction(connection):
        for statement in statements:
            connection.execute(statement)
        connection.execute("INSERT INTO schema_version VALUES (?, ?)", (version, datetime.now(UTC).isoformat()))
