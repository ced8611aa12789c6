"""Additions to and removals from a draft: read, checked, and only then applied."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct

from backup_tui.simulator.domain.artifacts import Artifact, FilePart, MailPart, Part
from backup_tui.simulator.domain.identifiers import iso
from backup_tui.simulator.domain.points import Point, find_point
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.tenant import Tenant
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, Workload
from backup_tui.simulator.http.errors import Refusal, check_members, coded, failed_entry

MOST_ARTIFACTS = 50
_invalid = coded("InvalidArtifactRequest")
BASE_MEMBERS = frozenset(
    {
        "id", "status", "completedDateTime", "createdBy", "createdDateTime", "error", "lastModifiedBy",
        "lastModifiedDateTime", "restoreJobType", "restoreSessionArtifactCount",
    }
)  # fmt: skip
"""Members of ``restoreSessionBase``: taken in every request, never changed by one."""


class Addition(Struct, frozen=True, dict=True):
    """An artifact to be made from a restore point, of all of it or of a part."""

    point: Point
    destination: str
    part: Part | None = None

    @property
    def what(self) -> str:
        return self.point.unit.id if self.part is None else self.part.what


Reader = Callable[[dict[str, Any]], Addition]
"""Reads one entry that adds an artifact; raises a refusal when it is wrong."""


class Removal(Struct, frozen=True, dict=True):
    """An artifact to be removed, by its id."""

    artifact_id: str


def read_additions(items: object, reader: Reader, limit_status: Literal[400, 413]) -> list[Addition]:
    """Read the artifacts of a create request; too many are refused with ``limit_status``."""
    additions = [reader(item) for item in _checked_list(items, limit_status)]
    _check_together(additions)
    return additions


def read_changes(items: object, reader: Reader) -> list[Addition | Removal]:
    """Read the entries of a delta, in their order. Refuses as ``read_additions``, the limit with 400."""
    changes: list[Addition | Removal] = []
    for item in _checked_list(items, 400):
        if "@removed" in item:
            identifier = item.get("id")
            if not isinstance(identifier, str) or not identifier:
                raise _invalid("The id of an artifact to remove is missing.")
            changes.append(Removal(identifier))
        else:
            changes.append(reader(item))
    _check_together([change for change in changes if isinstance(change, Addition)])
    removed = [change.artifact_id for change in changes if isinstance(change, Removal)]
    if len(removed) != len(set(removed)):
        raise Refusal(400, "DuplicateArtifactInList", "The same artifact is in the request twice.")
    return changes


def _checked_list(items: object, limit_status: Literal[400, 413]) -> list[dict[str, Any]]:
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise _invalid("The list of artifacts is null, empty or malformed.")
    if len(items) > MOST_ARTIFACTS:
        message = f"A request can hold at most {MOST_ARTIFACTS} artifacts; this one has {len(items)}."
        raise Refusal(limit_status, "RestoreArtifactsLimitBreached", message)
    return items


def full_reader(workload: Workload, tenant: Tenant, now: float) -> Reader:
    """Return what reads a full artifact: a restore point and a destination."""

    def read(item: dict[str, Any]) -> Addition:
        destination = item.get("destinationType")
        if not isinstance(destination, str) or destination not in ("new", "inPlace"):
            raise Refusal(400, "InvalidPathType", f"The destinationType {destination!r} is missing or unknown.")
        reference = item.get("restorePoint")
        # The pages of 2024 refer to the point by @odata.id, the later ones by id.
        identifier = (reference.get("id") or reference.get("@odata.id")) if isinstance(reference, dict) else None
        if not isinstance(identifier, str) or not identifier:
            raise Refusal(400, "InvalidRestorePoint", "The restore point ID is absent or empty.")
        point = find_point(tenant, identifier.rpartition("/")[2] if "://" in identifier else identifier, now)
        if point is None or point.unit.workload is not workload:
            raise Refusal(400, "InvalidRestorePoint", f"The restore point {identifier} is invalid.")
        return Addition(point, destination)

    return read


def mail_reader(service: Service, now: float) -> Reader:
    """Return what reads a granular mailbox artifact; no page documents codes for a wrong search."""
    full = full_reader(EXCHANGE, service.tenant, now)

    def read(item: dict[str, Any]) -> Addition:
        addition = full(item)
        identifier = item.get("searchResponseId")
        if not isinstance(identifier, str) or not identifier:
            raise _invalid("searchResponseId is required.")
        search = service.searches.get(identifier.lower())
        if search is None or search.point != addition.point:
            raise _invalid(f"The search response {identifier} is unknown, or of another restore point.")
        return Addition(addition.point, addition.destination, MailPart(search))

    return read


def file_reader(service: Service, workload: Workload, now: float, *, patch: bool, beta: bool) -> Reader:
    """Return what reads a granular drive or site artifact; no page documents codes.

    In an update (``patch``) the OneDrive page names the key ``itemKey``; only beta knows ``destinationType``.
    """
    names = ("id", "itemKey") if patch and workload is ONEDRIVE else ("id",)
    known = {"browseSessionId", *names} | ({"destinationType"} if beta else set())

    def read(item: dict[str, Any]) -> Addition:
        check_members(item, known, "a property of a granular artifact here", _invalid)
        keys = {item[name] for name in names if isinstance(item.get(name), str) and item[name]}
        if len(keys) != 1:
            raise _invalid(f"The item key is missing, or there are two: {' or '.join(names)} is required.")
        destination = item.get("destinationType")
        if destination is not None and destination not in ("new", "inPlace"):
            raise Refusal(400, "InvalidPathType", f"The destinationType {destination!r} is unknown.")
        identifier = item.get("browseSessionId")
        if not isinstance(identifier, str) or not identifier:
            raise _invalid("browseSessionId is required.")
        session = service.browse_sessions.browsable(identifier, workload, now)
        node = session.node(keys.pop())
        if node is None or node.kind == "site":
            raise _invalid("The item is not a file, folder or library of the browse session.")
        return Addition(session.point, destination or "new", FilePart(session, node.key, node.name, node.url))

    return read


def _check_together(additions: list[Addition]) -> None:
    """Check what the artifacts of one request must have in common."""
    if len({each.destination for each in additions}) > 1:
        message = "All artifacts of a restore session must have the same destinationType."
        raise Refusal(400, "DifferentRestoreDestinationType", message)
    if len({each.what for each in additions}) < len(additions):
        raise Refusal(400, "DuplicateArtifactInList", "The same artifact is in the request twice.")


def check_policy(additions: Sequence[Addition | Removal], policy_id: str | None) -> None:
    """Check that what is added belongs to the policy that a session names (beta)."""
    for each in additions:
        if policy_id is None or isinstance(each, Removal):
            continue
        policy = each.point.unit.policy
        if policy is None or policy.id != policy_id:
            message = f"The protection unit of {each.point.id} is not in policy {policy_id}."
            raise _invalid(message)


def check_kind(session: RestoreSession, changes: Sequence[Addition | Removal], granular: bool) -> None:
    """Check that a session that holds artifacts gets only more of their kind.

    The pages forbid to mix full and granular ones in one request; that it holds for the session follows from its
    one ``restoreJobType``.
    """
    adding = any(isinstance(change, Addition) for change in changes)
    if adding and session.artifacts and (session.job == "granular") is not granular:
        raise _invalid("Granular and full restore artifacts cannot be mixed.")


def apply_changes(
    session: RestoreSession,
    changes: list[Addition | Removal],
    now: float,
    added: Callable[[Artifact], dict[str, Any]],
    *,
    tell_removals: bool = False,
) -> list[dict[str, Any]]:
    """Change a draft, entry by entry, and return the answer's delta; what is wrong with an entry is answered in it.

    Removals that were done are answered only where ``tell_removals`` says so, as granular ones are. Refuses with 400
    ``DifferentRestoreDestinationType`` when an addition goes elsewhere than what stays in the draft (documented for
    create; the rule holds for the session).
    """
    leaving = {change.artifact_id.lower() for change in changes if isinstance(change, Removal)}
    staying = [artifact for artifact in session.artifacts if artifact.id.lower() not in leaving]
    for change in changes:
        if isinstance(change, Addition) and any(each.destination != change.destination for each in staying):
            message = "All artifacts of a restore session must have the same destinationType."
            raise Refusal(400, "DifferentRestoreDestinationType", message)
    answer = []
    known = {artifact.id.lower() for artifact in session.artifacts}
    taken = {artifact.what for artifact in staying}
    session.artifacts = staying
    for place, change in enumerate(changes, 1):
        if isinstance(change, Removal):
            if change.artifact_id.lower() not in known:
                text = f"The artifact {change.artifact_id} is not in the session."
                answer.append(failed_entry("remove", "Invalid", text, place) | {"id": change.artifact_id})
            elif tell_removals:
                answer.append({"@removed": {"reason": "changed"}, "id": change.artifact_id})
        elif change.what in taken:
            text = "The artifact is in the session already."
            named: dict[str, Any] = {"restorePoint": {"id": change.point.id}}
            if isinstance(change.part, FilePart):
                named = {"id": change.part.key}
            answer.append(failed_entry("add", "Invalid", text, place) | named)
        else:
            taken.add(change.what)
            answer.append(added(add_to(session, change, now)))
    return answer


def add_to(session: RestoreSession, addition: Addition, now: float) -> Artifact:
    """Add an artifact to a draft without any check; ``now`` in seconds since 1970."""
    point = addition.point
    return session.add(point.unit, point.moment, point.express, addition.destination, now, addition.part)


def added_artifact(artifact: Artifact) -> dict[str, Any]:
    """Return how a full artifact that was added is answered."""
    return {
        "id": artifact.id,
        "restorePoint": {"id": artifact.point_id},
        "destinationType": artifact.destination,
        "status": "added",
        "createdDateTime": iso(artifact.created),
    }
