"""Specifies which point is searched next: few searches, however the hits go up and down."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from backup_tui.restore.mail.halving import LOOKS, MOST_SEARCHES, change_in, next_place

HITS = st.lists(st.integers(0, 5), min_size=1, max_size=300)


def walk(truth: Sequence[int], without: frozenset[int] = frozenset()) -> dict[int, int]:
    """Searches until nothing is left to find out."""
    seen: dict[int, int] = {}
    while (place := next_place(len(truth), seen, without)) is not None:
        assert place not in seen, "a point is never searched twice"
        assert place not in without
        seen[place] = truth[place]
    return seen


@given(HITS)
def test_a_fall_between_the_ends_is_found_to_the_point_with_log2_searches(truth: list[int]) -> None:
    seen = walk(truth)
    if truth[0] <= truth[-1]:
        return
    change = change_in(seen)
    assert change is not None
    before, after = change
    assert after == before + 1
    assert truth[before] > truth[after]
    assert len(seen) <= 2 + ceil(log2(len(truth)))


@given(st.integers(1, 2_000), st.integers(0, 2_000), st.integers(1, 50))
def test_mails_that_disappeared_once_are_found_where_they_did(count: int, gone: int, hits: int) -> None:
    truth = [hits if place < gone else 0 for place in range(count)]
    seen = walk(truth)
    if 0 < gone < count:
        assert change_in(seen) == (gone - 1, gone)
    else:
        assert change_in(seen) is None
        assert len(seen) <= LOOKS


def test_a_week_of_points_needs_no_question() -> None:
    week = 7 * 24 * 6 + 1
    for gone in range(1, week, 37):
        assert len(walk([1] * gone + [0] * (week - gone))) <= MOST_SEARCHES


@given(HITS)
def test_it_ends_and_never_asks_much_more_than_twice_log2(truth: list[int]) -> None:
    assert len(walk(truth)) <= LOOKS + 2 * ceil(log2(len(truth) + 1)) + 2


@given(HITS, st.frozensets(st.integers(0, 299)))
def test_places_without_a_point_are_passed_over(truth: list[int], without: frozenset[int]) -> None:
    seen = walk(truth, without)
    usable = [place for place in range(len(truth)) if place not in without]
    assert set(seen) <= set(usable)
    if usable and truth[usable[0]] > truth[usable[-1]]:
        change = change_in(seen)
        assert change is not None
        assert usable.index(change[1]) == usable.index(change[0]) + 1


def test_mails_that_came_are_found_too() -> None:
    truth = [0] * 70 + [3] * 58
    assert change_in(walk(truth)) == (69, 70)


def test_growth_is_no_change() -> None:
    assert change_in(walk([place + 1 for place in range(100)])) is None


def test_without_any_point_nothing_is_searched() -> None:
    assert next_place(0, {}) is None
    assert next_place(2, {}, {0, 1}) is None
