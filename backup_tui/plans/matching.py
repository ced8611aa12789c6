"""Looks for a name among the units of all services at once. Pure.

An id counts before an address, and both before a display name, whichever service has it. A name that means units of
two services, as the address of a person means a mailbox and a OneDrive account, is never decided here: the plan's
`service`, the row's own service or a person says which one is meant."""

from collections.abc import Mapping, Sequence

from backup_tui.models.services import Service
from backup_tui.plans.rows import ScopeProblem
from backup_tui.restore.names.names import NameKind, WrittenName
from backup_tui.restore.names.nearness import Effort
from backup_tui.restore.names.resolve import (
    MOST_CANDIDATES,
    MOST_LOOKED_NEAR,
    NameProblem,
    NoneKnown,
    Reason,
    doubt,
    explain_problem,
    none_known,
)
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store.rows import UnitRow


class TenantUnits:
    """The units of a tenant, for look-ups by any of their names. `indexes`: the services whose units were read.
    `tenant`: what people call it."""

    def __init__(self, indexes: Mapping[Service, UnitIndex], tenant: str) -> None:
        self.indexes, self.tenant = indexes, tenant
        self._effort = {service: Effort() for service in indexes}
        self._looked_near = 0

    def unit(self, unit_id: str) -> UnitRow | None:
        """The unit with an id; `None` where none is listed under it."""
        return next((index.units[unit_id] for index in self.indexes.values() if unit_id in index.units), None)

    def ids_of(self, name: WrittenName, services: Sequence[Service]) -> list[tuple[Service, str, bool]]:
        """The units that a name means, each with its service and whether by its id."""
        for look in (UnitIndex.exact, UnitIndex.matches):
            found = []
            for service in services:
                unit_ids, by_id = look(self.indexes[service], name)
                found += [(service, unit_id, by_id) for unit_id in unit_ids]
            if found:
                # Beside the id of a mailbox, the address in the same row is not that of a OneDrive account.
                return [one for one in found if one[2]] or found
        return []

    def match(self, name: WrittenName, services: Sequence[Service]) -> UnitRow | ScopeProblem:
        """The one unit that a name means, or what is wrong with it."""
        found = self.ids_of(name, services)
        if len(found) == 1:
            ((service, unit_id, by_id),) = found
            unit = self.indexes[service].units[unit_id]
            reason = None if by_id else doubt(unit)
            if reason is None:
                return unit
            problem = NameProblem(name, reason, unit_id, self.indexes[service].name(unit_id), (unit_id,))
            return self._problem(problem, service, [service])
        if found:
            own = list(dict.fromkeys(service for service, _, _ in found))
            problem = NameProblem(name, Reason.SEVERAL, candidates=tuple(unit_id for _, unit_id, _ in found))
            return self._problem(problem, own[0] if len(own) == 1 else None, own)
        return self._unknown(name, services)

    def _unknown(self, name: WrittenName, services: Sequence[Service]) -> ScopeProblem:
        self._looked_near += 1
        nothing = Effort(0)
        near: dict[str, Service] = {}
        for service in services:
            effort = self._effort[service] if self._looked_near <= MOST_LOOKED_NEAR else nothing
            near |= dict.fromkeys(self.indexes[service].nearest(name.text, effort), service)
        for service in services:
            if self.indexes[service].is_excluded(name):
                return self._problem(NameProblem(name, Reason.EXCLUDED), service, [service])
        known = any(self.indexes[service].was_known(name) for service in services)
        reason = Reason.GONE if known else Reason.NO_SUCH
        problem = NameProblem(name, reason, candidates=tuple(near)[:MOST_CANDIDATES])
        if len(near) == 1:
            ((unit_id, service),) = near.items()
            # One that is gone or in no policy is not among those that are taken all at once.
            if doubt(self.indexes[service].units[unit_id]) is None:
                problem = NameProblem(name, reason, unit_id, self.indexes[service].name(unit_id), (unit_id,))
        own = list(dict.fromkeys(near.values())) or list(services[:1] if len(services) == 1 else ())
        return self._problem(problem, own[0] if len(own) == 1 else None, own or [_likely(name, services)])

    def _problem(self, problem: NameProblem, service: Service | None, own: Sequence[Service]) -> ScopeProblem:
        near: dict[str, str] = {}
        for unit_id in problem.candidates:
            whose = next(one for one in own if unit_id in self.indexes[one].units)
            name = self.indexes[whose].name(unit_id)
            near[unit_id] = name if len(own) == 1 else f"{name} ({whose.names.unit})"
        words = explain_problem(problem, self.indexes[own[0]], own[0], self.tenant)
        if len(own) > 1 and problem.reason is Reason.SEVERAL:
            nouns = " and ".join(f"a {one.names.unit}" for one in own)
            words = f"This name is {nouns}. Say which one: service in the plan, or a service column in the list."
        elif len(own) > 1:
            words = f"Nothing in {self.tenant} has this name. Similar: {', '.join(list(near.values())[:3])}."
        return ScopeProblem(problem, service, words, near)

    def none_known(self, names: Sequence[WrittenName]) -> NoneKnown | None:
        """Whether these are the names of another tenant; `None` when they are not."""
        found = [none_known(names, index, service) for service, index in self.indexes.items()]
        told = [one for one in found if one is not None and one.tail]
        return told[0] if told and all(index.knows(told[0].tail) is False for index in self.indexes.values()) else None


def _likely(name: WrittenName, services: Sequence[Service]) -> Service:
    wanted = Service.SHAREPOINT if name.kind is NameKind.URL else Service.EXCHANGE
    return wanted if wanted in services else services[0]
