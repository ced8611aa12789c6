"""Specifies the journal's file: private, durable, never overwritten when it is damaged or another version's, and
reading goes on when it cannot be written."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backup_tui.errors import JournalError
from backup_tui.journal import schema
from backup_tui.journal.file import open_file
from backup_tui.journal.journal import Journal
from backup_tui.journal.records import Intent, IntentKind, IntentState, NewIntent
from backup_tui.models.remembered import NameSource, PointUnit
from backup_tui.models.services import Service

NOW = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)

NOW_VERSION = schema.VERSION

# Version 1 as it was first written, frozen: later programs must go on reading it.
VERSION_1 = """
CREATE TABLE schema_version (version INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE intent (id INTEGER PRIMARY KEY AUTOINCREMENT, row_version INTEGER NOT NULL DEFAULT 1,
    tenant_key TEXT NOT NULL, address TEXT NOT NULL, kind TEXT NOT NULL, service TEXT, target TEXT,
    user TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '', at TEXT NOT NULL, server_date TEXT,
    fingerprint TEXT NOT NULL DEFAULT '', body TEXT NOT NULL DEFAULT '', plan_id TEXT,
    parent_intent INTEGER REFERENCES intent(id), summary TEXT NOT NULL DEFAULT '', pid INTEGER NOT NULL DEFAULT 0,
    host TEXT NOT NULL DEFAULT '', process_started TEXT NOT NULL DEFAULT '');
CREATE TABLE answer (id INTEGER PRIMARY KEY AUTOINCREMENT, row_version INTEGER NOT NULL DEFAULT 1,
    intent_id INTEGER NOT NULL REFERENCES intent(id), state TEXT NOT NULL, at TEXT NOT NULL, session_id TEXT,
    status INTEGER, code TEXT NOT NULL DEFAULT '', request_id TEXT, client_request_id TEXT,
    note TEXT NOT NULL DEFAULT '');
CREATE TABLE point_unit (tenant_key TEXT NOT NULL, address TEXT NOT NULL, point_id TEXT NOT NULL,
    row_version INTEGER NOT NULL DEFAULT 1, unit_id TEXT NOT NULL, unit_name TEXT NOT NULL DEFAULT '',
    service TEXT NOT NULL, protection_time TEXT, express INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_key, address, point_id)) WITHOUT ROWID;
CREATE TABLE unit_name (tenant_key TEXT NOT NULL, address TEXT NOT NULL, unit_id TEXT NOT NULL,
    row_version INTEGER NOT NULL DEFAULT 1, service TEXT NOT NULL, unit_address TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL DEFAULT '', seen TEXT NOT NULL, PRIMARY KEY (tenant_key, address, unit_id)) WITHOUT ROWID;
CREATE TABLE kept (tenant_key TEXT NOT NULL, address TEXT NOT NULL, key TEXT NOT NULL,
    row_version INTEGER NOT NULL DEFAULT 1, value TEXT NOT NULL,
    PRIMARY KEY (tenant_key, address, key)) WITHOUT ROWID;
INSERT INTO schema_version VALUES (1, '2026-11-22T04:00:00+00:00');
INSERT INTO intent (tenant_key, address, kind, service, at, summary)
    VALUES ('contoso', 'https://graph', 'create', 'exchange', '2026-11-22T04:00:00.000000+00:00', 'draft');
INSERT INTO intent (tenant_key, address, kind, at, summary)
    VALUES ('contoso', 'https://graph', 'paintItBlue', '2026-11-22T04:01:00.000000+00:00', 'not known');
