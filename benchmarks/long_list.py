"""A list of 100,000 rows in a real terminal: how long it takes to open, to move in, and to filter."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from benchmarks.figures import Figure, ms
from benchmarks.pty_program import PtyProgram, in_terminal

ROWS = 100_000


def figures() -> Iterator[Figure]:
    """Measures the list from outside, from the key to the last byte of its frame."""
    with in_terminal("-m", "benchmarks.long_list_app", "0") as program:
        program.until(b"Activity")
        program.burst(1.0)
        empty = program.memory
    with in_terminal("-m", "benchmarks.long_list_app", str(ROWS)) as program:
        program.until(b"Activity")
        program.burst(1.0)
        program.send("4")
        opened = program.burst(1.0)
        yield Figure(f"open a list of {ROWS:,} rows", ms(opened.first), "100 ms", f"last byte {ms(opened.last)}")
        moves = [_press(program, key) for key in "jjkjjjG"]
        yield Figure("a key there to its frame", ms(statistics.median(moves)), "30 ms", f"slowest {ms(max(moves))}")
        program.send("/")
        program.burst(0.5)
        typed = [_press(program, key) for key in "user0412"]
        yield Figure("a key in its filter", ms(statistics.median(typed)), "100 ms", f"slowest {ms(max(typed))}")
        yield Figure(f"memory with {ROWS:,} units", f"{program.memory:.0f} MB", "150 MB", f"without {empty:.0f} MB")


def _press(program: PtyProgram, key: str) -> float:
    program.send(key)
    return program.burst(0.4).last
