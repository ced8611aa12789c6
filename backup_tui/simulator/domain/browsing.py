"""Browse sessions: looking into a restore point of a drive or site, for three days."""

import base64
import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct

from backup_tui.simulator.domain.browse_tree import Node, draw_tree
from backup_tui.simulator.domain.identifiers import number
from backup_tui.simulator.domain.points import Point, find_point
from backup_tui.simulator.domain.policies import MINUTE
from backup_tui.simulator.domain.tenant import DAY, Tenant
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.errors import Refusal, bad_request, check_members

LIFE = 3 * DAY - 2
"""Seconds from the creation of a session to its end; in every example it is about two seconds short of three days."""
ROWS = 10  # rows of one answer, as in the examples
_FILTER = re.compile(r"\(*\s*name\s+-contains\s+'((?:[^']|'')*)'\s*\)*", re.IGNORECASE)
ERRORS = {"ArtifactNotFound": "The artifact was not found. It was deleted or renamed."}
"""What a session says that could not be created; no page names codes."""
_ORDERS = ("pathAsc", "pathDsc", "nameAsc", "nameDsc")
_PARAMETERS = ("browseLocationItemKey", "browseResourceType", "filter", "orderBy")
_TYPES = ("none", "site", "documentLibrary", "folder")


@dataclass
class BrowseSession:
    """One browse session."""

    id: str  # its id, which is no GUID
    point: Point  # the restore point that is looked into; an express one of a drive or site
    created: float
    ready: float  # when it can be browsed (or has failed)
    error: str | None  # code with which its creation ends, or None
    expires: float  # when it is gone
    odd_keys: bool = False  # whether its item keys are of another form than the examples'

    @property
    def workload(self) -> Workload:
        return self.point.unit.workload

    def status(self, now: float) -> Literal["creating", "created", "failed"]:
        if now < self.ready:
            return "creating"
        return "created" if self.error is None else "failed"

    @cached_property
    def tops(self) -> list[Node]:
        return draw_tree(self.point.unit, self.point.moment, odd_keys=self.odd_keys)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        return {node.key: node for top in self.tops for node in top.walk()}

    def node(self, key: str) -> Node | None:
        """Return the item with a key; case matters in odd keys only."""
        return self.nodes.get(key) or self.nodes.get(key.lower())


class BrowseQuery(Struct, frozen=True, dict=True):
    """What a browse asks for, and from which row on."""

    location: str = ""  # item key of the place to look into; empty for the top locations
    name: str = ""  # text that names must contain; empty for all
    order: str = ""  # a ``browseQueryOrder``; empty for the tree's own
    start: int = 0  # first row, 0 or more


def browse_id(*parts: object) -> str:
    """Return an id of a browse session, which looks like those of the examples (``m_RtZ8..``)."""
    raw = b"".join(number(*parts, place).to_bytes(4, "big") for place in range(6))
    return "m_" + base64.urlsafe_b64encode(raw).decode()


def read_query(body: dict[str, Any], session: BrowseSession) -> BrowseQuery:
    """Read the body of a browse."""
    check_members(body, _PARAMETERS, "a parameter of browse")
    values = {name: value for name, value in body.items() if value is not None and not name.startswith("@")}
    if not all(isinstance(value, str) for value in values.values()):
        raise bad_request("The parameters of browse are texts.")
    kind, order = values.get("browseResourceType") or "none", values.get("orderBy") or ""
    if kind not in _TYPES:
        raise bad_request(f"Unknown browseResourceType {kind!r}.")
    if order and order not in _ORDERS:
        raise bad_request(f"Unknown orderBy {order!r}.")
    location = values.get("browseLocationItemKey", "")
    if location:
        node = find_node(session, location)
        if kind not in ("none", node.kind) or node.kind == "file":
            raise bad_request(f"The item {location} is a {node.kind}, not a {kind}.")
    elif kind != "none":
        raise bad_request("browseResourceType needs a browseLocationItemKey.")
    return BrowseQuery(location, _read_filter(values.get("filter", "")), order)


def find_node(session: BrowseSession, key: str) -> Node:
    """Return an item of a browse session. Refuses with 404 ``itemNotFound``."""
    node = session.node(key)
    if node is None:
        raise Refusal(404, "itemNotFound", f"The item {key} was not found in this browse session.")
    return node


