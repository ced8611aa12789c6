"""The form of a new restore: what a person has put into it so far, kept whole through every failure.

A form is a value. Each change makes a new one, so that undo is going back to the one before, and the journal keeps
the last as JSON. Nothing in it has been sent anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from backup_tui.errors import LocalError
from backup_tui.models.services import Destination, Service
from backup_tui.restore.moments import is_relative
from backup_tui.restore.names import NameKind, UnitList, WrittenName, kind_of
from backup_tui.restore.resolve import NameProblem, Reason, Resolution

FORM_VERSION = 1
DEFAULT_EXPRESS_WITHIN = timedelta(hours=6)


class Express(StrEnum):
    """What to do with express points, which restore sooner."""

    IGNORE = "ignore"
    PREFER = "prefer"


@dataclass(frozen=True, slots=True)
class FormUnit:
    """A unit to be restored.

    Attributes:
        unit_id: Its id.
        name: What it is called.
        written: How it was written in the list; empty when it was picked.
    """

    unit_id: str
    name: str
    written: str = ""


@dataclass(frozen=True, slots=True)
class RestoreForm:
    """What has been filled in.

    Attributes:
        service: Which service.
        units: The units, each once, in the order in which they came.
        waiting: Names that have not been looked up yet, because the units are still being read.
        pending: Text in the entry field that has not been taken.
        problems: Names to put right or to leave out.
        left_out: Names that the person decided not to restore; the review says so.
        moment: The point in time as it was typed.
        asked_at: When a time that counts from then was typed (`2h ago`, `yesterday 14:00`), so that it stays the same
            moment however late the form is gone on with; `None` for any other.
        zone: Name of the zone that it is typed in.
        express: Whether express points are preferred.
        express_within: How much older than the newest point an express one may be.
        destination: Where to; `None` while it has to be chosen.
        copied_destinations: More than one when the restore that was copied mixes them, which a new one cannot.
        own_times: Unit id to the time, as typed, of a unit that has its own.
        source: Where the form comes from, in words: `failed of 61633878`; empty for a fresh one.
        draft_id: The draft that is being changed; `None` when a new one will be made.
    """

    service: Service = Service.ONEDRIVE
    units: tuple[FormUnit, ...] = ()
    waiting: tuple[WrittenName, ...] = ()
    pending: str = ""
    problems: tuple[NameProblem, ...] = ()
    left_out: tuple[str, ...] = ()
    moment: str = ""
    asked_at: datetime | None = None
    zone: str = "UTC"
    express: Express = Express.IGNORE
    express_within: timedelta = DEFAULT_EXPRESS_WITHIN
    destination: Destination | None = Destination.NEW
    copied_destinations: tuple[Destination, ...] = ()
    own_times: Mapping[str, str] = field(default_factory=dict)
    source: str = ""
    draft_id: str | None = None

    @property
    def is_empty(self) -> bool:
        """Nothing worth keeping has been put in."""
        return not (self.units or self.waiting or self.pending or self.problems or self.left_out or self.moment)

    @property
    def unit_ids(self) -> tuple[str, ...]:
        """Ids of the units, in their order."""
        return tuple(unit.unit_id for unit in self.units)

    def with_service(self, service: Service) -> RestoreForm:
        """Another service: the names are kept and have to be looked up among its units."""
        if service is self.service:
            return self
        names = [
            *(_name_again(unit.written or unit.name) for unit in self.units),
            *(problem.written for problem in self.problems),
            *self.waiting,
        ]
        express = self.express if service.has_express_points else Express.IGNORE
        return replace(
            self, service=service, units=(), problems=(), waiting=tuple(names), own_times={}, express=express
        )

    def with_names(self, names: UnitList) -> RestoreForm:
        """Adds names that still have to be looked up."""
        return replace(self, waiting=(*self.waiting, *names.lines), pending="")

    def with_resolution(self, resolution: Resolution) -> RestoreForm:
        """Takes in what became of the waiting names."""
        found = (FormUnit(one.unit_id, one.name, one.written.text) for one in resolution.found)
        known = {problem.written for problem in self.problems}
        fresh = (problem for problem in resolution.problems if problem.written not in known)
        return replace(self.with_units(found), waiting=(), problems=(*self.problems, *fresh))

    def with_units(self, units: Iterable[FormUnit]) -> RestoreForm:
        """Adds units; one that is there already stays as it is."""
        merged = {unit.unit_id: unit for unit in self.units}
        for unit in units:
            merged.setdefault(unit.unit_id, unit)
        return replace(self, units=tuple(merged.values()))

    def without_unit(self, unit_id: str) -> RestoreForm:
        """Takes a unit out; its name is kept among those left out."""
        gone = next((unit for unit in self.units if unit.unit_id == unit_id), None)
        if gone is None:
            return self
        own_times = {key: text for key, text in self.own_times.items() if key != unit_id}
        kept = tuple(unit for unit in self.units if unit.unit_id != unit_id)
        return replace(self, units=kept, left_out=(*self.left_out, gone.name), own_times=own_times)

    def with_nearest_taken(self, problem: NameProblem) -> RestoreForm:
        """Takes the unit that was pointed out for a name; nothing changes when none was."""
        if problem.nearest is None:
            return self
        unit = FormUnit(problem.nearest, problem.nearest_name, problem.written.text)
        return self._settled(problem).with_units((unit,))

    def with_corrected(self, problem: NameProblem, name: WrittenName) -> RestoreForm:
        """Another text for a name, on the same line of the list; it has to be looked up."""
        corrected = replace(name, line=problem.written.line)
        return replace(self._settled(problem), waiting=(*self.waiting, corrected))

    def with_left_out(self, problem: NameProblem) -> RestoreForm:
        """Leaves a name out; the review will say that it is not restored."""
        settled = self._settled(problem)
        return settled if settled is self else replace(settled, left_out=(*self.left_out, problem.written.text))

    def with_pending(self, text: str) -> RestoreForm:
        """What stands in the entry field of the units."""
        return replace(self, pending=text)

    def with_moment(self, text: str, now: datetime | None = None) -> RestoreForm:
        """Another time for all units that have none of their own, typed at `now`."""
        return replace(self, moment=text, asked_at=now if is_relative(text) else None)

    def with_zone(self, zone: str) -> RestoreForm:
        """Another zone for the times."""
        return replace(self, zone=zone)

    def with_express(self, express: Express, within: timedelta | None = None) -> RestoreForm:
        """Whether express points are preferred, and how much older they may be."""
        return replace(self, express=express, express_within=within or self.express_within)

    def with_destination(self, destination: Destination) -> RestoreForm:
        """Where to; settles a mixture that was copied."""
        return replace(self, destination=destination, copied_destinations=())

    def with_own_time(self, unit_id: str, text: str) -> RestoreForm:
        """A time for one unit alone; empty gives it the time of all again."""
        own_times = {key: value for key, value in self.own_times.items() if key != unit_id}
        if text.strip():
            own_times[unit_id] = text.strip()
        return replace(self, own_times=own_times)

    def _settled(self, problem: NameProblem) -> RestoreForm:
        if problem not in self.problems:
            return self
        return replace(self, problems=tuple(other for other in self.problems if other != problem))

    def to_json(self) -> str:
        """The form as the journal keeps it."""
        return json.dumps(
            {
                "version": FORM_VERSION,
                "service": self.service.value,
                "units": [[unit.unit_id, unit.name, unit.written] for unit in self.units],
                "waiting": [_name_out(name) for name in self.waiting],
                "pending": self.pending,
                "problems": [_problem_out(problem) for problem in self.problems],
                "leftOut": list(self.left_out),
                "moment": self.moment,
                "askedAt": self.asked_at.isoformat() if self.asked_at else None,
                "zone": self.zone,
                "express": self.express.value,
                "expressWithinMinutes": int(self.express_within.total_seconds() // 60),
                "destination": self.destination.value if self.destination else None,
                "copiedDestinations": [one.value for one in self.copied_destinations],
                "ownTimes": dict(self.own_times),
                "source": self.source,
                "draftId": self.draft_id,
            },
            ensure_ascii=True,  # a lone surrogate out of a pasted text must not break the journal
        )

    @classmethod
    def from_json(cls, text: str) -> RestoreForm:
        """Reads a kept form.

        Raises:
            LocalError: It cannot be read: damaged, or kept by another version of this program.
        """
        try:
            data = json.loads(text)
            if data["version"] != FORM_VERSION:
                raise ValueError("another version")
            return cls(
                service=Service(data["service"]),
                units=tuple(FormUnit(*map(str, unit)) for unit in data["units"]),
                waiting=tuple(_name_in(name) for name in data["waiting"]),
                pending=str(data["pending"]),
                problems=tuple(_problem_in(problem) for problem in data["problems"]),
                left_out=tuple(map(str, data["leftOut"])),
                moment=str(data["moment"]),
                asked_at=_instant(data.get("askedAt")),
                zone=str(data["zone"]),
                express=Express(data["express"]),
                express_within=timedelta(minutes=int(data["expressWithinMinutes"])),
                destination=Destination(data["destination"]) if data["destination"] else None,
                copied_destinations=tuple(Destination(one) for one in data["copiedDestinations"]),
                own_times={str(key): str(value) for key, value in data["ownTimes"].items()},
                source=str(data["source"]),
                draft_id=str(data["draftId"]) if data["draftId"] else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise LocalError(
                "The form that was kept on this machine cannot be read.",
                certain="Nothing of it was sent to the service.",
                way_out="Start a new one.",
            ) from error


def _instant(data: Any) -> datetime | None:
    if data is None:
        return None
    instant = datetime.fromisoformat(data)
    if instant.tzinfo is None:
        raise ValueError("a time without its zone")
    return instant


def _name_again(text: str) -> WrittenName:
    return WrittenName(0, text, kind_of(text))


def _name_out(name: WrittenName) -> list[object]:
    return [name.line, name.text, name.kind.value, list(name.others)]


def _name_in(data: Any) -> WrittenName:
    line, text, kind, others = data
    return WrittenName(int(line), str(text), NameKind(kind), tuple(map(str, others)))


def _problem_out(problem: NameProblem) -> dict[str, object]:
    return {
        "written": _name_out(problem.written),
        "reason": problem.reason.value,
        "nearest": problem.nearest,
        "nearestName": problem.nearest_name,
        "candidates": list(problem.candidates),
    }


def _problem_in(data: Any) -> NameProblem:
    return NameProblem(
        written=_name_in(data["written"]),
        reason=Reason(data["reason"]),
        nearest=str(data["nearest"]) if data["nearest"] is not None else None,
        nearest_name=str(data["nearestName"]),
        candidates=tuple(map(str, data["candidates"])),
    )
