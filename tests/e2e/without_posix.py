"""Runs backup-tui as on Windows: no `fcntl`, `pwd` or `termios`, no owners of files, no signals in the event loop.

Started in a process of its own: `python without_posix.py ARGUMENTS`; `--screens` opens each screen without a terminal.
"""

from __future__ import annotations

import asyncio
import asyncio.unix_events
import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import types
from typing import Any

import platformdirs
import textual.app
import textual.drivers.linux_driver
import uvicorn

_kept = (subprocess, tempfile, platformdirs, textual.drivers.linux_driver, uvicorn)
"""Loaded before anything is hidden: the standard library and other packages have their own ways on each system."""

HIDDEN_MODULES = ("fcntl", "pwd", "grp", "termios", "tty", "pty", "resource", "syslog")
HIDDEN_OF_OS = (
    *("geteuid", "getuid", "getegid", "getgid", "fchmod", "fchown", "chown", "killpg", "getpgid", "getpgrp", "setsid"),
    *("ttyname", "pwrite", "pread", "mkfifo", "uname", "getlogin", "sched_getaffinity", "getloadavg"),
    *("O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_CLOEXEC"),
)
HIDDEN_SIGNALS = ("SIGHUP", "SIGTSTP", "SIGCONT", "SIGWINCH", "SIGKILL", "SIGUSR1", "pthread_sigmask", "sigtimedwait")


def _locking(descriptor: int, mode: int, count: int) -> None:
    assert (mode, count) == (2, 1)
    assert os.lseek(descriptor, 0, os.SEEK_CUR) > 1_000_000, "a locked byte of the content could not be read by others"
    try:
        flock(descriptor, exclusive)
    except BlockingIOError as error:
        raise PermissionError(13, "Permission denied") from error


def _no_handlers(*_arguments: Any) -> None:
    raise NotImplementedError


flock, exclusive = fcntl.flock, fcntl.LOCK_EX | fcntl.LOCK_NB


def hide() -> None:
    """Takes away what Windows lacks, and gives what it has instead."""
    for name in HIDDEN_MODULES:
        sys.modules[name] = None  # type: ignore[assignment]  # an import of it fails from now on
    for name in HIDDEN_OF_OS:
        if hasattr(os, name):
            delattr(os, name)
    if sys.version_info >= (3, 13):
        os.process_cpu_count = os.cpu_count  # as it is where there is no affinity
    for name in HIDDEN_SIGNALS:
        delattr(signal, name)
    asyncio.unix_events._UnixSelectorEventLoop.add_signal_handler = _no_handlers  # type: ignore[assignment,method-assign]
    asyncio.unix_events._UnixSelectorEventLoop.add_reader = _no_handlers  # type: ignore[assignment,method-assign]
    windows = types.ModuleType("msvcrt")
    windows.LK_NBLCK, windows.locking = 2, _locking  # type: ignore[attr-defined]
    sys.modules["msvcrt"] = windows


def open_screens() -> int:
    """Opens the demo's screens one after the other, and prints each one's title."""
    from textual.pilot import Pilot

    from backup_tui.config import Flags, load_settings
    from backup_tui.ui.start import make_app
    from backup_tui.workspace import Workspace, served_demo

    async def walk(pilot: Pilot[Any]) -> None:
        for key in "12345":
            await pilot.press(key)
            await pilot.pause()
            print(type(pilot.app.screen).__name__, flush=True)
        await pilot.press("ctrl+q")

    with served_demo(load_settings(Flags(demo=True))) as settings:
        app = make_app(Workspace(settings))
        app.run(headless=True, size=(80, 24), auto_pilot=walk)
    return app.exit_code


if __name__ == "__main__":
    hide()
    if sys.argv[1:] == ["--screens"]:
        sys.exit(open_screens())
    from backup_tui.cli import main

    sys.exit(main())
