"""A review told on stderr: what would happen, what was checked, and the phrase that says yes to it."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import Protocol, TypeVar

from backup_tui.changes.change import ChangeReview, carry_out
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless.output import Output
from backup_tui.headless.remedies import for_commands
from backup_tui.models.checks import Check, worst_first
from backup_tui.models.phrases import for_shell
from backup_tui.workspace import Workspace

T = TypeVar("T")


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


async def carry_out_reviewed(workspace: Workspace, args: argparse.Namespace, out: Output, review: ChangeReview[T]) -> T:
    """Tells the review, and makes the change when the phrase that was given is the one that it asks for.

    Args:
        workspace: Where it is made.
        args: The command's; `confirm` is the phrase.
        out: Where the review is told.
        review: The review.

    Raises:
        UsageError: No phrase was given, or another one.
        BackupTuiError: It cannot be done now, or as for `carry_out`.
    """
    done = review.change.done_word
    narrate_review(out, review, review.extra)
    refuse_blocked(review, done, review.hint)
    return await carry_out(workspace.context, review.change, review, need_phrase(args.confirm, review.phrase, done))
