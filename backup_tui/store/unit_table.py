"""The protection units of one service: 100,000 rows and more that can be filtered at every key press."""

from collections.abc import Callable, Iterator, Mapping, ValuesView
from typing import Any

from backup_tui.models.remembered import UnitName
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit
from backup_tui.store.rows import UnitRow, unit_row

_SEGMENT = 8192  # rows whose search text is one string: most needles are ruled out for all of them by one look


class UnitTable(Mapping[str, UnitRow]):
    """Rows of units by id, in the order in which the service lists them. `moved`: a unit came twice in the last read,
    so others may have slipped between its pages: counts are about right."""

    def __init__(self, service: Service, names: Mapping[str, UnitName]) -> None:
        self.service = service
        self.complete = False
        self.moved = False
        self.version = 0
        self._rows: dict[str, UnitRow] = {}
        self._names = names
        self._extras: dict[str, Mapping[str, Any]] = {}
        self._seen: set[str] | None = None
        self._changed_by_us: dict[str, float] = {}
        self._segments: list[str] = []
        self._orders: dict[str, tuple[int, list[str]]] = {}

    def __getitem__(self, unit_id: str) -> UnitRow:
        return self._rows[unit_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._rows

    def values(self) -> ValuesView[UnitRow]:
        return self._rows.values()

    def extra(self, unit_id: str) -> Mapping[str, Any]:
        """Members of a unit that the row has no place for, under the service's names; empty for most."""
        return self._extras.get(unit_id, {})

    def take_one(self, unit: ProtectionUnit, *, asked_at: float, changed: bool) -> bool:
        """Takes news of a listed unit in; returns whether its row differs. One that is not listed stays unlisted."""
        if asked_at < self._changed_by_us.get(unit.id, float("-inf")):
            return False
        if changed:
            self._changed_by_us[unit.id] = asked_at
        old = self._rows.get(unit.id)
        if old is None:
            return False
        row = unit_row(unit, self.service, self._names.get(unit.id))
        extra = self._extras.get(unit.id)
        self._keep_extra(unit)
        if row == old:
            return extra != self._extras.get(unit.id)
        self._rows[unit.id] = row
        self._touched({unit.id}, True)
        return True

    def take(
        self, items: tuple[ProtectionUnit, ...], *, first: bool, last: bool, asked_at: float = float("inf")
    ) -> set[str]:
        """Takes a page in; returns the ids of rows that differ."""
        if first:
            self.complete = self.moved = False
            self._seen = set() if self._rows else None
        before = self._rows if self._seen is None else self._seen
        self.moved = self.moved or any(map(before.__contains__, [unit.id for unit in items]))
        differing: set[str] = set()
        replaced = False
        for unit in items:
            row = unit_row(unit, self.service, self._names.get(unit.id))
            old = self._rows.get(unit.id)
            if self._seen is not None:
                self._seen.add(unit.id)
            if self._changed_by_us and asked_at < self._changed_by_us.get(unit.id, float("-inf")):
                continue
            self._keep_extra(unit)
            if row == old:
                continue
            replaced = replaced or old is not None
            self._rows[unit.id] = row
            differing.add(unit.id)
        if last:
            if self._seen is not None:
                leaving = self._rows.keys() - self._seen
                for unit_id in leaving:
                    del self._rows[unit_id]
                    self._extras.pop(unit_id, None)
                replaced = replaced or bool(leaving)
                differing |= leaving
            self._seen = None
            self.complete = True
        self._touched(differing, replaced)
        return differing

    def failed(self) -> None:
        """The list could not be read to its end: what came stays, and nothing is concluded from what did not."""
        self.complete = False
        self._seen = None

    def learn(self, names: Mapping[str, UnitName]) -> set[str]:
        """Takes in last known names for rows that came without; returns the ids of rows that differ."""
        differing: set[str] = set()
        for unit_id, known in names.items():
            row = self._rows.get(unit_id)
            if row is None or not (row.deleted or not (row.address or row.title)):
                continue
            address, title = known.address or "", known.title or ""
            if (address or title) and (address, title) != (row.address, row.title):
                self._rows[unit_id] = UnitRow(
                    row.id,
                    row.service,
                    address,
                    title,
                    row.status,
                    row.policy_id,
                    row.object_id,
                    row.sources,
                    row.created,
                    deleted=True,
                    terms=row.terms,
                )
                differing.add(unit_id)
        self._touched(differing, bool(differing))
        return differing

    def _keep_extra(self, unit: ProtectionUnit) -> None:
        sent = unit.extra
        bare = len(sent) == 1 and "@odata.type" in sent  # as nearly all are
        extra = {} if bare else {key: value for key, value in sent.items() if not key.startswith("@odata")}
        if unit.error is not None:
            extra["error"] = unit.error.raw()
        if unit.offboard_requested_date_time is not None:
            extra["offboardRequestedDateTime"] = unit.offboard_requested_date_time.isoformat()
        extra.update(unit.unread)
        if extra:
            self._extras[unit.id] = extra
        elif unit.id in self._extras:
            del self._extras[unit.id]

    def _touched(self, differing: set[str], replaced: bool) -> None:
        if not differing:
            return
        self.version += 1
        if replaced:
            self._segments.clear()
            self._orders.clear()

    # -- finding ---------------------------------------------------------------------------------------------

    def _search_text(self) -> list[str]:
        """Lower-case address and title of every row, a line each, in segments; only new rows are added."""
        whole = (len(self._segments) - 1) * _SEGMENT if self._segments else 0
        have = whole + self._segments[-1].count("\n") + 1 if self._segments else 0
        if have != len(self._rows):
            rows = list(self._rows.values())
            del self._segments[max(0, len(self._segments) - 1) :]
            for start in range(len(self._segments) * _SEGMENT, len(rows), _SEGMENT):
                self._segments.append("\n".join([_line(row) for row in rows[start : start + _SEGMENT]]).lower())
        return self._segments

    def positions(self, needle: str) -> set[int]:
        """Places (in listing order) of the rows whose address or title has `needle`, given in lower case."""
        found: set[int] = set()
        for number, segment in enumerate(self._search_text()):
            if needle in segment:
                start = number * _SEGMENT
                found.update([start + place for place, line in enumerate(segment.split("\n")) if needle in line])
        return found

    def order(self, name: str, key: Callable[[UnitRow], Any]) -> list[str]:
        """Ids sorted by `key`, kept until a row changes; rows that were added are merged in."""
        version, ids = self._orders.get(name, (-1, []))
        if version == self.version and len(ids) == len(self._rows):
            return ids
        if ids:
            known = set(ids)
            ids = ids + [unit_id for unit_id in self._rows if unit_id not in known]
        else:
            ids = list(self._rows)
        rows = self._rows
        ids.sort(key=lambda unit_id: key(rows[unit_id]))
        self._orders[name] = (self.version, ids)
        return ids


def _line(row: UnitRow) -> str:
    return f"{row.address}\t{row.title}" if row.address or row.title else row.object_id
