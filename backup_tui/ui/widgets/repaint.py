"""Repaints only the cells that another state of a widget changes: over a slow line every byte counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from rich.cells import split_graphemes
from rich.console import Console
from rich.control import Control
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


@contextmanager
def repainting(widget: Widget) -> Iterator[None]:
    """Within it the state of a widget changes; afterwards the cells that look different now are painted.

    What is on the terminal is what the widget drew in its last state, or is marked for repaint already, so the
    two states are compared and nothing has to be remembered about the terminal.

    Args:
        widget: One that draws with `render_line` and keeps its size.
    """
    if not widget.is_mounted or not widget.size:
        yield
        widget.refresh()
        return
    before = [widget.render_line(y) for y in range(widget.size.height)]
    yield
    for y, was in enumerate(before):
        if cells := differing(was, widget.render_line(y)):
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
