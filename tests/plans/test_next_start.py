"""What of a plan may start now; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from planned import plan_of

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.plans.next_start import PartNow, Stage, Turn, next_turn, part_now
from backup_tui.plans.parts import Part
from backup_tui.plans.places import places_of
from backup_tui.plans.plan import Wave
from backup_tui.plans.record import PlanRecord, Wait, Yes

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LOOK = NOW + timedelta(seconds=5)
TYPES = {
    Service.EXCHANGE: "exchangeRestoreSession",
    Service.ONEDRIVE: "oneDriveForBusinessRestoreSession",
    Service.SHAREPOINT: "sharePointRestoreSession",
}


def session(session_id: str, service: Service, status: str, units: int) -> RestoreSession:
    return read_session(
        {
            "@odata.type": f"#microsoft.graph.{TYPES[service]}",
            "id": session_id,
            "status": status,
            "restoreSessionArtifactCount": {"total": units, "completed": 0, "inProgress": units, "failed": 0},
        }
    )


def turn(parts: list[PartNow], limits: ServiceLimits, held_back: dict[int, Wait] | None = None) -> Turn:
    plan = plan_of(*(Wave(f"w{number}") for number in range(3)), size=1000)
    drafts = {one.session.id: "f" for one in parts if one.session is not None}
    record = PlanRecord(
        plan,
        "",
        "",
        NOW,
        "adele",
        tuple(one.part for one in parts),
        {one.part.number: one.session.id for one in parts if one.session is not None},
        (Yes("restore", "adele", NOW, drafts),),
    )
    sessions = [one.session for one in parts if one.session is not None]
    places = places_of(sessions, {one.session.id: one.part.units for one in parts if one.session is not None})
    return next_turn(record, parts, places, limits, NOW, held_back or {}, LOOK)


def part(number: int, wave: int, service: Service, status: str, units: int) -> PartNow:
    made = Part(number, wave, service, Destination.NEW, units)
    return part_now(made, session(f"s{number}", service, status, units), drafted=True)


@st.composite
def any_parts(draw: st.DrawFn) -> list[PartNow]:
    kinds = st.tuples(
        st.integers(0, 2),
        st.sampled_from(Service),
        st.sampled_from(["draft", "draft", "draft", "active", "activating", "completed"]),
        st.integers(1, 12),
    )
    return [part(number, *kind) for number, kind in enumerate(draw(st.lists(kinds, max_size=20)), start=1)]


@given(any_parts(), st.integers(1, 6), st.integers(1, 20))
def test_whatever_starts_stays_within_the_limits_and_whatever_does_not_has_a_reason(
    parts: list[PartNow], sessions: int, units: int
) -> None:
    next_one = turn(parts, ServiceLimits(sessions=sessions, units=units))

    running = [one for one in parts if one.stage is Stage.RUNNING]
    for service in Service:
        before = sum(one.units for one in running if one.part.service is service)
        more = sum(one.units for one in next_one.start if one.part.service is service)
        assert more == 0 or before + more <= units
    assert not next_one.start or len(running) + len(next_one.start) <= sessions
    numbers = sorted([one.part.number for one in next_one.start] + [wait.part for wait in next_one.waits])
    assert numbers == [one.part.number for one in parts if one.stage is Stage.DRAFT]
    assert all(wait.why for wait in next_one.waits)


@given(any_parts(), st.integers(1, 6), st.integers(1, 20))
def test_nothing_overtakes_what_comes_before_it_in_its_service(parts: list[PartNow], sessions: int, units: int) -> None:
    next_one = turn(parts, ServiceLimits(sessions=sessions, units=units))

    for service in Service:
        own = sorted((one.part.wave, one.part.number) for one in next_one.start if one.part.service is service)
        waiting = {wait.part for wait in next_one.waits}
        held = [(o.part.wave, o.part.number) for o in parts if o.part.number in waiting and o.part.service is service]
        assert not own or not held or max(own) < min(held)


def test_free_places_for_one_service_are_not_held_up_by_another() -> None:
    parts = [
        part(1, 0, Service.EXCHANGE, "active", 8),
        part(2, 0, Service.EXCHANGE, "draft", 5),
        part(3, 1, Service.ONEDRIVE, "draft", 5),
    ]

    next_one = turn(parts, ServiceLimits(units=10))

    assert [one.part.number for one in next_one.start] == [3]
    assert next_one.waits == (Wait(2, "no free place for 5: 8 mailboxes in restore, 10 at a time", LOOK),)


def test_a_session_that_can_never_fit_waits_for_a_person() -> None:
    next_one = turn([part(1, 0, Service.EXCHANGE, "draft", 12)], ServiceLimits(units=10))

    (wait,) = next_one.waits
    assert wait == Wait(1, "its 12 mailboxes are more than the 10 allowed at a time")


def test_what_is_held_back_gets_its_turn_after_its_time() -> None:
    parts = [part(1, 0, Service.EXCHANGE, "draft", 1)]
    later, over = Wait(1, "no free place", NOW + timedelta(seconds=1)), Wait(1, "no free place", NOW)

    assert turn(parts, ServiceLimits(), {1: later}).waits == (later,)
    assert turn(parts, ServiceLimits(), {1: over}).start == tuple(parts)


def test_a_start_in_doubt_is_not_tried_again() -> None:
    draft = part(1, 0, Service.EXCHANGE, "draft", 1)
    doubtful = part_now(draft.part, draft.session, drafted=True, in_doubt=True)

    assert doubtful.stage is Stage.IN_DOUBT
    assert turn([doubtful], ServiceLimits()).start == ()


def test_units_of_a_session_without_counts_are_those_of_its_part() -> None:
    bare = read_session({"@odata.type": "#microsoft.graph.exchangeRestoreSession", "id": "s1", "status": "activating"})

    assert places_of([bare], {"s1": 40}).units[Service.EXCHANGE] == 40
    assert places_of([bare], {}).own_sessions == 0
