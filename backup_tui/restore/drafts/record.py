"""What this machine remembers of a draft that was made here: what was asked for, besides what the service holds.

The service keeps a point and a destination per unit and nothing else. The time that was asked for, the names in the
list that were left out, and the names of the units are kept here, so that the review can show them and a deleted draft
can be made again.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.errors import JournalError
from backup_tui.journal.journal import Journal
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.restore.points.points import UnitPoint

_LOG = logging.getLogger(__name__)


class DraftRecord(Struct, frozen=True):
    """What was asked for when a draft was made or changed from here."""

    session_id: str  # the draft's id at the service
    service: Service
    destination: Destination  # where the restore goes
    units: tuple[UnitPoint, ...]  # the units with the points that were taken and the times that were asked for
    missing: tuple[str, ...] = ()  # names of the list that are not in the draft because they match nothing
    left_out: tuple[str, ...] = ()  # names of the list that a person left out
    mark: str = ""  # of the list of names that was sent for its units; empty where they were added with their points
    handed_over: str = ""  # who handed it over and when, for a draft made elsewhere; empty for one made here
    inside: str = ""  # name of the site or account whose files `units` are, by path; empty where they are whole units
    query: str = ""  # what was searched for, where it holds mails that a search found; empty for whole units
    # of such a draft: how many mails the search found, under the id of the unit
    hits: Mapping[str, int] = field(default_factory=dict)

    @property
    def of_items(self) -> bool:
        """Whether it is about single files or mails, of which no draft of whole units may be made."""
        return bool(self.inside or self.query)

    @property
    def by_point(self) -> dict[str, UnitPoint]:
        """The units under the id of their point."""
        return {unit.point_id: unit for unit in self.units if unit.point_id is not None}

    def with_units(self, units: Sequence[UnitPoint]) -> "DraftRecord":
        """The same record with other units; one row per unit, the later one counts."""
        return replace(self, units=tuple({unit.unit_id: unit for unit in units}.values()))

    def after(self, in_it: Sequence[UnitPoint], not_in_it: Sequence[UnitPoint]) -> "DraftRecord":
        """The record after a change: what was meant to be in the draft and is not counts as missing from it."""
        there = {unit.name for unit in in_it}
        missing = [*self.missing, *(unit.name for unit in not_in_it)]
        missing = list(dict.fromkeys(name for name in missing if name not in there))
        return replace(self.with_units(in_it), missing=tuple(missing), handed_over="")

    def to_json(self) -> str:
        """The form in which the journal keeps it."""
        return json.dumps(
            {
                "session": self.session_id,
                "service": self.service.value,
                "destination": self.destination.value,
                "units": [_unit_out(unit) for unit in self.units],
                "missing": self.missing,
                "leftOut": self.left_out,
                "mark": self.mark,
                "handedOver": self.handed_over,
                "inside": self.inside,
                **({"query": self.query, "hits": dict(self.hits)} if self.query else {}),
            },
            ensure_ascii=False,
        )

    @staticmethod
    def from_json(text: str) -> "DraftRecord | None":
        """Reads a kept record; `None` for one that a newer or broken program wrote."""
        try:
            raw = json.loads(text)
            service = Service(raw["service"])
            return DraftRecord(
                session_id=str(raw["session"]),
                service=service,
                destination=Destination(raw["destination"]),
                units=tuple(_unit_in(unit, service) for unit in raw["units"]),
                missing=tuple(map(str, raw["missing"])),
                left_out=tuple(map(str, raw["leftOut"])),
                mark=str(raw.get("mark") or ""),
                handed_over=str(raw.get("handedOver") or ""),
                inside=str(raw.get("inside") or ""),
                query=str(raw.get("query") or ""),
                hits={str(unit_id): int(count) for unit_id, count in dict(raw.get("hits") or {}).items()},
            )
        except (ValueError, KeyError, TypeError):
            return None


def _unit_out(unit: UnitPoint) -> dict[str, Any]:
    return {
        "id": unit.unit_id,
        "name": unit.name,
        "wanted": unit.wanted.isoformat(),
        "point": unit.point_id,
        "time": unit.time.isoformat() if unit.time else None,
        "expires": unit.expires.isoformat() if unit.expires else None,
        "express": unit.express,
        "own": unit.own,
    }


def _unit_in(raw: dict[str, Any], service: Service) -> UnitPoint:
    return UnitPoint(
        unit_id=str(raw["id"]),
        name=str(raw["name"]),
        service=service,
        wanted=datetime.fromisoformat(raw["wanted"]),
        point_id=raw["point"],
        time=datetime.fromisoformat(raw["time"]) if raw["time"] else None,
        expires=datetime.fromisoformat(raw["expires"]) if raw["expires"] else None,
        express=bool(raw["express"]),
        own=bool(raw["own"]),
    )


def _key(session_id: str) -> str:
    return f"draft:{session_id}"


def _planned_key(fingerprint: str) -> str:
    return f"planned:{fingerprint}"


async def keep_record(journal: Journal, record: DraftRecord) -> None:
    """Keeps what was asked for, where that is possible: a full disk here must not hide what the service has done."""
    try:
        await journal.keep(_key(record.session_id), record.to_json())
    except JournalError as error:
        _LOG.warning("The request for draft %s could not be kept: %s", short_id(record.session_id), error.message)


async def keep_planned(journal: Journal, fingerprint: str, record: DraftRecord) -> None:
    """Keeps what a create asks for before it leaves, so that the draft of a lost answer is known for what it is.
    `fingerprint`: of the create's contents. `record`: as it holds right after the create; it has no session yet."""
    try:
        await journal.keep(_planned_key(fingerprint), record.to_json())
    except JournalError as error:
        _LOG.warning("The request for a new draft could not be kept: %s", error.message)


async def adopt_record(journal: Journal, fingerprint: str, session_id: str) -> None:
    """Gives a session that a lost create made the record of what was asked for. `fingerprint`: of the create's
    contents. `session_id`: the session; a record that it has already stays."""
    try:
        text = await journal.kept(_planned_key(fingerprint))
        planned = DraftRecord.from_json(text) if text else None
        if planned is not None and await kept_record(journal, session_id) is None:
            await keep_record(journal, replace(planned, session_id=session_id))
    except JournalError as error:
        _LOG.warning("The request for draft %s could not be read: %s", short_id(session_id), error.message)


async def forget_planned(journal: Journal, fingerprint: str) -> None:
    """Forgets what a create asked for, once its draft has the record."""
    try:
        await journal.drop(_planned_key(fingerprint))
    except JournalError as error:
        _LOG.warning("A note could not be dropped: %s", error.message)


async def kept_record(journal: Journal, session_id: str) -> DraftRecord | None:
    """What was asked for when this draft was made from here; `None` when it was not made from here."""
    text = await journal.kept(_key(session_id))
    return DraftRecord.from_json(text) if text else None
