"""Specifies how a point in time is typed, refused and shown: zones, clock changes, spans, ranges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.models.times import brief_span_words, span_words
from backup_tui.restore.points.moments import (
    is_relative,
    is_weekly,
    parse_moment,
    parse_span,
    show_range,
    show_utc,
    show_zone,
    show_zone_range,
    write_moment,
)

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 14, 32, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2026-11-20 14:10", "2026-11-20T13:10:00"),
        ("2026-11-20T14:10:30", "2026-11-20T13:10:30"),
        ("  2026-11-20   14:10 ", "2026-11-20T13:10:00"),
        ("2026-11-20T14:10Z", "2026-11-20T14:10:00"),
        ("2026-11-20 14:10 UTC", "2026-11-20T14:10:00"),
        ("2026-11-20T14:10:00+05:30", "2026-11-20T08:40:00"),
        ("2026-11-20 14:10 America/New_York", "2026-11-20T19:10:00"),
        ("2026-11-20", "2026-11-19T23:00:00"),
        ("2026-07-01 12:00", "2026-07-01T10:00:00"),
        ("2h ago", "2026-11-22T12:32:10"),
        ("-2h", "2026-11-22T12:32:10"),
        ("1d 2h ago", "2026-11-21T12:32:10"),
        ("90 minutes ago", "2026-11-22T13:02:10"),
        ("-1w", "2026-11-15T14:32:10"),
        ("yesterday 14:00", "2026-11-21T13:00:00"),
        ("Today 14:00", "2026-11-22T13:00:00"),
        ("14:00", "2026-11-22T13:00:00"),
        ("14:00 Z", "2026-11-22T14:00:00"),
        ("2026-10-25 02:30+02:00", "2026-10-25T00:30:00"),
        ("2026-10-25 02:30+01:00", "2026-10-25T01:30:00"),
    ],
)
def test_a_moment_is_read_in_the_zone_that_is_named(typed: str, utc: str) -> None:
    moment = parse_moment(typed, BERLIN, NOW)
    assert moment.utc == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert not moment.latest


def test_yesterday_is_the_zones_own_day() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert parse_moment("yesterday 14:00", BERLIN, late).utc == datetime(2026, 11, 22, 13, tzinfo=UTC)
    assert parse_moment("yesterday 14:00", ZoneInfo("UTC"), late).utc == datetime(2026, 11, 21, 14, tzinfo=UTC)


@pytest.mark.parametrize("typed", ["2h ago", "-90m", "yesterday 14:00", "06:10", "today 06:10 Europe/Berlin"])
def test_a_time_that_counts_from_when_it_was_typed_stays_the_same_moment(typed: str) -> None:
    asked, zone = datetime(2026, 11, 20, 12, 0, tzinfo=UTC), ZoneInfo("Europe/Paris")
    meant = parse_moment(typed, zone, asked).utc
    assert is_relative(typed)
    assert parse_moment(typed, zone, asked + timedelta(days=3), asked).utc == meant
    assert parse_moment(write_moment(meant), zone, asked + timedelta(days=3)).utc == meant


@pytest.mark.parametrize("typed", ["latest", "2026-11-20 14:10", "2026-11-20", "nonsense", "", "a/b", "2h ago/x"])
def test_other_times_do_not_count_from_anything(typed: str) -> None:
    assert not is_relative(typed)


def test_latest_is_the_time_of_asking() -> None:
    moment = parse_moment("LATEST", BERLIN, NOW)
    assert (moment.latest, moment.utc) == (True, NOW)
    assert moment.echo(NOW) == "the newest point of each, as of 22 Nov 14:32 UTC"


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        ("", "A time is missing", "latest"),
        ("2026-13-01 10:00", "does not exist", "2h"),
        ("2026-11-20 25:00", "does not exist", "2h"),
        ("2026-11-20 14:10+19:00", "does not exist", "2h"),
        ("2026-11-23 10:00", "23 Nov 09:00 UTC is in the future by 18 h 28.", "latest"),
        ("today 23:00", "in the future", "latest"),
        ("2025-11-20", "Older than 366 days.", "21 Nov 2025 14:32 UTC"),
        ("999999w ago", "Older than 366 days.", "21 Nov 2025"),
        ("0002-01-01", "Older than 366 days.", "21 Nov 2025"),
        ("2026-03-29 02:30", "02:30 did not exist on 29 Mar in Europe/Berlin.", "01:30 or 03:30"),
        ("2026-10-25 02:30", "02:30 happened twice on 25 Oct in Europe/Berlin.", "Add +02 or +01."),
        ("2026-11-20 10:00 Europe/Berlim", "is not a time zone", "Europe/Berlin"),
    ],
)
def test_a_moment_that_cannot_be_meant_is_refused_with_the_way_out(typed: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(typed, BERLIN, NOW)
    assert what in caught.value.message
    assert hint in caught.value.hint
    assert caught.value.field == "Point"


@given(st.text(max_size=30))
def test_any_text_is_a_moment_or_a_usage_error(text: str) -> None:
    try:
        moment = parse_moment(text, BERLIN, NOW)
    except UsageError:
        return
    assert NOW - timedelta(days=366) <= moment.utc <= NOW


@given(
    st.datetimes(datetime(2025, 12, 1), datetime(2026, 11, 20), timezones=st.just(UTC)).map(
        lambda at: at.replace(second=0, microsecond=0)
    ),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_what_a_zone_shows_is_read_back_as_the_same_moment(utc: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    local = utc.astimezone(zone)
    assert parse_moment(f"{local:%Y-%m-%d %H:%M%z}", zone, NOW).utc == utc
    doubled = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if doubled:
        with pytest.raises(UsageError, match="happened twice"):
            parse_moment(f"{local:%Y-%m-%d %H:%M}", zone, NOW)
    else:
        assert parse_moment(f"{local:%Y-%m-%d %H:%M}", zone, NOW).utc == utc


def test_a_moment_is_echoed_in_utc_and_its_zone() -> None:
    moment = parse_moment("2026-11-20 14:10", BERLIN, NOW)
    assert moment.echo(NOW) == "Fri 20 Nov 13:10 UTC, 2 d 1 h ago"
    assert moment.both(NOW) == "20 Nov 13:10 UTC (14:10 Europe/Berlin)"
    midnight = parse_moment("2026-11-20 00:10", BERLIN, NOW)
    assert midnight.both(NOW) == "19 Nov 23:10 UTC (20 Nov 00:10 Europe/Berlin)"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=59), "under 1 min"),
        (timedelta(minutes=50), "50 min"),
        (timedelta(hours=14, minutes=2, seconds=59), "14 h 02"),
        (timedelta(days=2, hours=1, minutes=22), "2 d 1 h"),
        (timedelta(days=13, hours=23, minutes=5), "13 d 23 h"),
        (timedelta(days=21, hours=3, minutes=5), "21 d 3 h"),
    ],
)
def test_spans_in_words(gap: timedelta, words: str) -> None:
    assert span_words(gap) == words
    assert span_words(-gap) == words


def test_a_span_in_a_narrow_column_keeps_to_seven_cells() -> None:
    assert brief_span_words(timedelta(seconds=59)) == "< 1 min"
    assert brief_span_words(timedelta(minutes=1)) == "1 min"
    assert brief_span_words(timedelta(hours=2, minutes=41)) == "2 h 41"


def test_spans_are_read() -> None:
    assert parse_span("6h", "--express-within") == timedelta(hours=6)
    assert parse_span(" 1d 2h ", "x") == timedelta(hours=26)
    for wrong in ("", "6", "h", "0h", "6h later"):
        with pytest.raises(UsageError):
            parse_span(wrong, "--max-gap")


def test_the_year_stands_only_where_it_is_needed() -> None:
    assert show_utc(datetime(2026, 11, 20, 12, 20, tzinfo=UTC), NOW) == "20 Nov 12:20"
    assert show_utc(datetime(2026, 1, 2, 3, 4, tzinfo=UTC), NOW) == "2 Jan 03:04"
    assert show_utc(datetime(2025, 12, 31, 3, 4, tzinfo=UTC), NOW) == "31 Dec 2025 03:04"


@pytest.mark.parametrize("end", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York"])
def test_the_ends_of_time_can_be_shown(end: datetime, zone: str) -> None:
    assert show_zone(end, ZoneInfo(zone), NOW)
    assert show_zone_range([end], ZoneInfo(zone), NOW)


def test_ranges_say_a_day_once() -> None:
    noon, one = datetime(2026, 11, 20, 12, 20, tzinfo=UTC), datetime(2026, 11, 20, 13, 0, tzinfo=UTC)
    late = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    next_day = one + timedelta(days=1)
    assert show_range([one, noon], NOW) == "20 Nov 12:20 to 13:00 UTC"
    assert show_range([noon, noon + timedelta(seconds=5)], NOW) == "20 Nov 12:20 UTC"
    assert show_range([noon, next_day], NOW) == "20 Nov 12:20 to 21 Nov 13:00 UTC"
    assert show_range([], NOW) == ""
    assert show_zone_range([one, noon], BERLIN, NOW) == "13:20 to 14:00 Europe/Berlin"
    assert show_zone_range([noon, late], BERLIN, NOW) == "20 Nov 13:20 to 21 Nov 00:30 Europe/Berlin"


def test_weekly_points_are_those_older_than_two_weeks_but_not_of_mailboxes() -> None:
    old = NOW - timedelta(days=15)
    assert [is_weekly(service, old, NOW) for service in Service] == [False, True, True]
    assert not is_weekly(Service.ONEDRIVE, NOW - timedelta(days=13), NOW)
