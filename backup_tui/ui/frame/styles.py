"""Locates the TCSS files: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path, PurePath

import backup_tui


def style_folder() -> Path:
    """The folder that holds the styles.

    The checkout's own folder comes first: an editable install can leave an older copy inside the package.

    Raises:
        FileNotFoundError: Neither a checkout nor a complete installation.
    """
    package = Path(backup_tui.__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "styles").is_dir():
        return checkout / "styles"
    if (package / "styles").is_dir():
        return package / "styles"
    raise FileNotFoundError(f"no styles beside {package} nor inside it")


def style_paths() -> list[str | PurePath]:
    """All style files, in the order of their names."""
    return [*sorted(style_folder().glob("*.tcss"))]
