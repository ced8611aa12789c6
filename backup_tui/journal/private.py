"""Folders and files that only this user may read; nothing is written through a link or into somebody else's file."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class Untrusted(OSError):
    """A file stands where ours should be, and it cannot be trusted: a link, no regular file, or another owner."""


def make_private_directory(folder: Path) -> None:
    """Makes a folder, and what is missing above it, for this user only (0700).

    A folder that is there already keeps its mode: it may be one that the person chose and shares.

    Raises:
        OSError: It cannot be made, or something else has its name.
    """
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
    """Sees to it that a folder is ours, or the system's.

    Raises:
        Untrusted: It belongs to another user, who could put another file in the place of ours.
        OSError: It cannot be looked at.
    """
    if os.geteuid() != 0 and folder.stat().st_uid not in (os.geteuid(), 0):
        raise Untrusted(f"{folder} belongs to another user")


def open_private(path: Path, flags: int = 0) -> int:
    """Opens a file to read and write, made if it is missing, and sees to it that it is 0600 and ours.

    Args:
        path: Its folder must exist.
        flags: Further flags of `os.open`, such as `os.O_EXCL`.

    Returns:
        A file descriptor that child processes do not inherit.

    Raises:
        Untrusted: It is a link, no regular file, or belongs to another user.
        OSError: It cannot be opened.
    """
    try:
        # Without O_NONBLOCK a pipe under this name would hold the program for ever.
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | flags, 0o600)
    except OSError as error:
        if path.is_symlink():
            raise Untrusted(f"{path} is a link") from error
        raise
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Untrusted(f"{path} is not a file")
        if status.st_uid != os.geteuid():
            raise Untrusted(f"{path} belongs to another user")
        if stat.S_IMODE(status.st_mode) != 0o600:
            os.fchmod(descriptor, 0o600)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def sync_directory(folder: Path) -> None:
    """Makes the names in a folder survive a loss of power, where the file system can do that.

    Raises:
        OSError: The disk reports a fault.
    """
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
