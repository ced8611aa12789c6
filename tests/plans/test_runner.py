"""The runner starts what was agreed to, in its order, within the limits, and follows it to the end."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from msgspec.structs import replace
from office import Office
from planned import drafted, plan_of

from backup_tui.changes.change import carry_out
from backup_tui.config.limits import ServiceLimits
from backup_tui.errors import PermissionDenied, UsageError, WriteLockHeld
from backup_tui.journal.records import IntentKind
from backup_tui.journal.write_lock import Holder
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.next_start import Stage
from backup_tui.plans.plan import Wave
from backup_tui.plans.record import PlanRecord, RunnerStatus, change_record, kept_status, need_record
from backup_tui.plans.runner import PlanRunner, RunResult, runner_lock
from backup_tui.restore.drafts.drafts import edit_draft
from backup_tui.restore.review.activation import Start
from backup_tui.store.freshness import Key
from backup_tui.sync.loader import Loader

T = TypeVar("T")
WAVES = (Wave("directors"), Wave("rest"))


async def agree(office: Office, wave: int | None = None) -> PlanRecord:
    record: PlanRecord = await office.carry_out(await office.review(ApproveWave("ransom", wave)))
    return record


async def run(office: Office, **more: object) -> RunResult:
    return await PlanRunner(office.tools, "ransom").run(**more)  # type: ignore[arg-type]


def restored(office: Office) -> Counter[str]:
    """How often each unit was restored, by the service's own books."""
    now = office.service.now()
    return Counter(
        artifact.unit.id
        for session in office.mine()
        for artifact in session.artifacts
        if artifact.run is not None and artifact.run.status(now) == "succeeded"
    )


def reasons(result: RunResult) -> set[str]:
    return {wait.why for wait in result.waits}


def stages(result: RunResult) -> list[Stage]:
    return [one.stage for one in result.parts]


def most_at_once(office: Office) -> tuple[int, int]:
    """The most sessions, and the most units, that ever ran at the same time."""
    moments = sorted(session.activated for session in office.mine() if session.activated is not None)
    sessions = units = 0
    for moment in moments:
        begun = [one for one in office.service.sessions.values() if one.activated is not None]
        running = [session for session in begun if session.activated <= moment and session.running(moment)]
        sessions = max(sessions, len(running))
        units = max(units, sum(session.counts(moment).in_progress for session in running))
    return sessions, units


async def test_everything_that_was_agreed_to_is_restored_once(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 3, 4)
    await agree(office)

    result = await run(office)

    assert stages(result) == [Stage.ENDED] * 4
    assert sorted(restored(office).values()) == [1] * 7
    assert (result.failed, result.in_doubt, result.not_started, result.waits) == (0, 0, (), ())
    status = await kept_status(office.tools.journal, "ransom")
    assert status is not None
    assert status.ended == "all that was agreed to has ended"


async def test_a_wave_without_a_yes_does_not_start(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office, 0)

    result = await run(office)

    assert stages(result) == [Stage.ENDED, Stage.DRAFT]
    assert reasons(result) == {"needs your yes"}
    assert sum(restored(office).values()) == 2


async def test_nothing_starts_without_any_yes(office: Office) -> None:
    await drafted(office, plan_of(), 2)

    assert stages(await run(office)) == [Stage.DRAFT]
    assert all(intent.kind is not IntentKind.ACTIVATE for intent in await office.intents())


async def test_never_more_sessions_or_units_than_allowed_whoever_holds_the_places(office: Office) -> None:
    other = await office.draft(await office.units(count=1, first=40))
    assert office.tools.writer is not None
    await office.tools.writer.activate_session(other.session_id)
    await drafted(office, plan_of(), 10)
    await agree(office)
    office.tools = replace(office.tools, limits=ServiceLimits(sessions=3, units=5))
    said: list[RunnerStatus] = []

    await PlanRunner(office.tools, "ransom", on_status=said.append).run()

    assert sum(restored(office).values()) == 11
    assert most_at_once(office) <= (3, 5)
    waits = {wait.why for status in said for wait in status.waits}
    assert waits & {"no free place: 3 sessions run", "no free place for 2: 5 OneDrive accounts in restore, 5 at a time"}
    assert all(wait.next_look is not None for status in said for wait in status.waits)


