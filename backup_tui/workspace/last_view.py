"""The rows that the first screen showed last, so that the next start has something to show while it reads.

Kept in a file for each service address, tenant and person, 0600, in the state folder; nothing of a sign-in is in it.
A file that is damaged, another one's or not private is as good as none.
"""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.private_files import check_owner, make_private_directory, open_private, read_private

_FOLDER = "last-view"
_VERSION = 2
_MOST_BYTES = 65_536
_MOST_ROWS = 60

_LOG = logging.getLogger(__name__)

Rows = tuple[tuple[str, ...], ...]
"""The texts of a table's cells, row by row."""


class LastView(Struct, frozen=True):
    """What was shown, when that was true, and the name of each table to its rows."""

    at: datetime
    tables: Mapping[str, Rows]


class LastViewFile:
    """Keeps the view of one person (or application) in one tenant, at one service address, in the program's own
    folder."""

    def __init__(self, state_folder: Path, place: str, who: WhoAmI) -> None:
        self._owner = [place, who.tenant_id, who.object_id or who.app_id]
        name = hashlib.sha256(json.dumps(self._owner).encode()).hexdigest()[:24]
        self._path = state_folder / _FOLDER / f"{name}.json"

    def read(self) -> LastView | None:
        """What was shown last; `None` where nothing is kept that can be trusted."""
        try:
            kept = json.loads(read_private(self._path, _MOST_BYTES))
            if (kept["version"], kept["owner"]) != (_VERSION, self._owner):
                return None
            at = datetime.fromisoformat(kept["at"])
            if at.tzinfo is None:
                return None
            tables = {
                str(name): tuple(tuple(safe(str(text)) for text in row) for row in rows[:_MOST_ROWS])
                for name, rows in kept["tables"].items()
            }
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        return LastView(at, tables)

    def keep(self, view: LastView) -> None:
        """Keeps a view in place of the one before; where that is not possible, it is left out."""
        rows = {name: rows[:_MOST_ROWS] for name, rows in view.tables.items()}
        kept = {"version": _VERSION, "owner": self._owner, "at": view.at.isoformat(), "tables": rows}
        fresh = self._path.with_suffix(f".{os.getpid()}")
        try:
            make_private_directory(self._path.parent)
            check_owner(self._path.parent)
            with os.fdopen(open_private(fresh, os.O_TRUNC), "w", encoding="utf-8") as file:
                json.dump(kept, file)
            fresh.replace(self._path)
        except OSError as error:
            _LOG.warning("the last view could not be kept: %s", type(error).__name__)
            with suppress(OSError):
                fresh.unlink(missing_ok=True)


def clear_last_views(state_folder: Path | None) -> None:
    """Removes what is kept for everybody on this machine."""
    if state_folder is None:
        return
    with suppress(OSError):
        for file in (state_folder / _FOLDER).iterdir():
            file.unlink(missing_ok=True)
