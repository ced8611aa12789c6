"""What this machine keeps of units because the service does not tell it again."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from backup_tui.models.services import Service


class PointUnit(Struct, frozen=True):
    """Which unit a restore point belongs to; the service's artifacts name only the point. `unit_name`: address or title
    of the unit when the draft was made. `protection_time`: the moment that the point holds (UTC)."""

    point_id: str
    unit_id: str
    unit_name: str
    service: Service
    protection_time: datetime | None = None
    express: bool = False


class UnitName(Struct, frozen=True):
    """The last known name of a unit; the service forgets it when the account is deleted. `seen`: when the service last
    gave it (UTC); kept to the day."""

    unit_id: str
    service: Service
    address: str
    title: str
    seen: datetime
