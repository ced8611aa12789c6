"""What an error code of the service means: which error is raised, and the three sentences that it carries.

A code is looked up by (operation, code, status) in that order of weight: `TooManyActiveRestoreSessions` comes as
HTTP 500 and means "full at the moment", a second activation comes as 403 and means "somebody was faster", and
the same `RestoreArtifactsLimitBreached` is 413 on one call and 400 on another. The rows are in `error_codes.txt`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from backup_tui import errors
from backup_tui.errors import (
    InvalidRequest,
    NotFound,
    PermissionDenied,
    ServerFault,
    ServiceError,
    StateConflict,
    Throttled,
)
from backup_tui.graph.json_body import READ_ONLY_CERTAINTY
from backup_tui.graph.operations import Operation
from backup_tui.models.calls import Outcome
from backup_tui.models.text import safe
from backup_tui.text_tables import read_table

_FILE = Path(__file__).with_name("error_codes.txt")
_DEEPEST = 10
_OPERATIONS = {operation.value: operation for operation in Operation}


class ErrorMeaning(Struct, frozen=True):
    """One documented code of one or more operations (none: of all). `statuses`: of HTTP, as the pages give them; 200:
    inside a good answer. `message` has places for `{target}`, `{tenant}`, `{user}`, `{permission}` and `{role}`."""

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


class Words(Struct, frozen=True):
    """Who and where, as error sentences name them."""

    user: str = ""
    tenant: str = ""

    def fill(self, text: str, operation: Operation, target: str | None) -> str:
        return text.format(
            user=self.user or "This sign-in",
            tenant=self.tenant or "this tenant",
            permission=operation.permission,
            role=operation.role,
            target=safe(target) if target else "asked for",
        )


@cache
def all_rows() -> tuple[ErrorMeaning, ...]:
    """The whole table, read when an error is first looked up: a command that meets none starts without it. Raises
    `ValueError`: the file that ships with the program names a call, error or outcome that does not exist."""
    return tuple(
        ErrorMeaning(
            frozenset()
            if row["calls"] == "any"
            else frozenset(_OPERATIONS[words] for words in row["calls"].split(", ")),
            code,
            frozenset(map(int, row["status"].split())),
            _error_named(row["error"]),
            row["message"],
            row["certainty"],
            row["hint"],
            Outcome(row["outcome"]),
        )
        for row in read_table(_FILE)
        for code in row["codes"].split()
    )


def _error_named(name: str) -> type[ServiceError]:
    kind = getattr(errors, name, None)
    if not (isinstance(kind, type) and issubclass(kind, ServiceError)):
        raise ValueError(f"{_FILE.name}: {name} is not a ServiceError.")
    return kind


@cache
def _by_code() -> dict[str, tuple[ErrorMeaning, ...]]:
    table: dict[str, list[ErrorMeaning]] = {}
    for each in all_rows():
        table.setdefault(each.code.casefold(), []).append(each)
    return {code: tuple(rows) for code, rows in table.items()}


def meaning_of(operation: Operation, code: str, status: int) -> ErrorMeaning | None:
    """The row that fits best: operation and status, then operation, then a row for every operation. Rows of other
    operations do not count, nor those that only come inside a good answer when the answer itself is an error."""
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
    """The deepest code of an error object that is known for the operation, else the outermost one. Returns the code,
    made safe (empty when there is none), and its row."""
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


def meaning_of_status(status: int, code: str = "") -> ErrorMeaning:
    """What a status says when the code beside it is unknown."""
    error = _BY_STATUS.get(status, InvalidRequest if 400 <= status < 500 else ServerFault)
    named = f" ({code})" if code else ""
    certainty = "Nothing was changed by this call."
    if error is PermissionDenied:
        what = "{user} may not do this."
        certainty = "Nothing was changed."
        hint = "Ask for {permission} and {role}, or switch profiles."
    elif error is NotFound:
        what = f"The service does not have this{named}."
        hint = "Read the list again: it may have been deleted."
    elif error is StateConflict:
        what = f"The service has locked this{named}."
        hint = "Check the state of the backup on the Overview; trying again later is safe."
    elif error is InvalidRequest:
        what = f"The service refuses this request with HTTP {status}{named}."
        hint = "The same request will be refused again; the service's own words have the reason."
    else:
        what = f"The service failed with HTTP {status}{named}."
        certainty = READ_ONLY_CERTAINTY
        hint = "Reading it again is safe."
    # Format strings: a code from outside may hold braces.
    escaped = what if error is PermissionDenied else what.replace("{", "{{").replace("}", "}}")
    return ErrorMeaning(frozenset(), code, frozenset({status}), error, escaped, certainty, hint)
