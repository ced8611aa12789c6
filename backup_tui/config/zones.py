"""Time zones by their names, and the one that times are typed and shown in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from backup_tui.config.nearest import nearest
from backup_tui.errors import UsageError

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

_JUST_UTC = ("UTC", "Etc/UTC", "UCT", "Universal", "Zulu")


def named_zone(name: str, field: str = "Zone") -> ZoneInfo:
    """The time zone of that name, in any case: `europe/berlin` is `Europe/Berlin`.

    Raises:
        UsageError: There is no such zone; names the nearest one.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

    asked = name.strip()
    if asked in _JUST_UTC:
        return ZoneInfo("UTC")  # its other names would stand beside "UTC" as if they were another zone
    try:
        if asked and asked.isascii() and asked.isprintable():
            return ZoneInfo(asked)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass  # answered below, with the name that was probably meant
    known = {zone.lower(): zone for zone in available_timezones()}
    spelled = asked.lower().replace(" ", "_")
    if spelled in known:
        return ZoneInfo(known[spelled])
    by_city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known.values())}
    close = by_city.get(spelled) or nearest(spelled, known) or nearest(spelled, by_city)
    meant = known.get(close, by_city.get(close, close))
    raise UsageError(
        f"There is no time zone {asked[:60]!r}.",
        field=field,
        value=asked,
        way_out=f"Did you mean {meant}?" if meant else "Zones are named like Europe/Berlin or UTC.",
    )


def settle_zone(flag: str, in_file: str, path: Path, environ: Mapping[str, str]) -> tuple[str, bool]:
    """Settles the zone of the times: `--tz`, file, `TZ`, machine.

    Returns:
        Its name, and `False` when nobody chose it and the machine only says UTC, so that it should be asked for.

    Raises:
        UsageError: The flag or the file names no zone. `TZ` may hold a rule without a name; it is passed over then.
    """
    if flag:
        return named_zone(flag, "--tz").key, True
    if in_file:
        return named_zone(in_file, f"tz in {path}").key, True
    for asked in (environ.get("TZ", ""), _machine_zone()):
        name = asked.removeprefix(":")
        if "zoneinfo/" in name:
            name = name.rpartition("zoneinfo/")[2]
        if not name:
            continue
        try:
            key = named_zone(name, "TZ").key
        except UsageError:
            continue  # `TZ` may hold a rule such as CET-1CEST: no name to show, so the person is asked once
        return key, key not in _JUST_UTC or asked == environ.get("TZ")
    return "UTC", False


def _machine_zone() -> str:
    try:
        target = os.path.realpath("/etc/localtime")
        if "zoneinfo/" in target:
            return target.rpartition("zoneinfo/")[2]
        return Path("/etc/timezone").read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""  # a machine without a zone: the person is asked once
