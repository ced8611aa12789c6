"""How far a plan is, over all its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.models.artifacts import RestoreArtifact, read_artifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.progress import PlanProgress, WaveProgress, plan_progress, tenant_progress
from backup_tui.plans.record import PlanRecord, RunnerStatus, Wait, Yes
from backup_tui.store import freshness as fresh
from backup_tui.store.store import Store
from backup_tui.store.updates import ListRead, SessionGone, SessionRead

NOW = datetime(2026, 11, 30, 3, 2, tzinfo=UTC)
BEGUN = NOW - timedelta(hours=3)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def session(session_id: str, status: str, counts: Sequence[int | None] = (None,) * 4) -> RestoreSession:
    names = ("total", "completed", "failed", "inProgress")
    return read_session(
        {
            "@odata.type": f"#microsoft.graph.{Service.EXCHANGE.names.session_type}",
            "id": session_id,
            "status": status,
            "createdDateTime": stamp(BEGUN),
            "restoreSessionArtifactCount": dict(zip(names, counts, strict=True)),
        }
    )


def unit(number: int, status: str, *, ended: float = 0.0, code: str = "", of: str = "") -> RestoreArtifact:
    """A mailbox that was begun with its session, and ended so many minutes ago."""
    raw: dict[str, object] = {
        "id": f"{of}-{number}",
        "status": status,
        "destinationType": "inPlace",
        "restorePoint": {"id": f"point-{number}", "protectionUnit": {"id": f"unit-{number}"}},
    }
    if status in ("succeeded", "failed"):
        raw |= {"startDateTime": stamp(BEGUN), "completionDateTime": stamp(NOW - timedelta(minutes=ended))}
    if code:
        raw["error"] = {"code": code, "message": code}
    return read_artifact(raw, Service.EXCHANGE)


def read(store: Store, one: RestoreSession, units: Sequence[RestoreArtifact] = ()) -> None:
    store.apply(SessionRead(one, 1.0, NOW))
    if units:
        store.apply(ListRead(fresh.artifacts_of(one.id), tuple(units), 1.0, True, NOW))


def part(number: int, wave: int, units: int, again_of: tuple[str, ...] = ()) -> Part:
    return Part(number, wave, Service.EXCHANGE, Destination.IN_PLACE, units, again_of=again_of)


def record(parts: Sequence[Part], sessions: dict[int, str], agreed: Sequence[str] = (), **more: object) -> PlanRecord:
    waves = tuple(Wave(name) for name in ("directors", "finance", "the rest"))
    scope = Scope(Source.LIST, ("names.csv",))
    plan = Plan("ransom-20nov", scope, "20 Nov 14:10", "Europe/Berlin", Destination.IN_PLACE, waves)
    yes = (Yes("overwrite 9 contoso", "adele@contoso.com", BEGUN, dict.fromkeys(agreed, "f")),)
    whole = PlanRecord(plan, "", "", BEGUN, "adele@contoso.com", tuple(parts), sessions, yes)
    return replace(whole, **more)


def wave(shown: PlanProgress, index: int) -> WaveProgress:
    return shown.waves[index]


def runner(*waits: Wait) -> RunnerStatus:
    return RunnerStatus(4711, "jump01", BEGUN, "watching 2 sessions", waits, NOW)


def under_way() -> tuple[PlanRecord, Store]:
    """A plan with a wave that has ended, one that runs and lacks a place for half of it, and one without a yes."""
    store = Store()
    read(store, session("s1", "completed", (4, 4, 0, 0)))
    ended = [unit(n, "succeeded", ended=60 - n, of="s2") for n in range(10)]
    ended += [unit(10, "failed", ended=30, code="ArtifactNotFound", of="s2")]
    begun = [unit(n, "inProgress", of="s2") for n in range(11, 15)] + [unit(15, "scheduled", of="s2")]
    read(store, session("s2", "active", (16, 10, 1, 5)), [*ended, *begun])
    read(store, session("s3", "draft", (7, 0, 0, 0)))
    read(store, session("s4", "draft", (9, 0, 0, 0)))
    parts = (part(1, 0, 4), part(2, 1, 16), part(3, 1, 7), part(4, 2, 9))
    return record(parts, {1: "s1", 2: "s2", 3: "s3", 4: "s4"}, ("s1", "s2", "s3")), store


def test_waves_and_totals_count_the_units_of_all_sessions() -> None:
    plan, store = under_way()

    shown = plan_progress(plan, store, runner(Wait(3, "no free place: 25 sessions run", NOW)), NOW)

    counts = [(one.counts.ok, one.counts.failed, one.counts.running, one.counts.waiting) for one in shown.waves]
    assert counts == [(4, 0, 0, 0), (10, 1, 4, 8), (0, 0, 0, 9)]
    assert [(one.ended, len(one.parts), one.state.word) for one in shown.waves] == [
        (1, 1, "finished"),
        (0, 2, "restoring"),
        (0, 1, "needs your yes"),
    ]
    assert (shown.counts.ok, shown.counts.failed, shown.counts.running, shown.counts.waiting) == (14, 1, 4, 17)
    assert shown.counts.of == 36
    assert shown.next_yes == 2


def test_what_waits_is_said_with_its_reason_most_units_first() -> None:
    plan, store = under_way()
    look = NOW + timedelta(minutes=4)

    shown = plan_progress(plan, store, runner(Wait(3, "no free place: 25 sessions run", look)), NOW)

    assert [(one.units, one.wave, one.words, one.next_look) for one in shown.waiting] == [
        (9, 2, "needs your yes", None),
        (7, None, "no free place: 25 sessions run", look),
        (1, None, "in a running session, not begun yet", None),
    ]


def test_without_a_runner_agreed_sessions_wait_for_somebody_to_run_the_plan() -> None:
    plan, store = under_way()

    assert "nobody runs the plan now" in [one.words for one in plan_progress(plan, store, None, NOW).waiting]


def test_full_places_are_seen_without_a_runner_too() -> None:
    plan, store = under_way()
    for number in range(24):
        read(store, session(f"other{number}", "active", (1, 0, 0, 1)))

    words = [one.words for one in plan_progress(plan, store, None, NOW).waiting]

    assert "no free place: 25 sessions run" in words


def test_a_wave_behind_the_last_one_to_start_is_stopped() -> None:
    plan, store = under_way()

    shown = plan_progress(replace(plan, stop_after=1), store, runner(), NOW)

    assert wave(shown, 2).state.word == "stopped"
    assert shown.next_yes is None


def test_a_unit_that_is_restored_again_counts_once() -> None:
    store = Store()
    failed = [unit(n, "failed", ended=90, code="ArtifactNotFound", of="s1") for n in range(3)]
    read(store, session("s1", "completedWithError", (5, 2, 3, 0)), failed)
    read(store, session("s2", "active", (2, 1, 0, 1)), [unit(0, "succeeded", ended=5, of="s2"), unit(1, "inProgress")])
    plan = record((part(1, 0, 5), part(2, 0, 2, again_of=("s1",))), {1: "s1", 2: "s2"}, ("s1", "s2"))

    shown = plan_progress(plan, store, runner(), NOW)

    assert shown.counts == shown.waves[0].counts
    assert (shown.counts.ok, shown.counts.failed, shown.counts.running, shown.counts.of) == (3, 1, 1, 5)
    assert [(cause.units, cause.code) for cause in shown.causes] == [(1, "ArtifactNotFound")]


def test_a_retry_whose_draft_was_deleted_leaves_its_units_failed() -> None:
    store = Store()
    read(store, session("s1", "completedWithError", (5, 2, 3, 0)))
    read(store, session("s2", "draft", (3, 0, 0, 0)))
    store.apply(SessionGone("s2", 2.0, NOW))
    plan = record((part(1, 0, 5), part(2, 0, 3, again_of=("s1",))), {1: "s1", 2: "s2"}, ("s1",))

    shown = plan_progress(plan, store, runner(), NOW)

    assert (shown.counts.ok, shown.counts.failed, shown.counts.waiting) == (2, 3, 0)
    assert shown.ended


def test_the_end_of_a_wave_names_its_failures() -> None:
    store = Store()
    read(store, session("s1", "completedWithError", (5, 2, 3, 0)))

    shown = plan_progress(record((part(1, 0, 5),), {1: "s1"}, ("s1",)), store, runner(), NOW)

    assert (wave(shown, 0).state.mark, wave(shown, 0).state.word) == ("✗", "3 failed")
    assert [(cause.units, cause.code) for cause in shown.causes] == [(3, None)]
    assert shown.ended


def test_time_left_is_a_range_beside_the_figure_of_microsoft() -> None:
    plan, store = under_way()

    pace = plan_progress(plan, store, runner(), NOW).pace

    assert (pace.last_hour, pace.best_hour, pace.left) == (10, 11, 21)
    assert pace.left_words == "1.5 to 3 h at this pace"
    assert pace.microsoft_words == "Microsoft's figure for 21 is about 2 h"
    assert pace.last_finished == NOW - timedelta(minutes=30)
    assert sum(pace.steps) == 11


def test_what_cannot_be_said_of_the_time_left_has_its_reason() -> None:
    plan, store = under_way()
    silent = Store()
    read(silent, session("s1", "active", (250, 0, 0, 250)))
    large = record((part(1, 0, 250),), {1: "s1"}, ("s1",))

    idle = plan_progress(record((part(1, 0, 9),), {1: "s4"}), store, None, NOW)
    early = plan_progress(large, silent, None, BEGUN + timedelta(minutes=50))
    stalled = plan_progress(plan, store, runner(), NOW + timedelta(hours=4))

    assert idle.pace.left_words == "nothing runs now"
    assert early.pace.left_words == "too early: nothing in the first 3 h is normal for 250 mailboxes"
    assert early.pace.slow is False
    assert stalled.pace.left_words.startswith("no unit finished for 4 h 30; longest pause before 2 h 00")
    assert stalled.pace.slow is True


def test_all_running_restores_of_the_tenant_are_one() -> None:
    _plan, store = under_way()
    read(store, session("other", "activating", (6, 0, 0, 6)))

    shown = tenant_progress(store, NOW)

    assert [one.name for one in shown.waves] == ["Exchange, destination unknown", "Exchange, in place"]
    assert (shown.counts.of, shown.counts.running) == (22, 10)


SESSIONS = st.sampled_from(["draft", "activating", "active", "completed", "completedWithError", "failed", "novel", ""])
NUMBERS = st.one_of(st.none(), st.integers(-3, 12))
STATES = st.sampled_from(["added", "scheduled", "inProgress", "succeeded", "failed", "unknown"])


@st.composite
def plans_in_stores(draw: st.DrawFn) -> tuple[PlanRecord, Store, RunnerStatus | None]:
    store, parts, agreed = Store(), [], []
    sessions: dict[int, str] = {}
    for number in range(1, draw(st.integers(1, 6)) + 1):
        again = tuple(sessions.values()) if draw(st.booleans()) else ()
        parts.append(part(number, draw(st.integers(0, 2)), draw(st.integers(0, 12)), again))
        if draw(st.booleans()):
            sessions[number] = f"s{number}"
            agreed += [f"s{number}"] * draw(st.booleans())
            if draw(st.booleans()):
                counts = draw(st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
                units = [unit(n, state, ended=n, of=f"s{number}") for n, state in enumerate(draw(st.lists(STATES)))]
                read(store, session(f"s{number}", draw(SESSIONS), counts), units)
                if draw(st.booleans()):
                    store.apply(SessionGone(f"s{number}", 2.0, NOW))
    waits = runner(*(Wait(one.number, "no free place") for one in parts)) if draw(st.booleans()) else None
    return record(parts, sessions, agreed, stop_after=draw(st.one_of(st.none(), st.integers(0, 2)))), store, waits


@given(plans_in_stores())
def test_sums_agree_whatever_the_service_reports(given_plan: tuple[PlanRecord, Store, RunnerStatus | None]) -> None:
    plan, store, waits = given_plan

    for shown in (plan_progress(plan, store, waits, NOW), tenant_progress(store, NOW)):
        groups = [*(one.counts for one in shown.waves), *(one.counts for one in shown.parts)]
        for counts in (shown.counts, *groups):
            numbers = (counts.ok, counts.failed, counts.running, counts.waiting)
            assert min(numbers) >= 0
            assert sum(numbers) == counts.of == counts.finished + counts.left
        assert sum(one.counts.of for one in shown.waves) == shown.counts.of
        assert sum(one.units for one in shown.waiting) == shown.counts.waiting
        assert sum(one.units for one in shown.causes) == shown.counts.failed
        assert shown.pace.left == shown.counts.left
    repeated = sum(one.units for one in plan.parts if one.again_of)
    assert plan_progress(plan, store, waits, NOW).counts.of >= sum(one.units for one in plan.parts) - repeated
