"""The one-line filter of a list: appears on `/`, reports each keystroke, returns the focus, says what is hidden."""

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.ui.frame.commands import FooterEntry
from backup_tui.ui.widgets.cells import cut, width_of
from backup_tui.ui.widgets.fields import OneNote, TextField
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.rows import Cell

SHORTEST = 12  # cells that what is typed keeps beside a note


class FilterHistory:
    """Filters that were used in one kind of list, the last one at the end."""

    MOST: ClassVar[int] = 20

    def __init__(self, used: tuple[str, ...] = ()) -> None:
        self.used = used[-self.MOST :]
        self._place: int | None = None
        self._typed = ""

    def add(self, text: str) -> bool:
        """Takes a filter that was used; returns whether it was not the last one already."""
        self._place = None
        text = text.strip()
        if not text or self.used[-1:] == (text,):
            return False
        self.used = (*(one for one in self.used if one != text), text)[-self.MOST :]
        return True

    def put_before(self, used: tuple[str, ...]) -> None:
        """Takes filters that were used before those that it has."""
        self.used = (*(one for one in used if one not in self.used), *self.used)[-self.MOST :]

    def earlier(self, typed: str) -> str | None:
        """The filter before the one that is shown; None at the first. `typed` comes back at the end."""
        place = len(self.used) if self._place is None else self._place
        if self._place is None:
            self._typed = typed
        if place == 0:
            return None
        self._place = place - 1
        return self.used[self._place]

    def later(self) -> str | None:
        """The filter after the one that is shown, at the end what was typed; None when that is shown."""
        if self._place is None:
            return None
        self._place += 1
        if self._place < len(self.used):
            return self.used[self._place]
        self._place = None
        return self._typed

    def leave(self) -> None:
        """What comes next begins at the end again."""
        self._place = None


class FilterLine(Horizontal):
    """A filter field that is hidden until `open()`.

    `esc` empties it first and then hides it; `enter` keeps the text and gives the focus back. While it holds
    text it stays visible, so that nobody takes part of a list for the whole: in brackets, where the keys are the
    list's again.

    Args:
        back_to: CSS selector, within the screen, of the widget that gets the focus back.
        history: What was used before; `up` and `down` go through it.
    """

    FOOTER: ClassVar[tuple[FooterEntry, ...]] = (
        FooterEntry("", "enter keep", False, "left", 0),
        FooterEntry("", "esc clear", False, "left", 0),
    )
    EARLIER: ClassVar[FooterEntry] = FooterEntry("", "up earlier", False, "left", 2)

    class Changed(Message):
        """The filter text is another one; empty means no filter."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Used(Message):
        """A filter was used that was not the last one before."""

    def __init__(
        self, back_to: str = "RowTable", *, history: FilterHistory | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self._back_to = back_to
        self._history = history or FilterHistory()
        self._words: tuple[str, str] = ("", "")

    def compose(self) -> ComposeResult:
        yield OneLine(Cell(" /", "key"), classes="label")
        yield TextField()
        yield OneLine(classes="chip")
        yield OneNote("")

    @property
    def footer(self) -> tuple[FooterEntry, ...]:
        """What its keys do, for the footer while it has them."""
        return (*self.FOOTER, self.EARLIER) if self._history.used else self.FOOTER

    def on_mount(self) -> None:
        self._show_chip(typing=False)

    def say(self, words: str, problem: str = "") -> None:
        """Shows at the right end how many rows match, or what is wrong with the filter and what there is instead."""
        if (words, problem) != self._words:
            self._words = (words, problem)
            self._show_words()

    def _show_words(self) -> None:
        words, problem = self._words
        if problem:
            room = self.size.width - 8 - max(SHORTEST, width_of(self.text) + 2)
            note = Cell(f"! {cut(problem, max(SHORTEST, room))} ", "warn")
        else:
            note = Cell(f"{words} " if words else "", "dim")
        self.query_one(OneNote).text = note

    @property
    def text(self) -> str:
        return self._field.value

    @property
    def _field(self) -> TextField:
        return self.query_one(TextField)

    def show(self, text: str) -> None:
        """Filters by a text, without taking the focus."""
        self._put(text)
        self.set_class(bool(text), "-open")
        self._show_chip(typing=self._field.has_focus)

    def open(self) -> None:
        """Shows the field and gives it the focus."""
        self.add_class("-open")
        self._show_chip(typing=True)
        self._field.focus()

    def clear(self) -> None:
        """Takes the filter away and hides the field."""
        self._field.value = ""
        self._close()

    def _close(self) -> None:
        self.set_class(bool(self.text), "-open")
        target: Widget | None = next(iter(self.screen.query(self._back_to)), None)
        if target is not None:
            target.focus()

    def _put(self, text: str) -> None:
        self._field.value = text
        self._field.cursor_position = len(text)

    def _show_chip(self, *, typing: bool) -> None:
        """The field while it is typed in, else its text in brackets."""
        chip = self.query_one(".chip", OneLine)
        chip.text = (Cell("["), Cell(self.text, "accent"), Cell("]"))
        self._field.display, chip.display = typing, not typing

    def on_descendant_blur(self) -> None:
        if self.is_mounted and self.is_attached:
            self._show_chip(typing=False)
            if self._history.add(self.text):
                self.post_message(self.Used())

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show_words()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._close()

    def on_resize(self) -> None:
        self._show_words()

    def on_click(self) -> None:
        if not self._field.has_focus:
            self.open()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape":
            event.stop()
            self._history.leave()
            if self.text:
                self._field.value = ""
            else:
                self._close()
        elif event.key == "up":
            event.stop()
            self._put(self._history.earlier(self.text) or self.text)
        elif event.key == "down" and (later := self._history.later()) is not None:
            event.stop()
            self._put(later)
        elif event.key in {"down", "pagedown", "pageup"}:
            event.stop()
            self._close()
