"""What this machine keeps of units because the service does not tell it again."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from backup_tui.models.services import Service


class NameSource(StrEnum):
    """How it is known which unit something is, and what that is called. `SERVICE`: the service says it with the point.
    `JOURNAL`: this machine drafted it or looked the point up. `HANDOVER`: a colleague's file says it, and the service
    confirmed the point. `REMEMBERED`: the service says which unit it is, and not its name, which was seen here before.
    `ADDRESS`: a guess from the address of the result. `NONE`: nobody says it. The value is the word for programs."""

    SERVICE = "service"
    JOURNAL = "journal"
    HANDOVER = "handover"
    REMEMBERED = "remembered"
    ADDRESS = "address"
    NONE = "none"

    @property
    def words(self) -> str:
        """In full: `a hand-over file; the service confirmed the point`."""
        return _WORDS[self]

    @property
    def mark(self) -> str:
        """What follows a name in lists; empty where the name is as good as the service's own, or marks itself."""
        return _MARKS.get(self, "")


_WORDS = {
    NameSource.SERVICE: "the service",
    NameSource.JOURNAL: "this machine's journal",
    NameSource.HANDOVER: "a hand-over file; the service confirmed the point",
    NameSource.REMEMBERED: "seen here before; the service no longer sends it",
    NameSource.ADDRESS: "guessed from the address of the result",
    NameSource.NONE: "nobody names it",
}
_MARKS = {NameSource.HANDOVER: " (handed over)", NameSource.REMEMBERED: " (last known)"}


class PointUnit(Struct, frozen=True):
    """Which unit a restore point belongs to; the service's artifacts name only the point. `unit_name`: address or title
    of the unit when the draft was made. `protection_time`: the moment that the point holds (UTC). `source`: who said
    so."""

    point_id: str
    unit_id: str
    unit_name: str
    service: Service
    protection_time: datetime | None = None
    express: bool = False
    source: NameSource = NameSource.JOURNAL


class UnitName(Struct, frozen=True):
    """The last known name of a unit; the service forgets it when the account is deleted. `seen`: when the service last
    gave it (UTC); kept to the day."""

    unit_id: str
    service: Service
    address: str
    title: str
    seen: datetime
