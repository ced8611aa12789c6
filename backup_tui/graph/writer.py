"""Everything that changes something at the service. One request leaves for each call, or certainly none did before.

What makes a change safe, the journal, the lock, the review, is the business of the use cases; here only the promise
is kept that an answer which cannot be trusted is `OutcomeUnknown`, never a failure and never a success.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backup_tui.errors import ProtocolError
from backup_tui.graph import requests
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.browsing import BrowseWriter
from backup_tui.graph.bulk import BulkWriter
from backup_tui.graph.deltas import items_of, refusal_of, was_removed
from backup_tui.graph.granular import GranularWriter
from backup_tui.graph.protection_writes import ProtectionWrites
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.response_schema import changed, made
from backup_tui.models.artifacts import ItemRefusal, NewArtifact, RestoreArtifact, UpdateAnswer, read_artifact
from backup_tui.models.granular import ItemKeyForm
from backup_tui.models.policies import ProtectionPolicy, read_policy
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.statuses import Action, session_status


class Writer(ProtectionWrites):
    """Changes the service.

    Every method raises `ServiceError` (refused, nothing changed), `Unreachable` (nothing was sent), `Throttled`
    (nothing changed), `SignInError` (nothing changed) or `OutcomeUnknown` (sent, no trustworthy answer).

    Attributes:
        granular: Makes and changes drafts of single items.
        bulk: Makes and deletes lists of names that the service resolves.
        browse: Opens restore points for looking into them.
    """

    def __init__(self, path: RequestPipeline, reader: Reader, *, key_form: ItemKeyForm = ItemKeyForm.ID) -> None:
        super().__init__(path, reader)
        self.granular = GranularWriter(path, key_form)
        self.bulk = BulkWriter(path)
        self.browse = BrowseWriter(path)

    async def create_session(
        self, service: Service, artifacts: Sequence[NewArtifact], *, policy_id: str = ""
    ) -> RestoreSession:
        """Makes a draft. Without artifacts it is an empty one, which a bulk request needs. Raises `UsageError`: more
        than `requests.MAX_ARTIFACTS`, or a policy outside the beta version; `OutcomeUnknown`: also when the answer
        names no id: the draft may exist, and must be looked for."""
        if policy_id:
            self._path.address.needs_beta("A draft of one policy's units")
        call = requests.create_session(service, artifacts, policy_id)
        return made(call, await self._path.run(call), lambda raw: read_session(raw, service))

    async def update_session(
        self, service: Service, session_id: str, *, add: Sequence[NewArtifact] = (), remove: Sequence[str] = ()
    ) -> UpdateAnswer:
        """Adds artifacts to a draft and takes others out, together at most `requests.MAX_ARTIFACTS`. The answer lists
        what was added; removals are not listed, so who must know reads the list again. Raises `UsageError`: too many,
        or nothing to do."""
        call = requests.update_session(service, session_id, add, remove)
        return _update_answer(await self._path.run(call), service)

    async def update_session_base(self, session_id: str, changes: Mapping[str, object]) -> RestoreSession:
        """Changes members of the session itself, as the beta page "Update restoreSessionBase" describes it. Raises
        `UsageError`: the service is not spoken to in its beta version."""
        self._path.address.needs_beta("Changing a session itself")
        call = requests.update_session_base(session_id, changes)
        return await changed(self._path, call, session_id, read_session, self._reader.session, RestoreSession)

    async def activate_session(self, session_id: str) -> RestoreSession:
        """Starts the restore of a draft. It cannot be taken back.

        It is sent now or not at all. Told to wait, it raises `Throttled` at once, since the draft may be another one
        after the wait: whoever starts it looks at it again first.

        Returns:
            The session as the service answered, or as read again when the answer was empty; only its id when that
            reading failed, since the start itself is certain.

        Raises:
            OutcomeUnknown: Also when the answer was a good one and the session is a draft all the same.
        """
        call = requests.activate_session(session_id)
        session = await changed(self._path, call, session_id, read_session, self._reader.session, RestoreSession)
        if session_status(session.status).allows(Action.ACTIVATE):
            # Something in between may have answered, or the start shows late: only looking again can tell.
            raise lost_answer(call, code="stillDraft")
        return session

    async def delete_session(self, session_id: str) -> None:
        """Deletes a draft."""
        await self._path.run(requests.delete_session(session_id))

    async def activate_policy(self, policy_id: str) -> ProtectionPolicy:
        """Activates a policy; it is `updating` for a while."""
        call = requests.activate_policy(policy_id)
        return await changed(self._path, call, policy_id, read_policy, self._reader.policy, ProtectionPolicy)

    async def deactivate_policy(self, policy_id: str) -> ProtectionPolicy:
        """Deactivates a policy; it is `updating` for a while."""
        call = requests.deactivate_policy(policy_id)
        return await changed(self._path, call, policy_id, read_policy, self._reader.policy, ProtectionPolicy)


def _update_answer(answer: object, service: Service) -> UpdateAnswer:
    added: list[RestoreArtifact] = []
    refused: list[ItemRefusal] = []
    items, unread = items_of(answer, service.names.artifacts)
    for item in items:
        refusal = refusal_of(item)
        if refusal is not None:
            refused.append(refusal)
        elif not was_removed(item):
            try:
                added.append(read_artifact(item, service))
            except ProtocolError:
                unread += 1  # without an id it says nothing about an artifact; the draft's own list does
    return UpdateAnswer(tuple(added), tuple(refused), unread)