INSERT INTO answer (intent_id, state, at, status) VALUES (1, 'unknown', '2026-11-22T04:00:30.000000+00:00', 504);
"""


def _open(path: Path) -> Journal:
    return Journal(path, "contoso", "https://graph")


async def _begin(journal: Journal, number: int = 0) -> Intent:
    return await journal.begin(
        NewIntent(
            IntentKind.CREATE,
            service=Service.EXCHANGE,
            target=None,
            summary=f"draft {number}",
            body="x" * 300,
            fingerprint=f"f{number}",
            user="",
            who="",
            at=NOW,
            server_date_before=NOW,
        )
    )


async def _written(path: Path, count: int) -> None:
    async with _open(path) as journal:
        for number in range(count):
            await _begin(journal, number)


@contextmanager
def _by_hand(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path)) as connection:
        yield connection
        connection.commit()


@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_file_and_folder_are_for_this_user_only(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "state" / "backup-tui" / "journal.db"
    before = os.umask(umask)
    try:
        async with _open(path) as journal:
            await _begin(journal)
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)
    assert {"journal.db", "journal.db-wal"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in (path.parent, path.parent.parent)] == [0o700, 0o700]


async def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.touch(0o644)
    async with _open(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    target, path = tmp_path / "precious", tmp_path / "journal.db"
    target.write_bytes(b"")
    path.symlink_to(target)
    async with _open(path) as journal:
        assert "is a link" in journal.refusal
        with pytest.raises(JournalError, match="is a link"):
            await _begin(journal)
    assert target.read_bytes() == b""


async def test_a_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    opened = open_file(tmp_path / "local.db")
    with closing(opened.connection) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


async def test_on_a_network_home_no_shared_memory_is_relied_on(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(
        "22 1 254:1 / / rw shared:1 - ext4 /dev/vda rw\n"
        f"40 22 0:50 / {tmp_path / 'home'} rw,relatime shared:9 - nfs4 server:/home rw,vers=4.2\n"
    )
    (tmp_path / "home").mkdir()
    opened = open_file(tmp_path / "home" / "journal.db", mount_table=mounts)
    with closing(opened.connection) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("PRAGMA synchronous").fetchone() == (3,)  # EXTRA


def _garbage(data: bytes) -> bytes:
    return b"{" * len(data)


def _zeros(data: bytes) -> bytes:
    return bytes(len(data))


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2 + 100]


def _hole(data: bytes) -> bytes:
    middle = len(data) // 2 // 4096 * 4096
    return data[:middle] + b"\xa5" * 8192 + data[middle + 8192 :]


@pytest.mark.parametrize(
    ("damage", "some_is_saved"), [(_garbage, False), (_zeros, False), (_cut, False), (_hole, True)]
)
async def test_a_damaged_file_is_set_aside_whole_and_work_goes_on(
    damage: object, some_is_saved: bool, tmp_path: Path
) -> None:
    assert callable(damage)
    path = tmp_path / "journal.db"
    await _written(path, 120)
    torn = damage(path.read_bytes())
    path.write_bytes(torn)
    async with _open(path) as journal:
        (notice,) = journal.notices
        assert str(tmp_path / "journal.db.damaged-1") in notice
        assert "Look at the drafts in the service" in notice
        assert journal.refusal == ""
        saved = len(await journal.intents())
        assert (0 < saved < 120) is some_is_saved
        assert (await _begin(journal, 1_000)).state is IntentState.OPEN
    assert (tmp_path / "journal.db.damaged-1").read_bytes() == torn
    async with _open(path) as journal:
        assert journal.notices == ()
        assert len(await journal.intents()) == saved + 1


async def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    for content in (b"first" * 100, b"second" * 100):
        path.write_bytes(content)
        async with _open(path) as journal:
            assert journal.notices
    assert (tmp_path / "journal.db.damaged-1").read_bytes() == b"first" * 100
    assert (tmp_path / "journal.db.damaged-2").read_bytes() == b"second" * 100


async def test_version_1_is_read_and_a_record_that_is_not_known_stays(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with _by_hand(path) as connection:
        connection.executescript(VERSION_1)
    async with _open(path) as journal:
        (known,) = await journal.intents()
        assert (known.kind, known.state, known.status) == (IntentKind.CREATE, IntentState.UNKNOWN, 504)
        await journal.resolve(known.id, IntentState.RESOLVED_NOT_DONE, note="")
    with _by_hand(path) as connection:
        assert connection.execute("SELECT kind FROM intent WHERE id = 2").fetchone() == ("paintItBlue",)


async def test_points_of_version_1_are_known_from_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with _by_hand(path) as connection:
        connection.executescript(VERSION_1)
    async with _open(path) as journal:
        await journal.remember_points([PointUnit("new", "u", "adele", Service.EXCHANGE, source=NameSource.HANDOVER)])
        assert (await journal.units_of(["new"]))["new"].source is NameSource.HANDOVER
    with _by_hand(path) as connection:
        connection.execute("UPDATE point_unit SET source = 'journal'")
        (default,) = (row[4] for row in connection.execute("PRAGMA table_info(point_unit)") if row[1] == "source")
        assert default == "'journal'", "what version 1 kept was drafted or looked up here"


async def test_points_are_read_where_the_upgrade_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.db"
    with _by_hand(path) as connection:
        connection.executescript(VERSION_1)
        columns = "tenant_key, address, point_id, unit_id, unit_name, service"
        insert = f"INSERT INTO point_unit ({columns}) VALUES (?, ?, ?, ?, ?, ?)"
        connection.execute(insert, ("contoso", "https://graph", "p", "u", "adele", "exchange"))
    monkeypatch.setattr(schema, "UPGRADES", {1: ("NO SUCH STATEMENT",)})
    async with _open(path) as journal:
        assert journal.refusal
        assert (await journal.units_of(["p"]))["p"] == PointUnit("p", "u", "adele", Service.EXCHANGE)


async def test_an_older_version_is_copied_before_it_is_upgraded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    await _written(path, 3)
    monkeypatch.setattr(schema, "VERSION", NOW_VERSION + 1)
    monkeypatch.setattr(schema, "UPGRADES", {NOW_VERSION: ("ALTER TABLE intent ADD COLUMN colour TEXT",)})
    async with _open(path) as journal:
        assert f"journal.db.version-{NOW_VERSION}-1" in journal.notices[0]
        assert len(await journal.intents()) == 3
    copy = tmp_path / f"journal.db.version-{NOW_VERSION}-1"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with _by_hand(copy) as connection:
        assert schema.version_of(connection) == NOW_VERSION
        assert connection.execute("SELECT count(*) FROM intent").fetchone() == (3,)
    with _by_hand(path) as connection:
        assert schema.version_of(connection) == NOW_VERSION + 1
    async with _open(path) as journal:
        assert journal.notices == ()


async def test_an_upgrade_that_fails_leaves_the_old_version_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.db"
    await _written(path, 3)
    monkeypatch.setattr(schema, "VERSION", NOW_VERSION + 1)
    monkeypatch.setattr(
        schema, "UPGRADES", {NOW_VERSION: ("ALTER TABLE intent ADD COLUMN colour TEXT", "NO SUCH STATEMENT")}
    )
    async with _open(path) as journal:
        assert journal.refusal
        assert len(await journal.intents()) == 3
    with _by_hand(path) as connection:
        assert schema.version_of(connection) == NOW_VERSION
        assert "colour" not in [row[1] for row in connection.execute("PRAGMA table_info(intent)")]


async def test_a_newer_version_is_read_as_far_as_known_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    await _written(path, 3)
    with _by_hand(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("ALTER TABLE intent ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'")
        connection.execute("INSERT INTO schema_version VALUES (99, '2030-01-01T00:00:00+00:00')")
    before = path.read_bytes()
    async with _open(path) as journal:
        assert "newer version" in journal.refusal
        assert len(await journal.open_intents()) == 3
        await journal.keep("form", "{}")
        assert await journal.kept("form") == "{}"
        with pytest.raises(JournalError) as refused:
            await _begin(journal, 9)
        assert refused.value.certainty == "Nothing was sent."
        with pytest.raises(JournalError):
            await journal.resolve(1, IntentState.RESOLVED_DONE, note="")
    assert path.read_bytes() == before


async def test_another_program_s_database_is_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with _by_hand(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    async with _open(path) as journal:
        assert journal.refusal == "it is not a backup-tui journal"
    assert path.read_bytes() == before


async def test_a_place_where_no_folder_can_be_made_leaves_reading_and_memory(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    async with _open(tmp_path / "file" / "state" / "journal.db") as journal:
        assert journal.notices
        with pytest.raises(JournalError) as refused:
            await _begin(journal)
        assert refused.value.certainty == "Nothing was sent."
        assert await journal.intents() == ()
        await journal.remember_points([PointUnit("p", "u", "adele", Service.EXCHANGE)])
        assert (await journal.units_of(["p"]))["p"].unit_name == "adele"


SCRIPT_START = f"""
import asyncio, os, resource, sys
import urllib.request  # imported late by pathlib, when this user may not read the standard library any more
sys.path.insert(0, {str(Path(__file__).parent)!r})
from pathlib import Path
from test_journal_file import _begin, _open
from backup_tui.errors import JournalError
from backup_tui.journal.records import Answer, IntentState
from test_journal_file import NOW

