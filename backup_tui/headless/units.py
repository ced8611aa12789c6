"""`backup-tui units`: the protected mailboxes, OneDrive accounts and sites, and offboarding one."""

import argparse
from datetime import UTC, datetime

from backup_tui.errors import IncompleteList, NotFound, UsageError
from backup_tui.headless.formats import Cell
from backup_tui.headless.output import Output, utc, when_and_who
from backup_tui.headless.reviews import carry_out_reviewed
from backup_tui.models.services import Service
from backup_tui.models.statuses import unit_status
from backup_tui.models.text import short_id
from backup_tui.models.units import ProtectionUnit
from backup_tui.protection.full_backup import TERMS, terms_parts, whole_service_remark
from backup_tui.protection.offboarding import ChangeOffboarding, UnitAction, find_unit
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import terms_of
from backup_tui.workspace import Workspace


async def list_units(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the units of one service or of all three, by address; `--search` looks in addresses, names and ids."""
    units: list[ProtectionUnit] = []
    services = (Service(args.service),) if args.service else tuple(Service)
    if args.policy is not None:
        services, units = await _units_of_policy(workspace, args.policy, services)
    else:
        for service in services:
            units += await workspace.loader.load(fresh.units_of(service))
    if args.search:
        asked = args.search.casefold()
        units = [unit for unit in units if asked in _searched(unit)]
    units.sort(
        key=lambda unit: ((unit.service or "").casefold(), (unit.address or unit.title or "~").casefold(), unit.id)
    )
    rows = [_row(unit) for unit in units]
    out.listing(rows, lambda: [unit.raw() for unit in units], if_any=[label.upper() for label in TERMS])
    await _tell_exclusions(workspace, services, out)
    return 0


async def _units_of_policy(
    workspace: Workspace, policy_id: str, wanted: tuple[Service, ...]
) -> tuple[tuple[Service, ...], list[ProtectionUnit]]:
    """The service of a policy, and its units, read from it. Raises `UsageError`: it is of another service, or of an
    unknown one; `IncompleteList`: not all could be read."""
    policy = await workspace.loader.load(fresh.policy_of(policy_id))
    if policy.service is None or policy.service not in wanted:
        about = policy.service.label if policy.service is not None else "an unknown service"
        raise UsageError.unsent(f"This policy is about {about}.", "--policy", policy_id)
    units: list[ProtectionUnit] = []
    async for page in workspace.reader.units(policy.service, policy_id=policy.id):
        if page.unread:
            raise IncompleteList.of_unread((), page.unread)
        units += page.items
    return (policy.service,), units


async def show_unit(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Shows one unit with everything that the service says of it."""
    unit = await find_unit(workspace.context, args.id)
    policy = "" if out.as_json else await _policy_words(workspace, unit)
    error = unit.error
    out.one(
        unit,
        [
            *_fields(unit),
            ("Object or site id", unit.object_id or ""),
            ("Policy", policy),
            ("Came in by", unit.protection_sources or ""),
            ("Created", when_and_who(unit.created_date_time, unit.created_by)),
            ("Changed", when_and_who(unit.last_modified_date_time, unit.last_modified_by)),
            ("Problem", f"{error.message or ''} ({error.code})".strip() if error is not None and error.code else ""),
        ],
    )
    return 0


async def _policy_words(workspace: Workspace, unit: ProtectionUnit) -> str:
    """Id and name of the policy that a unit is in."""
    if not unit.policy_id:
        return "none"
    try:
        policy = await workspace.loader.load(fresh.policy_of(unit.policy_id))
    except NotFound:
        return f"{unit.policy_id}, which no longer exists"
    return f"{unit.policy_id} {policy.display_name or ''}".strip()


async def offboard_unit(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Requests that the backup of a unit is deleted after the grace period, after its review."""
    return await _change(workspace, args, out, UnitAction.OFFBOARD)


async def cancel_offboard_unit(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Keeps the backup of a unit whose offboarding was requested, after its review."""
    return await _change(workspace, args, out, UnitAction.KEEP)


async def _change(workspace: Workspace, args: argparse.Namespace, out: Output, action: UnitAction) -> int:
    unit = await find_unit(workspace.context, args.id)
    change = ChangeOffboarding(unit.id, unit.service or Service.EXCHANGE, action)
    unit = await carry_out_reviewed(workspace, args, out, await change.prepare(workspace.context))
    out.one(unit, _fields(unit))
    return 0


def _fields(unit: ProtectionUnit) -> list[tuple[str, str]]:
    asked = unit.offboard_requested_date_time
    return [
        ("Unit", unit.id),
        ("Service", unit.service.label if unit.service else ""),
        ("Status", unit_status(unit.status).word),
        ("Address", unit.address or ""),
        ("Name", unit.title or ""),
        ("Offboarding requested", utc(asked) if asked is not None else ""),
    ]


def _searched(unit: ProtectionUnit) -> str:
    return "\n".join(part for part in (unit.address, unit.title, unit.id, unit.object_id) if part).casefold()


def _row(unit: ProtectionUnit) -> tuple[Cell, ...]:
    service = unit.service.value if unit.service else "?"
    terms = terms_parts(terms_of(unit), _day)
    status = unit_status(unit.status).word
    return (unit.id, service, status, unit.address or "", unit.title or "", *(terms.get(label) for label in TERMS))


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d}"


async def _tell_exclusions(workspace: Workspace, services: tuple[Service, ...], out: Output) -> None:
    """Says that units are not all there is where a policy protects its whole service; only beta reports that."""
    if not workspace.reader.is_beta:
        return
    for policy in await workspace.loader.load(fresh.POLICIES):
        if policy.is_full and policy.service in services:
            out.narrate(f"{whole_service_remark(policy)} See: backup-tui policies show {short_id(policy.id)}")
