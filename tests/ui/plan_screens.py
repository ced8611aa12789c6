"""Plans with real drafts on the simulated service, for the tests of the screens that show them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct
from restores import started, units
from support import Simulated, opened, simulated, until
from textual.pilot import Pilot

from backup_tui.changes.change import carry_out
from backup_tui.models.services import Destination, Service
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.parts import PartUnits, PlannedUnit, split
from backup_tui.plans.plan import Plan, PlanLimits, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord, need_record
from backup_tui.plans.rows import PlanPoints, ScopeResult
from backup_tui.restore.points.moments import Moment
from backup_tui.restore.points.points import PointWish, find_points
from backup_tui.simulator.domain.artifacts import Run
from backup_tui.store import freshness as fresh
from backup_tui.ui.app import TopScreen
from backup_tui.ui.overview.screen import OverviewScreen
from backup_tui.ui.plans.incident import IncidentScreen
from backup_tui.ui.routes import OpenIncident
from backup_tui.ui.sessions.screen import SessionsScreen

NAME = "ransom-20nov"
WAVES = (Wave("directors"), Wave("finance", needs_yes=False), Wave("the rest"))


class Checked(Struct, frozen=True):
    """What a check found."""

    scope: ScopeResult
    points: PlanPoints
    parts: Sequence[PartUnits]


def program(state: Path, **more: Any) -> Simulated:
    """The program on a tenant without a past, the Overview as first screen."""
    titles = ("Overview", "Policies", "Sessions", "Units", "Activity")
    tops: list[TopScreen] = [(title, OverviewScreen if title == "Overview" else SessionsScreen) for title in titles]
    return simulated(tops, state, **{"history": False, "speed": 1.0, **more})


async def planned(
    pilot: Pilot[Any], one: Simulated, counts: Sequence[int] = (2, 6, 4), waves: Sequence[Wave] = WAVES, size: int = 4
) -> PlanRecord:
    """A plan of OneDrive accounts with its drafts: so many units in each wave."""
    await opened(pilot, one)
    ws = one.workspace
    rows = await units(one, Service.ONEDRIVE, sum(counts))
    assert len(rows) == sum(counts)
    moment = Moment(one.clock.now() - timedelta(hours=2), ws.zone, "2h ago")
    table = await find_points(ws.context, rows, PointWish(moment))
    points = {row.unit_id: row for row in table.rows}
    indexes = [wave for wave, count in enumerate(counts) for _ in range(count)]
    members = [PlannedUnit(points[row.id], wave, Destination.IN_PLACE) for row, wave in zip(rows, indexes, strict=True)]
    limits = PlanLimits(units_per_session=size)
    scope = Scope(Source.LIST, ("names.csv",))
    plan = Plan(NAME, scope, "2h ago", "Europe/Berlin", Destination.IN_PLACE, tuple(waves), limits=limits)
    check = Checked(ScopeResult(()), PlanPoints(tuple(members), ()), split(members, limits))
    record = await draft_plan(ws.context, plan, "", "", check)
    one.advance(60)
    return record


async def agreed(one: Simulated, wave: int | None) -> PlanRecord:
    """Says yes to a wave, or to the whole plan."""
    context = one.workspace.context
    review = await ApproveWave(NAME, wave).prepare(context)
    return await carry_out(context, review.change, review, review.phrase)


async def runs(
    pilot: Pilot[Any], one: Simulated, session_id: str, ends: Sequence[float], failing: Mapping[int, str] | None = None
) -> None:
    """Starts a session whose units end so many minutes after its start; others are restored all the time.

    Args:
        pilot: Of the program.
        one: The program.
        session_id: The session.
        ends: Minutes, by the order of its units.
        failing: Places of units to the code they fail with.
    """
    await started(pilot, one, session_id)
    session = one.service.sessions[session_id]
    begun = session.activated
    assert begun is not None
    minutes = [*ends, *[600.0] * (len(session.artifacts) - len(ends))]
    timed = [Run(begun, begun, begun + 60 * minute, (failing or {}).get(place)) for place, minute in enumerate(minutes)]
    session.start(timed, session.modified_by, begun)


async def read(one: Simulated) -> None:
    """Reads the plans, their sessions and the units of what was started."""
    ws = one.workspace
    await ws.plans.look(ws.context.journal)
    await ws.loader.load(fresh.SESSIONS)
    for plan in ws.plans.by_name.values():
        for session_id in plan.record.sessions.values():
            row = ws.store.sessions.get(session_id)
            if row is not None and row.state.value != "draft":
                await ws.load_artifacts(session_id)


async def under_way(pilot: Pilot[Any], one: Simulated) -> PlanRecord:
    """A plan whose first wave has ended, whose second runs with failures, and whose third waits for a yes."""
    record = await planned(pilot, one)
    await agreed(one, 0)
    ids = record.sessions
    await runs(pilot, one, ids[1], [25, 40])
    await runs(pilot, one, ids[2], [30, 45, 50, 58], {0: "ArtifactNotFound", 2: "ArtifactCannotBeRestored"})
    await runs(pilot, one, ids[3], [55])
    one.advance(3600)
    await read(one)
    return await need_record(one.workspace.context.journal, NAME)


async def incident(pilot: Pilot[Any], one: Simulated, name: str = NAME) -> IncidentScreen:
    """Opens the screen of a plan, and waits until it shows it."""
    one.app.open(OpenIncident(name))
    await until(pilot, lambda: isinstance(one.app.screen, IncidentScreen) and one.app.screen.is_mounted, "the screen")
    screen = one.app.screen
    assert isinstance(screen, IncidentScreen)
    await until(pilot, lambda: screen.progress is not None or name not in one.workspace.plans.by_name, "it is known")
    one.app.bridge.deliver()
    await pilot.press("g")  # whatever is said until a key is pressed has been seen
    await pilot.pause()
    return screen
