"""How long a plan is expected to take."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.models.services import Destination, Service
from backup_tui.plans.expected import Expected, at_a_time, expected_in_all, expected_of, forecast
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import PlanLimits, Wave

COUNTS = st.dictionaries(st.sampled_from(Service), st.integers(0, 12_000))
LIMITS = st.builds(
    PlanLimits, units_per_session=st.integers(1, 1_000), sessions=st.integers(1, 25), units=st.integers(1, 1_000)
)


@given(COUNTS, LIMITS)
def test_a_range_has_two_ends_and_none_is_negative(units: dict[Service, int], limits: PlanLimits) -> None:
    expected = expected_of(units, limits)

    assert timedelta() <= expected.low <= expected.high
    assert bool(expected.high) is any(units.values())


@given(COUNTS, st.sampled_from(Service), st.integers(1, 3_000), LIMITS)
def test_more_units_never_take_less(units: dict[Service, int], kind: Service, more: int, limits: PlanLimits) -> None:
    less, greater = expected_of(units, limits), expected_of(units | {kind: units.get(kind, 0) + more}, limits)

    assert less.low <= greater.low
    assert less.high <= greater.high


@given(COUNTS, LIMITS, st.integers(1, 1_000))
def test_a_smaller_limit_never_makes_it_faster(units: dict[Service, int], limits: PlanLimits, less: int) -> None:
    wide = PlanLimits(units_per_session=1_000, sessions=25, units=1_000)
    narrow = PlanLimits(units_per_session=1_000, sessions=25, units=less)

    assert expected_of(units, narrow).high >= expected_of(units, wide).low
    assert 1 <= at_a_time(limits) <= limits.units


WAVES = st.lists(
    st.builds(
        Wave,
        name=st.just("wave"),
        needs_yes=st.booleans(),
        pause=st.sampled_from([timedelta(), timedelta(minutes=30)]),
    ),
    min_size=1,
    max_size=5,
)


@given(WAVES, st.data(), LIMITS)
def test_a_plan_takes_as_long_as_its_longest_wave_and_all_its_pauses(
    waves: list[Wave], data: st.DataObject, limits: PlanLimits
) -> None:
    counts = data.draw(st.lists(st.integers(1, 3_000), min_size=len(waves), max_size=len(waves)))
    parts = [Part(n + 1, n, Service.ONEDRIVE, Destination.NEW, count) for n, count in enumerate(counts)]
    each = forecast(waves, parts, limits)

    whole = expected_in_all(each, waves, limits)

    pauses = sum((wave.pause for wave in waves[1:]), timedelta())
    assert timedelta() < whole.low <= whole.high
    assert whole.low >= max(wave.expected.low for wave in each) + pauses
    assert whole.high >= max(wave.expected.high for wave in each) + pauses


def test_waves_that_share_a_yes_run_beside_each_other() -> None:
    shared = (Wave("a"), Wave("b", needs_yes=False), Wave("c"))
    parts = [Part(n + 1, n, Service.ONEDRIVE, Destination.NEW, 250) for n in range(3)]
    each = forecast(shared, parts, PlanLimits())

    whole = expected_in_all(each, shared, PlanLimits())

    assert [wave.starts for wave in each] == [
        "after your yes",
        "with wave 1",
        "after your yes",
    ]
    assert whole.low == expected_of({Service.ONEDRIVE: 750}, PlanLimits()).low
    assert whole.high == timedelta(hours=6 + 4), "500 at once, then 250"
    assert whole.reason == "Some waves run beside the one before. The low end is that of one yes for all of them."


@pytest.mark.parametrize(
    ("units", "words"),
    [
        ({Service.EXCHANGE: 40}, "2 to 2.5 h"),
        ({Service.EXCHANGE: 250}, "about 3 h"),
        ({Service.EXCHANGE: 2_520}, "10 to 12 h"),
        ({Service.ONEDRIVE: 2_560}, "16 to 27 h"),
        ({Service.ONEDRIVE: 1}, "about 30 min"),
        ({Service.ONEDRIVE: 1_000, Service.EXCHANGE: 1_000}, "about 10 h"),
        ({}, "nothing to restore"),
    ],
)
def test_the_range_in_words(units: dict[Service, int], words: str) -> None:
    assert expected_of(units, PlanLimits()).words == words


def test_services_that_need_more_sessions_than_there_are_may_wait_for_each_other() -> None:
    units = dict.fromkeys(Service, 1_000)
    small = PlanLimits(units_per_session=50)  # 20 sessions for each service

    beside, shared = expected_of(units, PlanLimits()), expected_of(units, small)

    assert shared.high > beside.high == beside.low
    assert "The services share 25 sessions." in shared.reason


def test_the_reason_names_the_published_figure_and_the_rounds() -> None:
    reason = expected_of({Service.ONEDRIVE: 2_520}, PlanLimits()).reason

    assert "Microsoft's figure is 16 h 04 for 2,520 OneDrive accounts" in reason
    assert "3 rounds of up to 1,000" in reason


def test_what_each_wave_will_be() -> None:
    waves = (
        Wave("directors", needs_yes=False),
        Wave("nobody"),
        Wave("the rest", pause=timedelta(minutes=30)),
    )
    parts = [Part(1, 0, Service.EXCHANGE, Destination.IN_PLACE, 40)]
    parts += [Part(2 + n, 2, Service.EXCHANGE, Destination.IN_PLACE, 250) for n in range(10)]

    directors, rest = forecast(waves, parts, PlanLimits())

    assert (directors.number, directors.count, directors.sessions, directors.starts) == (1, 40, 1, "at once")
    assert (rest.number, rest.count, rest.sessions, rest.rounds) == (3, 2_500, 10, 3)
    assert rest.starts == "30 min pause, your yes, 1,000 max"
    whole = expected_in_all((directors, rest), waves, PlanLimits())
    assert whole.low == directors.expected.low + rest.expected.low + timedelta(minutes=30)
    assert whole.reason == "The waves run one after another, with pauses of 30 min in all."


def test_both_ends_are_rounded_away_from_each_other() -> None:
    assert Expected(timedelta(hours=5, minutes=50), timedelta(hours=6, minutes=10)).words == "5 to 7 h"
    assert Expected(timedelta(minutes=31), timedelta(minutes=39)).words == "30 to 40 min"
