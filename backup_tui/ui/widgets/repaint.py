"""Widgets that draw themselves line by line, with a look that is put together once for all of them."""

from rich.style import Style
from textual.containers import Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class LineWidget(Widget):
    """A widget that draws itself with `render_line`.

    Its own look is put together from all that it lies in: once is enough for lines that are drawn together. Lines that
    look as before cost no byte, whatever is marked for repaint: see `terminal/painter.py`.
    """

    _look: Style | None = None

    @property
    def look(self) -> Style:
        """The look of what has no tone of its own."""
        return self.rich_style if self._look is None else self._look

    def render_lines(self, crop: Region) -> list[Strip]:
        self._look = self.rich_style
        try:
            return super().render_lines(crop)
        finally:
            self._look = None


class Ground(Widget):
    """A widget that only holds others and has no border: its lines are all the same blank one, which is drawn once.

    Textual draws every line of each of the eight that lie below one another: a third of the time of a whole frame.
    It is the last base of a class: Textual takes styles from the first.
    """

    def render_lines(self, crop: Region) -> list[Strip]:
        return super().render_lines(Region(crop.x, crop.y, crop.width, 1)) * crop.height


class Holder(Vertical, Ground):
    """Widgets below one another."""
