"""Parts of a form: a field that passes pasted lists on, the line that acts, and a question on one line."""

from typing import ClassVar

from rich.segment import Segment
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.ui.widgets.cells import fit, width_of
from backup_tui.ui.widgets.fields import TextField
from backup_tui.ui.widgets.frame_lines import OneLine


class PastedLines(Message):
    """A text of several lines was pasted into a field of one line."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class ListField(TextField):
    """A text field of one line that hands a paste of several lines on (`PastedLines`), whole."""

    known = ""  # the text on which field and form agreed last: what was typed since then is not overwritten

    def put(self, text: str) -> None:
        """Shows the form's text, if it is another one than field and form agreed on."""
        if text != self.known:
            self.known = text
            if self.value != text:
                self.value = text
                self.cursor_position = len(text)

    def take_lines(self, text: str) -> None:
        self.post_message(PastedLines(text))

    def on_paste(self, event: events.Paste) -> None:
        if len(event.text.strip().splitlines()) > 1:
            event.stop()
            event.prevent_default()
            self.post_message(PastedLines(event.text))


class ActLine(Widget, can_focus=True):
    """The last stop of a form: `[ Create draft ] what is missing, or what enter would do`. `label`: what it does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"act-line--button", "act-line--ready", "act-line--missing"}

    class Pressed(Message):
        """`enter`, or a click."""

    def __init__(self, label: str, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._label = label
        self._text = self._shorter = ""
        self._ready = False

    @property
    def text(self) -> str:
        """What is said beside the button."""
        return self._text

    def tell(self, label: str, text: str, *, ready: bool, shorter: str = "") -> None:
        """Shows another state; redrawn only when it differs.

        Args:
            label: What `enter` does.
            text: Why not, or what it means.
            ready: Whether it would do it now.
            shorter: Stands in where `text` does not fit.
        """
        if (label, text, ready, shorter) != (self._label, self._text, self._ready, self._shorter):
            self._label, self._text, self._ready, self._shorter = label, text, ready, shorter
            self.refresh()

    def on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self.post_message(self.Pressed())

    def on_click(self) -> None:
        if self.has_focus:
            self.post_message(self.Pressed())

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def render_line(self, y: int) -> Strip:
        width, plain = self.size.width, self.rich_style
        button = f"[ {self._label} ]"
        look = self.get_component_rich_style(f"act-line--{'ready' if self._ready else 'missing'}", partial=True)
        style = plain + self.get_component_rich_style("act-line--button", partial=True) if self.has_focus else plain
        room = max(0, width - width_of(button) - 4)
        text = self._shorter if self._shorter and width_of(self._text) > room else self._text
        # What overwrites is never in the look of what is well.
        before, loud, after = fit(text, room).partition("IN PLACE")
        danger = self.screen.get_component_rich_style("tone--bad", partial=True)
        parts = ((" ", plain), (button, style), ("  ", plain), (before, plain + look), (loud, plain + danger))
        line = [Segment(*part) for part in (*parts, (after, plain + look)) if part[0]]
        return Strip(line).adjust_cell_length(width, plain)


class AskLine(Horizontal):
    """A question with a field, on one line, hidden until `ask()`.

    `enter` answers (`Answered`), `esc` closes it. The screen leaves it open when the answer is wrong."""

    class Answered(Message):
        """`enter` in the field."""

        def __init__(self, question: str, about: str, text: str) -> None:
            super().__init__()
            self.question = question  # what `ask` was given
            self.about = about  # id of what it is about, as `ask` was given it
            self.text = text  # what was typed

    class Typed(Message):
        """The text is another one; the same attributes as `Answered`."""

        def __init__(self, question: str, about: str, text: str) -> None:
            super().__init__()
            self.question = question
            self.about = about
            self.text = text

    class Closed(Message):
        """The question is no longer shown."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._question = ""
        self._about = ""
        self._back_to: Widget | None = None

    def compose(self) -> ComposeResult:
        yield OneLine(classes="label")
        yield TextField()
        yield OneLine(classes="note")

    @property
    def is_open(self) -> bool:
        """Whether it is shown."""
        return self.has_class("-open")

    def ask(self, question: str, label: str, value: str = "", about: str = "", note: str = "") -> None:
        """Shows the question and takes the focus.

        Args:
            question: Name of the question, for the answer.
            label: What is asked.
            value: What the field holds at first.
            about: Id that the answer carries.
            note: What is said after the field.
        """
        self._question, self._about = question, about
        self._back_to = self.screen.focused
        line = self.query_one(".label", OneLine)
        line.text = f" {label}  "
        line.styles.width = width_of(line.text)
        field = self.query_one(TextField)
        field.value = value
        field.cursor_position = len(value)
        self.tell(note)
        self.add_class("-open")
        field.focus()

    def tell(self, note: str, tone: str = "") -> None:
        """Says something behind the field, in a tone (`bad` or empty)."""
        line = self.query_one(".note", OneLine)
        line.text = note
        line.styles.min_width = min(width_of(note) + 2, 25)  # the field gives way: it scrolls, the note cannot
        line.set_class(tone == "bad", "-bad")

    def close(self) -> None:
        """Hides it and gives the focus back."""
        if not self.is_open:
            return
        self.remove_class("-open")
        if self._back_to is not None and self._back_to.is_mounted:
            self._back_to.focus()
        self.post_message(self.Closed())

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Typed(self._question, self._about, event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Answered(self._question, self._about, event.value))

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            event.prevent_default()
            self.close()
