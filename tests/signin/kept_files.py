"""Files in which sign-ins are kept, for tests that look at them."""

from __future__ import annotations

import stat
from pathlib import Path


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


def files(folder: Path) -> list[Path]:
    """The files of a folder that hold a sign-in."""
    return sorted(path for path in folder.iterdir() if path.suffix == ".json")
