"""Requests about restore sessions and the units in them. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, limited, path_of, segment
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service
from backup_tui.models.text import short_id

MAX_ARTIFACTS = 50
"""Artifacts of one create or update request (error page, RestoreArtifactsLimitBreached)."""


def create_body(service: Service, artifacts: Sequence[NewArtifact], policy_id: str = "") -> dict[str, object]:
    """What creates a draft: https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions;
    without artifacts it is `{}`, which makes an empty draft. Raises `UsageError`: more than `MAX_ARTIFACTS`."""
    limited(len(artifacts), what=service.names.units, limit=MAX_ARTIFACTS)
    policy = {"policyId": policy_id} if policy_id else {}
    if not artifacts:
        return dict(policy)
    return {
        "@odata.type": f"#microsoft.graph.{service.names.session_type}",
        **policy,
        service.names.artifacts: [artifact.body() for artifact in artifacts],
    }


def update_body(service: Service, add: Sequence[NewArtifact], remove: Sequence[str]) -> dict[str, object]:
    """What changes a draft: https://learn.microsoft.com/graph/api/exchangerestoresession-update; raises `UsageError`:
    more than `MAX_ARTIFACTS` in all, or none."""
    limited(len(add) + len(remove), what=service.names.units, limit=MAX_ARTIFACTS)
    if not add and not remove:
        raise UsageError("There is nothing to change in this draft.", field="units", certainty="Nothing was sent.")
    # Removals first: a unit whose time is changed leaves before it comes back.
    gone: list[dict[str, object]] = [{"@removed": {"reason": "changed"}, "id": each} for each in remove]
    return {f"{service.names.artifacts}@delta": [*gone, *(artifact.body() for artifact in add)]}


def list_sessions() -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-list-restoresessions"""
    return Call(Operation.SESSION_LIST, "list sessions", "GET", path_of("restoreSessions"))


def read_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-get"""
    return Call(
        Operation.SESSION_READ,
        f"read session {short_id(session_id)}",
        "GET",
        path_of("restoreSessions", segment(session_id)),
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
        path_of(names.sessions_path, segment(session_id), names.artifacts, query=query),
        target=session_id,
    )


def create_session(service: Service, artifacts: Sequence[NewArtifact], policy_id: str = "") -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions and its siblings."""
    return Call(
        Operation.SESSION_CREATE,
        f"make a draft of {service.counted(len(artifacts))}",
        "POST",
        path_of(service.names.sessions_path),
        RequestClass.CREATE,
        body=create_body(service, artifacts, policy_id),
    )


def update_session(service: Service, session_id: str, add: Sequence[NewArtifact], remove: Sequence[str]) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-update and its siblings."""
    return Call(
        Operation.SESSION_EDIT,
        f"change draft {short_id(session_id)}: {len(add)} added, {len(remove)} removed",
        "PATCH",
        path_of(service.names.sessions_path, segment(session_id)),
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
        path_of("restoreSessions", segment(session_id)),
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
        path_of("restoreSessions", segment(session_id), "activate"),
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
        path_of("restoreSessions", segment(session_id)),
        RequestClass.DELETE,
        target=session_id,
    )
