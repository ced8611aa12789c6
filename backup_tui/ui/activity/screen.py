"""Screen 5: every request from this machine, every change seen, and the journal; apart from them, the service's own
log of what anybody did."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace
from textual.app import ComposeResult

from backup_tui.models.activity_logs import ActivityLog
from backup_tui.models.features import ACTIVITY_LOG
from backup_tui.models.focus import Focus
from backup_tui.models.text import counted
from backup_tui.protection.activity_log import BETA_ONLY, entry_words
from backup_tui.store import freshness as fresh
from backup_tui.store.changes import Topic
from backup_tui.store.filters import Language
from backup_tui.store.updates import JournalLine
from backup_tui.store.views import ACTIVITY_LANGUAGE, ActivityLine, activity_keys, activity_line
from backup_tui.ui.activity.service_log import LOG_COLUMNS, LOG_LANGUAGE, log_cells, log_keys, log_lines, log_text
from backup_tui.ui.activity.text import about_lines, activity_cells, entries_of_calls, unknown_entry
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.routes import OpenUnknown
from backup_tui.ui.vocabulary.changes import full_text, is_unknown, what_words
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.frame_lines import TabLine
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell
from backup_tui.ui.widgets.time_format import clock_words

TABS = ("All", "Changes only", "Service's log, beta")


class ActivityContext(Context, frozen=True):
    """A row of Activity.

    Attributes:
        unknown: Number of the journal's entry when nobody knows what became of this change.
        tab: Place of the tab that is shown; 2 is the service's own log.
        more: There are older entries of that log that were not read.
    """

    unknown: int | None = None
    tab: int = 0
    more: bool = False


class ActivityScreen(ListScreen):
    """What went out from this machine and what came back; or what the service's own log says."""

    NUMBER = 5
    VIEW = "activity"
    COLUMNS = (
        Column("time", "Time", 8),
        Column("what", "What", 40, grow=1, least=20, always=True),
        Column("answer", "Answer", 11, always=True),
        Column("ms", "ms", 6, align="right", drop=2),
        Column("try", "Try", 3, align="right", drop=1),
    )
    TOPICS = frozenset({Topic.CALLS, Topic.JOURNAL, Topic.SERVICE_LOG})
    PANE_LINES = 5

    def __init__(self) -> None:
        super().__init__()
        self.changes_only = self.service_log = False
        self._entries: dict[str, JournalLine] = {}

    @property
    def list_name(self) -> str:
        return "service log" if self.service_log else self.VIEW

    def compose_body(self) -> ComposeResult:
        title, *rest = super().compose_body()
        yield title
        yield TabLine(id="which")
        yield from rest

    def show_title(self) -> None:
        if self.is_mounted:
            self.query_one("#which", TabLine).show(TABS, self._tab)
        super().show_title()

    @property
    def _tab(self) -> int:
        return 2 if self.service_log else int(self.changes_only)

    def focus_on(self) -> Focus:
        return Focus(screen="activity", service_log=self.service_log and self._beta)

    @property
    def _beta(self) -> bool:
        return self.ws.address.version == "beta"

    def context(self) -> ActivityContext:
        row = self.row
        if self.service_log:
            read_only = self.program.workspace.read_only
            return ActivityContext(row=row, read_only=read_only, tab=2, more=self._has_more)
        entry = unknown_entry(self._line(row), self._entries, row) if row is not None else None
        return ActivityContext(
            row=row,
            read_only=self.program.workspace.read_only,
            unknown=None if entry is None else entry.id,
            tab=self._tab,
        )

    def keys(self) -> Sequence[str]:
        store = self.ws.store
        if self.service_log:
            return log_keys(store.details.activity, self.filter_text, self.now)
        self._entries = {
            f"call:{key}": entry for key, entry in entries_of_calls(store.calls.items(), store.intents).items()
        }
        return self._lines(self.filter_text)

    def _lines(self, filter_text: str) -> Sequence[str]:
        """Keys of what was done from here, each change once, and before all others what has an unknown outcome."""
        keys = activity_keys(self.ws.store, filter_text, changes_only=self.changes_only, now=self.now)
        told = {f"journal:{self._entries[key].id}" for key in keys if key in self._entries}
        unclear = {entry.id for entry in self.ws.store.intents if is_unknown(entry)}
        first = {f"journal:{number}" for number in unclear}
        first |= {key for key, entry in self._entries.items() if entry.id in unclear}
        return sorted((key for key in keys if key not in told), key=lambda key: key not in first)

    def cells(self, key: str) -> Sequence[Cell]:
        if self.service_log:
            return log_cells(self.ws.store.details.activity[key], self.ws.zone, self.now)
        line = self._line(key)
        if line is None:
            raise KeyError(key)
        return activity_cells(line, self._entries.get(key), self.ws.zone, self.now)

    def _line(self, key: str | None) -> ActivityLine | None:
        return activity_line(self.ws.store, key) if key is not None and not self.service_log else None

    def _logged(self, key: str | None) -> ActivityLog | None:
        return self.ws.store.details.activity.get(key) if key is not None and self.service_log else None

    @property
    def language(self) -> Language:
        return LOG_LANGUAGE if self.service_log else ACTIVITY_LANGUAGE

    def total(self) -> int | None:
        if self.service_log:
            return len(self.ws.store.details.activity)
        return len(self._lines("")) if self.filter_text else None

    def heading(self) -> Section:
        if self.service_log:
            return Section("Activity", right=self._log_state())
        since = self.now - timedelta(hours=1)
        tally = self.ws.store.calls.tally(since)
        # Other runs and processes write the same journal, and its entries are in the list.
        written = sum(line.at >= since and line.state != "notSent" for line in self.ws.store.intents)
        counts = ((tally.reads, "read"), (max(tally.changes, written), "change"), (tally.waits, "wait"))
        tallied = ", ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in counts)
        return Section("Activity", right=f"last hour: {tallied}")

    def _log_state(self) -> str:
        """How much of the service's log is known, and as of when."""
        known = self.ws.store.freshness(fresh.ACTIVITY_LOG)
        if not self._beta or known.never_read:
            return "not read" if not self._beta else self.freshness_words(known)
        count = counted(len(self.ws.store.details.activity), "entry", "entries")
        if self._has_more:
            return f"the newest {count}, M reads more"
        at = clock_words(known.answered_at, self.ws.zone, self.now) if known.answered_at else "before"
        return ", ".join(filter(None, (f"{count} read {at}", self.freshness_words(known))))

    @property
    def _has_more(self) -> bool:
        """Whether older entries of the service's log were left where they are."""
        known = self.ws.store.freshness(fresh.ACTIVITY_LOG)
        return not (known.never_read or known.complete or known.error or known.reading_since)

    def _no_log_words(self) -> str:
        """Why no entry of the service's log is shown, and what to do."""
        if not self._beta:
            return (
                f"   {BETA_ONLY}\n"
                f"   This program speaks {self.ws.address.version} here, so nothing was read.\n"
                "   To read it, start with a --graph-url that ends in /beta, or set\n"
                '   api_version = "beta" in the profile.\n'
                "   tab goes back to what this program did."
            )
        known = self.ws.store.freshness(fresh.ACTIVITY_LOG)
        if (barred := self.barred(ACTIVITY_LOG.id)) is not None and not self.ws.store.details.activity:
            return f"   {barred}"
        if known.never_read:
            words = self.freshness_words(known)
            return f"   {words[0].upper()}{words[1:]}" if known.error else f"   The service's log: {words}."
        if self.filter_text:
            return f'   No entry matches "{self.filter_text}". Esc clears the filter.'
        return "   The service's log is empty." if known.whole else "   None so far; more to come."

    def empty_words(self) -> str:
        if self.service_log:
            return self._no_log_words()
        if self.filter_text:
            return f'   No line matches "{self.filter_text}". Esc clears the filter.'
        if self.changes_only:
            return "   No changes yet, from here or by others.\n   m shows the reads."
        return "   Nothing was sent yet."

    def about(self, key: str) -> Sequence[Section | str]:
        if (entry := self._logged(key)) is not None:
            return log_lines(entry)
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
        if (entry := self._logged(row)) is not None:
            self.app.push_screen(PagerScreen(entry_words(entry), log_text(entry)))
            return
        if row is not None and (line := self._line(row)) is not None:
            self.app.push_screen(PagerScreen(what_words(line), self._text(row, line)))
        else:
            self.say("This line is no longer kept.")

    def toggle_changes_only(self, row: str | None) -> None:
        self._show(changes_only=not self.changes_only or self.service_log, service_log=False)

    def next_tab(self, row: str | None) -> None:
        self.show_tab((self._tab + 1) % len(TABS))

    def show_tab(self, place: int) -> None:
        self._show(changes_only=place == 1, service_log=place == 2)

    def show_service_log(self, row: str | None) -> None:
        self._show(changes_only=False, service_log=True)

    def _show(self, *, changes_only: bool, service_log: bool) -> None:
        other = service_log is not self.service_log
        self.changes_only, self.service_log = changes_only, service_log
        if other:
            self.table.columns = LOG_COLUMNS if service_log else self.COLUMNS
            self.table.source = self
            self.look()
        self.show_rows()
        self.refresh_frame()

    def read_more(self, row: str | None) -> object:
        self.ws.loader.read_more(fresh.ACTIVITY_LOG)
        return self.read_again(row)

    def copy_line(self, row: str | None) -> None:
        if (entry := self._logged(row)) is not None:
            self.say(copy(self.app, "\n".join(log_text(entry)), "this entry of the service's log"))
            return
        if row is not None and (line := self._line(row)) is not None:
            self.say(copy(self.app, "\n".join(self._text(row, line)), "this request with its answer"))

    def _text(self, row: str, line: ActivityLine) -> list[str]:
        return full_text(line, self._entries.get(row), self.ws.zone, self.now)


