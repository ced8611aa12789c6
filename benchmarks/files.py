"""Places inside a point, in a real terminal: a folder of 5,000 files, and 2,000 folders in 25 levels.

Names hold a word that is drawn for each run, so a row on the screen can only have come with an answer of the service.
"""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Iterator
from unittest.mock import patch

from backup_tui.simulator.domain import browsing
from backup_tui.simulator.domain.browse_tree import Kind, Node
from backup_tui.simulator.domain.points import newest_first
from backup_tui.simulator.domain.tenant import Unit
from backup_tui.simulator.http.callers import ADELE
from benchmarks.figures import Figure, ms, spread
from benchmarks.pty_program import PtyProgram
from benchmarks.tenant import Tenant, tenant

FILES = 5_000
LEVELS = 25
FOLDERS = 80
"""In each level; the first of them has the next level in it."""

AGAIN = 6
"""So often the large folder is read again, to see whether memory stays level."""


class Point:
    """What every point of the tenant holds while it is measured.

    Attributes:
        mark: In the name of each file and folder of it.
    """

    def __init__(self) -> None:
        self.mark = secrets.token_hex(3)

    def file(self, number: int) -> bytes:
        return f"{self.mark}f{number:04d}".encode()

    def folder(self, level: int, number: int = 0) -> bytes:
        return f"{self.mark}d{level:03d}n{number:02d}".encode()

    def tree(self, unit: Unit, moment: int, *, odd_keys: bool = False) -> list[Node]:
        """In place of `browse_tree.draw_tree`: a library of files, and one of folders."""
        site, files, deep = (_node(name, kind) for name, kind in _PLACES)
        site.children = [files, deep]
        files.children = [_node(f"{self.file(number).decode()}.docx", "file") for number in range(FILES)]
        here = deep
        for level in range(LEVELS):
            here.children = [_node(self.folder(level, number).decode(), "folder") for number in range(FOLDERS)]
            here = here.children[0]
        return [site]


_PLACES: tuple[tuple[str, Kind], ...] = (
    ("Site", "site"),
    ("Many", "documentLibrary"),
    ("Deep", "documentLibrary"),
)


def _node(name: str, kind: Kind) -> Node:
    return Node(f"key of {name}", name, f"https://contoso.sharepoint.com/{name}", kind, 0.0, 0.0, ADELE, 1_000)


def figures() -> Iterator[Figure]:
    """Opens the large folder, then one level after another, from outside."""
    point = Point()
    with (
        patch.object(browsing, "draw_tree", point.tree),
        tenant(units=60, history=False, speed=100_000.0) as served,
        served.screens() as program,
    ):
        before = _open_point(served, program)
        first = _level(served, program, point.file(0))
        _read_to_the_end(served, program, point)
        many = program.memory
        again = [_read_again(served, program) for _ in range(AGAIN)]
        program.send("g")
        program.burst(0.3)
        program.send("\r")  # closes it
        program.burst(0.3)
        levels = [_down(served, program, point.folder(level)) for level in range(LEVELS)]
        deep = program.memory
    yield Figure(f"{FILES:,} files in one folder: its answer to its first row", ms(first), "100 ms")
    yield Figure(
        f"{LEVELS * FOLDERS:,} folders in {LEVELS} levels: a level's answer to its row",
        ms(statistics.median(levels)),
        "100 ms",
        spread(levels, ms),
        f"first 5 {ms(statistics.median(levels[:5]))}, last 5 {ms(statistics.median(levels[-5:]))}",
    )
    yield Figure(f"memory with {FILES:,} files", f"{many:.0f} MB", "150 MB", "", f"before {before:.0f} MB")
    yield Figure(
        f"memory after it was read {AGAIN} times again, and {LEVELS} levels",
        f"{deep:.0f} MB",
        "level",
        spread(again, lambda value: f"{value:.0f} MB"),
        f"read once {many:.0f} MB",
    )


def _open_point(served: Tenant, program: PtyProgram) -> float:
    """Goes to the files of a site by keys, and returns the memory before anything of it was read."""
    service = served.service
    now = service.now()
    site = next(
        unit
        for unit in service.tenant.units["sharepoint"]
        if unit.trait == "sound" and any(point.express for point in newest_first(unit, now, now - 86_400, now))
    )
    program.until(b"Activity")
    program.burst(1.0)
    for keys in ("4", "\t", "\t", "/", site.id, "\r"):
        program.send(keys)
        program.burst(0.5)
    program.send("\r")
    program.until(b"Kept until")
    program.burst(0.5)
    program.send("\r")
    program.until(b"Many")
    program.burst(0.5)
    return program.memory


def _level(served: Tenant, program: PtyProgram, row: bytes) -> float:
    """Opens the place under the cursor. Seconds from the first answer after the key to its row on the screen."""
    known = len(served.answered)
    program.send("\r")
    program.until(row)
    seen = time.perf_counter()
    answer = served.answered[known]
    _quiet(served, program)
    return seen - answer


def _down(served: Tenant, program: PtyProgram, row: bytes) -> float:
    program.send("j")
    program.burst(0.1)
    return _level(served, program, row)


def _read_to_the_end(served: Tenant, program: PtyProgram, point: Point) -> None:
    """Loads what is not read yet, by the row above the other library: `… 4,500 more, enter loads them`."""
    for _ in range(FILES // 500 + 2):
        _quiet(served, program)
        program.send("g")
        program.burst(0.2)
        program.send("G")
        if point.file(FILES - 1) in program.burst(0.4).output:
            return
        program.send("k")
        program.burst(0.2)
        program.send("\r")
    raise TimeoutError(f"{point.file(FILES - 1)!r} never came")


def _read_again(served: Tenant, program: PtyProgram) -> float:
    """Reads the beginning of the folder in another order; the memory afterwards."""
    program.send("g")
    program.burst(0.2)
    program.send("s")
    _quiet(served, program)
    return program.memory


def _quiet(served: Tenant, program: PtyProgram) -> None:
    """Reads on until no more answers come."""
    known = -1
    while known != len(served.answered):
        known = len(served.answered)
        program.burst(0.5, most=2.0)
