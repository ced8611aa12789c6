"""The sections of the overview on the screen: their tables, how many lines each gets, and what is out of view."""

from backup_tui.models.services import Service
from backup_tui.ui.overview.rows import (
    BACKUP_COLUMNS,
    EVENT_COLUMNS,
    EVENTS,
    NEED_COLUMNS,
    SERVICE_COLUMNS,
    ServiceRows,
    is_close,
    running_columns,
)
from backup_tui.ui.widgets.chained_table import ChainedTable
from backup_tui.ui.widgets.frame_lines import OneLine, SectionLine
from backup_tui.ui.widgets.list_and_pane import LOW, WIDEST_LIST, ListAndPane
from backup_tui.ui.widgets.repaint import Holder
from backup_tui.ui.widgets.spans import Section, Text

WIDE_WIDTH, WIDE_HEIGHT = 200, 50
"""From this size of the terminal on the sections are in two columns, and the lines about a row below both."""


def share_rows(running: int, needs: int, room: int) -> tuple[int, int]:
    """How many lines each of the two upper tables gets; at least one each, for the words of an empty one.

    Args:
        running: Rows of the first.
        needs: Rows of the second.
        room: Lines there are for both.
    """
    running, needs = max(1, running), max(1, needs)
    if running + needs <= room:
        return running, needs
    first = max(1, min(running, max(room // 2, room - needs)))
    return first, max(1, room - first)


def _hidden(table: ChainedTable) -> str:
    """`3 more above, 2 more below`: the rows that are out of sight."""
    counts = ((len(table.above), "above"), (table.below, "below"))
    return ", ".join(f"{count:,} more {where}" for count, where in counts if count)


class OverviewBody(ListAndPane):
    """The sections, and the lines about a row: below, beside, or below two columns of sections."""

    def __init__(self) -> None:
        columns = {
            "running": running_columns(0, more=False)[0],
            "needs": NEED_COLUMNS,
            "backup": BACKUP_COLUMNS,
            "service": SERVICE_COLUMNS,
            "events": EVENT_COLUMNS,
        }
        # by name: `running`, `needs`, `backup`, `service`, `events`
        self.tables = {
            name: ChainedTable(own, gap=2, show_header=name == "backup", cursor_needs_focus=True, id=name)
            for name, own in columns.items()
        }
        for name in ("running", "needs", "events"):
            self.tables[name].keeps_top = True  # the first row is the most urgent, or the newest
        # whether the list of what runs needs every cell, so that counts and days are written short
        self.is_close = False
        self._titles = {name: SectionLine(id=f"{name}-title") for name in ("since", *columns)}
        self._hidden_lines = {name: OneLine(id=f"{name}-hidden") for name in ("running", "needs")}
        self._since = OneLine(id="since-line")
        super().__init__(
            Holder(
                self._titles["since"],
                self._since,
                *(
                    widget
                    for name in ("running", "needs")
                    for widget in (self._titles[name], self.tables[name], self._hidden_lines[name])
                ),
                id="now",
            ),
            Holder(
                *(
                    widget
                    for name in ("backup", "service", "events")
                    for widget in (self._titles[name], self.tables[name])
                ),
                id="ground",
            ),
        )

    @property
    def is_wide(self) -> bool:
        """Whether there are two columns of sections."""
        size = self.app.size
        return size.width >= WIDE_WIDTH and size.height >= WIDE_HEIGHT

    @property
    def is_beside(self) -> bool:
        return super().is_beside and not self.is_wide

    @property
    def has_more(self) -> bool:
        """Whether there is room for more columns, the service, and all that is known of a row."""
        return self.is_beside or self.is_wide

    @property
    def lines_below(self) -> int:
        return 14 if self.is_wide else 2

    @property
    def wanted(self) -> int:
        return WIDEST_LIST

    @property
    def width(self) -> int:
        """Cells of the list of what runs."""
        return self.tables["running"].size.width or self.app.size.width

    def say_since(self, said: tuple[Section, Text] | None) -> None:
        """Says what happened while the program was closed; None hides the section."""
        self._titles["since"].display, self._since.display = said is not None, said is not None and bool(said[1])
        if said is not None:
            self._titles["since"].say(said[0])
            self._since.text = ("   ", said[1])

    def say_title(self, name: str, section: Section) -> None:
        """Shows the title of a section; of rows out of sight it is said below them, or beside the title."""
        hidden = _hidden(self.tables[name]) if name in self._hidden_lines else ""
        if hidden and not (line := self._hidden_lines[name]).display:
            section = Section(section.title, hidden, section.right)
        elif hidden:
            line.text = f"   {hidden}"
        self._titles[name].say(section)

    def lay_out(self, frame: int) -> None:
        """Gives each section its lines: what runs and what needs a person share what the others leave. `frame`: lines
        of the terminal that are not the body's."""
        running, needs = self.tables["running"], self.tables["needs"]
        self.set_class(self.is_wide, "-wide")
        self.is_close = self.has_more and is_close(self.width)
        columns, running.gap = running_columns(self.width, more=self.has_more)
        if columns != running.columns:
            running.columns = columns
        running.show_header = bool(running.source.keys())
        shown = {"service": self.has_more, "events": self.is_wide and bool(self.tables["events"].source.keys())}
        for name, is_shown in shown.items():
            self._titles[name].display = self.tables[name].display = is_shown
        heights = {"backup": 1 + len(Service), "service": len(ServiceRows.ROWS), "events": EVENTS}
        ground = sum(1 + lines for name, lines in heights.items() if self.tables[name].display)
        below = 0 if self.is_beside or self.app.size.height < LOW else 1 + self.lines_below
        since = self._titles["since"].display + self._since.display
        room = self.app.size.height - frame - below - (0 if self.is_wide else ground)
        room -= since + 2 + running.show_header
        counts = len(running.source.keys()), len(needs.source.keys())
        for name, count, lines in zip(("running", "needs"), counts, share_rows(*counts, room), strict=True):
            hides = count > lines > 1
            self._hidden_lines[name].display = hides
            heights[name] = lines - hides
        heights["running"] += running.show_header
        for name, height in heights.items():
            self.tables[name].styles.height = height
