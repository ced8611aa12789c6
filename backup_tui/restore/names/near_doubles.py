"""Units with nearly the same name as a chosen one, pointed out in the picker: `finance` and `finance-emea`."""

import re
from collections.abc import Collection, Mapping

from msgspec import Struct

from backup_tui.restore.names.names import normalise
from backup_tui.restore.names.nearness import split_key
from backup_tui.store.rows import UnitRow

MOST_SHOWN = 20  # so many near-doubles are returned; more would hide what they warn of

_MARKS = "-_."
_PIECE = re.compile(r"[-_.]+|(?<=\D)(?=\d)")
_SQUEEZE = re.compile(r"[-_.\s]+")


class NearDouble(Struct, frozen=True):
    """A unit that was not chosen and is easily taken for one that was. `unit_id`: the one that was not chosen.
    `reason`: `has the same name, Finance` or `begins the same`."""

    unit_id: str
    reason: str


def near_doubles(units: Mapping[str, UnitRow], chosen_ids: Collection[str]) -> list[NearDouble]:
    """Finds the near-doubles of what was chosen. Returns at most `MOST_SHOWN`, those of the same display name first."""
    if not chosen_ids:
        return []
    titles: set[str] = set()
    keys: set[tuple[str, str]] = set()
    beginnings: set[tuple[str, str]] = set()
    squeezed: set[tuple[str, str]] = set()
    for unit_id in chosen_ids:
        unit = units.get(unit_id)
        if unit is None:
            continue
        if unit.title:
            titles.add(unit.title.casefold())
        if unit.address:
            group, tail = split_key(normalise(unit.address))
            keys.add((group, tail))
            squeezed.add((group, _SQUEEZE.sub("", tail)))
            beginnings.update((group, start) for start in _beginnings(tail))
    same_name: list[NearDouble] = []
    alike: list[NearDouble] = []
    for unit_id, unit in units.items():
        if unit_id in chosen_ids:
            continue
        if unit.title and unit.title.casefold() in titles:
            same_name.append(NearDouble(unit_id, f"has the same name, {unit.title}"))
        elif unit.address and len(alike) < MOST_SHOWN:
            group, tail = split_key(unit.address.lower().partition("://")[2] or unit.address.lower())
            if (group, tail) in beginnings or any((group, start) in keys for start in _beginnings(tail)):
                alike.append(NearDouble(unit_id, "starts the same"))
            elif (group, _SQUEEZE.sub("", tail)) in squeezed:
                alike.append(NearDouble(unit_id, "is almost the same"))
    return [*same_name, *alike][:MOST_SHOWN]


def _beginnings(tail: str) -> list[str]:
    """`finance-emea-2` begins with `finance` and `finance-emea`: where a reader could stop."""
    cuts = [match.start() for match in _PIECE.finditer(tail)]
    return [tail[:cut] for cut in cuts if len(tail[:cut].strip(_MARKS)) >= 3]
