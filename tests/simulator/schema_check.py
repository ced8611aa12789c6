"""Checks JSON against the service's own metadata: known members, types, members of enumerations, what may be null.

The facts are in `tests/data/schema.json`. What only the API pages show, and the metadata does not have, is
listed here by name, so that nothing else can slip in.
"""

import re
from collections.abc import Callable, Collection, Iterator
from typing import Any

from service_schema import (
    BETA_ADDS,
    BETA_ENUMS,
    BETA_MEMBERS,
    ENUMS,
    FLAGS,
    LINKS,
    MEMBERS,
    NONNULL,
    SENTINEL,
    family,
    lineage,
)

_ENUMS = {**BETA_ENUMS, **ENUMS}
_MEMBERS = {**BETA_MEMBERS, **MEMBERS}

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


def faults(
    value: Any,
    kind: str,
    *,
    late: bool,
    where: str = "",
    partial: bool = False,
    expanded: Collection[str] = (),
    beta: bool = False,
) -> Iterator[str]:
    """Yields everything that is wrong with a value, as `place: what`.

    Args:
        value: Parsed JSON.
        kind: Its type as the metadata writes it.
        late: Whether the caller asked for enum members that were added late.
        where: Its place in the answer.
        partial: A reference or a selection: members that must not be null may be missing.
        expanded: Navigation properties that the caller asked for with `$expand`.
        beta: Whether beta answered, which adds members to types of v1.0.
    """
    if kind.startswith("Collection("):
        if not isinstance(value, list):
            yield f"{where}: not a list"
            return
        for index, each in enumerate(value):
            yield from faults(
                each,
                kind[11:-1],
                late=late,
                where=f"{where}[{index}]",
                partial=partial,
                expanded=expanded,
                beta=beta,
            )
    elif kind in _PRIMITIVES:
        if not _PRIMITIVES[kind](value):
            yield f"{where}: {value!r} is no {kind}"
    elif kind.removeprefix("graph.") in _ENUMS:
        yield from _of_enum(value, kind.removeprefix("graph."), late, where)
    else:
        yield from _of_object(value, kind.removeprefix("graph."), late, where, partial, expanded, beta)


def _of_enum(value: Any, name: str, late: bool, where: str) -> Iterator[str]:
    members = _ENUMS[name]
    given = value.split(",") if isinstance(value, str) and name in FLAGS else [value]
    for each in given:
        if each not in members:
            yield f"{where}: {each!r} is no {name}"
        elif not late and members.index(each) > members.index(SENTINEL):
            yield f"{where}: {each!r} was sent although only those who ask may see it"


def _of_object(
    value: Any, name: str, late: bool, where: str, partial: bool, expanded: Collection[str], beta: bool
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    allowed = family(name)
    if "@odata.type" in value:
        actual = str(value["@odata.type"]).removeprefix("#microsoft.graph.")
        if actual not in allowed:
            yield f"{where}: {value['@odata.type']!r} is no {name}"
            return
    elif name in allowed:
        actual = name
    else:
        yield f"{where}: an {name} that does not say what it is"
        return
    for key, member in value.items():
        place = f"{where}.{key}"
        if key in ANNOTATIONS:
            continue
        kind = _MEMBERS[actual].get(key) or IN_PAGES_ONLY.get((actual, key))
        if kind is None and key in expanded:
            kind = LINKS.get(actual, {}).get(key)
        if kind is None and beta:
            kind = next((BETA_ADDS[each][key] for each in lineage(actual) if key in BETA_ADDS.get(each, {})), None)
        if kind is None:
            yield f"{place}: no member of {actual}"
        elif member is not None:
            reference = key in ("protectionUnit", "restorePoint")
            yield from faults(member, kind, late=late, where=place, partial=reference, beta=beta)
    for key in NONNULL.get(actual, ("id",) if "id" in _MEMBERS[actual] else ()):
        may_lack = (partial and key != "id") or (actual, key) in WITHOUT
        if value.get(key) is None and not (may_lack and key not in value):
            yield f"{where}.{key}: must not be null"
