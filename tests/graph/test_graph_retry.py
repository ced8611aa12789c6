"""Specifies what may be repeated and when (`graph.retry`): request classes, outcomes, budgets, Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.graph.retry import (
    LONGEST_REAL_WAIT,
    AttemptResult,
    Budget,
    Repeat,
    RetryQuota,
    decide,
    parse_retry_after,
    read_date,
)
from backup_tui.models.calls import Outcome, RequestClass

BUDGET = Budget()
NOW = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)
CHANGES = [each for each in RequestClass if each is not RequestClass.READ]
READ = RequestClass.READ


def after(
    request_class: RequestClass,
    outcome: Outcome,
    status: int | None = None,
    *,
    tries: int = 1,
    retry_after: float | None = None,
    repeat: Repeat = Repeat.BACKOFF,
    elapsed: float = 0.0,
) -> Any:
    attempt = AttemptResult(outcome, status, retry_after, repeat)
    return decide(request_class, tries, attempt, elapsed, BUDGET, 0.5)


@pytest.mark.parametrize("request_class", list(RequestClass))
def test_nothing_follows_a_good_answer(request_class: Any) -> None:
    assert not after(request_class, Outcome.DONE, 200, retry_after=30).again


@pytest.mark.parametrize("request_class", CHANGES)
@pytest.mark.parametrize("status", [None, 200, 500, 502, 503, 504])
def test_a_change_of_unknown_outcome_is_never_repeated(request_class: Any, status: int | None) -> None:
    assert not after(request_class, Outcome.UNKNOWN, status).again
    assert not after(request_class, Outcome.UNKNOWN, status, retry_after=5).again


@pytest.mark.parametrize("request_class", CHANGES)
@pytest.mark.parametrize("status", [400, 403, 404, 409, 413, 500])
def test_a_refused_change_is_not_repeated(request_class: Any, status: int) -> None:
    assert not after(request_class, Outcome.REJECTED, status).again


@pytest.mark.parametrize("request_class", list(RequestClass))
def test_what_was_not_sent_may_be_repeated_whatever_it_is(request_class: Any) -> None:
    decision = after(request_class, Outcome.NOT_SENT)
    assert decision.again
    assert decision.wait > 0


@pytest.mark.parametrize("request_class", list(RequestClass))
def test_what_cannot_be_sent_until_a_person_acts_is_not_repeated(request_class: Any) -> None:
    assert not after(request_class, Outcome.NOT_SENT, repeat=Repeat.NEVER).again


@pytest.mark.parametrize("request_class", list(RequestClass))
def test_429_parks_everything_for_exactly_the_time_asked(request_class: Any) -> None:
    decision = after(request_class, Outcome.REJECTED, 429, retry_after=41.0, repeat=Repeat.NEVER)
    assert decision.again
    assert decision.park == 41.0
    assert decision.wait == 0


def test_429_without_a_time_still_parks_at_least_a_second() -> None:
    assert after(READ, Outcome.REJECTED, 429).park >= 1.0


def test_the_last_429_still_closes_the_gate() -> None:
    decision = after(READ, Outcome.REJECTED, 429, tries=4, retry_after=20.0)
    assert not decision.again
    assert decision.park == 20.0


def test_a_wait_of_hours_is_told_instead_of_waited() -> None:
    decision = after(READ, Outcome.REJECTED, 429, retry_after=7200.0)
    assert not decision.again
    assert decision.park == 7200.0


def test_503_with_a_time_parks_and_a_read_goes_on() -> None:
    decision = after(READ, Outcome.REJECTED, 503, retry_after=9.0)
    assert decision.again
    assert decision.park == 9.0


def test_503_with_a_time_parks_but_the_change_is_not_repeated() -> None:
    decision = after(RequestClass.STATE, Outcome.UNKNOWN, 503, retry_after=9.0)
    assert not decision.again
    assert decision.park == 9.0


def test_a_read_is_tried_four_times() -> None:
    assert [after(READ, Outcome.UNKNOWN, tries=number).again for number in (1, 2, 3, 4)] == [True] * 3 + [False]


def test_a_malformed_answer_is_asked_for_once_more() -> None:
    assert after(READ, Outcome.REJECTED, 200, repeat=Repeat.ONCE).again
    assert not after(READ, Outcome.REJECTED, 200, tries=2, repeat=Repeat.ONCE).again


def test_the_time_of_a_read_is_bounded() -> None:
    assert not after(READ, Outcome.UNKNOWN, elapsed=119.9).again


@given(st.integers(1, 3), st.floats(0, 1, exclude_max=True), st.floats(0, 200))
def test_a_backoff_is_never_longer_than_its_cap_or_the_budget(tries: Any, jitter: Any, elapsed: Any) -> None:
    decision = decide(READ, tries, AttemptResult(Outcome.UNKNOWN), elapsed, BUDGET, jitter)
    assert 0 <= decision.wait <= BUDGET.base * 2 ** (tries - 1)
    if decision.again:
        assert elapsed + decision.wait < BUDGET.total


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 5 ", 5.0),
        ("1.5", 1.5),
        ("120,120", 120.0),
        ("5, 30", 30.0),
        ("0", None),
        ("-5", None),
        ("abc", None),
        ("", None),
        ("1e11", None),
        ("٣", None),
        ("120, soon", None),
        ("nan", None),
        ("inf", None),
        (None, None),
        ("7" * 90, 3600.0),
    ],
)
def test_what_retry_after_says(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, None, NOW) == seconds


def test_a_date_counts_from_the_answers_own_date() -> None:
    until = format_datetime(NOW + timedelta(seconds=90), usegmt=True)
    wrong_local = NOW - timedelta(hours=1)
    assert parse_retry_after(until, NOW, wrong_local) == 90.0
    assert parse_retry_after(until, None, NOW) == 90.0
    assert parse_retry_after(format_datetime(NOW - timedelta(minutes=1), usegmt=True), NOW, NOW) is None


def test_a_date_without_zone_is_utc() -> None:
    assert parse_retry_after("Sun Nov 22 04:03:00 2026", NOW, NOW) == 60.0


@given(st.text(max_size=120))
def test_no_retry_after_can_hurt(value: Any) -> None:
    wait = parse_retry_after(value, NOW, NOW)
    assert wait is None or 0 < wait <= LONGEST_REAL_WAIT


@given(st.integers(1, int(LONGEST_REAL_WAIT)))
def test_a_believable_wait_is_never_shortened(seconds: Any) -> None:
    assert parse_retry_after(str(seconds), NOW, NOW) == seconds


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        "x" * 200,
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Mon, 99999999999999999999 Jan 2026 00:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Fri, 31 Dec 9999 23:59:59 -2359",
    ],
)
def test_a_date_that_makes_no_sense_is_not_heard(value: str | None) -> None:
    assert read_date(value) is None


def test_the_process_may_not_storm() -> None:
    quota = RetryQuota()
    taken = 0
    while quota.take():
        taken += 1
    assert taken == 100
    quota.succeeded(after_retry=True)
    assert quota.take()
    assert not quota.take()
