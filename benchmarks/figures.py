"""A measured figure beside its budget and the baseline that was measured in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        what: What was measured.
        value: The figure, with its unit.
        budget: What it may be, in words.
        baseline: What it was compared with, and that figure.
    """

    what: str
    value: str
    budget: str
    baseline: str = ""


def ms(seconds: float) -> str:
    """Seconds as whole milliseconds."""
    return f"{seconds * 1000:,.0f} ms"


def ratio(seconds: float, base: float) -> str:
    """A time, and how many times the baseline it is."""
    return f"{seconds / base:.2f} x ({ms(seconds)})"


def median_of(measure: Callable[[], float], runs: int = 5) -> float:
    """The median of several runs, after one that warms the machine's caches."""
    measure()
    return statistics.median(measure() for _ in range(runs))


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def table(figures: list[Figure]) -> str:
    """The report as aligned columns."""
    rows = [("what", "figure", "budget", "baseline"), *((f.what, f.value, f.budget, f.baseline) for f in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
