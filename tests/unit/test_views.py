"""What lists show and in which order: filters as they are typed, orders of the screens, long lists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from store_builders import NOW, artifact, at, call, policy, session, unit

from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.filters import Term, parse_filter
from backup_tui.store.store import Store
from backup_tui.store.views import (
    SESSION_LANGUAGE,
    Sort,
    activity_keys,
    activity_line,
    artifact_keys,
    policy_keys,
    session_keys,
    unit_keys,
)


@dataclass(frozen=True)
class Name:
    """A last known name."""

    address: str | None
    title: str | None = None
    service: Service = Service.ONEDRIVE


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("finance", (Term("finance"),)),
        ("!Finance status:failed", (Term("finance", wanted=False), Term("failed", "status"))),
        ("https://contoso.sharepoint.com/x", (Term("https://contoso.sharepoint.com/x"),)),
        ('status:"some failed"', (Term("some failed", "status"),)),
        ("", ()),
        ("!", ()),
        ("status:", ()),
    ],
)
def test_a_filter_is_read_as_it_is_typed(typed: str, terms: tuple[Term, ...]) -> None:
    assert parse_filter(typed, SESSION_LANGUAGE).terms == terms


@pytest.fixture
def sessions() -> Store:
    store = Store()
    rows = (
        session("done", "completed", completedDateTime="2026-11-19T00:00:00Z"),
        session("draft", "draft", by="ryan", service=Service.EXCHANGE),
        session("odd", "hibernating"),
        session("some", "completedWithError", completedDateTime="2026-11-20T01:00:00Z"),
        session("run", "active"),
        session("start", "activating"),
    )
    store.apply(up.ListRead(fresh.SESSIONS, rows, 1.0, True, NOW))
    return store


def test_sessions_run_first_then_drafts_then_the_last_to_end(sessions: Store) -> None:
    assert session_keys(sessions) == ["run", "start", "draft", "odd", "some", "done"]
    sessions.apply(up.SessionGone("run"))
    assert session_keys(sessions)[-1] == "run"


def test_status_takes_our_words_and_the_services(sessions: Store) -> None:
    assert session_keys(sessions, "status:completedWithError") == ["some"]
    assert session_keys(sessions, "status:failed") == ["some"]
    assert session_keys(sessions, "status:completed") == ["done"]
    assert session_keys(sessions, "status:hibernating") == ["odd"]
    assert set(session_keys(sessions, "!status:completed !draft")) == {"odd", "some", "run", "start"}
    assert session_keys(sessions, "service:exchange by:ryan") == ["draft"]


def test_sorting_by_a_column_and_the_other_way_round(sessions: Store) -> None:
    by_id = session_keys(sessions, sort=Sort("id"))
    assert by_id == sorted(by_id)
    assert session_keys(sessions, sort=Sort("id", reverse=True)) == by_id[::-1]


def test_restores_are_sorted_by_their_start_and_drafts_by_when_they_were_made() -> None:
    store = Store()
    made: dict[str, Any] = {"createdDateTime": "2026-11-19T00:00:00Z"}
    rows = (session("early", "active", **made), session("late", "active", **made), session("draft", "draft", **made))
    store.apply(up.ListRead(fresh.SESSIONS, rows, 1.0, True, NOW))
    for session_id, minutes in (("early", -50), ("late", -10)):
        started = artifact("x", "inProgress", started=at(minutes))
        store.apply(up.ListRead(fresh.artifacts_of(session_id), (started,), 2.0, True, NOW))
    assert session_keys(store, sort=Sort("when")) == ["late", "early", "draft"]
    assert session_keys(store, sort=Sort("when", reverse=True)) == ["draft", "early", "late"]


def test_failed_units_come_first_then_the_longest_in_progress() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s"), 1.0))
    items = (
        artifact("ok", "succeeded", started=at(-50), completed=at(-40)),
        artifact("waits", "scheduled"),
        artifact("short", "inProgress", started=at(-12)),
        artifact("long", "inProgress", started=at(-50)),
        artifact("failed-early", "failed", completed=at(-80), code="ArtifactNotFound"),
        artifact("failed-late", "failed", completed=at(-50), code="ArtifactCannotBeRestored"),
    )
    store.apply(up.ListRead(fresh.artifacts_of("s"), items, 2.0, True, NOW))
    assert artifact_keys(store, "s") == ["failed-late", "failed-early", "long", "short", "waits", "ok"]
    assert artifact_keys(store, "s", "code:notfound") == ["failed-early"]
    assert artifact_keys(store, "s", "status:failed cannotbe") == ["failed-late"]
    assert artifact_keys(store, "not read") == []


def test_the_policy_in_force_comes_first_of_its_service() -> None:
    store = Store()
    store.apply(up.ListRead(fresh.POLICIES, (policy("a", "inactive"), policy("b", "active"))))
    assert policy_keys(store) == ["b", "a"]
    assert policy_keys(store, "status:inactive") == ["a"]


# -- units ---------------------------------------------------------------------------------------------------


def units_store() -> Store:
    store = Store()
    page = (
        unit("u1", "lee.gu@contoso.com", "Lee Gu"),
        unit("u2", "Gudrun.H@contoso.com", "Gudrun Hahn", "protectRequested"),
        unit("u3", "regulator@contoso.com", "Regulator", "unprotected"),
        unit("8f2c1a7e-0001", None, None),
    )
    store.apply(up.UnitsPage(Service.ONEDRIVE, page, True, True))
    return store


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("GU", {"u1", "u2", "u3"}),
        ("gu !regul", {"u1", "u2"}),
        ("hahn", {"u2"}),
        ("status:protected", {"u1", "8f2c1a7e-0001"}),
        ("status:unprotected", {"u3"}),
        ("status:not", {"u3"}),
        ("8f2c1a7e", {"8f2c1a7e-0001"}),
        ("id:u3", {"u3"}),
        ("policy:policy-1 lee", {"u1"}),
        ("policy:none", set()),
        ("nobody", set()),
    ],
)
def test_units_are_found_by_address_name_status_and_id(typed: str, found: set[str]) -> None:
    assert set(unit_keys(units_store(), Service.ONEDRIVE, typed)) == found


def test_the_search_follows_rows_that_are_added_changed_named_and_removed() -> None:
    store = units_store()
    assert unit_keys(store, Service.ONEDRIVE, "hahn") == ["u2"]
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u2", "gudrun@contoso.com", "Gudrun Weiss"),), True, False))
    assert unit_keys(store, Service.ONEDRIVE, "hahn") == []
    assert unit_keys(store, Service.ONEDRIVE, "weiss") == ["u2"]
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u9", "zoe.weiss@contoso.com", "Zoe"),), False, False))
    assert unit_keys(store, Service.ONEDRIVE, "weiss") == ["u2", "u9"]
    store.apply(up.NamesKnown(cast(Any, {"8f2c1a7e-0001": Name("anna.weiss@contoso.com")})))
    assert unit_keys(store, Service.ONEDRIVE, "weiss") == ["8f2c1a7e-0001", "u2", "u9"]
    store.apply(up.UnitsPage(Service.ONEDRIVE, (), False, True))
    assert unit_keys(store, Service.ONEDRIVE) == ["u2", "u9"]


def test_long_lists_keep_order_across_segments_and_a_common_needle() -> None:
    store = Store()
    count = 20_000
    for start in range(0, count, 1_000):
        page = tuple(unit(f"u{n:05}", f"user{(n * 7919) % count:05}@contoso.com") for n in range(start, start + 1_000))
        store.apply(up.UnitsPage(Service.ONEDRIVE, page, start == 0, start == count - 1_000))
        unit_keys(store, Service.ONEDRIVE, "user1")
    table = store.units[Service.ONEDRIVE]
    ordered = unit_keys(store, Service.ONEDRIVE)
    assert [table[key].address for key in ordered] == sorted(row.address for row in table.values())
    common = unit_keys(store, Service.ONEDRIVE, "user1")
    assert common == [key for key in ordered if table[key].address.startswith("user1")]
    assert len(common) == 10_000
    assert unit_keys(store, Service.ONEDRIVE, "user1", Sort("address", reverse=True)) == common[::-1]
    assert unit_keys(store, Service.ONEDRIVE, "user00042") == [key for key in ordered if "00042" in table[key].address]


# -- activity ------------------------------------------------------------------------------------------------


def test_activity_joins_calls_seen_changes_and_earlier_journal_entries() -> None:
    store = Store()
    store.apply(up.CallFinished(call("read", started=at(-3))))
    store.apply(up.CallFinished(call("change", mutating=True, started=at(-2))))
    store.apply(up.SessionRead(session("s", "draft", by="ryan"), 1.0, at(-1)))
    store.apply(up.SessionRead(session("s", "active", by="ryan"), 2.0, at(-1)))
    lines = (
        up.JournalLine(2, "activate", "done", "start of 3", "adele", at(-2), client_request_id="change"),
        up.JournalLine(1, "create", "done", "draft of 3", "adele", at(-90)),
    )
    store.apply(up.JournalRead(lines))
    assert activity_keys(store) == ["call:seen-1", "call:change", "call:read", "journal:1"]
    assert activity_keys(store, changes_only=True) == ["call:seen-1", "call:change", "journal:1"]
    assert activity_keys(store, "!read") == ["call:seen-1", "journal:1"]
    assert activity_line(store, "journal:1") is lines[1]
    assert activity_line(store, "call:gone") is None
