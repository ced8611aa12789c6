"""At most sixty reads in any minute, whatever is shown, whatever moves, and whatever keys are pressed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest
from store_builders import artifact, unit
from sync_world import World, move

from backup_tui.errors import Unreachable
from backup_tui.models.focus import NOBODY, Focus
from backup_tui.models.services import Service
from backup_tui.store import updates as up
from backup_tui.sync.budget import FOR_WATCHING, KEPT_FREE, READS_PER_MINUTE

RUNNING, HISTORY, UNITS = 25, 500, 1_000
OPEN = Focus("session", session_id="s000")
PLACES = {
    "the overview": Focus("overview"),
    "the sessions": Focus("sessions"),
    "a restore": OPEN,
    "a restore that ended": Focus("session", session_id="s100"),
    "the policies": Focus("policies"),
    "a policy": Focus("policies", service=Service.EXCHANGE, policy_id="p"),
    "units": Focus("units", service=Service.EXCHANGE),
    "the form": Focus("form", service=Service.EXCHANGE),
    "the activity": Focus("activity"),
    "the service": Focus("service"),
}


UNITS_OF_ALL = [
    artifact(f"{one}", "failed" if one < 3 else "inProgress", code="GeneralError" if one < 3 else "")
    for one in range(UNITS)
]


@pytest.fixture
async def busy() -> AsyncIterator[World]:
    """As much as runs at once, each restore with a thousand units, and a long history."""
    world = World()
    for number in range(RUNNING + HISTORY):
        count(world, number, 0)
        world.reader.artifacts_of[f"s{number:03}"] = UNITS_OF_ALL[: UNITS if number < RUNNING else 3]
    world.reader.session_pages = 3
    try:
        yield world
    finally:
        await world.sync.stop()


def count(world: World, number: int, done: int) -> None:
    status = "active" if number < RUNNING else "completed"
    move(world, f"s{number:03}", status=status, total=UNITS, completed=done, failed=3)


async def minutes(world: World, focus: Sequence[Focus], how_many: int = 10, *, r: bool = False) -> int:
    """Most reads in any of so many minutes in which units end all the time and screens are shown in turn."""
    for step in range(how_many * 12):
        world.sync.focus(focus[step % len(focus)])
        for number in range(RUNNING):
            count(world, number, step)
        if r:
            world.sync.refresh()
        await world.pass_time(5)
    return world.reader.most_in_a_minute()


@pytest.mark.parametrize("place", PLACES)
async def test_watching_leaves_room_for_what_a_person_asks_for(busy: World, place: str) -> None:
    assert await minutes(busy, [PLACES[place]], how_many=4) <= READS_PER_MINUTE
    assert busy.reader.most_in_a_minute(60.0) <= READS_PER_MINUTE - KEPT_FREE


@pytest.mark.parametrize("place", ["the overview", "a restore", "a policy", "units"])
async def test_r_again_and_again_stays_within_sixty_a_minute(busy: World, place: str) -> None:
    assert await minutes(busy, [PLACES[place]], how_many=2, r=True) <= READS_PER_MINUTE


async def test_going_through_every_screen_stays_within_sixty_a_minute(busy: World) -> None:
    assert await minutes(busy, [*PLACES.values(), NOBODY]) <= READS_PER_MINUTE


async def test_after_a_start_of_ours_stays_within_sixty_a_minute(busy: World) -> None:
    for number in range(RUNNING):
        busy.store.apply(up.Mutated(f"s{number:03}", busy.clock.monotonic()))
    assert await minutes(busy, [Focus("overview"), OPEN]) <= READS_PER_MINUTE


async def test_an_outage_and_its_end_stay_within_sixty_a_minute(busy: World) -> None:
    await minutes(busy, [OPEN], how_many=2)
    for key in ("sessions", "session", "artifacts", "policies", "service"):
        busy.reader.errors[key] = Unreachable("No way.")
    await minutes(busy, [OPEN], how_many=2, r=True)
    busy.reader.errors.clear()
    assert await minutes(busy, [OPEN], how_many=2, r=True) <= READS_PER_MINUTE


async def test_everything_that_moves_is_still_followed_within_the_budget(busy: World) -> None:
    await minutes(busy, [OPEN], how_many=3)
    assert busy.store.sessions["s000"].completed == 35
    assert len(busy.store.artifacts("s000")) == UNITS
    followed = busy.store.sessions["s024"].completed
    assert followed is not None
    assert followed >= 24, "the others at most a minute late"


async def test_a_long_list_of_units_is_read_at_once_and_the_rest_goes_on_beside(busy: World) -> None:
    busy.reader.unit_pages = [(unit(f"u{number}", f"{number}@x"),) for number in range(100)]
    await minutes(busy, [OPEN], how_many=2)
    before = busy.reader.reads.copy()
    busy.sync.focus(PLACES["units"])
    await busy.settle()
    await busy.pass_time(1)
    assert (busy.reader.reads - before)["units"] == 100, "it is what the person asked for"
    began = busy.clock.monotonic()
    await minutes(busy, [OPEN], how_many=1)
    assert 5 <= busy.reader.most_in_a_minute(began) <= FOR_WATCHING


async def test_r_after_a_long_list_of_units_is_answered_at_once(busy: World) -> None:
    busy.reader.unit_pages = [(unit(f"u{number}", f"{number}@x"),) for number in range(100)]
    await minutes(busy, [PLACES["units"]], how_many=1)
    busy.sync.focus(OPEN)
    await busy.settle()
    before = busy.reader.reads["session"]
    busy.sync.refresh()
    await busy.settle()
    assert busy.reader.reads["session"] > before
