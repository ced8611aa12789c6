"""How much an installation adds to site-packages: the program and everything that it needs to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.pty_program import ROOT

OWN = "backup-tui"


def figures() -> Iterator[Figure]:
    """Adds up the files of every distribution that is needed without extras."""
    sizes = {name: _size(name) for name in sorted(_needed(OWN))}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    told = ", ".join(f"{name} {_mb(sizes[name])}" for name in largest)
    textual = sum(sizes[name] for name in _needed("textual"))
    base = f"textual and what it needs {_mb(textual)}"
    yield Figure("site-packages", f"{_mb(sum(sizes.values()))} MB", "70 MB", "", base)
    yield Figure("packages for it", f"{len(sizes)}", "", "", f"largest: {told}; this program {_mb(sizes[OWN])}")


def _mb(size: float) -> str:
    return f"{size / 1e6:.1f}"


def _needed(name: str) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        if current in found:
            continue
        try:
            requirements = distribution(current).requires or []
        except PackageNotFoundError:
            continue  # for another platform or Python
        found.add(current)
        pending += [
            re.split(r"[^A-Za-z0-9._-]", line, maxsplit=1)[0].lower() for line in requirements if "extra ==" not in line
        ]
    return found


def _size(name: str) -> int:
    """Bytes of a distribution's files; of this program those of its source, for it may be installed as a link."""
    if name == OWN:
        parts = [*(ROOT / "backup_tui").rglob("*"), *(ROOT / "styles").rglob("*")]
        return _bytes(parts)
    return _bytes([Path(str(file.locate())) for file in distribution(name).files or []])


def _bytes(paths: list[Path]) -> int:
    return sum(path.stat().st_size for path in paths if path.is_file())