async def refused(asked):
    try:
        await asked
    except JournalError as error:
        return error
    raise SystemExit("was not refused")
"""

READ_ONLY = """
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)

async def run(path):
    async with _open(path) as journal:
        await _begin(journal, 1)
    path.chmod(0o400)
    path.parent.chmod(0o500)
    async with _open(path) as journal:
        assert journal.refusal, "it counts as writable"
        assert len(await journal.intents()) == 1
        error = await refused(_begin(journal, 2))
        assert error.certainty == "Nothing was sent.", error.certainty
"""

DISK_FULL = """
async def run(path):
    async with _open(path) as journal:
        sent = await _begin(journal, 1)
        full = sum(file.stat().st_size for file in path.parent.iterdir() if file.name.endswith("-wal"))
        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
        error = await refused(_begin(journal, 2))
        assert "disk is full" in error.message, error.message
        assert error.certainty == "Nothing was sent.", error.certainty
        error = await refused(journal.answer(sent.id, Answer(IntentState.DONE, at=NOW, session_id="s")))
        assert "Nothing was sent" not in error.sentences, error.sentences
        assert [intent.id for intent in await journal.intents()] == [sent.id]
        assert [intent.id for intent in await journal.open_intents()] == [sent.id]
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
        assert (await _begin(journal, 3)).state is IntentState.OPEN
"""


@pytest.mark.parametrize("script", [READ_ONLY, DISK_FULL], ids=["read-only folder", "disk full"])
def test_what_cannot_be_written_is_not_sent_and_reading_goes_on(script: str) -> None:
    with tempfile.TemporaryDirectory(prefix="backup-tui-") as folder:
        state = Path(folder) / "state"
        Path(folder).chmod(0o711)
        state.mkdir()
        state.chmod(0o700)
        if os.geteuid() == 0 and script is READ_ONLY:
            os.chown(state, 65534, 65534)
        done = subprocess.run(
            [
                sys.executable,
                "-c",
                SCRIPT_START + script + "\nasyncio.run(run(Path(sys.argv[1])))",
                str(state / "j.db"),
            ],
            capture_output=True,
            text=True,
            timeout=60,
        )
        state.chmod(0o700)
        assert done.returncode == 0, done.stderr
