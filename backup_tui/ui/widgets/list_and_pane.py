"""A list with the lines about the row under its cursor: below it, or beside it where the terminal is large."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from backup_tui.ui.widgets.frame_lines import Rule
from backup_tui.ui.widgets.marks import current_marks
from backup_tui.ui.widgets.text_lines import TextLines

BESIDE_WIDTH, BESIDE_HEIGHT = 120, 40
"""From this size of the terminal on the lines stand beside the list."""


LOW = 20
"""Below this height of the terminal there are no lines below a list: the rows need the room."""


class PaneLines(TextLines, can_focus=False):
    """Lines about a row; they take no keys."""


class ListAndPane(Container):
    """A list, and the lines about one of its rows.

    Args:
        listing: The list, or several widgets that make it up.
        lines: How many lines stand below the list on a small terminal; 0 shows them on a large one only.
        id: Id of the widget.
    """

    def __init__(self, *listing: Widget, lines: int = 4, id: str | None = None) -> None:
        super().__init__(id=id)
        self._listing = listing
        self._lines = lines
        self._told: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """The list, a rule, and the lines."""
        with Vertical(classes="listing"):
            yield from self._listing
        with Vertical(classes="pane"):
            yield Rule()
            yield PaneLines()

    @property
    def is_beside(self) -> bool:
        """Whether the lines stand beside the list."""
        size = self.app.size
        return size.width >= BESIDE_WIDTH and size.height >= BESIDE_HEIGHT

    def tell(self, lines: Sequence[str]) -> None:
        """Shows these lines; drawn again only when they differ."""
        self._told = tuple(lines)
        self.query_one(PaneLines).show(apart(self._told) if self.is_beside else self._told)

    def on_mount(self) -> None:
        """Puts the lines where they belong."""
        self.set_class(current_marks().ascii_only, "-ascii")
        self._place()

    def on_resize(self) -> None:
        """Another size may want them elsewhere."""
        self._place()

    def _place(self) -> None:
        self.set_class(self.is_beside, "-beside")
        pane = self.query_one(".pane")
        lines = self._lines if self.app.size.height >= LOW else 0
        pane.styles.height = "1fr" if self.is_beside else lines + 1
        pane.display = self.is_beside or lines > 0
        self.tell(self._told)


def apart(lines: Sequence[str]) -> list[str]:
    """The lines with room between them, unless they bring their own; one that is moved in belongs to the one before."""
    if "" in lines:
        return list(lines)
    return [part for line in lines for part in (("", line) if line[:1] != " " else (line,))][1:]
