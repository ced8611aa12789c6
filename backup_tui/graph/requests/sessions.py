"""Requests about restore sessions and what is in them: units, single items, lists of names. Pure."""

from collections.abc import Mapping, Sequence

from backup_tui.errors import UsageError
from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, about, limited, path_of, segment
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.calls import RequestClass
from backup_tui.models.granular import ItemKeyForm, NewItem, NewMailItems
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id

MAX_ARTIFACTS = 50  # artifacts of one create or update request (error page, RestoreArtifactsLimitBreached)


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
        raise UsageError.unsent("No change was requested.", "units")
    return _delta(service.names.artifacts, [artifact.body() for artifact in add], remove)


LIST_SESSIONS = Call(Operation.SESSION_LIST, "list sessions", "GET", path_of("restoreSessions"))
"""https://learn.microsoft.com/graph/api/backuprestoreroot-list-restoresessions"""


def read_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-get"""
    return about(session_id, Operation.SESSION_READ, "read session", _session(session_id))


def list_artifacts(service: Service, session_id: str, *, expand_units: bool = False) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-list-mailboxrestoreartifacts and its siblings."""
    query = {"$expand": "restorePoint($expand=protectionUnit)"} if expand_units else None
    path = _of(service, session_id, service.names.artifacts, query=query)
    return about(session_id, Operation.ARTIFACT_LIST, f"list {service.names.units} of session", path)


def create_session(service: Service, artifacts: Sequence[NewArtifact], policy_id: str = "") -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions and its siblings."""
    return _create(
        service, f"create a draft of {service.counted(len(artifacts))}", create_body(service, artifacts, policy_id)
    )


def update_session(service: Service, session_id: str, add: Sequence[NewArtifact], remove: Sequence[str]) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-update and its siblings."""
    what = _differs(len(add), len(remove))
    return _update(service, session_id, what, update_body(service, add, remove))


def _differs(added: int, removed: int, what: str = "") -> str:
    counts = (f"{added}{what} added" if added or not removed else "", f"{removed} removed" if removed else "")
    return ", ".join(filter(None, counts))


def update_session_base(session_id: str, changes: Mapping[str, object]) -> Call:
    """The beta page "Update restoreSessionBase": the base path with members of the session itself."""
    what, path = f"change session {short_id(session_id)} itself", _session(session_id)
    return Call(Operation.SESSION_EDIT, what, "PATCH", path, RequestClass.EDIT, body=changes, target=session_id)


def activate_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-activate; no body."""
    path = _session(session_id, "activate")
    return about(session_id, Operation.SESSION_ACTIVATE, "START session", path, RequestClass.STATE, at_once=True)


def delete_session(session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/restoresessionbase-delete"""
    return about(session_id, Operation.SESSION_DELETE, "delete draft", _session(session_id), RequestClass.DELETE)


# Single items: mails that were found, files that were chosen


