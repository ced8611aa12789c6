"""Specifies the throttle gate: nobody passes before its time, everybody after it, and a wait can be given up."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from scripted_service import NOW

from backup_tui.errors import Throttled
from backup_tui.graph.gate import MOST_IN_FLIGHT, START_IN_FLIGHT, ThrottleGate
from backup_tui.models.clock import ManualClock


class Hand:
    """Sleeps that end when the test says so."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._sleeping: list[asyncio.Future[None]] = []

    async def sleep(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        self._sleeping.append(future)
        await future

    async def pass_time(self, seconds: float) -> None:
        self._clock.advance(seconds)
        sleeping, self._sleeping = self._sleeping, []
        for future in sleeping:
            if not future.done():
                future.set_result(None)
        await settle()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def new_gate(told: Any = None) -> Any:
    clock = ManualClock(NOW)
    hand = Hand(clock)
    return ThrottleGate(clock, sleep=hand.sleep, on_change=told), hand


async def through(gate: ThrottleGate) -> None:
    """Takes a turn and gives it back."""
    async with gate.turn():
        pass


async def test_an_open_gate_holds_nobody() -> None:
    gate, _ = new_gate()
    await through(gate)
    assert gate.until is None


async def test_all_wait_until_the_very_second_and_are_told_when() -> None:
    told: list[datetime] = []
    gate, hand = new_gate(told.append)
    assert gate.close_for(20) == NOW + timedelta(seconds=20)
    waiters = [asyncio.create_task(through(gate)) for _ in range(5)]
    await settle()
    await hand.pass_time(19.5)
    assert not any(task.done() for task in waiters)
    await hand.pass_time(0.5)
    assert all(task.done() for task in waiters)
    assert told == [NOW + timedelta(seconds=20), None]
    await gate.aclose()


async def test_a_longer_wait_counts_and_a_shorter_one_does_not_shorten_it() -> None:
    gate, hand = new_gate()
    gate.close_for(20)
    gate.close_for(5)
    assert gate.until == NOW + timedelta(seconds=20)
    waiter = asyncio.create_task(through(gate))
    await settle()
    gate.close_for(60)
    await hand.pass_time(20)
    assert not waiter.done()
    await hand.pass_time(40)
    assert waiter.done()
    await gate.aclose()


async def test_a_wait_can_be_given_up_and_the_gate_stays_closed() -> None:
    gate, _ = new_gate()
    gate.close_for(315)
    waiter = asyncio.create_task(through(gate))
    await settle()
    gate.cancel_wait()
    with pytest.raises(Throttled, match="until 04:07:15 UTC"):
        await waiter
    assert gate.until is not None
    await gate.aclose()


async def test_nobody_is_held_for_hours() -> None:
    gate, _ = new_gate()
    gate.close_for(7200)
    with pytest.raises(Throttled):
        await through(gate)
    await gate.aclose()


async def test_few_are_in_flight_at_once_more_after_good_answers_fewer_after_a_429() -> None:
    gate, hand = new_gate()
    inside, most = 0, 0
    release = asyncio.Event()

    async def caller() -> None:
        nonlocal inside, most
        async with gate.turn():
            inside += 1
            most = max(most, inside)
            await release.wait()
            inside -= 1

    callers = [asyncio.create_task(caller()) for _ in range(20)]
    await settle()
    assert most == START_IN_FLIGHT
    for _ in range(100):
        gate.went_well()
    await settle()
    assert most == MOST_IN_FLIGHT
    gate.close_for(1)
    assert gate.limit == MOST_IN_FLIGHT // 2
    release.set()
    await settle()
    assert sum(task.done() for task in callers) == MOST_IN_FLIGHT, "nobody new may enter while it is closed"
    await hand.pass_time(1)
    await asyncio.gather(*callers)
    assert gate.in_flight == 0
    await gate.aclose()


async def test_a_caller_who_goes_away_takes_no_place() -> None:
    gate, _ = new_gate()
    places = [gate.turn() for _ in range(START_IN_FLIGHT)]
    for place in places:
        await place.__aenter__()
    places += [gate.turn(), gate.turn()]
    leaver = asyncio.create_task(places[-2].__aenter__())
    stayer = asyncio.create_task(places[-1].__aenter__())
    await settle()
    leaver.cancel()
    await settle()
    await places[0].__aexit__(None, None, None)
    await settle()
    assert stayer.done()
    assert gate.in_flight == START_IN_FLIGHT


async def test_closing_lets_nobody_hang_and_nobody_through() -> None:
    gate, _ = new_gate()
    gate.close_for(60)
    waiter = asyncio.create_task(through(gate))
    await settle()
    await gate.aclose()
    with pytest.raises(Throttled):
        await waiter
