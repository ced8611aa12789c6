"""What an error code of the service means: which error is raised, and the three sentences that it carries.

A code is looked up by (operation, code, status) in that order of weight: `TooManyActiveRestoreSessions` comes as
HTTP 500 and means "full at the moment", a second activation comes as 403 and means "somebody was faster", and
the same `RestoreArtifactsLimitBreached` is 413 on one call and 400 on another. The rows are in
`codes_of_protection`, `codes_of_restore` and `codes_of_contents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from backup_tui.errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ServerFault,
    ServiceError,
    StateConflict,
    Throttled,
)
from backup_tui.graph.error_meanings import ErrorMeaning
from backup_tui.graph.operations import Operation
from backup_tui.models.text import safe

_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Words:
    """Who and where, as error sentences name them."""

    user: str = ""
    tenant: str = ""

    def fill(self, text: str, operation: Operation, target: str | None) -> str:
        """Puts the names into a sentence of the table."""
        return text.format(
            user=self.user or "This sign-in",
            tenant=self.tenant or "this tenant",
            permission=operation.permission,
            role=operation.role,
            target=safe(target) if target else "asked for",
        )


def all_rows() -> tuple[ErrorMeaning, ...]:
    """The whole table."""
    # Imported when an error is first looked up: a command that meets none starts without the tables.
    from backup_tui.graph import codes_of_contents, codes_of_protection, codes_of_restore

    return (*codes_of_protection.ROWS, *codes_of_restore.ROWS, *codes_of_contents.ROWS)


@cache
def _by_code() -> dict[str, tuple[ErrorMeaning, ...]]:
    table: dict[str, list[ErrorMeaning]] = {}
    for each in all_rows():
        table.setdefault(each.code.casefold(), []).append(each)
    return {code: tuple(rows) for code, rows in table.items()}


def meaning_of(operation: Operation, code: str, status: int) -> ErrorMeaning | None:
    """The row that fits best: operation and status, then operation, then a row for every operation.

    A row of *other* operations does not count: the code is not known here. Nor does one that only comes inside the
    items of a good answer, when the answer itself is an error.
    """
    rows = [each for each in _by_code().get(code.casefold(), ()) if status == 200 or not each.item_level]
    of_operation = [each for each in rows if operation in each.operations]
    for each in of_operation:
        if status in each.statuses:
            return each
    if of_operation:
        return of_operation[0]
    return next((each for each in rows if not each.operations), None)


def codes_in(error: Mapping[str, Any]) -> list[str]:
    """The codes of an error object, from the outermost to the deepest `innerError`."""
    found: list[str] = []
    current: object = error
    for _ in range(_DEEPEST):
        if not isinstance(current, Mapping):
            break
        code = current.get("code")
        if isinstance(code, str) and code:
            found.append(code)
        current = next((value for key, value in current.items() if str(key).lower() == "innererror"), None)
    return found


def best_code(operation: Operation, error: Mapping[str, Any], status: int) -> tuple[str, ErrorMeaning | None]:
    """The deepest code of an error object that is known for the operation, else the outermost one.

    Returns:
        The code, made safe (empty when there is none), and its row.
    """
    codes = codes_in(error)
    for code in reversed(codes):
        meaning = meaning_of(operation, code, status)
        if meaning is not None:
            return safe(code), meaning
    return (safe(codes[0]) if codes else ""), None


_BY_STATUS: dict[int, type[ServiceError]] = {
    402: PermissionDenied,
    403: PermissionDenied,
    404: NotFound,
    410: NotFound,
    423: StateConflict,
    429: Throttled,
    509: Throttled,
}

_NOT_ALLOWED = "{user} may not do this: it needs the permission {permission} and {role}."


def meaning_of_status(status: int, code: str = "") -> ErrorMeaning:
    """What a status says when the code beside it is not known."""
    error = _BY_STATUS.get(status, InvalidRequest if 400 <= status < 500 else ServerFault)
    named = f" ({code})" if code else ""
    if error is PermissionDenied:
        what = _NOT_ALLOWED
        certainty = "Nothing was sent to the service beyond this question."
        hint = "Ask for the role, or use the profile that has it."
    elif error is NotFound:
        what = f"The service does not have what was asked for{named}."
        certainty = "Nothing was changed by this call."
        hint = "Read the list again: it may have been deleted."
    elif error is StateConflict:
        what = f"The service has locked this{named}."
        certainty = "Nothing was changed by this call."
        hint = "Look at the state of the backup on the Overview; trying again later is safe."
    elif error is InvalidRequest:
        what = f"The service refuses this request with HTTP {status}{named}."
        certainty = "Nothing was changed by this call."
        hint = "The same request will be refused again; the service's own words name the reason."
    else:
        what = f"The service failed with HTTP {status}{named}."
        certainty = "Nothing was changed: this was only a question."
        hint = "Asking again is safe."
    # Format strings: a code from outside may hold braces.
    escaped = what if error is PermissionDenied else what.replace("{", "{{").replace("}", "}}")
    return ErrorMeaning(frozenset(), code, frozenset({status}), error, escaped, certainty, hint)