def create_mail_session(items: Sequence[NewMailItems]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-exchangerestoresessions with found items. Raises
    `UsageError`: none, or more than `MAX_ARTIFACTS`."""
    what = f"create a draft of the mails found in {counted(len(items), 'point')}"
    return _create(Service.EXCHANGE, what, _items_body(Service.EXCHANGE, [item.body() for item in items]))


def create_item_session(service: Service, items: Sequence[NewItem]) -> Call:
    """https://learn.microsoft.com/graph/api/backuprestoreroot-post-sharepointrestoresessions with chosen items. Raises
    `UsageError`: none, more than `MAX_ARTIFACTS`, one twice, or a service that has no files."""
    _check_files(service, items)
    what = f"create a draft of {counted(len(items), 'file or folder', 'files and folders')}"
    return _create(service, what, create_items_body(service, items))


def create_items_body(service: Service, items: Sequence[NewItem]) -> dict[str, object]:
    """The JSON of a create with chosen items."""
    return _items_body(service, [item.body() for item in items])


def update_items(
    service: Service, session_id: str, add: Sequence[NewItem], remove: Sequence[str], form: ItemKeyForm
) -> Call:
    """https://learn.microsoft.com/graph/api/onedriveforbusinessrestoresession-update and the SharePoint one, which
    always gets its item keys as `id`. Raises `UsageError`: more than `MAX_ARTIFACTS` in all, none, one twice, or a
    service that has no files: no page shows a change of found mails."""
    limited(len(add) + len(remove), what="files and folders", limit=MAX_ARTIFACTS)
    _check_files(service, add)
    if not add and not remove:
        raise UsageError.unsent("No change was requested.", "items")
    body = update_items_body(service, add, remove, form)
    return _update(service, session_id, _differs(len(add), len(remove), " files"), body)


def update_items_body(
    service: Service, add: Sequence[NewItem], remove: Sequence[str], form: ItemKeyForm
) -> dict[str, object]:
    """The JSON of a change of a draft of chosen items."""
    used = form if service is Service.ONEDRIVE else ItemKeyForm.ID
    return _delta(service.names.granular, [item.body(used) for item in add], remove)


def list_granular(service: Service, session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/sharepointrestoresession-list-granularsiterestoreartifacts, no options. The
    list of found mails is in the metadata and on no page; a session is as well read with the rights of one."""
    path = _of(service, session_id, service.names.granular)
    if service is Service.EXCHANGE:
        return about(session_id, Operation.ARTIFACT_LIST, "list mails of session", path)
    return about(session_id, Operation.GRANULAR_LIST, "list files and folders of session", path)


# Lists of names that the service resolves itself


def create_bulk_request(service: Service, session_id: str, new: NewBulkRequest) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests"""
    what, path = f"add {counted(new.count, 'name')} to draft", _of(service, session_id, service.names.bulk_requests)
    return about(session_id, Operation.BULK_CREATE, what, path, RequestClass.CREATE, body=new.body(service))


def list_bulk_requests(service: Service, session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-list-mailboxrestoreartifactsbulkadditionrequests"""
    path = _of(service, session_id, service.names.bulk_requests)
    return about(session_id, Operation.BULK_READ, "list the lists of names of session", path)


def read_bulk_request(service: Service, session_id: str, request_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxrestoreartifactsbulkadditionrequest-get"""
    path = _of(service, session_id, service.names.bulk_requests, segment(request_id))
    return about(request_id, Operation.BULK_READ, "read the list of names", path)


def delete_bulk_request(service: Service, session_id: str, request_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxrestoreartifactsbulkadditionrequest-delete"""
    path = _of(service, session_id, service.names.bulk_requests, segment(request_id))
    return about(request_id, Operation.BULK_DELETE, "delete the list of names", path, RequestClass.DELETE)


def _session(session_id: str, *more: str) -> str:
    return path_of("restoreSessions", segment(session_id), *more)


def _of(service: Service, session_id: str, *more: str, query: Mapping[str, str] | None = None) -> str:
    return path_of(service.names.sessions_path, segment(session_id), *more, query=query)


def _create(service: Service, what: str, body: Mapping[str, object]) -> Call:
    path = path_of(service.names.sessions_path)
    return Call(Operation.SESSION_CREATE, what, "POST", path, RequestClass.CREATE, body=body)


def _update(service: Service, session_id: str, what: str, body: Mapping[str, object]) -> Call:
    what, path = f"change draft {short_id(session_id)}: {what}", _of(service, session_id)
    return Call(Operation.SESSION_EDIT, what, "PATCH", path, RequestClass.EDIT, body=body, target=session_id)


def _delta(collection: str, added: Sequence[dict[str, object]], remove: Sequence[str]) -> dict[str, object]:
    # Removals first: a unit whose time is changed leaves before it comes back.
    gone: list[dict[str, object]] = [{"@removed": {"reason": "changed"}, "id": each} for each in remove]
    return {f"{collection}@delta": [*gone, *added]}


def _items_body(service: Service, items: list[dict[str, object]]) -> dict[str, object]:
    limited(len(items), what="entries", limit=MAX_ARTIFACTS)
    if not items:
        raise UsageError.unsent("Nothing was chosen to restore.", "items")
    return {"@odata.type": f"#microsoft.graph.{service.names.session_type}", service.names.granular: items}


def _check_files(service: Service, items: Sequence[NewItem]) -> None:
    if not service.names.browse_path:
        why = f"{service.label} has no files to choose; search the mailbox instead."
        raise UsageError.unsent(why, "service", service.value)
    keys = [item.item_key for item in items]
    twice = next((key for index, key in enumerate(keys) if key in keys[:index]), None)
    if twice is not None:
        raise UsageError.unsent("The same file or folder is in this draft twice.", "items", twice)
