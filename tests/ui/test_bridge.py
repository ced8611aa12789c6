"""Specifies the bridge: one delivery for many changes, not more than one in its period, nothing while it is quiet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from backup_tui.store.changes import Change, Topic, change
from backup_tui.ui.bridge import Bridge


class Screen:
    def __init__(self) -> None:
        self.got: list[Change] = []

    def receive(self, change: Change) -> None:
        self.got.append(change)
        if Topic.MESSAGE in change.topics:
            raise ValueError("bad")


class Store:
    def __init__(self) -> None:
        self.listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self.listeners.append(listener)
        return lambda: self.listeners.remove(listener)

    def emit(self, topic: Topic, *ids: str) -> None:
        for listener in self.listeners:
            listener(change(topic, *ids))


class SpyLoop:
    """Counts the timers that are asked for and gives the wait of each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        loop = asyncio.get_running_loop()
        self.waits: list[float] = []
        real = loop.call_later

        def call_later(wait: Any, *rest: Any, **more: Any) -> Any:
            self.waits.append(wait)
            return real(0, *rest, **more)

        monkeypatch.setattr(loop, "call_later", call_later)


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_changes_are_gathered_and_a_second_delivery_waits_for_the_period(monkeypatch: pytest.MonkeyPatch) -> None:
    store, screen = Store(), Screen()
    bridge = Bridge(lambda: screen, store.subscribe, lambda error: None, period=1000)
    bridge.start()
    loop = SpyLoop(monkeypatch)
    store.emit(Topic.SESSIONS, "a")
    store.emit(Topic.UNITS, "b", "c")
    await settle()
    assert screen.got == [Change(frozenset({Topic.SESSIONS, Topic.UNITS}), frozenset("abc"))]
    store.emit(Topic.CALLS)
    await settle()
    assert loop.waits[0] == 0
    assert 990 < loop.waits[1] <= 1000
    assert len(loop.waits) == 2


async def test_an_error_of_a_screen_is_reported_and_later_changes_still_arrive() -> None:
    errors: list[Exception] = []
    store, screen = Store(), Screen()
    bridge = Bridge(lambda: screen, store.subscribe, errors.append, period=0)
    bridge.start()
    store.emit(Topic.MESSAGE)
    await settle()
    store.emit(Topic.UNITS)
    await settle()
    assert [str(error) for error in errors] == ["bad"]
    assert screen.got[-1] == change(Topic.UNITS)


async def test_a_hidden_screen_catches_up_once_and_after_stop_nothing_arrives() -> None:
    store, shown, hidden = Store(), Screen(), Screen()
    bridge = Bridge(lambda: shown, store.subscribe, lambda error: None, period=0)
    bridge.join(hidden)
    bridge.start()
    store.emit(Topic.SESSIONS, "a")
    await settle()
    store.emit(Topic.SESSIONS, "b")
    bridge.stop()
    await settle()
    assert shown.got == [change(Topic.SESSIONS, "a")]
    assert hidden.got == []
    assert bridge.caught_up(hidden) == change(Topic.SESSIONS, "a")
    assert bridge.caught_up(hidden) is None
    assert store.listeners == []
