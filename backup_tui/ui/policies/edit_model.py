"""The change of a policy's units while it is put together: each step is kept on this machine and can be undone."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from backup_tui.errors import BackupTuiError, JournalError
from backup_tui.models.listeners import Listeners
from backup_tui.models.services import Service
from backup_tui.restore.names.names import Duplicate, UnitList, WrittenName, parse_unit_list, read_unit_file, written
from backup_tui.restore.names.resolve import NameProblem, NoneKnown, explain_problem
from backup_tui.restore.names.unit_index import Candidate, UnitIndex
from backup_tui.ui.names.names import NamesToFix, OpenName
from backup_tui.ui.policies.edit_state import StagedName, StagedUnit, Staging
from backup_tui.workspace import Workspace
from backup_tui.workspace.policy_lists import fits, member, members_of
from backup_tui.workspace.units_at_hand import read_units


class PolicyEditing:
    """The change, with what it takes to look its names up. `workspace`: where the names are looked up and the change is
    kept. `policy_id`: the policy; empty for a new one."""

    def __init__(self, workspace: Workspace, service: Service, policy_id: str) -> None:
        self._ws = workspace
        self._now = Staging(service, policy_id)
        self._before: list[Staging] = []
        self.listeners = Listeners[[]]()  # told after every step
        self._index: tuple[Service, int, UnitIndex] | None = None
        self.looking = False  # names are being looked up
        self.none_known: NoneKnown | None = None  # set while the last list had not one name that is known here

    @property
    def staging(self) -> Staging:
        """The change as it is now."""
        return self._now

    @property
    def steps(self) -> int:
        """How many steps can be undone."""
        return len(self._before)

    @property
    def index(self) -> UnitIndex:
        """The units of the service by all their names."""
        service = self._now.service
        table = self._ws.store.units[service]
        if self._index is None or self._index[:2] != (service, table.version):
            self._index = service, table.version, UnitIndex(table.values())
        return self._index[2]

    @property
    def _place(self) -> str:
        return f"policy-edit:{self._now.policy_id or 'new'}"

    # -- steps ----------------------------------------------------------------------------------------------

    def change(self, after: Staging) -> bool:
        """Takes a step. Gives whether anything differs by it."""
        if after == self._now:
            return False
        self._before.append(self._now)
        self._settle(after)
        return True

    def undo(self) -> bool:
        """Undoes the last step. Gives whether there was one."""
        if not self._before:
            return False
        self._settle(self._before.pop())
        return True

    def _settle(self, now: Staging) -> None:
        self._now = now
        self.listeners.tell()

    # -- kept on this machine -------------------------------------------------------------------------------

    async def take_up(self) -> None:
        """Continues with what was kept of this policy's change; what cannot be read is left where it is."""
        try:
            text = await self._ws.context.journal.kept(self._place)
            if text is not None:
                self._settle(msgspec.json.decode(text.encode(), type=Staging))
        except (JournalError, msgspec.DecodeError, ValueError):
            return  # A form that cannot be read must not be in the way of a new one.

    async def keep(self) -> None:
        """Keeps the change as it is now, or forgets an empty one. Raises `JournalError`: it could not be written."""
        journal, staging = self._ws.context.journal, self._now
        if staging.is_empty:
            await journal.drop(self._place)
        else:
            await journal.keep(self._place, msgspec.json.encode(staging).decode())

    async def forget(self) -> None:
        """The change was made: nothing of it is kept. Raises `JournalError`: it could not be written."""
        self._before.clear()
        self._settle(Staging(self._now.service, self._now.policy_id))
        await self.keep()

    # -- names ----------------------------------------------------------------------------------------------

    async def take_text(self, text: str, *, joins: bool) -> UnitList:
        """Takes a typed name, a pasted list, or `@file`. Raises `UsageError`: it is not a list of names;
        `BackupTuiError`: the units could not be read."""
        plain = text.strip()
        if plain.startswith("@"):
            names = await asyncio.to_thread(_read_file, plain.removeprefix("@").strip())
        else:
            names = parse_unit_list(text)
            if "\n" not in plain:  # typed alone: it has no line in any list
                names = replace(names, lines=tuple(replace(name, line=0) for name in names.lines))
        if names.lines:
            await self._take(names, joins=joins)
        return names

    async def _take(self, names: UnitList, *, joins: bool) -> None:
        self.looking = True
        try:
            await read_units(self._ws, self._now.service)
            now = self._now
            found = members_of(self._ws, names, now.service, now.policy_id, joins=joins)
        finally:
            self.looking = False
        self.none_known = found.resolution.none_known
        self.change(now.with_list(found, joins=joins))

    def take_units(self, given: Iterable[tuple[str, bool]]) -> None:
        """Takes listed units by their ids, each with whether it joins; who does not fit is a name to fix."""
        now = self._now
        for unit_id, joins in given:
            unit = self._ws.store.units[now.service].get(unit_id)
            if unit is None:
                continue
            reason, name = fits(unit, now.policy_id, joins=joins), written(unit.name)
            if reason is None or name is None:
                now = now.with_units([StagedUnit(member(unit), joins)])
            elif all(one.problem.written.text != name.text for one in now.problems):
                now = replace(now, problems=(*now.problems, StagedName(NameProblem(name, reason), joins)))
        self.change(now)

    def chosen(self, now: Staging, name: StagedName, unit_id: str) -> Staging:
        """A change with a unit for a name, or with what is wrong with that unit."""
        unit = self._ws.store.units[now.service].get(unit_id)
        if unit is None:
            return now
        reason = fits(unit, now.policy_id, joins=name.joins)
        if reason is not None:
            problem = NameProblem(name.problem.written, reason)
            return now.with_problem(name.problem, StagedName(problem, name.joins))
        return now.with_chosen(name.problem, StagedUnit(member(unit), name.joins, name.problem.written.line))


