"""Builds the service's objects and store updates for the tests of the store and of background reading."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from backup_tui.models.artifacts import RestoreArtifact, read_artifact
from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.units import ProtectionUnit, read_unit

NOW = datetime(2026, 11, 20, 4, 2, tzinfo=UTC)


def at(minutes: float) -> datetime:
    """So many minutes after `NOW`."""
    return NOW + timedelta(minutes=minutes)


def stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def session(
    session_id: str,
    status: str = "active",
    *,
    total: int | None = 10,
    completed: int = 0,
    failed: int = 0,
    in_progress: int = 0,
    modified: datetime | None = NOW,
    service: Service = Service.ONEDRIVE,
    by: str = "adele",
    **extra: Any,
) -> RestoreSession:
    raw: dict[str, Any] = {
        "@odata.type": f"#microsoft.graph.{service.names.session_type}",
        "id": session_id,
        "status": status,
        "createdBy": {"user": {"id": f"oid-{by}", "displayName": by}},
        "createdDateTime": stamp(at(-120)),
        "lastModifiedBy": {"user": {"id": f"oid-{by}", "displayName": by}},
        "restoreSessionArtifactCount": {
            "total": total,
            "completed": completed,
            "failed": failed,
            "inProgress": in_progress,
        },
        **extra,
    }
    if modified is not None:
        raw["lastModifiedDateTime"] = stamp(modified)
    return read_session(raw)


def artifact(
    artifact_id: str,
    status: str = "inProgress",
    *,
    point: str | None = None,
    destination: str = "inPlace",
    started: datetime | None = None,
    completed: datetime | None = None,
    code: str = "",
    service: Service = Service.ONEDRIVE,
    **extra: Any,
) -> RestoreArtifact:
    raw: dict[str, Any] = {
        "id": artifact_id,
        "status": status,
        "destinationType": destination,
        "restorePoint": {"id": point or f"point-{artifact_id}"},
        **extra,
    }
    if started:
        raw["startDateTime"] = stamp(started)
    if completed:
        raw["completionDateTime"] = stamp(completed)
    if code:
        raw["error"] = {"code": code, "message": code}
    return read_artifact(raw, service)


def unit(unit_id: str, email: str | None = None, name: str | None = None, status: str = "protected") -> ProtectionUnit:
    return read_unit(
        {"id": unit_id, "status": status, "email": email, "displayName": name, "policyId": "policy-1"},
        Service.ONEDRIVE,
    )


def policy(policy_id: str, status: str = "active", *, modified: datetime = NOW, **extra: Any) -> ProtectionPolicy:
    return read_policy(
        {
            "@odata.type": "#microsoft.graph.oneDriveForBusinessProtectionPolicy",
            "id": policy_id,
            "displayName": f"Policy {policy_id}",
            "status": status,
            "lastModifiedDateTime": stamp(modified),
            **extra,
        }
    )


def call(
    call_id: str,
    *,
    status: int | None = 200,
    outcome: Outcome = Outcome.DONE,
    mutating: bool = False,
    started: datetime = NOW,
    note: str = "",
) -> CallRecord:
    return CallRecord(
        id=call_id,
        what=f"read {call_id}",
        method="POST" if mutating else "GET",
        path="/solutions/backupRestore",
        started=started,
        milliseconds=120 if status else None,
        status=status,
        code="",
        outcome=outcome,
        try_number=1,
        request_id=None,
        mutating=mutating,
        note=note,
    )