async def test_a_place_that_another_process_takes_in_the_last_moment_is_not_taken_twice(office: Office) -> None:
    other = await office.draft(await office.units(count=1, first=40))
    await drafted(office, plan_of(), 4)
    await agree(office)
    office.tools = replace(office.tools, limits=ServiceLimits(sessions=2))
    review = await Start(other.session_id).prepare(office.tools)
    tasks: list[asyncio.Task[Any]] = []

    def beside(status: RunnerStatus) -> None:
        if status.doing.startswith("starting") and not tasks:
            tasks.append(asyncio.create_task(carry_out(office.tools, review.change, review, review.phrase)))

    result = await PlanRunner(replace(office.tools, lock_wait=30.0), "ransom", on_status=beside).run()

    await asyncio.gather(*tasks)
    assert stages(result) == [Stage.ENDED, Stage.ENDED]
    assert most_at_once(office)[0] == 2
    assert sum(restored(office).values()) == 5


async def test_the_plan_may_ask_for_less_than_the_service_allows(office: Office) -> None:
    await drafted(office, plan_of(sessions=1), 6)
    await agree(office)

    await run(office)

    assert most_at_once(office)[0] == 1
    assert sum(restored(office).values()) == 6


async def test_a_service_without_a_free_place_is_asked_again_later(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("refuse", method="POST", path="/activate$", status=500, code="TooManyActiveRestoreSessions")
    said: list[RunnerStatus] = []

    await PlanRunner(office.tools, "ransom", on_status=said.append).run()

    assert sum(restored(office).values()) == 2
    (wait,) = {wait for status in said for wait in status.waits}
    assert wait.why.startswith("no free place: ")
    assert wait.next_look is not None


async def test_a_draft_that_was_changed_after_the_yes_waits_for_a_new_one(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    await agree(office)
    changed = office.service.sessions[record.sessions[2]]
    await edit_draft(office.tools, changed.id, remove=[changed.artifacts[0].id])

    result = await run(office)

    assert stages(result) == [Stage.ENDED, Stage.DRAFT]
    (wait,) = result.not_started
    assert wait.why.endswith("needs a new yes")
    assert changed.activated is None
    await agree(office)
    assert stages(await run(office)) == [Stage.ENDED, Stage.ENDED]
    assert sum(restored(office).values()) == 3


async def test_a_deleted_draft_is_said_and_the_others_run(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    await agree(office)
    office.service.delete_session(record.sessions[1])

    result = await run(office)

    assert stages(result) == [Stage.DELETED, Stage.ENDED]
    assert [wait.why for wait in result.not_started] == ["its draft is no longer at the service"]


async def test_a_part_that_another_person_started_counts_as_started(office: Office) -> None:
    record = await drafted(office, plan_of(), 4)
    await agree(office)
    office.faults.add("other", method="GET", path=f"{record.sessions[1]}$", deed="activate", session=record.sessions[1])

    result = await run(office)

    assert stages(result) == [Stage.ENDED, Stage.ENDED]
    assert sorted(restored(office).values()) == [1] * 4


@pytest.mark.parametrize("act", ["lose", "drop"])
async def test_a_start_without_an_answer_is_looked_into_and_not_sent_again(office: Office, act: str) -> None:
    await drafted(office, plan_of(), 4)
    await agree(office)
    office.faults.add(act, method="POST", path="/activate$", status=504)  # type: ignore[arg-type]

    result = await run(office)

    assert stages(result) == [Stage.ENDED, Stage.ENDED]
    assert sorted(restored(office).values()) == [1] * 4
    sent = [intent for intent in await office.intents() if intent.kind is IntentKind.ACTIVATE]
    assert len(sent) == 2


async def test_a_start_that_never_arrived_is_made_after_all(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("refuse", method="POST", path="/activate$", status=504, code="")

    assert stages(await run(office)) == [Stage.ENDED]
    assert sorted(restored(office).values()) == [1] * 2


async def test_a_start_that_nobody_can_find_out_about_ends_the_run_and_is_not_sent_again(office: Office) -> None:
    record = await drafted(office, plan_of(), 2)
    await agree(office)
    session_id = record.sessions[1]
    office.faults.add("lose", method="POST", path="/activate$", status=504)
    kind = "#microsoft.graph.oneDriveForBusinessRestoreSession"
    strange = {
        "@odata.type": kind,
        "id": session_id,
        "status": "frozen",
        "lastModifiedDateTime": "2026-11-23T00:00:00Z",
    }

    async def look_away(seconds: float) -> None:
        if any(call.status == 504 for call in office.calls):
            office.answer_instead(session_id, 200, strange)
            office.answer_instead("/restoreSessions", 200, {"value": [strange]})
        await office.sleep(seconds)

    result = await PlanRunner(replace(office.tools, sleep=look_away), "ransom").run()

    assert result.in_doubt == 1
    assert reasons(result) == {"whether it has started is unknown"}
    assert [intent.kind for intent in await office.intents()].count(IntentKind.ACTIVATE) == 1


async def test_throttling_is_obeyed(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("throttle", method="POST", path="/activate$", retry_after=120)

    assert stages(await run(office)) == [Stage.ENDED]
    assert office.faults.early_calls == 0


async def test_a_wave_waits_for_the_end_of_the_one_before_and_for_its_pause(office: Office) -> None:
    record = await drafted(office, plan_of(Wave("directors"), Wave("rest", pause=timedelta(hours=2))), 2, 2)
    await agree(office)
    said: list[RunnerStatus] = []

    await PlanRunner(office.tools, "ransom", on_status=said.append).run()

    first, second = (office.service.sessions[record.sessions[number]] for number in (1, 2))
    ended = first.completed(office.service.now())
    assert ended is not None
    assert second.activated is not None
    assert 7_199.9 <= second.activated - ended <= 7_200 + 60
    whys = list(dict.fromkeys(wait.why for status in said for wait in status.waits))
    assert whys == ["waits for the end of wave directors", "pause after wave directors"]


async def test_a_wave_with_a_yes_of_its_own_waits_for_the_end_of_the_one_before(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office, 0)
    await agree(office, 1)

    await run(office)

    first, second = (office.service.sessions[record.sessions[number]] for number in (1, 2))
    ended = first.completed(office.service.now())
    assert ended is not None
    assert second.activated is not None
    assert second.activated >= ended


async def test_a_wave_that_is_agreed_to_by_its_name_does_not_wait_for_one_that_is_not(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office, 1)

    assert stages(await run(office)) == [Stage.DRAFT, Stage.ENDED]


async def test_a_wave_behind_one_that_needs_a_person_does_not_keep_the_run_alive(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office, 0)
    await agree(office, 1)
    changed = office.service.sessions[record.sessions[1]]
    await edit_draft(office.tools, changed.id, remove=[changed.artifacts[0].id])

    result = await run(office)

    assert stages(result) == [Stage.DRAFT, Stage.DRAFT]
    assert "waits for the end of wave directors" in reasons(result)


async def test_waves_without_a_pause_under_one_yes_start_beside_each_other(office: Office) -> None:
    record = await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office)

    await run(office, wait=False)

    assert all(office.service.sessions[key].activated is not None for key in record.sessions.values())


async def test_it_stops_after_a_wave_and_continues_when_asked_to(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 2, 2)
    await agree(office)
    await change_record(office.tools, "ransom", lambda record: replace(record, stop_after=0))

    result = await run(office)

    assert stages(result) == [Stage.ENDED, Stage.DRAFT]
    assert reasons(result) == {"the plan stops after wave directors"}
    assert result.not_started == ()
    await change_record(office.tools, "ransom", lambda record: replace(record, stop_after=None))
    assert stages(await run(office)) == [Stage.ENDED, Stage.ENDED]


async def test_a_pause_of_the_plan_starts_nothing_more_and_stops_nothing(office: Office) -> None:
    await drafted(office, plan_of(sessions=1), 4)
    await agree(office)
    paused: list[RunnerStatus] = []

    async def pause(seconds: float) -> None:
        if not paused:
            paused.append(RunnerStatus(1, "", office.clock.now(), "", (), office.clock.now()))
            await change_record(office.tools, "ransom", lambda record: replace(record, paused=True))
        await office.sleep(seconds)

    tools = replace(office.tools, sleep=pause)
    result = await PlanRunner(tools, "ransom").run()

    assert stages(result) == [Stage.ENDED, Stage.DRAFT]
    assert reasons(result) == {"the plan is paused"}


async def test_a_second_runner_waits_and_says_for_whom(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    other = runner_lock(office.tools, "ransom")
    seen: list[Holder] = []
    async with other.hold("running plan ransom"):
        with pytest.raises(WriteLockHeld, match=r"^pid \d+ on .* has been running plan ransom since 12:0\d UTC"):
            await run(office, lock_wait=1.0, on_lock_wait=seen.append)

    assert len(seen) == 1
    assert stages(await run(office)) == [Stage.ENDED]


async def test_two_plans_run_beside_each_other(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)

    async with runner_lock(office.tools, "another").hold("running plan another"):
        assert stages(await run(office)) == [Stage.ENDED]


async def test_an_outage_is_waited_out(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("refuse", method="GET", path="RestoreSessions|restoreSessions", status=503, code="", times=12)

    assert stages(await run(office)) == [Stage.ENDED]
    assert sorted(restored(office).values()) == [1] * 2


async def test_a_missing_permission_ends_the_run(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("refuse", method="POST", path="/activate$", status=403, code="accessDenied")

    with pytest.raises(PermissionDenied):
        await run(office)

    status = await kept_status(office.tools.journal, "ransom")
    assert status is not None
    assert status.ended


async def test_a_lock_on_restores_is_waited_out(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.faults.add("refuse", method="POST", path="/activate$", status=423, code="restoreLocked", times=2)

    assert stages(await run(office)) == [Stage.ENDED]


async def test_ones_own_drafts_wait_for_another_person_where_the_profile_wants_two(office: Office) -> None:
    await drafted(office, plan_of(), 2)
    await agree(office)
    office.tools = replace(office.tools, two_people=True)

    result = await run(office)

    assert stages(result) == [Stage.DRAFT]
    assert "somebody else has to start it" in result.not_started[0].why


async def test_a_plan_without_drafts_is_not_run(office: Office) -> None:
    with pytest.raises(UsageError, match="No plan named 'ransom' has drafts"):
        await run(office)


async def test_reads_stay_within_what_a_person_leaves_of_the_budget(office: Office) -> None:
    await drafted(office, plan_of(size=1), 8)
    await agree(office)
    await run(office, wait=False)
    office.calls.clear()
    began = office.clock.now()

    await run(office)

    minutes = max(1.0, (office.clock.now() - began).total_seconds() / 60)
    assert len([call for call in office.calls if call.method == "GET"]) / minutes <= 20


async def test_a_yes_that_comes_while_the_last_look_is_on_its_way_is_carried_out(office: Office) -> None:
    await drafted(office, plan_of(*WAVES), 1, 1)
    first = await agree(office, 0)

    class Interrupted(Loader):
        async def load(self, key: Key[T]) -> T:
            news = await super().load(key)
            row = office.store.sessions[first.sessions[1]]
            if row.state.terminal and len((await need_record(office.tools.journal, "ransom")).yes) == 1:
                await agree(office, 1)
            return news

    loader = Interrupted(office.tools.reader, office.store, office.clock)
    result = await PlanRunner(office.tools, "ransom", loader=loader).run()
    assert stages(result) == [Stage.ENDED, Stage.ENDED]
