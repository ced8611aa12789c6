"""Entries that add granular artifacts to a draft: what a search found in a mailbox, one file or folder of a browse."""

from typing import Any

from backup_tui.simulator.domain.artifacts import FilePart, MailPart
from backup_tui.simulator.domain.drafting import Addition, Reader, full_reader
from backup_tui.simulator.domain.service import Service
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, Workload
from backup_tui.simulator.http.errors import Refusal, check_members, coded

_invalid = coded("InvalidArtifactRequest")


def mail_reader(service: Service, now: float) -> Reader:
    """Return what reads a granular mailbox artifact.

    The reader refuses as one of full artifacts, and with 400 ``InvalidArtifactRequest`` for a search that is missing,
    unknown or of another restore point (no page documents a code).
    """
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
    """Return what reads a granular drive or site artifact.

    Args:
        patch: Whether it stands in an update; the OneDrive page names the key ``itemKey`` there.
        beta: Whether ``destinationType`` is known.

    The reader refuses with 400 ``InvalidArtifactRequest`` and ``InvalidPathType``, and 404 ``BrowseSessionNotFound``;
    no page documents codes.
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
        node = session.nodes.get(keys.pop().lower())
        if node is None or node.kind == "site":
            raise _invalid("The item is not a file, folder or library of the browse session.")
        return Addition(session.point, destination or "new", FilePart(session, node.key, node.name, node.url))

    return read
