"""Sorts the names of a plan: found, twice, to fix or left out. Pure; every name ends in exactly one of the four."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import asdict, replace

from backup_tui.config import named_zone
from backup_tui.config.nearest import nearest
from backup_tui.errors import UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.matching import TenantUnits
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeProblem, ScopeResult, ScopeRow
from backup_tui.plans.waves import Placing, WaveNames, wave_of_word
from backup_tui.restore.names.columns import RowCells
from backup_tui.restore.names.names import Duplicate, UnitList, WrittenName, kind_of, normalise
from backup_tui.restore.names.resolve import NameProblem, Reason
from backup_tui.restore.names.services import service_of_cell
from backup_tui.restore.points.moments import parse_moment
from backup_tui.restore.points.points import NamedUnit
from backup_tui.store.rows import UnitRow

_DESTINATIONS = {
    Destination.NEW: "new newaddress newfolder newlocation newurl newsite copy neu neueadresse nouveau nuevo nuovo",
    Destination.IN_PLACE: "inplace overwrite original originallocation rollback anortundstelle ueberschreiben surplace",
}
_DESTINATION = {word: destination for destination, words in _DESTINATIONS.items() for word in words.split()}
_RENAME = "If the column means something else, rename it."
_WEST, _EAST = ZoneInfo("Etc/GMT+11"), ZoneInfo("Etc/GMT-14")


def destination_of_cell(text: str) -> Destination | None:
    """The destination that a cell of a table names: `in place`, `new address`; `None` when it names none."""
    return _DESTINATION.get(_plain(text))


def services_in(plan: Plan, names: Sequence[WrittenName]) -> tuple[Service, ...]:
    """The services among whose units the names are looked for."""
    told = {service_of_cell(name.cells.service) if name.cells.service else plan.service for name in names}
    return tuple(Service) if None in told else tuple(service for service in Service if service in told)


class Sorting:
    """The names of a plan, being sorted. `units`: the units of the tenant, as far as they are needed. `headings`: what
    the columns of the list are called, by the fields of `RowCells`."""

    def __init__(
        self,
        plan: Plan,
        units: TenantUnits,
        waves: Sequence[WaveNames],
        now: datetime,
        headings: Mapping[str, str],
    ) -> None:
        self._plan, self._units, self._waves, self._now, self._headings = plan, units, waves, now, headings
        self._zone = named_zone(plan.zone)
        self._left_out = {normalise(text): text for text in plan.scope.left_out}
        self._chosen = {normalise(text): unit_id for text, unit_id in plan.scope.chosen.items()}
        self._used: set[str] = set()
        self._out: set[str] = set()
        self._found: dict[str, tuple[NamedUnit, UnitRow, WrittenName]] = {}
        self._moments: dict[str, str] = {}
        self._texts: dict[tuple[str, str], str] = {}
        self.problems: list[ScopeProblem] = []
        self.twice: list[Duplicate] = []
        self.left_out: list[str] = []

    def take_list(self, names: UnitList) -> None:
        """Takes all names of a list, and the repetitions in it. A unit that is left out under one of its names does not
        come back under another."""
        for name in names.lines:
            if normalise(name.text) not in self._left_out or self._wrong_cells(name):
                continue
            if not isinstance(unit := self._match(name), ScopeProblem):
                self._out.add(unit.id)
        for name in names.lines:
            self.take(name)
        by_line = {name.line: name for name in names.lines}
        for again in names.duplicates:
            self._take_again(again, by_line[again.first_line].cells)

    def take(self, name: WrittenName, known: UnitRow | None = None) -> None:
        """Takes one name. `known`: its unit; looked for where it is not given."""
        key = normalise(name.text)
        if key in self._left_out:
            self._used.add(key)
            self.left_out.append(name.text)
            return
        unit = known or self._match(name)
        if not isinstance(unit, ScopeProblem) and (unit.id in self._out or unit.id.casefold() in self._left_out):
            self._used.add(unit.id.casefold())
            self.left_out.append(name.text)
            return
        wrong = self._wrong_cells(name)
        if isinstance(unit, ScopeProblem):
            self.problems.append(replace(unit, words=" ".join((unit.words, wrong))) if wrong else unit)
        elif wrong:
            problem = NameProblem(name, Reason.WRONG_CELL)
            self.problems.append(ScopeProblem(problem, unit.service, wrong, {}))
        elif unit.id in self._found:
            first = self._found[unit.id][2]
            self._take_again(Duplicate(name.line, first.line, name.text, name.cells), first.cells)
        else:
            self._found[unit.id] = (NamedUnit(unit.id, unit.service, unit.address, unit.title), unit, name)

    def result(self, remarks: Sequence[str], lines: int) -> ScopeResult:
        """What became of all names that were taken, those of the waves placed."""
        elsewhere = [*map(normalise, self.left_out), *(normalise(one.problem.written.text) for one in self.problems)]
        found = [(unit, name) for _, unit, name in self._found.values()]
        places = Placing(self._plan, self._waves, found, self._units, elsewhere).places()
        rows: list[ScopeRow] = []
        for named, _, name in self._found.values():
            wave = places.waves.get(named.id)
            if wave is None:
                problem = NameProblem(name, Reason.NO_WAVE)
                words = "No wave of the plan has this name among its members, and none takes all others."
                self.problems.append(ScopeProblem(problem, named.service, words, {}))
            else:
                rows.append(self._row(named, name, wave, places.first.get(named.id)))
        self.problems.sort(key=lambda one: one.problem.written.line)
        unused = [text for key, text in self._left_out.items() if key not in self._used]
        unused_chosen = [text for text in self._plan.scope.chosen if normalise(text) not in self._used]
        told = [f"{key} in the plan is not in the list: {text}." for key, texts in
                (("left_out", unused), ("[chosen]", unused_chosen)) for text in texts]  # fmt: skip
        return ScopeResult(
            tuple(rows), tuple(self.problems), tuple(self.twice), tuple(self.left_out), (*remarks, *told), lines,
            places.strays,
        )  # fmt: skip

    def _match(self, name: WrittenName) -> UnitRow | ScopeProblem:
        key = normalise(name.text)
        if (unit_id := self._chosen.get(key)) is not None:
            self._used.add(key)
            unit = self._units.unit(unit_id)
            if unit is None:
                words = f"The unit that the plan chose for it ({unit_id}) is not listed. Choose again."
                return ScopeProblem(NameProblem(name, Reason.GONE), None, words, {})
            return unit
        service = service_of_cell(name.cells.service) if name.cells.service else self._plan.service
        return self._units.match(name, (service,) if service else tuple(self._units.indexes))

    def _take_again(self, again: Duplicate, first: RowCells) -> None:
        """A line that names a unit again; it counts once, unless it asks for something else."""
        here, there = asdict(again.cells), asdict(first)
        other = [field for field, text in here.items() if text and _plain(text) != _plain(there[field])]
        if not other:
            self.twice.append(again)
            return
        field = other[0]
        words = (
            f"Line {again.first_line} names it, too, with another {self._heading(field)} "
            f"({there[field] or 'none'}; here {here[field]}). Correct one of the two lines in the list."
        )
        name = WrittenName(again.line, again.text, kind_of(again.text), (), again.cells)
        self.problems.append(ScopeProblem(NameProblem(name, Reason.TWICE), None, words, {}))

    def _wrong_cells(self, name: WrittenName) -> str:
        """What is wrong with the cells of a row, in sentences; empty when nothing is."""
        cells, wrong = name.cells, []
        if cells.before or cells.zone:
            text = self._before(cells)
            if text not in self._moments:
                self._moments[text] = self._moment_problem(text)
            wrong += [f"Column {self._heading('before')}: {self._moments[text]}"] if self._moments[text] else []
        if cells.destination and destination_of_cell(cells.destination) is None:
            wrong.append(self._cell("destination", cells.destination, "It is new or in-place."))
        if cells.service and service_of_cell(cells.service) is None:
            wrong.append(self._cell("service", cells.service, f"It is exchange, onedrive or sharepoint. {_RENAME}"))
        if cells.wave and wave_of_word(cells.wave, self._plan, self._waves) is None:
            names = [wave.name for wave in self._plan.waves]
            near = nearest(cells.wave, names)
            hint = f"Did you mean {near}?" if near else f"The waves of the plan are {', '.join(names[:9])}. {_RENAME}"
            wrong.append(self._cell("wave", cells.wave, hint))
        return " ".join(wrong)

    def _moment_problem(self, text: str) -> str:
        try:
            parse_moment(text, self._zone, self._now)
        except UsageError as error:
            return f'"{text}": {error.message} {error.hint}'.strip()
        return ""

    def _cell(self, field: str, text: str, hint: str) -> str:
        return f'Column {self._heading(field)}: "{text}" cannot be used. {hint}'

    def _heading(self, field: str) -> str:
        return self._headings.get(field, field)

    def _before(self, cells: RowCells) -> str:
        """The time of a row, with its zone where that makes a difference: `2h` and `13:10Z` mean the same in each."""
        if (cells.before, cells.zone) not in self._texts:
            alone = (
                cells.before and cells.zone and self._moment(cells.before, _WEST) == self._moment(cells.before, _EAST)
            )
            parts = (cells.before,) if alone else (cells.before or self._plan.before, cells.zone)
            self._texts[cells.before, cells.zone] = " ".join(part for part in parts if part)
        return self._texts[cells.before, cells.zone]

    def _moment(self, text: str, zone: ZoneInfo) -> datetime | str:
        try:
            return parse_moment(text, zone, self._now).utc
        except UsageError:
            return zone.key

    def _row(self, unit: NamedUnit, name: WrittenName, at: int, place: int | None) -> ScopeRow:
        wave, cells = self._plan.waves[at], name.cells
        own = bool(cells.before or cells.zone)
        return ScopeRow(
            unit=unit,
            wave=at,
            destination=destination_of_cell(cells.destination) or wave.destination or self._plan.destination,
            before=self._before(cells) if own else wave.before or self._plan.before,
            own=own,
            line=name.line,
            written=name.text if name.line else "",
            place=place,
        )


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
