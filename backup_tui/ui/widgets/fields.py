"""Fields of forms: one-line text, a choice on one line, and a labelled line with a note that validates."""

import time
from collections.abc import Sequence
from typing import ClassVar

from msgspec import Struct
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
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Text, drawn, tone_style

QUICK = 0.003  # seconds between two keys below which no hand pressed them: they are pasted text without paste marks

LEAST_QUICK = 4  # so many quick keys before a line end make its line a pasted one

SILENCE = 0.5  # seconds without a key that end a pasted text; a slow line delivers it in several packets


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

    @property
    def is_burst(self) -> bool:
        """Whether the last keys came faster than a hand types."""
        return self._quick >= LEAST_QUICK

    def take_lines(self, text: str) -> None:
        """Takes a burst of several lines; a field of one line keeps all of it, apart by blanks."""
        self.value = " ".join(text.split())
        self.cursor_position = len(self.value)

    def on_key(self, event: events.Key) -> None:
        quick, self._last_key = event.time - self._last_key < QUICK, event.time
        self._last_heard = time.monotonic()
        if event.key in ("enter", "ctrl+j"):
            event.stop()
            event.prevent_default()
            self._line_end(event.key, pasted=quick and self.is_burst)
            self._quick = self._quick + 1 if quick else 0
            return
        text = event.character if event.is_printable else None
        if event.key == "tab" and (self._lines or self._asked_to_submit or (quick and self.is_burst)):
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
        self._hand_over()


class FieldLine(Horizontal):
    """`Label  field____  note  key`: the note says at once what is wrong, or what will be used.

    Args:
        label: Text at the left.
        field: The widget that is filled in.
        note: First text of the note.
    """

    def __init__(self, label: str, field: Widget, note: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self.field = field
        self._note = OneNote(note)
        self._key = OneNote("", classes="key")

    def compose(self) -> ComposeResult:
        yield OneLine(f"   {self._label}", classes="label")
        yield self.field
        yield self._note
        yield self._key

    def set_note(self, text: str, tone: str = "") -> None:
        """Sets the note. `text`: plain text. `tone`: `good`, `warn`, `bad` or empty."""
        self._note.text = Cell(text, tone) if tone else text

    def set_key(self, key: str, label: str = "") -> None:
        """Names a key at the right end of the line, with what it does."""
        self._key.text = (Cell(key, "key"), f" {label}") if label else key

    @property
    def note(self) -> str:
        return self._note.text


class OneNote(OneLine):
    """A note as wide as its text."""

    def __init__(self, text: Text, classes: str = "note") -> None:
        super().__init__(text, classes=classes)

    def _show(self, text: Text) -> None:
        self._content = text
        self.refresh(layout=True)

    def get_content_width(self, container: object, viewport: object) -> int:
        return width_of(self.text) + 2 if self.text else 0

    def render_line(self, y: int) -> Strip:
        return drawn(self, ("  ", self._content))


class Choice(Struct, frozen=True):
    """One choice of a `RadioLine`."""

    value: str  # what it means
    text: str  # what it is called
    before: str = ""  # text before it that belongs to all choices from here on
    after: str = ""  # text after it, of the same kind
    tone: str = ""  # its look while it is chosen


class RadioLine(LineWidget, can_focus=True):
    """A choice on one line: `Exchange  [OneDrive]  SharePoint`.

    Keys: left right h l, space goes to the next one, or the number of the choice. `choices`: what can be chosen, or
    value and text of each. `value`: the choice that is taken at the start; None takes none, so that it has to be
    made."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"radio-line--cursor"}
    GAP = 2

    class Changed(Message):
        """Another choice was made."""

        def __init__(self, line: "RadioLine", value: str) -> None:
            super().__init__()
            self.line = line
            self.value = value

        @property
        def control(self) -> "RadioLine":
            return self.line

    def __init__(
        self, choices: Sequence[Choice | tuple[str, str]], value: str | None = None, *, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._choices = tuple(one if isinstance(one, Choice) else Choice(*one) for one in choices)
        self._value = value

    @property
    def choices(self) -> tuple[Choice, ...]:
        """What can be chosen; set them to offer others, the choice made stays."""
        return self._choices

    @choices.setter
    def choices(self, choices: Sequence[Choice]) -> None:
        if (given := tuple(choices)) != self._choices:
            self._choices = given
            self.refresh(layout=True)

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
        values = [choice.value for choice in self._choices]
        at = values.index(self._value) if self._value in values else (-1 if by > 0 else 0)
        self.value = values[(at + by) % len(values)]

    def on_key(self, event: events.Key) -> None:
        if event.key in {"right", "l", "space"}:
            self._step(1)
        elif event.key in {"left", "h"}:
            self._step(-1)
        elif event.key.isdecimal() and 1 <= int(event.key) <= len(self._choices):
            self.value = self._choices[int(event.key) - 1].value
        else:
            return
        event.stop()
        event.prevent_default()

    def on_click(self, event: events.Click) -> None:
        x = 0
        for choice in self._choices:
            after = x + width_of(choice.before + self._shown(choice) + choice.after)
            if x <= event.x < after:
                self.value = choice.value
            x = after + self.GAP

    def get_content_width(self, container: object, viewport: object) -> int:
        texts = [one.before + one.text + one.after for one in self._choices]
        return width_of((" " * self.GAP).join(texts)) + len("[]")

    def _shown(self, choice: Choice) -> str:
        return f"[{choice.text}]" if choice.value == self._value else choice.text

    def render_line(self, y: int) -> Strip:
        cursor = self.get_component_rich_style("radio-line--cursor", partial=True)
        line: list[Segment] = []
        for number, choice in enumerate(self._choices):
            style = self.look
            if choice.value == self._value:
                style = tone_style(self, choice.tone or "strong")
                style = style + cursor if self.has_focus else style
            line += (
                Segment(" " * self.GAP * bool(number) + choice.before, self.look),
                Segment(self._shown(choice), style),
                Segment(choice.after, self.look),
            )
        return Strip(line).adjust_cell_length(self.size.width, self.look)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()
