"""What is changed about protection, beside policies: units are offboarded, and who gets mails is set."""

from __future__ import annotations

from collections.abc import Mapping

from backup_tui.errors import BackupTuiError, ProtocolError
from backup_tui.graph import requests
from backup_tui.graph.answer_errors import lost_answer
from backup_tui.graph.reader import Reader
from backup_tui.graph.request_pipeline import RequestPipeline
from backup_tui.graph.requests import Call
from backup_tui.graph.response_schema import changed
from backup_tui.models.notifications import EmailNotificationsSetting
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit, read_unit


class ProtectionWrites:
    """The part of `Writer` that is about units and mails; what its methods raise is documented there."""

    def __init__(self, path: RequestPipeline, reader: Reader) -> None:
        self._path = path
        self._reader = reader

    async def offboard_unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        """Has the backup of a unit deleted after a grace period; `cancel_offboard_unit` takes it back until then. It is
        sent now or not at all. Told to wait, it raises `Throttled` at once."""
        return await self._unit_changed(requests.offboard_unit(unit_id), unit_id, service)

    async def cancel_offboard_unit(self, unit_id: str, service: Service) -> ProtectionUnit:
        """Keeps the backup of a unit whose offboarding was requested."""
        return await self._unit_changed(requests.cancel_offboard_unit(unit_id), unit_id, service)

    async def _unit_changed(self, call: Call, unit_id: str, service: Service) -> ProtectionUnit:
        async def again(target: str) -> ProtectionUnit:
            return await self._reader.unit(target, service)

        return await changed(self._path, call, unit_id, lambda raw: read_unit(raw, service), again, ProtectionUnit)

    async def update_notifications(self, changes: Mapping[str, object]) -> EmailNotificationsSetting:
        """Changes who gets mails about the backup, and about what."""
        call = requests.update_notifications(changes)
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
