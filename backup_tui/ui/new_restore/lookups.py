"""Lookups for a form: the units of its names and the points of its units, each requested once."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.changes.context import Progress
from backup_tui.config import named_zone
from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import Express, FormUnit, RestoreForm
from backup_tui.restore.drafts.form_check import FormContext, moment_problem
from backup_tui.restore.names.names import UnitList
from backup_tui.restore.names.resolve import NameProblem, NoneKnown, Reason, Resolution, resolve
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.points.moments import parse_moment
from backup_tui.restore.points.points import NamedUnit, PointTable, PointWish, UnitPoint, find_points, largest_gap_first
from backup_tui.store.summary import excluded_names
from backup_tui.ui.new_restore.as_plan import plan_words
from backup_tui.workspace import Workspace
from backup_tui.workspace.units_at_hand import read_units, units_at_hand


class _Wish(Struct, frozen=True):
    """All that a point depends on; equal wishes have the same point."""

    unit_id: str
    service: Service
    moment: str
    asked_at: datetime | None
    zone: str
    express: Express
    within: timedelta


class Lookups:
    """Looks names and points up for one form."""

    def __init__(self, workspace: Workspace) -> None:
        self._ws = workspace
        self._index: tuple[Service, int, UnitIndex] | None = None
        self._points: dict[_Wish, UnitPoint] = {}
        self._search = 0
        self.looking_names = False  # names are being looked up
        self.looking_points = False  # points are being looked for
        self.progress: Progress | None = None  # how far the search for points has come
        self.names_error: BackupTuiError | None = None  # why names could not be looked up; `None` when they could
        self.points_error: BackupTuiError | None = None  # why points could not be looked for
        self.none_known: NoneKnown | None = None  # set while the last list had not one name that is known here

    # -- names -----------------------------------------------------------------------------------------------

    def index(self, service: Service) -> UnitIndex:
        """The known units of a service, laid out for look-ups; made again only when they changed."""
        table = self._ws.store.units[service]
        if self._index is None or self._index[:2] != (service, table.version):
            remembered = (name for name in self._ws.store.names.values() if name.service is service)
            out = excluded_names(self._ws.store, service)
            self._index = (service, table.version, UnitIndex(table.values(), remembered, out))
        return self._index[2]

    async def resolve(self, current: Callable[[], RestoreForm]) -> RestoreForm | None:
        """Looks the waiting names up. Returns the form with what became of its names; `None` when nothing was waiting,
        or they could not be looked up (`names_error`). `current`: gives the form as it is; asked again after the units
        were read, for it may have changed."""
        self.looking_names, self.names_error = True, None
        try:
            await read_units(self._ws, current().service)
            form = current()
            if not form.waiting or not units_at_hand(self._ws, form.service):
                return None
            resolution = self._resolution(form)
            self.none_known = resolution.none_known if not form.units else None
            return form.with_resolution(resolution)
        except BackupTuiError as error:
            self.names_error = error
            return None
        finally:
            self.looking_names = False

    def _resolution(self, form: RestoreForm) -> Resolution:
        names = UnitList(tuple(name for name in form.waiting if not form.is_elsewhere(name)))
        found = resolve(names, self.index(form.service), form.service, app_only=self._ws.who.app_only)
        others = tuple(NameProblem(name, Reason.NO_SUCH) for name in form.waiting if form.is_elsewhere(name))
        return replace(found, problems=(*found.problems, *others)) if others else found

    # -- points ----------------------------------------------------------------------------------------------

    def _wish(self, form: RestoreForm, unit_id: str) -> _Wish:
        own = form.own_times.get(unit_id)
        text, asked = " ".join((own or form.moment).split()), None if own else form.asked_at
        return _Wish(unit_id, form.service, text, asked, form.zone, form.express, form.express_within)

    def point(self, form: RestoreForm, unit_id: str) -> UnitPoint | None:
        """The point found for a unit of the form; `None` while it has not been looked for."""
        return self._points.get(self._wish(form, unit_id))

    def is_plan(self, form: RestoreForm) -> bool:
        """Whether a form takes a plan and not a draft."""
        return form.is_plan(self.limits.units)

    def plan_words(self, form: RestoreForm) -> str:
        """`a plan of 10 sessions`."""
        return plan_words(form, self.limits.units)

    def lacking(self, form: RestoreForm) -> tuple[FormUnit, ...]:
        """Units whose point has not been looked for, and whose time is one that can be looked for; none of a form that
        becomes a plan, whose check looks for the points of all."""
        if self.is_plan(form) or (form.express is Express.PREFER and not form.service.has_express_points):
            return ()
        now = self._ws.clock.now()
        fits: dict[str, bool] = {}
        found: list[FormUnit] = []
        for unit in form.units:
            wish = self._wish(form, unit.unit_id)
            if wish in self._points:
                continue
            if wish.moment not in fits:
                fits[wish.moment] = moment_problem(wish.moment, form.zone, now, wish.asked_at) is None
            if fits[wish.moment]:
                found.append(unit)
        return tuple(found)

    async def find(self, form: RestoreForm, on_progress: Callable[[], None]) -> None:
        """Looks for the points that lack; what goes wrong is in `points_error`."""
        lacking = self.lacking(form)
        if not lacking:
            return
        self._search += 1
        search = self._search
        self.looking_points, self.points_error, self.progress = True, None, None

        def told(progress: Progress) -> None:
            if search == self._search:
                self.progress = progress
                on_progress()

        try:
            found = await find_points(
                self._ws.context,
                [NamedUnit(unit.unit_id, form.service, unit.name) for unit in lacking],
                self._asked(form, lacking),
                told,
            )
            self._points.update({self._wish(form, row.unit_id): row for row in found.rows})
        except BackupTuiError as error:
            if search == self._search:
                self.points_error = error
        finally:
            if search == self._search:  # a search that was overtaken ends after the newer one has begun
                self.looking_points, self.progress = False, None

    def _asked(self, form: RestoreForm, units: tuple[FormUnit, ...]) -> PointWish:
        zone, now = named_zone(form.zone), self._ws.clock.now()
        own = {
            unit.unit_id: parse_moment(form.own_times[unit.unit_id], zone, now)
            for unit in units
            if unit.unit_id in form.own_times
        }
        try:
            moment = parse_moment(form.moment, zone, now, form.asked_at)
        except UsageError:
            # Only units with a time of their own are looked for then, so any moment will do for the others.
            moment = next(iter(own.values()))
        return PointWish(moment, own, form.express is Express.PREFER, form.express_within)

    def table(self, form: RestoreForm) -> PointTable:
        rows = [row for unit in form.units if (row := self.point(form, unit.unit_id)) is not None]
        return PointTable(tuple(sorted(rows, key=largest_gap_first)))

    def context(self, form: RestoreForm) -> FormContext:
        rows = {unit.unit_id: self.point(form, unit.unit_id) for unit in form.units}
        without = frozenset(unit_id for unit_id, row in rows.items() if row is not None and not row.usable)
        whole = bool(rows) and all(row is not None for row in rows.values())
        looking = self.looking_names or self.looking_points
        return FormContext(self._ws.clock.now(), without if whole else None, looking, self.limits)

    @property
    def limits(self) -> ServiceLimits:
        return self._ws.settings.limits

    def forget_points(self) -> None:
        """The points are looked for again, for new ones are made all the time."""
        self._points.clear()
        self.points_error = None
