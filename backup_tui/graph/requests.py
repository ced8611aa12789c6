"""Every call that this program makes: path, query and body, in the form of the current pages. Pure.

Ids are opaque and hostile until shown otherwise: each is one percent-encoded path segment, and inside `$filter` a
string literal with its quotes doubled.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from urllib.parse import quote

from backup_tui.errors import UsageError
from backup_tui.graph.address import ROOT_PATH
from backup_tui.graph.operations import Operation
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.models.times import iso

MAX_ARTIFACTS = 50
"""Artifacts of one create or update request (error page, RestoreArtifactsLimitBreached)."""

MAX_SEARCH_UNITS = 20
"""Units of one search for restore points (page restorepoint-search)."""

Preference = Literal["latest", "oldest"]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, described but not sent.

    Attributes:
        operation: Which group of calls it belongs to; gives error codes their meaning.
        what: What it is, in plain words, for Activity and for messages.
        method: HTTP method.
        path: Path below the version, with its query, percent-encoded.
        request_class: What repeating it would mean.
        body: The JSON to send, `None` for no body at all.
        target: Id of what it is about, for messages.
        url: The service's own page link, already checked; counts instead of `path`.
        at_once: It is sent now or not at all: what was looked at before it would be old after a wait.
    """

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

    def at(self, url: str, path: str, page: int) -> Call:
        """The same read for a further page."""
        return replace(self, url=url, path=path, what=f"{self.what}, page {page}")


def segment(value: str) -> str:
    """One path segment.

    Raises:
        UsageError: It is empty or would be read as a step in the path.
    """
    if value in ("", ".", "..") or any("\ud800" <= char <= "\udfff" for char in value):
        raise UsageError(f"{value!r} cannot be an id.", field="id", value=value, certain="Nothing was sent.")
    return quote(value, safe="")


def literal(value: str) -> str:
    """A string literal of an OData expression."""
    return "'" + value.replace("'", "''") + "'"


def _path(*segments: str, query: Mapping[str, str] | None = None) -> str:
    path = "/".join((ROOT_PATH, *segments))
    if not query:
        return path
    return path + "?" + "&".join(f"{key}={quote(value, safe='')}" for key, value in query.items())


def _limited(count: int, *, what: str, limit: int) -> None:
    if count > limit:
        raise UsageError(
            f"{count} {what} are too many for one call; the service takes {limit}.",
            field=what,
            value=str(count),
            certain="Nothing was sent.",
        )


# Bodies


def create_body(service: Service, artifacts: Sequence[NewArtifact]) -> dict[str, object]:
    """What creates a draft: https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions

    Without artifacts it is `{}`, which makes an empty draft.

    Raises:
        UsageError: More than `MAX_ARTIFACTS`.
    """
    _limited(len(artifacts), what=service.names.units, limit=MAX_ARTIFACTS)
    if not artifacts:
        return {}
    return {
        "@odata.type": f"#microsoft.graph.{service.names.session_type}",
        service.names.artifacts: [artifact.body() for artifact in artifacts],
    }


def update_body(service: Service, add: Sequence[NewArtifact], remove: Sequence[str]) -> dict[str, object]:
    """What changes a draft: https://learn.microsoft.com/graph/api/exchangerestoresession-update

    Args:
        add: What is added.
        remove: Ids of the artifacts that leave the draft.

    Raises:
        UsageError: More than `MAX_ARTIFACTS` in all, or none.
    """
    _limited(len(add) + len(remove), what=service.names.units, limit=MAX_ARTIFACTS)
    if not add and not remove:
        raise UsageError("There is nothing to change in this draft.", field="units", certain="Nothing was sent.")
    # Removals first: a unit whose time is changed leaves before it comes back.
    gone: list[dict[str, object]] = [{"@removed": {"reason": "changed"}, "id": each} for each in remove]
    return {f"{service.names.artifacts}@delta": [*gone, *(artifact.body() for artifact in add)]}


def search_body(
    unit_ids: Sequence[str], *, start: datetime, end: datetime, prefer: Preference, express: bool
) -> dict[str, object]:
    """What searches restore points: https://learn.microsoft.com/graph/api/restorepoint-search

    Raises:
        UsageError: No unit, or more than `MAX_SEARCH_UNITS`.
    """
    _limited(len(unit_ids), what="units", limit=MAX_SEARCH_UNITS)
    if not unit_ids:
        raise UsageError("There is no unit to look for.", field="units", certain="Nothing was sent.")
    body: dict[str, object] = {
        "protectionUnitIds": list(unit_ids),
        "protectionTimePeriod": {"startDateTime": iso(start), "endDateTime": iso(end)},
        "restorePointPreference": prefer,
    }
    if express:
        body["tags"] = "fastRestore"
    return body


# Reads


def read_service() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-get"""
    return Call(Operation.SERVICE_READ, "read the state of the backup", "GET", _path())


def list_policies() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionpolicies"""
    return Call(Operation.POLICY_LIST, "list policies", "GET", _path("protectionPolicies"))


