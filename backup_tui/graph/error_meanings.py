"""One row of the table of error codes, and the sentences that many rows share."""

from __future__ import annotations

from dataclasses import dataclass

from backup_tui.errors import ServiceError
from backup_tui.graph.operations import Operation
from backup_tui.models.calls import Outcome

UNCHANGED = "Nothing was changed."
NOT_MADE = "Nothing was made."
READ_AGAIN = "Read the list again (r): it may have been deleted."
CHECK_ID = "Check the id; whole ids are copied with y."


@dataclass(frozen=True, slots=True)
class ErrorMeaning:
    """One documented code of one or more operations.

    Attributes:
        operations: Where it can come; empty for everywhere.
        code: As the page writes it; compared without case.
        statuses: The HTTP statuses that the pages give; 200 means inside an item of a good answer.
        error: What is raised.
        message: What happened; `{target}`, `{tenant}`, `{user}` and `{permission}` are filled in.
        certainty: What is certain now.
        hint: What to do.
        outcome: What is known about a change that got this answer.
    """

    operations: frozenset[Operation]
    code: str
    statuses: frozenset[int]
    error: type[ServiceError]
    message: str
    certainty: str
    hint: str
    outcome: Outcome = Outcome.REJECTED

    @property
    def item_level(self) -> bool:
        """Whether it comes inside items of a good answer, never as the answer itself."""
        return self.statuses == frozenset({200})


def row(
    operations: tuple[Operation, ...],
    code: str,
    statuses: int | tuple[int, ...],
    error: type[ServiceError],
    message: str,
    certainty: str = UNCHANGED,
    hint: str = "",
    outcome: Outcome = Outcome.REJECTED,
) -> ErrorMeaning:
    """One row of the table, with one status or several."""
    several = statuses if isinstance(statuses, tuple) else (statuses,)
    return ErrorMeaning(frozenset(operations), code, frozenset(several), error, message, certainty, hint, outcome)
