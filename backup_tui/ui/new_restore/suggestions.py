"""Units that match the text being typed, over the rows below the field; loaded ones only, never chosen unasked."""

from collections.abc import Sequence

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from backup_tui.store.rows import UnitRow
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.vocabulary.units import status_cell
from backup_tui.ui.widgets.cells import fit, width_of
from backup_tui.ui.widgets.form_parts import ListField
from backup_tui.ui.widgets.repaint import LineWidget
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part
from backup_tui.ui.widgets.spans import Text, drawn

LEAST_LETTERS = 3
PAUSE = 0.2  # seconds without another key after which matches are shown

MOST_SHOWN = 6
SAMPLE = 200  # so many units decide which part of the address all share

MOST_RANKED = 1_000
"""Of more matches than these the first in the order of the service are offered: another letter finds the others."""

INDENT = 16  # cells before a match: they are below what is typed, and cover the labels of the rows below

NAME_WIDTH, TITLE_WIDTH = 30, 18


class Suggestions(LineWidget):
    """Up to six matches: `down` chooses one, `enter` takes it, `esc` closes.

    Until one is chosen `enter` is the field's own, so that matches that come up just then are not taken by accident.
    `drafting`: whose service is searched, and whose units are marked as in the list already."""

    class Changed(Message):
        """Other matches, or none, are shown."""

    class Taken(Message):
        """A match was taken: its unit is to be added to the list."""

        def __init__(self, unit_id: str, name: str) -> None:
            super().__init__()
            self.unit_id = unit_id
            self.name = name

    def __init__(self, drafting: Drafting) -> None:
        super().__init__()
        self._drafting = drafting
        self._shown: Sequence[str] = ()
        self._chosen = -1
        self._soon: Timer | None = None
        self.count = 0  # how many units match, also those that are not shown

    @property
    def is_open(self) -> bool:
        return bool(self._shown)

    def wait(self, text: str) -> None:
        """Closes, and shows the matches of `text` unless another key comes first."""
        self.close()
        text = text.strip()
        if len(text) >= LEAST_LETTERS and not text.startswith("@"):
            self._soon = self.set_timer(PAUSE, lambda: self._show(text))

    def _show(self, text: str) -> None:
        form = self._drafting.form
        if form.pending.strip() != text:
            return  # taken meanwhile
        table, lower = self._drafting.store.units[form.service], text.lower()
        rows = list(table.values())
        start = shared_part(row.address for row in rows[:SAMPLE])
        if lower in start.lower():  # nearly all have it, in the part that tells nobody apart
            found = [
                row for row in rows if lower in without_part(row.address, start).lower() or lower in row.title.lower()
            ]
        else:
            found = [rows[place] for place in sorted(table.positions(lower))]

        def rank(row: UnitRow) -> tuple[bool, str]:
            name = without_part(row.name, start).lower()
            return not name.startswith(lower), name

        self.count = len(found)
        self._shown = [row.id for row in sorted(found[:MOST_RANKED], key=rank)[:MOST_SHOWN]]
        self._chosen = -1
        if self._shown:
            self.display = True
            self.refresh(layout=True)
            self.post_message(self.Changed())

    def close(self) -> None:
        self._stop()
        if self._shown:
            self._shown = ()
            self.display = False
            self.post_message(self.Changed())

    def _stop(self) -> None:
        if self._soon is not None:
            self._soon.stop()
            self._soon = None

    def press(self, key: str) -> bool:
        """Takes a key of the field while matches are shown; whether it was one of theirs."""
        if not self._shown:
            self._stop()
            return False
        if key in ("down", "up"):
            self._chosen = max(-1, min(self._chosen + (1 if key == "down" else -1), len(self._shown) - 1))
            self.refresh()
        elif key == "enter" and self._chosen >= 0:
            unit_id = self._shown[self._chosen]
            name = self._drafting.store.units[self._drafting.form.service][unit_id].name
            self.close()
            self.post_message(self.Taken(unit_id, name))
        else:
            self.close()
            return key == "escape"
        return True

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._shown) + 1

    def render_line(self, y: int) -> Strip:
        return drawn(self, (" " * INDENT, self._line(y)))

    def _line(self, y: int) -> Text:
        if y >= len(self._shown):
            enter = "take" if self._chosen >= 0 else "take the typed text"
            return ("  ", *self._key("down", "choose"), *self._key("enter", enter), *self._key("esc", "close"))
        units = self._drafting.store.units[self._drafting.form.service]
        rows = [units[unit_id] for unit_id in self._shown if unit_id in units]
        if y >= len(rows):  # a unit that is no longer listed
            return ""
        row, start = rows[y], shared_part(one.address for one in rows)
        names = [without_part(one.name, start) for one in rows]
        sizes = (
            min(NAME_WIDTH, max(map(width_of, names))),
            min(TITLE_WIDTH, max(width_of(one.title) for one in rows)),
        )
        name = fit(names[y], sizes[0], "left", "middle")
        here = row.id in self._drafting.form.unit_ids
        state = Cell("in the list", "dim") if here else status_cell(row)
        tone = "strong" if y == self._chosen else ""
        return (Cell(f"{'>' if tone else ' '} {name}  {fit(row.title, sizes[1])}  ", tone), state)

    @staticmethod
    def _key(key: str, label: str) -> tuple[Cell, Cell]:
        return Cell(key, "key"), Cell(f" {label}   ", "dim")


class UnitsField(ListField):
    """The field of the units; while it offers matches their keys come first.

    Args:
        placeholder: Text while it is empty.

    Attributes:
        is_by_hand: Whether the last change was typed and not pasted.
    """

    def __init__(self, suggestions: Suggestions, *, id: str, placeholder: str) -> None:
        super().__init__(id=id, placeholder=placeholder)
        self._suggestions = suggestions
        self._by_hand = False

    @property
    def is_by_hand(self) -> bool:
        return self._by_hand and not self.is_burst

    def on_key(self, event: events.Key) -> None:
        if self._suggestions.press(event.key):
            event.stop()
            event.prevent_default()
        else:
            self._by_hand = event.is_printable or event.key == "backspace"

    def on_paste(self, event: events.Paste) -> None:
        self._by_hand = False

    def on_blur(self) -> None:
        self._suggestions.close()
