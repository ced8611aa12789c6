"""Checks JSON against the service's own metadata: known members, types, members of enumerations, what may be null.

The facts are in `tests/data/schema_subset.json`. What only the API pages show, and the metadata does not have, is
listed here by name, so that nothing else can slip in.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

SCHEMA = json.loads((Path(__file__).parent.parent / "data" / "schema_subset.json").read_text())
TYPES: Mapping[str, Mapping[str, str]] = SCHEMA["types"]
ENUMS: Mapping[str, list[str]] = SCHEMA["enums"]

SENTINEL = "unknownFutureValue"
IN_PAGES_ONLY = {
    ("identity", "email"): "Edm.String",  # page protectionpolicybase-activate, example 1
}
WITHOUT = {
    ("backupRestoreRoot", "id"),  # page backuprestoreroot-get shows serviceStatus alone
}
ANNOTATIONS = {"@odata.context", "@odata.type", "@odata.nextLink", "@odata.count"}

_INT32 = range(-(2**31), 2**31)
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z")
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?")
_PRIMITIVES: dict[str, Callable[[Any], bool]] = {
    "Edm.String": lambda value: isinstance(value, str),
    "Edm.Boolean": lambda value: isinstance(value, bool),
    "Edm.Int32": lambda value: isinstance(value, int) and not isinstance(value, bool) and value in _INT32,
    "Edm.DateTimeOffset": lambda value: isinstance(value, str) and _STAMP.fullmatch(value) is not None,
    "Edm.Duration": lambda value: isinstance(value, str) and _DURATION.fullmatch(value) is not None,
}


def family(name: str) -> set[str]:
    """The types that may stand where a type is named: itself, or, for an abstract one, what derives from it."""
    return {name} if name in TYPES else {each for each, base in SCHEMA["bases"].items() if base == name}


def faults(value: Any, kind: str, *, late: bool, where: str = "", partial: bool = False) -> Iterator[str]:
    """Yields everything that is wrong with a value, as `place: what`.

    Args:
        value: Parsed JSON.
        kind: Its type as the metadata writes it.
        late: Whether the caller asked for enum members that were added late.
        where: Its place in the answer.
        partial: A reference or a selection: members that must not be null may be missing.
    """
    if kind.startswith("Collection("):
        if not isinstance(value, list):
            yield f"{where}: not a list"
            return
        for index, each in enumerate(value):
            yield from faults(each, kind[11:-1], late=late, where=f"{where}[{index}]", partial=partial)
    elif kind in _PRIMITIVES:
        if not _PRIMITIVES[kind](value):
            yield f"{where}: {value!r} is no {kind}"
    elif kind.removeprefix("graph.") in ENUMS:
        yield from _of_enum(value, kind.removeprefix("graph."), late, where)
    else:
        yield from _of_object(value, kind.removeprefix("graph."), late, where, partial)


def _of_enum(value: Any, name: str, late: bool, where: str) -> Iterator[str]:
    members = ENUMS[name]
    given = value.split(",") if isinstance(value, str) and name in SCHEMA["flags"] else [value]
    for each in given:
        if each not in members:
            yield f"{where}: {each!r} is no {name}"
        elif not late and members.index(each) > members.index(SENTINEL):
            yield f"{where}: {each!r} was sent although only those who ask may see it"


def _of_object(value: Any, name: str, late: bool, where: str, partial: bool) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    allowed = family(name)
    if "@odata.type" in value:
        actual = str(value["@odata.type"]).removeprefix("#microsoft.graph.")
        if actual not in allowed:
            yield f"{where}: {value['@odata.type']!r} is no {name}"
            return
    elif len(allowed) == 1:
        (actual,) = allowed
    else:
        yield f"{where}: an {name} that does not say what it is"
        return
    for key, each in value.items():
        place = f"{where}.{key}"
        if key in ANNOTATIONS:
            continue
        kind = TYPES[actual].get(key) or IN_PAGES_ONLY.get((actual, key))
        if kind is None:
            yield f"{place}: no member of {actual}"
        elif each is not None:
            reference = key in ("protectionUnit", "restorePoint")
            # The subset names one kind of unit where the metadata names their base.
            base = "graph.protectionUnitBase" if key == "protectionUnit" else kind
            yield from faults(each, base, late=late, where=place, partial=reference)
    for key in SCHEMA["nonnull"].get(actual, ()):
        may_lack = (partial and key != "id") or (actual, key) in WITHOUT
        if value.get(key) is None and not (may_lack and key not in value):
            yield f"{where}.{key}: must not be null"
