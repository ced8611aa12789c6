"""A list with the lines about the row under its cursor: below it, or beside it where the terminal is large."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from backup_tui.ui.widgets.cells import cut, wrap
from backup_tui.ui.widgets.frame_lines import SectionLine
from backup_tui.ui.widgets.repaint import Ground, Holder, LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, Text, drawn, plain
from backup_tui.ui.widgets.table_lines import RowLines
from backup_tui.ui.widgets.text_lines import TextLines

BESIDE_WIDTH, BESIDE_HEIGHT = 120, 40  # from this size of the terminal on the lines are beside the list

WIDEST_LIST = 131  # cells beyond which a list has no use for more, with the gap to the lines beside it

GAP = 2  # cells between a list and the lines beside it

PANE = (39, 66)  # fewest and most cells of the lines beside a list

LOW = 20  # below this height of the terminal there are no lines below a list: the rows need the room


class PaneLines(TextLines, can_focus=False):
    """Lines about a row; they take no keys, and the last one ends in `…` where there is more than room for."""

    def line_at(self, y: int) -> Text:
        line = super().line_at(y)
        if y != self.size.height - 1 or len(self.lines) <= self.top + self.size.height:
            return line
        return cut(f"{plain(line)} …", self.size.width)


class Divider(LineWidget):
    """A dim rule between a list and the lines beside it."""

    def render_line(self, y: int) -> Strip:
        return drawn(self, Cell("│", "dim"))


class Listing(Holder):
    """What makes up the list, in the room that the lines leave."""

    class Resized(Message):
        """The list has more or less room than before, also when it is laid out for the first time."""

    def on_resize(self) -> None:
        self.post_message(self.Resized())


class ListAndPane(Container, Ground):
    """A list, and the lines about one of its rows. `listing`: the list, or several widgets that make it up. `lines`:
    how many lines are below the list on a small terminal; 0 shows them on a large one only."""

    def __init__(self, *listing: Widget, lines: int = 4, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listing = Listing(*listing, classes="listing")
        self._lines = lines
        self._said: tuple[Section | str, ...] = ()
        self._divider = Divider()
        self._title = SectionLine(classes="pane-title")
        self._about = PaneLines()
        self._pane = Holder(self._title, self._about, classes="pane")

    def compose(self) -> ComposeResult:
        self.set_class(self.is_beside, "-beside")  # while it has no widgets inside that would be styled once more
        yield self._listing
        yield self._divider
        yield self._pane

    @property
    def is_beside(self) -> bool:
        """Whether the lines are beside the list."""
        size = self.app.size
        return size.width >= BESIDE_WIDTH and size.height >= BESIDE_HEIGHT

    @property
    def lines_below(self) -> int:
        """How many lines are below the list, after their title."""
        return self._lines

    def tell(self, said: Sequence[Section | str]) -> None:
        """Shows what is said about a row, its name first, and bold lines in between for further sections; drawn again
        only where it differs."""
        self._said = tuple(said)
        if not self._is_whole:
            return
        head = said[0] if said else ""
        section = Section(head) if isinstance(head, str) else head
        keyed: Callable[..., str] | None = getattr(self.screen, "own_keyed", None)
        if keyed is not None and isinstance(section.right, str):
            section = replace(section, right=keyed(section.right, hint=True))
        told = [keyed(line) if keyed is not None and isinstance(line, str) else line for line in said[1:]]
        lines: list[Text] = [line if isinstance(line, str) else (" ", Cell(line.title, "strong")) for line in told]
        self._title.visible = bool(said)
        if self.is_beside:
            title, *more = wrap(section.title, self._widths()[1] - 4) or [""]
            facts = [text for text in (plain(section.facts), plain(section.right)) if text]
            lines = [*(Cell(line, "strong") for line in more), *apart([*facts, *lines])]
            section = Section(title)
        self._title.say(section)
        self._about.show(lines)

    def on_mount(self) -> None:
        self._place()

    def on_resize(self) -> None:
        self._place()

    @on(RowLines.Wanted)
    def _give_room(self) -> None:
        if self.is_beside:
            self._place()

    @property
    def wanted(self) -> int:
        """Cells that the list has a use for, with the gap to the lines beside it."""
        return GAP + max((table.wanted for table in self.query(RowLines)), default=0)

    def _widths(self) -> tuple[int, int]:
        """Cells of the list and of the lines beside it; what neither has a use for stays empty at the right."""
        width = self.app.size.width
        most = min(max(WIDEST_LIST, width - PANE[1]), width - PANE[0])
        rows = max(BESIDE_WIDTH - PANE[0], min(self.wanted, most))
        return rows - GAP, min(PANE[1], width - rows)

    @property
    def _is_whole(self) -> bool:
        """Whether it has its inner widgets: a screen that is taken away, even while it opens, loses them first."""
        return all(widget.parent is not None for widget in (self._pane, self._title, self._about))

    def _place(self) -> None:
        if not self._is_whole:
            return
        self.set_class(self.is_beside, "-beside")
        self._divider.display = self.is_beside
        pane, (rows, about) = self._pane, self._widths()
        self._listing.styles.width = rows if self.is_beside else "1fr"
        pane.styles.width = about if self.is_beside else "1fr"
        height = self.lines_below + 1 if self.lines_below and self.app.size.height >= LOW else 0
        pane.styles.height = "1fr" if self.is_beside else height
        pane.display = self.is_beside or height > 0
        self.tell(self._said)


def apart(lines: Sequence[Text]) -> list[Text]:
    """The lines with room between them, unless they bring their own; one that is moved in belongs to the one before."""
    if "" in lines:
        return list(lines)
    return [part for line in lines for part in (("", line) if plain(line)[:1] != " " else (line,))][1:]
