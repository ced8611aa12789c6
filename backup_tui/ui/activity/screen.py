"""Screen 5: every request from this machine, every change seen, and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.models.focus import Focus
from backup_tui.store.changes import Topic
from backup_tui.store.updates import JournalLine
from backup_tui.store.views import ActivityLine, activity_keys, activity_line
from backup_tui.ui.activity.text import about_lines, activity_cells, entries_of_calls, unknown_entry
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenUnknown
from backup_tui.ui.vocabulary.changes import full_text, what_words
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.spans import Section, tab_line
from backup_tui.ui.widgets.table import Cell


class ActivityContext(Context, frozen=True):
    """A row of Activity.

    Attributes:
        unknown: Number of the journal's entry when nobody knows what became of this change.
    """

    unknown: int | None = None


class ActivityScreen(ListScreen):
    """What went out from this machine, and what came back."""

    NUMBER = 5
    VIEW = "activity"
    COLUMNS = (
        Column("time", "Time", 8),
        Column("what", "What", 40, grow=1, least=20),
        Column("answer", "Answer", 11),
        Column("ms", "ms", 6, align="right", drop=2),
        Column("try", "Try", 3, align="right", drop=1),
    )
    TOPICS = frozenset({Topic.CALLS, Topic.JOURNAL})
    PANE_LINES = 5

    def __init__(self) -> None:
        super().__init__()
        self.changes_only = False
        self._entries: dict[str, JournalLine] = {}

    def compose_body(self) -> ComposeResult:
        title, *rest = super().compose_body()
        yield title
        yield OneLine(id="which")
        yield from rest

    def show_title(self) -> None:
        if self.is_mounted:
            self.query_one("#which", OneLine).text = (" ", tab_line(("All", "Changes only"), int(self.changes_only)))
        super().show_title()

    def focus_on(self) -> Focus:
        return Focus(screen="activity")

    def context(self) -> ActivityContext:
        row = self.row
        entry = unknown_entry(self._line(row), self._entries, row) if row is not None else None
        return ActivityContext(
            row=row, read_only=self.program.workspace.read_only, unknown=None if entry is None else entry.id
        )

    def keys(self) -> Sequence[str]:
        store = self.ws.store
        self._entries = {
            f"call:{key}": entry for key, entry in entries_of_calls(store.calls.items(), store.intents).items()
        }
        keys = activity_keys(store, self.filter_text, changes_only=self.changes_only)
        told = {f"journal:{self._entries[key].id}" for key in keys if key in self._entries}
        return [key for key in keys if key not in told]

    def cells(self, key: str) -> Sequence[Cell]:
        line = self._line(key)
        if line is None:
            raise KeyError(key)
        return activity_cells(line, self._entries.get(key), self.ws.zone, self.now)

    def _line(self, key: str | None) -> ActivityLine | None:
        return activity_line(self.ws.store, key) if key is not None else None

    def heading(self) -> Section:
        tally = self.ws.store.calls.tally(self.now - timedelta(hours=1))
        counts = ((tally.reads, "read"), (tally.changes, "change"), (tally.waits, "wait"))
        tallied = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        return Section("Activity", right=f"last hour: {tallied}")

    def empty_words(self) -> str:
        if self.filter_text:
            return f'   No line matches "{self.filter_text}". Esc clears the filter.'
        if self.changes_only:
            return "   No changes yet, from here or by others.\n   m shows the reads."
        return "   Nothing was sent yet."

    def about(self, key: str) -> Sequence[Section | str]:
        line = self._line(key)
        return about_lines(line, self._entries.get(key), self.ws.zone, self.now) if line is not None else ()

    # -- commands -------------------------------------------------------------------------------------------

    def open_row(self, row: str | None) -> None:
        """What is not known is looked into, everything else is shown in full."""
        line = self._line(row)
        if row is not None and (entry := unknown_entry(line, self._entries, row)) is not None:
            self.program.open(OpenUnknown(entry.id))
        else:
            self.show_all(row)

    def show_all(self, row: str | None) -> None:
        if row is not None and (line := self._line(row)) is not None:
            self.app.push_screen(PagerScreen(what_words(line), self._text(row, line)))
        else:
            self.say("This line is no longer kept.")

    def toggle_changes_only(self, row: str | None) -> None:
        self.changes_only = not self.changes_only
        self.show_rows()

    def copy_line(self, row: str | None) -> None:
        if row is not None and (line := self._line(row)) is not None:
            self.say(copy(self.app, "\n".join(self._text(row, line)), "this request with its answer"))

    def _text(self, row: str, line: ActivityLine) -> list[str]:
        return full_text(line, self._entries.get(row), self.ws.zone, self.now)


# fmt: off
COMMANDS: Commands[ActivityScreen, ActivityContext] = (
    replace(OPEN, label="request and answer",
            help="Shows the full request and answer; for a change of unknown outcome, what can be done.", name="open",
            needs_row=True, weight=1)
        .when(footer_text=lambda context: "look into it" if context.unknown is not None else "request and answer"),
    Command("changes_only", ("m",), "changes only", "Shows changes only, or everything.",
            run=ActivityScreen.toggle_changes_only, name="changes", weight=3),
    FILTER,
    Command("copy_line", ("y",), "copy", "Copies the request with its answer and ids.", run=ActivityScreen.copy_line,
            needs_row=True, weight=4),
    Command("show_all", ("v",), help="Shows the full request and answer.", run=ActivityScreen.show_all,
            name="request", needs_row=True),
)
# fmt: on
ActivityScreen.offers(COMMANDS)
