"""Crash reports: a private file with the traceback, free of values and secrets."""

import contextlib
import os
import re
import traceback
from collections import deque
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, quote_plus

from backup_tui.private_files import make_private_directory, open_private

_SECRETS = (
    r"(?i:bearer\s+[^\s'\"]+)"  # an Authorization header
    r"|eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}"  # a token
    r"|(?i:(?:access_token|refresh_token|client_secret|password|skiptoken)['\"]?\s*[=:]\s*['\"]?[^\s'\"&,}]+)"
)


_NAMES = r"^(?:BACKUP_TUI|AZURE)_.*(?:TOKEN|SECRET|PASSWORD|PASSPHRASE)$"
_SHORTEST = 8  # shorter secrets are not redacted: replacing every `abc` in a text would only reveal it

_known: deque[str] = deque(maxlen=100)
"""Secrets that this process holds, plain and as encoded in an address; the newest ones."""

_lasting: set[str] = set()  # the same, for those that stay valid until the process ends


def hide(secret: str, *, lasting: bool = False) -> None:
    """Redacts a secret from everything that is written from now on. `secret`: a token, password or the like. `lasting`:
    it stays valid as long as the program runs, however many tokens come and go."""
    if len(secret) >= _SHORTEST:
        for form in {secret, quote(secret, safe=""), quote_plus(secret)} - _lasting:
            if lasting:
                _lasting.add(form)
            elif form not in _known:
                _known.append(form)


def _given() -> list[str]:
    """Secrets in the environment, which a traceback can contain before anything has read them."""
    return [value for name, value in os.environ.items() if re.search(_NAMES, name) and len(value) >= _SHORTEST]


def redacted(text: str) -> str:
    """`text` with tokens, passwords and Authorization values redacted."""
    # The longest first: one may be part of another, the rest of which would be left.
    for secret in sorted({*_lasting, *_known, *_given()}, key=len, reverse=True):
        text = text.replace(secret, "<redacted>")
    return re.sub(_SECRETS, "<redacted>", text)


def crash_text(error: BaseException) -> str:
    """The traceback without local values, redacted."""
    lines = traceback.TracebackException.from_exception(error, capture_locals=False).format()
    return redacted("".join(lines))


def write_crash_file(folder: Path | None, error: BaseException, now: datetime) -> Path | None:
    """Writes the traceback into a new file with mode 0600. Returns the file, or None if it could not be written: an
    error must still be reported on a full disk.

    Args:
        folder: Where to write it; created if missing. None writes nothing.
        now: Time for the file's name.
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
    """What is printed on stderr after an internal error."""
    return (
        f"backup-tui: Internal error ({type(error).__name__}). The program was stopped.\n"
        "  Running restores continue. What was sent is in the journal.\n"
        f"  {f'See {file}.' if file else 'The details could not be written to a file.'}"
    )
