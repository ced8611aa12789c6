"""What one check came to."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct, field

from backup_tui.errors import BackupTuiError


class Result(StrEnum):
    """How a check ended; the value is what people and programs read."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    UNCHECKED = "not checked"


class CheckupFinding(Struct, frozen=True):
    """One check. `id`: short name, for programs: `tls`, `feature.restore`. `facts`: the same in parts, never a secret.
    `exit_code`: what the program ends with when this is the first check that failed. `error`: what it ended with, for
    its small print: the service's own words, code and ids."""

    id: str
    title: str
    result: Result
    words: str
    hint: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    exit_code: int = 1
    error: BackupTuiError | None = None


def failed(id: str, title: str, error: BackupTuiError, *, facts: Mapping[str, object] | None = None) -> CheckupFinding:
    """A check that ended with an error; the error's code is added to `facts`."""
    told = {"code": error.code, **(facts or {})}
    return CheckupFinding(id, title, Result.FAILED, error.message, error.hint, told, error.exit_code, error)


def unchecked(id: str, title: str, why: str) -> CheckupFinding:
    """A check that could not be made, or has no meaning here."""
    return CheckupFinding(id, title, Result.UNCHECKED, why)


def exit_code_of(findings: Iterable[CheckupFinding]) -> int:
    """0 when nothing failed, else the code of the first failure: checks go from causes to what follows from them."""
    return next((finding.exit_code for finding in findings if finding.result is Result.FAILED), 0)
