"""Specifies that times are read as people say them, and that whatever the program prints is read back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.config import named_zone
from backup_tui.errors import UsageError
from backup_tui.headless.output import utc as printed_utc
from backup_tui.models.times import iso, span_words
from backup_tui.restore.points.moments import (
    Moment,
    is_relative,
    parse_moment,
    show_range,
    show_utc,
    show_zone,
    write_moment,
)
from backup_tui.ui.widgets.time_format import ago_words, clock_words

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 1, 10, 9, 20, tzinfo=UTC)  # a Tuesday, 11:09 in Berlin


def read(typed: str, zone: ZoneInfo = BERLIN, now: datetime = NOW) -> str:
    return f"{parse_moment(typed, zone, now).utc:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("typed", "utc"),
    [
        ("2h", "2026-12-01 08:09:20"),
        ("2h ago", "2026-12-01 08:09:20"),
        ("-2h", "2026-12-01 08:09:20"),
        ("90m", "2026-12-01 08:39:20"),
        ("1d 4h", "2026-11-30 06:09:20"),
        ("an hour ago", "2026-12-01 09:09:20"),
        ("1 hour and 30 minutes ago", "2026-12-01 08:39:20"),
        ("14:10", "2026-11-30 13:10:00"),
        ("9:00", "2026-12-01 08:00:00"),
        ("11:09", "2026-12-01 10:09:00"),
        ("noon", "2026-11-30 11:00:00"),
        ("midnight", "2026-11-30 23:00:00"),
        ("2pm", "2026-11-30 13:00:00"),
        ("12:05 a.m.", "2026-11-30 23:05:00"),
        ("yesterday", "2026-11-30 10:09:20"),
        ("yesterday 14:00", "2026-11-30 13:00:00"),
        ("yesterday at noon", "2026-11-30 11:00:00"),
        ("14:10 yesterday", "2026-11-30 13:10:00"),
        ("monday 9:00", "2026-11-30 08:00:00"),
        ("mon 9", "2026-11-30 08:00:00"),
        ("Tue 9", "2026-12-01 08:00:00"),
        ("tuesday 14:00", "2026-11-24 13:00:00"),
        ("9:00 on Wednesday", "2026-11-25 08:00:00"),
        ("20 Nov 14:10", "2026-11-20 13:10:00"),
        ("Fri 20 Nov 13:10 UTC", "2026-11-20 13:10:00"),
        ("20 Nov", "2026-11-19 23:00:00"),
        ("November 20 2:10 pm", "2026-11-20 13:10:00"),
        ("Nov 20, 2026, 14:10", "2026-11-20 13:10:00"),
        ("2 Dec", "2025-12-01 23:00:00"),
        ("20 Dec 2025 14:10", "2025-12-20 13:10:00"),
        ("2026-11-20 14:10", "2026-11-20 13:10:00"),
        ("2026-11-20T13:10:00Z", "2026-11-20 13:10:00"),
        ("2026-11-20T14:10:00+01", "2026-11-20 13:10:00"),
        ("2026-11-20 14:10 +0530", "2026-11-20 08:40:00"),
        ("20 Nov 14:10 UTC+2", "2026-11-20 12:10:00"),
        ("20 Nov 14:10 GMT+1", "2026-11-20 13:10:00"),
        ("20 Nov 14:10 W. Europe Standard Time", "2026-11-20 13:10:00"),
        ("2026/11/20 14:10", "2026-11-20 13:10:00"),
        ("20261120T131000Z", "2026-11-20 13:10:00"),
        ("20/11/2026 14:10", "2026-11-20 13:10:00"),
        ("11/20/2026 14:10", "2026-11-20 13:10:00"),
        ("20.11.2026 14:10", "2026-11-20 13:10:00"),
        ("25 Oct 02:30 +02", "2026-10-25 00:30:00"),
        ("25 Oct 02:30 +01", "2026-10-25 01:30:00"),
        ("14 h 02 min ago", "2026-11-30 20:07:20"),
        ("14 h 02", "2026-11-30 20:07:20"),
        ("= Fri 20 Nov 13:10 UTC, 10 d 20 h 59 min ago", "2026-11-20 13:10:00"),
    ],
)
def test_a_time_is_read_as_a_person_says_it(typed: str, utc: str) -> None:
    assert read(typed) == utc
    assert read(typed.upper()) == utc
    assert read(f"  {typed.lower()} ") == utc


@pytest.mark.parametrize(
    ("typed", "what", "hint"),
    [
        ("11/12/2026", "11/12/2026 could be 11 Dec or 12 Nov.", "Write 12 Nov 2026."),
        ("11/12 9:00", "11/12 could be 11 Dec or 12 Nov.", "Write 12 Nov 9:00."),
        ("3.4.2026", "3.4.2026 could be 3 Apr or 4 Mar.", "Write 4 Mar 2026."),
        ("20/11/26", '"20/11/26" isn\'t a time.', "Write 20 Nov 2026."),
        ("1 Dec 14:10 UTC", "1 Dec 14:10 UTC is in the future by 4 h 01.", "Write latest"),
        ("2026-12-02 00:30", "1 Dec 23:30 UTC (2 Dec 00:30 Europe/Berlin) is in the future by 13 h 21.", "latest"),
        ("29 Mar 02:30", "02:30 did not exist on 29 Mar in Europe/Berlin.", "01:30 or 03:30"),
        ("25 Oct 02:30", "02:30 happened twice on 25 Oct in Europe/Berlin.", "Add +02 or +01."),
        (
            "2026-04-05 01:45 Australia/Lord_Howe",
            "01:45 happened twice on 5 Apr in Australia/Lord_Howe.",
            "Add +11 or +10:30.",
        ),
        ("2hh", '"2hh" isn\'t a time.', "Examples: 2h, yesterday 14:00, 20 Nov 14:10, latest."),
        ("tomorrow", '"tomorrow" isn\'t a time.', "Examples: 2h"),
        ("9.30", '"9.30" isn\'t a time.', "Examples: 2h"),
        ("29 Feb", "Older than 366 days.", "30 Nov 2025 10:09 UTC"),
        ("30 Feb", '"30 Feb" has a day or an hour that does not exist.', "Examples"),
        ("mon 25", '"mon 25" has a day or an hour that does not exist.', "Examples"),
        ("Thu 20 Nov 13:10", "20 Nov 2026 is a Friday, not a Thursday.", "Write Fri 20 Nov"),
        ("14:10 IST", "'IST' is the short name of several zones.", "Asia/Kolkata"),
        ("20 Nov 14:10 CST", "'CST' is the short name of several zones.", "America/Chicago"),
    ],
)
def test_a_time_that_cannot_be_meant_says_why_and_what_to_write(typed: str, what: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment(typed, BERLIN, NOW)
    assert caught.value.message == what
    assert hint in caught.value.hint
    assert (caught.value.field, caught.value.value) == ("Point", typed)


def test_before_the_service_told_the_time_an_error_still_names_the_day_that_was_meant() -> None:
    with pytest.raises(UsageError) as caught:
        parse_moment("2026-12-03 14:10", BERLIN, NOW, doubt=timedelta(days=1))
    assert caught.value.message.startswith("3 Dec 13:10 UTC is in the future by 2 d")
    assert parse_moment("2026-12-01 12:00", BERLIN, NOW, doubt=timedelta(days=1)).utc > NOW
    assert read("14:10") == f"{parse_moment('14:10', BERLIN, NOW, doubt=timedelta(days=1)).utc:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize("typed", ["2h", "noon", "yesterday", "mon 9", "20 Nov 14:10", "20 Nov", "11/11"])
def test_what_changes_with_the_day_stays_the_moment_it_was_when_typed(typed: str) -> None:
    assert is_relative(typed)
    later = NOW + timedelta(days=40)
    assert parse_moment(typed, BERLIN, later, NOW).utc == parse_moment(typed, BERLIN, NOW).utc


@pytest.mark.parametrize("typed", ["20 Nov 2026 14:10", "2026-11-20", "20/11/2026", "latest", "now", "just now"])
def test_a_date_with_its_year_is_the_same_moment_at_any_time(typed: str) -> None:
    assert not is_relative(typed)


PRINTED: dict[str, Callable[[datetime, ZoneInfo], str]] = {
    "screens in UTC": lambda at, zone: f"{show_utc(at, NOW)} UTC",
    "screens in the zone": lambda at, zone: show_zone(at, zone, NOW),
    "the line under the field": lambda at, zone: Moment(at, zone, "").echo(NOW),
    "that line, with its mark": lambda at, zone: f"= {Moment(at, zone, '').echo(NOW)}",
    "both zones": lambda at, zone: Moment(at, zone, "").both(NOW),
    "a range of one point": lambda at, zone: show_range([at], NOW),
    "lists": lambda at, zone: f"{clock_words(at, zone, NOW)} {zone.key}",
    "tables of commands": lambda at, zone: printed_utc(at),
    "JSON": lambda at, zone: iso(at),
    "kept forms": lambda at, zone: write_moment(at),
    "the log of calls": lambda at, zone: f"{at:%Y-%m-%d %H:%M:%S}.123 UTC ({at.astimezone(zone):%H:%M:%S} {zone.key})",
    "names of reports": lambda at, zone: f"{at:%Y-%m-%d-%H%M}Z",
}

IN_ZONE = ("screens in the zone", "lists")


@pytest.mark.parametrize("place", PRINTED)
@given(
    minutes=st.integers(0, 365 * 1440),
    name=st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC", "+0530"]),
)
def test_a_time_that_the_program_prints_is_read_as_the_same_minute(place: str, minutes: int, name: str) -> None:
    zone = named_zone(name)
    at = NOW.replace(second=0) - timedelta(minutes=minutes)
    text = PRINTED[place](at, zone)
    local = at.astimezone(zone)
    if place in IN_ZONE and local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        with pytest.raises(UsageError, match="happened twice"):
            parse_moment(text, zone, NOW)
    else:
        assert parse_moment(text, zone, NOW).utc.replace(second=0, microsecond=0) == at, text


@given(st.timedeltas(timedelta(0), timedelta(days=365)))
def test_an_age_that_the_program_prints_is_read_as_that_age(span: timedelta) -> None:
    for words, step in ((f"{span_words(span)} ago", timedelta(hours=1)), (ago_words(span), timedelta(days=1))):
        age = NOW - parse_moment(words, BERLIN, NOW).utc
        assert timedelta(0) <= span - age < step
