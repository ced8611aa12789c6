"""A screen of fields that tab and shift+tab go through, round and round."""

from collections.abc import Sequence

from textual.widget import Widget

from backup_tui.ui.frame.screen import BaseScreen


class FormScreen(BaseScreen):
    """What the keys of all forms share."""

    @property
    def stops(self) -> Sequence[Widget]:
        """The fields, lists and buttons, in their order."""
        raise NotImplementedError

    def step(self, by: int) -> None:
        """Goes on by so many fields; those that are switched off are left out."""
        stops = [stop for stop in self.stops if not stop.disabled]
        at = stops.index(self.focused) if self.focused in stops else -by
        stops[(at + by) % len(stops)].focus()

    def next_field(self, row: str | None) -> None:
        self.step(1)

    def field_before(self, row: str | None) -> None:
        self.step(-1)
