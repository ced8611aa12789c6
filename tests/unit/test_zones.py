"""Specifies the zones that people name, and where the zone of the times came from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.config import Flags, Settings, load_settings, named_zone
from backup_tui.config.resolve_zone import LOCALTIME
from backup_tui.config.windows_zones import WINDOWS_ZONES
from backup_tui.errors import ConfigError, UsageError

WINTER, SUMMER = datetime(2026, 1, 15, 12, tzinfo=UTC), datetime(2026, 7, 15, 12, tzinfo=UTC)


def hours(zone: ZoneInfo) -> tuple[float, float]:
    """How far a zone is ahead of UTC in January and in July."""
    ahead = [moment.astimezone(zone).utcoffset() or timedelta() for moment in (WINTER, SUMMER)]
    return ahead[0] / timedelta(hours=1), ahead[1] / timedelta(hours=1)


def load(tmp_path: Path, file: str = "", env: dict[str, str] | None = None, tz: str | None = None) -> Settings:
    config = tmp_path / "config.toml"
    config.write_text(file)
    return load_settings(Flags(tz=tz), {"BACKUP_TUI_STATE_DIR": str(tmp_path / "state"), **(env or {})}, config)


def settled(settings: Settings) -> tuple[str, str]:
    return settings.tz, settings.settled["tz"].origin.words


@pytest.mark.parametrize(
    ("name", "key", "ahead"),
    [
        ("europe/berlin", "Europe/Berlin", (1, 2)),
        (" EUROPE/BERLIN ", "Europe/Berlin", (1, 2)),
        ("New York", "", (0, 0)),
        ("America/Buenos Aires", "America/Buenos_Aires", (-3, -3)),
        ("UTC+2", "UTC+2", (2, 2)),
        ("GMT+1", "UTC+1", (1, 1)),
        ("utc-03:30", "UTC-3:30", (-3.5, -3.5)),
        ("+01", "UTC+1", (1, 1)),
        ("+0530", "UTC+5:30", (5.5, 5.5)),
        ("Z", "UTC", (0, 0)),
        ("gmt", "UTC", (0, 0)),
        ("Etc/GMT+1", "Etc/GMT+1", (-1, -1)),
        ("Pacific Standard Time", "America/Los_Angeles", (-8, -7)),
        ("w. europe standard time", "Europe/Berlin", (1, 2)),
        ("India Standard Time", "Asia/Kolkata", (5.5, 5.5)),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", (1, 2)),
        ("NZST-12NZDT,M9.5.0,M4.1.0/3", "NZST-12NZDT,M9.5.0,M4.1.0/3", (13, 12)),
    ],
)
def test_a_zone_is_understood_as_it_is_named(name: str, key: str, ahead: tuple[float, float]) -> None:
    if not key:
        with pytest.raises(UsageError, match="is not a time zone") as caught:
            named_zone(name)
        assert "America/New_York" in caught.value.hint
        return
    zone = named_zone(name)
    assert (zone.key, hours(zone)) == (key, ahead)
    assert named_zone(zone.key).key == zone.key, "a name that is shown can be given again"


@pytest.mark.parametrize(
    ("name", "candidates"),
    [
        ("IST", {"Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin"}),
        ("CST", {"America/Chicago", "Asia/Shanghai"}),
        ("EST", {"America/New_York"}),
        ("mst", {"America/Denver", "America/Phoenix"}),
        ("BST", {"Europe/London"}),
        ("AEST", {"Australia/Sydney", "Australia/Brisbane"}),
        ("EDT", {"America/New_York"}),
    ],
)
def test_a_short_name_is_refused_with_zones_that_have_it(name: str, candidates: set[str]) -> None:
    with pytest.raises(UsageError) as caught:
        named_zone(name, "Point")
    words = caught.value.hint.removeprefix("Did you mean ").rstrip("?").replace(" or ", ", ")
    proposed = words.split(", ")
    assert candidates <= set(proposed)
    for zone in proposed:
        assert name.upper() in {moment.astimezone(ZoneInfo(zone)).tzname() for moment in (WINTER, SUMMER)}


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Berlin", "Europe/Berlin"),
        ("Europe/Berlim", "Europe/Berlin"),
        ("Asia/Berlin", "Europe/Berlin"),
        ("US/Estern", "US/Eastern"),
        ("Pacific Time", "America/Los_Angeles"),
        ("Eastern Daylight Time", "America/New_York"),
        ("", "Zones are named like Europe/Berlin or UTC; an offset is written UTC+2."),
        ("../etc/passwd", "Zones are named like"),
        ("Germany", "Zones are named like"),
        ("XYZ", "Zones are named like"),
        ("CET-1CEST", "Zones are named like"),
        ("CET+1", "Zones are named like"),
        ("UTC+15", "Offsets go from UTC-12 to UTC+14."),
        ("+99:99", "Offsets go from UTC-12 to UTC+14."),
    ],
)
def test_a_zone_that_does_not_exist_is_refused_with_the_one_that_was_meant(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        named_zone(name)
    assert hint in caught.value.hint


def test_every_windows_name_is_a_zone() -> None:
    for name, zone in WINDOWS_ZONES.items():
        assert named_zone(name).key == zone
        assert hours(ZoneInfo(zone))


@given(st.text(max_size=20))
def test_any_text_is_a_zone_or_a_usage_error(text: str) -> None:
    try:
        assert hours(named_zone(text))
    except UsageError as error:
        if not error.hint:
            raise


@pytest.mark.parametrize(
    ("variable", "name", "ahead"),
    [
        ("Europe/Berlin", "Europe/Berlin", (1, 2)),
        (":/usr/share/zoneinfo/Asia/Tokyo", "Asia/Tokyo", (9, 9)),
        (":Europe/Paris", "Europe/Paris", (1, 2)),
        ("UTC", "UTC", (0, 0)),
        ("UTC0", "UTC", (0, 0)),
        ("EST5EDT", "EST5EDT", (-5, -4)),
        ("EST5", "UTC-5", (-5, -5)),
        ("UTC+2", "UTC-2", (-2, -2)),
        ("GMT-1", "UTC+1", (1, 1)),
        ("<+0545>-5:45", "UTC+5:45", (5.75, 5.75)),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "CET-1CEST,M3.5.0,M10.5.0/3", (1, 2)),
        ("Pacific Standard Time", "America/Los_Angeles", (-8, -7)),
    ],
)
def test_tz_is_read_as_the_shell_reads_it(tmp_path: Path, variable: str, name: str, ahead: tuple[float, float]) -> None:
    settings = load(tmp_path, env={"TZ": variable})
    assert (settled(settings), settings.tz_settled) == ((name, "TZ"), True)
    assert hours(settings.zone) == ahead


@pytest.mark.parametrize("variable", ["Foo/Bar", "CET-1CEST", "IST", "CET-1CEST,M3.9.0,M10.5.0"])
def test_a_tz_that_names_no_zone_is_refused_unless_another_is_given(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, env={"TZ": variable})
    assert (caught.value.field, caught.value.value) == ("TZ", variable)
    assert caught.value.hint.endswith("Set TZ to a zone, or give --tz.")
    assert settled(load(tmp_path, env={"TZ": variable}, tz="Asia/Tokyo")) == ("Asia/Tokyo", "--tz")


def test_the_origin_of_the_zone_is_the_one_that_counted(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    file = 'tz = "Europe/Vienna"\ndefault_profile = "one"\n[profile.one]\ntz = "Asia/Tokyo"\n'
    env = {"TZ": "Europe/Berlin"}
    assert settled(load(tmp_path, file, env, tz="utc")) == ("UTC", "--tz")
    assert settled(load(tmp_path, file, env)) == ("Asia/Tokyo", f"{path}, line 4")
    assert settled(load(tmp_path, file.splitlines()[0], env)) == (
        "Europe/Vienna",
        f"{path}, line 1",
    )
    assert settled(load(tmp_path, "", env)) == ("Europe/Berlin", "TZ")


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without a zone, and where it would say one."""
    folder = tmp_path / "etc"
    folder.mkdir()
    monkeypatch.setattr("backup_tui.config.resolve_zone.LOCALTIME", folder / "localtime")
    monkeypatch.setattr("backup_tui.config.resolve_zone.TIMEZONE", folder / "timezone")
    return folder