class StagedNames(NamesToFix):
    """The names of a change that name nobody who can join or leave. `tenant`: what the tenant is called."""

    TITLE = "Policy > Names"

    def __init__(self, editing: PolicyEditing, tenant: str) -> None:
        self._editing, self.listeners = editing, editing.listeners
        self._tenant = tenant
        self._open: tuple[Staging, tuple[OpenName, ...]] | None = None

    def open_names(self) -> tuple[OpenName, ...]:
        staging = self._editing.staging
        if self._open is None or self._open[0] is not staging:
            self._open = staging, tuple(OpenName(one.problem, staging.service) for one in staging.problems)
        return self._open[1]

    def twice(self) -> tuple[Duplicate, ...]:
        return tuple(one for one in self._editing.staging.twice if one.line)

    @property
    def counts(self) -> str:
        return self._editing.staging.counts

    @property
    def looking(self) -> bool:
        return self._editing.looking

    @property
    def steps(self) -> int:
        return self._editing.steps

    @property
    def none_known(self) -> NoneKnown | None:
        return self._editing.none_known

    def line_of(self, unit_id: str) -> int | None:
        return self._editing.staging.line_of(unit_id)

    def candidate(self, name: OpenName, unit_id: str) -> Candidate:
        return self._editing.index.candidate(unit_id)

    def explain(self, name: OpenName) -> str:
        return explain_problem(name.problem, self._editing.index, self._editing.staging.service, self._tenant)

    def _staged(self, name: OpenName) -> StagedName | None:
        return next((one for one in self._editing.staging.problems if one.problem is name.problem), None)

    def choose(self, name: OpenName, unit_id: str, unit_name: str) -> bool:
        staged = self._staged(name)
        return staged is not None and self._editing.change(self._editing.chosen(self._editing.staging, staged, unit_id))

    def leave_out(self, name: OpenName) -> bool:
        return self._editing.change(self._editing.staging.with_left_out([name.problem]))

    def take_all_nearest(self) -> int | None:
        before = after = self._editing.staging
        for staged in before.problems:
            if staged.problem.is_misspelt and staged.problem.nearest is not None:
                after = self._editing.chosen(after, staged, staged.problem.nearest)
        return len(after.twice) - len(before.twice) if self._editing.change(after) else None

    def leave_all_out(self) -> bool:
        staging = self._editing.staging
        return self._editing.change(staging.with_left_out(one.problem for one in staging.problems))

    def correct(self, name: OpenName, to: WrittenName) -> str | None:
        staged = self._staged(name)
        if staged is None:
            return None
        unit_ids, _ = self._editing.index.matches(to)
        if len(unit_ids) != 1:
            what = "Nothing" if not unit_ids else f"{len(unit_ids):,} units"
            return f"{what} in {self._tenant} {'has' if not unit_ids else 'have'} this name."
        self._editing.change(self._editing.chosen(self._editing.staging, staged, unit_ids[0]))
        return None

    def undo(self) -> None:
        self._editing.undo()


def _read_file(path: str) -> UnitList:
    return read_unit_file(Path(path).expanduser())


def trouble_words(error: BackupTuiError) -> str:
    """What the line below the fields says of an error."""
    return f"{error.message} {error.hint}".strip()
