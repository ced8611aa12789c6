"""Long plain text, drawn line by line: only what is visible is wrapped into cells and styled."""

from collections.abc import Sequence

from textual import events
from textual.strip import Strip

from backup_tui.ui.frame.commands import list_action
from backup_tui.ui.widgets.cells import wrap
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.spans import Text, drawn, links_of, plain


class TextLines(LineWidget, can_focus=True):
    """Scrollable plain text. Its keys are those of lists, without a cursor.

    Args:
        lines: The text; each line is wrapped to the width, or cut when `wrapped` is False. Lines in parts are cut.
        wrapped: Whether long lines continue below.
    """

    def __init__(self, lines: Sequence[Text] = (), *, wrapped: bool = True, id: str | None = None) -> None:
        super().__init__(id=id)
        self._given = tuple(lines)
        self._wrapped = wrapped
        self._lines: list[Text] | None = None
        self._width = -1
        self._links: frozenset[str] = frozenset()
        self.top = 0

    @property
    def text(self) -> str:
        """The whole text, as it was given."""
        return "\n".join(map(plain, self._given))

    def show(self, lines: Sequence[Text]) -> None:
        """Shows other text; the place is kept where it exists."""
        if tuple(lines) != self._given:
            self._given = tuple(lines)
            self._lines = None
            self.scroll_lines(0)
            self.refresh()

    @property
    def lines(self) -> list[Text]:
        """The lines in the present width."""
        width = self.size.width
        if self._lines is None or width != self._width:
            self._width = width
            self._links = links_of(self, self.text)
            self._lines = (
                [part for line in self._given for part in self._wrap(line, max(1, width - 2))]
                if self._wrapped
                else list(self._given)
            )
        return self._lines

    @staticmethod
    def _wrap(line: Text, width: int) -> Sequence[Text]:
        return wrap(line, width) if isinstance(line, str) else (line,)

    def scroll_lines(self, by: int) -> None:
        """Moves the view by so many lines, within the text."""
        top = max(0, min(self.top + by, len(self.lines) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def find(self, text: str, after: int) -> int | None:
        """Number of the first line after `after` that holds `text`, in any case; the search goes round."""
        wanted = text.casefold()
        count = len(self.lines)
        for step in range(1, count + 1):
            index = (after + step) % count
            if wanted in plain(self.lines[index]).casefold():
                return index
        return None

    def on_key(self, event: events.Key) -> None:
        page = max(1, self.size.height - 1)
        steps = {
            "down": 1,
            "up": -1,
            "page_down": page,
            "page_up": -page,
            "half_down": page // 2,
            "half_up": -page // 2,
            "first": -len(self.lines),
            "last": len(self.lines),
            "mark": page,  # space turns the page where there is nothing to mark
        }
        step = steps.get(list_action(self.app, event.key) or "")
        if step is not None:
            event.stop()
            event.prevent_default()
            self.scroll_lines(step)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_lines(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_lines(-3)

    def on_resize(self) -> None:
        self.scroll_lines(0)
        self.refresh()

    def line_at(self, y: int) -> Text:
        """What a line of the widget says."""
        index = self.top + y
        return self.lines[index] if index < len(self.lines) else ""

    def render_line(self, y: int) -> Strip:
        line = self.line_at(y)
        text = f" {line}" if isinstance(line, str) else line  # a line in parts begins where it says
        return drawn(self, text, links=self._links)
