"""The three standard streams if they are closed, full or gone, so that nothing fails because of them.

The next file or socket gets a closed descriptor, and whatever is printed then goes there. So all three are filled
before anything is opened.
"""

import contextlib
import errno
import io
import os
import sys
from typing import IO, Any

from backup_tui.errors import BackupTuiError

NAMES = ("stdin", "stdout", "stderr")


class OutputLost(BackupTuiError):
    """stdout is closed or full, and the command did nothing but print."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"stdout cannot be written: {error.strerror or error}.",
            certainty="The output is lost or incomplete. Nothing was changed.",
            hint="Send it to a place that can be written, such as: > FILE",
        )


class ClosedStream(io.TextIOBase):
    """Replaces a stream that was closed before the program started: every use raises."""

    @property
    def buffer(self) -> "ClosedStream":
        """What `sys.stdin.buffer` is."""
        return self

    def read(self, size: int | None = -1, /) -> Any:
        """Raises OSError: there is nothing to read from."""
        raise _closed()

    def readline(self, size: int = -1, /) -> str:  # type: ignore[override]
        """Raises OSError: there is nothing to read from."""
        raise _closed()

    def write(self, text: str, /) -> int:
        """Raises OSError: there is nothing to write to."""
        raise _closed()


def secure() -> None:
    """Fills descriptors and streams that are missing; called before anything is opened."""
    for number, name in enumerate(NAMES):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
        if getattr(sys, name) is None:
            setattr(sys, name, ClosedStream())


def put(stream: IO[str], text: str) -> OSError | None:
    """Writes text at once; a stream that can no longer be written is silenced. Returns why it could not be written;
    `None` if it was."""
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        silence(stream)
        return error
    except ValueError:
        if not stream.closed:
            raise
        return _closed()
    return None


def silence(stream: IO[str]) -> None:
    """Sends a stream nowhere: what it still holds must not fail again when the process ends."""
    with contextlib.suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, stream.fileno())
        finally:
            os.close(nowhere)


def flush() -> None:
    """Flushes stdout and stderr before the interpreter does and complains."""
    for stream in (sys.stdout, sys.stderr):
        put(stream, "")


def _closed() -> OSError:
    return OSError(errno.EBADF, os.strerror(errno.EBADF))
