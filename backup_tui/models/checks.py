"""The checks of a review: one line each, worst first."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct


class CheckResult(StrEnum):
    """What a check found; the value is the one-cell mark of its line."""

    BLOCKING = "✗"
    WARNING = "!"
    UNKNOWN = "?"
    OK = "✓"


_ORDER = {CheckResult.BLOCKING: 0, CheckResult.WARNING: 1, CheckResult.UNKNOWN: 2, CheckResult.OK: 3}


class Check(Struct, frozen=True):
    """One line of a review. `text`: the finding, one plain sentence without a full stop. `rank`: orders lines of the
    same mark: the lower, the earlier."""

    mark: CheckResult
    text: str
    rank: int = 50


def worst_first(checks: Iterable[Check]) -> tuple[Check, ...]:
    """The checks as a review lists them: blocking, warnings, unknown, passed; then by `rank`."""
    return tuple(sorted(checks, key=lambda check: (_ORDER[check.mark], check.rank)))
