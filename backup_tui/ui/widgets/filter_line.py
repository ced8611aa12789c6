"""The one-line filter of a list: appears on `/`, reports each keystroke, returns the focus."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.ui.frame.commands import FooterEntry
from backup_tui.ui.widgets.fields import OneNote, TextField
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.rows import Cell


class FilterLine(Horizontal):
    """A filter field that is hidden until `open()`.

    `esc` empties it first and then hides it; `enter` keeps the text and gives the focus back. While it holds
    text it stays visible, so that nobody takes part of a list for the whole.

    Args:
        back_to: CSS selector, within the screen, of the widget that gets the focus back.
        id: Id of the widget.
    """

    FOOTER: ClassVar[tuple[FooterEntry, ...]] = (
        FooterEntry("", "enter keep", False, "left", 0),
        FooterEntry("", "esc clear", False, "left", 0),
    )
    """What its keys do, for the footer while it has them."""

    class Changed(Message):
        """The filter text is another one; empty means no filter."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, back_to: str = "RowTable", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._back_to = back_to

    def compose(self) -> ComposeResult:
        yield OneLine(Cell(" /", "accent"), classes="label")
        yield TextField()
        yield OneNote("")

    def say(self, words: str) -> None:
        """Shows how many rows match, at the right end."""
        self.query_one(OneNote).text = Cell(f"{words} " if words else "", "dim")

    @property
    def text(self) -> str:
        return self.query_one(TextField).value

    def open(self) -> None:
        """Shows the field and gives it the focus."""
        self.add_class("-open")
        self.query_one(TextField).focus()

    def clear(self) -> None:
        """Takes the filter away and hides the field."""
        self.query_one(TextField).value = ""
        self._close()

    def _close(self) -> None:
        self.set_class(bool(self.text), "-open")
        target: Widget | None = next(iter(self.screen.query(self._back_to)), None)
        if target is not None:
            target.focus()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            if self.text:
                self.query_one(TextField).value = ""
            else:
                self._close()
        elif event.key in {"down", "up", "pagedown", "pageup"}:
            event.stop()
            self._close()
