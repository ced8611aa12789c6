"""A measured figure with its spread, beside its budget and the baseline that was measured in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

ROUNDS = 5
"""Pairs that are measured after one that warms the machine's caches."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report.

    Attributes:
        what: What was measured.
        value: The figure, with its unit.
        budget: What it may be, in words.
        spread: From the lowest to the highest that was measured.
        baseline: What it was compared with, and that figure.
    """

    what: str
    value: str
    budget: str
    spread: str = ""
    baseline: str = ""


def ms(seconds: float) -> str:
    """Seconds as whole milliseconds."""
    return f"{seconds * 1000:,.0f} ms"


def spread(values: Sequence[float], word: Callable[[float], str]) -> str:
    """The lowest and the highest of several."""
    return f"{word(min(values))} to {word(max(values))}"


def against(what: str, pairs: Sequence[tuple[float, float]], budget: str, base: str) -> Figure:
    """A time as so many times its baseline.

    A busy machine slows both of a pair, so the ratio is taken pair by pair and the middle one of them is told.

    Args:
        what: What was measured.
        pairs: Seconds of it and of the baseline, measured right after each other.
        budget: What it may be.
        base: What the baseline is.
    """
    ratios = [own / other for own, other in pairs]
    own, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    value = f"{statistics.median(ratios):.2f} x ({ms(own)})"
    return Figure(what, value, budget, spread(ratios, lambda ratio: f"{ratio:.2f}"), f"{base} {ms(other)}")


def paired(own: Callable[[], float], base: Callable[[], float], rounds: int = ROUNDS) -> list[tuple[float, float]]:
    """Measures two things in turn, after one round that warms the machine's caches."""
    own()
    base()
    return [(own(), base()) for _ in range(rounds)]


def timed(work: Callable[[], object]) -> float:
    """Seconds that something takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def table(figures: Sequence[Figure]) -> str:
    """The report as aligned columns."""
    heads = ("what", "figure", "spread", "budget", "baseline")
    rows = [heads, *((f.what, f.value, f.spread, f.budget, f.baseline) for f in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])
