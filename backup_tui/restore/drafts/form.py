"""The form of a new restore: everything entered so far, kept intact through every failure.

A form is a value. Each change makes a new one, so undo returns to the previous one, and the journal keeps the last as
JSON. Nothing in it has been sent anywhere.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.errors import LocalError
from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.form_pieces import FormUnit as FormUnit
from backup_tui.restore.drafts.form_pieces import (
    NameCounts,
    PartDraft,
    name_in,
    name_out,
    part_in,
    part_out,
    problem_in,
    problem_out,
    unit_in,
    unit_out,
)
from backup_tui.restore.names.columns import NO_CELLS, RowCells
from backup_tui.restore.names.names import Duplicate, UnitList, WrittenName, kind_of, normalise
from backup_tui.restore.names.resolve import NameProblem, Reason, Resolution
from backup_tui.restore.names.services import service_of_link, told_service
from backup_tui.restore.points.moments import is_relative

FORM_VERSION = 1
DEFAULT_EXPRESS_WITHIN = timedelta(hours=6)


class Express(StrEnum):
    """What to do with express points, which restore sooner."""

    IGNORE = "ignore"
    PREFER = "prefer"


class RestoreForm(Struct, frozen=True):
    """What has been filled in."""

    service: Service = Service.ONEDRIVE  # which service
    units: tuple[FormUnit, ...] = ()  # the units, each once, in the order in which they came
    # names that have not been looked up yet, because the units are still being read
    waiting: tuple[WrittenName, ...] = ()
    pending: str = ""  # text in the entry field that has not been taken
    problems: tuple[NameProblem, ...] = ()  # names to put right or to leave out
    left_out: tuple[str, ...] = ()  # names that the person decided not to restore; the review lists them
    twice: tuple[Duplicate, ...] = ()  # lines that name what another line names already; each counts once
    moment: str = ""  # the point in time as it was typed
    # when a time that counts from then was typed (`2h ago`, `yesterday 14:00`), so that it stays the same moment
    # however late the form is gone on with; `None` for any other
    asked_at: datetime | None = None
    zone: str = "UTC"  # name of the zone that it is typed in
    express: Express = Express.IGNORE  # whether express points are preferred
    express_within: timedelta = DEFAULT_EXPRESS_WITHIN  # how much older than the newest point an express one may be
    destination: Destination | None = Destination.NEW  # where to; `None` until it is chosen
    # more than one when the restore that was copied mixes them, which a new one cannot
    copied_destinations: tuple[Destination, ...] = ()
    # unit id to the time, as typed, of a unit that has its own
    own_times: Mapping[str, str] = field(default_factory=dict)
    source: str = ""  # where the form comes from, in words: `failed of 61633878`; empty for a fresh one
    draft_id: str | None = None  # the draft that is being changed; `None` when a new one will be made
    # drafts that hold units which were in this form and are not any longer, with all of them in it
    made: tuple[PartDraft, ...] = ()
    # the draft that is being made; it outlives the program, so that no second one is made of its units
    sending: PartDraft | None = None
    plan: str = ""  # the plan file that was made of it; empty once something differs

    @property
    def is_empty(self) -> bool:
        """Nothing worth keeping has been put in; a single letter is a key that was meant for another screen."""
        typed = len(self.pending.strip()) > 1
        names = self.units or self.waiting or typed or self.problems or self.twice
        return not (names or self.moment or self.made or self.sending)

    @property
    def elsewhere(self) -> tuple[NameProblem, ...]:
        """Names of units of another service, as their row says, or links to one: only a plan takes them, too."""
        return tuple(problem for problem in self.problems if self._is_elsewhere(problem))

    def is_elsewhere(self, name: WrittenName) -> bool:
        """Whether the row of a name says that it is of another service."""
        return bool(name.cells.service) and told_service(name) not in (None, self.service)

    def _is_elsewhere(self, problem: NameProblem) -> bool:
        if self.is_elsewhere(problem.written):
            return True
        # A link among units of this service is one to another service; where all are, this is the wrong service.
        unknown = bool(self.units) and problem.reason is Reason.NO_SUCH and not problem.candidates
        return unknown and service_of_link(problem.written) not in (None, self.service)

    @property
    def to_fix(self) -> tuple[NameProblem, ...]:
        """The names to put right or to leave out here."""
        return tuple(problem for problem in self.problems if not self._is_elsewhere(problem))

    def is_plan(self, most: int) -> bool:
        """Whether it takes a plan: for more units than the `most` that one draft holds, for several services, or where
        rows name waves, destinations or zones of their own."""
        if self.draft_id is not None or self.sending is not None:
            return False
        if len(self.units) + len(self.waiting) > most or self.elsewhere:
            return True
        rows = (unit.cells for unit in self.units)
        return any(cells.wave or cells.destination or cells.zone for cells in rows if cells is not NO_CELLS)

    @property
    def counts(self) -> NameCounts:
        """What became of each name, and of each unit that was picked."""
        found = len(self.units) + sum(len(part.unit_ids) for part in self.made)
        lines = [unit.line for unit in self.units] + [again.line for again in self.twice]
        lines += [name.line for name in (*self.waiting, *(problem.written for problem in self.problems))]
        lines = [line for line in lines if line]
        return NameCounts(
            found,
            len(self.twice),
            len(self.left_out),
            len(self.to_fix),
            len(self.waiting),
            len(self.elsewhere),
            one_a_line=len(lines) == len(set(lines)),
        )

    @property
    def unit_ids(self) -> tuple[str, ...]:
        """Ids of the units, in their order."""
        return tuple(unit.unit_id for unit in self.units)

    def with_service(self, service: Service) -> "RestoreForm":
        """Another service: the names are kept and have to be looked up among its units."""
        if service is self.service:
            return self
        names = [
            *(_name_again(unit.written or unit.name, unit.line, unit.cells) for unit in self.units),
            *(problem.written for problem in self.problems),
            *(_name_again(one.text, one.line, one.cells) for one in self.twice),
            *self.waiting,
        ]
        express = self.express if service.has_express_points else Express.IGNORE
        return replace(
            self, service=service, units=(), problems=(), twice=(), waiting=tuple(names), own_times={}, express=express
        )

    def with_names(self, names: UnitList) -> "RestoreForm":
        """Adds names that still have to be looked up."""
        return replace(self, waiting=(*self.waiting, *names.lines), twice=(*self.twice, *names.duplicates), pending="")

    def with_resolution(self, resolution: Resolution) -> "RestoreForm":
        """Takes in what became of the waiting names; one that is here already counts as twice."""
        lines, asked = self._lines(), frozenset(self.waiting)
        units, twice = list(self.units), [*self.twice, *(resolution.twice if asked else ())]
        for one in resolution.found:
            if one.unit_id not in lines:
                lines[one.unit_id] = one.written.line
                units.append(_unit(one.unit_id, one.name, one.written))
            elif one.written in asked:
                twice.append(Duplicate(one.written.line, lines[one.unit_id], one.written.text, one.written.cells))
        problems = list(self.problems)
        known = {_row_key(problem.written): problem.written.line for problem in problems}
        for problem in resolution.problems:
            name, key = problem.written, _row_key(problem.written)
            if key not in known:
                known[key] = name.line
                problems.append(problem)
            elif name in asked:
                twice.append(Duplicate(name.line, known[key], name.text, name.cells))
        after = replace(self, waiting=(), problems=tuple(problems), twice=tuple(twice))
        return after._with_units(units)

    def _with_units(self, units: Sequence[FormUnit]) -> "RestoreForm":
        """Other units; a time that the row of a new one names is its own time."""
        there = frozenset(self.unit_ids)
        own = {unit.unit_id: unit.cells.before for unit in units if unit.cells.before and unit.unit_id not in there}
        return replace(self, units=tuple(units), own_times={**self.own_times, **own} if own else self.own_times)

    def line_of(self, unit_id: str) -> int | None:
        """The line that names a unit of the form, 0 without one; `None` when the unit is not in it."""
        return self._lines().get(unit_id)

    def _lines(self) -> dict[str, int]:
        made = {unit_id: 0 for part in self.made for unit_id in part.unit_ids}
        return made | {unit.unit_id: unit.line for unit in self.units}

    def without_units(self, unit_ids: Collection[str]) -> "RestoreForm":
        """Takes units out; their names are kept among those left out."""
        gone = tuple(unit.name for unit in self.units if unit.unit_id in unit_ids)
        return replace(self._without(unit_ids), left_out=(*self.left_out, *gone)) if gone else self

    def with_part_made(self, part: PartDraft) -> "RestoreForm":
        """What a draft holds has left the form, so that nothing can make it a second time."""
        return replace(self._without(frozenset(part.unit_ids)), made=(*self.made, part), sending=None)

    def _without(self, unit_ids: Collection[str]) -> "RestoreForm":
        own_times = {key: text for key, text in self.own_times.items() if key not in unit_ids}
        units = tuple(unit for unit in self.units if unit.unit_id not in unit_ids)
        return replace(self, units=units, own_times=own_times)

    def with_chosen(self, problem: NameProblem, unit_id: str, name: str) -> "RestoreForm":
        """Takes a unit for a name; when the unit is in the form already, the line counts as twice."""
        return self._settled(problem)._with_unit_for(problem.written, unit_id, name)

    def with_all_nearest(self) -> "RestoreForm":
        """Takes the nearest name of every misspelt one that has exactly one."""
        lines, units, twice = self._lines(), list(self.units), list(self.twice)
        for problem in self.problems:
            written = problem.written
            if not problem.is_misspelt or problem.nearest is None:
                continue
            if problem.nearest in lines:
                twice.append(Duplicate(written.line, lines[problem.nearest], written.text, written.cells))
            else:
                lines[problem.nearest] = written.line
                units.append(_unit(problem.nearest, problem.nearest_name, written))
        left = tuple(problem for problem in self.problems if not problem.is_misspelt)
        return replace(self, problems=left, twice=tuple(twice))._with_units(units)

    def with_all_left_out(self) -> "RestoreForm":
        """Leaves every name out that is still to be put right."""
        gone = tuple(problem.written.text for problem in self.to_fix)
        return replace(self, problems=self.elsewhere, left_out=(*self.left_out, *gone))

    def _with_unit_for(self, written: WrittenName, unit_id: str, name: str) -> "RestoreForm":
        line = self.line_of(unit_id)
        if line is not None:
            return replace(self, twice=(*self.twice, Duplicate(written.line, line, written.text, written.cells)))
        return self._with_units((*self.units, _unit(unit_id, name, written)))

    def with_corrected(self, problem: NameProblem, name: WrittenName) -> "RestoreForm":
        """Another text for a name, on the same line of the list; it must be looked up."""
        corrected = replace(name, line=problem.written.line, cells=problem.written.cells)
        return replace(self._settled(problem), waiting=(*self.waiting, corrected))

    def with_left_out(self, problem: NameProblem) -> "RestoreForm":
        """Leaves a name out; the review will say that it is not restored."""
        settled = self._settled(problem)
        return settled if settled is self else replace(settled, left_out=(*self.left_out, problem.written.text))

    def with_pending(self, text: str) -> "RestoreForm":
        """The text in the entry field of the units."""
        return replace(self, pending=text)

    def with_moment(self, text: str, now: datetime | None = None) -> "RestoreForm":
        """Another time for all units that have none of their own, typed at `now`."""
        return replace(self, moment=text, asked_at=now if is_relative(text) else None)

    def with_zone(self, zone: str) -> "RestoreForm":
        """Another zone for the times."""
        return replace(self, zone=zone)

    def with_express(self, express: Express, within: timedelta | None = None) -> "RestoreForm":
        """Whether express points are preferred, and how much older they may be."""
        return replace(self, express=express, express_within=within or self.express_within)

    def with_destination(self, destination: Destination) -> "RestoreForm":
        """Where to; settles a mixture that was copied."""
        return replace(self, destination=destination, copied_destinations=())

    def with_own_time(self, unit_id: str, text: str) -> "RestoreForm":
        """A time for one unit alone; empty gives it the time of all again."""
        own_times = {key: value for key, value in self.own_times.items() if key != unit_id}
        if text.strip():
            own_times[unit_id] = text.strip()
        return replace(self, own_times=own_times)

    def _settled(self, problem: NameProblem) -> "RestoreForm":
        if problem not in self.problems:
            return self
        at = self.problems.index(problem)
        return replace(self, problems=(*self.problems[:at], *self.problems[at + 1 :]))

    def to_json(self) -> str:
        """The form as the journal keeps it."""
        return json.dumps(
            {
                "version": FORM_VERSION,
                "service": self.service.value,
                "units": [unit_out(unit) for unit in self.units],
                "waiting": [name_out(name) for name in self.waiting],
                "pending": self.pending,
                "problems": [problem_out(problem) for problem in self.problems],
                "leftOut": list(self.left_out),
                "twice": [[one.line, one.first_line, one.text] for one in self.twice],
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
                "made": [part_out(part) for part in self.made],
                "sending": part_out(self.sending) if self.sending else None,
                "plan": self.plan,
            },
            ensure_ascii=True,  # a lone surrogate out of a pasted text must not break the journal
        )

    @classmethod
    def from_json(cls, text: str) -> "RestoreForm":
        """Reads a kept form. Raises `LocalError`: it cannot be read: damaged, or kept by another version of this
        program."""
        try:
            data = json.loads(text)
            if data["version"] != FORM_VERSION:
                raise ValueError("another version")
            return cls(
                service=Service(data["service"]),
                units=tuple(unit_in(*unit) for unit in data["units"]),
                waiting=tuple(name_in(name) for name in data["waiting"]),
                pending=str(data["pending"]),
                problems=tuple(problem_in(problem) for problem in data["problems"]),
                left_out=tuple(map(str, data["leftOut"])),
                twice=tuple(Duplicate(int(line), int(first), str(text)) for line, first, text in data.get("twice", ())),
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
                made=tuple(part_in(part) for part in data.get("made", ())),
                sending=part_in(data["sending"]) if data.get("sending") else None,
                plan=str(data.get("plan", "")),
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
            raise LocalError(
                "The form kept on this machine cannot be read.",
                certainty="Nothing was sent.",
                hint="Start a new one.",
            ) from error


def _instant(data: Any) -> datetime | None:
    if data is None:
        return None
    instant = datetime.fromisoformat(data)
    if instant.tzinfo is None:
        raise ValueError("a time without its zone")
    return instant


def _name_again(text: str, line: int, cells: RowCells) -> WrittenName:
    return WrittenName(line, text, kind_of(text), cells=cells)


def _unit(unit_id: str, name: str, written: WrittenName) -> FormUnit:
    return FormUnit(unit_id, name, written.text, written.line, written.cells)


def _row_key(name: WrittenName) -> tuple[str, ...]:
    # Rows with the same display name may be several units, so only a row that is the same as a whole came twice.
    return (normalise(name.text), *map(normalise, name.others))
