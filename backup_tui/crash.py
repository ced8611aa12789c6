"""What stays of a fault in the program: a file only its owner can read, without values and without secrets."""

from __future__ import annotations

import contextlib
import os
import re
import traceback
from collections import deque
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

from backup_tui.private_files import make_private_directory, open_private

_SECRETS = re.compile(
    r"(?i:bearer\s+[^\s'\"]+)"  # an Authorization header
    r"|eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}"  # a token
    r"|(?i:(?:access_token|refresh_token|client_secret|password|skiptoken)['\"]?\s*[=:]\s*['\"]?[^\s'\"&,}]+)"
)


_NAMES = re.compile(r"^(?:BACKUP_TUI|AZURE)_.*(?:TOKEN|SECRET|PASSWORD|PASSPHRASE)$")
_SHORTEST = 8
"""A shorter secret is not looked for: taking every `abc` out of a text would only tell what it is."""

_known: deque[str] = deque(maxlen=100)
"""Secrets that this process holds, as they are and as they stand in an address; the newest ones."""

_lasting: set[str] = set()
"""The same of those that stay until the process ends."""


def hide(secret: str, *, lasting: bool = False) -> None:
    """Takes a secret out of everything that is written down from now on.

    Args:
        secret: A token, password or the like, as it is.
        lasting: It is good for as long as the program runs, however many tokens come and go meanwhile.
    """
    if len(secret) >= _SHORTEST:
        for form in {secret, quote(secret, safe=""), quote_plus(secret)} - _lasting:
            if lasting:
                _lasting.add(form)
            elif form not in _known:
                _known.append(form)


def _given() -> list[str]:
    """Secrets in the environment, which a fault can tell before anybody has read them."""
    return [value for name, value in os.environ.items() if _NAMES.search(name) and len(value) >= _SHORTEST]


def redacted(text: str) -> str:
    """`text` with tokens, passwords and Authorization values taken out."""
    # The longest first: one may stand within another, whose rest would be left.
    for secret in sorted({*_lasting, *_known, *_given()}, key=len, reverse=True):
        text = text.replace(secret, "<redacted>")
    return _SECRETS.sub("<redacted>", text)


def crash_text(error: BaseException) -> str:
    """The traceback without local values, redacted."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return redacted("".join(lines))


def write_crash_file(folder: Path | None, error: BaseException, now: datetime) -> Path | None:
    """Writes the traceback into a new file with mode 0600.

    Args:
        folder: Where to; made when it is not there. None writes nothing.
        error: The fault.
        now: Time for the file's name.

    Returns:
        The file, or None when it could not be written: a fault must still be reported on a full disk.
    """
    if folder is None:
        return None
    path = folder / f"crash-{now:%Y%m%dT%H%M%S}-{os.getpid()}.txt"
    with contextlib.suppress(OSError):
        make_private_directory(folder)
        with os.fdopen(open_private(path, os.O_EXCL), "w", encoding="utf-8") as file:
            file.write(crash_text(error))
        return path
    return None


def crash_words(error: BaseException, file: Path | None) -> str:
    """What the person reads on stderr after a fault."""
    where = f"Details for a report: {file}" if file else "Details could not be written to a file."
    return (
        f"backup-tui ended because of a fault of its own ({type(error).__name__}).\n"
        "Restores that run in the service go on; changes sent from here are in the journal.\n"
        f"{where}"
    )
