"""The units of a form with the points that they would go back to, as rows: units without one first, then by gap."""

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
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import shared_part, without_part


class PointRows:
    """Rows of a `RowTable`.

    Args:
        drafting: Whose form.
    """

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting
        self._keys: tuple[str, ...] = ()
        self._names: dict[str, str] = {}
        self._start = ""
        self._form: RestoreForm | None = None

    @property
    def form(self) -> RestoreForm:
        """The form whose units are shown."""
        return self._drafting.form

    def keys(self) -> Sequence[str]:
        """Ids of the units; while a point is not known, its unit stands behind the others."""
        form = self.form
        if form is not self._form:
            self._form = form
            self._names = {unit.unit_id: unit.name or unit.unit_id for unit in form.units}
            self._start = shared_part(self._names.values()) if form.service is Service.SHAREPOINT else ""
        known = [row.unit_id for row in self._drafting.lookups.table(form).rows]
        shown = set(known)
        keys = (*known, *(unit_id for unit_id in form.unit_ids if unit_id not in shown))
        if keys != self._keys:
            self._keys = keys
        return self._keys

    def point(self, unit_id: str) -> UnitPoint | None:
        """The point of a unit, while it is known."""
        return self._drafting.lookups.point(self.form, unit_id)

    def cells(self, key: str) -> Sequence[Cell]:
        """One row."""
        name = Cell(without_part(self._names[key], self._start))
        local = self.form.zone != "UTC"
        row = self.point(key)
        own = key in self.form.own_times
        if row is None:
            looking = "looking" if self._drafting.lookups.looking_points else "not looked for"
            blanks = [Cell("")] * (3 if local else 2)
            return (name, *blanks, Cell("own" if own else looking, "dim"))
        now = self._drafting.now
        kind = Cell(point_kind(row, own), "bad" if not row.usable else "")
        if row.time is None or row.gap is None:
            return (name, Cell("none", "bad"), *([Cell("")] * (2 if local else 1)), kind)
        far = "warn" if row.is_far(now) else ""
        return (
            name,
            Cell(show_utc(row.time, now)),
            *([Cell(_local(row.time, self.form.zone))] if local else []),
            Cell(span_words(row.gap), far),
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
        """The columns for this service and zone."""
        form = self.form
        title = {Service.EXCHANGE: "Mailbox", Service.ONEDRIVE: "Account"}.get(form.service, "Site")
        if self._start:
            title = f"Site in {self._start.partition('://')[2]}"
        city = form.zone.rpartition("/")[2].replace("_", " ")
        now = self._drafting.now
        rows = [row for row in self._drafting.lookups.table(form).rows if row.time and row.gap is not None]
        point = max((width_of(show_utc(row.time, now)) for row in rows if row.time), default=12)
        local = max((width_of(_local(row.time, form.zone)) for row in rows if row.time), default=5)
        gap = max((width_of(span_words(row.gap)) for row in rows if row.gap is not None), default=6)
        utc_only = form.zone == "UTC"
        return (
            Column(
                "unit", title, 24, grow=1, cut="start" if form.service is Service.SHAREPOINT else "middle", least=14
            ),
            Column("point", "Point UTC", max(12, point)),
            *(() if utc_only else (Column("local", city, max(local, min(10, width_of(city))), drop=1),)),
            Column("gap", "Before", max(6, gap)),
            Column("kind", "Kind", 14 if form.own_times or not rows else 8),
        )


def _local(moment: datetime, zone: str) -> str:
    """`14:00` in the zone; with its day where that is another one than in UTC."""
    local = moment.astimezone(named_zone(zone))
    return f"{local:%H:%M}" if local.date() == moment.date() else f"{local.day} {local:%b %H:%M}"
