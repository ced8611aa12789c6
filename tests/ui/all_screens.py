"""Every screen of the program, with the commands that it offers."""

from __future__ import annotations

import importlib
import pkgutil

import backup_tui.ui
from backup_tui.ui.frame.screen import BaseScreen


def all_screens() -> list[type[BaseScreen]]:
    """The classes of all screens, found by importing every module of the screens."""
    for module in pkgutil.walk_packages(backup_tui.ui.__path__, "backup_tui.ui."):
        importlib.import_module(module.name)
    found: list[type[BaseScreen]] = []
    left = [BaseScreen]
    while left:
        kind = left.pop()
        found.append(kind)
        left += kind.__subclasses__()
    return sorted(
        (kind for kind in found if kind.__module__.startswith("backup_tui.")), key=lambda kind: kind.__qualname__
    )
