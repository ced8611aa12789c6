"""The shown zone beside UTC: whether it is another one, and its column."""

from zoneinfo import ZoneInfo

from backup_tui.ui.widgets.columns import Column

_UTC = frozenset({"UTC", "UCT", "Zulu", "Universal"})


def is_utc(zone: ZoneInfo) -> bool:
    """Whether the shown zone is UTC by one of its names, so that times need not be shown twice."""
    return zone.key.rpartition("/")[2] in _UTC


def local_column(zone: ZoneInfo, drop: int, least: int = 1) -> tuple[Column, ...]:
    """The column of local times, named after the city; none where the zone is UTC. `drop`: how early the column goes
    where there is no room. `least`: cells that it has at least."""
    if is_utc(zone):
        return ()
    city = zone.key.rpartition("/")[2].replace("_", " ")
    return (Column("local", city, least, drop=drop),)
