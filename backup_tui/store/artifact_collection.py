"""Artifacts of the sessions that were opened, with the units behind them as far as they are known."""

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.remembered import NameSource, PointUnit
from backup_tui.models.services import Destination
from backup_tui.store.rows import ArtifactRow, artifact_row, destination_of

SESSIONS_KEPT = 60  # sessions whose artifacts stay in memory

ROWS_KEPT = 30_000
"""Artifacts of all sessions together that stay in memory, about 14 MB: 25 sessions of 1,000 units can run at once."""


class _Table(Struct):
    rows: dict[str, ArtifactRow] = field(default_factory=dict)
    asked_at: float = float("-inf")
    missing: set[str] = field(default_factory=set)
    unit_ids: frozenset[str] | None = None

    @property
    def worth(self) -> tuple[bool, float]:
        """How much it is needed: units that are being restored are looked up by others, too."""
        return any(row.completed is None for row in self.rows.values()), self.asked_at


class ArtifactCollection:
    """Rows of artifacts by session, and the map from restore point to unit."""

    def __init__(self, name_of: Callable[[str], tuple[str, bool]]) -> None:
        self._name_of = name_of
        self._tables: dict[str, _Table] = {}
        self._points: dict[str, PointUnit] = {}

    def of(self, session_id: str) -> Mapping[str, ArtifactRow]:
        table = self._tables.get(session_id)
        return table.rows if table else {}

    def unit_ids(self, session_id: str) -> frozenset[str]:
        """The units of a session, as far as they are known."""
        if (table := self._tables.get(session_id)) is None:
            return frozenset()
        if table.unit_ids is None:
            table.unit_ids = frozenset(row.unit_id for row in table.rows.values() if row.unit_id is not None)
        return table.unit_ids

    def sessions(self) -> Iterable[str]:
        return self._tables.keys()

    def take(
        self, session_id: str, items: Iterable[RestoreArtifact], *, asked_at: float, complete: bool, editable: bool
    ) -> tuple[set[str], list[str]]:
        """Takes an answer in. Returns ids of the rows that differ, and of sessions whose artifacts were let go of."""
        table = self._tables.get(session_id)
        if table is not None and asked_at < table.asked_at:
            return set(), []
        table = self._tables.setdefault(session_id, _Table())
        table.asked_at, table.unit_ids = asked_at, None
        differing: set[str] = set()
        present: set[str] = set()
        for item in items:
            present.add(item.id)
            point_id = item.point_id
            row = artifact_row(session_id, item, self._points.get(point_id))
            old = table.rows.get(item.id)
            if old is not None and row.unit_id is None and old.unit_id is not None and old.point_id == row.point_id:
                row = replace(row, unit_id=old.unit_id, unit_name=old.unit_name, told_by=old.told_by)
            row = self._named(row)
            if row != old:
                table.rows[item.id] = row
                differing.add(item.id)
        if complete:
            absent = table.rows.keys() - present
            leaving = absent if editable else absent & table.missing
            for artifact_id in leaving:
                del table.rows[artifact_id]
            differing |= leaving
            table.missing = set(absent - leaving)
        return differing, self._make_room(session_id)

    def _named(self, row: ArtifactRow) -> ArtifactRow:
        if row.unit_id is None or row.unit_name:
            return row
        name, listed = self._name_of(row.unit_id)
        if not name:
            return row
        return replace(row, unit_name=name, told_by=row.told_by if listed else NameSource.REMEMBERED)

    def fill_names(self) -> dict[str, set[str]]:
        """Looks again for names that were unknown; returns the rows that differ by that, by session."""
        return self._complete(self._named)

    def _complete(self, better_of: Callable[[ArtifactRow], ArtifactRow]) -> dict[str, set[str]]:
        differing: dict[str, set[str]] = {}
        for session_id, table in self._tables.items():
            for artifact_id, row in table.rows.items():
                better = better_of(row)
                if better is not row and better != row:
                    table.rows[artifact_id] = better
                    table.unit_ids = None
                    differing.setdefault(session_id, set()).add(artifact_id)
        return differing

    def _make_room(self, session_id: str) -> list[str]:
        """Lets go of other sessions until everything fits: what has ended first, and what was read longest ago."""
        rows = sum(len(table.rows) for table in self._tables.values())
        if len(self._tables) <= SESSIONS_KEPT and rows <= ROWS_KEPT:
            return []
        others = sorted(self._tables.keys() - {session_id}, key=lambda known: self._tables[known].worth)
        dropped: list[str] = []
        for known in others:
            if len(self._tables) <= SESSIONS_KEPT and rows <= ROWS_KEPT:
                break
            rows -= len(self._tables.pop(known).rows)
            dropped.append(known)
        return dropped

    def learn(self, points: Mapping[str, PointUnit]) -> dict[str, set[str]]:
        """Takes in whose points these are; returns the rows that differ by that, by session."""
        self._points.update(points)

        def told(row: ArtifactRow) -> ArtifactRow:
            known = points.get(row.point_id)
            if known is None or (row.unit_id is not None and (row.unit_name or row.unit_id != known.unit_id)):
                return row
            # A file has its address for a name until its path is known.
            name = known.unit_name or row.unit_name if row.unit_id is None else row.unit_name or known.unit_name
            kept = row.unit_id is not None and bool(row.unit_name)
            return replace(
                row,
                unit_id=known.unit_id,
                unit_name=name or None,
                told_by=row.told_by if kept else known.source,
                point_time=row.point_time or known.protection_time,
                express=row.express or known.express,
            )

        return self._complete(told)

    def destination(self, session_id: str) -> Destination | None:
        """Where the session goes, when all its artifacts say the same."""
        words = {row.destination for row in self.of(session_id).values() if row.destination}
        return destination_of(words.pop()) if len(words) == 1 else None
