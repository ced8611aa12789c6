"""Refusals in the form of Graph: a status, a code, a message, and the ids that support asks for."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

Detail = tuple[str, str, str | None]  # code, message and target of what went wrong with one of several things


class Refusal(Exception):
    """A request that the service does not carry out."""

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
        self.status = status  # HTTP status
        self.code = code  # error code, from the page of Backup Storage error codes wherever that page has one
        self.message = message  # sentence for developers
        self.headers: Mapping[str, str] = headers or {}  # further response headers
        self.details = details  # what the error's ``details`` hold, or None when it has none

    def body(self, now: float, request_id: str, client_request_id: str) -> dict[str, dict[str, Any]]:
        """Return Graph's error body; its date is written without a zone, as Graph does."""
        inner = {
            "date": datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request_id,
            "client-request-id": client_request_id,
        }
        details = {} if self.details is None else {"details": [*self.details]}
        return {"error": {"code": self.code, "message": self.message, **details, "innerError": inner}}


def bad_request(message: str) -> Refusal:
    """Return a refusal of status 400 with the code ``BadRequest``."""
    return Refusal(400, "BadRequest", message)


def coded(code: str) -> Callable[[str], Refusal]:
    """Return what makes refusals of status 400 with a code, of a message each."""
    return lambda message: Refusal(400, code, message)


def no_segment(name: str) -> Refusal:
    """Return Graph's refusal of a path that it does not have, for the first segment that leads nowhere."""
    return bad_request(f"Resource not found for the segment '{name}'.")


def check_type(body: Mapping[str, Any], *names: str) -> None:
    """Check an ``@odata.type``, in either of the namespaces that pages write."""
    given = body.get("@odata.type")
    known = {f"#microsoft.{space}.{name}".lower() for space in ("graph", "backupRestore") for name in names}
    if given is not None and (not isinstance(given, str) or f"#{given.lstrip('#')}".lower() not in known):
        raise bad_request(f"The type {given!r} is not a {names[0]}.")


def check_members(
    body: Mapping[str, Any],
    known: Collection[str],
    what: str,
    refuse: Callable[[str], Refusal] = bad_request,
) -> None:
    """Check that an object has no members but known ones and annotations; ``what`` is such as ``a property of ..``."""
    unknown = sorted(name for name in body if name not in known and not name.startswith("@"))
    if unknown:
        raise refuse(f"Not {what}: {', '.join(unknown)}.")


def failed_entry(operation: str, code: str, message: str, place: int) -> dict[str, Any]:
    """Return how an entry of a delta that was not done is answered, in the form of the pages' examples."""
    problem = {"info": {"code": code, "message": message}, "failedOperation": operation, "responseCode": 409}
    return {"@contentId": str(place), "@Core.DataModificationException": problem}
