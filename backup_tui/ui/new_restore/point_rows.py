"""The units of a form with the points they would be restored to, as rows: units without one first, then by gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from backup_tui.config import named_zone
from backup_tui.models.services import Service
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.points.moments import show_utc
from backup_tui.restore.points.points import UnitPoint
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.text import point_kind
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, shown_part, without_part


class PointRows:
    """Rows of a `RowTable`."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting
        self._keys: tuple[str, ...] = ()
        self._names: dict[str, str] = {}
        self._start = ""
        self._form: RestoreForm | None = None

    @property
    def form(self) -> RestoreForm:
        return self._drafting.form

    def keys(self) -> Sequence[str]:
        form = self.form
        if form is not self._form:
            self._form = form
            self._names = {unit.unit_id: unit.name or unit.unit_id for unit in form.units}
            self._start = shared_part(self._names.values())
        known = [row.unit_id for row in self._drafting.lookups.table(form).rows]
        shown = set(known)
        keys = (*known, *(unit_id for unit_id in form.unit_ids if unit_id not in shown))
        if keys != self._keys:
            self._keys = keys
        return self._keys

    def point(self, unit_id: str) -> UnitPoint | None:
        return self._drafting.lookups.point(self.form, unit_id)

    def cells(self, key: str) -> Sequence[Cell]:
        name = without_part(self._names[key], self._start)
        local = self.form.zone != "UTC"
        row = self.point(key)
        own = key in self.form.own_times
        blank = [Cell("")] * (2 if local else 1)
        if row is None:
            looking = "looking" if self._drafting.lookups.looking_points else "not yet"
            return (Cell(name), Cell("own time" if own else looking, "dim"), *blank, Cell(""))
        now = self._drafting.now
        tone = "bad" if not row.usable else "warn" if row.is_far(now) else ""
        kind = Cell(point_kind(row, own) if row.time else "own time" if own else "", tone if not row.usable else "")
        if row.time is None or row.gap is None:
            return (Cell(name, tone), Cell("none", tone), *blank, kind)
        return (
            Cell(name, tone),
            Cell(show_utc(row.time, now)),
            *([Cell(_local(row.time, self.form.zone))] if local else []),
            Cell(span_words(row.gap), tone),
            kind,
        )

    def flags(self) -> dict[str, str]:
        """`!` at rows that want a look: no point, a far one, or not taken by the service."""
        now = self._drafting.now
        flags = dict.fromkeys(self._drafting.not_in_it, "!")
        for row in self._drafting.lookups.table(self.form).rows:
            if not row.usable or row.is_far(now):
                flags[row.unit_id] = "!"
        return flags

    def columns(self) -> tuple[Column, ...]:
        self.keys()
        service, zone = self.form.service, self.form.zone
        title = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account"}.get(service, "Site")
        city = zone.rpartition("/")[2].replace("_", " ")
        return (
            Column("unit", f"{title} {shown_part(self._start)}".rstrip(), 26, cut="middle", least=14),
            Column("point", "Point UTC", 12),
            *(() if zone == "UTC" else (Column("local", city, 7, drop=1),)),
            Column("gap", "Earlier", 7),
            Column("kind", "Kind", 8),
        )


def _local(moment: datetime, zone: str) -> str:
    """`14:00` in the zone; with its day where that is another one than in UTC."""
    local = moment.astimezone(named_zone(zone))
    return f"{local:%H:%M}" if local.date() == moment.date() else f"{local.day} {local:%b %H:%M}"
