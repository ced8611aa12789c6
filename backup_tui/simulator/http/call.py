"""One request as the operations see it, and what they answer."""

import json
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import bad_request
from backup_tui.simulator.http.odata import Options

Json = dict[str, Any]


class Reply(Struct, frozen=True, dict=True):
    """What an operation answers."""

    status: int
    body: Json | None = None  # None for an empty answer
    headers: Mapping[str, str] = field(default_factory=dict)  # further response headers


class Call(Struct, frozen=True, dict=True):
    """One request."""

    service: Service  # the service it is for
    method: str
    origin: str  # scheme, host and port it was sent to
    url: str  # its whole address, as it was sent
    version: str  # ``v1.0`` or ``beta``
    path: str  # its path as it was sent, percent-decoded
    ids: tuple[str, ...]  # the path's identifiers, from left to right
    query: Options  # system query options by lower-case name without ``$``
    headers: Mapping[str, str]  # request headers by lower-case name
    body: bytes
    caller: Caller
    now: float  # when it arrived

    @property
    def root(self) -> str:
        """Address of the API's version, such as ``http://127.0.0.1:8365/v1.0``."""
        return f"{self.origin}/{self.version}"

    @property
    def beta(self) -> bool:
        return self.version == "beta"

    @property
    def late_members(self) -> bool:
        """Whether the caller asked to see members of enumerations that were added late."""
        wishes = self.headers.get("prefer", "").replace(";", ",").split(",")
        return any(wish.partition("=")[0].strip().lower() == "include-unknown-enum-members" for wish in wishes)

    def json_object(self) -> Json:
        """Return the body as a JSON object; an empty body is an empty object."""
        if not self.body.strip():
            return {}
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise bad_request("Write requests must contain the Content-Type header declaration application/json.")
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            raise bad_request("Unable to read JSON request payload. Ensure Content-Type and payload.") from None
        if not isinstance(found, dict):
            raise bad_request("The request payload must be a JSON object.")
        return found

    def context(self, path: str) -> str:
        """Return an ``@odata.context`` below the service's root."""
        return f"{self.root}/$metadata#solutions/backupRestore/{path}"

    def entity(self, collection: str, shown: Json, status: int = 200, *, at: str = "") -> Reply:
        """Answer with one object of a collection; ``at``: its path for ``Content-Location``, empty for no header."""
        headers = {"Content-Location": f"{self.root}/solutions/backupRestore/{at}"} if at else {}
        return Reply(status, {"@odata.context": self.context(f"{collection}/$entity")} | shown, headers)
