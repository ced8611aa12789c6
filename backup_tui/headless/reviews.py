"""A review told on stderr: what would happen, what was checked, and the phrase that says yes to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless.output import Output
from backup_tui.headless.remedies import for_commands
from backup_tui.models.checks import Check, worst_first
from backup_tui.models.phrases import for_shell


class AnyReview(Protocol):
    """What the reviews of a restore and of a policy have in common."""

    @property
    def sentence(self) -> str: ...
    @property
    def checks(self) -> Sequence[Check]: ...
    @property
    def phrase(self) -> str: ...
    @property
    def blocked(self) -> str | None: ...


def narrate_review(out: Output, review: AnyReview, extra: Sequence[str] = ()) -> None:
    """Tells the whole review, the consequence first, then what else has to be known, the checks worst first."""
    out.narrate(review.sentence)
    out.narrate(*(f"  {for_commands(line)}" for line in extra))
    out.narrate(*(f"  {check.mark.value} {check.text}" for check in worst_first(review.checks)))


def refuse_blocked(review: AnyReview, verb: str, hint: str = "") -> None:
    """Refuses what the review found impossible, before a phrase is asked for.

    Raises:
        BackupTuiError: It cannot be done now.
    """
    if review.blocked is not None:
        raise BackupTuiError(
            f"Not {verb}: {review.blocked}.",
            certainty="Nothing was sent.",
            hint=hint,
            code="NotPossibleNow",
        )


def need_phrase(given: str | None, phrase: str, verb: str) -> str:
    """The phrase that was given with `--confirm`; whether it is the right one is for the use case to say.

    Raises:
        UsageError: None was given; names the one that the review asks for.
    """
    if given is None:
        raise UsageError(
            f"Not {verb}: the phrase that says yes to this review is missing.",
            field="--confirm",
            certainty="Nothing was sent.",
            hint=f"If that is what you want, add: --confirm {for_shell(phrase)}",
        )
    return given
