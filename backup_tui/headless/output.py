"""Where a command's output goes: data to stdout, narration to stderr; with JSON, at most one object there.

Everything printed passes `safe` once more or is ASCII JSON, so that the name of a site cannot move the cursor or
write to the clipboard of the person who runs the command.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from backup_tui.errors import BackupTuiError, Candidate, NamesUnresolved, OutcomeUnknown, UsageError
from backup_tui.headless.formats import MOST_OF_A_CELL, TO_PEOPLE, Cell, Rows, Style, check_fields, picked
from backup_tui.headless.remedies import for_commands
from backup_tui.headless.streams import OutputLost, put
from backup_tui.models.base import GraphModel
from backup_tui.models.own_words import own_words_object, small_print
from backup_tui.models.people import IdentitySet
from backup_tui.models.text import cell_width, safe


class Output:
    """What one command prints.

    Except for `watch`, nothing is written to stdout before the command has everything that it prints, so an incomplete
    list leaves stdout empty.

    Args:
        stdout: Takes the data.
        stderr: Takes the narration and the errors.
        style: What the person wants of it.
        header: Headings of the list that this command prints, if it prints one.

    Attributes:
        style: What the person wants of it.
    """

    def __init__(self, stdout: TextIO, stderr: TextIO, style: Style = TO_PEOPLE, header: Sequence[str] = ()) -> None:
        self._stdout: TextIO | None = stdout
        self._stderr: TextIO | None = stderr
        self.style, self._header = style, header
        # one line for each change that this command has sent so far, with its entry in the journal
        self.sent: Callable[[], Sequence[str]] = tuple
        # asks the person for the phrase of a review, and says whether it came; None where nobody can be asked
        self.ask: Callable[[str], Awaitable[bool]] | None = None
        self._notes: list[str] = []

    @property
    def as_json(self) -> bool:
        """Whether a program reads it: the service's own property names."""
        return self.style.is_json

    @property
    def bar(self) -> str:
        """What bars are made of: a block, `#` where stdout cannot show one, nothing where lines are read aloud."""
        if self.style.format == "lines":
            return ""
        try:
            "█".encode(getattr(self._stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            return "#"
        return "█"

    def narrate(self, *lines: str) -> None:
        """Prints a line worth keeping on stderr; with JSON, adds it to the object printed there at the end."""
        if self.style.quiet:
            return
        if self.as_json:
            self._notes.extend(line for line in lines if line.strip())
            return
        self._tell("".join(safe(line, MOST_OF_A_CELL) + "\n" for line in lines))

    def progress(self, line: str) -> None:
        """Prints progress to a terminal; it need not be kept, so programs do not get it."""
        terminal = self._stderr is not None and self._stderr.isatty()
        if not self.as_json and not self.style.quiet and (terminal or self.style.verbose):
            self._tell(safe(line, MOST_OF_A_CELL) + "\n")

    def request(self, line: str) -> None:
        """Prints one request that was made, for `--verbose`."""
        if self.style.verbose and not self.as_json:
            self._tell(safe(line, MOST_OF_A_CELL) + "\n")

    def data(self, value: object) -> None:
        """Prints one JSON value: a list of the service's objects, or one of them."""
        if fields := self.style.fields:
            objects = value if isinstance(value, list) else [value]
            try:
                check_fields(objects, fields)
            except UsageError as error:
                if not self.sent():
                    raise
                self.narrate(f"{error.message} {error.hint}")  # what was changed is told all the same
            chosen = picked(objects, fields)
            value = chosen if isinstance(value, list) else chosen[0]
        lines = value if isinstance(value, list) else [value]
        if self.style.format == "jsonl":
            self._print("".join(json.dumps(one, default=_plain) + "\n" for one in lines))
        else:
            self._print(json.dumps(value, indent=2, default=_plain) + "\n")

    def listing(
        self,
        rows: Sequence[Sequence[Cell]],
        objects: Callable[[], Sequence[object]],
        *,
        if_any: Sequence[str] = (),
    ) -> None:
        """Prints the list that this command is for, in the form that was asked for.

        Args:
            rows: One cell for each heading.
            objects: Gives the same rows as objects for JSON.
            if_any: Headings that a table without chosen columns leaves out where no row has anything under them.
        """
        limit = self.style.limit
        if self.as_json:
            self.data(list(objects())[:limit])
        else:
            shown = Rows(self._header, rows[:limit]).chosen(self.style.columns)
            if self.style.format in ("table", "lines"):
                if not self.style.columns:
                    shown = shown.without_empty(if_any)
                self._print("".join(line + "\n" for line in shown.lines(self.style.format)))
            else:
                self._print(shown.delimited(self.style.format))
        if limit is not None and len(rows) > limit:
            self.narrate(f"{limit:,} of {len(rows):,} shown (--limit).")

    def event(self, value: Mapping[str, object], line: str) -> None:
        """Prints one change, as a line of JSON or as a line of text, at once."""
        text = json.dumps(value, default=_plain) if self.as_json else safe(line, MOST_OF_A_CELL)
        self._print(text + "\n")

    def line(self, text: str) -> None:
        """Prints one line of data for people and for `$(...)`."""
        self._print(safe(text, MOST_OF_A_CELL) + "\n")

    def text(self, text: str) -> None:
        """Prints text of ours as it is, line ends included."""
        self._print(text)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Prints aligned columns, without boxes; an empty list prints only its header."""
        self._print("".join(row + "\n" for row in Rows(header, rows).lines(self.style.format)))

    def fields(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Prints `name  value` lines; those without a value are left out."""
        shown = [(name, value) for name, value in pairs if value]
        if self.style.format == "lines":
            self._print("".join(f"{name}: {safe(value, MOST_OF_A_CELL)}\n" for name, value in shown))
            return
        width = max((cell_width(name) for name, _ in shown), default=0)
        self._print(
            "".join(
                f"{name}{' ' * (width - cell_width(name))}  {safe(value, MOST_OF_A_CELL)}\n" for name, value in shown
            )
        )

    def one(self, thing: GraphModel, pairs: Sequence[tuple[str, str]]) -> None:
        """Prints one object of the service: to programs as it came, to people as `name  value` lines."""
        if self.as_json:
            self.data(thing.raw())
        else:
            self.fields(pairs)

    def narrated_table(self, header: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Narrates aligned columns."""
        self.narrate(*Rows(header, rows).lines(self.style.format))

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
            told = "".join(safe(line, MOST_OF_A_CELL) + "\n" for line in error_lines(error))
            self._tell(told.removeprefix("backup-tui: ") if self.style.format == "lines" else told)

    def _print(self, text: str) -> None:
        """Writes to stdout. A change cannot be undone, so a lost stdout ends only a command that reads. Raises
        `OutputLost`: it cannot be written, and the command did nothing else; `BrokenPipeError`: the same, because the
        reader closed it."""
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
        "message": " ".join(part for part in (message_of(error), for_commands(error.certainty)) if part),
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


def message_of(error: BackupTuiError) -> str:
    """What happened, with the option that it is about."""
    option = error.field if isinstance(error, UsageError) and error.field.startswith("--") else ""
    return error.message if option in error.sentences else f"{option}: {error.message}"


def error_lines(error: BackupTuiError) -> list[str]:
    """What happened, what is certain now, what to do, one per line; codes and ids last."""
    lines = [f"backup-tui: {message_of(error)}"]
    lines += [f"  {part}" for part in (for_commands(error.certainty), for_commands(error.hint)) if part]
    if isinstance(error, OutcomeUnknown):
        lines += [f"  {line}" for line in candidate_lines(error.candidates)]
    return lines + [f"  {line}" for line in small_print(error)]


def utc(moment: datetime | None) -> str:
    """`2026-11-20 13:10 UTC`, or `-` for an unknown time."""
    return "-" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def when_and_who(moment: datetime | None, who: IdentitySet | None) -> str:
    """`2026-11-20 13:10 UTC by Ryan`, as far as it is reported."""
    return " by ".join(part for part in (utc(moment), who.label if who is not None else "") if part)


def number(value: int | None) -> str:
    """A count, or `?` if the service did not report it."""
    return "?" if value is None else f"{value:,}"


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    raise TypeError(f"{type(value).__name__} cannot be printed as JSON")
