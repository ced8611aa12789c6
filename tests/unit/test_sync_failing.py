"""Specifies background reading that fails, waits or is stopped: it goes on, and it says so."""

from __future__ import annotations

import asyncio
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from store_builders import NOW, at, call
from sync_world import World, move

from backup_tui.errors import PermissionDenied, SignInError, Unreachable
from backup_tui.models.focus import Focus
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.connection import connection_words
from backup_tui.sync.budget import ReadBudget
from backup_tui.sync.schedule import backoff
from backup_tui.sync.sync import PAUSE_FOR

# -- failing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [Unreachable("No way."), PermissionDenied("Not you.", status=403), RuntimeError("ours"), ValueError("ours")],
)
async def test_no_failure_ends_the_reading(world: World, error: Exception) -> None:
    move(world, "a")
    world.reader.errors["sessions"] = error
    await world.settle()
    assert world.store.freshness(fresh.SESSIONS).error
    assert world.store.freshness(fresh.SESSIONS).reading_since is None
    del world.reader.errors["sessions"]
    await world.pass_time(400)
    assert set(world.store.sessions) == {"a"}
    assert world.store.freshness(fresh.SESSIONS).error == ""


async def test_failures_back_off_and_count_as_missed_and_a_key_press_tries_at_once(world: World) -> None:
    world.reader.errors["sessions"] = Unreachable("No way.")
    await world.settle()
    assert world.reader.reads["sessions"] == 1
    assert (await world.reads_in(5))["sessions"] == 1
    assert (await world.reads_in(9))["sessions"] == 0
    assert (await world.reads_in(1.5))["sessions"] == 1
    assert world.store.connection.missed == 3
    assert world.store.connection.next_try is not None
    world.sync.refresh()
    await world.settle()
    assert world.reader.reads["sessions"] == 4
    assert [backoff(n) for n in (1, 2, 3, 6, 60)] == [5, 10, 20, 120, 120]


async def test_an_ended_sign_in_is_shown_and_asked_for_once_a_minute(world: World) -> None:
    for key in ("sessions", "policies", "service"):
        world.reader.errors[key] = SignInError("The sign-in ended.")
    await world.settle()
    assert world.store.connection.signed_out_since is not None
    assert (await world.reads_in(120)).total() == 6


async def test_a_new_sign_in_reads_at_once_what_failed_for_want_of_one(world: World) -> None:
    for key in ("sessions", "policies", "service"):
        world.reader.errors[key] = SignInError("The sign-in ended.")
    await world.settle()
    world.reader.errors.clear()
    world.sync.signed_in()
    await world.settle()
    assert {key: world.reader.reads[key] for key in ("sessions", "policies", "service")} == {
        "sessions": 2,
        "policies": 2,
        "service": 2,
    }


async def test_a_sign_in_service_that_does_not_answer_is_no_ended_sign_in(world: World) -> None:
    down = SignInError("The sign-in service does not answer.", code="AuthorityUnreachable", needs_person=False)
    world.reader.errors["sessions"] = down
    await world.settle()
    assert world.store.connection.signed_out_since is None
    assert (await world.reads_in(6))["sessions"] == 1
    assert world.store.connection.missed == 2, "what is shown is not live meanwhile"


async def test_without_a_sign_in_the_service_has_not_said_anything_about_its_state(world: World) -> None:
    world.reader.errors["service"] = SignInError("The sign-in ended.")
    await world.settle()
    assert world.store.freshness(fresh.SERVICE_ROOT).answered_at is None
    assert world.store.freshness(fresh.SERVICE_ROOT).error == "The sign-in ended."


async def test_a_service_state_that_may_not_be_read_is_said_and_left_alone(world: World) -> None:
    world.reader.errors["service"] = PermissionDenied("Not readable with this sign-in.", status=403)
    await world.settle()
    assert world.store.freshness(fresh.SERVICE_ROOT).error == "Not readable with this sign-in."
    assert world.store.connection.missed == 0
    assert (await world.reads_in(290))["service"] == 0


# -- waiting -------------------------------------------------------------------------------------------------


async def test_a_wait_the_service_asked_for_parks_every_read_to_the_second(world: World) -> None:
    move(world, "a")
    await world.settle()
    world.store.apply(up.ThrottledUntil(world.clock.now().replace(microsecond=0) + (at(4) - NOW)))
    world.sync.refresh()
    await world.settle()
    assert not await world.reads_in(239)
    assert (await world.reads_in(2))["sessions"] == 1


