"""Names that were not added to a policy, each with the reason and what to do, to work through and to take away."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from backup_tui.models.focus import Focus
from backup_tui.models.people import NameTrouble
from backup_tui.models.text import counted
from backup_tui.protection.bulk_troubles import HEADINGS, trouble_remedy, trouble_words
from backup_tui.restore.report import as_csv
from backup_tui.store.changes import Topic
from backup_tui.store.filters import Term, parse_filter, text_matches
from backup_tui.ui.frame.clipboard import copy
from backup_tui.ui.frame.commands import Command, Commands, Context
from backup_tui.ui.frame.listing import FILTER, ListScreen
from backup_tui.ui.frame.save_file import SaveFile
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.table import Cell


class NameRow(Struct, frozen=True):
    """A name that was not added. `line`: of the list, 0 where it is unknown."""

    name: str
    line: int
    problem: str
    remedy: str
    code: str = ""
    words: str = ""


def trouble_row(trouble: NameTrouble) -> NameRow:
    """What the service says about one name."""
    name = trouble.name or "a name that is not reported"
    return NameRow(name, 0, trouble_words(trouble), trouble_remedy(trouble), trouble.code, trouble.message)


def _has(row: NameRow, term: Term) -> bool:
    return text_matches((row.name, row.problem, row.remedy, row.code), term.text)


class JobNames(ListScreen):
    """The names as a list. `title`: what they were not added to. `rows`: gives them, also when they change."""

    NUMBER = 2
    COLUMNS = (
        Column("name", "Name", 30, cut="middle", least=20, always=True),
        Column("problem", "Problem", 18, always=True),
        Column("remedy", "What to do", 26, least=18),
    )
    TOPICS = frozenset({Topic.INCLUSION})
    PANE_LINES = 3

    def __init__(self, title: str, rows: Callable[[], Sequence[NameRow]]) -> None:
        super().__init__()
        self._title, self._given = title, rows
        self._rows: dict[str, NameRow] = {}

    def focus_on(self) -> Focus:
        return Focus(screen="form")

    def keys(self) -> Sequence[str]:
        wanted = parse_filter(self.filter_text)
        self._rows = {
            f"{number} {row.name}": row for number, row in enumerate(self._given()) if wanted.keeps(row, _has)
        }
        return list(self._rows)

    def total(self) -> int:
        return len(self._given())

    def cells(self, key: str) -> Sequence[Cell]:
        row = self._rows[key]
        return (Cell(row.name), Cell(row.problem, "bad"), Cell(row.remedy))

    def heading(self) -> Section:
        total = counted(len(self._given()), "name")
        found = f'{len(self._rows):,} of {total} match "{self.filter_text}"' if self.filter_text else total
        return Section(self._title, right=found)

    def empty_words(self) -> str:
        if self.filter_text:
            return f'No name matches "{self.filter_text}". Esc clears the filter.'
        return "Every name was added."

    def about(self, key: str) -> Sequence[Section | str]:
        row = self._rows.get(key)
        if row is None:
            return []
        where = f"line {row.line}" if row.line else ""
        lines = [f"Not added: {row.problem}. {row.remedy}"]
        if row.words:
            lines.append(f"The service says: {row.words.rstrip('.')}{f' ({row.code})' if row.code else ''}.")
        return [Section(row.name, right=where), *lines]

    def as_table(self) -> str:
        """The names as a list to correct, in CSV."""
        rows = [(row.name, str(row.line or ""), row.problem, row.remedy, row.code) for row in self._given()]
        return as_csv(HEADINGS, rows)

    def save(self, row: str | None) -> None:
        async def made() -> str:
            return self.as_table()

        self.program.push_screen(SaveFile(self._title, "names-to-correct.csv", made, what="Names"))

    def copy_names(self, row: str | None) -> None:
        names = [each.name for each in self._given()]
        self.say(copy(self.app, "\n".join(names), counted(len(names), "name")))


# fmt: off
COMMANDS: Commands[JobNames, Context] = (
    Command("save", ("e",), "save to a file",
            "Saves the names with their problems, as a list that can be corrected and added again.",
            run=JobNames.save, weight=0),
    Command("copy", ("y",), "copy names", "Copies the names, one a line.", run=JobNames.copy_names, weight=1),
    FILTER,
)
# fmt: on
JobNames.offers(COMMANDS)
