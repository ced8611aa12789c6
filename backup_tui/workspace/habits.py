"""What a person did with the lists, for the next start: the filters that were used, and the orders and
columns that were chosen."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace.own_file import OwnFile

HABITS = "habits"  # folder of the files, in the state folder
_VERSION = 1
_MOST_LISTS, _MOST_FILTERS, _MOST_COLUMNS, _LONGEST = 30, 20, 40, 200


class Habits(Struct, frozen=True):
    """What is kept, by the names of the lists."""

    # filters as they were typed, the last one at the end
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    # key of the column, and whether it runs the other way round
    sorts: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    # keys of the columns in the order chosen, with a `-` before those that were hidden
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class HabitsFile:
    """Keeps the habits of one person in one tenant, at one service address."""

    def __init__(self, state_folder: Path, place: str, who: WhoAmI) -> None:
        self._file = OwnFile(state_folder / HABITS, _VERSION, place, who)

    def read(self) -> Habits:
        """What was kept last; empty where nothing is kept that can be trusted."""
        try:
            kept = self._file.read()
            filters = {
                str(name): tuple(text for one in used if (text := safe(str(one)).strip()) and len(text) <= _LONGEST)
                for name, used in kept["filters"].items()
            }
            sorts = {str(name): (str(column), bool(reverse)) for name, (column, reverse) in kept["sorts"].items()}
            columns = {
                str(name): tuple(str(key)[:_LONGEST] for key in chosen[:_MOST_COLUMNS])
                for name, chosen in kept.get("columns", {}).items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, LookupError):
            return Habits()
        return Habits({name: used[-_MOST_FILTERS:] for name, used in filters.items()}, sorts, columns)

    def keep(self, habits: Habits) -> None:
        """Keeps habits in place of those before; where that is not possible, they are left out."""
        filters = {
            name: [text for text in used[-_MOST_FILTERS:] if len(text) <= _LONGEST]
            for name, used in list(habits.filters.items())[:_MOST_LISTS]
        }
        sorts, columns = (dict(list(kept.items())[:_MOST_LISTS]) for kept in (habits.sorts, habits.columns))
        self._file.keep({"filters": filters, "sorts": sorts, "columns": columns})
