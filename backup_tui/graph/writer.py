"""Everything that changes something at the service. One request leaves for each call, or certainly none did before.

What makes a change safe, the journal, the lock, the review, is the business of the use cases; here only the promise
is kept that an answer which cannot be trusted is `OutcomeUnknown`, never a failure and never a success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.contents import BrowseWriter, BulkWriter, GranularWriter
from backup_tui.graph.control import ControlWriter
from backup_tui.graph.deltas import read_delta
from backup_tui.graph.inclusion import InclusionWriter
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import control, protection, sessions
from backup_tui.graph.requests.call import Call
from backup_tui.graph.response_schema import Requester
from backup_tui.models.artifacts import NewArtifact, UpdateAnswer, read_artifact
from backup_tui.models.granular import ItemKeyForm
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import PolicyAnswer, ProtectionPolicy, read_policy
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.units import ProtectionUnit, read_unit


class Writer(Requester):
    """Changes the service. Every method raises `ServiceError`, `Throttled` or `SignInError` (nothing changed),
    `Unreachable` (nothing was sent) or `OutcomeUnknown` (sent, no trustworthy answer). A changed object is the one of
    the answer, or as read again after an empty one; only its id when that reading failed."""

    def __init__(self, path: RequestPipeline, reader: Reader, *, key_form: ItemKeyForm = ItemKeyForm.ID) -> None:
        super().__init__(path)
        self._reader = reader
        self.granular = GranularWriter(path, key_form)
        self.bulk = BulkWriter(path)
        self.browse = BrowseWriter(path)
        self.control = ControlWriter(path, reader)
        self.inclusion = InclusionWriter(path, reader)

    async def create_session(
        self, service: Service, artifacts: Sequence[NewArtifact], *, policy_id: str = ""
    ) -> RestoreSession:
        """Makes a draft, an empty one without artifacts, which a bulk request needs. Raises `UsageError`: more than
        `sessions.MAX_ARTIFACTS`, or a policy outside the beta version; `OutcomeUnknown`: also when the answer names no
        id: the draft may exist, and must be looked for."""
        if policy_id:
            self._path.address.needs_beta("A draft of one policy's units")
        call = sessions.create_session(service, artifacts, policy_id)
        return await self._made(call, partial(read_session, service=service))

    async def update_session(
        self, service: Service, session_id: str, *, add: Sequence[NewArtifact] = (), remove: Sequence[str] = ()
    ) -> UpdateAnswer:
        """Adds artifacts to a draft and takes others out, together at most `sessions.MAX_ARTIFACTS`. The answer does
        not list what was removed: who must know reads the list again. Raises `UsageError`: too many, or nothing to
        do."""
        answer = await self._path.run(sessions.update_session(service, session_id, add, remove))
        return read_delta(answer, service.names.artifacts, partial(read_artifact, service=service))

    async def update_session_base(self, session_id: str, changes: Mapping[str, object]) -> RestoreSession:
        """Changes members of the session itself, as the beta page "Update restoreSessionBase" describes it. Raises
        `UsageError`: the service is not spoken to in its beta version."""
        self._path.address.needs_beta("Changing a session itself")
        return await self._session(sessions.update_session_base(session_id, changes))

    async def activate_session(self, session_id: str) -> RestoreSession:
        """Starts the restore of a draft, which cannot be taken back. It is sent now or not at all: told to wait, it
        raises `Throttled` at once, since the draft may be another one after the wait. Raises `OutcomeUnknown`: also
        when the answer was a good one and the session is a draft all the same."""
        call = sessions.activate_session(session_id)
        session = await self._session(call)
        if session_status(session.status).allows(Action.ACTIVATE):
            # Something in between may have answered, or the start shows late: only looking again can tell.
            raise lost_answer(call, code="stillDraft")
        return session

    async def delete_session(self, session_id: str) -> None:
        await self._path.run(sessions.delete_session(session_id))

    async def create_policy(self, service: Service, body: Mapping[str, object]) -> ProtectionPolicy:
        """Makes an inactive policy; `body` is from `create_policy_body`. Raises `OutcomeUnknown`: also when the answer
        names no id: the policy may exist, and must be looked for."""
        call = protection.create_policy(service, body)
        return await self._made(call, partial(read_policy, service=service))

    async def update_policy(self, service: Service, policy_id: str, body: Mapping[str, object]) -> PolicyAnswer:
        """Changes a policy's name or units; `body` is from `update_policy_body`. Units that the service refuses are in
        the answer; what it does not list has to be read."""
        answer = await self._path.run(protection.update_policy(service, policy_id, body))
        return read_delta(answer, service.names.policy_units_path, partial(read_unit, service=service))

    async def delete_policy(self, policy_id: str) -> None:
        """Deletes an inactive policy; its units leave it, and their points stay."""
        await self._path.run(protection.delete_policy(policy_id))

    async def activate_policy(self, policy_id: str) -> ProtectionPolicy:
        """Activates a policy; it is `updating` for a while."""
        return await self._policy(protection.activate_policy(policy_id))

    async def deactivate_policy(self, policy_id: str) -> ProtectionPolicy:
        return await self._policy(protection.deactivate_policy(policy_id))

    async def offboard_unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        """Has the backup of a unit deleted after a grace period; `cancel_offboard_unit` takes it back until then. It is
        sent now or not at all. Told to wait, it raises `Throttled` at once."""
        return await self._unit(protection.offboard_unit(unit_id), service)

    async def cancel_offboard_unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        return await self._unit(protection.cancel_offboard_unit(unit_id), service)

    async def update_notifications(self, changes: Mapping[str, object]) -> EmailNotificationsSetting:
        """Changes who gets mails about the backup, and about what: `changes` are from `setting_body`."""
        call = control.update_notifications(changes)
        answer = await self._path.run(call)
        if answer is None or answer == {}:
            try:
                return await self._reader.notifications()
            except BackupTuiError:
                # The change is done; that it could not be looked at is told by the next reading.
                return EmailNotificationsSetting.read(dict(changes))
        try:
            return EmailNotificationsSetting.read(answer)
        except ProtocolError as error:
            raise lost_answer(call, code="answerUnreadable") from error

    async def _session(self, call: Call) -> RestoreSession:
        return await self._changed(call, read_session, self._reader.session, RestoreSession)

    async def _policy(self, call: Call) -> ProtectionPolicy:
        return await self._changed(call, read_policy, self._reader.policy, ProtectionPolicy)

    async def _unit(self, call: Call, service: Service) -> ProtectionUnit:
        again = partial(self._reader.unit, service=service)
        return await self._changed(call, partial(read_unit, service=service), again, ProtectionUnit)
