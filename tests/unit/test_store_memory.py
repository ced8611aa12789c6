"""Specifies how much the store keeps: of restores that were looked into, of units, of answers."""

from __future__ import annotations

import tracemalloc

import pytest
from msgspec.structs import replace
from store_builders import NOW, artifact, at, call, session

from backup_tui.models.calls import CallRecord
from backup_tui.models.services import Destination, Service
from backup_tui.models.units import MailboxProtectionUnit
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.call_log import ANSWERS_KEPT, READS_KEPT
from backup_tui.store.rows import UnitRow
from backup_tui.store.store import Store


@pytest.fixture
def store() -> Store:
    return Store()


def many_restores(store: Store, count: int, units: int, status: str = "inProgress") -> list[str]:
    """So many sessions, and the units of each, read one after the other."""
    ids = [f"{status}{number}" for number in range(count)]
    for number, session_id in enumerate(ids):
        store.apply(up.SessionRead(session(session_id), 1.0))
        ended = NOW if status != "inProgress" else None
        items = tuple(artifact(f"{session_id}-{unit}", status, completed=ended) for unit in range(units))
        store.apply(up.ListRead(fresh.artifacts_of(session_id), items, 2.0 + number, True, NOW))
    return ids


@pytest.fixture
def small_room(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("backup_tui.store.artifact_collection.ROWS_KEPT", 100)
    return 100


def test_many_restores_that_were_looked_into_do_not_fill_the_memory(store: Store, small_room: int) -> None:
    ids = many_restores(store, 30, 10)
    assert sum(len(store.artifacts(session_id)) for session_id in ids) == small_room
    assert [session_id for session_id in ids if store.artifacts(session_id)] == ids[-10:]
    assert store.sessions[ids[0]].destination is Destination.IN_PLACE, "what they told stays"
    assert store.freshness(fresh.artifacts_of(ids[0])).never_read, "so the session reads them again when it is opened"


@pytest.mark.usefixtures("small_room")
def test_units_that_are_being_restored_are_kept_before_those_of_restores_that_ended(store: Store) -> None:
    running = many_restores(store, 5, 10)
    many_restores(store, 20, 10, "succeeded")
    assert all(len(store.artifacts(session_id)) == 10 for session_id in running)


def test_the_restore_that_is_open_is_whole_however_large_it_is(store: Store, small_room: int) -> None:
    (before,) = many_restores(store, 1, 10, "succeeded")
    (large,) = many_restores(store, 1, small_room * 3)
    assert len(store.artifacts(large)) == small_room * 3
    assert not store.artifacts(before)


def test_a_unit_costs_no_more_than_the_710_bytes_that_let_100_000_fit_in_71_mb() -> None:
    count, a_page = 20_000, 500
    store = Store()
    table = store.units[Service.ONEDRIVE]
    tracemalloc.start(1)
    try:
        before = tracemalloc.get_traced_memory()[0]
        for start in range(0, count, a_page):
            page = tuple(
                MailboxProtectionUnit(
                    id=f"8f2c1a7e-0000-4000-8000-{number:012}",
                    directory_object_id=f"11111111-0000-4000-8000-{number:012}",
                    email=f"firstname.lastname{number}@contoso.onmicrosoft.com",
                    display_name=f"Firstname Lastname {number}",
                    status=f"prot{chr(101)}cted",
                    policy_id=f"policy-{number % 3}",
                    created_date_time=at(number),
                )
                for number in range(start, start + a_page)
            )
            store.apply(up.UnitsPage(Service.ONEDRIVE, page, start == 0, start == count - a_page))
        del page
        table.positions("lastname5")
        table.order("address", lambda row: row.address)
        used = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert len(table) == count
    assert isinstance(table["8f2c1a7e-0000-4000-8000-000000000000"], UnitRow)
    assert used / count <= 710


def test_answers_of_old_reads_do_not_fill_the_memory(store: Store) -> None:
    store.apply(up.CallFinished(replace(call("change", mutating=True), answer_body="made")))
    for number in range(READS_KEPT):
        store.apply(up.CallFinished(replace(call(f"r{number}", started=at(number / 100)), answer_body="x" * 4_000)))
    kept = [line for line in store.calls.values() if isinstance(line, CallRecord) and line.answer_body]
    assert [line.id for line in kept] == ["change", *(f"r{READS_KEPT - left}" for left in range(ANSWERS_KEPT, 0, -1))]
    first = store.calls["r0"]
    assert isinstance(first, CallRecord)
    assert first.answer_let_go, "a body that was never there is another thing"
