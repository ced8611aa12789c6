"""`backup-tui units list`: every protected mailbox, OneDrive account and site."""

from __future__ import annotations

import argparse

from backup_tui.headless.output import Output
from backup_tui.models.services import Service
from backup_tui.models.statuses import unit_status
from backup_tui.models.units import ProtectionUnit
from backup_tui.workspace import Workspace


async def list_units(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Lists the units of one service or of all three, by address; `--search` looks in addresses, names and ids."""
    services = (Service(args.service),) if args.service else tuple(Service)
    units: list[ProtectionUnit] = []
    for service in services:
        units += await workspace.load_units(service)
    if args.search:
        asked = args.search.casefold()
        units = [unit for unit in units if asked in _searched(unit)]
    units.sort(
        key=lambda unit: ((unit.service or "").casefold(), (unit.address or unit.title or "~").casefold(), unit.id)
    )
    if out.as_json:
        out.data([unit.raw() for unit in units])
    else:
        out.table(("ID", "SERVICE", "STATUS", "ADDRESS", "NAME"), [_row(unit) for unit in units])
    return 0


def _searched(unit: ProtectionUnit) -> str:
    return "\n".join(part for part in (unit.address, unit.title, unit.id, unit.object_id) if part).casefold()


def _row(unit: ProtectionUnit) -> tuple[str, ...]:
    service = unit.service.value if unit.service else "?"
    return (unit.id, service, unit_status(unit.status).word, unit.address or "", unit.title or "")
