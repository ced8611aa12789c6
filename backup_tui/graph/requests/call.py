"""One request, described but not sent, and the pieces that paths and queries are made of. Pure.

Ids are opaque and hostile until shown otherwise: each is one percent-encoded path segment, and inside `$filter` a
string literal with its quotes doubled."""

from collections.abc import Mapping
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from backup_tui.errors import UsageError
from backup_tui.graph.address import ROOT_PATH
from backup_tui.graph.operations import Operation
from backup_tui.models.calls import RequestClass
from backup_tui.models.text import short_id

_METHODS = {
    RequestClass.READ: "GET",
    RequestClass.STATE: "POST",
    RequestClass.CREATE: "POST",
    RequestClass.EDIT: "PATCH",
    RequestClass.DELETE: "DELETE",
}


class Call(Struct, frozen=True):
    """One request, described but not sent. `operation`: which group of calls it belongs to; gives error codes their
    meaning. `what`: what it is, in plain words. `path`: below the version, with its query, percent-encoded. `target`:
    id of what it is about, for messages. `url`: the service's own page link, already checked; counts instead of `path`.
    `at_once`: sent now or not at all; what was looked at before it would be old after a wait."""

    operation: Operation
    what: str
    method: str
    path: str
    request_class: RequestClass = RequestClass.READ
    body: Mapping[str, object] | None = None
    target: str | None = None
    url: str | None = None
    at_once: bool = False

    @property
    def mutating(self) -> bool:
        return self.request_class is not RequestClass.READ

    def at(self, url: str, path: str, page: int) -> "Call":
        """The same read for a further page, which is always asked for with GET and without a body."""
        return replace(self, method="GET", body=None, url=url, path=path, what=f"{self.what}, page {page}")


def about(
    target: str,
    operation: Operation,
    what: str,
    path: str,
    request_class: RequestClass = RequestClass.READ,
    *,
    method: str = "",
    body: Mapping[str, object] | None = None,
    at_once: bool = False,
) -> Call:
    """A call about one object, whose id ends `what` in short and names it in messages."""
    return Call(
        operation,
        f"{what} {short_id(target)}",
        method or _METHODS[request_class],
        path,
        request_class,
        body,
        target,
        at_once=at_once,
    )


def segment(value: str) -> str:
    """One path segment. Raises `UsageError`: it is empty or would be read as a step in the path."""
    if value in ("", ".", "..") or any("\ud800" <= char <= "\udfff" for char in value):
        raise UsageError.unsent(f"{value!r} isn't an id.", "id", value)
    return quote(value, safe="")


def literal(value: str) -> str:
    """A string literal for `$filter`, with its quotes; not percent-encoded yet."""
    return "'" + value.replace("'", "''") + "'"


def path_of(*segments: str, query: Mapping[str, str] | None = None) -> str:
    """Path below the version; the segments as they are, the values of the query percent-encoded here."""
    path = "/".join((ROOT_PATH, *segments))
    if not query:
        return path
    return path + "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())


def limited(count: int, *, what: str, limit: int) -> None:
    """Refuses more than one call may carry. Raises `UsageError`: `count` is above `limit`."""
    if count > limit:
        why = f"{count} {what} are too many for one call; the service takes {limit}."
        raise UsageError.unsent(why, what, str(count))
