"""What one check came to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from backup_tui.errors import BackupTuiError


class Result(StrEnum):
    """How a check ended; the value is what people and programs read."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNCHECKED = "not checked"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check.

    Attributes:
        id: Short name, for programs: `tls`, `feature.restore`.
        title: What was looked at, for people.
        result: How it ended.
        words: What was found, one sentence or clause.
        way_out: What to do about it; empty when there is nothing to do.
        facts: The same in parts, for programs; never a secret.
        exit_code: What the program ends with when this is the first check that failed.
    """

    id: str
    title: str
    result: Result
    words: str
    way_out: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    exit_code: int = 1


def failed(id: str, title: str, error: BackupTuiError, *, facts: Mapping[str, object] | None = None) -> Finding:
    """A check that ended with one of our errors."""
    return Finding(
        id, title, Result.FAILED, error.what, error.way_out, {"code": error.code, **(facts or {})}, error.exit_code
    )


def unchecked(id: str, title: str, why: str) -> Finding:
    """A check that could not be made, or has no meaning here."""
    return Finding(id, title, Result.UNCHECKED, why)


def exit_code_of(findings: Iterable[Finding]) -> int:
    """0 when nothing failed, else the code of the first failure: checks go from causes to what follows from them."""
    return next((finding.exit_code for finding in findings if finding.result is Result.FAILED), 0)
