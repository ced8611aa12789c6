"""Files and folders that only this user may read: opened without following links, replaced whole, locked by the kernel.

Everything that the program keeps goes through here, so that each safeguard exists once. Nothing is written through a
link or into somebody else's file.
"""

import contextlib
import errno
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backup_tui.operating_system import OWN_FILE, is_ours, is_root, make_private, open_to_others, take_lock

_LOOK_SECONDS = 0.05


class Untrusted(OSError):
    """The file cannot be trusted: a link, not a regular file, or another user's."""


class LockHeld(Exception):
    """Another process kept the lock for longer than was waited."""


def make_private_directory(folder: Path) -> None:
    """Makes a folder, and what is missing above it, for this user only (0700).

    A folder that exists keeps its mode: it may be one that the person chose and shares. Raises `OSError`: it cannot be
    made, or something else has its name."""
    if folder.is_dir():
        return
    make_private_directory(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
        return
    sync_directory(folder.parent)


def check_owner(folder: Path) -> None:
    """Checks that a folder belongs to this user or to the system. Raises `Untrusted`: it belongs to another user, who
    could put another file in the place of ours; `OSError`: it cannot be looked at."""
    if not is_root() and not is_ours(folder.stat(), or_systems=True):
        raise Untrusted(f"{folder} belongs to another user")


def open_private(path: Path, flags: int = 0) -> int:
    """Opens a file to read and write, made if it is missing, and makes sure that it is 0600 and ours. Returns a file
    descriptor that child processes do not inherit.

    Args:
        path: Its folder must exist.
        flags: Further flags of `os.open`, such as `os.O_EXCL`. With `os.O_TRUNC` the file is emptied after the checks.

    Raises:
        Untrusted: It is a link, not a regular file, or belongs to another user.
        OSError: It cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | OWN_FILE | flags & ~os.O_TRUNC, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise Untrusted(error.errno, "it is a link") from error
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Untrusted(errno.EINVAL, "it is not a file")
        if not is_ours(status):
            raise Untrusted(errno.EPERM, "it belongs to another user")
        make_private(descriptor)
        if flags & os.O_TRUNC:
            os.ftruncate(descriptor, 0)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def read_private(path: Path, most_bytes: int) -> str:
    """The text of a file of ours. Raises `OSError`: there is none, or it is one that another user could have written;
    `ValueError`: it is longer than `most_bytes`, or no text."""
    descriptor = os.open(path, os.O_RDONLY | OWN_FILE)
    with os.fdopen(descriptor, encoding="utf-8") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or open_to_others(status) or not is_ours(status):
            raise Untrusted(errno.EPERM, "it is not private")
        text = file.read(most_bytes + 1)
    if len(text) > most_bytes:
        raise ValueError(f"{path} is too long")
    return text


def replace_private(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Puts `data` in the place of a file, whole or not at all; `durable`: it is on the disk when this returns. Raises
    `OSError`: it cannot be written; what was there before is unchanged."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()  # of a process of this number that was killed while writing
    try:
        with os.fdopen(open_private(fresh, os.O_EXCL), "wb") as file:
            file.write(data)
            file.flush()
            if durable:
                os.fsync(file.fileno())
        os.replace(fresh, path)
    except OSError:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Holds the lock of a file while its block runs. It blocks the thread, so call it in one that may wait.

    Args:
        path: The lock's file, made if it is missing; neither its content nor its existence means anything.
        patience: Seconds to wait for another holder.

    Raises:
        LockHeld: Another process kept it for longer.
        OSError: The file cannot be made or locked here.
    """
    descriptor = open_private(path)
    try:
        give_up = time.monotonic() + patience
        while not take_lock(descriptor):
            if time.monotonic() >= give_up:
                raise LockHeld
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def sync_directory(folder: Path) -> None:
    """Makes the names in a folder survive a loss of power, where the file system can do that. Raises `OSError`: the
    disk reports a fault."""
    if not hasattr(os, "O_DIRECTORY"):
        return  # Windows opens no folders; its file system keeps names in a log of its own.
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except PermissionError:
        return  # A folder that may be written but not read cannot be synced by name.
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # Some network file systems sync no folders.
            raise
    finally:
        os.close(descriptor)
