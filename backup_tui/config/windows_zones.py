"""The names that Windows has for time zones; loaded only for a name that is not in the tz database."""

from pathlib import Path

from backup_tui.text_tables import read_table

WINDOWS_ZONES = {row["name"]: row["zone"] for row in read_table(Path(__file__).with_suffix(".txt"))}
"""`Pacific Standard Time` -> `America/Los_Angeles`."""


def windows_zone(name: str) -> tuple[str, bool]:
    """The zone that a Windows name (in any case) is, and whether the name is Windows' own; `("", False)` for none.

    `Pacific Time` and `Pacific Daylight Time` are not: they are what a person means by one, so their zone may be
    proposed, and is not taken.
    """
    asked = " ".join(name.lower().split())
    by_name = {known.lower(): zone for known, zone in WINDOWS_ZONES.items()}
    if asked in by_name:
        return by_name[asked], True
    return by_name.get(asked.replace(" daylight", "").removesuffix(" time") + " standard time", ""), False
