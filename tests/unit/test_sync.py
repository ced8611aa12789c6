"""What is read in the background, and how often: the rules of the schedule, and a loop that outlives every failure."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from store_builders import artifact, at, policy, session, stamp, unit
from sync_world import World, move

from backup_tui.errors import IncompleteList, PermissionDenied
from backup_tui.models.focus import NOBODY, Focus
from backup_tui.models.pages import Page
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.sync.budget import READS_PER_MINUTE
from backup_tui.sync.schedule import DESTINATIONS_OF
from backup_tui.sync.sync import IN_FLIGHT, PLENTY

# -- how often -----------------------------------------------------------------------------------------------


async def test_the_first_look_fills_the_overview(world: World) -> None:
    move(world, "a", status="completed", completed=10)
    await world.settle()
    assert world.reader.reads == {"sessions": 1, "policies": 1, "service": 1, "serviceApps": 1, "notifications": 1}
    assert set(world.store.sessions) == {"a"}
    assert world.store.freshness(fresh.SESSIONS).complete


async def test_calm_is_slow_moving_is_faster_and_after_a_change_of_ours_fast(world: World) -> None:
    move(world, "a", status="completed", completed=10)
    await world.settle()
    assert (await world.reads_in(120))["sessions"] == 2
    move(world, "a", completed=1)
    await world.pass_time(60)
    assert (await world.reads_in(60))["sessions"] == 4
    world.store.apply(up.SessionRead(session("a", completed=2), world.clock.monotonic(), changed=True))
    assert (await world.reads_in(60))["sessions"] == 12


async def test_a_laptop_that_slept_drops_its_connections_and_reads_everything_shown_once(world: World) -> None:
    move(world, "a", status="active", restoring=5)
    await world.pass_time(60)
    world.clock.suspend(8 * 3600)
    reads = await world.reads_in(30)
    assert world.woken == 1
    calm = await world.reads_in(30)
    assert world.woken == 1, "one sleep is noticed once"
    assert {"sessions", "service", "policies"} <= reads.keys()
    assert sum(reads.values()) <= sum(calm.values()) + len(reads), "no burst of what was missed"


async def test_a_clock_that_is_set_a_little_or_back_is_no_sleep(world: World) -> None:
    await world.pass_time(60)
    for seconds in (10, -3600, 5):
        world.clock.suspend(seconds)
        await world.pass_time(30)
    assert world.woken == 0


async def test_a_read_that_was_under_way_before_a_sleep_is_given_up_and_asked_again(world: World) -> None:
    await world.pass_time(60)
    stuck = asyncio.Event()
    asked = world.reader.reads["sessions"]
    whole, started = world.reader.sessions, asyncio.Event()

    async def never(service: Service | None = None) -> AsyncIterator[Page[RestoreSession]]:
        started.set()
        await stuck.wait()
        async for page in whole(service):
            yield page

    world.reader.sessions = never  # type: ignore[method-assign]
    world.sync.refresh()
    await world.settle()
    assert started.is_set()
    world.reader.sessions = whole  # type: ignore[method-assign]
    world.clock.suspend(3600)
    await world.pass_time(30)
    assert world.woken == 1
    assert world.reader.reads["sessions"] > asked
    assert world.store.freshness(fresh.SESSIONS).reading_since is None


@pytest.mark.parametrize(
    ("poll_seconds", "session", "sessions"),
    [
        pytest.param(5.0, 120, 20, id="5"),
        pytest.param(20.0, 30, 5, id="20"),
        pytest.param(300.0, 2, 2, id="300, and nothing is read less often than every five minutes"),
    ],
)
async def test_a_profile_stretches_all_reading_by_its_poll_seconds(
    poll_seconds: float, session: int, sessions: int
) -> None:
    world = World(poll_seconds=poll_seconds)
    move(world, "a", status="active", completed=1)
    world.sync.focus(Focus("session", session_id="a"))
    await world.settle()
    reads = await world.reads_in(600)
    await world.sync.stop()
    assert (reads["session"], reads["sessions"]) == (session, sessions)


async def test_nothing_is_read_while_nobody_looks(world: World) -> None:
    move(world, "a")
    await world.settle()
    world.sync.focus(NOBODY)
    assert not await world.reads_in(600)
    world.sync.focus(Focus("sessions"))
    await world.settle()
    world.clock.advance(3600)  # the process was stopped (Ctrl+Z): time went by, and nothing ran
    assert (await world.reads_in(1))["sessions"] == 1, "no burst of what was missed"


async def test_twenty_five_running_restores_stay_within_sixty_reads_a_minute(world: World) -> None:
    for number in range(525):
        move(world, f"s{number:03}", status="active" if number < 25 else "completed", total=120)
    world.reader.session_pages = 6
    world.reader.artifacts_of["s000"] = [artifact(f"a{n}") for n in range(120)]
    world.sync.focus(Focus("session", session_id="s000"))
    await world.pass_time(60)

    async def moving_minute(first: int) -> int:
        reads = 0
        for done in range(first, first + 12):
            for number in range(25):
                move(world, f"s{number:03}", total=120, completed=done, failed=1)
            world.store.apply(up.Mutated("s001", world.clock.monotonic()))
            reads += (await world.reads_in(5)).total()
        return reads

    assert await moving_minute(1) <= 60
    world.sync.focus(Focus("overview"))
    assert 20 <= await moving_minute(20) <= 45, "a long history stretches the list's turns before the budget is used up"
    assert await moving_minute(40) <= 47, "two of them are read once in half an hour"


async def test_reads_by_key_press_go_out_and_are_paid_for_by_the_plan(world: World) -> None:
    move(world, "a")
    await world.settle()
    for _ in range(25):
        world.sync.refresh()
        await world.settle()
    assert world.reader.reads.total() == READS_PER_MINUTE, "whoever leans on the key storms nobody"
    assert not await world.reads_in(55)
    assert (await world.reads_in(10)).total() > 0, "and is served as soon as there is room"


async def test_a_policy_that_is_updating_is_followed_closely(world: World) -> None:
    await world.settle()
    assert (await world.reads_in(120))["policies"] == 2
    world.reader.policy_rows = (policy("p", "updating", modified=at(1)),)
    await world.pass_time(60)
    assert (await world.reads_in(60))["policies"] == 12


# -- who is in control, who gets mails, rules and bulk additions ----------------------------------------------

OPEN_POLICY = Focus("policies", service=Service.EXCHANGE, policy_id="p")


async def test_who_is_in_control_and_who_gets_mails_is_read_seldom(world: World) -> None:
    await world.settle()
    reads = await world.reads_in(1700)
    assert (reads["serviceApps"], reads["notifications"]) == (0, 0)
    reads = await world.reads_in(200)
    assert (reads["serviceApps"], reads["notifications"]) == (1, 1)
    world.sync.focus(Focus("sessions"))
    assert (await world.reads_in(7200))["notifications"] == 0
    world.sync.focus(Focus("service"))
    world.sync.refresh()
    await world.settle()
    assert world.store.details.service_apps[0].id == "app"
    assert world.store.details.notifications is not None


async def test_rules_and_bulk_additions_are_read_for_the_open_policy_and_again_while_they_are_carried_out(
    world: World,
) -> None:
    world.sync.focus(Focus("policies"))
    await world.settle()
    assert world.reader.reads["unitJobs"] == 0
    world.sync.focus(OPEN_POLICY)
    assert (await world.reads_in(600))["unitJobs"] == 1, "once"
    world.reader.jobs = [{"id": "j", "status": "active", "mailboxes": ["a", "b"]}]
    world.reader.rule_pages = [[{"id": "r", "status": "active"}]]
    world.sync.refresh()
    await world.settle()
    reads = await world.reads_in(60)
    assert (reads["unitJobs"], reads["rules, page 1"]) == (4, 2)
    world.reader.jobs = [{"id": "j", "status": "completed"}]
    world.reader.rule_pages = [[{"id": "r", "status": "completed"}]]
    await world.pass_time(60)
    reads = await world.reads_in(600)
    assert (reads["unitJobs"], reads["rules, page 1"]) == (0, 0)
    assert world.store.details.unit_jobs("p")["j"].state.word == "done"


async def test_what_may_not_be_read_is_said_and_not_asked_for_again_the_rest_goes_on(world: World) -> None:
    denied = PermissionDenied("adele may not do this.", hint="Ask for the role.", status=403)
    world.reader.errors |= {"notifications": denied, "unitJobs": denied}
    await world.settle()
    known = world.store.freshness(fresh.NOTIFICATIONS)
    assert (known.denied, known.error) == (True, "adele may not do this. Ask for the role.")
    assert not world.store.freshness(fresh.SERVICE_APPS).error
    world.sync.focus(OPEN_POLICY)
    reads = await world.reads_in(3000)
    assert (reads["unitJobs"], reads["notifications"]) == (1, 0)
    assert world.store.freshness(fresh.rules_of("p")).complete
    assert world.store.connection.missed == 0, "an answer that says no is an answer"
    del world.reader.errors["unitJobs"]
    world.sync.refresh()
    await world.settle()
    assert not world.store.freshness(fresh.unit_jobs_of("p")).denied
    assert world.store.freshness(fresh.unit_jobs_of("p")).complete


async def test_a_list_of_rules_that_breaks_off_keeps_what_came_and_says_so(world: World) -> None:
    world.reader.rule_pages = [[{"id": "r1"}], [{"id": "r2"}]]
    world.reader.errors["rules, page 2"] = IncompleteList("It broke off.", read=1)
    world.sync.focus(OPEN_POLICY)
    await world.settle()
    known = world.store.freshness(fresh.rules_of("p"))
    assert (set(world.store.details.rules("p")), known.complete, known.error) == ({"r1"}, False, "It broke off.")
    del world.reader.errors["rules, page 2"]
    await world.pass_time(10)
    assert set(world.store.details.rules("p")) == {"r1", "r2"}
    assert world.store.freshness(fresh.rules_of("p")).complete


# -- units of a restore --------------------------------------------------------------------------------------


async def test_units_of_the_open_session_are_read_when_its_counts_moved_and_only_then(world: World) -> None:
    move(world, "a", total=3, in_progress=3)
    world.reader.artifacts_of["a"] = [
        artifact(str(n), restorePoint={"id": f"p{n}", "protectionUnit": {"id": f"u{n}"}}) for n in range(3)
    ]
    world.sync.focus(Focus("session", session_id="a"))
    await world.settle()
    assert world.reader.reads["artifacts"] == 1
    assert (await world.reads_in(60))["artifacts"] == 0
    move(world, "a", total=3, in_progress=2, completed=1)
    assert (await world.reads_in(20))["artifacts"] == 1


async def test_units_being_scheduled_are_looked_at_every_half_minute(world: World) -> None:
    move(world, "a", total=1)
    world.reader.artifacts_of["a"] = [
        artifact("x", "scheduling", restorePoint={"id": "p", "protectionUnit": {"id": "u"}})
    ]
    world.sync.focus(Focus("session", session_id="a"))
    await world.settle()
    assert (await world.reads_in(120))["artifacts"] == 4


async def test_a_late_address_is_looked_for_every_two_minutes_for_an_hour(world: World) -> None:
    move(world, "a", status="completed", total=1, completed=1, completedDateTime="2026-11-20T04:02:00Z")
    point = {"id": "p", "protectionUnit": {"id": "u"}}
    world.reader.artifacts_of["a"] = [artifact("x", "succeeded", destination="new", restorePoint=point)]
    world.sync.focus(Focus("session", session_id="a"))
    await world.settle()
    assert (await world.reads_in(1200))["artifacts"] == 10
    await world.pass_time(2500)
    assert (await world.reads_in(1200))["artifacts"] == 0


async def test_unknown_units_are_asked_for_once_with_their_units(world: World) -> None:
    move(world, "a", total=1)
    world.reader.artifacts_of["a"] = [artifact("x")]
    world.sync.focus(Focus("session", session_id="a"))
    await world.pass_time(120)
    assert world.reader.expanded == [False, True]


async def test_the_overview_learns_why_units_failed_once(world: World) -> None:
    move(world, "a", status="completedWithError", completed=8, failed=2)
    world.reader.artifacts_of["a"] = [artifact("x", "failed", code="ArtifactNotFound")]
    await world.pass_time(300)
    assert world.reader.reads["artifacts"] == 1
    assert world.store.artifacts("a")["x"].error_code == "ArtifactNotFound"


async def test_where_a_draft_made_elsewhere_goes_is_read_from_its_units_once(world: World) -> None:
    move(world, "a", status="draft", total=1)
    world.reader.artifacts_of["a"] = [artifact("x", "added", destination="inPlace")]
    await world.pass_time(300)
    assert world.store.sessions["a"].destination is Destination.IN_PLACE
    assert world.reader.reads["artifacts"] == 1


async def test_an_empty_draft_is_read_again_only_when_it_was_changed(world: World) -> None:
    move(world, "a", status="draft", total=0)
    await world.pass_time(300)
    assert world.reader.reads["artifacts"] == 1
    assert world.store.sessions["a"].destination is None
    move(world, "a", status="draft", total=1, modified=at(5))
    world.reader.artifacts_of["a"] = [artifact("x", "added", destination="new")]
    await world.pass_time(300)
    assert world.reader.reads["artifacts"] == 2
    assert world.store.sessions["a"].destination is Destination.NEW


async def test_many_drafts_made_elsewhere_do_not_use_up_the_budget(world: World) -> None:
    for number in range(200):
        move(world, f"d{number:03}", status="draft", createdDateTime=stamp(at(-number)))
        world.reader.artifacts_of[f"d{number:03}"] = [artifact("x", "added", destination="new")]
    assert (await world.reads_in(60)).total() <= READS_PER_MINUTE - PLENTY + IN_FLIGHT
    await world.pass_time(600)
    known = [row.id for row in world.store.sessions.values() if row.destination is not None]
    assert sorted(known) == [f"d{number:03}" for number in range(DESTINATIONS_OF)]


async def test_an_answer_overtaken_by_a_change_of_ours_is_read_again(world: World) -> None:
    move(world, "a", status="draft", total=1)
    world.reader.artifacts_of["a"] = [artifact("old", "added")]
    gate = world.reader.gates["artifacts"] = asyncio.Event()
    world.sync.focus(Focus("session", session_id="a"))
    await world.pass_time(1)
    world.store.apply(up.Mutated("a", world.clock.monotonic()))
    gate.set()
    await world.settle()
    assert not world.store.artifacts("a")
    world.reader.artifacts_of["a"] = [artifact("new", "added")]
    await world.pass_time(10)
    assert set(world.store.artifacts("a")) == {"new"}
    world.store.apply(up.Mutated("a", world.clock.monotonic()))
    assert (await world.reads_in(16))["artifacts"] == 1, "a swap moves no count"


# -- plans ---------------------------------------------------------------------------------------------------


async def test_units_of_a_plan_are_read_when_their_counts_moved_and_not_by_the_poll(world: World) -> None:
    for name in ("runs", "ended", "draft", "other"):
        world.reader.artifacts_of[name] = [artifact(f"{name}-1", "inProgress")]
    move(world, "runs", total=9)
    move(world, "other", total=9)
    move(world, "ended", status="completedWithError", completed=8, failed=1)
    move(world, "draft", status="draft")
    world.sync.focus(Focus("plan", session_ids=("runs", "ended", "draft")))
    await world.pass_time(30)
    assert world.store.artifact_sessions() == {"runs", "ended"}
    assert (await world.reads_in(300))["artifacts"] == 0
    for count in range(1, 5):
        move(world, "runs", total=9, completed=count)
        await world.pass_time(15)
    assert world.reader.reads["artifacts"] == 3, "counts that move all the time are followed once a minute"


async def test_a_draft_that_repeats_units_of_a_plan_is_read_for_which_they_are(world: World) -> None:
    for name in ("ended", "draft", "again"):
        world.reader.artifacts_of[name] = [artifact(f"{name}-1", "added")]
    move(world, "ended", status="completedWithError", completed=8, failed=1)
    move(world, "draft", status="draft")
    move(world, "again", status="draft")
    world.sync.focus(Focus("plan", session_ids=("ended", "draft", "again"), again_ids=("again",)))
    await world.pass_time(30)
    assert world.store.artifact_sessions() == {"ended", "again"}
    assert (await world.reads_in(300))["artifacts"] == 0


async def test_25_moving_sessions_of_a_plan_stay_within_the_budget(world: World) -> None:
    names = [f"s{number}" for number in range(25)]
    world.sync.focus(Focus("plan", session_ids=tuple(names)))
    for count in range(1, 9):
        for name in names:
            move(world, name, total=900, completed=count)
        before = len(world.reader.read_at)
        await world.pass_time(60)
        assert len(world.reader.read_at) - before <= READS_PER_MINUTE
    assert world.store.artifact_sessions() == set(names)


# -- lists ---------------------------------------------------------------------------------------------------


async def test_units_are_read_once_when_they_are_shown_and_again_when_asked(world: World) -> None:
    world.sync.focus(Focus("units", service=Service.ONEDRIVE))
    await world.settle()
    assert world.reader.reads["units"] == 2
    assert set(world.store.units[Service.ONEDRIVE]) == {"u1", "u2"}
    assert (await world.reads_in(3600))["units"] == 0
    world.reader.unit_pages = [(unit("u2", "b@x"),)]
    world.sync.refresh()
    await world.settle()
    assert set(world.store.units[Service.ONEDRIVE]) == {"u2"}


async def test_a_list_that_breaks_off_keeps_its_pages_and_is_marked(world: World) -> None:
    for name in "abcd":
        move(world, name)
    world.reader.session_pages = 2
    world.reader.errors["sessions, page 2"] = IncompleteList("The list broke off.", read=2)
    await world.settle()
    assert len(world.store.sessions) == 2
    known = world.store.freshness(fresh.SESSIONS)
    assert (known.complete, known.error) == (False, "The list broke off.")
    del world.reader.errors["sessions, page 2"]
    await world.pass_time(10)
    assert len(world.store.sessions) == 4
    assert world.store.freshness(fresh.SESSIONS).complete
    assert world.store.freshness(fresh.SESSIONS).error == ""


async def test_a_watched_session_that_is_deleted_is_gone_and_not_read_any_more(world: World) -> None:
    move(world, "a", status="draft")
    world.sync.focus(Focus("session", session_id="a"))
    await world.settle()
    del world.reader.rows["a"]
    await world.pass_time(60)
    assert world.store.sessions["a"].gone
    assert (await world.reads_in(120))["session"] == 0
