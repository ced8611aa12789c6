"""Changes of the service itself: turned on, and which application controls it. Raises what `Writer` raises."""

from __future__ import annotations

from datetime import datetime

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import control
from backup_tui.graph.requests.call import Call
from backup_tui.graph.response_schema import Requester
from backup_tui.models.service_apps import ServiceApp
from backup_tui.models.service_root import BackupRestoreRoot


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
