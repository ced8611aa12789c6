"""Fields of forms: one-line text, a choice on one line, and a labelled line with a note that validates."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.spans import Text, plain, segments, tone_style, two_ends

QUICK = 0.003
"""Seconds between two keys below which no hand pressed them: they are pasted text without paste marks."""

LEAST_QUICK = 4
"""So many quick keys before a line end make its line a pasted one."""

SILENCE = 0.5
"""Seconds without a key that end a pasted text; a slow line delivers it in several packets."""


class TextField(Input):
    """A one-line text field without border and without a blinking cursor (each blink would cost bytes).

    Some terminals (serial lines, mosh, an old screen) send a paste as bare keys. Line ends and tabs in such a burst
    separate its lines: they press nothing, and the whole of it is handed to `take_lines` when it has ended.
    """

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(value, placeholder=placeholder, select_on_focus=False, compact=True, id=id, classes=classes)
        self.cursor_blink = False
        self._lines: list[str] = []
        self._rest = ""
        self._last_key = self._last_heard = float("-inf")
        self._quick = 0
        self._asked_to_submit = False
        self._silence: Timer | None = None

    def take_lines(self, text: str) -> None:
        """Takes a burst of several lines; a field of one line keeps all of it, apart by blanks."""
        self.value = " ".join(text.split())
        self.cursor_position = len(self.value)

    def on_key(self, event: events.Key) -> None:
        """Tells keys of a hand from keys of a paste."""
        quick, self._last_key = event.time - self._last_key < QUICK, event.time
        self._last_heard = time.monotonic()
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            event.prevent_default()
            self._line_end(event.key, pasted=quick and self._quick >= LEAST_QUICK)
            self._quick = self._quick + 1 if quick else 0
            return
        text = event.character if event.is_printable else None
        if event.key == "tab" and (self._lines or self._asked_to_submit or (quick and self._quick >= LEAST_QUICK)):
            text = "\t"
        if text is None:
            self._hand_over()
        else:
            self._end_line_if_asked()
            if self._lines:  # not shown key by key: a list of thousands would take minutes
                self._rest += text
                self._heard()
            elif text == "\t":
                self.insert_text_at_cursor(text)
                self._heard()
        if text == "\t" or (text is not None and self._lines):
            event.stop()
            event.prevent_default()
        self._quick = self._quick + 1 if quick else 0

    def _line_end(self, key: str, *, pasted: bool) -> None:
        if self._lines or (pasted and not self._asked_to_submit):
            self._end_line()
        elif not self._asked_to_submit and (self.value or key == "enter"):
            self._asked_to_submit = True
            # What came in the same packet is in front of this; when it is more text, the line end was one of a paste.
            self.app.call_later(lambda: self.call_later(self._submit))

    def _end_line_if_asked(self) -> None:
        if self._asked_to_submit:
            self._asked_to_submit = False
            self._end_line()

    def _end_line(self) -> None:
        self._lines.append(self._rest if self._lines else self.value)
        self._rest = self.value = ""
        self._heard()

    def _heard(self) -> None:
        if self._silence is None:
            self._silence = self.set_timer(SILENCE, self._silent)

    def _silent(self) -> None:
        self._silence = None
        if time.monotonic() - self._last_heard < SILENCE:
            self._heard()
        else:
            self._hand_over()

    async def _submit(self) -> None:
        if self._asked_to_submit:
            self._asked_to_submit = False
            await self.action_submit()

    def _hand_over(self) -> None:
        """The burst has ended: a list is handed over; a single line with its end was typed over a slow line."""
        self._quick = 0
        lines, self._lines, self._rest = [*self._lines, self._rest], [], ""
        written = [line for line in lines if line.strip()]
        if len(lines) > 1 and len(written) == 1:
            self.value = written[0]
            self.cursor_position = len(self.value)
            if not lines[-1] and self.has_focus:
                self.post_message(self.Submitted(self, self.value))
        elif written and len(lines) > 1:
            self.take_lines("\n".join(lines))
        elif self.value.endswith("\t"):
            self.value = self.value.rstrip("\t")  # a key that came quickly after a name, not a column of a table

    def on_blur(self) -> None:
        """Whatever takes the focus away, what was pasted is not lost."""
        self._hand_over()


class FieldLine(Horizontal):
    """`Label  [field]  note`: the note says at once what is wrong, or what will be used.

    Args:
        label: Text at the left.
        field: The widget that is filled in.
        note: First text of the note.
        id: Id of the widget.
    """

    def __init__(self, label: str, field: Widget, note: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self.field = field
        self._note = OneNote(note)

    def compose(self) -> ComposeResult:
        """Label, field, note."""
        yield OneLine(f"   {self._label}", classes="label")
        yield self.field
        yield self._note

    def set_note(self, text: str, tone: str = "") -> None:
        """Sets the note.

        Args:
            text: Plain text.
            tone: `good`, `warn`, `bad` or empty.
        """
        self._note.text = text
        for name in ("good", "warn", "bad"):
            self._note.set_class(name == tone, f"-{name}")

    @property
    def note(self) -> str:
        """What the note says."""
        return self._note.text


class OneNote(OneLine):
    """A note as wide as its text."""

    def __init__(self, text: Text) -> None:
        super().__init__(text, classes="note")

    @property
    def text(self) -> str:
        return plain(self._content)

    @text.setter
    def text(self, text: Text) -> None:
        if text != self._content:
            self._content = text
            self.refresh(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        """The width of the text and a gap before it."""
        return width_of(self.text) + 2 if self.text else 0

    def render_line(self, y: int) -> Strip:
        line = two_ends(("  ", self._content), "", self.size.width)
        return Strip(segments(line, lambda tone: tone_style(self, tone)), self.size.width)


class RadioLine(Widget, can_focus=True):
    """A choice on one line: `( ) ignore   (o) prefer`.

    Keys: left right h l, space goes to the next one, or the number of the choice.

    Args:
        choices: Value and text of each choice.
        value: The choice that is taken at the start; None takes none, so that it has to be made.
        id: Id of the widget.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {"radio-line--cursor"}
    GAP = 3

    class Changed(Message):
        """Another choice was made."""

        def __init__(self, line: RadioLine, value: str) -> None:
            super().__init__()
            self.line = line
            self.value = value

        @property
        def control(self) -> RadioLine:
            """The line, for `@on(RadioLine.Changed, "#id")`."""
            return self.line

    def __init__(self, choices: Sequence[tuple[str, str]], value: str | None = None, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._value = value

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Value and text of each choice; set them to offer others, the choice made stays."""
        return self._choices

    @choices.setter
    def choices(self, choices: Sequence[tuple[str, str]]) -> None:
        if (given := tuple(choices)) != self._choices:
            self._choices = given
            self.refresh()

    @property
    def value(self) -> str | None:
        """The choice made; None before the first."""
        return self._value

    @value.setter
    def value(self, value: str | None) -> None:
        if value != self._value:
            self._value = value
            self.refresh()
            if value is not None:
                self.post_message(self.Changed(self, value))

    def _step(self, by: int) -> None:
        values = [value for value, _text in self._choices]
        at = values.index(self._value) if self._value in values else (-1 if by > 0 else 0)
        self.value = values[(at + by) % len(values)]

    def on_key(self, event: events.Key) -> None:
        """Chooses."""
        if event.key in {"right", "l", "space"}:
            self._step(1)
        elif event.key in {"left", "h"}:
            self._step(-1)
        elif event.key.isdecimal() and 1 <= int(event.key) <= len(self._choices):
            self.value = self._choices[int(event.key) - 1][0]
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        """Chooses what was clicked."""
        x = 0
        for value, text in self._choices:
            size = width_of(text) + 4
            if x <= event.x < x + size:
                self.value = value
            x += size + self.GAP

    def render_line(self, y: int) -> Strip:
        """Draws all choices."""
        plain = self.rich_style
        segments: list[Segment] = []
        for value, text in self._choices:
            chosen = value == self._value
            style = self.get_component_rich_style("radio-line--cursor") if chosen and self.has_focus else plain
            segments += (
                Segment(f"({'o' if chosen else ' '}) {text}", style),
                Segment(" " * self.GAP, plain),
            )
        return Strip(segments).adjust_cell_length(self.size.width, plain)

    def on_focus(self) -> None:
        """Shows where the focus is."""
        self.refresh()

    def on_blur(self) -> None:
        """Shows that the focus went."""
        self.refresh()
