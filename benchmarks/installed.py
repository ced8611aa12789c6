"""How much an installation adds to site-packages: the program and everything that it needs to run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from benchmarks.figures import Figure


def figures() -> Iterator[Figure]:
    """Adds up the files of every distribution that is needed without extras."""
    sizes = {name: _size(name) for name in sorted(_needed("backup-tui"))}
    largest = sorted(sizes, key=lambda name: -sizes[name])[:3]
    told = ", ".join(f"{name} {sizes[name] / 1e6:.0f}" for name in largest)
    yield Figure("site-packages", f"{sum(sizes.values()) / 1e6:.0f} MB", "70 MB", f"{len(sizes)} packages: {told}")


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
    files = distribution(name).files or []
    return sum(path.stat().st_size for file in files if (path := file.locate()).is_file())
