"""What Windows lacks of POSIX: owners and modes of files, locks of the kernel, signals in the event loop, groups.

Decided by what Python offers here, never by the name of the system. On Windows a file of ours is as private as the
folder it lies in: both are in the person's own profile, which other accounts cannot read.
"""

import os
import signal
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

HAS_OWNERS = hasattr(os, "geteuid")  # whether files have an owner and a mode that say who may read them

OWN_FILE = sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NOINHERIT", "O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))
"""Flags for a file of ours: not inherited, not through a link, not waited for if it is a pipe, taken as bytes."""

ENDING = {name: 128 + number for name, number in (("SIGHUP", 1), ("SIGINT", 2), ("SIGBREAK", 21), ("SIGTERM", 15))}
"""Names of the signals that end a program, with its exit code; not every system has each of them."""

PLAIN_FILE = sum(getattr(os, name, 0) for name in ("O_CLOEXEC", "O_NOINHERIT", "O_BINARY"))
"""Flags for a file that the person names: it may be a link, or a pipe of the shell."""

_LOCKED_BYTE = 0x7FFF_FFFF
"""Which byte of a file Windows locks: far behind its content, since nobody else can read a locked one."""


class Killable(Protocol):
    """A process that was started in a session of its own."""

    pid: int

    def kill(self) -> None: ...


def is_ours(found: os.stat_result, *, or_systems: bool = False) -> bool:
    """Whether a file belongs to this user; with `or_systems`, one of the system counts too."""
    if not HAS_OWNERS:
        return True
    return found.st_uid == os.geteuid() or (or_systems and found.st_uid == 0)


def is_root() -> bool:
    """Whether this process may do everything."""
    return HAS_OWNERS and os.geteuid() == 0


def open_to_others(found: os.stat_result, rights: int = 0o077) -> int:
    """Those of these rights that users other than the owner have."""
    return stat.S_IMODE(found.st_mode) & rights if HAS_OWNERS else 0


def make_private(descriptor: int) -> None:
    """Gives an open file the mode 0600. Raises `OSError`: it belongs to another user."""
    if HAS_OWNERS and stat.S_IMODE(os.fstat(descriptor).st_mode) != 0o600:
        os.fchmod(descriptor, 0o600)


def take_lock(descriptor: int) -> bool:
    """Takes the kernel's lock of an open file, which ends with the process; `False` where another process holds it.
    Raises `OSError`: the file system has no locks."""
    try:
        fcntl: Any = import_module("fcntl")
    except ImportError:
        return _lock_a_byte(descriptor)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_a_byte(descriptor: int) -> bool:
    msvcrt: Any = import_module("msvcrt")
    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    try:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    except PermissionError:
        return False
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)
    return True


def kill_with_children(process: Killable) -> None:
    """Ends a process at once, where possible with all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


class Signals:
    """Signals that an event loop hears.

    Args:
        loop: Where handlers run, one after the other.
        names: Signals; those that the system lacks are left out.
        heard: Told the number of each signal that comes.
    """

    def __init__(self, loop: "asyncio.AbstractEventLoop", names: Iterable[str], heard: Callable[[int], object]) -> None:
        self._loop = loop
        self._before: dict[int, Any] = {}
        for name in names:
            number = getattr(signal, name, None)
            if number is None:
                continue
            try:
                loop.add_signal_handler(number, heard, int(number))
                self._before[number] = None
            except NotImplementedError:  # Windows: a handler runs between two steps of the program and wakes the loop.
                self._before[number] = signal.signal(
                    number, lambda came, _frame: loop.call_soon_threadsafe(heard, came) and None
                )

    def leave(self, number: int) -> None:
        """Hears this signal no longer: the next one does what the system does."""
        before = self._before.pop(number, _NEVER)
        if before is None:
            self._loop.remove_signal_handler(number)
        elif before is not _NEVER:
            signal.signal(number, before)

    def close(self) -> None:
        """Hears none of them any longer."""
        for number in tuple(self._before):
            self.leave(number)


_NEVER = object()
