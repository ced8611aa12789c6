"""The zone that times are typed and shown in: `--tz`, file, `TZ`, machine."""

import os
from collections.abc import Mapping
from pathlib import Path

from backup_tui.config.origins import SettingSource
from backup_tui.config.zone_rules import rule_zone
from backup_tui.config.zones import JUST_UTC, named_zone
from backup_tui.errors import ConfigError, UsageError

LOCALTIME = Path("/etc/localtime")
"""Where a machine says its zone; by the name of what it leads to, or by the rule at its end."""


TIMEZONE = Path("/etc/timezone")  # where some systems say it in words, beside a copied file


def resolve_zone(
    flag: str, in_file: str, origin: SettingSource, environ: Mapping[str, str]
) -> tuple[str, bool, SettingSource]:
    """Settles the zone of the times: `--tz`, file, `TZ`, machine. Returns its name; `False` when nobody chose it and
    the machine only says UTC, so that it should be asked for; and where it came from. Raises `UsageError`: the flag or
    the file names no zone; `ConfigError`: `TZ` names none: the machine's own would be another than the one that the
    shell shows."""
    if flag or in_file:
        field = "--tz" if flag else f"tz in {origin.words.rpartition(', line ')[0] or origin.words}"
        return named_zone(flag or in_file, field).key, True, origin
    variable = environ.get("TZ", "").strip()
    if variable.removeprefix(":") not in ("", str(LOCALTIME)):
        return _of_variable(variable.removeprefix(":")), True, SettingSource("variable", "TZ")
    name, place = _machine_zone()
    return name, name not in JUST_UTC, SettingSource("machine", f"TZ, {place}" if variable and place else place)


def _of_variable(written: str) -> str:
    """The zone that `TZ` holds: as POSIX reads it, where a sign counts the other way round than in people's words."""
    name = written.rpartition("zoneinfo/")[2]
    if (rule := rule_zone(name, in_variable=True)) is not None:
        return rule.key
    try:
        return named_zone(name, "TZ").key
    except UsageError as error:
        raise ConfigError(
            f"TZ is {written[:60]!r}, which isn't a time zone.",
            field="TZ",
            value=written,
            certainty="Nothing was started.",
            hint=f"{error.hint} Set TZ to a zone, or give --tz.",
        ) from error


def _machine_zone() -> tuple[str, str]:
    """The machine's zone and where it is set; `("UTC", "")` if it is not set."""
    for name, place in ((_linked_zone(), LOCALTIME), (_zone_in_words(), TIMEZONE), (_zone_inside(), LOCALTIME)):
        try:
            if name:
                return named_zone(name).key, str(place)
        except UsageError:
            continue  # not one that is known here: the next place may say it in another way
    return "UTC", ""


def _linked_zone() -> str:
    target = os.path.realpath(LOCALTIME)
    return target.rpartition("zoneinfo/")[2] if "zoneinfo/" in target else ""


def _zone_in_words() -> str:
    try:
        return TIMEZONE.read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""  # not every system has it


def _zone_inside() -> str:
    """The rule at the end of a copied zone file."""
    try:
        rule = LOCALTIME.read_bytes().rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")
        zone = rule_zone(rule, in_variable=True)
    except (OSError, ValueError):
        return ""  # a machine without a zone: the person is asked once
    return zone.key if zone is not None else ""
