"""Restore points: https://learn.microsoft.com/graph/api/resources/restorepoint"""

from typing import Annotated

from msgspec import Struct

from backup_tui.errors import ProtocolError
from backup_tui.models.base import Entity, Text
from backup_tui.models.read_as import ReadAs
from backup_tui.models.times import When
from backup_tui.models.units import ProtectionUnit, read_unit


def _unit_as_its_type(value: object) -> ProtectionUnit | None:
    try:
        return None if value is None else read_unit(value)
    except ProtocolError as error:
        raise ValueError(error.message) from error  # so that the member is set aside and the point stays


class RestorePoint(Entity):
    """A moment that a unit can be restored to. Its id is opaque. `protection_unit` is there when the service expanded
    it (search answers do, artifact lists do not)."""

    protection_date_time: When = None
    expiration_date_time: When = None
    tags: Text = None
    protection_unit: Annotated[ProtectionUnit | None, ReadAs(_unit_as_its_type, finished=True)] = None

    @property
    def includes_newer(self) -> bool:
        """Tagged `includeNewerItems`, which only the beta version has and no page explains."""
        return "includenewer" in (self.tags or "").lower()

    @property
    def kind(self) -> str:
        """`express` or `standard`, and what else its tags say."""
        kind = "express" if self.is_express else "standard"
        return f"{kind}, newer items" if self.includes_newer else kind

    @property
    def is_express(self) -> bool:
        """Tagged `fastRestore`: restores sooner, and is the only kind that can be browsed."""
        return "fastrestore" in (self.tags or "").lower()


class PointSearch(Struct, frozen=True):
    """What one call of `restorePoints/search` found. `points`: unit id to the points found for it (the service sends
    one per unit; more are kept). `without`: ids of the units that have no point in the period."""

    points: dict[str, tuple[RestorePoint, ...]]
    without: frozenset[str]


class MailHits(Struct, frozen=True):
    """What a search found in one point of a mailbox; `count` items match, if the service said how many."""

    point: RestorePoint
    count: int | None


class MailSearch(Struct, frozen=True):
    """What one search inside a mailbox found. `response_id`: what a restore of the items names; opaque. How long it
    lives is said nowhere. `nothing`: the mailbox has no point in the period."""

    response_id: str
    hits: tuple[MailHits, ...]
    nothing: bool
