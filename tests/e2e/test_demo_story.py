"""Specifies what a demo finds on this machine: plans, drills and a journal that everything else really works on."""

from __future__ import annotations

import pytest

from backup_tui.changes.change import carry_out
from backup_tui.config import Flags, load_settings
from backup_tui.config.settings import SCENES, Settings
from backup_tui.errors import UsageError
from backup_tui.evidence.drill import kept_drills, measure
from backup_tui.evidence.gathering import where_of
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import CheckResult
from backup_tui.models.services import Service
from backup_tui.plans.again_look import look_again
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.drafting import complete_drafts
from backup_tui.plans.progress import PlanProgress, plan_progress
from backup_tui.plans.record import kept_plans, kept_units
from backup_tui.plans.runner import PlanRunner
from backup_tui.restore.reads import list_sessions
from backup_tui.simulator.settings import SCENES as SIMULATED
from backup_tui.store import freshness as fresh
from backup_tui.store.summary import needs_you
from backup_tui.workspace import Workspace, demo, open_workspace
from backup_tui.workspace.demo_process import DemoProcess


def scene(name: str) -> Settings:
    return load_settings(Flags(demo=True, scene=name), {"TZ": "UTC"})


async def progress(ws: Workspace) -> PlanProgress:
    (record,) = await kept_plans(ws.context.journal)
    await ws.loader.load(fresh.SESSIONS)
    return plan_progress(record, ws.store, None, ws.clock.now())


def test_the_scenes_are_those_that_the_simulated_service_has() -> None:
    assert set(SCENES) == set(SIMULATED)
    assert load_settings(Flags(demo=True), {}).scene == "usual"


def test_an_unknown_scene_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="no scene 'incidnet'") as refused:
        load_settings(Flags(demo=True, scene="incidnet"), {})
    assert refused.value.hint == "Did you mean incident?"


async def test_usually_a_wave_of_a_plan_runs_and_its_next_one_waits_for_a_yes() -> None:
    async with open_workspace(scene("usual")) as ws:
        shown = await progress(ws)
        assert [wave.state.value for wave in shown.waves] == ["finished", "running", "needsYes"]
        assert shown.counts.of == sum(part.part.units for part in shown.parts)
        assert shown.next_yes == 2


async def test_an_incident_has_three_services_failures_of_several_causes_and_a_wave_to_agree_to() -> None:
    async with open_workspace(scene("incident")) as ws:
        shown = await progress(ws)
        assert {service for service, _ in shown.kinds} == set(Service)
        assert [wave.state.value for wave in shown.waves] == ["failed", "running", "needsYes"]
        (record,) = await kept_plans(ws.context.journal)
        look = await look_again(ws.context, record)
        assert len({group.code for group in look.groups}) > 1
        assert look.nameless == 0


async def test_a_quiet_day_needs_nobody() -> None:
    async with open_workspace(scene("quiet")) as ws:
        for name in (fresh.SESSIONS, fresh.POLICIES):
            await ws.loader.load(name)
        assert not await kept_plans(ws.context.journal)
        assert not any(row.running for row in ws.store.sessions.values())
        assert needs_you(ws.store, ws.clock.now()) == ()
        assert len(ws.store.sessions) > 10


@pytest.mark.parametrize("name", SCENES)
async def test_drills_of_three_months_are_measured_from_the_service(name: str) -> None:
    async with open_workspace(scene(name)) as ws:
        tools = ws.context
        drills = await kept_drills(tools.journal, ws.clock.now())
        assert [drill.service for drill in drills] == [Service.ONEDRIVE, Service.SHAREPOINT, Service.EXCHANGE]
        measured = await measure(tools, where_of(tools, ws.address.without_version), drills[0])
        assert measured.outcome is not None
        assert (measured.outcome.restored, measured.outcome.failed) == (5, 0)
        assert measured.outcome.oldest_seconds is not None
        assert measured.outcome.oldest_seconds >= 600, "the newest point is never younger than ten minutes"


async def test_the_plan_can_be_agreed_to_and_its_next_wave_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "DEMO_SPEED", 60_000)  # what runs ends at once
    async with open_workspace(scene("usual")) as ws:
        (record,) = await kept_plans(ws.context.journal)
        tools = ws.context
        change = ApproveWave(record.plan.name, 2)
        review = await change.prepare(tools)
        assert review.phrase == f"overwrite {len(await kept_units(tools.journal, record.plan.name, 3))} contoso"
        assert review.blocked is None
        assert not [check for check in review.checks if check.mark is CheckResult.BLOCKING]
        await carry_out(tools, change, review, review.phrase)
        await PlanRunner(tools, record.plan.name, loader=ws.loader, interval=0.05).run()
        await ws.loader.load(fresh.SESSIONS)
        assert ws.store.sessions[record.sessions[3]].state.terminal


async def test_drafting_the_plan_again_makes_no_second_draft() -> None:
    async with open_workspace(scene("incident")) as ws:
        (record,) = await kept_plans(ws.context.journal)
        before = await list_sessions(ws.context)
        assert await complete_drafts(ws.context, record.plan.name) == record
        assert {one.id for one in await list_sessions(ws.context)} == {one.id for one in before}


async def test_the_journal_says_what_was_drafted_and_started_here_in_the_order_of_time() -> None:
    async with open_workspace(scene("usual")) as ws:
        entries = (await ws.context.journal.intents())[::-1]
        assert [one.at for one in entries] == sorted(one.at for one in entries)
        made = {one.session_id for one in entries if one.kind is IntentKind.CREATE}
        assert {one.target for one in entries if one.kind is not IntentKind.CREATE} <= made
        assert ws.sent == (), "nothing of it was sent by this process"
        await ws.loader.load(fresh.SESSIONS)
        assert all(ws.store.sessions[session_id or ""].destination is not None for session_id in made)


async def test_beside_a_process_of_its_own_the_story_comes_once_the_first_rows_are_there() -> None:
    process = DemoProcess("usual")
    try:
        async with Workspace(scene("usual"), demo=process).opened() as ws:
            assert not await kept_plans(ws.context.journal)
            await ws.loader.load(fresh.SESSIONS)
            while not ws.store.intents:
                await ws.open_entries()
            assert len(await kept_plans(ws.context.journal)) == 1
    finally:
        process.close()