async def test_a_wait_can_be_cancelled(world: World) -> None:
    await world.settle()
    world.store.apply(up.ThrottledUntil(at(60)))
    world.sync.refresh()
    await world.settle()
    assert world.reader.reads["sessions"] == 1
    world.sync.cancel_wait()
    await world.settle()
    assert world.cancelled_waits == 1
    assert world.reader.reads["sessions"] == 2


async def test_a_pause_ends_by_itself_and_still_allows_a_key_press(world: World) -> None:
    move(world, "a")
    await world.settle()
    world.sync.pause()
    assert world.sync.paused
    assert not await world.reads_in(600)
    world.sync.refresh()
    await world.settle()
    assert world.reader.reads["sessions"] == 2
    await world.pass_time(PAUSE_FOR.total_seconds() - 600 + 1)
    assert not world.sync.paused
    assert world.store.connection.paused_until is None
    assert world.reader.reads["sessions"] == 3


async def test_a_slow_read_is_named_after_five_seconds_and_holds_up_no_other(world: World) -> None:
    gate = world.reader.gates["sessions"] = asyncio.Event()
    await world.pass_time(4)
    assert world.store.connection.reading_since is None
    await world.pass_time(1.5)
    assert world.store.connection.reading_since == NOW
    assert world.store.policies
    gate.set()
    await world.settle()
    assert world.store.connection.reading_since is None


def header(world: World) -> str:
    """The state of the connection as the header says it."""
    return connection_words(world.store.connection, world.clock.now(), ZoneInfo("UTC")).right


async def test_a_service_that_accepts_and_never_answers_is_never_called_live(world: World) -> None:
    await world.settle()
    world.store.apply(up.CallFinished(call("a")))
    assert header(world).startswith("live ")
    for key in ("sessions", "policies", "service"):
        world.reader.gates[key] = asyncio.Event()
    world.sync.refresh()
    await world.pass_time(5.5)
    assert header(world).startswith("reading since ")
    world.sync.refresh()  # `r` once more: the slow read is given up for a new one
    await world.settle()
    assert header(world).startswith("reading since ")
    await world.pass_time(26)
    assert header(world).startswith("late, last ")
    world.sync.refresh()
    await world.settle()
    assert header(world).startswith("late, last ")


@pytest.mark.parametrize("screen", ["overview", "policies", "sessions"])
async def test_what_r_asked_for_is_called_slow_in_time_although_nothing_else_is_due(world: World, screen: Any) -> None:
    world.sync.focus(Focus(screen=screen))
    await world.settle()
    await world.pass_time(1)
    world.store.apply(up.CallFinished(call("a")))
    for key in ("sessions", "policies", "service", "serviceApps", "notifications"):
        world.reader.gates[key] = asyncio.Event()
    world.sync.refresh()
    await world.pass_time(6)
    assert header(world).startswith("reading since ")


async def test_r_begins_a_slow_read_again_and_leaves_a_quick_one_alone(world: World) -> None:
    gate = world.reader.gates["sessions"] = asyncio.Event()
    await world.settle()
    world.sync.refresh()
    await world.settle()
    assert world.reader.reads["sessions"] == 1, "it has only just been asked for"
    await world.pass_time(6)
    world.sync.refresh()
    await world.settle()
    assert world.reader.reads["sessions"] == 2
    gate.set()
    await world.settle()
    assert world.store.freshness(fresh.SESSIONS).complete


async def test_stopping_ends_a_read_under_way() -> None:
    world = World()
    world.reader.gates["sessions"] = asyncio.Event()
    await world.settle()
    await world.sync.stop()
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]


def test_the_budget_is_a_sliding_minute() -> None:
    budget = ReadBudget(limit=3, kept_free=0)
    for second in (0.0, 10.0, 20.0):
        assert budget.has_room(second, 1)
        budget.spend(second)
    assert not budget.has_room(30.0, 1)
    assert budget.room_in(30.0, 1) == 30.0
    assert budget.room_in(30.0, 2) == 40.0
    assert budget.has_room(60.0, 1)
    assert ReadBudget().has_room(0.0, 99), "a list longer than the budget must still be read some time"
