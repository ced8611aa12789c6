"""Specifies that no module of the program needs, by whatever way, a module that needs it.

The import contracts hold the order of the packages; this holds the order inside each. Imports in functions and under
TYPE_CHECKING count as well: what cannot be understood without the other is one module in two files.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import backup_tui

ROOT = Path(backup_tui.__file__).parent

ALLOWED: Mapping[str, str] = {
    "backup_tui.models": "`quick` and `validation` read what `base` declares, and name it for types",
}
"""Packages inside which there still are circles, with the reason."""


def modules_of(root: Path) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    found = {}
    for path in root.rglob("*.py"):
        parts = (root.name, *path.relative_to(root).with_suffix("").parts)
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Which of the modules each of them imports, at its top or inside its functions; what is for types never runs."""

    def running(node: ast.AST) -> Iterator[ast.AST]:
        for child in ast.iter_child_nodes(node):
            if not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
                yield child
                yield from running(child)

    def named(path: Path) -> Iterator[str]:
        for node in running(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield inner if inner in modules else node.module

    return {name: {other for other in named(path) if other in modules} - {name} for name, path in modules.items()}


def in_circles(imports: Mapping[str, set[str]]) -> set[str]:
    """The modules that reach themselves: what is left when those that import or are imported by nobody are gone."""
    left = dict(imports)
    while True:
        imported = {other for name, others in left.items() for other in others if other in left}
        ends = [name for name, others in left.items() if name not in imported or not others & left.keys()]
        if not ends:
            return {name for name in left if _reaches(name, name, left)}
        for name in ends:
            del left[name]


def _reaches(start: str, goal: str, imports: Mapping[str, set[str]]) -> bool:
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for other in imports.get(waiting.pop(), set()) - seen:
            if other == goal:
                return True
            seen.add(other)
            waiting.append(other)
    return False


def test_there_is_no_circle_of_imports_inside_a_package() -> None:
    found = in_circles(imports_of(modules_of(ROOT)))
    inside = tuple(f"{package}." for package in ALLOWED)
    assert sorted(name for name in found if not f"{name}.".startswith(inside)) == []


def test_a_circle_is_found_wherever_its_imports_are(tmp_path: Path) -> None:
    root = tmp_path / "house"
    (root / "room").mkdir(parents=True)
    (root / "__init__.py").write_text("")
    (root / "room" / "__init__.py").write_text("from house.room.ladder import up\n")
    (root / "room" / "ladder.py").write_text("def up():\n    from house.roof import Roof\n    return Roof\n")
    (root / "roof.py").write_text("def top():\n    import house.room.ladder\n")
    (root / "door.py").write_text("from house import roof\nfrom typing import TYPE_CHECKING\n")
    (root / "step.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import house.porch\n")
    (root / "porch.py").write_text("import house.step\n")
    (root / "street.py").write_text("import os\nimport house.door\n")
    assert in_circles(imports_of(modules_of(root))) == {"house.room.ladder", "house.roof"}
