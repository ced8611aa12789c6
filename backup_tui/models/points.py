"""Restore points: https://learn.microsoft.com/graph/api/resources/restorepoint"""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import SerializeAsAny, field_validator

from backup_tui.errors import ProtocolError
from backup_tui.models.base import Entity, Text
from backup_tui.models.times import When
from backup_tui.models.units import ProtectionUnit, read_unit


class RestorePoint(Entity):
    """A moment that a unit can be restored to. Its id is opaque.

    `protection_unit` is there when the service expanded it (search answers do, artifact lists do not).
    """

    protection_date_time: When = None
    expiration_date_time: When = None
    tags: Text = None
    protection_unit: SerializeAsAny[ProtectionUnit] | None = None

    @field_validator("protection_unit", mode="before")
    @classmethod
    def _as_its_type(cls, value: object) -> object:
        try:
            return None if value is None else read_unit(value)
        except ProtocolError as error:
            raise ValueError(error.what) from error  # so that the member is set aside and the point stays

    @property
    def is_express(self) -> bool:
        """Tagged `fastRestore`: restores sooner, and is the only kind that can be browsed."""
        return "fastrestore" in (self.tags or "").lower()


@dataclass(frozen=True, slots=True)
class PointSearch:
    """What one call of `restorePoints/search` found.

    Attributes:
        points: Unit id to the points found for it (the service sends one per unit; more are kept).
        without: Ids of the units that have no point in the period.
    """

    points: dict[str, tuple[RestorePoint, ...]]
    without: frozenset[str]
