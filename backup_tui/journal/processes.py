"""Which process wrote something, and whether it still lives."""

import os
import socket
from pathlib import Path

from msgspec import Struct

PROCESSES = Path("/proc")  # where Linux shows its processes


class ProcessMark(Struct, frozen=True):
    """A process, told apart from a later one with the same number. `started`: when it started, in the machine's own
    count since its last boot, or since 1970; empty in marks of old versions."""

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
        started = _started(self.pid)
        return started == self.started if self.started else bool(started)


def this_process() -> ProcessMark:
    """The mark of this process."""
    pid = os.getpid()
    return ProcessMark(pid, socket.gethostname(), _started(pid))


def _started(pid: int) -> str:
    if not (PROCESSES / "self" / "stat").exists():
        return _started_elsewhere(pid)
    try:
        boot = (PROCESSES / "sys/kernel/random/boot_id").read_text("utf-8")[:8]
        fields = (PROCESSES / str(pid) / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    # The 22nd field is the start time; two precede the closing bracket, and a zombie has state Z.
    return "" if fields[0] in "ZX" else f"{boot}-{fields[19]}"


def _started_elsewhere(pid: int) -> str:
    """On macOS and Windows, where only a library of its own can ask the system."""
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else f"{process.create_time():.2f}"
    except psutil.NoSuchProcess:
        return ""
    except psutil.Error:  # It exists, and the system does not say more.
        return "unknown"
