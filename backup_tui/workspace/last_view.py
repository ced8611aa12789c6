"""The rows that the first screen showed last, so that the next start has something to show while it reads."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace.habits import HABITS
from backup_tui.workspace.last_place import LAST_PLACE
from backup_tui.workspace.own_file import OwnFile, clear_folder

_FOLDER = "last-view"
_VERSION = 2
_MOST_ROWS = 60

Rows = tuple[tuple[str, ...], ...]  # the texts of a table's cells, row by row


class LastView(Struct, frozen=True):
    """What was shown, when that was true, and the name of each table to its rows."""

    at: datetime
    tables: Mapping[str, Rows]


class LastViewFile:
    """Keeps the view of one person (or application) in one tenant, at one service address, in the program's own
    folder."""

    def __init__(self, state_folder: Path, place: str, who: WhoAmI) -> None:
        self._file = OwnFile(state_folder / _FOLDER, _VERSION, place, who)

    def read(self) -> LastView | None:
        """What was shown last; `None` where nothing is kept that can be trusted."""
        try:
            kept = self._file.read()
            at = datetime.fromisoformat(kept["at"])
            if at.tzinfo is None:
                return None
            tables = {
                str(name): tuple(tuple(safe(str(text)) for text in row) for row in rows[:_MOST_ROWS])
                for name, rows in kept["tables"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, LookupError):
            return None
        return LastView(at, tables)

    def keep(self, view: LastView) -> None:
        """Keeps a view in place of the one before; where that is not possible, it is left out."""
        rows = {name: rows[:_MOST_ROWS] for name, rows in view.tables.items()}
        self._file.keep({"at": view.at.isoformat(), "tables": rows})


def clear_last_views(state_folder: Path | None) -> None:
    """Removes what is kept for everybody on this machine, of the first screen and of lists."""
    if state_folder is not None:
        for folder in (_FOLDER, HABITS, LAST_PLACE):
            clear_folder(state_folder / folder)
