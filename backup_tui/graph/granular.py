"""Single items of restore sessions: reading them, making drafts of them, changing such drafts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence

from backup_tui.errors import ProtocolError
from backup_tui.graph import requests
from backup_tui.graph.deltas import items_of, refusal_of, was_removed
from backup_tui.graph.paging import pages
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.response_schema import made
from backup_tui.models.artifacts import ItemRefusal
from backup_tui.models.granular import (
    AnyGranular,
    ItemKeyForm,
    ItemsAnswer,
    NewItem,
    NewMailItems,
    read_granular,
    wants_beta,
)
from backup_tui.models.pages import Page
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session

_CHOOSING = "Choosing where single files are restored to"


class GranularReader:
    """Reads single items; raises what `Reader` raises."""

    def __init__(self, path: RequestPipeline) -> None:
        self._path = path

    def items(self, service: Service, session_id: str) -> AsyncIterator[Page[AnyGranular]]:
        call = requests.list_granular(service, session_id)
        return pages(self._path.run, call, lambda raw: read_granular(raw, service), self._path.address)


class GranularWriter:
    """Makes and changes drafts of single items; raises what `Writer` raises. Such a draft is started and deleted like
    any other. Units and single items are never in one draft."""

    def __init__(self, path: RequestPipeline, key_form: ItemKeyForm = ItemKeyForm.ID) -> None:
        self._path = path
        self._key_form = key_form

    async def create_mail_session(self, items: Sequence[NewMailItems]) -> RestoreSession:
        """Makes a draft of what searches inside mailboxes found. Raises `UsageError`: none, or more than
        `requests.MAX_ARTIFACTS`; `OutcomeUnknown`: also when the answer names no id: the draft may exist, and must be
        looked for."""
        call = requests.create_mail_session(items)
        return made(call, await self._path.run(call), lambda raw: read_session(raw, Service.EXCHANGE))

    async def create_item_session(self, service: Service, items: Sequence[NewItem]) -> RestoreSession:
        """Makes a draft of files and folders that browsing gave. Raises `UsageError`: none, more than
        `requests.MAX_ARTIFACTS`, one twice, a service without files, or a destination outside the beta version;
        `OutcomeUnknown`: also when the answer names no id: the draft may exist, and must be looked for."""
        call = requests.create_item_session(service, items)
        if wants_beta(items):
            self._path.address.needs_beta(_CHOOSING)
        return made(call, await self._path.run(call), lambda raw: read_session(raw, service))

    async def update_items(
        self, service: Service, session_id: str, *, add: Sequence[NewItem] = (), remove: Sequence[str] = ()
    ) -> ItemsAnswer:
        """Adds files and folders to a draft and takes others out, together at most `requests.MAX_ARTIFACTS`. What the
        answer lists differs from page to page: who must know what is in the draft reads its list. Raises `UsageError`:
        too many, nothing to do, one twice, a service without files, or a destination outside the beta version."""
        call = requests.update_items(service, session_id, add, remove, self._key_form)
        if wants_beta(add):
            self._path.address.needs_beta(_CHOOSING)
        return _items_answer(await self._path.run(call), service)


def _items_answer(answer: object, service: Service) -> ItemsAnswer:
    added: list[AnyGranular] = []
    removed: list[str] = []
    refused: list[ItemRefusal] = []
    items, unread = items_of(answer, service.names.granular)
    for item in items:
        refusal = refusal_of(item)
        if refusal is not None:
            refused.append(refusal)
        elif was_removed(item):
            removed += _key(item)
        else:
            try:
                added.append(read_granular(item, service))
            except ProtocolError:
                unread += 1  # without a key it says nothing about a file; the draft's own list does
    return ItemsAnswer(tuple(added), tuple(removed), tuple(refused), unread)


def _key(item: Mapping[str, object]) -> list[str]:
    key = item.get("id") or item.get("itemKey")
    return [key] if isinstance(key, str) else []
