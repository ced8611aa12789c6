"""`:`: finds commands, everything loaded and the settings by name, above the current screen.

An exact word ranks first, then the beginning of a word, then a word of what is said about it, then letters in order.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace
from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.config import PROFILE_KEYS, TOP_KEYS, Settings
from backup_tui.config.settings import NOT_SHOWN
from backup_tui.models.services import Service
from backup_tui.models.statuses import policy_status
from backup_tui.models.text import short_id
from backup_tui.plans.files import plan_files
from backup_tui.store.store import Store
from backup_tui.ui.frame.commands import Context, key_name
from backup_tui.ui.frame.help import clause
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.frame.shared_commands import BACK, DIALOG
from backup_tui.ui.routes import Open, OpenIncident, OpenPlanCheck, OpenPolicy, OpenSession, OpenUnitPoints
from backup_tui.ui.vocabulary.sessions import status_cell, title_of, where_cell
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.fields import TextField
from backup_tui.ui.widgets.frame_lines import OneLine
from backup_tui.ui.widgets.spans import SECTION, Text, parts_of, plain
from backup_tui.ui.widgets.table import Cell, RowTable

_MOST_UNITS = 50  # units of a service that are offered at once

_STATE = 14  # cells of a session's state, so that destinations line up
_LEAST_SAID = 3  # from so many letters on the words of what is said about something are searched


class Offer(Struct, frozen=True):
    """One line of the palette."""

    id: str  # its key in the table
    name: str  # what is typed and shown
    about: Text  # what it is or does; why it is not available now, where `blocked`
    kind: str = "command"  # `command`, `session`, `policy`, `setting`, or the service of a unit
    keys: str = ""  # its keys, for a person
    aliases: tuple[str, ...] = ()  # other words for it
    said: str = ""  # what is said about it; its words find it, too
    blocked: bool = False  # whether it is not available now
    place: Open | None = None  # what it opens; without it and `text` it runs the command
    text: tuple[str, ...] = ()  # what is shown of it in full
    tone: str = ""  # look of `about`


def ranked(offers: Iterable[Offer], typed: str) -> list[Offer]:
    """The offers that match what was typed: exact words, then beginnings of words, then letters in order."""
    wanted = _plain(typed.strip().lstrip(":").strip())
    if not wanted:
        return [offer for offer in offers if offer.place is None and not offer.text]
    ranks = [(rank, place, offer) for place, offer in enumerate(offers) if (rank := _rank(offer, wanted)) is not None]
    return [offer for _rank, _place, offer in sorted(ranks, key=lambda entry: entry[:2])]


def _rank(offer: Offer, wanted: str) -> int | None:
    names = [_plain(name) for name in (offer.name, *offer.aliases)]
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    if any(word.startswith(wanted) for name in names for word in name.split()):
        return 2
    if any(wanted in name for name in names):
        return 3
    if len(wanted) >= _LEAST_SAID and any(word.startswith(wanted) for word in _plain(offer.said).split()):
        return 4
    return 5 if any(_in_order(wanted, name) for name in names) else None


def _plain(text: str) -> str:
    """A text as it is compared; both ways of spelling a color are one."""
    return text.casefold().replace("colour", "color")


def _in_order(wanted: str, name: str) -> bool:
    letters = iter(name)
    return all(letter in letters for letter in wanted)


def loaded(store: Store, typed: str) -> Iterator[Offer]:
    """Sessions, policies and units that were read and may match; units only once something was typed."""
    for row in store.sessions.values():
        status = status_cell(row)
        about = (Cell(status.text.ljust(_STATE), status.tone), where_cell(row))
        yield Offer(row.id, title_of(row), about, "session", "", (row.id, short_id(row.id)), place=OpenSession(row.id))
    for policy in store.policies.values():
        state = policy_status(policy.status)
        yield Offer(
            policy.id, policy.display_name or short_id(policy.id), f"{state.mark} {state.word}", "policy", "",
            (policy.id,), place=OpenPolicy(policy.id), tone=state.tone.value,
        )  # fmt: skip
    wanted = typed.strip().casefold()
    for service in Service if wanted else ():
        table = store.units[service]
        places = table.positions(wanted)
        ids = (unit_id for place, unit_id in enumerate(table) if place in places) if places else iter(())
        for unit_id in islice(ids, _MOST_UNITS):
            unit = table[unit_id]
            yield Offer(
                unit_id, unit.address or unit.title or short_id(unit_id), f"{unit.state.mark} {unit.state.word}",
                service.label, "", (unit.title,), place=OpenUnitPoints(service, unit_id), tone=unit.state.tone.value,
            )  # fmt: skip


def plan_file_offers(files: Sequence[Path], typed: str) -> Iterator[Offer]:
    """Plan files: those of this machine by name, and any by its path. `files`: files that were made on the screens.
    `typed`: what was typed: `open plan FILE`, or a path that ends in `.toml`."""
    for path in files:
        yield Offer(
            str(path), f"plan {path.stem}", "checks it", "plan file", "", (path.name,), place=OpenPlanCheck(path)
        )
    text = typed.strip().removeprefix(":").strip()
    named = text.removeprefix("open plan").strip() if text.startswith("open plan") else text
    if named.lower().endswith(".toml"):
        path = Path(named.removeprefix("@")).expanduser()
        yield Offer(f"open {path}", text, "checks it", "plan file", "", (named,), place=OpenPlanCheck(path))


def _plans(names: Iterable[str]) -> Iterator[Offer]:
    """The plans that have drafts, by their names."""
    for name in names:
        yield Offer(f"plan:{name}", name, "all its sessions as one", "plan", "", ("plan",), place=OpenIncident(name))


def settings_in_force(settings: Settings) -> Iterator[Offer]:
    """The settings by their names: the value of each, and where it came from."""
    for name, one in sorted(settings.settled.items()):
        if name in NOT_SHOWN:
            continue
        value = one.words or "empty"
        place = one.place_words(settings.config_path)
        lines = [f"Value   {value}", f"From    {one.origin.words}"]
        known = PROFILE_KEYS.get(name) or TOP_KEYS.get(name)
        if known is not None:
            in_file = f"Set it in {settings.config_path}; it applies from the next start."
            lines = [known.sentence, "", *lines, "", in_file]
        aliases = (name, name.replace("_", " "), "settings", "configuration")
        yield Offer(
            f"setting:{name}",
            f"setting {name}",
            f"{value}, {place}",
            "setting",
            "",
            aliases,
            " ".join((known.sentence, *known.choices)) if known is not None else "",
            text=tuple(lines),
        )


class _Offers:
    """The offers that match, as rows."""

    def __init__(self, offers: Sequence[Offer]) -> None:
        self.by_id = {offer.id: offer for offer in offers}
        self._keys = tuple(self.by_id)

    def keys(self) -> Sequence[str]:
        return self._keys

    def cells(self, key: str) -> Sequence[Cell]:
        offer = self.by_id[key]
        tone = "dim" if offer.blocked else ""
        parts = () if isinstance(offer.about, str) else parts_of(offer.about)
        about = Cell(plain(offer.about), tone or offer.tone, parts)
        return Cell(offer.name, tone), about, Cell(offer.kind, "dim"), Cell(offer.keys, "dim")


class PaletteScreen(BaseScreen):
    """Commands of a screen by name, and everything loaded, above the screen. `under`: the screen that the commands
    belong to; its row is the one they are about."""

    SHARED = DIALOG

    def __init__(self, under: BaseScreen) -> None:
        super().__init__()
        self.NUMBER = under.NUMBER  # type: ignore[misc]  # its tab stays the active one
        self._under = under
        self._row = under.row
        self._commands = tuple(self._gather())
        state = under.ws.state_folder
        self._plan_files = plan_files(state) if state is not None else ()
        self._shown = _Offers(())

    def _gather(self) -> Iterator[Offer]:
        context: Context = self._under.whole_context()
        for command in self._under.commands.commands:
            if command.name or command.label:
                reason = command.reason(context)
                yield Offer(
                    id=command.id,
                    name=command.name or command.label,
                    about=clause(reason or command.help),
                    keys=" ".join(key_name(key) for key in command.keys[:2]),
                    aliases=(*command.aliases, *([command.label] if command.label else [])),
                    said=command.help,
                    blocked=reason is not None,
                )

    def subtitle(self) -> str | tuple[str, str] | None:
        return self._under.subtitle()

    def compose_body(self) -> ComposeResult:
        with Vertical(id="palette"):
            with Horizontal(id="palette-field"):
                yield OneLine((SECTION, Cell(": ", "strong")), id="palette-sign")
                yield TextField()
                yield OneLine(Cell("commands and everything loaded ", "dim"), id="palette-note")
            yield RowTable(
                [
                    Column("name", "", 30, least=30),
                    Column("about", "", 16, least=12),
                    Column("kind", "", 10, drop=1),
                    Column("keys", "", 6),
                ],
                empty="Nothing matches.",
                show_header=False,
            )
            yield OneLine((SECTION, Cell("enter runs it   tab completes   esc closes", "dim")), id="palette-foot")

    def render_lines(self, crop: Region) -> list[Strip]:
        # What is below shows through: its lines are not all the same, as those of other screens are.
        return Widget.render_lines(self, crop)

    def on_mount(self) -> None:
        self._offer("")
        self.query_one(TextField).focus()

    def _offer(self, typed: str) -> None:
        plans = (*_plans(self.ws.plans.by_name), *plan_file_offers(self._plan_files, typed))
        offers = [*self._commands, *plans, *loaded(self.ws.store, typed), *settings_in_force(self.ws.settings)]
        self._shown = _Offers(ranked(offers, typed))
        self.query_one(RowTable).source = self._shown

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._offer(event.value)

    @on(Input.Submitted)
    def _chosen(self) -> None:
        if (key := self.query_one(RowTable).cursor_key) is not None:
            self._run(key)

    def on_row_table_opened(self, event: RowTable.Opened) -> None:
        event.stop()
        self._run(event.key)

    def on_key(self, event: events.Key) -> None:
        table = self.query_one(RowTable)
        if event.key in {"down", "up", "pagedown", "pageup"} and self.focused is not table:
            event.prevent_default()
            table.on_key(event)
        elif event.key == "tab":
            event.stop()
            event.prevent_default()
            if (key := table.cursor_key) is not None:
                field = self.query_one(TextField)
                field.value = self._shown.by_id[key].name
                field.cursor_position = len(field.value)

    def _run(self, offer_id: str) -> None:
        offer = self._shown.by_id[offer_id]
        if not self.close():
            return
        if offer.place is not None:
            self.program.open(offer.place)
        elif offer.text:
            self.program.push_screen(PagerScreen(f"{offer.name[:1].upper()}{offer.name[1:]}", offer.text))
        else:
            self._under.press(offer.id, self._row)


PaletteScreen.offers((replace(BACK, label="close", side="right"),))