@pytest.mark.parametrize(("zone", "key", "asks"), [("Europe/Rome", "Europe/Rome", False), ("Etc/UTC", "UTC", True)])
def test_the_machines_zone_is_told_with_its_file(
    tmp_path: Path, machine: Path, zone: str, key: str, asks: bool
) -> None:
    (machine / "localtime").symlink_to(f"/usr/share/zoneinfo/{zone}")
    settings = load(tmp_path, env={"TZ": ""})
    assert (settled(settings), settings.tz_settled) == ((key, str(machine / "localtime")), not asks)


def test_tz_that_leads_to_the_machine_tells_both(tmp_path: Path) -> None:
    settings = load(tmp_path, env={"TZ": f":{LOCALTIME}"})
    assert settings.settled["tz"].origin.words in (f"TZ, {LOCALTIME}", "TZ, /etc/timezone", "machine")


def test_a_copied_zone_file_is_read_by_its_rule(tmp_path: Path, machine: Path) -> None:
    counts = bytes(20) + b"\0\0\0\1\0\0\0\4"
    (machine / "localtime").write_bytes(b"TZif2" + counts + b"\nCET-1CEST,M3.5.0,M10.5.0/3\n")
    settings = load(tmp_path)
    assert settled(settings) == ("CET-1CEST,M3.5.0,M10.5.0/3", str(machine / "localtime"))
    assert hours(settings.zone) == (1, 2)
    (machine / "timezone").write_text("Europe/Oslo\n")
    assert settled(load(tmp_path)) == ("Europe/Oslo", str(machine / "timezone"))


def test_a_machine_without_a_zone_is_asked_about(tmp_path: Path, machine: Path) -> None:
    settings = load(tmp_path)
    assert (settled(settings), settings.tz_settled) == (("UTC", "machine"), False)
