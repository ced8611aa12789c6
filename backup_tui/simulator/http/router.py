"""From a method and a path to an operation.

Segments match without regard to case; a key may be a segment of its own or written as ``collection('id')``; a type cast
may be written with or without ``microsoft.``; a function's one argument counts as an identifier. ``/solutions`` may be
left out, as the permission list does.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial

from msgspec import Struct

from backup_tui.simulator.domain.workloads import WORKLOADS, Workload
from backup_tui.simulator.http.call import Call, Reply
from backup_tui.simulator.http.errors import Refusal, bad_request, no_segment

Handler = Callable[[Call], Reply]

_KEY = re.compile(r"([A-Za-z]+)\('?([^'()]*)'?\)")
_FUNCTION = re.compile(r"([A-Za-z]+\([A-Za-z]+)='([^'()]*)'\)")
_CAST = re.compile(r"(?:microsoft\.)?graph\.", re.IGNORECASE)
_NAME = re.compile(r"<(\w+)>")
_VERSIONS = ("v1.0", "beta")


class Operation(Struct, frozen=True, dict=True):
    """One method on one path."""

    method: str
    path: str  # path below ``/solutions/backupRestore``; ``{id}`` matches any identifier
    handler: Handler  # what answers it
    beta_only: bool = False  # whether v1.0 does not have it


def operations(
    *rows: tuple[str, str, Callable[..., Reply]],
    workloads: tuple[Workload, ...] = WORKLOADS,
    beta_only: bool = False,
) -> tuple[Operation, ...]:
    """Make operations of rows of method, path and handler.

    A path with names of a ``Workload`` in angle brackets, such as ``<policies>/{id}``, is one operation for each of the
    services, and its handler gets the service as ``workload``.
    """
    made: list[Operation] = []
    for method, path, handler in rows:
        if "<" not in path:
            made.append(Operation(method, path, handler, beta_only))
        else:
            made += [
                Operation(method, _written(path, each), partial(handler, workload=each), beta_only)
                for each in workloads
            ]
    return tuple(made)


def _written(path: str, workload: Workload) -> str:
    return _NAME.sub(lambda name: getattr(workload, name[1]), path)


class Match(Struct, frozen=True, dict=True):
    """An operation that was found, with the version and the identifiers of the path."""

    handler: Handler
    path: str  # as the operation has it, with ``{id}`` for each identifier
    version: str
    ids: tuple[str, ...]


class Router:
    """All operations of the service."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        every = [(each, (each, _parts(each.path))) for each in operations]
        self._routes_of = {
            "beta": [route for _, route in every],
            "v1.0": [route for each, route in every if not each.beta_only],
        }

    def match(self, method: str, path: str) -> Match:
        """Find the operation of a call."""
        parts = _parts(path)
        version = parts[0].lower() if parts else ""
        if version not in _VERSIONS:
            raise bad_request(f"Invalid version: {version}.")
        rest = parts[1:]
        if rest and rest[0].lower() == "solutions":
            rest = rest[1:]
        if not rest or rest[0].lower() != "backuprestore":
            raise no_segment(rest[0] if rest else parts[-1])
        allowed: list[str] = []
        for operation, pattern in self._routes_of[version]:
            ids = _ids(pattern, rest[1:])
            if ids is None:
                continue
            if operation.method == method:
                return Match(operation.handler, operation.path, version, ids)
            allowed.append(operation.method)
        if allowed:
            message = f"The method {method} is not allowed here."
            raise Refusal(405, "MethodNotAllowed", message, {"Allow": ", ".join(sorted(set(allowed)))})
        raise no_segment(self._lost(rest[1:], version))

    def _lost(self, parts: list[str], version: str) -> str:
        """Return the first part after which no operation continues."""
        known = max(
            (
                length
                for _, pattern in self._routes_of[version]
                for length in range(min(len(pattern), len(parts)), 0, -1)
                if _ids(pattern[:length], parts[:length]) is not None
            ),
            default=0,
        )
        return parts[min(known, len(parts) - 1)]


def _parts(path: str) -> list[str]:
    """Split a path, with keys and the argument of a function as parts of their own."""
    found: list[str] = []
    for part in path.split("/"):
        key = _FUNCTION.fullmatch(part) or _KEY.fullmatch(part)
        if key is not None:
            found += [key[1], key[2]]
        elif part:
            found.append(_CAST.sub("graph.", part, count=1) if _CAST.match(part) else part)
    return found


def _ids(pattern: list[str], parts: list[str]) -> tuple[str, ...] | None:
    """Return the identifiers if the parts fit the pattern."""
    if len(pattern) != len(parts):
        return None
    ids: list[str] = []
    for wanted, part in zip(pattern, parts, strict=True):
        if wanted == "{id}":
            if part.startswith(("$", "graph.")):
                return None  # a system segment or a type cast, never an id
            ids.append(part)
        elif wanted.lower() != part.lower():
            return None
    return tuple(ids)
