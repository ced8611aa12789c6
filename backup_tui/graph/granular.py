"""Single items of restore sessions: reading them, making drafts of them, changing such drafts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from functools import partial

from backup_tui.graph.deltas import read_delta
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import sessions
from backup_tui.graph.response_schema import Requester
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


class GranularReader(Requester):
    """Reads single items; raises what `Reader` raises."""

    def items(self, service: Service, session_id: str) -> AsyncIterator[Page[AnyGranular]]:
        return self._pages(sessions.list_granular(service, session_id), partial(read_granular, service=service))


class GranularWriter(Requester):
    """Makes and changes drafts of single items; raises what `Writer` raises. Such a draft is started and deleted like
    any other. Units and single items are never in one draft. `key_form`: under which name OneDrive is sent the key of
    a file that is added; the pages differ."""

    def __init__(self, path: RequestPipeline, key_form: ItemKeyForm = ItemKeyForm.ID) -> None:
        super().__init__(path)
        self._key_form = key_form

    async def create_mail_session(self, items: Sequence[NewMailItems]) -> RestoreSession:
        """Makes a draft of what searches inside mailboxes found. Raises `UsageError`: none, or more than
        `sessions.MAX_ARTIFACTS`; `OutcomeUnknown`: also when the answer names no id: the draft may exist, and must be
        looked for."""
        return await self._made(sessions.create_mail_session(items), partial(read_session, service=Service.EXCHANGE))

    async def create_item_session(self, service: Service, items: Sequence[NewItem]) -> RestoreSession:
        """Makes a draft of files and folders that browsing gave. Raises `UsageError`: none, more than
        `sessions.MAX_ARTIFACTS`, one twice, a service without files, or a destination outside the beta version;
        `OutcomeUnknown`: also when the answer names no id: the draft may exist, and must be looked for."""
        call = sessions.create_item_session(service, items)
        self._check_version(items)
        return await self._made(call, partial(read_session, service=service))

    async def update_items(
        self, service: Service, session_id: str, *, add: Sequence[NewItem] = (), remove: Sequence[str] = ()
    ) -> ItemsAnswer:
        """Adds files and folders to a draft and takes others, by their keys, out, together at most
        `sessions.MAX_ARTIFACTS`. What the answer lists differs from page to page: who must know what is in the draft
        reads its list. Raises `UsageError` as `create_item_session` does, and when there is nothing to do."""
        call = sessions.update_items(service, session_id, add, remove, self._key_form)
        self._check_version(add)
        answer = await self._path.run(call)
        return read_delta(answer, service.names.granular, partial(read_granular, service=service))

    def _check_version(self, items: Sequence[NewItem]) -> None:
        if wants_beta(items):
            self._path.address.needs_beta("Choosing where single files are restored to")
