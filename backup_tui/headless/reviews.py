"""A review on stderr: what would happen, what was checked, and the phrase that says yes to it."""

import argparse
from collections.abc import Sequence
from typing import Any, TypeVar

from backup_tui.changes.change import carry_out
from backup_tui.changes.reviewed import ChangeReview
from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.headless.output import Output
from backup_tui.headless.remedies import for_commands
from backup_tui.models.checks import worst_first
from backup_tui.models.phrases import for_shell
from backup_tui.models.text import safe
from backup_tui.workspace import Workspace

T = TypeVar("T")

LONGEST_NOTE = 200  # characters of `--note`


def narrate_review(out: Output, review: ChangeReview[Any], extra: Sequence[str] = ()) -> None:
    """Tells the whole review, the consequence first, then what else has to be known, the checks worst first."""
    out.narrate(review.sentence)
    out.narrate(*(f"  {for_commands(line)}" for line in extra))
    out.narrate(*(f"  {check.mark.value} {check.text}" for check in worst_first(review.checks)))


def refuse_blocked(review: ChangeReview[Any], verb: str, hint: str = "") -> None:
    """Refuses what the review found impossible, before a phrase is asked for. Raises `BackupTuiError`: it cannot be
    done now."""
    if review.blocked is not None:
        raise BackupTuiError(
            f"Not {verb}: {review.blocked}.",
            certainty="Nothing was sent.",
            hint=hint,
            code="NotPossibleNow",
        )


async def need_phrase(out: Output, given: str | None, phrase: str, verb: str) -> str:
    """The phrase given with `--confirm`, or typed by a person who can be asked; the use case checks it. Raises
    `UsageError`: none was given; names the one that the review needs; `BackupTuiError`: the person says no."""
    if given is None and out.ask is not None:
        if not await out.ask(phrase):
            raise BackupTuiError(f"Not {verb}.", certainty="Nothing was sent.")
        return phrase
    if given is None:
        raise UsageError.unsent(
            f"Not {verb}: this needs the phrase of the review.",
            "--confirm",
            hint=f"To confirm, add: --confirm {for_shell(phrase)}",
        )
    return given


async def carry_out_reviewed(workspace: Workspace, args: argparse.Namespace, out: Output, review: ChangeReview[T]) -> T:
    """Prints the review, and makes the change if the right phrase was given.

    Args:
        args: The command's; `confirm` is the phrase.
        out: Where the review is printed.

    Raises:
        UsageError: No phrase was given, or a wrong one.
        BackupTuiError: It cannot be done now, or as for `carry_out`.
    """
    done = review.change.done_word
    out.narrate(f"{review.word} {review.title}")
    narrate_review(out, review, review.extra)
    refuse_blocked(review, done, review.hint)
    given = await need_phrase(out, args.confirm, review.phrase, done)
    answer: T = await carry_out(workspace.context, review.change, review, given)
    return answer


def note_of(args: argparse.Namespace) -> str:
    """The note for the journal, on one line. Raises `UsageError`: it is too long."""
    note = " ".join(str(args.note or "").split())
    if len(note) > LONGEST_NOTE:
        message = f"The note has {len(note):,} characters; the journal takes {LONGEST_NOTE}."
        raise UsageError(message, field="--note", certainty="Nothing was started.", hint="Name a ticket instead.")
    return safe(note)
