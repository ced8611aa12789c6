"""Repaints only the cells that another state of a widget changes: over a slow line every byte counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol, Self

from rich.cells import split_graphemes
from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class LineWidget(Widget):
    """A widget that draws itself with `render_line`.

    Its own look is put together from all that it lies in: once is enough for lines that are drawn together.
    """

    _look: Style | None = None
    _is_drawn = False

    @property
    def look(self) -> Style:
        """The look of what has no tone of its own."""
        return self.rich_style if self._look is None else self._look

    @property
    def is_drawn(self) -> bool:
        """Whether anything of it is on the terminal that it has not been told to draw again as a whole."""
        return self._is_drawn

    def together(self, lines: Iterable[int]) -> list[Strip]:
        """Draws several lines."""
        with self._one_look():
            return [self.render_line(y) for y in lines]

    def render_lines(self, crop: Region) -> list[Strip]:
        self._is_drawn = True
        with self._one_look():
            return super().render_lines(crop)

    def refresh(self, *regions: Region, repaint: bool = True, **more: Any) -> Self:
        if repaint and not regions:
            self._is_drawn = False
        return super().refresh(*regions, repaint=repaint, **more)

    @contextmanager
    def _one_look(self) -> Iterator[None]:
        self._look = self.rich_style
        try:
            yield
        finally:
            self._look = None


@contextmanager
def repainting(widget: LineWidget) -> Iterator[None]:
    """Within it the state of a widget changes; afterwards the cells that look different now are painted.

    What is on the terminal is what the widget drew in its last state, or is marked for repaint already, so the
    two states are compared and nothing has to be remembered about the terminal.

    Args:
        widget: One that keeps its size.
    """
    if not widget.is_drawn or not widget.size:
        yield
        widget.refresh()
        return
    height = range(widget.size.height)
    before = widget.together(height)
    yield
    for y, was, now in zip(height, before, widget.together(height), strict=True):
        if cells := differing(was, now):
            start, end = cells
            widget.refresh(Region(start, y, end - start, 1))


def differing(was: Strip, now: Strip) -> tuple[int, int] | None:
    """The first cell that differs between two lines and the one after the last; None when they look the same."""
    if was == now:
        return None
    old, new = _cells(was), _cells(now)
    if len(old) != len(new):
        return 0, max(len(old), len(new))
    places = [place for place, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    return (places[0], places[-1] + 1) if places else None


def _cells(strip: Strip) -> list[tuple[str, int, Style | None]]:
    """One entry for each cell: its character, which part of that character it is, its style."""
    cells: list[tuple[str, int, Style | None]] = []
    for text, style, _control in strip:
        spans, _total = split_graphemes(text)
        cells += [(text[start:end], part, style) for start, end, size in spans for part in range(size)]
    return cells


class PartialUpdate(Protocol):
    """What Textual's update of parts of the screen holds.

    Attributes:
        chops: For each line its pieces by the column at which they begin; None for what stays as it is.
        spans: Line, first cell and the one after the last of what is to be written.
        chop_ends: For each line the ends of its pieces.
    """

    chops: Sequence[Mapping[int, Strip | None]]
    spans: Iterable[tuple[int, int, int]]
    chop_ends: Sequence[Sequence[int]]


def narrow(update: PartialUpdate, console: Console) -> str:
    """The bytes of an update of parts of the screen, from the first cell that differs on.

    Textual's own stops at the last cell that was marked for repaint, but starts at the left edge of the widget.
    """
    parts: list[str] = []
    for y, first, after in update.spans:
        for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
            if strip is not None and x < after and end > first:
                start = max(x, first)
                parts.append(Control.move_to(start, y).segment.text)
                parts.append(strip.crop(start - x, min(end, after) - x).render(console))
    return "".join(parts)
