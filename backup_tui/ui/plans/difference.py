"""How a plan differs from the drafts that were made for it: shown before its check, for a plan that has drafts."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.focus import Focus
from backup_tui.models.text import short_id
from backup_tui.plans.difference import ADDED, CHANGED, REMOVED, PlanDifference
from backup_tui.store.filters import Term, parse_filter, text_matches
from backup_tui.ui.frame.commands import OPEN, Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.shared_commands import BACK
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell

_TONES = {ADDED: "good", REMOVED: "bad", CHANGED: "warn"}
_MEANING = {
    ADDED: "It is in the plan, and in no draft.",
    REMOVED: "It is in a draft, and no longer in the plan.",
    CHANGED: "It is in a draft, and the plan has it otherwise.",
}


class DifferentRow(Struct, frozen=True):
    """One difference: of a unit, of a value of the plan file, or of a draft at the service."""

    sign: str  # `+`, `-` or `~`
    name: str
    wave: str  # the wave of a unit
    what: str  # what differs
    about: tuple[str, ...] = ()  # what follows from it, in sentences


def rows_of(difference: PlanDifference) -> tuple[DifferentRow, ...]:
    """Values of the plan first, then drafts, then units."""
    settings = (DifferentRow(CHANGED, "plan file", "", line) for line in difference.settings)
    drafts = (DifferentRow(CHANGED, "at the service", "", line) for line in difference.drafts)
    units = (
        DifferentRow(
            row.sign,
            row.name,
            row.wave,
            row.what,
            (
                _MEANING[row.sign],
                *([f"Session {short_id(row.session_id)}."] if row.session_id else []),
                *(["That session has started: nothing can be changed in it."] if row.started else []),
            ),
        )
        for row in difference.rows
    )
    return (*settings, *drafts, *units)


def _has(row: DifferentRow, term: Term) -> bool:
    return text_matches((row.sign, row.name, row.wave, row.what), term.text)


class DifferenceScreen(ListScreen):
    """The differences of a plan."""

    NUMBER = 1
    COLUMNS = (
        Column("sign", "", 1),
        Column("name", "Unit", 26, cut="middle", least=16, always=True),
        Column("wave", "Wave", 10, least=6, drop=1),
        Column("what", "What differs", 24, least=16, grow=1, always=True),
    )
    GAP = 2
    PANE_LINES = 3

    def __init__(self, name: str, difference: PlanDifference) -> None:
        super().__init__()
        self._plan = name
        self._difference = difference
        self._rows = rows_of(difference)

    def focus_on(self) -> Focus:
        return Focus(screen="form")

    def keys(self) -> Sequence[str]:
        wanted = parse_filter(self.filter_text)
        return [str(number) for number, row in enumerate(self._rows) if wanted.keeps(row, _has)]

    def cells(self, key: str) -> Sequence[Cell]:
        row = self._rows[int(key)]
        return (Cell(row.sign, _TONES[row.sign]), Cell(row.name), Cell(row.wave), Cell(row.what))

    def heading(self) -> Section:
        return Section(f"Differences {self._plan}", "", self._difference.words)

    def total(self) -> int:
        return len(self._rows)

    def empty_words(self) -> str:
        return "   No difference matches. Esc clears the filter."

    def about(self, key: str) -> Sequence[Section | str]:
        row = self._rows[int(key)]
        return [Section(f"{row.sign} {row.name}", right=row.wave), row.what, *row.about]

    def open_row(self, row: str | None) -> None:
        """`enter`: on to the check."""
        self.close()

    def show_all(self, row: str | None) -> None:
        lines = [
            f"{one.sign} {'   '.join(part for part in (one.name, one.wave, one.what) if part)}" for one in self._rows
        ]
        self.program.push_screen(PagerScreen(f"Differences of {self._plan}", [self._difference.words, "", *lines]))


# fmt: off
COMMANDS: Commands[DifferenceScreen, Context] = (
    replace(OPEN, label="the check", help="On to the check of the plan as it is now.", weight=0),
    Command("show_all", ("v",), "everything", "All differences as text, to search and copy.",
            run=DifferenceScreen.show_all),
    FILTER,
    replace(BACK, label="the check", side="right", help="On to the check of the plan as it is now."),
)
# fmt: on
DifferenceScreen.offers(COMMANDS)
