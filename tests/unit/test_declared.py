"""Specifies that every package that is imported is declared: what another one happens to bring may leave with it."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
IMPORTED_AS = {"pyjwt": "jwt"}
BY_HAND = ROOT / "tests" / "interop"
"""Scripts against other clients, which CONTRIBUTING says how to install."""


def declared(*extras: str) -> set[str]:
    listed = [*PROJECT["dependencies"], *(line for extra in extras for line in PROJECT["optional-dependencies"][extra])]
    names = [re.split(r"[\s<>=!~\[;]", line, maxsplit=1)[0].lower() for line in listed]
    return {IMPORTED_AS.get(name, name.replace("-", "_")) for name in names}


def imported(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*.py"):
        if BY_HAND in path.parents:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((alias.name.partition(".")[0], path) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module.partition(".")[0], path


@pytest.mark.parametrize(
    ("folder", "extras"),
    [("backup_tui", ("keychain",)), ("tests", ("dev",)), ("benchmarks", ("dev",)), ("screenshots", ("dev",))],
)
def test_every_package_that_is_imported_is_declared(folder: str, extras: tuple[str, ...]) -> None:
    own = {path.stem for path in (ROOT / "tests").rglob("*.py")} | {"backup_tui", "benchmarks", "screenshots", "tests"}
    if folder == "screenshots":  # scripts, each beside what it imports
        own |= {path.stem for path in (ROOT / folder).glob("*.py")}
    known = declared(*extras) | own | set(sys.stdlib_module_names)
    lacking = {f"{name} in {path.relative_to(ROOT)}" for name, path in imported(ROOT / folder) if name not in known}
    assert not lacking


def test_every_declared_package_has_a_lower_and_an_upper_bound_or_is_data() -> None:
    for line in PROJECT["dependencies"]:
        assert ">=" in line
        assert "<" in line or line.startswith("tzdata"), line


def test_the_lock_knows_what_is_declared_and_names_public_places_only() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    package = next(each for each in lock["package"] if each["name"] == "backup-tui")
    assert {each["name"].replace("-", "_") for each in package["dependencies"]} == declared() - {"jwt"}
    places = {next(iter(each["source"].values())) for each in lock["package"]}
    assert len(places - {"."}) == 1, "one registry, and this project"
    assert all(place.startswith("https://") for place in places - {"."})
