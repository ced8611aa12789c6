"""Resolves the unit behind an artifact, which carries only an opaque restore point id.

Looked for in this order: what the service sent with the point, the journal's map that was written when the draft was
made, an optional read with `$expand`. Otherwise the row is marked and shows the point's id.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import Context
from backup_tui.errors import BackupTuiError, JournalError
from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.remembered import NameSource, PointUnit
from backup_tui.models.services import Service
from backup_tui.models.text import short_id
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts
from backup_tui.store.updates import PointUnitsKnown

_LOG = logging.getLogger(__name__)


class ReviewedUnit(Struct, frozen=True):
    """One unit of a session. Times (UTC, if told): when its point was made, when the service drops it, and the one
    asked for (`wanted`) in a draft made from here. `unit_id`: if the service or the journal tells. `source`: who
    says which unit it is."""

    artifact_id: str
    point_id: str
    time: datetime | None
    expires: datetime | None
    unit_id: str | None
    name: str
    express: bool = False
    wanted: datetime | None = None
    source: NameSource = NameSource.NONE

    @classmethod
    def of_point(cls, point: UnitPoint) -> "ReviewedUnit":
        """A unit that is in no draft yet, with the point that it would go back to."""
        at = point.point_id or "", point.time, point.expires
        return cls("", *at, point.unit_id, point.name, point.express, point.wanted, NameSource.SERVICE)

    def as_point(self, service: Service) -> UnitPoint | None:
        """The same as a row of a draft; `None` when the unit or its time is unknown."""
        wanted = self.wanted or self.time
        if self.unit_id is None or wanted is None:
            return None
        at = self.point_id or None, self.time, self.expires, self.express
        return UnitPoint(self.unit_id, self.name, service, wanted, *at)


async def units_of_artifacts(
    tools: Context, service: Service, session_id: str, artifacts: Sequence[RestoreArtifact]
) -> dict[str, PointUnit]:
    """Whose points these are, by point id; points whose unit nobody tells are left out."""
    known = await tools.journal.units_of([artifact.point_id for artifact in artifacts if artifact.point_id])
    known |= _sent_with(service, artifacts)
    if any(artifact.point_id and artifact.point_id not in known for artifact in artifacts):
        known = await _expanded(tools, service, session_id) | known
    if known:
        tools.store.apply(PointUnitsKnown(known))
    return known


async def learn_units(tools: Context, session_id: str) -> int:
    """Gives the store the units behind the artifacts of a session that it knows but cannot name. Returns how many of
    its artifacts still lack their unit."""
    nameless = [row for row in tools.store.artifacts(session_id).values() if row.unit_id is None and row.point_id]
    session = tools.store.sessions.get(session_id)
    if not nameless or session is None or session.service is None:
        return len(nameless)
    known = await tools.journal.units_of([row.point_id for row in nameless])
    if len(known) < len({row.point_id for row in nameless}):
        known = await _expanded(tools, session.service, session_id) | known
    if known:
        tools.store.apply(PointUnitsKnown(known))
    return sum(row.point_id not in known for row in nameless)


async def _expanded(tools: Context, service: Service, session_id: str) -> dict[str, PointUnit]:
    try:
        told = _sent_with(service, await read_artifacts(tools, service, session_id, expand_units=True))
    except BackupTuiError:
        return {}  # The pages do not promise this option; without it the units stay without a name.
    try:
        await tools.journal.remember_points(list(told.values()))
    except JournalError as error:
        _LOG.warning("The units of session %s could not be kept: %s", short_id(session_id), error.message)
    return told


def _sent_with(service: Service, artifacts: Sequence[RestoreArtifact]) -> dict[str, PointUnit]:
    told: dict[str, PointUnit] = {}
    for artifact in artifacts:
        point = artifact.restore_point
        if point is None or point.protection_unit is None:
            continue
        unit = point.protection_unit
        name = unit.address or unit.title or unit.object_id or unit.id
        at, express = point.protection_date_time, point.is_express
        told[point.id] = PointUnit(point.id, unit.id, name, service, at, express, NameSource.SERVICE)
    return told


async def reviewed_units(
    tools: Context, service: Service, artifacts: Sequence[RestoreArtifact], record: DraftRecord | None, session_id: str
) -> tuple[ReviewedUnit, ...]:
    """The units of a draft in the order of their names, with what was asked for where the draft was made from here."""
    known = await units_of_artifacts(tools, service, session_id, artifacts)
    asked = record.by_point if record else {}
    rows = [_reviewed(artifact, known, asked) for artifact in artifacts]
    return tuple(sorted(rows, key=lambda row: (row.unit_id is None, row.name.casefold())))


def _reviewed(
    artifact: RestoreArtifact, known: Mapping[str, PointUnit], asked: Mapping[str, UnitPoint]
) -> ReviewedUnit:
    point = artifact.restore_point
    if point is None:
        return ReviewedUnit(artifact.id, "", None, None, None, f"not named, point {short_id(artifact.id)}")
    unit = known.get(point.id)
    row = asked.get(point.id)
    return ReviewedUnit(
        artifact_id=artifact.id,
        point_id=point.id,
        time=point.protection_date_time or (unit.protection_time if unit else None),
        expires=point.expiration_date_time or (row.expires if row else None),
        unit_id=unit.unit_id if unit else None,
        name=(unit.unit_name or unit.unit_id) if unit else f"not named, point {short_id(point.id)}",
        express=point.is_express or bool(unit and unit.express),
        wanted=row.wanted if row else None,
        source=unit.source if unit else NameSource.NONE,
    )
