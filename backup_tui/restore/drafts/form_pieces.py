"""The pieces of the form of a new restore, and how each is written down and read again.

A reader raises what a damaged text raises, which `RestoreForm.from_json` documents.
"""

from dataclasses import dataclass, field
from typing import Any

from msgspec import Struct
from msgspec.structs import astuple

from backup_tui.restore.names.columns import NO_CELLS, RowCells
from backup_tui.restore.names.names import NameKind, WrittenName, sum_words
from backup_tui.restore.names.resolve import NameProblem, Reason


@dataclass(frozen=True, slots=True)
class FormUnit:
    """A unit to be restored."""

    unit_id: str
    name: str  # what it is called
    written: str = ""  # how it was written in the list; empty when it was picked
    line: int = field(default=0, compare=False)  # its line in that list, from 1; 0 when it was picked or typed alone
    cells: RowCells = NO_CELLS  # what its row says about its restore


class PartDraft(Struct, frozen=True):
    """A draft that holds a part of a form's units: of more than one draft takes, or of one that was cut off."""

    unit_ids: tuple[str, ...]  # its units
    mark: str = ""  # fingerprint of the create that makes it, under which the journal tells what became of that
    session_id: str = ""  # the draft; empty while no answer has named it


class NameCounts(Struct, frozen=True):
    """What became of the names of the lists; the parts always add up to `names`."""

    found: int
    twice: int
    left_out: int
    to_fix: int
    waiting: int
    elsewhere: int = 0  # links to units of another service
    one_a_line: bool = True  # each was on a line of its own, in one list

    @property
    def names(self) -> int:
        return self.found + self.twice + self.left_out + self.to_fix + self.waiting + self.elsewhere

    @property
    def words(self) -> str:
        """`39 lines: 35 found, 1 twice, 3 to fix`."""
        parts = (
            (self.found, "found"),
            (self.twice, "twice"),
            (self.left_out, "left out"),
            (self.to_fix, "to fix"),
            (self.waiting, "waiting"),
            (self.elsewhere, "of another service"),
        )
        return sum_words(self.names, self.names if self.one_a_line else None, parts)


def unit_out(unit: FormUnit) -> list[object]:
    """A unit, for the kept form."""
    return [unit.unit_id, unit.name, unit.written, unit.line, *cells_out(unit.cells)]


def unit_in(unit_id: Any, name: Any, written: Any, line: Any = 0, cells: Any = ()) -> FormUnit:
    """A unit out of a kept form; one kept by an earlier version has no line."""
    return FormUnit(str(unit_id), str(name), str(written), int(line), cells_in(cells))


def cells_out(cells: RowCells) -> list[object]:
    """What a row says about a restore, for the kept form: nothing where it says nothing."""
    return [] if cells == NO_CELLS else [list(astuple(cells))]


def cells_in(data: Any) -> RowCells:
    """What a row says about a restore, out of a kept form."""
    return RowCells(*map(str, data)) if data else NO_CELLS


def part_out(part: PartDraft) -> dict[str, object]:
    """A draft of a part, for the kept form."""
    return {"units": list(part.unit_ids), "mark": part.mark, "session": part.session_id}


def part_in(data: Any) -> PartDraft:
    """A draft of a part out of a kept form."""
    return PartDraft(tuple(map(str, data["units"])), str(data["mark"]), str(data["session"]))


def name_out(name: WrittenName) -> list[object]:
    """A name, for the kept form."""
    return [name.line, name.text, name.kind.value, list(name.others), *cells_out(name.cells)]


def name_in(data: Any) -> WrittenName:
    """A name out of a kept form."""
    line, text, kind, others, *cells = data
    return WrittenName(int(line), str(text), NameKind(kind), tuple(map(str, others)), cells_in(*cells or [()]))


def problem_out(problem: NameProblem) -> dict[str, object]:
    """A name to put right, for the kept form."""
    return {
        "written": name_out(problem.written),
        "reason": problem.reason.value,
        "nearest": problem.nearest,
        "nearestName": problem.nearest_name,
        "candidates": list(problem.candidates),
    }


def problem_in(data: Any) -> NameProblem:
    """A name to put right out of a kept form."""
    return NameProblem(
        written=name_in(data["written"]),
        reason=Reason(data["reason"]),
        nearest=str(data["nearest"]) if data["nearest"] is not None else None,
        nearest_name=str(data["nearestName"]),
        candidates=tuple(map(str, data["candidates"])),
    )
