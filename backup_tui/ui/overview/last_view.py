"""What the overview shows until the first answers arrive: the rows of the last visit, dim, with their age."""

from collections.abc import Callable, Sequence
from typing import Any

from backup_tui.store import freshness as fresh
from backup_tui.store.freshness import Key
from backup_tui.ui.widgets.rows import Cell, RowSource
from backup_tui.ui.widgets.time_format import clock_words
from backup_tui.workspace import Workspace
from backup_tui.workspace.last_view import LastView, LastViewFile
from backup_tui.workspace.own_file import file_of

LAST_ROW = "last"  # first part of the keys of rows of the last time; nothing can be done with them

_READS = {
    "running": (fresh.SESSIONS,),
    "needs": (fresh.SESSIONS,),
    "backup": (fresh.POLICIES, fresh.SESSIONS),
    "service": (fresh.SERVICE_ROOT,),
}
"""Tables to the collections whose answers take the place of their rows."""

KEEP_EVERY = 60.0  # least seconds between two times that the view is kept; leaving keeps it in any case


class LastRows:
    """Rows of the last time, as long as they are the best that there is. `workspace`: gives a function that returns the
    workspace that is shown."""

    def __init__(self, workspace: Callable[[], Workspace]) -> None:
        self._workspace = workspace
        self._file: LastViewFile | None = None
        self._view: LastView | None = None
        self._kept_at: float | None = None
        self._sources: dict[str, RowSource] = {}
        self._columns: dict[str, int] = {}

    def look(self) -> None:
        """Reads the file, once it is known whose it is."""
        if self._file is None and (file := file_of(self._workspace(), LastViewFile)) is not None:
            self._file, self._view = file, file.read()

    def in_place_of(self, table: str, source: RowSource, columns: int) -> RowSource:
        """A source that shows the rows of the last time until those of `source` are read; its rows are what is kept.
        Rows with another number of columns are of another version, or damaged, and are left out."""
        self._sources[table], self._columns[table] = source, columns
        return _Until(self, table, source)

    def rows(self, table: str) -> tuple[tuple[str, ...], ...]:
        """The rows to show in a table; none once it was read, or where nothing was kept."""
        if self._view is None or all(not self._never_read(name) for name in _READS[table]):
            return ()
        return tuple(row for row in self._view.tables.get(table, ()) if len(row) == self._columns[table])

    def as_of(self, table: str) -> str:
        """`as of 29 Nov 18:40` while a table shows rows of the last time, else empty."""
        return f"as of {self.time}" if self.rows(table) else ""

    @property
    def time(self) -> str:
        """`29 Nov 18:40`, when the view was true; empty where nothing was kept."""
        ws = self._workspace()
        return clock_words(self._view.at, ws.zone, ws.clock.now()) if self._view is not None else ""

    def keep(self, *, leaving: bool = False) -> None:
        """Keeps what there is to show, if all of it was read and somebody is signed in."""
        ws = self._workspace()
        if self._file is None or ws.store.connection.signed_out_since is not None:
            return
        if any(not ws.store.freshness(name).complete for names in _READS.values() for name in names):
            return
        now = ws.clock.monotonic()
        if not leaving and self._kept_at is not None and now - self._kept_at < KEEP_EVERY:
            return
        self._kept_at = now
        shown = {
            table: tuple(tuple(cell.text for cell in source.cells(key)) for key in tuple(source.keys()))
            for table, source in self._sources.items()
        }
        self._file.keep(LastView(ws.clock.now(), shown))

    def _never_read(self, collection: Key[Any]) -> bool:
        return self._workspace().store.freshness(collection).never_read


class _Until:
    """A table's source that shows other rows until its own are read."""

    def __init__(self, last: LastRows, table: str, source: RowSource) -> None:
        self._last = last
        self._table = table
        self._source = source

    def keys(self) -> Sequence[str]:
        last = self._last.rows(self._table)
        return tuple(f"{LAST_ROW}:{number}" for number in range(len(last))) or self._source.keys()

    def cells(self, key: str) -> Sequence[Cell]:
        kind, _, number = key.partition(":")
        if kind != LAST_ROW:
            return self._source.cells(key)
        rows = dict(enumerate(self._last.rows(self._table)))
        *texts, last = rows[int(number)]
        key = "" if self._table == "needs" else last  # no key deals with what is only remembered
        return [Cell(text, "dim") for text in (*texts, key)]
