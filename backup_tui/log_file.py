"""The log: JSON lines in a private file, without secrets.

Nothing goes to the terminal: the screens own it, and a command's stderr is for people. The durable record of changes
is the journal, not this file.
"""

import contextlib
import logging
import os
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path

from backup_tui.crash import crash_text, redacted
from backup_tui.errors import LocalError
from backup_tui.paths import ensure_private_dir
from backup_tui.private_files import open_private

FILE = "backup-tui.log"
MOST_BYTES = 1_000_000  # size at which a new file is started; the previous one is kept beside it
LONGEST = 2_000  # longest message in characters; the rest is cut, because a server's text can have any length

_OURS = "backup_tui"
_OTHERS = ("msal", "httpx", "httpcore", "asyncio")
"""Libraries whose warnings are kept too; their lower levels can contain requests and answers."""


def start_log(folder: Path | None, level: str) -> Path | None:
    """Sends log entries to the file in `folder`; without one, or if it cannot be written, nowhere. Returns the file, or
    `None`. `folder`: the state folder; `None` in a demo. `level`: `debug`, `info`, `warning` or `error`, for this
    program's own entries."""
    handler = _handler(folder)
    for name in (_OURS, *_OTHERS):
        logger = logging.getLogger(name)
        for old in list(logger.handlers):
            logger.removeHandler(old)
            old.close()
        logger.addHandler(handler)
        logger.setLevel(level.upper() if name == _OURS else logging.WARNING)
    return Path(handler.baseFilename) if isinstance(handler, _PrivateFile) else None


def _handler(folder: Path | None) -> logging.Handler:
    if folder is None:
        return logging.NullHandler()
    try:
        ensure_private_dir(folder)
        handler = _PrivateFile(folder / FILE)
    except (OSError, LocalError):
        # A full disk or a read-only home must not prevent reading the service.
        return logging.NullHandler()
    handler.setFormatter(_JsonLines())
    return handler


class _PrivateFile(logging.FileHandler):
    """A file with mode 0600 that never follows a link.

    `logging.handlers` has a rotating file too, but imports a dozen modules that no command needs.
    """

    def _open(self) -> TextIOWrapper:
        descriptor = open_private(Path(self.baseFilename), os.O_APPEND)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def emit(self, record: logging.LogRecord) -> None:
        """Writes an entry, to a new file if this one is full."""
        if self.stream is not None and self.stream.tell() > MOST_BYTES:
            self.stream.close()
            with contextlib.suppress(OSError):  # then the full one is continued
                os.replace(self.baseFilename, f"{self.baseFilename}.1")
            self.stream = self._open()
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  (the name of the base)
        """A full disk loses only the entry; the usual traceback on stderr would be drawn over the screens."""


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        import json

        entry = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "message": redacted(record.getMessage())[:LONGEST],
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["fault"] = crash_text(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=True)
