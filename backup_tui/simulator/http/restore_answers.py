"""Granular artifacts, bulk addition requests and browse sessions as JSON, as the contract writes them."""

from datetime import UTC, datetime
from urllib.parse import quote

from backup_tui.simulator.domain.artifacts import Artifact, FilePart, MailPart
from backup_tui.simulator.domain.browse_tree import Node
from backup_tui.simulator.domain.browsing import ERRORS, BrowseSession
from backup_tui.simulator.domain.bulk import BulkRequest
from backup_tui.simulator.domain.identifiers import guid, iso
from backup_tui.simulator.domain.sessions import RestoreSession
from backup_tui.simulator.domain.workloads import SHAREPOINT
from backup_tui.simulator.http import answers
from backup_tui.simulator.http.call import Call, Json

NO_TIME = "0001-01-01T00:00:00Z"  # what granular file artifacts send as a time that is not known yet


def mail_artifact(found: Artifact, call: Call) -> Json:
    """Return a granular mailbox artifact: a mailbox artifact with its search."""
    shown = answers.artifact(found, call) | {"@odata.type": f"#microsoft.graph.{found.unit.workload.granular_type}"}
    if isinstance(found.part, MailPart):
        shown |= {"searchResponseId": found.part.search.id, "artifactCount": found.part.search.hits}
    return shown


def file_artifact(found: Artifact, call: Call, session: RestoreSession) -> Json:
    """Return a granular drive or site artifact; before the activation texts are empty and times are of year 1."""
    part, run, now = found.part, found.run, call.now
    if not isinstance(part, FilePart):
        raise TypeError("an artifact of a whole unit was listed among files")
    workload = found.unit.workload
    status = found.status(now)
    if status == "added" and call.service.settings.page_forms:
        status = "unknown"  # the list's example; no member of the enumeration
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{workload.granular_type}",
        "id": found.id,
        "browseSessionId": part.browse.id,
        "status": status,
        "webUrl": "" if run is None else part.url,
        "restorePointDateTime": NO_TIME if run is None else iso(found.moment),
        "startDateTime": iso(run.start) if run is not None and now >= run.start else NO_TIME,
        "completionDateTime": iso(run.end) if run is not None and now >= run.end else NO_TIME,
        workload.owner_id: found.unit.owner,
    }
    shown |= _restored(found, part, session, now)
    if call.beta:
        shown["destinationType"] = found.destination
        shown["error"] = answers.artifact_error(run.error) if run is not None and now >= run.end else None
    return shown


def _restored(found: Artifact, part: FilePart, session: RestoreSession, now: float) -> Json:
    """Return where the item was put; all items of a session land in one folder."""
    if found.status(now) != "succeeded" or session.activated is None:
        return {"restoredItemKey": "", "restoredItemPath": "", "restoredItemWebUrl": ""}
    library = ",".join(part.key.split(",")[:3])
    folder = f"Restored {datetime.fromtimestamp(session.activated, UTC):%Y-%m-%d %H.%M}"
    path = f"Shared Documents/{folder}" if found.unit.workload is SHAREPOINT else f"Documents/{folder}"
    return {
        "restoredItemKey": f"{library},{guid(session.id, part.key)}",
        "restoredItemPath": f"{path}/{part.name}",
        "restoredItemWebUrl": f"{found.unit.url}/{quote(path)}/{quote(part.name)}",
    }


def added_file(found: Artifact, call: Call, session: RestoreSession) -> Json:
    """Return how a granular drive or site artifact that was added by an update is answered: without its owner."""
    shown = file_artifact(found, call, session)
    shown[found.unit.workload.owner_id] = None
    del shown["@odata.type"]
    return shown


def bulk_request(found: BulkRequest, call: Call, *, listed: bool = False) -> Json:
    """Return a bulk addition request; the names come back as empty lists, and not at all in a list of requests."""
    now = call.now
    status = found.status(now)
    shown: Json = {
        "@odata.type": f"#microsoft.graph.{found.workload.bulk_type}",
        "id": found.id,
        "displayName": found.title,
        "status": status,
        "protectionTimePeriod": found.given_period,
        "destinationType": found.destination,
        "tags": found.tags,
        "restorePointPreference": found.preference,
        **answers.stamps(
            found.created_by, found.created, found.created_by, found.created if status == "active" else found.completed
        ),
        "error": None,
    }
    if not listed:
        shown |= {found.workload.name_list: [], found.workload.id_list: []}
    if status == "completedWithErrors":
        message = f"{len(found.missing)} of the resources were not found."
        shown["error"] = answers.public_error("BulkRestoreArtifactsNotFound", message, details=found.missing)
    return shown


def browse_session(found: BrowseSession, call: Call) -> Json:
    """Return a browse session; its size, in bytes, is a string, and None until it is ``created``."""
    unit, now = found.point.unit, call.now
    status = found.status(now)
    code = found.error if status == "failed" else None
    return {
        "@odata.type": f"#microsoft.graph.{found.workload.browse_type}",
        "id": found.id,
        "status": status,
        "restorePointId": found.point.id,
        "restorePointDateTime": iso(found.point.moment),
        "createdDateTime": iso(found.created),
        "expirationDateTime": iso(found.expires),
        "backupSizeInBytes": str(sum(top.size for top in found.tops)) if status == "created" else None,
        unit.workload.owner_id: unit.owner,
        "error": None if code is None else answers.public_error(code, ERRORS[code]),
    }


def browsed_item(node: Node, call: Call) -> Json:
    """Return one row of a browse; beta tells who made a file or folder and when."""
    shown: Json = {"itemKey": node.key, "name": node.name, "webUrl": node.url, "type": node.kind}
    if node.kind != "site":
        shown |= {"itemsCount": len(node.children), "sizeInBytes": str(node.size)}
    if call.beta and node.kind in ("file", "folder"):
        shown |= answers.stamps(node.author, node.created, node.author, node.modified)
    return shown
