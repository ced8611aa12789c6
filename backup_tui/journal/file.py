"""Opens the file of the journal so that reading always continues, if it is damaged, from another version or missing.

whole                          opened; WAL, or a rollback journal where WAL is unsafe
of an older version            copied, then upgraded
damaged                        set aside, what can be read of it carried over into a new one
of a newer version, not ours   left as it is; what is known is read into memory, and nothing can be changed
cannot be written              the same
"""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from msgspec import Struct

from backup_tui.journal import schema
from backup_tui.private_files import (
    LockHeld,
    Untrusted,
    check_owner,
    locked,
    make_private_directory,
    open_private,
    sync_directory,
)

BUSY_SECONDS: Final = 5.0  # how long a write waits for another process that is writing at the same moment

_COMPANIONS: Final = ("-wal", "-shm", "-journal")

# WAL needs memory that all writers share; on these a second machine can write without seeing it.
_NETWORK: Final = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"})

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


class _Foreign(Exception):
    pass


class _Damaged(Exception):
    pass


class Opened(Struct, frozen=True):
    """An open journal. `connection`: to the file, or to a copy in memory that ends with the program. `refusal`: why no
    change can be written down, one clause; empty when it can."""

    connection: sqlite3.Connection
    refusal: str
    notices: tuple[str, ...]


def open_file(path: Path, *, mount_table: Path = Path("/proc/self/mountinfo")) -> Opened:
    """Opens the journal at `path`, made if it is missing. Never raises for the state of the file."""
    use_wal = not on_network(path, mount_table=mount_table)
    try:
        make_private_directory(path.parent)
        check_owner(path.parent)
        with _one_at_a_time(path):
            _make_file(path)
            _check_version(path)
            try:
                connection, notices = _connect(path, use_wal)
            except _Damaged:
                connection, notices = _start_over(path, use_wal)
    except Untrusted as error:
        return _in_memory(None, str(error))
    except _Foreign as error:
        return _in_memory(path, str(error))
    except (OSError, sqlite3.Error) as error:
        return _in_memory(path, cause(error))
    return Opened(connection, "", notices)


def cause(error: OSError | sqlite3.Error) -> str:
    """A short cause in plain words."""
    if isinstance(error, OSError):
        return (error.strerror or str(error) or type(error).__name__).lower()
    if _is_damage(error):
        return "the file is damaged"
    primary = _primary(error)
    if primary in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR):
        return "the disk is full or faulty"
    if primary in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM):
        return "it is not writable"
    if primary == sqlite3.SQLITE_BUSY:
        return "another process is writing to it"
    return str(error) or type(error).__name__


def _is_damage(error: sqlite3.Error) -> bool:
    return _primary(error) in _DAMAGE


def _primary(error: sqlite3.Error) -> int:
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF


def _make_file(path: Path) -> None:
    new = not path.exists()
    os.close(open_private(path))
    if new:
        sync_directory(path.parent)


def _check_version(path: Path) -> None:
    """Looks before anything is opened to write: closing a connection that may write can move pages about."""
    with _reading(path) as source:
        try:
            version = schema.version_of(source) if source else None
        except sqlite3.DatabaseError:
            return  # Opening it to write will say what is wrong with it.
    if version == 0:
        raise _Foreign("it is not a backup-tui journal")
    if version is not None and version > schema.VERSION:
        raise _Foreign("a newer version of backup-tui has written it")


def _connect(path: Path, use_wal: bool) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    try:
        version = schema.version_of(connection)
        _make_durable(connection, use_wal)
        notices: tuple[str, ...] = ()
        if version is None:
            schema.create(connection)
        elif version < schema.VERSION:
            copy = _copy_before_upgrade(connection, path, version)
            schema.upgrade(connection, version)
            notices = (f"The journal was upgraded; the previous one is kept as {copy}.",)
        for table in schema.TABLES:
            found = connection.execute(f"PRAGMA quick_check('{table}')").fetchone()
            if found is None or found[0] != "ok":
                raise _Damaged
    except sqlite3.DatabaseError as error:
        connection.close()
        if _is_damage(error):
            raise _Damaged from error
        raise
    except BaseException:
        connection.close()
        raise
    return connection, notices


