"""Where a command's words go: data to stdout, narration to stderr, and with `--json` at most one object there.

Everything that is printed passes `safe` once more or leaves as ASCII JSON, so that no name of a site can move the
cursor or write the clipboard of whoever runs the command.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from backup_tui.errors import BackupTuiError, NamesUnresolved
from backup_tui.models.own_words import own_words_object, small_print
from backup_tui.models.text import cell_width, safe

_KEYS = re.compile(r" \((?:[A-Za-z]|enter|5 Activity)\)|\bT, or (?=backup-tui )")

_CELL = 2_000
"""Characters of one cell; site addresses are far shorter, and a command's output is not cut for a screen."""


class Output:
    """What one command prints.

    Nothing is written to stdout before the command has all that it is going to print (`watch` apart), so a list that
    broke off leaves stdout empty.

    Args:
        stdout: Takes the data.
        stderr: Takes the narration and the errors.
        as_json: The service's own property names, for programs.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool = False) -> None:
        self._stdout = stdout
        self._stderr = stderr
        self.as_json = as_json
        self._notes: list[str] = []

    def narrate(self, *lines: str) -> None:
        """Tells the person something worth keeping; with `--json` it is kept for the object that ends stderr."""
        if self.as_json:
            self._notes.extend(line for line in lines if line.strip())
            return
        for line in lines:
            self._stderr.write(safe(line, _CELL) + "\n")
        self._stderr.flush()

    def progress(self, line: str) -> None:
        """Tells a person who looks on how far it is; nothing that must be kept, so programs do not get it."""
        if not self.as_json and self._stderr.isatty():
            self._stderr.write(safe(line, _CELL) + "\n")
            self._stderr.flush()

    def data(self, value: object) -> None:
        """Prints one JSON value: a list of the service's objects, or one of them."""
        self._stdout.write(json.dumps(value, indent=2, default=_plain) + "\n")
        self._stdout.flush()

    def event(self, value: Mapping[str, object], line: str) -> None:
        """Prints one change, as a line of JSON or as a line of text, at once."""
        text = json.dumps(value, default=_plain) if self.as_json else safe(line, _CELL)
        self._stdout.write(text + "\n")
        self._stdout.flush()

    def line(self, text: str) -> None:
        """Prints one line of data for people and for `$(...)`."""
        self._stdout.write(safe(text, _CELL) + "\n")
        self._stdout.flush()

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Prints aligned columns, without boxes; an empty list prints only its header."""
        for row in _aligned(header, rows):
            self._stdout.write(row + "\n")
        self._stdout.flush()

    def fields(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Prints `name  value` lines; those without a value are left out."""
        shown = [(name, value) for name, value in pairs if value]
        width = max((cell_width(name) for name, _ in shown), default=0)
        for name, value in shown:
            self._stdout.write(f"{name}{' ' * (width - cell_width(name))}  {safe(value, _CELL)}\n")
        self._stdout.flush()

    def narrated_table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Narrates aligned columns."""
        self.narrate(*_aligned(header, rows))

    def finish(self, error: BackupTuiError | None = None) -> None:
        """Ends the narration: with `--json` one object holds the error, if any, and what was noted."""
        if self.as_json:
            ending: dict[str, object] = {}
            if error is not None:
                ending["error"] = error_object(error)
            if self._notes:
                ending["notes"] = self._notes
            if ending:
                self._stderr.write(json.dumps(ending, indent=2) + "\n")
        elif error is not None:
            for line in error_lines(error):
                self._stderr.write(safe(line, _CELL) + "\n")
        self._stderr.flush()


def error_object(error: BackupTuiError) -> dict[str, object]:
    """`{"code", "message", "hint", "requestId"}`, the service's own words, and the names that a list has too many."""
    told: dict[str, object] = {
        "code": error.code,
        "message": " ".join(part for part in (error.what, error.certain) if part),
        "hint": without_keys(error.way_out) or None,
        "requestId": error.request_id or (error.own_words.request_id or None if error.own_words else None),
        **own_words_object(error),
    }
    if isinstance(error, NamesUnresolved):
        told["names"] = list(error.names)
    return told


def error_lines(error: BackupTuiError) -> list[str]:
    """What happened, what is certain now, what to do; the small print last."""
    lines = [f"backup-tui: {error.what}"]
    lines += [f"  {part}" for part in (error.certain, without_keys(error.way_out)) if part]
    return lines + [f"  {line}" for line in small_print(error)]


def without_keys(text: str) -> str:
    """A sentence of a use case without the keys that it names for the screens: ` (X)`, ` (5 Activity)`, `T, or `."""
    return _KEYS.sub("", text)


def utc(moment: datetime | None) -> str:
    """`2026-11-20 13:10 UTC`, or `-` for a time that was not given."""
    return "-" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def number(value: int | None) -> str:
    """A count, or `?` where the service did not say."""
    return "?" if value is None else f"{value:,}"


def _aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    cells = [list(header), *([safe(cell, _CELL) or "-" for cell in row] for row in rows)]
    widths = [max(cell_width(row[column]) for row in cells) for column in range(len(header))]
    lines = []
    for row in cells:
        padded = [cell + " " * (width - cell_width(cell)) for cell, width in zip(row, widths, strict=True)]
        lines.append("  ".join(padded).rstrip())
    return lines


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")
