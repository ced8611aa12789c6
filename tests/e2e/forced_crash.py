"""A fault inside a running program, without a line of the program being changed for it.

`forced_crash(folder, place)` gives the environment in which a Python process raises at `place`, a
`module:name` or `module:Class.name`, each time it is called from the `after`-th call on. The text of the fault holds
what the function was called with, and its frame holds it too: whatever is printed carelessly tells it.
"""

from __future__ import annotations

import os
from pathlib import Path

_CODE = '''
import functools, importlib.abc, importlib.machinery, inspect, os, sys

MODULE, _, NAME = os.environ["FORCED_CRASH_AT"].partition(":")
AFTER = int(os.environ["FORCED_CRASH_AFTER"])
REACHED = os.environ["FORCED_CRASH_REACHED"]
calls = 0


def _reached():
    """Counts a call; tells whether it is one that breaks, and leaves a sign that it was."""
    global calls
    calls += 1
    if calls > AFTER:
        open(REACHED, "w").close()
    return calls > AFTER


def _told(arguments, more):
    """What a careless message would hold: the arguments and all that is in them."""
    parts = []
    for each in (*arguments, *more.values()):
        parts.append(repr(each))
        parts.append(repr(getattr(each, "__dict__", "")))
        for slot in getattr(type(each), "__slots__", ()):
            parts.append(repr(getattr(each, slot, "")))
    return " ".join(parts)


def _patched(original):
    @functools.wraps(original)
    def crashing(*arguments, **more):
        if _reached():
            secret = [getattr(each, "reveal", lambda: None)() for each in (*arguments, *more.values())]
            raise RuntimeError(f"forced at {MODULE}:{NAME} with {_told(arguments, more)} {secret}")
        return original(*arguments, **more)

    if inspect.iscoroutinefunction(original):

        @functools.wraps(original)
        async def crashing_later(*arguments, **more):
            if _reached():
                secret = [getattr(each, "reveal", lambda: None)() for each in (*arguments, *more.values())]
                raise RuntimeError(f"forced at {MODULE}:{NAME} with {_told(arguments, more)} {secret}")
            return await original(*arguments, **more)

        return crashing_later
    return crashing


class _Loader(importlib.abc.Loader):
    def __init__(self, inner):
        self.inner = inner

    def create_module(self, spec):
        return self.inner.create_module(spec)

    def exec_module(self, module):
        self.inner.exec_module(module)
        owner, names = module, NAME.split(".")
        for name in names[:-1]:
            owner = getattr(owner, name)
        setattr(owner, names[-1], _patched(getattr(owner, names[-1])))


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name != MODULE:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None:
            spec.loader = _Loader(spec.loader)
        return spec


sys.meta_path.insert(0, _Finder())
'''


def forced_crash(folder: Path, place: str, after: int = 0) -> dict[str, str]:
    """The environment of a process that raises at a place.

    Args:
        folder: Where the module that does it is written.
        place: `module:name` or `module:Class.name`.
        after: How many calls go well first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sitecustomize.py").write_text(_CODE, encoding="utf-8")
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH", ""))))
    return {
        "PYTHONPATH": path,
        "FORCED_CRASH_AT": place,
        "FORCED_CRASH_AFTER": str(after),
        "FORCED_CRASH_REACHED": str(reached(folder)),
    }


def reached(folder: Path) -> Path:
    """The file that is there once the place was come by."""
    return folder / "reached"
