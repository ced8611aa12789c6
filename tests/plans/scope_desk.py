"""A desk with plans and their lists, and a tenant to look for the names in."""

from __future__ import annotations

from pathlib import Path

from office import Office

from backup_tui.models.services import Destination, Service
from backup_tui.plans.plan import Plan, Scope, Source
from backup_tui.plans.rows import ScopeProblem, ScopeResult
from backup_tui.plans.scope import resolve_scope
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.store.rows import UnitRow
from backup_tui.store.updates import UnitsPage

PLAN = Plan("night", Scope(Source.LIST, ("names.csv",)), "2h", "Europe/Berlin", Destination.IN_PLACE)


class Desk:
    """Plans and their lists, and the units that were read for them."""

    def __init__(self, office: Office, folder: Path) -> None:
        self.office, self.folder = office, folder
        self.loaded: list[Service] = []

    async def load(self, service: Service) -> None:
        self.loaded.append(service)
        async for page in self.office.tools.reader.units(service):
            self.office.store.apply(UnitsPage(service, page.items, page.number == 1, page.last))

    def write(self, *lines: str, name: str = "names.csv") -> None:
        (self.folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")

    async def resolve(self, plan: Plan = PLAN) -> ScopeResult:
        return await resolve_scope(self.office.tools, self.load, plan, self.folder)

    async def resolve_list(self, *lines: str, plan: Plan = PLAN) -> ScopeResult:
        self.write(*lines)
        result = await self.resolve(plan)
        assert result.sums["names"] == parse_unit_list((self.folder / "names.csv").read_bytes()).count
        return result

    async def people(self, count: int = 3) -> list[tuple[UnitRow, UnitRow]]:
        """People who have both a mailbox and a OneDrive account."""
        mailboxes = await self.office.units(Service.EXCHANGE, 300)
        drives = {unit.address: unit for unit in await self.office.units(Service.ONEDRIVE, 300)}
        both = [(unit, drives[unit.address]) for unit in mailboxes if unit.address in drives]
        assert len(both) >= count
        return both[:count]


def only(problems: tuple[ScopeProblem, ...]) -> ScopeProblem:
    (problem,) = problems
    return problem
