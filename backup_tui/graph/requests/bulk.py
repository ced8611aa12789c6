"""Requests about lists of names that the service resolves itself. Pure."""

from __future__ import annotations

from backup_tui.graph.operations import Operation
from backup_tui.graph.requests.call import Call, path_of, segment
from backup_tui.models.bulk import NewBulkRequest
from backup_tui.models.calls import RequestClass
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id


def _of(service: Service, session_id: str, *more: str) -> str:
    return path_of(service.names.sessions_path, segment(session_id), service.names.bulk_requests, *more)


def create_bulk_request(service: Service, session_id: str, new: NewBulkRequest) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests"""
    return Call(
        Operation.BULK_CREATE,
        f"add {counted(new.count, 'name')} to draft {short_id(session_id)}",
        "POST",
        _of(service, session_id),
        RequestClass.CREATE,
        body=new.body(service),
        target=session_id,
    )


def list_bulk_requests(service: Service, session_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/exchangerestoresession-list-mailboxrestoreartifactsbulkadditionrequests"""
    what = f"list the lists of names of session {short_id(session_id)}"
    return Call(Operation.BULK_READ, what, "GET", _of(service, session_id), target=session_id)


def read_bulk_request(service: Service, session_id: str, request_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxrestoreartifactsbulkadditionrequest-get"""
    return Call(
        Operation.BULK_READ,
        f"read the list of names {short_id(request_id)}",
        "GET",
        _of(service, session_id, segment(request_id)),
        target=request_id,
    )


def delete_bulk_request(service: Service, session_id: str, request_id: str) -> Call:
    """https://learn.microsoft.com/graph/api/mailboxrestoreartifactsbulkadditionrequest-delete"""
    return Call(
        Operation.BULK_DELETE,
        f"delete the list of names {short_id(request_id)}",
        "DELETE",
        _of(service, session_id, segment(request_id)),
        RequestClass.DELETE,
        target=request_id,
    )
