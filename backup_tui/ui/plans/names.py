"""The names to fix of a plan: of any service, answered in the plan itself, so that its file keeps every answer."""

from collections.abc import Callable, Iterable

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.models.listeners import Listeners
from backup_tui.models.services import Service
from backup_tui.plans.answers import can_be_left_out, without_names
from backup_tui.plans.plan import Plan
from backup_tui.plans.rows import ScopeProblem, ScopeResult, ScopeRow
from backup_tui.restore.names.names import Duplicate, WrittenName, sum_words
from backup_tui.restore.names.resolve import NoneKnown
from backup_tui.restore.names.unit_index import Candidate, UnitIndex
from backup_tui.restore.points.points import NamedUnit
from backup_tui.store.store import Store
from backup_tui.ui.names.names import NamesToFix, OpenName


class Answered(Struct, frozen=True):
    """A plan, and what became of its names with the answers so far."""

    plan: Plan
    scope: ScopeResult


class PlanNames(NamesToFix):
    """The names of a plan that match no unit.

    Args:
        scope: What became of its names.
        tenant: What the tenant is called.
        keep: Takes the plan after each answer.
    """

    TITLE = "Plan > Names"

    def __init__(self, plan: Plan, scope: ScopeResult, store: Store, tenant: str, keep: Callable[[Plan], None]) -> None:
        self._now = Answered(plan, scope)
        self._before: list[Answered] = []
        self._store = store
        self._tenant = tenant
        self._keep = keep
        self.listeners = Listeners[[]]()
        self._indexes: dict[Service, tuple[int, UnitIndex]] = {}
        self._lines: tuple[ScopeResult, dict[str, int]] | None = None
        self._open: tuple[ScopeResult, tuple[OpenName, ...], dict[int, ScopeProblem]] | None = None

    @property
    def plan(self) -> Plan:
        """The plan with the answers so far."""
        return self._now.plan

    # -- what is wrong ---------------------------------------------------------------------------------------

    def _opened(self) -> tuple[tuple[OpenName, ...], dict[int, ScopeProblem]]:
        scope = self._now.scope
        if self._open is None or self._open[0] is not scope:
            names = tuple(OpenName(one.problem, one.service) for one in scope.problems)
            by_name = {id(name.problem): one for name, one in zip(names, scope.problems, strict=True)}
            self._open = (scope, names, by_name)
        return self._open[1:]

    def _problem(self, name: OpenName) -> ScopeProblem | None:
        """What is known of a name; `None` once it is settled."""
        return self._opened()[1].get(id(name.problem))

    def open_names(self) -> tuple[OpenName, ...]:
        return self._opened()[0]

    def twice(self) -> tuple[Duplicate, ...]:
        return self._now.scope.twice

    @property
    def counts(self) -> str:
        scope = self._now.scope
        parts = (
            (len(scope.rows), "found"),
            (len(scope.twice), "twice"),
            (len(scope.left_out), "left out"),
            (len(scope.problems), "to fix"),
        )
        return sum_words(scope.sums["names"], scope.lines or None, parts)

    @property
    def looking(self) -> bool:
        return False

    @property
    def steps(self) -> int:
        return len(self._before)

    @property
    def none_known(self) -> NoneKnown | None:
        return None

    def line_of(self, unit_id: str) -> int | None:
        return self._lines_of(self._now.scope).get(unit_id)

    def _lines_of(self, scope: ScopeResult) -> dict[str, int]:
        if self._lines is None or self._lines[0] is not scope:
            self._lines = scope, {row.unit.id: row.line for row in scope.rows}
        return self._lines[1]

    def candidate(self, name: OpenName, unit_id: str) -> Candidate:
        service = self._service_of(name, unit_id)
        if service is not None:
            unit = self._index(service).candidate(unit_id)
            return unit if name.service else replace(unit, title=service.names.unit)
        problem = self._problem(name)
        return Candidate(unit_id, problem.near.get(unit_id, "") if problem else "", "", "not listed")

    def _service_of(self, name: OpenName, unit_id: str) -> Service | None:
        """Of a unit that a name may mean; `None` for one that is not listed."""
        services = [name.service] if name.service else Service
        return next((service for service in services if unit_id in self._store.units[service]), None)

    def _index(self, service: Service) -> UnitIndex:
        table = self._store.units[service]
        known = self._indexes.get(service)
        if known is None or known[0] != table.version:
            known = self._indexes[service] = (table.version, UnitIndex(table.values()))
        return known[1]

    def explain(self, name: OpenName) -> str:
        problem = self._problem(name)
        return problem.words if problem else ""

    # -- the answers -----------------------------------------------------------------------------------------

    def choose(self, name: OpenName, unit_id: str, unit_name: str) -> bool:
        problem, service = self._problem(name), self._service_of(name, unit_id) or name.service
        if problem is None or service is None:
            return False
        return self._take(self._with_chosen(self._now, ((problem, unit_id, unit_name, service),)))

    def leave_out(self, name: OpenName) -> bool:
        problem = self._problem(name)
        return problem is not None and self._take(_with_left_out(self._now, (problem,)))

    def take_all_nearest(self) -> int | None:
        chosen = [
            (one, one.problem.nearest, one.problem.nearest_name, one.service)
            for one in self._now.scope.problems
            if one.problem.is_misspelt and one.problem.nearest is not None and one.service is not None
        ]
        before = len(self._now.scope.twice)
        taken = self._take(self._with_chosen(self._now, chosen))
        return len(self._now.scope.twice) - before if taken else None

    def leave_all_out(self) -> bool:
        return self._take(_with_left_out(self._now, self._now.scope.problems))

    def correct(self, name: OpenName, to: WrittenName) -> str | None:
        problem = self._problem(name)
        if problem is None:
            return None
        found = [
            (service, unit_id)
            for service in ([name.service] if name.service else Service)
            for unit_id in self._index(service).matches(to)[0]
        ]
        if not found:
            return f"Nothing in {self._tenant} has this name."
        if len(found) > 1:
            return f"{len(found):,} units go by this name; write an address, a URL or an id."
        (service, unit_id), *_ = found
        self._take(self._with_chosen(self._now, ((problem, unit_id, self._index(service).name(unit_id), service),)))
        return None

    def _with_chosen(self, now: Answered, chosen: Iterable[tuple[ScopeProblem, str, str, Service]]) -> Answered:
        """The plan with units for names; a unit that another line names already counts once."""
        plan, scope = now.plan, now.scope
        lines = dict(self._lines_of(scope))
        rows, twice, settled, known = list(scope.rows), list(scope.twice), set[int](), dict(plan.scope.chosen)
        for problem, unit_id, unit_name, service in chosen:
            written = problem.problem.written
            settled.add(id(problem))
            known[written.text] = unit_id
            if unit_id in lines:
                twice.append(Duplicate(written.line, lines[unit_id], written.text))
                continue
            lines[unit_id] = written.line
            unit = NamedUnit(unit_id, service, unit_name)
            rows.append(ScopeRow(unit, 0, plan.destination, plan.before, line=written.line, written=written.text))
        left = tuple(problem for problem in scope.problems if id(problem) not in settled)
        after = replace(scope, rows=tuple(rows), twice=tuple(twice), problems=left)
        return Answered(replace(plan, scope=replace(plan.scope, chosen=known)), after)

    def _take(self, after: Answered) -> bool:
        if after.plan == self._now.plan and after.scope == self._now.scope:
            return False
        self._before.append(self._now)
        self._settle(after)
        return True

    def undo(self) -> None:
        if self._before:
            self._settle(self._before.pop())

    def _settle(self, now: Answered) -> None:
        self._now = now
        self._keep(now.plan)
        self.listeners.tell()


def _with_left_out(now: Answered, problems: Iterable[ScopeProblem]) -> Answered:
    """The plan without names, as far as they can be left out."""
    able = {id(one) for one in can_be_left_out(now.scope)}
    gone = {id(one): one.problem.written.text for one in problems if id(one) in able}
    left = tuple(one for one in now.scope.problems if id(one) not in gone)
    scope = replace(now.scope, problems=left, left_out=(*now.scope.left_out, *gone.values()))
    return Answered(without_names(now.plan, gone.values()), scope)
