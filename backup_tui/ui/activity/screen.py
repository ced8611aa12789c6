"""Screen 5: every request of this machine, every change that was seen, and the journal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

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
from backup_tui.ui.widgets.spans import Section
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
        Column("time", "Time", 12),
        Column("what", "What", 40, grow=1, least=20),
        Column("answer", "Answer", 11),
        Column("ms", "ms", 6, align="right", drop=2),
        Column("try", "Try", 3, align="right", drop=1),
    )
    TOPICS = frozenset({Topic.CALLS, Topic.JOURNAL})
    PANE_LINES = 7

    def __init__(self) -> None:
        super().__init__()
        self.changes_only = False
        self._entries: dict[str, JournalLine] = {}

    def focus_on(self) -> Focus:
        """Sessions go on being read: what others change is seen there."""
        return Focus(screen="activity")

    def context(self) -> ActivityContext:
        """The row, and whether its outcome is known."""
        row = self.row
        entry = unknown_entry(self._line(row), self._entries, row) if row is not None else None
        return ActivityContext(
            row=row, read_only=self.program.workspace.read_only, unknown=None if entry is None else entry.id
        )

    def keys(self) -> Sequence[str]:
        """Calls, seen changes and journal entries, newest first; a change and its entry are one row."""
        store = self.ws.store
        self._entries = {
            f"call:{key}": entry for key, entry in entries_of_calls(store.calls.items(), store.intents).items()
        }
        keys = activity_keys(store, self.filter_text, changes_only=self.changes_only)
        told = {f"journal:{self._entries[key].id}" for key in keys if key in self._entries}
        return [key for key in keys if key not in told]

    def cells(self, key: str) -> Sequence[Cell]:
        """The cells of a row."""
        line = self._line(key)
        if line is None:
            raise KeyError(key)
        return activity_cells(line, self._entries.get(key), self.ws.zone, self.now)

    def _line(self, key: str | None) -> ActivityLine | None:
        return activity_line(self.ws.store, key) if key is not None else None

    def heading(self) -> Section:
        """Which lines are shown, and how much went on in the last hour."""
        tally = self.ws.store.calls.tally(self.now - timedelta(hours=1))
        shown = "changes only   m shows all" if self.changes_only else "all   m shows changes only"
        if self.filter_text:
            shown = f'{self.table.row_count:,} for "{self.filter_text}"'
        counts = ((tally.reads, "read"), (tally.changes, "change"), (tally.waits, "wait"))
        tallied = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        return Section("Activity", shown, f"last hour: {tallied}")

    def empty_words(self) -> str:
        """Why there is no line."""
        if self.filter_text:
            return f'   No line has "{self.filter_text}" in it. esc takes the filter away.'
        if self.changes_only:
            return "   Nothing was changed from here, and no change of others was seen.\n   m shows the reads."
        return "   Nothing was asked of the service yet."

    def about(self, key: str) -> list[str]:
        """The lines about a row."""
        line = self._line(key)
        return about_lines(line, self._entries.get(key), self.ws.zone, self.now) if line is not None else []

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
            self.say("This line is not kept any more.")

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
    replace(OPEN, label="full request and answer",
            help="The full request and answer; for a change of unknown outcome what can be done about it.", name="open",
            needs_row=True, weight=1)
        .when(footer_text=lambda context: "look into it" if context.unknown is not None else "full request and answer"),
    Command("changes_only", ("m",), "changes only", "Shows changes only, or everything again.",
            run=ActivityScreen.toggle_changes_only, name="changes", weight=3),
    FILTER,
    Command("copy_line", ("y",), "copy", "Copies all of this: request, answer, ids.", run=ActivityScreen.copy_line,
            needs_row=True, weight=4),
    Command("show_all", ("v",), help="The full request and answer of this row.", run=ActivityScreen.show_all,
            name="request", needs_row=True),
)
# fmt: on
ActivityScreen.offers(COMMANDS)
