"""The strip of two weeks: what is there, what is missing, and what nobody has read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from backup_tui.models.points import RestorePoint
from backup_tui.ui.units.strip import merged, two_weeks

NOW = datetime(2026, 11, 30, 10, 15, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def point(moment: datetime, *, express: bool = False) -> RestorePoint:
    tags = "fastRestore" if express else "none"
    return RestorePoint.read({"id": moment.isoformat(), "protectionDateTime": moment.isoformat(), "tags": tags})


def every_ten_minutes(since: datetime, until: datetime) -> list[RestorePoint]:
    count = int((until - since) / timedelta(minutes=10))
    return [point(since + index * timedelta(minutes=10)) for index in range(count)]


def drawn(points: list[RestorePoint], read: list[tuple[datetime, datetime]], hours: int = 6) -> list[str]:
    return [
        "".join(str(getattr(part, "text", part)) for part in line.parts)
        for line in two_weeks(points, read, BERLIN, NOW, hours)
    ]


def test_days_are_named_above_their_four_cells() -> None:
    names, strip = drawn([], [])
    assert names.split() == [str(day) for day in range(17, 31)]
    assert names.index("30") - names.index("17") == 13 * 4
    assert strip.strip() == ""


def test_what_was_not_read_is_blank_and_what_is_missing_is_a_dot() -> None:
    day = datetime(2026, 11, 24, tzinfo=BERLIN)
    whole = every_ten_minutes(day, day + timedelta(hours=6))
    gaps = every_ten_minutes(day + timedelta(hours=6), day + timedelta(hours=8))
    _names, strip = drawn([*whole, *gaps], [(day, day + timedelta(hours=18))])
    assert strip.strip() == "█▄·"
    assert strip.index("█") == 2 + 7 * 4


def test_a_few_points_read_in_full_are_no_gap() -> None:
    newest = every_ten_minutes(NOW - timedelta(minutes=50), NOW)
    _names, strip = drawn(newest, [(NOW - timedelta(minutes=50), NOW)])
    assert strip.strip() == "█"


def test_an_express_point_has_a_tick_below_its_cell() -> None:
    moment = datetime(2026, 11, 28, 2, tzinfo=UTC)
    _names, strip, ticks = drawn([point(moment, express=True)], [(moment, moment + timedelta(minutes=10))])
    assert ticks.index("^") == strip.index("█") == 2 + 11 * 4


def test_a_large_terminal_has_cells_of_three_hours() -> None:
    names, _strip = drawn([], [], hours=3)
    assert names.index("30") - names.index("17") == 13 * 8


SPANS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 40)), max_size=8)


@given(SPANS)
def test_times_that_touch_are_one_and_none_is_lost(pairs: list[tuple[int, int]]) -> None:
    read = [(NOW + timedelta(minutes=at), NOW + timedelta(minutes=at + length)) for at, length in pairs]
    spans = merged(read)
    assert all(first[1] < second[0] for first, second in pairwise(spans))
    assert all(any(since <= start and end <= until for since, until in spans) for start, end in read)
