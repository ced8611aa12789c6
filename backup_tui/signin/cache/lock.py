"""One process at a time looks into a token cache or writes it: a lock of the kernel, gone when its holder dies."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_SECONDS = 0.05


class LockHeld(Exception):
    """Another process kept the lock for longer than was waited."""


@contextmanager
def locked(path: Path, patience: float) -> Iterator[None]:
    """Holds the lock while its block runs.

    Args:
        path: The lock's file; what it holds means nothing, and that it is there means nothing.
        patience: Seconds to wait for another holder.

    Raises:
        LockHeld: Another process kept it for longer.
        OSError: The file cannot be made or locked here.
    """
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    descriptor = os.open(path, flags, 0o600)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "the lock is no file")
        give_up = time.monotonic() + patience
        while not _taken(descriptor):
            if time.monotonic() >= give_up:
                raise LockHeld
            time.sleep(_LOOK_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
