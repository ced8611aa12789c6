"""The words of whoever refused, made safe and of sane size; and the small print below an error."""

from collections.abc import Mapping
from datetime import UTC

from backup_tui.errors import BackupTuiError, OwnWords, SignInError
from backup_tui.models.text import safe

MOST_WORDS = 1000  # characters of one message that are kept; the authority's are the longest, with their ids at the end

_TOLD_ANYWAY = frozenset({"date", "request-id", "client-request-id"})
"""Members of an inner error that are among the ids of the small print already."""

_MEMBERS = 20
_DEEPEST = 4


def message_of(error: Mapping[str, object]) -> str:
    """An error object's message on one line, at most `MOST_WORDS` characters; empty if it has none."""
    message = error.get("message")
    return safe(" ".join(message[: 4 * MOST_WORDS].split()), MOST_WORDS) if isinstance(message, str) else ""


def inner_of(error: Mapping[str, object]) -> dict[str, object]:
    """What is inside an error object below its code and message: `innerError` with its own, and `details`."""
    inner = {str(key): value for key, value in error.items() if key not in ("code", "message")}
    nested = next((value for key, value in inner.items() if key.lower() == "innererror"), None)
    if isinstance(nested, Mapping):
        rest = {key: value for key, value in inner.items() if key.lower() != "innererror"}
        inner = {**{str(key): value for key, value in nested.items()}, **rest}
    kept = _safe(inner, 0)
    return kept if isinstance(kept, dict) else {}


def _safe(value: object, depth: int) -> object:
    if isinstance(value, str):
        return safe(" ".join(value[: 4 * MOST_WORDS].split()), MOST_WORDS)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth >= _DEEPEST:
        return None
    if isinstance(value, Mapping):
        members = list(value.items())[:_MEMBERS]
        kept = {safe(str(key), 80): _safe(member, depth + 1) for key, member in members}
        return {key: member for key, member in kept.items() if member not in (None, "", {}, [])}
    if isinstance(value, list):
        return [_safe(member, depth + 1) for member in value[:_MEMBERS]]
    return None


def own_words_object(error: BackupTuiError) -> dict[str, object]:
    """`serviceMessage`, `innerError`, `clientRequestId`, `date` and `status` of an error, those that there are."""
    said = error.own_words or OwnWords()
    told = {
        "serviceMessage": said.message or _detail(error),
        "innerError": dict(said.inner),
        "clientRequestId": said.client_request_id,
        "date": f"{said.date.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if said.date else "",
        "status": said.status,
    }
    return {name: value for name, value in told.items() if value not in (None, "", {})}


def small_print(error: BackupTuiError) -> list[str]:
    """The lines below an error: the service's own words, what is inside them, then code, ids and time. Empty for an
    error that nobody else has said anything about."""
    said = error.own_words or OwnWords()
    message = said.message or _detail(error)
    whose = "the authority" if isinstance(error, SignInError) and not error.sent else "the service"
    lines = [f'In {whose}\'s own words: "{message}"'] if message else []
    inner = "; ".join(_flat({key: value for key, value in said.inner.items() if key.lower() not in _TOLD_ANYWAY}))
    if inner:
        lines.append(f"Inner error: {inner}")
    request_id = error.request_id or said.request_id
    facts = [
        "" if error.code == type(error).__name__ else f"code {error.code}",
        f"HTTP {said.status}" if said.status else "",
        f"request {request_id}" if request_id else "",
        f"client request {said.client_request_id}" if said.client_request_id else "",
        f"{said.date.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if said.date else "",
    ]
    found = ", ".join(fact for fact in facts if fact)
    return [*lines, f"({found})"] if found else lines


def _detail(error: BackupTuiError) -> str:
    return error.detail if isinstance(error, SignInError) else ""


def _flat(inner: Mapping[str, object], before: str = "") -> list[str]:
    found: list[str] = []
    for key, value in inner.items():
        if isinstance(value, Mapping):
            found += _flat(value, f"{before}{key}.")
        elif isinstance(value, list):
            found += _flat({str(number): each for number, each in enumerate(value, 1)}, f"{before}{key}.")
        else:
            found.append(f"{before}{key} {value}")
    return found
