"""Short plain text in paragraphs: wrapped, never cut, as tall as needed, or scrolled where space is short."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from textual.geometry import Size
from textual.strip import Strip

from backup_tui.ui.widgets.cells import width_of, wrap
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import SECTION, drawn, links_of, parts_of, plain, two_ends

GAP = 3  # cells between two parts of a paragraph that are beside one another

BANDS = frozenset({"danger", "success"})  # tones that fill the whole line


class Para(Struct, frozen=True):
    """One paragraph of text (never markup)."""

    text: str = ""  # what it says; an empty text is an empty line
    look: str = ""  # its tone, one of `TONES`, or `section`: `▌` and a bold title
    mark: str = ""  # comes before its first line; the other lines are moved in by as much
    # texts beside one another where they fit; none is broken unless it is longer than a line
    parts: tuple[str | Cell, ...] = ()
    right: str = ""  # what is at the right end of its first line, where it has room
    most: int = 0  # cells that a line may take at most; 0 for as many as there are
    mark_tone: str = ""  # tone of the mark alone


Laid = tuple[tuple[Cell, ...], str]  # one line: its parts, and the look of all of it


def laid_out(paragraphs: Sequence[Para], width: int) -> list[Laid]:
    """The lines of `paragraphs` within `width` cells, each with its look."""
    lines: list[Laid] = []
    for para in paragraphs:
        indent = width_of(para.mark)
        room = max(1, min(width, para.most or width) - indent)
        rows = _beside(para.parts, room) if para.parts else [(Cell(row),) for row in wrap(para.text, room)]
        laid = [
            (Cell(" " * indent) if number else Cell(para.mark, para.mark_tone), *row) for number, row in enumerate(rows)
        ]
        if para.look == "section":
            laid[0] = (SECTION, *(Cell(part.text, part.tone or "strong") for part in laid[0]))
            laid[1:] = [(Cell(" " * width_of(SECTION.text)), *row) for row in laid[1:]]
        if para.right and width_of(plain(laid[0])) + GAP + width_of(para.right) <= width:
            tone = "" if para.look in BANDS else "dim"
            laid[0] = two_ends(laid[0], Cell(para.right, tone), width + (para.look == "section"))
        lines += [(line, para.look) for line in laid]
    return lines


def _beside(parts: Sequence[str | Cell], width: int) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for part in filter(plain, parts):
        if rows and width_of(plain(rows[-1])) + GAP + width_of(plain(part)) <= width:
            rows[-1] = (*rows[-1], Cell(" " * GAP), *parts_of(part))
        elif width_of(plain(part)) <= width:
            rows.append(parts_of(part))
        else:
            rows += [(Cell(row, parts_of(part)[0].tone),) for row in wrap(plain(part), width)]
    return rows


class Paragraphs(LineWidget):
    """Paragraphs with a margin of one cell.

    With `height: auto` it is as high as its text. Where it has less room it can be scrolled, and its last line says
    how much is below.

    Args:
        classes: CSS classes of the widget.
        scrolls: The keys of its screen move it; else only a taller terminal shows the rest, or what `more` says.
        more: What is said of lines that do not fit, in place of that.
    """

    def __init__(
        self,
        paragraphs: Sequence[Para] = (),
        *,
        id: str | None = None,
        classes: str | None = None,
        scrolls: bool = True,
        more: str = "",
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._scrolls = scrolls
        self._more = more
        self._paragraphs = tuple(paragraphs)
        self._laid: tuple[int, list[Laid]] | None = None
        self._links: frozenset[str] = frozenset()
        self.top = 0

    @property
    def text(self) -> str:
        """All of it, one paragraph a line."""
        return "\n".join(
            f"{para.mark}{para.text or '   '.join(map(plain, para.parts))}{para.right and f'   {para.right}'}"
            for para in self._paragraphs
        )

    def show(self, paragraphs: Sequence[Para]) -> None:
        """Shows other text; lays the screen out again only when the text differs."""
        if tuple(paragraphs) == self._paragraphs:
            return
        height = len(self._lines(self.size.width))
        self._paragraphs, self._laid = tuple(paragraphs), None
        self.scroll_lines(0)
        self.refresh()
        if len(self._lines(self.size.width)) != height:
            self.refresh(layout=True)

    def scroll_lines(self, by: int) -> None:
        """Moves the view by so many lines, within the text."""
        top = max(0, min(self.top + by, len(self._lines(self.size.width)) - self.size.height))
        if top != self.top:
            self.top = top
            self.refresh()

    def on_resize(self) -> None:
        self.scroll_lines(0)
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def _lines(self, width: int) -> list[Laid]:
        if self._laid is None or self._laid[0] != width:
            self._laid = (width, laid_out([*map(self._with_own_keys, self._paragraphs)], max(1, width - 2)))
            self._links = links_of(self, self.text)
        return self._laid[1]

    def _with_own_keys(self, para: Para) -> Para:
        """A paragraph with the keys that the person chose."""
        keyed: Callable[..., str] | None = getattr(self.screen, "own_keyed", None) if self.is_attached else None
        if keyed is None:
            return para
        parts = tuple(keyed(part) if isinstance(part, str) else part for part in para.parts)
        return replace(para, text=keyed(para.text), parts=parts, right=keyed(para.right, hint=True))

    def render_line(self, y: int) -> Strip:
        width, height = self.size
        lines = self._lines(width)
        index = self.top + y
        parts, look = lines[index] if index < len(lines) else ((), "")
        below = len(lines) - self.top - height
        if y == height - 1 and below > 0:
            where = self._more or (": down" if self._scrolls else " on a taller terminal")
            indent = 0 if look == "section" or not parts else width_of(parts[0].text)
            parts, look = (Cell(f"{'':{indent}}{below + 1:,} more lines{where}"),), "dim"
        margin = () if look == "section" else (Cell(" "),)
        return drawn(self, (*margin, *parts), tone="" if look == "section" else look, links=self._links)
