"""Reads the small files that a sign-in needs."""

import contextlib
import os
import stat
from pathlib import Path

from backup_tui.errors import SignInError
from backup_tui.signin.error_catalogue import local_error

_MOST = 256 * 1024


def read_bytes(path: Path, what: str) -> bytes:
    """The content of a small file. `what`: what it is, for the sentence: `the certificate file`. Raises `SignInError`:
    it is missing, is not a file, cannot be read, is empty or far too large."""
    data, reason = b"", ""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                reason = "it is not a file"
            else:
                data = file.read(_MOST + 1)
                reason = "" if 0 < len(data) <= _MOST else "it is empty" if not data else "it is too large"
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", "") or "no path").lower()
    if reason:
        raise unusable_file(path, what, reason)
    return data


def read_text(path: Path, what: str) -> str:
    """The content of a small file as text. Raises SignInError as `read_bytes`, or it isn't text."""
    data = read_bytes(path, what)
    text = ""
    with contextlib.suppress(UnicodeDecodeError):
        text = data.decode("utf-8-sig")
    if not text.strip():
        raise unusable_file(path, what, "it is not text")
    return text


def unusable_file(path: Path, what: str, reason: str) -> SignInError:
    """What to say about a file that cannot be used."""
    return local_error("unusable_file", what=what[:1].upper() + what[1:], path=path, reason=reason)
