"""What is said about a restore on its way: nothing invented, never above the total, a stall named as one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_builders import NOW, artifact, at, policy, session, stamp

from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.times import span_words
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.pace import Remaining, first_result, published, remaining
from backup_tui.store.progress import Movement, Progress, long_ones, progress, started_at
from backup_tui.store.retries import retried
from backup_tui.store.store import Store
from backup_tui.store.summary import NeedKind, in_flight, needs_you, running_sessions
from backup_tui.ui.vocabulary.sessions import causes_words

HOUR = timedelta(hours=1)


def known(store: Store, session_id: str = "s") -> Progress:
    found = progress(store, session_id, NOW)
    assert found is not None
    return found


def running_store() -> Store:
    """A restore like the sketch: 112 of 180 done, one about every minute, the last 10 minutes ago."""
    store = Store()
    row = session("s", total=180, completed=112, failed=6, in_progress=40)
    store.apply(up.SessionRead(row, 1.0, NOW))
    done = [artifact(f"ok{n}", "succeeded", started=at(-130), completed=at(-10 - n)) for n in range(112)] + [
        artifact(f"no{n}", "failed", started=at(-130), completed=at(-20), code="ArtifactNotFound") for n in range(6)
    ]
    moving = [artifact(f"go{n}", "inProgress", started=at(-20)) for n in range(40)]
    waiting = [artifact(f"wait{n}", "scheduled") for n in range(22)]
    store.apply(up.ListRead(fresh.artifacts_of("s"), (*done, *moving, *waiting), 2.0, True, NOW))
    return store


def test_a_moving_restore_has_its_last_unit_longest_gap_and_a_measured_range() -> None:
    found = known(running_store())
    assert (found.movement, found.exact) == (Movement.MOVING, True)
    assert found.last_finished == at(-10)
    assert found.longest_gap == timedelta(minutes=9)
    assert found.finished_last_hour == 56
    assert (found.unfinished, found.waiting) == (62, 22)
    assert found.remaining is not None
    assert timedelta(minutes=45) < found.remaining.low < HOUR < found.remaining.high < 2 * HOUR
    assert found.total is not None
    assert found.completed + found.failed < found.total
    assert found.disagreement == ""


def test_counts_above_the_total_never_make_more_than_all_of_it() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", total=10, completed=9, failed=4), 1.0, NOW))
    found = known(store)
    assert found.total == 13
    assert found.completed + found.failed == found.total
    assert found.unfinished == 0


@given(
    total=st.none() | st.integers(-5, 500),
    counts=st.tuples(*[st.none() | st.integers(0, 500)] * 3),
    status=st.sampled_from(["draft", "activating", "active", "completed", "failed", "odd", None]),
    minutes=st.lists(st.integers(-300, 300), max_size=8),
)
def test_no_counts_and_no_times_make_progress_raise_or_exceed_the_whole(
    total: int | None, counts: tuple[int | None, ...], status: str | None, minutes: list[int]
) -> None:
    completed, failed, in_progress = counts
    raw = session("s").raw()
    raw["status"] = status
    raw["restoreSessionArtifactCount"] = {
        "total": total,
        "completed": completed,
        "failed": failed,
        "inProgress": in_progress,
    }
    store = Store()
    store.apply(up.SessionRead(read_session(raw), 1.0, NOW))
    items = tuple(artifact(f"a{n}", "succeeded", started=at(n), completed=at(m)) for n, m in enumerate(minutes))
    store.apply(up.ListRead(fresh.artifacts_of("s"), items, 2.0, True, NOW))
    found = known(store)
    assert found.total is None or 0 <= found.completed + found.failed <= found.total
    assert (found.unfinished or 0) >= 0
    assert (found.waiting or 0) >= 0
    if found.remaining is not None:
        assert timedelta(0) < found.remaining.low <= found.remaining.high
        assert found.remaining.words


def test_without_a_total_there_is_no_share_and_no_rest() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", total=None, completed=3), 1.0, NOW))
    found = known(store)
    assert (found.total, found.unfinished, found.remaining) == (None, None, None)


def test_early_is_normal_and_becomes_slow_only_after_the_published_time() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", total=100), 1.0, NOW))
    store.apply(up.ListRead(fresh.artifacts_of("s"), (artifact("x", started=at(-55)),), 2.0, True, NOW))
    assert known(store).movement is Movement.EARLY
    store.apply(up.ListRead(fresh.artifacts_of("s"), (artifact("x", started=at(-200)),), 3.0, True, NOW))
    found = known(store)
    assert found.movement is Movement.SLOW
    assert found.reason == "nothing finished in 3 h 20; up to 3 h is normal"


def test_a_start_from_here_counts_before_that_of_the_first_unit() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", total=1), 1.0, NOW))
    row = store.sessions["s"]
    assert started_at(store, row) is None
    store.apply(up.ListRead(fresh.artifacts_of("s"), (artifact("x", started=at(-55)),), 2.0, True, NOW))
    assert started_at(store, row) == at(-55)
    lines = tuple(
        up.JournalLine(n, "activate", state, "START", "adele", at(-60 - n), target=target)
        for n, (state, target) in enumerate((("rejected", "s"), ("done", "other"), ("done", "s")))
    )
    store.apply(up.JournalRead(lines))
    assert started_at(store, row) == at(-62)


def test_a_long_silence_is_named_and_gives_no_range() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", total=20, completed=10), 1.0, NOW))
    done = tuple(artifact(f"a{n}", "succeeded", started=at(-90), completed=at(-80 + n)) for n in range(10))
    store.apply(up.ListRead(fresh.artifacts_of("s"), done, 2.0, True, NOW))
    found = known(store)
    assert found.movement is Movement.SLOW
    assert found.reason == "no unit finished for 1 h 11; longest pause before 10 min"
    assert found.remaining is None


def test_counts_seen_to_move_stand_in_for_units_that_were_not_read_and_say_so() -> None:
    store = Store()
    for minute in range(0, 80, 5):
        done = minute // 5
        row = session("s", total=40, completed=done, modified=at(minute - 80))
        store.apply(up.SessionRead(row, float(minute), at(minute - 80)))
    found = known(store)
    assert not found.exact
    assert found.last_finished == at(-5)
    assert found.finished_last_hour == 11
    assert found.remaining is not None


def test_a_session_and_its_list_that_differ_are_both_named() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", "completed", total=3, completed=3), 1.0, NOW))
    store.apply(up.ListRead(fresh.artifacts_of("s"), (artifact("x", "succeeded", completed=at(-9)),), 2.0, True, NOW))
    assert known(store).disagreement == "the session says 3 units, its list has 1"


def test_an_unknown_state_is_neither_moving_nor_ended() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s", "unknownFutureValue", completed=3), 1.0, NOW))
    assert known(store).movement is Movement.UNKNOWN
    assert progress(store, "never heard of", NOW) is None


def test_a_unit_is_long_by_what_is_usual_in_its_own_restore() -> None:
    rows = Store()
    rows.apply(up.SessionRead(session("s"), 1.0))
    done = tuple(artifact(f"a{n}", "succeeded", started=at(-60), completed=at(-45)) for n in range(5))
    open_ones = (artifact("long", started=at(-50)), artifact("short", started=at(-12)))
    rows.apply(up.ListRead(fresh.artifacts_of("s"), done + open_ones, 2.0, True, NOW))
    assert long_ones(rows.artifacts("s").values(), Service.ONEDRIVE, NOW) == {"long"}


# -- pace ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("service", "units", "hours"),
    [
        (Service.ONEDRIVE, 1, 0.5),
        (Service.SHAREPOINT, 50, 3),
        (Service.SHAREPOINT, 150, 3.5),
        (Service.SHAREPOINT, 1_250, 11),
        (Service.EXCHANGE, 1, 2),
        (Service.EXCHANGE, 1_000, 4),
        (None, 0, 0.5),
    ],
)
def test_published_times_are_read_between_the_lines_of_the_table(
    service: Service | None, units: int, hours: float
) -> None:
    assert published(service, units) == timedelta(hours=hours)
    assert first_result(service, units) <= 3 * HOUR


def test_too_little_was_measured_to_say_anything() -> None:
    four = tuple(at(-n) for n in range(4))
    assert remaining(10, four, at(-60), NOW) is None
    assert remaining(10, (*four, at(-4)), at(-10), NOW) is None, "ten minutes are no rate"
    assert remaining(0, (*four, at(-4)), at(-60), NOW) is None
    assert remaining(10, (*four, at(-4)), at(-60), NOW) is not None


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (3, 8, "under 10 min"),
        (22, 41, "20 to 40 min"),
        (52, 103, "50 to 100 min"),
        (66, 130, "1 to 2 h"),
        (330, 660, "6 to 11 h"),
    ],
)
def test_a_range_is_rounded_to_what_it_is_worth(low: int, high: int, words: str) -> None:
    assert Remaining(timedelta(minutes=low), timedelta(minutes=high)).words == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(-5, "5 min"), (0, "under 1 min"), (14, "14 min"), (124, "2 h 04"), (4500, "3 d 3 h")]
)
def test_spans_are_the_same_in_both_directions(minutes: int, words: str) -> None:
    assert span_words(timedelta(minutes=minutes)) == words


# -- across sessions -----------------------------------------------------------------------------------------


def test_what_is_in_restore_now_is_counted_by_service() -> None:
    store = Store()
    rows = (
        session("a", total=100, completed=20, failed=5),
        session("b", total=30),
        session("c", total=None, service=Service.EXCHANGE),
        session("d", "draft", total=500),
        session("e", "completed", total=70, completed=70),
        session("f", total=12, completed=2, restoreJobType="granular"),
    )
    store.apply(up.ListRead(fresh.SESSIONS, rows, 1.0, True, NOW))
    found = in_flight(store)
    assert (found[Service.ONEDRIVE].units, found[Service.ONEDRIVE].sessions) == (105, 3)
    assert found[Service.ONEDRIVE].files == 10
    assert found[Service.EXCHANGE].at_least
    assert running_sessions(store) == 4


FAILED = ("ArtifactNotFound", "ArtifactNotFound", "UnknownError")


def with_retries(*retries: RestoreSession, known: Mapping[str, Sequence[RestoreArtifact]] | None = None) -> Store:
    """A restore of three units that all failed, and later restores of the units 0 and 1."""
    store = Store()
    first = session("first", "completedWithError", total=4, completed=1, failed=3)
    store.apply(up.ListRead(fresh.SESSIONS, (first, *retries), 1.0, True, NOW))
    failed = tuple(artifact(f"f{n}", "failed", code=code) for n, code in enumerate(FAILED))
    artifacts: dict[str, Sequence[RestoreArtifact]] = {"first": failed, **(known or {})}
    for session_id, items in artifacts.items():
        store.apply(up.ListRead(fresh.artifacts_of(session_id), tuple(items), 2.0, True, NOW))
    points = {f"point-f{n}": PointUnit(f"point-f{n}", f"unit-{n}", f"user{n}", Service.ONEDRIVE) for n in range(3)}
    store.apply(up.PointUnitsKnown(points))
    for retry in retries:
        store.apply(up.DraftedUnits(retry.id, frozenset({"unit-0", "unit-1", "stranger"})))
    return store


def later(session_id: str, status: str, **more: Any) -> RestoreSession:
    return session(session_id, status, **({"createdDateTime": stamp(at(-30))} | more))


@pytest.mark.parametrize(
    ("retry", "count", "causes", "live"),
    [
        (later("retry", "draft"), 3, {"UnknownError": 1}, 2),
        (later("retry", "active"), 3, {"UnknownError": 1}, 2),
        (later("retry", "completed", completed=3), 1, {"UnknownError": 1}, 0),
        (later("retry", "completed", completed=3, service=Service.EXCHANGE), 3, dict(Counter(FAILED)), 0),
        (later("retry", "completed", completed=3, restoreJobType="granular"), 3, dict(Counter(FAILED)), 0),
        (later("retry", "completed", completed=3, createdDateTime=stamp(at(-180))), 3, dict(Counter(FAILED)), 0),
    ],
)
def test_what_failed_needs_a_person_until_a_later_restore_of_the_same_units_has_ended(
    retry: RestoreSession, count: int, causes: dict[str, int], live: int
) -> None:
    (need,) = (one for one in needs_you(with_retries(retry), NOW) if one.id == "first")
    assert (need.count, dict(need.causes)) == (count, causes)
    assert need.retried is not None
    assert len(need.retried.live) == live


def test_what_failed_in_the_retry_again_is_listed_there_and_counts_once() -> None:
    again = artifact("f0", "failed", code="UnknownError"), artifact("f1", "succeeded"), artifact("f2", "succeeded")
    store = with_retries(later("retry", "completedWithError", completed=2, failed=1), known={"retry": again})
    needs = [(one.id, one.count) for one in needs_you(store, NOW)]
    assert needs == [("retry", 1)]
    assert [one.words for one in retried(store, "first").retries] == ["retry: 1 failed"]


def test_equal_causes_of_several_services_are_one() -> None:
    causes = (("ArtifactCannotBeRestored", 2), ("ArtifactNotFound", 1), ("ArtifactCannotBeRestored", 3))
    assert causes_words(causes, Service.EXCHANGE, 6) == "5 cannot be restored, 1 not found"


def test_a_copy_elsewhere_brings_back_only_a_site_that_is_held() -> None:
    store = with_retries(later("retry", "completed", completed=2))
    store.apply(up.DestinationsKnown({"first": Destination.IN_PLACE, "retry": Destination.NEW}))
    assert [(one.id, one.count) for one in needs_you(store, NOW)] == [("first", 3)]


def test_what_needs_a_person_comes_in_the_order_of_urgency() -> None:
    store = Store()
    rows = (
        session("draft", "draft", total=12, by="ryan", service=Service.EXCHANGE),
        session("run", total=100, completed=20, failed=6),
        session("old", "completedWithError", failed=2, modified=at(-60 * 24 * 40)),
        session("ended", "completedWithError", completed=8, failed=2, modified=at(-60 * 24)),
        session("fine", "completed", completed=10),
    )
    store.apply(up.ListRead(fresh.SESSIONS, rows, 1.0, True, NOW))
    items = (
        artifact("1", "failed", code="ArtifactNotFound", destination="new"),
        artifact("2", "failed", code="ArtifactCannotBeRestored", destination="new"),
    )
    store.apply(up.ListRead(fresh.artifacts_of("ended"), items, 2.0, True, NOW))
    store.apply(up.ListRead(fresh.POLICIES, (policy("p", "activeWithErrors"), policy("q"))))
    store.apply(up.JournalRead((up.JournalLine(7, "activate", "unknown", "start of 3", "adele", NOW, target="t"),)))
    needs = needs_you(store, NOW)
    assert [(need.kind, need.id) for need in needs] == [
        (NeedKind.UNKNOWN, "7"),
        (NeedKind.FAILED, "run"),
        (NeedKind.FAILED, "ended"),
        (NeedKind.DRAFT, "draft"),
        (NeedKind.POLICY, "p"),
    ]
    ended = needs[2]
    assert ended.causes == (("ArtifactCannotBeRestored", 1), ("ArtifactNotFound", 1))
    assert ended.destination is Destination.NEW
    assert needs[1].running
    assert (needs[3].by, needs[3].count) == ("ryan", 12)
