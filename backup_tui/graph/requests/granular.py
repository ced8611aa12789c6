"""Requests about single items in restore sessions: mails that were found, files that were chosen. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, limited, path_of, segment
from backup_tui.graph.requests.sessions import MAX_ARTIFACTS
from backup_tui.models.calls import RequestClass
from backup_tui.models.granular import ItemKeyForm, NewItem, NewMailItems
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id


def create_mail_session(items: Sequence[NewMailItems]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions with found items. Raises
    `UsageError`: none, or more than `MAX_ARTIFACTS`."""
    what = f"make a draft of the mails found in {counted(len(items), 'point')}"
    return _create(Service.EXCHANGE, [item.body() for item in items], what)


def create_item_session(service: Service, items: Sequence[NewItem]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointrestoresessions with chosen items. Raises
    `UsageError`: none, more than `MAX_ARTIFACTS`, one twice, or a service that has no files."""
    _has_files(service)
    _once([item.item_key for item in items])
    what = f"make a draft of {counted(len(items), 'file or folder', 'files and folders')}"
    return _create(service, [item.body() for item in items], what)


def _create(service: Service, bodies: list[dict[str, object]], what: str) -> Call:
    names = service.names
    limited(len(bodies), what="entries", limit=MAX_ARTIFACTS)
    if not bodies:
        raise UsageError("There is nothing to restore in this draft.", field="items", certainty="Nothing was sent.")
    return Call(
        Operation.SESSION_CREATE,
        what,
        "POST",
        path_of(names.sessions_path),
        RequestClass.CREATE,
        body={"@odata.type": f"#microsoft.graph.{names.session_type}", names.granular: bodies},
    )


def update_items(
    service: Service, session_id: str, add: Sequence[NewItem], remove: Sequence[str], form: ItemKeyForm
) -> Call:
    """https://learn.microsoft.com/graph/api/onedriveforbusinessrestoresession-update and the SharePoint one. Raises
    `UsageError`: more than `MAX_ARTIFACTS` in all, none, one twice, or a service that has no files."""
    _has_files(service)
    limited(len(add) + len(remove), what="files and folders", limit=MAX_ARTIFACTS)
    _once([item.item_key for item in add])
    if not add and not remove:
        raise UsageError("There is nothing to change in this draft.", field="items", certainty="Nothing was sent.")
    used = form if service is Service.ONEDRIVE else ItemKeyForm.ID
    gone: list[dict[str, object]] = [{"@removed": {"reason": "changed"}, "id": key} for key in remove]
    return Call(
        Operation.SESSION_EDIT,
        f"change draft {short_id(session_id)}: {len(add)} files added, {len(remove)} removed",
        "PATCH",
        path_of(service.names.sessions_path, segment(session_id)),
        RequestClass.EDIT,
        body={f"{service.names.granular}@delta": [*gone, *(item.body(used) for item in add)]},
        target=session_id,
    )


def list_granular(service: Service, session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointrestoresession-list-granularsiterestoreartifacts, no options. The
    list of found mails is in the metadata and on no page; a session is as well read with the rights of one."""
    names = service.names
    mails = service is Service.EXCHANGE
    return Call(
        Operation.ARTIFACT_LIST if mails else Operation.GRANULAR_LIST,
        f"list {'mails' if mails else 'files and folders'} of session {short_id(session_id)}",
        "GET",
        path_of(names.sessions_path, segment(session_id), names.granular),
        target=session_id,
    )


def _has_files(service: Service) -> None:
    if not service.names.browse_path:
        raise UsageError(
            f"{service.label} has no files to choose; what is in a mailbox is found by a search.",
            field="service",
            value=service.value,
            certainty="Nothing was sent.",
        )


def _once(keys: Sequence[str]) -> None:
    twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
    if twice is not None:
        raise UsageError(
            "The same file or folder is in this draft twice.",
            field="items",
            value=twice,
            certainty="Nothing was sent.",
        )
