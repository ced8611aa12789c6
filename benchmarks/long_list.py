"""A list of 100,000 rows in a real terminal, and beside it the same list with one screen of rows.

Every key is measured to the row that it has to bring, not to the first or the last byte that happens to come.
"""

from __future__ import annotations

import contextlib
import statistics
from collections.abc import Iterator, Sequence

from benchmarks.figures import Figure, against
from benchmarks.pty_program import PtyProgram, in_terminal

ROWS = 100_000
FEW = 40
ROUNDS = 3

MOVES = (("j", 1), ("j", 2), ("j", 3), ("k", 2))
"""Keys, and the row to which each takes the cursor."""

FILTERS = (("1", 1), ("2", 2), ("3", 3))
"""Letters in the empty filter, and the row that is the first after each; each of them filters the whole list."""

Pairs = list[tuple[float, float]]


def figures() -> Iterator[Figure]:
    """Measures both lists from outside, key by key in turn."""
    opened: Pairs = []
    moved: Pairs = []
    ends: Pairs = []
    filtered: Pairs = []
    memory: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        with contextlib.ExitStack() as stack:
            both = [(stack.enter_context(_program(rows)), rows) for rows in (ROWS, FEW)]
            opened.append(_both(both, "4", (0, 0)))
            moved += [_both(both, key, (row, row)) for key, row in MOVES]
            ends.append(_both(both, "G", (ROWS - 1, FEW - 1)))
            ends.append(_both(both, "g", (0, 0)))
            for program, _rows in both:
                program.send("/")
                program.burst(0.5)
            for key, row in FILTERS:
                filtered.append(_both(both, key, (row, row)))
                for program, _rows in both:
                    program.send("\x7f")
                    program.burst(0.5)
            memory.append((both[0][0].memory, both[1][0].memory))
    yield against(f"{ROWS:,} rows: key to the list's first row", opened, "100 ms", f"{FEW} rows")
    yield against(f"{ROWS:,} rows: key to the row it moves to", moved, "30 ms", f"{FEW} rows")
    yield against(f"{ROWS:,} rows: G and g to the last and first", ends, "30 ms", f"{FEW} rows")
    yield against(f"{ROWS:,} rows: key in the filter to its first row", filtered, "100 ms", f"{FEW} rows")
    large, small = (statistics.median(column) for column in zip(*memory, strict=True))
    yield Figure(f"memory with {ROWS:,} units", f"{large:.0f} MB", "150 MB", "", f"{FEW} units {small:.0f} MB")


@contextlib.contextmanager
def _program(rows: int) -> Iterator[PtyProgram]:
    with in_terminal("-m", "benchmarks.long_list_app", str(rows)) as program:
        program.until(b"Activity")
        program.burst(1.0)
        yield program


def _both(programs: Sequence[tuple[PtyProgram, int]], key: str, rows: tuple[int, int]) -> tuple[float, float]:
    large, small = (_pressed(program, key, row) for (program, _), row in zip(programs, rows, strict=True))
    return large, small


def _pressed(program: PtyProgram, key: str, row: int) -> float:
    program.send(key)
    took = program.until(f"> user{row:06d}".encode())  # the row with the cursor
    program.burst(0.3)  # what follows belongs to this key and not to the next
    return took
