"""Which wave each unit of a plan is in, and who goes first in it. Pure, but for the files that waves name.

A unit is in the wave that its own row names, else in the wave that has it among its members, else in the wave without
members. Members are names as the list writes them, any other name of the unit, `@FILE` for a list of them, and
`wave=WORD` for the rows that have this word in the wave column.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.plans.matching import TenantUnits
from backup_tui.plans.plan import Plan, Wave
from backup_tui.plans.rows import Stray
from backup_tui.restore.names.names import (
    NameKind,
    UnitList,
    WrittenName,
    normalise,
    parse_unit_list,
    unit_file_bytes,
    written,
)
from backup_tui.store.rows import UnitRow

COLUMN = "wave="  # what a member begins with that means a word of the wave column

LONGEST_NAME = 60  # characters of the name of a wave

MOST_WAVES = 99  # a column with more different words is not one of waves

REST = "the rest"  # name of the wave that takes all others, where the program makes one


class WaveNames(Struct, frozen=True):
    """What a wave names, with its files read."""

    words: frozenset[str] = frozenset()  # words of the wave column, to compare without case
    members: tuple[WrittenName, ...] = ()  # names of its units
    first: tuple[WrittenName, ...] = ()  # names of those that go first, in their order


class Places(Struct, frozen=True):
    """Where the units of a plan are in it."""

    waves: Mapping[str, int]  # index of the wave of each unit; one that is in no wave is missing
    first: Mapping[str, int]  # places of those that go first in their wave
    strays: tuple[Stray, ...] = ()  # names in waves that cannot be used


async def read_waves(plan: Plan, folder: Path) -> tuple[WaveNames, ...]:
    """The names in the waves of a plan, those in files too. `folder`: where its files are. Raises `UsageError`: a file
    cannot be read."""
    return tuple([await asyncio.to_thread(_read_wave, wave, folder) for wave in plan.waves])


def waves_of_column(names: UnitList) -> tuple[Wave, ...]:
    """A wave for each word of the wave column, and one for the rows without; the one wave of all where there is no such
    column. Numbers come in their order, words in that of the list. Raises `UsageError`: the column has so many
    different words that it is not one of waves."""
    words: dict[str, str] = {}
    for name in names.lines:
        if name.cells.wave:
            words.setdefault(name.cells.wave.casefold(), name.cells.wave)
    if not words:
        return (Wave("all"),)
    ordered = list(words.values())
    if all(word.isdecimal() for word in ordered):
        ordered.sort(key=int)
    if len(ordered) > MOST_WAVES:
        heading = dict(names.own_columns).get("wave", "wave")
        raise UsageError.unsent(
            f"Column {heading} of the list has {len(ordered):,} different words, too many for waves.",
            "--units",
            heading,
            "Rename the column, so that it is not read as the wave of each row.",
        )
    taken: set[str] = set()
    waves = [Wave(_free(f"wave {word}" if word.isdecimal() else word, taken), (f"{COLUMN}{word}",)) for word in ordered]
    if any(not name.cells.wave for name in names.lines):
        waves.append(Wave(_free(REST, taken)))
    return tuple(waves)


def _free(name: str, taken: set[str]) -> str:
    """A name that no other wave has, as near to this one as can be."""
    name = name[:LONGEST_NAME]
    tries = (name, *(f"{name[: LONGEST_NAME - 4]} ({number})" for number in range(2, MOST_WAVES + 2)))
    free = next(one for one in tries if one.casefold() not in taken)
    taken.add(free.casefold())
    return free


def wave_of_word(word: str, plan: Plan, names: Sequence[WaveNames]) -> int | None:
    """Index of the wave that a word of the wave column means: one that lists it, else one of this name."""
    folded = word.casefold()
    for at, one in enumerate(names):
        if folded in one.words:
            return at
    return next((at for at, wave in enumerate(plan.waves) if wave.name.casefold() == folded), None)


class Placing:
    """Puts units into waves.

    Args:
        found: Each unit of the plan with its name in the list.
        units: All units, for names that the list does not use.
        elsewhere: Names of the list that became no unit, normalised; they are accounted for there.
    """

    def __init__(
        self,
        plan: Plan,
        names: Sequence[WaveNames],
        found: Sequence[tuple[UnitRow, WrittenName]],
        units: TenantUnits,
        elsewhere: Iterable[str],
    ) -> None:
        self._plan, self._names, self._units = plan, names, units
        self._found = found
        self._ids = {unit.id for unit, _ in found}
        self._elsewhere = frozenset(elsewhere)
        self._by_text: dict[str, list[str]] = {}
        self._waves: dict[str, int] = {}
        self._strays: list[Stray] = []
        if any(one.members or one.first for one in names):
            for unit, name in found:
                for text in {normalise(text) for text in (name.text, *name.others)}:
                    self._by_text.setdefault(text, []).append(unit.id)

    def places(self) -> Places:
        """Where each unit is."""
        for unit, name in self._found:
            if name.cells.wave and (wave := wave_of_word(name.cells.wave, self._plan, self._names)) is not None:
                self._waves[unit.id] = wave
        own = set(self._waves)
        for at, one in enumerate(self._names):
            for member in one.members:
                for unit_id in self._named(at, "members", member):
                    if self._waves.setdefault(unit_id, at) != at:
                        where = self._plan.waves[self._waves[unit_id]].name
                        why = f"Its row says wave {where}." if unit_id in own else f"It is in wave {where} already."
                        self._stray(at, "members", member, why)
        rest = next((at for at, wave in enumerate(self._plan.waves) if not wave.members), None)
        if rest is not None:
            for unit, _ in self._found:
                self._waves.setdefault(unit.id, rest)
        return Places(self._waves, self._first(), tuple(self._strays))

    def _first(self) -> dict[str, int]:
        places: dict[str, int] = {}
        for at, one in enumerate(self._names):
            for place, name in enumerate(one.first):
                for unit_id in self._named(at, "first", name):
                    if (wave := self._waves.get(unit_id)) == at:
                        places.setdefault(unit_id, place)
                    elif wave is not None:
                        self._stray(at, "first", name, f"It is in wave {self._plan.waves[wave].name}.")
        return places

    def _named(self, at: int, key: str, name: WrittenName) -> Sequence[str]:
        """Units of the plan that a name in a wave means; a unit for each service where a person is in several."""
        text = normalise(name.text)
        if text in self._by_text:
            return self._by_text[text]
        services = tuple(self._units.indexes)
        unit_ids = [unit_id for _, unit_id, _ in self._units.ids_of(name, services) if unit_id in self._ids]
        if not unit_ids and text not in self._elsewhere:
            self._stray(at, key, name, "It is not a unit of this plan.")
        return unit_ids

    def _stray(self, at: int, key: str, name: WrittenName, words: str) -> None:
        self._strays.append(Stray(self._plan.waves[at].name, key, name.text, words))


def _read_wave(wave: Wave, folder: Path) -> WaveNames:
    words = [entry.removeprefix(COLUMN).strip().casefold() for entry in wave.members if entry.startswith(COLUMN)]
    members = [entry for entry in wave.members if not entry.startswith(COLUMN)]
    return WaveNames(
        frozenset(words), _names_of(wave, "members", members, folder), _names_of(wave, "first", wave.first, folder)
    )


def _names_of(wave: Wave, key: str, entries: Sequence[str], folder: Path) -> tuple[WrittenName, ...]:
    names: list[WrittenName] = []
    for entry in entries:
        if not entry.startswith("@"):
            names.append(written(entry) or WrittenName(0, entry, NameKind.TITLE))
            continue
        try:
            names += parse_unit_list(unit_file_bytes(folder / Path(entry[1:]).expanduser())).lines
        except UsageError as error:
            raise UsageError.unsent(f"{key} of wave {wave.name}: {error.message}", key, entry, error.hint) from error
    return tuple(names)
