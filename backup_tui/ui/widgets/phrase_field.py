"""The field for the phrase that starts what cannot be stopped."""

from collections import deque
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from backup_tui.models.phrases import phrase_matches
from backup_tui.ui.widgets.cells import one_line, width_of

BURST_KEYS, BURST_SECONDS = 4, 0.05
"""So many characters in so short a time are a paste: an `enter` right after them is its line break."""


class PhraseField(Widget, can_focus=True):
    """`Type  overwrite 37 contoso   ____`; `enter` acts on the exact text only.

    Owns all printable keys from the moment it is drawn and forgets what was typed before that. Case and spaces
    around the text do not count. Pasted line breaks are no `enter`. Once something is typed, `esc` leaves only when it
    is pressed twice: an answer of the terminal that was cut after its first byte looks like one, and what the person
    continues to type would press keys of the screen below.

    Args:
        offered: False shows the phrase and takes no text (the action is not possible).
    """

    LABEL = " Type  "
    ONCE_MORE = "  Esc again leaves"
    takes_text: ClassVar[bool] = True
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "phrase-field--wanted",
        "phrase-field--typed",
        "phrase-field--exact",
    }

    class Submitted(Message):
        """`enter` on the exact phrase."""

        def __init__(self, field: "PhraseField", phrase: str) -> None:
            super().__init__()
            self.field = field
            self.phrase = phrase

    class Refused(Message):
        """`enter` on any other text."""

        def __init__(self, field: "PhraseField", typed: str, phrase: str) -> None:
            super().__init__()
            self.field = field
            self.typed = typed
            self.phrase = phrase

    def __init__(self, phrase: str, *, offered: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self._phrase = phrase
        self._offered = offered
        self._typed = ""
        self._leaving = False
        self._drawn_at: float | None = None
        self._times: deque[float] = deque(maxlen=BURST_KEYS)

    @property
    def phrase(self) -> str:
        """The text to be typed."""
        return self._phrase

    @property
    def listens(self) -> bool:
        """Whether it has been drawn, so that what is typed from now on counts."""
        return self._drawn_at is not None

    @property
    def typed(self) -> str:
        """What was typed so far."""
        return self._typed

    @property
    def is_exact(self) -> bool:
        """Whether `enter` would act now."""
        return self._offered and phrase_matches(self._typed, self._phrase)

    def reset(self, phrase: str | None = None, offered: bool | None = None) -> None:
        """Empties the field; what is on its way from the keyboard does not count. `phrase`: another text to be typed;
        None keeps it. `offered`: whether text is taken; None keeps it."""
        if phrase is not None:
            self._phrase = phrase
        if offered is not None:
            self._offered = offered
        self._typed = ""
        self._drawn_at = None
        self._times.clear()
        self.refresh()
        self.call_after_refresh(self._now_drawn)

    def on_mount(self) -> None:
        self.call_after_refresh(self._now_drawn)

    def _now_drawn(self) -> None:
        self._drawn_at = events.Event().time

    def on_key(self, event: events.Key) -> None:
        leaving, self._leaving = self._leaving, event.key == "escape" and bool(self._typed) and self._offered
        if leaving != self._leaving:
            self.refresh()
        if self._leaving and not leaving:
            event.stop()
            event.prevent_default()
            return
        if event.is_printable or event.key in {"enter", "backspace", "ctrl+u", "ctrl+h"}:
            event.stop()
            event.prevent_default()
        else:
            return
        if not self._offered or self._drawn_at is None or event.time < self._drawn_at:
            return
        if event.key == "enter":
            self._enter(event.time)
        elif event.key in {"backspace", "ctrl+h"}:
            self._set(self._typed[:-1])
        elif event.key == "ctrl+u":
            self._set("")
        elif event.character:
            self._times.append(event.time)
            self._set(self._typed + event.character)

    def on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if self._offered and self._drawn_at is not None and event.time >= self._drawn_at:
            self._set(self._typed + " ".join(event.text.split()))

    def _enter(self, time: float) -> None:
        if len(self._times) == BURST_KEYS and time - self._times[0] <= BURST_SECONDS:
            return
        if self.is_exact:
            self.post_message(self.Submitted(self, self._phrase))
        else:
            self.post_message(self.Refused(self, self._typed, self._phrase))

    def _set(self, text: str) -> None:
        self._typed = one_line(text)
        self.refresh()

    @property
    def _two_lines(self) -> bool:
        """Whether phrase and field do not fit on one line: neither is ever cut."""
        return len(self.LABEL) + 2 * width_of(self._phrase) + len("   _") > self.app.size.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return 2 if self._two_lines else 1

    def render_line(self, y: int) -> Strip:
        plain = self.rich_style
        asked = [
            Segment(self.LABEL, plain),
            Segment(self._phrase, self.get_component_rich_style("phrase-field--wanted")),
        ]
        if not self._two_lines:
            line = [*asked, Segment("   ", plain), *self._typing(plain)]
        else:
            line = asked if y == 0 else [Segment(" " * len(self.LABEL), plain), *self._typing(plain)]
        return Strip(line).adjust_cell_length(self.size.width, plain)

    def _typing(self, plain: Style) -> list[Segment]:
        name = "phrase-field--exact" if self.is_exact else "phrase-field--typed"
        typed = Segment(self._typed, self.get_component_rich_style(name))
        if not self._offered:
            return [typed, Segment("(not offered now)", plain)]
        if self._leaving:
            return [typed, Segment(self.ONCE_MORE, plain)]
        return [typed, Segment("_" * max(0, width_of(self._phrase) + 1 - width_of(self._typed)), plain)]
