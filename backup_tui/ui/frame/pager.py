"""`v`: the full text of something, to scroll, search and copy."""

from collections.abc import Awaitable, Callable, Sequence

from msgspec.structs import replace
from textual import on
from textual.app import ComposeResult

from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.widgets.filter_line import FilterLine
from backup_tui.ui.widgets.spans import Text
from backup_tui.ui.widgets.text_lines import TextLines


class PagerScreen(BaseScreen):
    """All of something.

    Args:
        title: What it is, in the second header line.
        lines: The text. It is shown as it is, never as markup; without its first line where that is the title.
        wrapped: Whether long lines continue below; False cuts them (requests, tables).
        later: Reads the rest of the text, which is put at its end once it is there.
    """

    def __init__(
        self,
        title: str,
        lines: Sequence[Text],
        *,
        wrapped: bool = True,
        later: Callable[[], Awaitable[Sequence[str]]] | None = None,
    ) -> None:
        super().__init__()
        self._later = later
        self._title = title
        self._given = tuple(lines[1:] if lines[:1] == [title] else lines)
        self._wrapped = wrapped
        self._searched = ""

    def subtitle(self) -> str | tuple[str, str]:
        return self._title

    def compose_body(self) -> ComposeResult:
        yield TextLines(self._given, wrapped=self._wrapped)
        yield FilterLine(back_to="TextLines")

    def on_mount(self) -> None:
        self.query_one(TextLines).focus()
        if self._later is not None:
            self.program.start(
                self._show_rest(self._later), f"the rest of {self._title}", group="pager", exclusive=True
            )

    async def _show_rest(self, later: Callable[[], Awaitable[Sequence[str]]]) -> None:
        text = self.query_one(TextLines)
        text.show([*self._given, "", "Reading what the service sends…"])
        rest = await later()
        if self.is_open:
            text.show([*self._given, *rest])

    @on(FilterLine.Changed)
    def _search(self, event: FilterLine.Changed) -> None:
        self._searched = event.text
        if event.text:
            self._go_to_next(self.query_one(TextLines).top - 1)

    def _go_to_next(self, after: int) -> None:
        text = self.query_one(TextLines)
        place = text.find(self._searched, after)
        if place is None:
            self.say(f"Not in this text: {self._searched}")
        else:
            text.scroll_lines(place - text.top)

    def open_search(self, row: str | None) -> None:
        self.query_one(FilterLine).open()

    def go_to_next(self, row: str | None) -> None:
        if self._searched:
            self._go_to_next(self.query_one(TextLines).top)

    def copy_all(self, row: str | None) -> None:
        self.say(copy(self.app, f"{self._title}\n{self.query_one(TextLines).text}", self._title))


COMMANDS: Commands[PagerScreen, Context] = (
    Command("search", ("slash",), "search", "Finds a text here.", run=PagerScreen.open_search),
    Command("search_next", ("n",), "next", "The next match.", run=PagerScreen.go_to_next),
    Command("copy", ("y",), "copy all", "Copies everything here.", run=PagerScreen.copy_all),
    replace(BACK, keys=("escape", "q", "v"), label="back", side="right"),
)
PagerScreen.offers(COMMANDS)
