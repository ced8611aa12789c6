"""One line of text in parts that look different: measured, cut and drawn as one."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from backup_tui.ui.frame.header import tabs
from backup_tui.ui.widgets.cells import cut, width_of
from backup_tui.ui.widgets.links import addresses, linked
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.tenant_band import band_style

Text: TypeAlias = "str | Cell | Sequence[Text]"  # a line: plain, of one tone, or in parts


class Section(Struct, frozen=True):
    """What the first line of a section says."""

    title: str = ""  # its name with its count, in bold; gives way last
    facts: Text = ""  # what is beside it
    right: Text = ""  # what is at the right end, dim where it has no tone of its own
    shorter: tuple[Text, ...] = ()  # what replaces `right` where that does not fit, the longest first

    @property
    def text(self) -> str:
        """All of it, without the blanks between."""
        return "   ".join(filter(None, (self.title, plain(self.facts), plain(self.right))))


SECTION = Cell("▌", "accent")  # what a section starts with; its bold title follows


def parts_of(text: Text) -> tuple[Cell, ...]:
    """The parts of a line from left to right."""
    if isinstance(text, str):
        return (Cell(text),) if text else ()
    if isinstance(text, Cell):
        return text.parts or (text,)
    return tuple(part for piece in text for part in parts_of(piece))


def plain(text: Text) -> str:
    """What a line says, without its looks."""
    return text if isinstance(text, str) else "".join(part.text for part in parts_of(text))


def shortened(text: Text, width: int) -> tuple[Cell, ...]:
    """The parts of a line in at most `width` cells, cut at its end."""
    kept: list[Cell] = []
    parts = parts_of(text)
    for place, part in enumerate(parts):
        have = width_of(part.text)
        if have > width or (have == width and any(rest.text for rest in parts[place + 1 :])):
            kept.append(Cell("…" if width == 1 else cut(f"{part.text}  ", width), part.tone))
            break
        kept.append(part)
        width -= have
    return tuple(kept)


def two_ends(left: Text, right: Text, width: int) -> tuple[Cell, ...]:
    """A line of exactly `width` cells with a part at each end; the left one gives way."""
    ends = shortened(right, width)
    used = sum(width_of(part.text) for part in ends)
    starts = shortened(left, max(0, width - used - 2)) if used else shortened(left, width)
    blank = width - used - sum(width_of(part.text) for part in starts)
    return (*starts, Cell(" " * blank), *ends)


def tab_line(names: Sequence[str], active: int) -> tuple[Cell, ...]:
    """Tabs side by side; the blanks beside the active one are brackets, and it is bold."""
    return tuple(Cell(span.text, "strong" if span.look else "") for span in tabs(names, active))


BAND = "band-"  # a tone that begins so is the pair of a tenant's band: `band-red`


def tone_style(widget: LineWidget, tone: str, base: Style | None = None) -> Style:
    """The look of a tone on a widget: the styles have it once, for the screen. `base`: what it lies on, where that is
    not the widget's own look."""
    plain = widget.look if base is None else base
    if tone.startswith(BAND):
        truecolor = widget.app.console.color_system == "truecolor"
        return plain + band_style(tone.removeprefix(BAND), truecolor=truecolor, no_color=widget.app.no_color)
    return plain + widget.screen.get_component_rich_style(f"tone--{tone}", partial=True) if tone else plain


def drawn(
    widget: LineWidget, left: Text, right: Text = "", tone: str = "", links: frozenset[str] = frozenset()
) -> Strip:
    """A line of a widget, over its whole width, with a part at each end; `tone` is that of parts without their own.
    `links`: addresses that become links where the line has the whole of them."""
    width = widget.size.width
    line = segments(two_ends(left, right, width), lambda own: tone_style(widget, own or tone))
    return Strip(linked(line, links) if links else line, width)


def links_of(widget: LineWidget, text: str) -> frozenset[str]:
    """The addresses in a widget's text, where the terminal has links; else none."""
    return addresses(text) if getattr(widget.app, "links", False) and "://" in text else frozenset()


def segments(parts: Iterable[Cell], style: Callable[[str], Style]) -> list[Segment]:
    """What draws the parts of a line. `parts`: from left to right. `style`: the look of a tone."""
    looks: dict[str, Style] = {}
    drawn: list[Segment] = []
    for part in parts:
        if part.text:
            if part.tone not in looks:
                looks[part.tone] = style(part.tone)
            drawn.append(Segment(shown(part.text), looks[part.tone]))
    return drawn
