"""Everything that changes something at the service. One request leaves for each call, or certainly none did before.

What makes a change safe, the journal, the lock, the review, is the business of the use cases; here only the promise
is kept that an answer which cannot be trusted is `OutcomeUnknown`, never a failure and never a success."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.contents import BrowseWriter, BulkWriter, GranularWriter
from backup_tui.graph.deltas import read_delta
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import control, inclusion, protection, sessions
from backup_tui.graph.requests.call import Call
from backup_tui.graph.response_schema import Requester
from backup_tui.models.artifacts import NewArtifact, UpdateAnswer, read_artifact
from backup_tui.models.granular import ItemKeyForm
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.policies import PolicyAnswer, ProtectionPolicy, read_policy
from backup_tui.models.rules import ProtectionRule, read_rule
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.unit_jobs import NewUnitsJob, UnitsJob, read_exclusion_job, read_units_job
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


class ControlWriter(Requester):
    """Turns the service on; registers, activates, deactivates and removes controlling applications."""

    def __init__(self, path: RequestPipeline, reader: Reader) -> None:
        super().__init__(path)
        self._reader = reader

    async def enable(self, app_owner_tenant: str) -> BackupRestoreRoot:
        """Turns the service on; the billing profile of the tenant with this id pays. Gives the state of the answer, or
        as read again after an empty one; only that it is on when that reading failed. Raises `OutcomeUnknown`: also
        when the answer cannot be read."""
        call = control.enable_service(app_owner_tenant)
        answer = await self._path.run(call)
        if answer is None or answer == {}:
            try:
                return await self._reader.service_root()
            except BackupTuiError:
                answer = {"status": "enabled"}
        try:
            return BackupRestoreRoot.read({"serviceStatus": answer})
        except ProtocolError as error:
            raise lost_answer(call, code="answerUnreadable") from error

    async def register(self) -> ServiceApp:
        """Registers the application that this program signs in with; it controls nothing before it is activated. Raises
        `OutcomeUnknown`: also when the answer names no id: it may be registered, and the list tells."""
        return await self._made(control.REGISTER_APP, ServiceApp.read)

    async def activate(self, app_id: str, effective: datetime) -> ServiceApp:
        """Has a registered application take control at a time (UTC). `app_id`: of the registration."""
        return await self._app(control.activate_app(app_id, effective))

    async def deactivate(self, app_id: str) -> ServiceApp:
        """Has the application in control hand it over; the service sets the time."""
        return await self._app(control.deactivate_app(app_id))

    async def delete(self, app_id: str) -> None:
        """Removes a registration."""
        await self._path.run(control.delete_app(app_id))

    async def _app(self, call: Call) -> ServiceApp:
        return await self._changed(call, ServiceApp.read, self._reader.service_app, ServiceApp)


class InclusionWriter(Requester):
    """Makes, changes and removes inclusion rules, and makes bulk additions; raises as `Writer` does."""

    def __init__(self, path: RequestPipeline, reader: Reader) -> None:
        super().__init__(path)
        self._reader = reader

    async def create_rule(self, service: Service, policy_id: str, expression: str, *, dynamic: bool) -> ProtectionRule:
        """Makes a rule, which is applied at once. Whether it stays so (`dynamic`) is fixed by this. Raises
        `OutcomeUnknown`: also when the answer names no id: the rule may exist, and must be looked for."""
        body = {service.names.rule_expression: expression, "isAutoApplyEnabled": dynamic}
        call = inclusion.create_rule(service, policy_id, body)
        return await self._made(call, partial(read_rule, service=service))

    async def update_rule(self, service: Service, policy_id: str, rule_id: str, expression: str) -> ProtectionRule:
        """Gives a dynamic rule another expression; it is applied again, and what it no longer names leaves."""
        call = inclusion.update_rule(service, policy_id, rule_id, {service.names.rule_expression: expression})
        return await self._rule(call, service, policy_id)

    async def run_rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        """Applies a rule that is applied once, again."""
        return await self._rule(inclusion.run_rule(service, policy_id, rule_id), service, policy_id)

    async def delete_rule(self, service: Service, policy_id: str, rule_id: str) -> None:
        """Deletes a rule; what it added stays in the policy."""
        await self._path.run(inclusion.delete_rule(service, policy_id, rule_id))

    async def unprotect_rule(self, service: Service, policy_id: str, rule_id: str) -> ProtectionRule:
        """Deletes a dynamic rule and takes what only it holds out of the policy. It is sent now or not at all. Told to
        wait, it raises `Throttled` at once."""
        return await self._rule(inclusion.unprotect_rule(service, policy_id, rule_id), service, policy_id)

    async def create_unit_job(self, service: Service, policy_id: str, new: NewUnitsJob) -> UnitsJob:
        """Hands a list of names to a policy; the service looks them up afterwards. Raises `OutcomeUnknown`: also when
        the answer names no id: the job may exist, and its mark tells it again."""
        call = inclusion.create_unit_job(service, policy_id, new.body(service))
        return await self._made(call, partial(read_units_job, service=service))

    async def create_exclusion_job(self, service: Service, policy_id: str, new: NewUnitsJob) -> UnitsJob:
        """Hands a list of names to a policy with full workload backup, which then leaves them out; beta version only.
        Raises `UsageError`: outside of it; `OutcomeUnknown`: as for `create_unit_job`."""
        self._path.address.needs_beta("Excluding units from a policy")
        call = inclusion.create_exclusion_job(service, policy_id, new.body(service))
        return await self._made(call, partial(read_exclusion_job, service=service))

    async def _rule(self, call: Call, service: Service, policy_id: str) -> ProtectionRule:
        again = partial(self._reader.rule, service, policy_id)
        return await self._changed(call, partial(read_rule, service=service), again, ProtectionRule)
