"""The frame around every screen: two header lines, the message line and the footer of keys; lines of sections."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip

from backup_tui.ui.frame.commands import FooterEntry, lay_out_footer
from backup_tui.ui.frame.header import FrameState, Line, header_lines, screen_at, too_small_lines
from backup_tui.ui.widgets.cells import cut, fit, width_of, wrap
from backup_tui.ui.widgets.marks import shown
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import SECTION, Section, Text, drawn, parts_of, plain, tab_line, tone_style
from backup_tui.ui.widgets.tenant_band import band_style, emphasis


class HeaderLines(LineWidget):
    """The tenant band; below it the screens and the state of the connection. A click on a screen's name goes there."""

    class Pressed(Message):
        """The name of a screen was clicked; `number` is its place."""

        def __init__(self, number: int) -> None:
            super().__init__()
            self.number = number

    def __init__(self, state: FrameState) -> None:
        super().__init__()
        self._state = state
        self._painted: tuple[Line, Line] | None = None

    def update(self, state: FrameState) -> None:
        """Shows another state; only a line that differs is drawn."""
        if state == self._state:
            return
        before, self._state = self._state, state
        now = header_lines(state, self.size.width)
        if self._painted is None or before.band != state.band:
            self.refresh()
            return
        for y, (old, new) in enumerate(zip(self._painted, now, strict=True)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))
        self._painted = now

    def render_line(self, y: int) -> Strip:
        lines = header_lines(self._state, self.size.width)
        self._painted = lines
        looks = self._looks(band=y == 0)
        segments = [Segment(span.text, looks[span.look]) for span in lines[min(y, 1)]]
        return Strip(Segment.simplify(segments), self.size.width)

    def on_click(self, event: events.Click) -> None:
        number = screen_at(self._state, self.size.width, event.x) if event.y == 1 else 0
        if number:
            self.post_message(self.Pressed(number))

    def _looks(self, *, band: bool) -> dict[str, Style]:
        console, colour = self.app.console, self._state.band
        truecolor, no_color = console.color_system == "truecolor", self.app.no_color
        pair = band_style(colour, truecolor=truecolor, no_color=no_color)
        strong = pair + emphasis(colour, truecolor=truecolor, no_color=no_color)
        if band:
            return {"": pair, "strong": strong}
        looks = {tone: tone_style(self, tone) for tone in ("", "good", "warn", "bad", "strong")}
        return looks | {"current": looks["strong"], "band": strong}


class OneLine(LineWidget):
    """One line of text, drawn again only where it differs. Never markup."""

    def __init__(self, text: Text = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._content: Text = text

    @property
    def text(self) -> str:
        return plain(self._content)

    @text.setter
    def text(self, text: Text) -> None:
        if text != self._content:
            self._show(text)

    def _show(self, text: Text) -> None:
        self._content = text
        self.refresh()

    def render_line(self, y: int) -> Strip:
        return drawn(self, self._content)


class TabLine(OneLine):
    """Tabs of a screen in one line; a click on one presses it."""

    _INDENT = 2  # the name of the first one is then above the first column

    class Pressed(Message):
        """A tab was clicked; `place` is its place, from 0."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._names: tuple[str, ...] = ()

    def show(self, names: Sequence[str], active: int) -> None:
        """Shows these tabs, one of them as the active one."""
        self._names = tuple(names)
        self.text = (" " * self._INDENT, tab_line(names, active))

    def on_click(self, event: events.Click) -> None:
        at = self._INDENT
        for place, name in enumerate(self._names):
            if at <= event.x < at + width_of(name) + 2:
                self.post_message(self.Pressed(place))
            at += width_of(name) + 2


class SectionLine(LineWidget):
    """The first line of a section: `▌`, a bold title, facts beside it, and dim ones at the right end."""

    def __init__(self, section: Section | None = None, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._section = section or Section()

    def say(self, section: Section) -> None:
        """Shows other words; drawn again only where they differ."""
        if section != self._section:
            self._section = section
            self.refresh()

    @property
    def text(self) -> str:
        return self._section.text

    def render_line(self, y: int) -> Strip:
        section = self._section
        left = (SECTION, Cell(section.title, "strong"), *(("   ", section.facts) if section.facts else ()))
        rights = [
            tuple(Cell(part.text, part.tone or "dim") for part in (*parts_of(right), Cell(" ")))
            for right in (section.right, *section.shorter)
        ]
        room = self.size.width - width_of(plain(left)) - 2
        right = next((one for one in rights if width_of(plain(one)) <= room), rights[-1])
        return drawn(self, left, right)


class MessageLine(OneLine):
    """The one message, with its time, until the next one; a long one takes up to three lines of the body."""

    MARKS: ClassVar[dict[str, str]] = {"!": "warn", "✗": "bad", "✓": "good"}  # tone of what a message begins with
    MOST_LINES = 3
    AFTER_THE_TIME = " " * 7

    def _show(self, text: Text) -> None:
        before = len(self._lines(self.size.width))
        self._content = text
        self.refresh(layout=len(self._lines(self.size.width)) != before)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        lines = self._lines(width)
        text = fit(lines[y] if y < len(lines) else "", width)
        tone = self.MARKS.get(text[:1], "") if y == 0 else ""
        return Strip([Segment(text[:1], tone_style(self, tone)), Segment(text[1:], self.look)], width)

    def _lines(self, width: int) -> list[str]:
        text = shown(self.text)
        if width < 20 or width_of(text) <= width:
            return [text]
        first = wrap(text, width)[0]
        rest = wrap(text[len(first) :].strip(), width - len(self.AFTER_THE_TIME))
        if len(rest) >= self.MOST_LINES:
            rest = [*rest[: self.MOST_LINES - 2], " ".join(rest[self.MOST_LINES - 2 :])]
        return [first, *(self.AFTER_THE_TIME + line for line in rest)]


class CommandBar(LineWidget):
    """The keys of the screen; a click on one presses it."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"command-bar--key", "command-bar--blocked"}

    class Pressed(Message):
        """A command was clicked."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[FooterEntry, ...] = ()

    def update(self, entries: Sequence[FooterEntry]) -> None:
        """Shows these commands; drawn again only when they differ."""
        if (entries := tuple(entries)) != self._entries:
            self._entries = entries
            self.refresh()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        plain = self.look
        key_style = self.get_component_rich_style("command-bar--key")
        dim = self.get_component_rich_style("command-bar--blocked")
        segments: list[Segment] = []
        at = 0
        for x, entry in lay_out_footer(self._entries, width):
            segments.append(Segment(" " * (x - at), plain))
            key, _space, label = entry.text.partition(" ")
            if entry.blocked:
                segments.append(Segment(entry.text, dim))
            else:
                segments += (Segment(key, key_style), Segment(f" {label}" if label else "", plain))
            at = x + width_of(entry.text)
        segments.append(Segment(" " * (width - at), plain))
        return Strip(Segment.simplify(segments), width)

    def on_click(self, event: events.Click) -> None:
        for x, entry in lay_out_footer(self._entries, self.size.width):
            if x <= event.x < x + width_of(entry.text):
                self.post_message(self.Pressed(entry.command))


class TooSmall(LineWidget):
    """All that is shown while the terminal is too small."""

    def __init__(self, state: FrameState) -> None:
        super().__init__()
        self._state = state

    def update(self, state: FrameState) -> None:
        """Shows the words of another state."""
        if state != self._state:
            self._state = state
            if self.display:
                self.refresh()

    def render_line(self, y: int) -> Strip:
        lines = too_small_lines(self._state, self.size.width)
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(fit(cut(text, self.size.width), self.size.width), self.look)], self.size.width)
