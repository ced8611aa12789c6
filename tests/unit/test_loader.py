"""Specifies how a collection gets from the service to the store and to whoever waits for it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any, cast

import pytest
from store_builders import NOW, artifact, policy, session, unit
from sync_world import FakeReader

from backup_tui.errors import IncompleteList, NotFound, ProtocolError, Unreachable
from backup_tui.graph.reader import Reader
from backup_tui.models.clock import ManualClock
from backup_tui.models.pages import Page
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.units import ProtectionUnit
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.freshness import Key
from backup_tui.store.store import Store
from backup_tui.sync.loader import Loader


class Scripted(FakeReader):
    """A reader whose lists come in the pages that the test gives; an error among them breaks the list off."""

    def __init__(self, *pages: Page[Any] | Exception) -> None:
        super().__init__()
        self.pages = pages

    async def _scripted(self) -> AsyncIterator[Page[Any]]:
        for page in self.pages:
            if isinstance(page, Exception):
                raise page
            yield page

    def sessions(self, service: Service | None = None) -> AsyncIterator[Page[RestoreSession]]:
        return self._scripted()

    def units(self, service: Service, *, policy_id: str | None = None) -> AsyncIterator[Page[ProtectionUnit]]:
        return self._scripted()

    def rules(self, service: Service, policy_id: str) -> AsyncIterator[Page[ProtectionRule]]:
        return self._scripted()


class Spent:
    """Counts the requests that were paid for."""

    def __init__(self) -> None:
        self.times = 0

    async def __call__(self) -> None:
        self.times += 1


def rule(rule_id: str) -> ProtectionRule:
    return read_rule({"id": rule_id, "status": "completed"}, Service.EXCHANGE)


LISTS: dict[str, tuple[Key[Any], Callable[[str], Any]]] = {
    "sessions": (fresh.SESSIONS, session),
    "units": (fresh.units_of(Service.EXCHANGE), unit),
    "rules": (fresh.rules_of("p"), rule),
}


def loader_of(reader: FakeReader, store: Store) -> Loader:
    store.apply(up.PolicyRead(policy("p")))
    return Loader(cast(Reader, reader), store, ManualClock(NOW))


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_begins_again_holds_each_entry_once(name: str) -> None:
    key, make = LISTS[name]
    reader = Scripted(
        Page((make("old"),), 1, False, unread=3), Page((make("a"),), 1, False), Page((make("a"), make("b")), 2, True)
    )
    store = Store()
    found: Any = await loader_of(reader, store).load(key)
    assert [one.id for one in found] == ["a", "b"]
    assert store.freshness(key).whole


@pytest.mark.parametrize("name", LISTS)
async def test_who_waits_gets_no_list_with_entries_that_cannot_be_read_but_the_screens_do(name: str) -> None:
    key, make = LISTS[name]
    store = Store()
    with pytest.raises(IncompleteList) as told:
        await loader_of(Scripted(Page((make("a"),), 1, True, unread=2)), store).load(key)
    assert (told.value.unread, [one.id for one in told.value.items]) == (2, ["a"])
    known = store.freshness(key)
    assert (known.complete, known.unread, known.count) == (True, 2, 1)


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_that_breaks_off_keeps_what_came_and_is_not_whole(name: str) -> None:
    key, make = LISTS[name]
    store = Store()
    loader = loader_of(Scripted(Page((make("a"),), 1, False), Unreachable("No way.")), store)
    for read in (loader.load(key), loader.refresh(key, Spent())):
        with pytest.raises(Unreachable):
            await read
        known = store.freshness(key)
        assert (known.complete, known.count) == (False, 1)


@pytest.mark.parametrize("name", LISTS)
async def test_background_reading_pays_before_each_page_and_who_waits_pays_nothing(name: str) -> None:
    key, make = LISTS[name]
    loader, spent = loader_of(Scripted(Page((make("a"),), 1, False), Page((make("b"),), 2, True)), Store()), Spent()
    await loader.refresh(key, spent)
    assert spent.times == 2
    assert loader.pages[key] == 2
    await loader.load(key)
    assert spent.times == 2


async def test_a_list_that_was_never_read_is_shown_as_its_pages_come() -> None:
    store, seen = Store(), []
    store.subscribe(lambda change: seen.append((len(store.sessions), store.freshness(fresh.SESSIONS).complete)))
    loader = loader_of(Scripted(Page((session("a"),), 1, False), Page((session("b"),), 2, True)), store)
    await loader.refresh(fresh.SESSIONS, Spent())
    assert (1, False) in seen
    assert seen[-1] == (2, True)
    seen.clear()
    await loader.refresh(fresh.SESSIONS, Spent())
    assert seen == []


async def test_a_session_that_is_not_there_fails_who_waits_and_not_the_background() -> None:
    store = Store()
    loader = loader_of(FakeReader(), store)
    with pytest.raises(NotFound):
        await loader.load(fresh.session_of("x"))
    await loader.refresh(fresh.session_of("x"), Spent())
    assert not store.freshness(fresh.session_of("x")).never_read


@pytest.mark.parametrize("key", [fresh.rules_of("q"), fresh.unit_jobs_of("q"), fresh.artifacts_of("q")])
async def test_what_belongs_to_nothing_that_is_known_is_not_asked_for(key: Key[Any]) -> None:
    reader = FakeReader()
    loader = loader_of(reader, Store())
    await loader.refresh(key, Spent())
    with pytest.raises(ProtocolError, match="q has no service"):
        await loader.load(key)
    assert not reader.reads


async def test_units_behind_opaque_points_are_asked_for_in_the_second_read_only() -> None:
    reader, store = FakeReader(), Store()
    reader.rows["s"] = session("s")
    reader.artifacts_of["s"] = [artifact("x")]
    loader = loader_of(reader, store)
    await loader.load(fresh.session_of("s"))
    for _ in range(2):
        await loader.load(fresh.artifacts_of("s"))
    assert reader.expanded[0] is False
    assert reader.expanded[1] is any(row.unit_id is None for row in store.artifacts("s").values())


def test_two_collections_of_one_id_are_two() -> None:
    keys = {fresh.session_of("x"), fresh.artifacts_of("x"), fresh.rules_of("x"), fresh.unit_jobs_of("x")}
    assert len(keys) == 4
    assert fresh.units_of(Service.EXCHANGE) == fresh.units_of(Service("exchange"))
    assert str(fresh.units_of(Service.EXCHANGE)) == "units:exchange"
