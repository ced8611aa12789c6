"""What the service's own metadata says of its objects: members with their types, families, enumerations.

The facts are in `schema.json`, cut out of the public v1.0 metadata; a newer cut replaces the file as it is, and is
looked at first by naming it in the variable `BACKUP_TUI_SCHEMA`. `schema_beta.json` has the types that only beta has,
written from their pages. Nothing here knows the program or the simulator.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FILE = Path(os.environ.get("BACKUP_TUI_SCHEMA") or Path(__file__).parent / "schema.json")
_SCHEMA: Mapping[str, Any] = json.loads(_FILE.read_text())
_BETA: Mapping[str, Any] = json.loads((Path(__file__).parent / "schema_beta.json").read_text())
_TYPES: Mapping[str, Any] = _BETA["types"] | _SCHEMA["types"]

ENUMS: Mapping[str, list[str]] = _SCHEMA["enums"]
"""The members of each enumeration, in the order of their numbers."""

BETA_ENUMS: Mapping[str, list[str]] = _BETA["enums"]
"""Enumerations that only beta has."""

FLAGS = {"protectionSource", "restorePointTags"}
"""Enumerations of which several members may hold at once; the cut does not keep that mark."""

SENTINEL = "unknownFutureValue"
"""Stands for every member after it, towards callers who did not ask for late members."""

ALWAYS_EXPANDED = {
    "restorePoint": {"protectionUnit"},
    "restoreArtifactBase": {"restorePoint"},
    "restorePointSearchResult": {"restorePoint"},
}
"""Navigation properties that are sent without `$expand`."""

# The metadata does not call these abstract, yet everything that is sent is of a type derived from them.
_BASES_IN_PRACTICE = {"restoreSessionBase", "restoreArtifactBase", "granularRestoreArtifactBase"}


def lineage(name: str) -> list[str]:
    """A type and what it is derived from, the most general one first."""
    base = _TYPES[name]["base"]
    return [*(lineage(base) if base is not None else []), name]


def _gathered(name: str) -> tuple[dict[str, str], dict[str, str], list[str]]:
    members: dict[str, str] = {}
    links: dict[str, str] = {}
    nonnull: list[str] = []
    for each in lineage(name):
        found = _TYPES[each]
        always = ALWAYS_EXPANDED.get(each, set())
        members |= found["props"] | {key: kind for key, kind in found["navs"].items() if key in always}
        links |= {key: kind for key, kind in found["navs"].items() if key not in always}
        nonnull += found["nonnull"]
    return members, links, nonnull


_GATHERED = {name: _gathered(name) for name in _SCHEMA["types"]}

BETA_ADDS: Mapping[str, Mapping[str, str]] = _BETA["members"]
"""The members that beta adds to types of v1.0."""

BETA_MEMBERS: Mapping[str, Mapping[str, str]] = {name: _gathered(name)[0] for name in _BETA["types"]}
"""The members of the types that only beta has; none of them has any that `$expand` adds."""

MEMBERS: Mapping[str, Mapping[str, str]] = {name: found[0] for name, found in _GATHERED.items()}
"""The members of each type that may be sent at any time, inherited ones included, with their types."""

LINKS: Mapping[str, Mapping[str, str]] = {name: found[1] for name, found in _GATHERED.items()}
"""The members of each type that are sent only when `$expand` asks for them."""

NONNULL: Mapping[str, list[str]] = {name: found[2] for name, found in _GATHERED.items()}
"""The members of each type that must be there and not be null."""


def family(name: str) -> set[str]:
    """The types that may stand where a type is named: itself unless it is a base, and all that derive from it."""
    derived = {each for each in _TYPES if name in lineage(each)[:-1]}
    abstract = _TYPES[name]["abstract"] or name in _BASES_IN_PRACTICE
    return {each for each in derived if not _TYPES[each]["abstract"]} | (set() if abstract else {name})
