"""Refusals in the form of Graph: a status, a code, a message, and the ids that support asks for."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any


class Refusal(Exception):
    """A request that the service does not carry out.

    Attributes:
        status: HTTP status.
        code: Error code, from the page of Backup Storage error codes wherever that page has one.
        message: Sentence for developers.
        headers: Further response headers.
        details: What the error's ``details`` hold, or None when it has none.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: Mapping[str, str] | None = None,
        *,
        details: Sequence[Mapping[str, Any]] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers: Mapping[str, str] = headers or {}
        self.details = details


def bad_request(message: str) -> Refusal:
    """Return the general refusal of a malformed request."""
    return Refusal(400, "BadRequest", message)


def no_segment(name: str) -> Refusal:
    """Return Graph's refusal of a path that it does not have.

    Args:
        name: The first segment that leads nowhere.
    """
    return bad_request(f"Resource not found for the segment '{name}'.")


def error_body(
    code: str,
    message: str,
    *,
    now: float,
    request_id: str,
    client_request_id: str,
    details: Sequence[Mapping[str, Any]] | None = None,
) -> dict[str, dict[str, Any]]:
    """Return Graph's error body.

    Args:
        now: Seconds since 1970; written without a zone, as Graph does.
        client_request_id: The caller's id of this request, or the service's own when it sent none.
        details: What ``details`` hold; None leaves them out.
    """
    return {
        "error": {
            "code": code,
            "message": message,
            **({} if details is None else {"details": [*details]}),
            "innerError": {
                "date": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
                "request-id": request_id,
                "client-request-id": client_request_id,
            },
        }
    }