def _open_label(context: ActivityContext) -> str:
    if context.tab == 2:
        return "whole entry"
    return "look into it" if context.unknown is not None else "request and answer"


# fmt: off
COMMANDS: Commands[ActivityScreen, ActivityContext] = (
    replace(OPEN, label="request and answer",
            help="Shows the full request and answer, or entry; for an unknown outcome, what can be done.", name="open",
            needs_row=True, weight=1)
        .when(footer_text=_open_label),
    Command("changes_only", ("m",), "changes only", "Shows changes only, or everything.",
            run=ActivityScreen.toggle_changes_only, name="changes", weight=3,
            footer_text=lambda context: "all" if context.tab == 1 else "changes only"),
    Command("next_tab", ("tab",), "service's log", "All, changes only, the service's own log (beta).",
            run=ActivityScreen.next_tab, group="Move", weight=5, in_fields=False,
            footer_text=lambda context: ("", "service's log", "all")[context.tab]),
    Command("service_log", help="The service's own log of what anybody did (beta).",
            run=ActivityScreen.show_service_log, name="service log"),
    Command("read_more", ("M",), "read more", "Reads older entries of the service's log, too.",
            run=ActivityScreen.read_more, weight=2, dims=False,
            blocked=lambda context: None if context.more else "There is nothing more to read here."),
    FILTER,
    Command("copy_line", ("y",), "copy", "Copies the request with its answer and ids.", run=ActivityScreen.copy_line,
            needs_row=True, weight=4),
    Command("show_all", ("v",), help="Shows the full request and answer.", run=ActivityScreen.show_all,
            name="request", needs_row=True),
)
# fmt: on
ActivityScreen.offers(COMMANDS)
