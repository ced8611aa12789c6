"""Where a command's output goes: data to stdout, narration to stderr; with `--json`, at most one object there.

Everything printed passes `safe` once more or is ASCII JSON, so that the name of a site cannot move the cursor or
write to the clipboard of the person who runs the command.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from backup_tui.errors import BackupTuiError, Candidate, NamesUnresolved, OutcomeUnknown
from backup_tui.headless.remedies import for_commands
from backup_tui.headless.streams import put
from backup_tui.models.own_words import own_words_object, small_print
from backup_tui.models.text import cell_width, safe

_CELL = 2_000
"""Characters of one cell; site addresses are far shorter, and a command's output is not cut for a screen."""


class OutputLost(BackupTuiError):
    """stdout is closed or full, and the command did nothing but print."""

    def __init__(self, error: OSError) -> None:
        super().__init__(
            f"stdout cannot be written: {error.strerror or error}.",
            certainty="The output is lost or incomplete. Nothing was changed.",
            hint="Send it to a place that can be written, such as: > FILE",
        )


class Output:
    """What one command prints.

    Except for `watch`, nothing is written to stdout before the command has everything that it prints, so an incomplete
    list leaves stdout empty.

    Args:
        stdout: Takes the data.
        stderr: Takes the narration and the errors.
        as_json: The service's own property names, for programs.

    Attributes:
        sent: One line for each change that this command has sent so far, with its entry in the journal.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, *, as_json: bool = False) -> None:
        self._stdout: TextIO | None = stdout
        self._stderr: TextIO | None = stderr
        self.as_json = as_json
        self.sent: Callable[[], Sequence[str]] = tuple
        self._notes: list[str] = []

    @property
    def bar(self) -> str:
        """What bars are made of: a block, or `#` where stdout cannot show one."""
        try:
            "█".encode(getattr(self._stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return "#"
        return "█"

    def narrate(self, *lines: str) -> None:
        """Prints a line worth keeping on stderr; with `--json`, adds it to the object printed there at the end."""
        if self.as_json:
            self._notes.extend(line for line in lines if line.strip())
            return
        self._tell("".join(safe(line, _CELL) + "\n" for line in lines))

    def progress(self, line: str) -> None:
        """Prints progress to a terminal; it need not be kept, so programs do not get it."""
        if not self.as_json and self._stderr is not None and self._stderr.isatty():
            self._tell(safe(line, _CELL) + "\n")

    def data(self, value: object) -> None:
        """Prints one JSON value: a list of the service's objects, or one of them."""
        self._print(json.dumps(value, indent=2, default=_plain) + "\n")

    def event(self, value: Mapping[str, object], line: str) -> None:
        """Prints one change, as a line of JSON or as a line of text, at once."""
        text = json.dumps(value, default=_plain) if self.as_json else safe(line, _CELL)
        self._print(text + "\n")

    def line(self, text: str) -> None:
        """Prints one line of data for people and for `$(...)`."""
        self._print(safe(text, _CELL) + "\n")

    def text(self, text: str) -> None:
        """Prints text of ours as it is, line ends included."""
        self._print(text)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Prints aligned columns, without boxes; an empty list prints only its header."""
        self._print("".join(row + "\n" for row in aligned(header, rows)))

    def fields(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Prints `name  value` lines; those without a value are left out."""
        shown = [(name, value) for name, value in pairs if value]
        width = max((cell_width(name) for name, _ in shown), default=0)
        self._print(
            "".join(f"{name}{' ' * (width - cell_width(name))}  {safe(value, _CELL)}\n" for name, value in shown)
        )

    def narrated_table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Narrates aligned columns."""
        self.narrate(*aligned(header, rows))

    def finish(self, error: BackupTuiError | None = None) -> None:
        """Ends the narration: with `--json`, one object holds the error, if any, and the notes."""
        if self.as_json:
            ending: dict[str, object] = {}
            if error is not None:
                ending["error"] = error_object(error)
            if self._notes:
                ending["notes"] = self._notes
            if ending:
                self._tell(json.dumps(ending, indent=2) + "\n")
        elif error is not None:
            self._tell("".join(safe(line, _CELL) + "\n" for line in error_lines(error)))

    def _print(self, text: str) -> None:
        """Writes to stdout. A change cannot be undone, so a lost stdout ends only a command that reads.

        Raises:
            OutputLost: It cannot be written, and the command did nothing else.
            BrokenPipeError: The same, because the reader closed it.
        """
        if self._stdout is None:
            return
        error = put(self._stdout, text)
        if error is None:
            return
        self._stdout = None
        sent = self.sent()
        if not sent:
            if isinstance(error, BrokenPipeError):
                raise error
            raise OutputLost(error)
        self.narrate(f"stdout cannot be written ({error.strerror or error}). These changes were sent:")
        self.narrate(*(f"  {line}" for line in sent))

    def _tell(self, text: str) -> None:
        """Writes to stderr while that works; otherwise the exit code and the journal have the outcome."""
        if self._stderr is not None and put(self._stderr, text) is not None:
            self._stderr = None


def error_object(error: BackupTuiError) -> dict[str, object]:
    """`{"code", "message", "hint", "requestId"}`, the service's own words, and the unresolved names of a list."""
    told: dict[str, object] = {
        "code": error.code,
        "message": " ".join(part for part in (error.message, for_commands(error.certainty)) if part),
        "hint": for_commands(error.hint) or None,
        "requestId": error.request_id or (error.own_words.request_id or None if error.own_words else None),
        **own_words_object(error),
    }
    if isinstance(error, NamesUnresolved):
        told["names"] = list(error.names)
    if isinstance(error, OutcomeUnknown):
        told["journalEntry"] = error.intent_id
        if error.candidates:
            told["candidates"] = [candidate_object(one) for one in error.candidates]
    return told


def candidate_object(one: Candidate) -> dict[str, object]:
    """A session that a lost request may have created, under the service's own property names."""
    return {
        "id": one.id,
        "status": one.status,
        "createdDateTime": one.made.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if one.made else None,
        "createdBy": one.by or None,
        "units": one.units,
        "adopt": one.adopt,
    }


def candidate_lines(found: Sequence[Candidate]) -> list[str]:
    """Sessions that a lost request may have created, each with the command that confirms it."""
    lines: list[str] = []
    for one in found:
        lines += [f"It may be {one.words}", f"  If so: {one.adopt}"]
    if found:
        lines.append(f"If none of these: backup-tui journal resolve {found[0].entry} --not-done")
    return lines


def error_lines(error: BackupTuiError) -> list[str]:
    """What happened, what is certain now, what to do, one per line; codes and ids last."""
    lines = [f"backup-tui: {error.message}"]
    lines += [f"  {part}" for part in (for_commands(error.certainty), for_commands(error.hint)) if part]
    if isinstance(error, OutcomeUnknown):
        lines += [f"  {line}" for line in candidate_lines(error.candidates)]
    return lines + [f"  {line}" for line in small_print(error)]


def utc(moment: datetime | None) -> str:
    """`2026-11-20 13:10 UTC`, or `-` for an unknown time."""
    return "-" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def number(value: int | None) -> str:
    """A count, or `?` if the service did not report it."""
    return "?" if value is None else f"{value:,}"


def aligned(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose columns are aligned, the heading first; an empty cell is a `-`."""
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
