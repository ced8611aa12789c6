"""What the store promises: it tells only what differs, and which of two answers about one thing counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import pytest
from store_builders import NOW, artifact, at, call, policy, session, unit
from store_reads import sessions_read

from backup_tui.models.calls import Outcome
from backup_tui.models.remembered import PointUnit
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.store import freshness as fresh
from backup_tui.store import last_visit as left
from backup_tui.store import updates as up
from backup_tui.store.call_log import READS_KEPT
from backup_tui.store.changes import Change, Topic
from backup_tui.store.store import Store


@dataclass(frozen=True)
class Name:
    """A last known name."""

    address: str | None
    title: str | None = None
    service: Service = Service.ONEDRIVE


@pytest.fixture
def store() -> Store:
    return Store()


def test_listeners_hear_a_difference_once_and_nothing_when_the_same_comes_again(store: Store) -> None:
    heard: list[Change] = []
    unsubscribe = store.subscribe(heard.append)
    store.apply(sessions_read(session("a"), session("b")))
    assert heard[-1].topics == {Topic.SESSIONS}
    assert heard[-1].ids == {"a", "b"}
    assert store.apply(sessions_read(session("a"), session("b"), asked_at=2.0)) is None
    store.apply(sessions_read(session("a", completed=1), session("b"), asked_at=3.0))
    assert heard[-1].ids == {"a"}
    unsubscribe()
    unsubscribe()
    store.apply(sessions_read(session("a", completed=2), session("b"), asked_at=4.0))
    assert len(heard) == 2


def test_something_that_is_no_update_is_refused(store: Store) -> None:
    with pytest.raises(TypeError):
        store.apply("sessions")  # type: ignore[arg-type]


# -- which answer counts -------------------------------------------------------------------------------------


def test_a_newer_modification_beats_an_older_one_whenever_it_was_asked_for(store: Store) -> None:
    store.apply(up.SessionRead(session("a", completed=5, modified=at(2)), asked_at=1.0))
    assert store.apply(up.SessionRead(session("a", completed=3, modified=at(1)), asked_at=9.0)) is None
    assert store.sessions["a"].completed == 5
    store.apply(up.SessionRead(session("a", completed=6, modified=at(3)), asked_at=0.5))
    assert store.sessions["a"].completed == 6


def test_with_equal_modification_the_answer_that_was_asked_for_later_counts(store: Store) -> None:
    store.apply(up.SessionRead(session("a", completed=5), asked_at=5.0))
    assert store.apply(up.SessionRead(session("a", completed=4), asked_at=4.0)) is None
    store.apply(up.SessionRead(session("a", completed=7), asked_at=6.0))
    assert store.sessions["a"].completed == 7


def test_an_answer_asked_for_before_our_change_was_answered_is_dropped(store: Store) -> None:
    store.apply(up.SessionRead(session("a", "draft"), asked_at=1.0))
    store.apply(up.SessionRead(session("a", "activating", modified=at(1)), asked_at=10.0, changed=True))
    late = sessions_read(session("a", "draft", modified=at(2)), asked_at=9.0)
    store.apply(late)
    assert store.sessions["a"].status == "activating"
    assert store.apply(up.ListRead(fresh.artifacts_of("a"), (artifact("x"),), 9.0, True, NOW)) is None
    assert not store.artifacts("a")
    assert not store.freshness(fresh.artifacts_of("a")).complete


def test_the_common_list_does_not_take_back_what_a_typed_answer_told(store: Store) -> None:
    store.apply(up.SessionRead(session("a", service=Service.EXCHANGE), 1.0, destination=Destination.NEW))
    bare = RestoreSession.read({**session("a", completed=1).raw(), "@odata.type": "#microsoft.graph.odd"})
    store.apply(sessions_read(bare, asked_at=2.0))
    assert store.sessions["a"].service is Service.EXCHANGE
    assert store.sessions["a"].destination is Destination.NEW
    assert store.sessions["a"].completed == 1


# -- what vanishes -------------------------------------------------------------------------------------------


def test_a_session_is_gone_after_two_spaced_looks_and_keeps_its_row(store: Store) -> None:
    store.apply(sessions_read(session("a"), session("b", completed=4), asked_at=1.0))
    store.apply(sessions_read(session("a"), asked_at=10.0))
    assert not store.sessions["b"].gone
    store.apply(sessions_read(session("a"), asked_at=10.5))
    assert not store.sessions["b"].gone, "two looks within a moment are one"
    store.apply(sessions_read(session("a"), asked_at=20.0))
    assert store.sessions["b"].gone
    assert store.sessions["b"].completed == 4
    assert not store.sessions["b"].running
    store.apply(sessions_read(session("a"), session("b", completed=5), asked_at=30.0))
    assert not store.sessions["b"].gone


def test_neither_a_part_of_the_list_nor_unreadable_entries_make_a_session_gone(store: Store) -> None:
    store.apply(sessions_read(session("a"), session("b"), asked_at=1.0))
    for asked in (10.0, 20.0, 30.0):
        store.apply(sessions_read(session("a"), asked_at=asked, complete=False))
        store.apply(sessions_read(session("a"), asked_at=asked + 3, unread=1))
    assert not store.sessions["b"].gone


def test_a_fresh_draft_outlives_lists_that_do_not_show_it_yet(store: Store) -> None:
    store.apply(sessions_read(asked_at=1.0))
    store.apply(up.SessionRead(session("new", "draft"), 100.0, NOW, changed=True))
    for asked in (99.0, 105.0, 110.0, 115.0):
        store.apply(sessions_read(asked_at=asked))
    assert not store.sessions["new"].gone
    for asked in (131.0, 140.0):
        store.apply(sessions_read(asked_at=asked))
    assert store.sessions["new"].gone


def test_a_deleted_draft_is_not_brought_back_by_a_late_list(store: Store) -> None:
    store.apply(up.SessionRead(session("a", "draft"), 1.0))
    store.apply(up.SessionGone("a", at=10.0))
    store.apply(sessions_read(session("a", "draft", modified=at(5)), asked_at=9.0))
    assert store.sessions["a"].gone


def test_two_404_looks_make_a_watched_session_gone(store: Store) -> None:
    store.apply(up.SessionRead(session("a"), 1.0))
    assert store.apply(up.SessionMissing("a", 5.0, NOW)) is None
    told = store.apply(up.SessionMissing("a", 10.0, NOW))
    assert told is not None
    assert "a" in told.ids
    assert store.sessions["a"].gone


# -- backwards, seen -----------------------------------------------------------------------------------------


def test_counts_and_states_that_go_backwards_keep_a_mark(store: Store) -> None:
    store.apply(up.SessionRead(session("a", completed=5), 1.0))
    store.apply(up.SessionRead(session("a", completed=3), 2.0))
    assert store.sessions["a"].went_back == "5 ok before, 3 now"
    store.apply(up.SessionRead(session("a", completed=4), 3.0))
    assert store.sessions["a"].went_back == "5 ok before, 4 now"
    store.apply(up.SessionRead(session("a", completed=5), 4.0))
    assert store.sessions["a"].went_back == ""
    store.apply(up.SessionRead(session("a", "activating", completed=5), 5.0))
    assert store.sessions["a"].went_back == "was running, now starting"


def test_a_start_by_somebody_else_is_written_down_and_ours_is_not(store: Store) -> None:
    store.apply(sessions_read(session("theirs", "draft", by="ryan"), session("ours", "draft"), asked_at=1.0))
    store.apply(up.Mutated("ours", 2.0))
    store.apply(sessions_read(session("theirs", by="ryan"), session("ours"), asked_at=3.0))
    seen = [line.what for line in store.calls.values() if hasattr(line, "session_id")]
    assert seen == ["seen: theirs started by ryan"]


# -- artifacts -----------------------------------------------------------------------------------------------


def test_an_artifact_learns_its_unit_from_the_journals_map_before_or_after(store: Store) -> None:
    store.apply(up.PointUnitsKnown({"p1": PointUnit("p1", "u1", "lee@contoso.com", Service.ONEDRIVE)}))
    store.apply(up.SessionRead(session("a"), 1.0))
    store.apply(
        up.ListRead(fresh.artifacts_of("a"), (artifact("x", point="p1"), artifact("y", point="p2")), 2.0, True, NOW)
    )
    rows = store.artifacts("a")
    assert (rows["x"].unit_id, rows["x"].unit_name) == ("u1", "lee@contoso.com")
    assert rows["y"].unit_id is None
    assert rows["y"].name == "not named, point p2"
    told = store.apply(up.PointUnitsKnown({"p2": PointUnit("p2", "u2", "kim@contoso.com", Service.ONEDRIVE)}))
    assert told is not None
    assert told.ids == {"a", "y"}
    assert store.artifacts("a")["y"].unit_name == "kim@contoso.com"
    assert store.sessions["a"].destination is Destination.IN_PLACE


def test_a_plain_read_does_not_forget_the_unit_that_an_expanded_one_told(store: Store) -> None:
    expanded = artifact(
        "x", restorePoint={"id": "p1", "protectionUnit": {"id": "u1", "email": "lee@contoso.com", "@odata.type": "#x"}}
    )
    store.apply(up.SessionRead(session("a"), 1.0))
    store.apply(up.ListRead(fresh.artifacts_of("a"), (expanded,), 2.0, True, NOW))
    store.apply(up.NamesKnown(cast(Any, {"u1": Name("lee@contoso.com")})))
    store.apply(up.ListRead(fresh.artifacts_of("a"), (artifact("x", "failed", point="p1"),), 3.0, True, NOW))
    row = store.artifacts("a")["x"]
    assert (row.status, row.unit_id, row.unit_name) == ("failed", "u1", "lee@contoso.com")


def test_units_leave_a_draft_at_once_and_a_running_restore_after_two_looks(store: Store) -> None:
    store.apply(up.SessionRead(session("d", "draft"), 1.0))
    store.apply(up.SessionRead(session("r"), 1.0))
    both = (artifact("x"), artifact("y"))
    for session_id in ("d", "r"):
        store.apply(up.ListRead(fresh.artifacts_of(session_id), both, 2.0, True, NOW))
        store.apply(up.ListRead(fresh.artifacts_of(session_id), both[:1], 3.0, False, NOW))
        assert set(store.artifacts(session_id)) == {"x", "y"}, "a part of the list says nothing about the rest"
        store.apply(up.ListRead(fresh.artifacts_of(session_id), both[:1], 4.0, True, NOW))
    assert set(store.artifacts("d")) == {"x"}
    assert set(store.artifacts("r")) == {"x", "y"}
    store.apply(up.ListRead(fresh.artifacts_of("r"), both[:1], 5.0, True, NOW))
    assert set(store.artifacts("r")) == {"x"}


def test_policies_follow_the_complete_list_and_the_newer_answer(store: Store) -> None:
    store.apply(up.ListRead(fresh.POLICIES, (policy("p", modified=at(2)), policy("q"))))
    assert store.apply(up.PolicyRead(policy("p", "updating", modified=at(1)))) is None
    store.apply(up.ListRead(fresh.POLICIES, (policy("p", "updating", modified=at(3)),)))
    assert [(one.id, one.status) for one in store.policies.values()] == [("p", "updating")]


def test_a_locked_service_reaches_the_connection_line(store: Store) -> None:
    root = BackupRestoreRoot.read({"serviceStatus": {"status": "restoreLocked", "disableReason": "userRequested"}})
    told = store.apply(up.ServiceRead(root, asked_at=1.0))
    assert told is not None
    assert {Topic.SERVICE, Topic.CONNECTION} <= told.topics
    assert store.connection.service.alert == "RESTORE LOCKED"
    assert store.connection.service.reason == "an administrator asked for it"
    store.apply(up.ServiceRead(error="not readable with this sign-in"))
    assert store.service_root is root
    assert store.freshness(fresh.SERVICE_ROOT).error == "not readable with this sign-in"


def test_freshness_tells_a_part_from_the_whole(store: Store) -> None:
    assert store.apply(up.ReadingStarted(fresh.SESSIONS, NOW)) is None
    assert store.freshness(fresh.SESSIONS).reading_since == NOW
    assert store.apply(up.ReadingSlow(at(0.05))) is None, "three seconds are not slow"
    told = store.apply(up.ReadingSlow(at(0.1)))
    assert told is not None
    assert told.topics == {Topic.CONNECTION}
    assert store.connection.reading_since == NOW
    store.apply(sessions_read(session("a"), complete=False))
    assert not store.freshness(fresh.SESSIONS).complete
    assert store.connection.reading_since is None
    store.apply(sessions_read(session("a"), asked_at=2.0))
    assert store.freshness(fresh.SESSIONS).complete
    told = store.apply(up.ReadFailed(fresh.SESSIONS, "No answer.", at(1), missed=True))
    assert told is not None
    assert Topic.SESSIONS in told.topics
    assert store.freshness(fresh.SESSIONS).error == "No answer."
    assert store.freshness(fresh.SESSIONS).answered_at == NOW


# -- units ---------------------------------------------------------------------------------------------------


def test_a_new_read_of_units_drops_what_is_not_listed_any_more_only_at_its_end(store: Store) -> None:
    table = store.units[Service.ONEDRIVE]
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u1", "a@x"), unit("u2", "b@x")), True, True, 1.0, NOW))
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u2", "b@x"),), True, False, 2.0, NOW))
    assert set(table) == {"u1", "u2"}
    assert not store.freshness(fresh.units_of(Service.ONEDRIVE)).complete
    store.apply(up.UnitsFailed(Service.ONEDRIVE, "The list broke off."))
    assert set(table) == {"u1", "u2"}
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u2", "b@x"),), True, False, 3.0, NOW))
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u3", "c@x"),), False, True, 3.0, NOW))
    assert set(table) == {"u2", "u3"}
    assert table.complete


def test_a_nameless_unit_shows_the_name_it_was_last_seen_with(store: Store) -> None:
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u1"), unit("u2", "b@x")), True, True))
    told = store.apply(up.NamesKnown(cast(Any, {"u1": Name("gus@contoso.com", "Gus"), "u2": Name("old@x")})))
    assert told is not None
    assert told.ids == {"onedrive", "u1"}
    row = store.units[Service.ONEDRIVE]["u1"]
    assert (row.address, row.deleted) == ("gus@contoso.com", True)
    assert store.units[Service.ONEDRIVE]["u2"].address == "b@x"


def test_members_without_a_column_are_kept_aside(store: Store) -> None:
    odd = unit("u1", "a@x").read({"id": "u1", "email": "a@x", "newMember": 7, "error": {"code": "Quota"}})
    store.apply(up.UnitsPage(Service.ONEDRIVE, (odd, unit("u2", "b@x")), True, True))
    table = store.units[Service.ONEDRIVE]
    assert table.extra("u1")["newMember"] == 7
    assert table.extra("u1")["error"]["code"] == "Quota"
    assert not table.extra("u2")


def test_changes_outlive_reads_in_the_log(store: Store) -> None:
    store.apply(up.CallFinished(call("change", mutating=True)))
    for number in range(READS_KEPT + 5):
        store.apply(up.CallFinished(call(f"r{number}", started=at(number / 100))))
    assert "change" in store.calls
    assert "r0" not in store.calls
    assert len(store.calls) == READS_KEPT + 1
    tally = store.calls.tally(at(0.0))
    assert (tally.reads, tally.changes, tally.waits) == (READS_KEPT, 1, 0)


def test_a_call_that_could_not_be_sent_begins_being_offline_and_an_answer_ends_it(store: Store) -> None:
    store.apply(up.CallFinished(call("1", status=None, outcome=Outcome.NOT_SENT, note="name not found")))
    store.apply(up.CallFinished(call("2", status=None, outcome=Outcome.NOT_SENT, started=at(1), note="refused")))
    assert store.connection.offline_since == NOW
    assert store.connection.offline_cause == "refused"
    store.apply(up.CallFinished(call("3", started=at(2))))
    assert store.connection.offline_since is None
    assert store.connection.last_answer is not None


def test_an_unknown_outcome_in_the_journal_is_counted_until_it_is_resolved(store: Store) -> None:
    line = up.JournalLine(1, "activate", "unknown", "start of 37", "adele", NOW, target="d91e03b7-aaaa")
    told = store.apply(up.JournalRead((line,)))
    assert told is not None
    assert told.topics == {Topic.JOURNAL, Topic.CONNECTION}
    assert (store.connection.unknown_open, store.connection.unknown_what) == (1, "d91e03b7 started")
    done = up.JournalLine(1, "activate", "resolved_done", "start of 37", "adele", NOW, target="d91e03b7-aaaa")
    store.apply(up.JournalRead((done,)))
    assert store.connection.unknown_open == 0


def test_since_you_left_counts_what_ended_meanwhile(store: Store) -> None:
    store.apply(sessions_read(session("a", completed=2, failed=1), session("old", "completed", completed=9)))
    kept = left.snapshot(store.sessions)
    later = Store()
    later.apply(up.LastVisit(NOW, kept, "line dropped"))
    assert later.left is None
    later.apply(
        sessions_read(
            session("a", "completedWithError", completed=7, failed=3),
            session("old", "completed", completed=9),
            session("new", completed=4, createdDateTime="2026-11-20T05:00:00Z"),
        )
    )
    summary = later.left
    assert summary is not None
    assert (summary.more_succeeded, summary.more_failed) == (9, 2)
    assert (summary.new_sessions, summary.ended, summary.gone) == (("new",), ("a",), ())


@pytest.mark.parametrize("kept", [{}, {"version": 9, "open": {"a": ["active", 1, 1]}}, {"version": 1, "open": [3]}])
def test_a_kept_view_that_cannot_be_read_counts_as_empty(store: Store, kept: dict[str, object]) -> None:
    store.apply(sessions_read(session("a", completed=2)))
    store.apply(up.LastVisit(at(60), kept))
    assert store.left is not None
    assert store.left.nothing
