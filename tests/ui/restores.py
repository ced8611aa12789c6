"""Drafts and restores on the simulated service, for the tests of the screens that show them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from support import Simulated, opened, simulated
from textual.pilot import Pilot

from backup_tui.changes.change import carry_out
from backup_tui.changes.context import Context
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, find_points
from backup_tui.restore.review.activation import Start
from backup_tui.restore.review.deletion import DeleteDraft
from backup_tui.store import freshness as fresh
from backup_tui.store.rows import UnitRow
from backup_tui.ui.app import TopScreen
from backup_tui.ui.sessions.screen import SessionsScreen


def program(state: Path, **more: Any) -> Simulated:
    """The program on a tenant without a past, its list of restores as first screen."""
    titles = ("Overview", "Policies", "Sessions", "Units", "Activity")
    tops: list[TopScreen] = [(title, SessionsScreen) for title in titles]
    return simulated(tops, state, **{"history": False, "speed": 1.0, **more})


async def units(one: Simulated, service: Service, count: int) -> list[UnitRow]:
    """Units that can be restored: protected for days, without a flaw."""
    await one.workspace.loader.load(fresh.units_of(service))
    sound = {unit.id for some in one.service.tenant.units.values() for unit in some if unit.trait == "sound"}
    old = one.clock.now() - timedelta(days=3)
    rows = sorted(one.workspace.store.units[service].values(), key=lambda row: row.name)
    old_enough = [row for row in rows if row.created is not None and row.created < old]
    return [row for row in old_enough if row.id in sound and row.state.value == "protected"][:count]


async def drafted(
    pilot: Pilot[Any],
    one: Simulated,
    count: int = 3,
    service: Service = Service.ONEDRIVE,
    destination: Destination = Destination.IN_PLACE,
    left_out: tuple[str, ...] = (),
) -> str:
    """Makes a draft of so many units, back to two hours ago; gives its id."""
    await opened(pilot, one)
    ws = one.workspace
    moment = Moment(one.clock.now() - timedelta(hours=2), ws.zone, "2h ago")
    table = await find_points(ws.context, await units(one, service, count), PointWish(moment))
    plan = DraftPlan(service, destination, table.rows, left_out=left_out)
    result = await create_draft(ws.context, plan)
    assert result.complete
    one.advance(60)
    return result.session_id


async def started(pilot: Pilot[Any], one: Simulated, session_id: str) -> None:
    """Starts a draft without its screens."""
    review = await Start(session_id).prepare(one.workspace.context)
    await carry_out(one.workspace.context, review.change, review, review.phrase)
    await pilot.pause()


async def deleted(context: Context, draft: str) -> None:
    """Deletes a draft from here."""
    review = await DeleteDraft(draft).prepare(context)
    await carry_out(context, review.change, review, review.phrase)
