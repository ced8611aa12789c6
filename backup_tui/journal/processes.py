"""Which process wrote something, and whether it still lives."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from msgspec import Struct


class ProcessMark(Struct, frozen=True):
    """A process, told apart from a later one with the same number. `started`: when it started, in the machine's own
    count since its last boot; empty where that is unknown."""

    pid: int
    host: str
    started: str

    @property
    def label(self) -> str:
        """`pid 4711 on jump01`."""
        return f"pid {self.pid} on {self.host}"

    def may_live(self) -> bool:
        """Whether it still runs here; one of another machine counts as gone, since nothing can be seen of it."""
        if self.host != socket.gethostname():
            return False
        if self.started:
            return _started(self.pid) == self.started
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


def this_process() -> ProcessMark:
    """The mark of this process; `started` is empty where the system does not report start times."""
    pid = os.getpid()
    return ProcessMark(pid, socket.gethostname(), _started(pid))


def _started(pid: int) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("utf-8")[:8]
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # The 22nd field is the start time; two precede the closing bracket, and a zombie has state Z.
    return "" if fields[0] in "ZX" else f"{boot}-{fields[19]}"