def read_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-get"""
    return Call(
        Operation.POLICY_READ,
        f"read policy {short_id(policy_id)}",
        "GET",
        _path("protectionPolicies", segment(policy_id)),
        target=policy_id,
    )


def list_units(service: Service, policy_id: str | None = None) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-protectionunits, by type or within a policy."""
    names = service.names
    if policy_id is None:
        path = _path("protectionUnits", f"microsoft.graph.{names.unit_type}")
        return Call(Operation.UNIT_LIST, f"list {names.units}", "GET", path)
    path = _path(names.policies_path, segment(policy_id), names.policy_units_path)
    what = f"list {names.units} of policy {short_id(policy_id)}"
    return Call(Operation.UNIT_LIST, what, "GET", path, target=policy_id)


def list_all_units() -> Call:
    """The collection of all units, which the metadata has and no page describes."""
    return Call(Operation.UNIT_LIST, "list all units", "GET", _path("protectionUnits"))


def read_unit(unit_id: str, service: Service) -> Call:
    """https://learn.microsoft.com/graph/api/protectionunitbase-get"""
    return Call(
        Operation.UNIT_READ,
        f"read {service.names.unit} {short_id(unit_id)}",
        "GET",
        _path("protectionUnits", segment(unit_id)),
        target=unit_id,
    )


def search_points(
    unit_ids: Sequence[str], *, start: datetime, end: datetime, prefer: Preference, express: bool
) -> Call:
    """https://learn.microsoft.com/graph/api/restorepoint-search; a POST that reads."""
    count = len(unit_ids)
    return Call(
        Operation.POINT_SEARCH,
        f"search restore points of {counted(count, 'unit')}",
        "POST",
        _path("restorePoints", "search"),
        body=search_body(unit_ids, start=start, end=end, prefer=prefer, express=express),
    )


def list_points(unit_id: str, *, before: datetime) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-restorepoints; at most five, newest first."""
    query = {
        "$expand": f"protectionUnit($filter=id eq {literal(unit_id)})",
        "$filter": f"protectionDateTime lt {iso(before)}",
        "$orderby": "protectionDateTime desc",
    }
    what = f"list restore points of unit {short_id(unit_id)}"
    return Call(Operation.POINT_LIST, what, "GET", _path("restorePoints", query=query), target=unit_id)


def list_sessions() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-restoresessions"""
    return Call(Operation.SESSION_LIST, "list sessions", "GET", _path("restoreSessions"))


def read_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-get"""
    return Call(
        Operation.SESSION_READ,
        f"read session {short_id(session_id)}",
        "GET",
        _path("restoreSessions", segment(session_id)),
        target=session_id,
    )


def list_artifacts(service: Service, session_id: str, *, expand_units: bool = False) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-list-mailboxrestoreartifacts and its siblings."""
    names = service.names
    query = {"$expand": "restorePoint($expand=protectionUnit)"} if expand_units else None
    return Call(
        Operation.ARTIFACT_LIST,
        f"list {names.units} of session {short_id(session_id)}",
        "GET",
        _path(names.sessions_path, segment(session_id), names.artifacts, query=query),
        target=session_id,
    )


# Changes


def create_session(service: Service, artifacts: Sequence[NewArtifact]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions and its siblings."""
    return Call(
        Operation.SESSION_CREATE,
        f"make a draft of {service.counted(len(artifacts))}",
        "POST",
        _path(service.names.sessions_path),
        RequestClass.CREATE,
        body=create_body(service, artifacts),
    )


def update_session(service: Service, session_id: str, add: Sequence[NewArtifact], remove: Sequence[str]) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-update and its siblings."""
    return Call(
        Operation.SESSION_EDIT,
        f"change draft {short_id(session_id)}: {len(add)} added, {len(remove)} removed",
        "PATCH",
        _path(service.names.sessions_path, segment(session_id)),
        RequestClass.EDIT,
        body=update_body(service, add, remove),
        target=session_id,
    )


def update_session_base(session_id: str, changes: Mapping[str, object]) -> Call:
    """The beta page "Update restoreSessionBase": the base path with members of the session itself."""
    return Call(
        Operation.SESSION_EDIT,
        f"change session {short_id(session_id)} itself",
        "PATCH",
        _path("restoreSessions", segment(session_id)),
        RequestClass.EDIT,
        body=changes,
        target=session_id,
    )


def activate_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-activate; no body."""
    return Call(
        Operation.SESSION_ACTIVATE,
        f"START session {short_id(session_id)}",
        "POST",
        _path("restoreSessions", segment(session_id), "activate"),
        RequestClass.STATE,
        target=session_id,
        at_once=True,
    )


def delete_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-delete"""
    return Call(
        Operation.SESSION_DELETE,
        f"delete draft {short_id(session_id)}",
        "DELETE",
        _path("restoreSessions", segment(session_id)),
        RequestClass.DELETE,
        target=session_id,
    )


def activate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-activate; no body."""
    return Call(
        Operation.POLICY_ACTIVATE,
        f"ACTIVATE policy {short_id(policy_id)}",
        "POST",
        _path("protectionPolicies", segment(policy_id), "activate"),
        RequestClass.STATE,
        target=policy_id,
    )


def deactivate_policy(policy_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/protectionpolicybase-deactivate; no body."""
    return Call(
        Operation.POLICY_DEACTIVATE,
        f"DEACTIVATE policy {short_id(policy_id)}",
        "POST",
        _path("protectionPolicies", segment(policy_id), "deactivate"),
        RequestClass.STATE,
        target=policy_id,
    )