def _make_durable(connection: sqlite3.Connection, use_wal: bool) -> None:
    """A commit must be on the disk before it returns; EXTRA does for a rollback journal what FULL does for WAL."""
    mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0] if use_wal else ""
    if mode != "wal":
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute(f"PRAGMA synchronous = {'FULL' if mode == 'wal' else 'EXTRA'}")
    connection.execute("PRAGMA fullfsync = ON")
    connection.execute("PRAGMA trusted_schema = OFF")


def _start_over(path: Path, use_wal: bool) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    aside = _unused(path, "damaged")
    for companion in ("", *_COMPANIONS):
        old = path.with_name(path.name + companion)
        if old.exists():
            old.rename(aside.with_name(aside.name + companion))
    _make_file(path)
    connection, _ = _connect(path, use_wal)
    try:
        with _reading(aside) as source:
            saved = schema.copy_known(source, connection) if source else 0
    except BaseException:
        connection.close()
        raise
    return connection, (
        f"The journal was damaged. It is kept as {aside}; {saved:,} of its entries were recovered. "
        "Look at the drafts in the service before you make one again.",
    )


def _copy_before_upgrade(connection: sqlite3.Connection, path: Path, version: int) -> Path:
    copy = _unused(path, f"version-{version}")
    os.close(open_private(copy, os.O_EXCL))
    with closing(sqlite3.connect(copy)) as target:
        connection.backup(target)
    sync_directory(path.parent)
    return copy


def _in_memory(path: Path | None, refusal: str) -> Opened:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.create(connection)
    if path is not None:
        with _reading(path) as source:
            if source is not None:
                schema.copy_known(source, connection)
    return Opened(
        connection,
        refusal,
        (f"The journal cannot be written: {refusal}. Reading continues; nothing can be changed from here.",),
    )


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Opens a file to read only; the second way is for a folder in which not even the reader's marks can be made."""
    connection: sqlite3.Connection | None = None
    for way in ("mode=ro", "mode=ro&immutable=1"):
        candidate: sqlite3.Connection | None = None
        try:
            candidate = sqlite3.connect(f"{path.absolute().as_uri()}?{way}", uri=True, isolation_level=None)
            candidate.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection = candidate
            break
        except sqlite3.Error:
            if candidate is not None:
                candidate.close()
    try:
        yield connection
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    try:
        with locked(path.with_name(f"{path.name}.opening"), BUSY_SECONDS):
            yield
    except LockHeld as error:
        raise TimeoutError(errno.EAGAIN, "another process is opening it") from error


def on_network(path: Path, *, mount_table: Path = Path("/proc/self/mountinfo")) -> bool:
    """Whether a path lies on a drive that other machines write to as well, where the journal goes without WAL."""
    return _file_system(path, mount_table) in _NETWORK


def _unused(path: Path, word: str) -> Path:
    number = 1
    while (name := path.with_name(f"{path.name}.{word}-{number}")).exists():
        number += 1
    return name


def _file_system(path: Path, mount_table: Path) -> str:
    try:
        lines = mount_table.read_text("utf-8", "replace").splitlines()
    except OSError:
        return ""
    target = path.absolute()
    best, kind = -1, ""
    for line in lines:
        left, separator, right = line.partition(" - ")
        fields = left.split(" ")
        if not separator or len(fields) < 5:
            continue
        point = Path(fields[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        if target.is_relative_to(point) and len(point.parts) >= best:
            best, kind = len(point.parts), right.split(" ")[0]
    return kind.removeprefix("fuse.") if kind != "fuse.sshfs" else "nfs"
