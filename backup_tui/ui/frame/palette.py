"""`:`: commands by name. An exact word wins over everything, then the beginning of a word, then letters in order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.fuzzy import Matcher
from textual.widgets import Input

from backup_tui.ui.frame.commands import Context, key_name
from backup_tui.ui.frame.screen import BaseScreen, PaletteEntry
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.fields import FieldLine, TextField
from backup_tui.ui.widgets.paragraphs import Para, Paragraphs
from backup_tui.ui.widgets.table import Cell, RowTable


class Offer(Struct, frozen=True):
    """One line of the palette.

    Attributes:
        id: Its key in the table.
        name: What is typed.
        aliases: Other words for it.
        keys: Its keys, for a person.
        help: One sentence.
        blocked: Why it is not possible now; empty when it is.
        command: Id of the command to run.
        row: Id handed to it.
    """

    id: str
    name: str
    aliases: tuple[str, ...]
    keys: str
    help: str
    blocked: str
    command: str
    row: str | None


def ranked(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """The offers that fit what was typed: exact words, then beginnings, then Textual's fuzzy score."""
    wanted = typed.strip().lstrip(":").casefold()
    if not wanted:
        return [offer for offer in offers if offer.row is None]
    matcher = Matcher(wanted)
    scored: list[tuple[float, int, Offer]] = []
    for place, offer in enumerate(offers):
        words = [word.casefold() for word in (offer.name, *offer.aliases)]
        if wanted in words:
            score = 1e9
        elif any(word.startswith(wanted) for word in words):
            score = 1e8
        else:
            score = max(matcher.match(word) for word in words)
        if score > 0:
            scored.append((-score, place, offer))
    return [offer for _score, _place, offer in sorted(scored, key=lambda entry: entry[:2])]


class _Offers:
    """The offers that fit, as rows."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self._by_id = {offer.id: offer for offer in offers}
        self._keys = tuple(self._by_id)

    def keys(self) -> Sequence[str]:
        return self._keys

    def cells(self, key: str) -> Sequence[Cell]:
        offer = self._by_id[key]
        tone = "dim" if offer.blocked else ""
        return (Cell(offer.name, tone), Cell(offer.keys, tone), Cell(offer.help, tone))


class PaletteScreen(BaseScreen):
    """Commands of a screen by name.

    Args:
        under: The screen that the commands belong to; its row is the one they are about.
    """

    def __init__(self, under: BaseScreen) -> None:
        super().__init__()
        self._under = under
        self._row = under.row
        self._offers = tuple(self._gather())
        self._by_id = {offer.id: offer for offer in self._offers}

    def _gather(self) -> Iterable[Offer]:
        context: Context = self._under.whole_context()
        for command in self._under.commands.commands:
            if command.name or command.label:
                reason = command.reason(context)
                yield Offer(
                    id=command.id,
                    name=command.name or command.label,
                    aliases=command.aliases,
                    keys=" ".join(key_name(key) for key in command.keys),
                    help=command.help,
                    blocked=reason or "",
                    command=command.id,
                    row=None,
                )
        for number, entry in enumerate(self._under.palette_entries()):
            yield self._offer(number, entry)

    def _offer(self, number: int, entry: PaletteEntry) -> Offer:
        return Offer(f"entry-{number}", entry.name, (), "", entry.help, "", entry.command, entry.row)

    def subtitle(self) -> str:
        """What this is."""
        return "Commands by name"

    def compose_body(self) -> ComposeResult:
        """The field and what fits."""
        yield FieldLine(":", TextField())
        yield RowTable(
            [
                Column("name", "Command", 16, least=12),
                Column("keys", "Keys", 9),
                Column("help", "What it does", 45, grow=1, least=10),
            ],
            empty="No command of this screen has such a name.",
        )
        yield Paragraphs(id="palette-about")

    def on_mount(self) -> None:
        """Ready to be typed into."""
        self.query_one(RowTable).source = _Offers(ranked(self._offers, ""))
        self.query_one(TextField).focus()
        self._about()

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self.query_one(RowTable).source = _Offers(ranked(self._offers, event.value))
        self._about()

    @on(RowTable.Highlighted)
    def _about(self) -> None:
        """The whole sentence of the command under the cursor, and why it is not possible now."""
        offer = self._by_id.get(self.query_one(RowTable).cursor_key or "")
        lines = [Para(offer.help)] if offer is not None else []
        if offer is not None and offer.blocked:
            lines.append(Para(f"Not now: {offer.blocked}", "warn"))
        self.query_one(Paragraphs).show(lines)

    @on(Input.Submitted)
    def _chosen(self) -> None:
        table = self.query_one(RowTable)
        if table.cursor_key is not None:
            self._run(table.cursor_key)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        """A click on an offer."""
        event.stop()
        self._run(event.key)

    def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while the field keeps the focus."""
        table = self.query_one(RowTable)
        if event.key in {"down", "up", "pagedown", "pageup"} and self.focused is not table:
            event.prevent_default()
            table.on_key(event)

    def _run(self, offer_id: str) -> None:
        offer = self._by_id[offer_id]
        if self.close():
            self._under.press(offer.command, offer.row or self._row)


PaletteScreen.offers((replace(BACK, label="back", side="right"),))
