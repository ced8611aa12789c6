"""Short plain text in paragraphs: wrapped, never cut, as high as it needs or scrolled where it has less room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
from rich.segment import Segment
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from backup_tui.ui.widgets.cells import fit, width_of, wrap
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.repaint import repainting
from backup_tui.ui.widgets.rows import TONES

LOOKS = (*TONES, "strong", "finished-well", "finished-badly")
"""How a paragraph may look; what it says, its words say."""


GAP = 3
"""Cells between two parts of a paragraph that stand beside one another."""


class Para(Struct, frozen=True):
    """One paragraph of plain text (never markup).

    Attributes:
        text: What it says; an empty text is an empty line.
        look: One of `LOOKS`, or empty.
        mark: Stands before its first line; the other lines are moved in by as much.
        parts: Texts that stand beside one another where they fit; none is broken unless it is longer than a line.
    """

    text: str = ""
    look: str = ""
    mark: str = ""
    parts: tuple[str, ...] = ()


def laid_out(paragraphs: Sequence[Para], width: int) -> list[tuple[str, str]]:
    """The lines of `paragraphs` within `width` cells, each with its look."""
    lines: list[tuple[str, str]] = []
    for para in paragraphs:
        indent = width_of(para.mark)
        room = max(1, width - indent)
        rows = _beside(para.parts, room) if para.parts else wrap(para.text, room)
        lines += [((" " * indent if number else para.mark) + row, para.look) for number, row in enumerate(rows)]
    return lines


def _beside(parts: Sequence[str], width: int) -> list[str]:
    rows: list[str] = []
    for part in parts:
        if rows and width_of(rows[-1]) + GAP + width_of(part) <= width:
            rows[-1] += " " * GAP + part
        else:
            rows += [part] if width_of(part) <= width else wrap(part, width)
    return rows


class Paragraphs(Widget):
    """Paragraphs with a margin of one cell.

    With `height: auto` it is as high as its text. Where it has less room it can be scrolled, and its last line says
    how much is below.

    Args:
        paragraphs: The text.
        id: Id of the widget.
        classes: CSS classes of the widget.
        scrolls: The keys of its screen move it; else only a taller terminal shows the rest.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"paragraphs--{look}" for look in LOOKS}

    def __init__(
        self,
        paragraphs: Sequence[Para] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
        scrolls: bool = True,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._scrolls = scrolls
        self._paragraphs = tuple(paragraphs)
        self._laid: tuple[int, list[tuple[str, str]]] | None = None
        self.top = 0

    @property
    def text(self) -> str:
        """All of it, one paragraph a line."""
        return "\n".join(f"{para.mark}{para.text or '   '.join(para.parts)}" for para in self._paragraphs)

    def show(self, paragraphs: Sequence[Para]) -> None:
        """Shows other text; lays the screen out again only when the text differs."""
        if tuple(paragraphs) == self._paragraphs:
            return
        height = len(self._lines(self.size.width))
        with repainting(self):
            self._paragraphs, self._laid = tuple(paragraphs), None
            self.scroll_lines(0)
        if len(self._lines(self.size.width)) != height:
            self.refresh(layout=True)

    def scroll_lines(self, by: int) -> None:
        """Moves the view by so many lines, within the text."""
        top = max(0, min(self.top + by, len(self._lines(self.size.width)) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def on_resize(self) -> None:
        """Another size, other lines."""
        self.scroll_lines(0)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as the text takes."""
        return len(self._lines(width))

    def _lines(self, width: int) -> list[tuple[str, str]]:
        if self._laid is None or self._laid[0] != width:
            self._laid = (width, laid_out(self._paragraphs, max(1, width - 2)))
        return self._laid[1]

    def render_line(self, y: int) -> Strip:
        """Draws one line."""
        width, height = self.size
        lines = self._lines(width)
        index = self.top + y
        text, look = lines[index] if index < len(lines) else ("", "")
        below = len(lines) - self.top - height
        if y == height - 1 and below > 0:
            text, look = f"   {below + 1:,} more lines{': down' if self._scrolls else ' on a taller terminal'}", "dim"
        style = self.get_component_rich_style(f"paragraphs--{look}") if look else self.rich_style
        return Strip([Segment(fit(" " + shown(text), width), style)], width)