def _read_filter(text: str) -> str:
    if not text.strip():
        return ""
    match = _FILTER.fullmatch(text.strip())
    if match is None or text.count("(") != text.count(")"):
        raise bad_request(f"The filter {text!r} cannot be read; (name -contains 'text') is supported.")
    return match[1].replace("''", "'").lower()


def rows_of(session: BrowseSession, query: BrowseQuery) -> tuple[list[Node], BrowseQuery | None]:
    """Return the rows of one page, and what asks for the next one."""
    found = find_node(session, query.location).children if query.location else session.tops
    found = [node for node in found if query.name in node.name.lower()]
    if query.order:
        by_path = query.order.startswith("path")
        found.sort(key=lambda node: (node.url if by_path else node.name).lower(), reverse=query.order.endswith("Dsc"))
    end = query.start + ROWS
    more = BrowseQuery(query.location, query.name, query.order, end) if end < len(found) else None
    return found[query.start : end], more


def write_token(query: BrowseQuery) -> str:
    """Return the token that asks for a page."""
    content = {"type": query.order, "filter": query.name, "itemkey": query.location, "skiptoken": query.start}
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def read_token(token: str) -> BrowseQuery:
    """Read a token. Refuses with 400 ``BadRequest`` when it is garbled."""
    wrong = bad_request("The $skiptoken is invalid.")
    try:
        found = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        query = BrowseQuery(found["itemkey"], found["filter"], found["type"], found["skiptoken"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise wrong from None
    texts = (query.location, query.name, query.order)
    if not all(isinstance(text, str) for text in texts) or type(query.start) is not int or query.start < 0:
        raise wrong
    if query.order and query.order not in _ORDERS:
        raise wrong
    return query


class BrowseSessions:
    """All browse sessions of one tenant."""

    def __init__(self, tenant: Tenant, seed: int, speed: float) -> None:
        self._tenant = tenant
        self._seed = seed
        self._speed = speed
        self._made = 0
        self._sessions: dict[str, BrowseSession] = {}

    def create(
        self, restore_point_id: object, workload: Workload, now: float, *, odd_keys: bool = False
    ) -> BrowseSession:
        """Make a session for an express restore point (page backuprestoreroot-post-sharepointbrowsesessions)."""
        if not isinstance(restore_point_id, str) or not restore_point_id:
            raise Refusal(400, "InvalidRestorePoint", "restorePointId is required.")
        point = find_point(self._tenant, restore_point_id, now)
        if point is None or point.unit.workload is not workload:
            raise Refusal(400, "InvalidRestorePoint", f"The restore point {restore_point_id} is invalid.")
        if not point.express:
            raise Refusal(400, "InvalidRestorePoint", "Only restore points with the tag fastRestore can be browsed.")
        identifier = browse_id(self._seed, "browse", self._made)
        self._made += 1
        seconds = (0.5 + number(identifier) % 100 / 100) * MINUTE
        error = "ArtifactNotFound" if point.unit.trait == "gone" else None
        session = BrowseSession(
            identifier, point, now, now + seconds / self._speed, error, now + LIFE, odd_keys=odd_keys
        )
        self._sessions[identifier] = session
        return session

    def end(self, identifier: str, now: float) -> None:
        """Let a session expire before its time."""
        self.get(identifier, None, now).expires = now

    def listed(self, now: float) -> list[BrowseSession]:
        """Return the sessions that have not expired, newest first."""
        self._sessions = {key: each for key, each in self._sessions.items() if now < each.expires}
        return list(reversed(self._sessions.values()))

    def get(self, identifier: str, workload: Workload | None, now: float) -> BrowseSession:
        session = self._sessions.get(identifier)
        if session is None or now >= session.expires or workload not in (None, session.workload):
            raise Refusal(404, "BrowseSessionNotFound", f"The browse session {identifier} was not found.")
        return session

    def browsable(self, identifier: str, workload: Workload | None, now: float) -> BrowseSession:
        """Return a session whose point can be looked into."""
        session = self.get(identifier, workload, now)
        status = session.status(now)
        if status != "created":
            raise Refusal(409, "BrowseSessionNotReady", f"The browse session is {status}, not created.")
        return session
