"""The units of a plan: from a list of names, from policies, or from what failed in earlier sessions.

How a name of a list finds its unit:

- The `service` column of its row says whose unit it is, else the plan's `service`; without both it is looked for among
  the units of all three.
- The unit that the plan's `[chosen]` has for it is taken as it is.
- An id or an address counts before a display name. What means two units is to be fixed: the address of a person means
  a mailbox and a OneDrive account.
- Columns for time, zone, destination and wave count for their row. A cell that cannot be read makes its name one to
  fix. A line that names a unit again counts once, unless its columns ask for something else.
- A word of the wave column means the wave that has `wave=WORD` among its members, else the wave of this name. A plan
  is never given waves that it does not have; `plan new` writes those that the column names.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from backup_tui.changes.context import Context, each_of
from backup_tui.config.nearest import did_you_mean
from backup_tui.errors import IncompleteList, UsageError
from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, safe, short_id
from backup_tui.models.whoami import WhoAmI
from backup_tui.plans.matching import TenantUnits
from backup_tui.plans.plan import Plan, Source, Wave
from backup_tui.plans.rows import ScopeProblem, ScopeResult, ScopeRow
from backup_tui.plans.sorting import Sorting, services_in
from backup_tui.plans.waves import WaveNames, read_waves
from backup_tui.protection.full_backup import whole_service_remark
from backup_tui.restore.drafts.failed import FailedGroup, failed_by_cause
from backup_tui.restore.names.names import (
    NameKind,
    UnitList,
    WrittenName,
    kind_of,
    parse_unit_list,
    unit_file_bytes,
)
from backup_tui.restore.names.resolve import NameProblem, Reason, refuse_hidden_names
from backup_tui.restore.names.services import service_of_cell
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.report import as_csv
from backup_tui.store.rows import UnitRow
from backup_tui.store.summary import excluded_names

LoadUnits = Callable[[Service], Awaitable[object]]  # reads the units of a service into the store

LEFTOVERS = ("unit", "line", "problem", "what to do", "nearest", "other candidates", "time", "to", "wave", "service")
"""Headings of the leftovers; a list under them is read again with what was corrected in the first column."""

_LEAST_ID = 8


async def resolve_scope(context: Context, load_units: LoadUnits, plan: Plan, folder: Path) -> ScopeResult:
    """Finds the units of a plan, and what is wrong with the names that match none. Only reads.

    Args:
        load_units: Reads the units of a service into the store.
        folder: Where its lists are: that of the plan file.

    Raises:
        UsageError: The plan is for another tenant; a list cannot be read or is empty; names that this sign-in is not
            given; a policy that does not exist.
        NotFound: A session that does not exist.
        BackupTuiError: The service could not be read.
    """
    refuse_other_tenant(plan, context.who)
    waves = await read_waves(plan, folder)
    if plan.scope.source is Source.LIST:
        return await _of_list(context, load_units, plan, folder, waves)
    if plan.scope.source is Source.POLICIES:
        return await _of_policies(context, load_units, plan, waves)
    return await _of_failed(context, plan, waves)


def refuse_other_tenant(plan: Plan, who: WhoAmI) -> None:
    """Refuses a plan that is for another tenant. Raises `UsageError`."""
    own = {who.tenant.casefold(), (who.tenant_id or "").casefold()}
    if not plan.tenant or not who.known or plan.tenant.casefold() in own:
        return
    raise UsageError.unsent(
        f"The plan is for {safe(plan.tenant)}; you are signed in to {who.tenant}.",
        "tenant",
        plan.tenant,
        (
            f"Choose the tenant (--tenant), or if both are names of one tenant, write its id: {who.tenant_id}."
            if who.tenant_id
            else "Choose the tenant (--tenant)."
        ),
    )


def leftovers_csv(result: ScopeResult, without: Sequence[UnitPoint] = (), waves: Sequence[Wave] = ()) -> str:
    """What of a plan cannot be restored, as CSV (RFC 4180): corrected in its first column, it is a list that is read
    again, with what the rows said about their restore. No cell runs as a formula. `result`: what became of the names;
    those to fix are in it. `waves`: of the plan, for the names of those that the units are in."""
    rows = {row.unit.id: row for row in result.rows}
    pointless = (_without_point(rows[unit.unit_id], unit, waves) for unit in without if unit.unit_id in rows)
    return as_csv(LEFTOVERS, (*map(_leftover, result.problems), *pointless))


def _without_point(row: ScopeRow, unit: UnitPoint, waves: Sequence[Wave]) -> tuple[str, ...]:
    reason = unit.refused or "No point at or before its time."
    return (
        row.written or unit.name,
        str(row.line or ""),
        "no point",
        f"{reason.removesuffix('.')}. Give it another time, or leave it out.",
        "",
        "",
        row.before if row.own else "",
        "new" if row.destination is Destination.NEW else "in-place",
        waves[row.wave].name if len(waves) > 1 else "",
        unit.service.value,
    )


def _leftover(one: ScopeProblem) -> tuple[str, ...]:
    problem, cells = one.problem, one.problem.written.cells
    others = [name for unit_id, name in one.near.items() if unit_id != problem.nearest]
    reason = problem.reason.word(one.service) if one.service else problem.reason.value
    return (
        problem.written.text,
        str(problem.written.line),
        reason,
        one.words,
        problem.nearest_name,
        "; ".join(others),
        " ".join(part for part in (cells.before, cells.zone) if part),
        cells.destination,
        cells.wave,
        cells.service,
    )


async def _of_list(
    context: Context, load_units: LoadUnits, plan: Plan, folder: Path, waves: Sequence[WaveNames]
) -> ScopeResult:
    names, digest = await asyncio.to_thread(_read_list, folder, plan.scope.entries[0])
    _refuse_hidden(plan, names, context.who)
    services = services_in(plan, names.lines)
    remarks = await _load(context, load_units, services)
    units = await _units(context, services)
    sorting = Sorting(plan, units, waves, context.clock.now(), dict(reversed(names.own_columns)))

    def sort() -> ScopeResult:
        sorting.take_list(names)
        listed = replace(names, duplicates=tuple(sorting.twice))
        return sorting.result((*listed.row_remarks, *remarks), names.line_count)

    # Ten thousand names take a second or two; what draws the screen is not held up.
    result = await asyncio.to_thread(sort)
    changed = bool(plan.scope.sha256) and plan.scope.sha256 != digest
    return replace(
        result, remarks=(*_judged(result, names, units, plan, changed=changed), *result.remarks), sha256=digest,
        changed=changed,
    )  # fmt: skip


def _read_list(folder: Path, entry: str) -> tuple[UnitList, str]:
    path = folder / Path(entry).expanduser()
    data = unit_file_bytes(path)
    names = parse_unit_list(data)
    if not names.lines:
        raise UsageError.unsent(
            f"{safe(str(path))} holds no name.",
            "list",
            safe(str(path)),
            "Give at least one e-mail address, site URL or id, one a line.",
        )
    return names, sha256(data).hexdigest()


def _refuse_hidden(plan: Plan, names: UnitList, who: WhoAmI) -> None:
    """Refuses addresses of people where the sign-in is not given them. Raises `UsageError`."""
    for service in Service:
        own = tuple(name for name in names.lines if _could_be(name, plan, service))
        refuse_hidden_names(UnitList(own), service, app_only=who.app_only)


def _could_be(name: WrittenName, plan: Plan, service: Service) -> bool:
    told = service_of_cell(name.cells.service) if name.cells.service else plan.service
    return told is service or (told is None and service is Service.EXCHANGE and name.kind is NameKind.ADDRESS)


async def _load(context: Context, load_units: LoadUnits, services: Sequence[Service]) -> tuple[str, ...]:
    async def load(service: Service) -> str:
        try:
            await load_units(service)
        except IncompleteList as error:
            if not error.unread:
                raise
            return f"{error.message} {service.label} names that are not found may be among them."
        return ""

    return tuple(said for said in await each_of(load, list(services)) if said)


async def _units(context: Context, services: Sequence[Service]) -> TenantUnits:
    store = context.store
    rows = {service: tuple(store.units[service].values()) for service in services}
    remembered = tuple(store.names.values())
    excluded = {service: excluded_names(store, service) for service in services}

    def build() -> TenantUnits:
        return TenantUnits(
            {
                service: UnitIndex(
                    rows[service], (name for name in remembered if name.service is service), excluded[service]
                )
                for service in services
            },
            context.who.tenant,
        )

    return await asyncio.to_thread(build)


def _judged(result: ScopeResult, names: UnitList, units: TenantUnits, plan: Plan, *, changed: bool) -> tuple[str, ...]:
    """What the list as a whole looks like."""
    said: list[str] = []
    if changed:
        said.append(f"The list {plan.scope.entries[0]} has changed since the plan was written (list_sha256).")
    if not result.rows and not result.left_out and len(names.lines) > 1:
        nobody = all(one.problem.reason is Reason.NO_SUCH and not one.problem.candidates for one in result.problems)
        other = units.none_known(names.lines) if nobody else None
        said += [other.question(units.tenant)] if other is not None else []
    both = sum(one.problem.reason is Reason.SEVERAL and one.service is None for one in result.problems)
    if both > 1:
        said.append(
            f"{counted(both, 'name')} mean units of several services: write service in the plan, or add a service "
            "column to the list."
        )
    return tuple(said)


async def _of_policies(context: Context, load_units: LoadUnits, plan: Plan, waves: Sequence[WaveNames]) -> ScopeResult:
    known = await context.reader.policies()
    policies = tuple({(one := _policy(entry, known)).id: one for entry in plan.scope.entries}.values())
    own = {_of_service(plan, one.service, "policies", f"Policy {one.display_name or one.id}") for one in policies}
    services = tuple(service for service in Service if service in own)
    remarks = await _load(context, load_units, services)
    units = await _units(context, services)
    ids = {policy.id for policy in policies}
    members = [unit for service in services for unit in units.indexes[service].units.values() if unit.policy_id in ids]
    sorting = Sorting(plan, units, waves, context.clock.now(), {})
    for unit in members:
        sorting.take(WrittenName(0, unit.name, kind_of(unit.name), (unit.id,)), unit)
    remarks += tuple(whole_service_remark(one) for one in policies if one.is_full)
    gone = sum(unit.deleted for unit in members)
    if gone:
        remarks += (f"{counted(gone, 'unit')} of the policies have no name now: deleted, or hidden from this sign-in.",)
    return await asyncio.to_thread(sorting.result, remarks, 0)


def _policy(entry: str, known: Sequence[ProtectionPolicy]) -> ProtectionPolicy:
    """The policy that an entry names. Raises `UsageError`: none or several."""
    folded = entry.casefold()
    found = [one for one in known if one.id.casefold() == folded] or [
        one
        for one in known
        if (one.display_name or "").casefold() == folded
        or (len(folded) >= _LEAST_ID and one.id.casefold().startswith(folded))
    ]
    if len(found) == 1:
        return found[0]
    names = [one.display_name or one.id for one in known]
    several = "; ".join(f"{one.id} ({one.display_name or 'no name'})" for one in found)
    raise UsageError.unsent(
        f"{len(found):,} policies are called {safe(entry)}." if found else f"There is no policy {safe(entry)}.",
        "policies",
        safe(entry),
        f"Give the id of one: {several}." if found else did_you_mean(entry, names),
    )


async def _of_failed(context: Context, plan: Plan, waves: Sequence[WaveNames]) -> ScopeResult:
    ids = list(dict.fromkeys(plan.scope.entries))
    groups = await each_of(lambda session_id: failed_by_cause(context, session_id), ids)
    sorting = Sorting(plan, TenantUnits({}, context.who.tenant), waves, context.clock.now(), {})
    for group in (group for found in groups for group in found):
        _of_service(plan, group.service, "failed_of", f"Session {short_id(group.session_id)}")
        _take_group(sorting, group)
    if not any(groups):
        raise UsageError.unsent(
            f"No unit failed in {', '.join(map(short_id, ids))}.",
            "failed_of",
            ", ".join(ids),
            "Give a session in which units failed (sessions list).",
        )
    return sorting.result((), 0)


def _take_group(sorting: Sorting, group: FailedGroup) -> None:
    for unit in group.units:
        row = UnitRow(unit.unit_id or "", group.service, unit.name, "", "", "", "", "", None)
        sorting.take(WrittenName(0, unit.name, kind_of(unit.name), (row.id,)), row)
    for unit in group.nameless:
        words = f"The service does not name this unit of session {short_id(group.session_id)}; give it in a list."
        problem = NameProblem(WrittenName(0, unit.name, NameKind.ID), Reason.NO_SUCH)
        sorting.problems.append(ScopeProblem(problem, group.service, words, {}))


def _of_service(plan: Plan, service: Service | None, key: str, what: str) -> Service:
    """The service of a policy or session. Raises `UsageError`: it is unknown, or not the plan's."""
    if service is not None and plan.service in (None, service):
        return service
    own = f"holds {service.names.units}" if service else "is of a service that is unknown here"
    other = f"; the plan is for {plan.service.names.units}" if service and plan.service else ""
    raise UsageError.unsent(
        f"{what} {own}{other}.",
        key,
        hint="Remove service from the plan, or take another one." if service else "Take another one.",
    )
