"""Texts for files that others open: tables as CSV, and files that only their owner can read.

Names come from outside, and a spreadsheet runs what begins like a formula, so such cells get a leading apostrophe
(OWASP, CSV injection). A file never replaces another one unasked."""

import csv
import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from backup_tui.errors import LocalError
from backup_tui.private_files import open_private, replace_private

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")


def as_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells as RFC 4180 text in which nothing starts like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([f"'{cell}" if _is_formula(cell) else cell for cell in row])
    return out.getvalue()


def without_apostrophe(cell: str) -> str:
    """A cell of such a table as it was before."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


def _is_formula(cell: str) -> bool:
    return cell.lstrip(" ").startswith(_FORMULA_STARTS)


def save_report(path: Path, text: str, *, replace: bool = False) -> None:
    """Writes a report for its owner only. Raises `LocalError`: the file exists, is a link, or cannot be written."""
    try:
        if replace:
            os.close(open_private(path))  # no link, and nobody else's
            replace_private(path, text.encode())
            return
        with os.fdopen(open_private(path, os.O_EXCL), "wb") as file, _removed_if_not_whole(path):
            file.write(text.encode())
            file.flush()
    except FileExistsError as error:
        raise LocalError(
            f"{path} exists already.", certainty="It was not touched.", hint="Use another name.", code="FileExists"
        ) from error
    except OSError as error:
        raise LocalError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.", hint="Use another folder."
        ) from error


@contextmanager
def _removed_if_not_whole(path: Path) -> Iterator[None]:
    """A new file that could not be written must not be in the way of the next try."""
    try:
        yield
    except OSError:
        path.unlink(missing_ok=True)
        raise
