"""Specifies which events a person's command and the screens are told of, and that each is told once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import json

from backup_tui.models.artifacts import read_artifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import read_session
from backup_tui.plans.events import Event, EventKind, Followed, events_since, worth_saying
from backup_tui.plans.kept import KeptPlan
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord, Yes
from backup_tui.store import freshness as fresh
from backup_tui.store.store import Store
from backup_tui.store.updates import ListRead, SessionGone, SessionRead

NOW = datetime(2026, 11, 30, 3, 2, tzinfo=UTC)
BEGUN = NOW - timedelta(minutes=20)


class Desk:
    """Looks again and again, as one process does; what it followed is handed on as the journal does it."""

    def __init__(self) -> None:
        self.store = Store()
        self.followed = Followed()
        self.plans: list[KeptPlan] = []
        self.looks = 0

    def session(self, session_id: str, status: str, *, ok: int = 0, failed: int = 0, total: int = 10) -> None:
        self.looks += 1
        names = ("total", "completed", "failed", "inProgress")
        raw = {
            "@odata.type": f"#microsoft.graph.{Service.ONEDRIVE.names.session_type}",
            "id": session_id,
            "status": status,
            "createdDateTime": f"{BEGUN:%Y-%m-%dT%H:%M:%SZ}",
            "restoreSessionArtifactCount": dict(zip(names, (total, ok, failed, total - ok - failed), strict=True)),
        }
        self.store.apply(SessionRead(read_session(raw), float(self.looks), NOW))

    def look(self) -> tuple[Event, ...]:
        kept = json.decode(json.encode(self.followed), type=Followed)
        self.followed, events = events_since(kept, self.store, self.plans, NOW)
        return events

    def kinds(self) -> list[str]:
        return [event.kind.value for event in self.look()]


def part(number: int, wave: int, units: int = 10) -> Part:
    return Part(number, wave, Service.ONEDRIVE, Destination.IN_PLACE, units)


def plan(parts: Sequence[Part], sessions: dict[int, str], agreed: Sequence[str]) -> KeptPlan:
    waves = (Wave("directors"), Wave("the rest"))
    scope = Scope(Source.LIST, ("names.csv",))
    whole = Plan("ransom-20nov", scope, "20 Nov 14:10", "Europe/Berlin", Destination.IN_PLACE, waves)
    yes = (Yes("overwrite 20 contoso", "adele@contoso.com", BEGUN, dict.fromkeys(agreed, "f")),)
    return KeptPlan(PlanRecord(whole, "", "", BEGUN, "adele@contoso.com", tuple(parts), sessions, yes))


def two_waves() -> Desk:
    """The first wave runs, the second waits for a yes."""
    desk = Desk()
    desk.session("s1", "active")
    desk.session("s2", "draft")
    desk.plans = [plan((part(1, 0), part(2, 1)), {1: "s1", 2: "s2"}, ["s1"])]
    return desk


# -- sessions ------------------------------------------------------------------------------------------------


def test_the_end_of_a_restore_is_told_once_with_its_figures() -> None:
    desk = Desk()
    desk.session("61633878", "active")
    assert desk.look() == ()
    desk.session("61633878", "completedWithError", ok=8, failed=2)
    (event,) = desk.look()
    assert event.kind is EventKind.SESSION_FINISHED
    assert event.text == "OneDrive 61633878 finished: 8 restored, 2 failed."
    assert event.as_json("contoso.com", "production") == {
        "event": "session_finished",
        "time": "2026-11-30T03:02:00Z",
        "tenant": "contoso.com",
        "profile": "production",
        "text": event.text,
        "session": "61633878",
        "plan": None,
        "wave": None,
        "service": "onedrive",
        "destination": None,
        "counts": {"restored": 8, "failed": 2, "running": 0, "waiting": 0, "total": 10},
        "ids": [],
    }
    assert desk.look() == ()


def test_a_restore_that_ended_before_anybody_looked_is_no_news() -> None:
    desk = Desk()
    desk.session("61633878", "completed", ok=10)
    assert desk.look() == ()


def test_a_restore_that_ended_between_two_runs_is_told_once_it_is_read_again() -> None:
    desk = Desk()
    desk.session("61633878", "active")
    desk.look()
    desk.store = Store()
    assert desk.look() == (), "nothing was read yet"
    desk.session("61633878", "completed", ok=10)
    assert desk.kinds() == ["session_finished"]


def test_the_first_failure_is_told_once_and_not_with_the_end() -> None:
    desk = Desk()
    desk.session("61633878", "active")
    desk.look()
    desk.session("61633878", "active", ok=1, failed=1)
    (event,) = desk.look()
    assert (event.kind, event.text) == (EventKind.FIRST_FAILURE, "First failure in OneDrive 61633878: 1 of 10 failed.")
    desk.session("61633878", "active", ok=1, failed=4)
    assert desk.look() == ()
    desk.session("77ab3e90", "active")
    desk.look()
    desk.session("77ab3e90", "completedWithError", ok=9, failed=1)
    assert desk.kinds() == ["session_finished"]


def test_failures_that_were_there_before_anybody_looked_are_marked_so() -> None:
    desk = Desk()
    desk.session("61633878", "active", failed=3)
    (event,) = desk.look()
    assert event.at_first_sight
    assert worth_saying((event,)) == ()


def test_a_draft_that_was_deleted_did_not_end() -> None:
    desk = Desk()
    desk.session("61633878", "activating")
    desk.look()
    desk.store.apply(SessionGone("61633878", 99.0))
    assert desk.look() == ()


def test_a_unit_that_hangs_is_told_once_with_its_id() -> None:
    desk = Desk()
    desk.session("61633878", "active")
    desk.look()
    begun = NOW - timedelta(hours=9)
    raw: dict[str, Any] = {
        "id": "artifact-1",
        "status": "inProgress",
        "destinationType": "inPlace",
        "restorePoint": {"id": "point-1"},
        "startDateTime": f"{begun:%Y-%m-%dT%H:%M:%SZ}",
    }
    desk.store.apply(ListRead(fresh.artifacts_of("61633878"), (read_artifact(raw),), 5.0, True, NOW))
    (event,) = desk.look()
    assert event.kind is EventKind.STALLED
    assert event.text.startswith("OneDrive 61633878: 1 unit has not moved for 9 h 00 (expected ")
    assert "artifact-1" in event.ids
    assert desk.look() == ()


# -- plans ---------------------------------------------------------------------------------------------------


def test_a_wave_that_waits_for_a_yes_is_told_even_at_first_sight() -> None:
    (event,) = two_waves().look()
    assert event.kind is EventKind.NEEDS_YES
    assert (event.plan, event.wave) == ("ransom-20nov", "the rest")
    assert event.text == "Wave 2 the rest of ransom-20nov needs your yes."


def test_the_ends_of_waves_and_of_the_plan_are_told_once() -> None:
    desk = two_waves()
    desk.look()
    desk.session("s1", "completed", ok=10)
    session, wave = desk.look()
    assert (session.kind, session.plan) == (EventKind.SESSION_FINISHED, "ransom-20nov")
    assert wave.text == "Wave 1 directors of ransom-20nov finished: 10 restored."
    desk.plans = [plan((part(1, 0), part(2, 1)), {1: "s1", 2: "s2"}, ["s1", "s2"])]
    desk.session("s2", "active")
    assert desk.look() == ()
    desk.session("s2", "completedWithError", ok=9, failed=1)
    events = desk.look()
    assert [event.kind.value for event in events] == ["session_finished", "plan_wave_finished", "plan_finished"]
    assert worth_saying(events) == ("Plan ransom-20nov finished: 19 restored, 1 failed.",)
    assert desk.look() == ()


def test_a_retry_makes_the_plan_end_once_more() -> None:
    desk = two_waves()
    desk.session("s1", "completed", ok=10)
    desk.session("s2", "completedWithError", ok=9, failed=1)
    desk.look()
    parts = (part(1, 0), part(2, 1), Part(3, 1, Service.ONEDRIVE, Destination.IN_PLACE, 1, again_of=("s2",)))
    desk.plans = [plan(parts, {1: "s1", 2: "s2", 3: "s3"}, ["s1", "s2", "s3"])]
    desk.session("s3", "active", total=1)
    assert desk.look() == ()
    desk.session("s3", "completed", ok=1, total=1)
    assert desk.kinds() == ["session_finished", "plan_wave_finished", "plan_finished"]


def test_of_a_plan_the_first_failure_is_told_once_for_all_its_sessions() -> None:
    desk = two_waves()
    desk.plans = [plan((part(1, 0), part(2, 1)), {1: "s1", 2: "s2"}, ["s1", "s2"])]
    desk.session("s2", "active")
    desk.look()
    desk.session("s1", "active", failed=1)
    (event,) = desk.look()
    assert event.text == "First failure in plan ransom-20nov: 1 of 20 failed."
    desk.session("s2", "active", failed=1)
    assert desk.look() == ()


def test_a_plan_that_had_ended_before_anybody_looked_is_marked_so() -> None:
    desk = two_waves()
    desk.session("s1", "completed", ok=10)
    desk.session("s2", "completed", ok=10)
    events = desk.look()
    assert events
    assert all(event.at_first_sight for event in events)
    assert worth_saying(events) == ()


def test_a_plan_made_again_under_the_same_name_is_another_one() -> None:
    desk = two_waves()
    (first,) = desk.look()
    record = desk.plans[0].record
    later = PlanRecord(record.plan, "", "", NOW, record.created_by, record.parts, record.sessions, record.yes)
    desk.plans = [KeptPlan(later)]
    (second,) = desk.look()
    assert first.kind is second.kind is EventKind.NEEDS_YES
    assert first.key != second.key
