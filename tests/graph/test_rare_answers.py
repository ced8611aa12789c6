"""Specifies the answers that are rare: full, over its bandwidth, not made, and not allowed."""

from __future__ import annotations

import pytest
from scripted_service import Reply, Scripted, bench, refused

from backup_tui.errors import BackupTuiError, OutcomeUnknown, PermissionDenied, ServerFault, Throttled
from backup_tui.models.calls import Outcome
from backup_tui.models.services import Service

SESSION = {"id": "s1", "status": "draft"}


@pytest.mark.parametrize("body", [True, False])
async def test_a_509_is_a_wait_as_a_429_is(body: bool) -> None:
    full = refused(509, "bandwidthLimitExceeded", Retry_After="7") if body else Reply(509, None, {"Retry-After": "7"})
    service = Scripted(full, Reply(200, SESSION))
    async with bench(service) as on:
        assert (await on.reader.session("s1")).id == "s1"
    assert len(service.asked) == 2


async def test_a_change_that_is_told_to_wait_by_509_was_not_made() -> None:
    async with bench(Scripted(refused(509, "bandwidthLimitExceeded"))) as on:
        with pytest.raises(Throttled) as caught:
            await on.writer.delete_session("s1")
    assert caught.value.exit_code == 8
    assert {record.outcome for record in on.records} == {Outcome.REJECTED}


@pytest.mark.parametrize("status", [501, 505, 507])
@pytest.mark.parametrize("body", [True, False])
async def test_what_asking_again_cannot_change_is_asked_once(status: int, body: bool) -> None:
    service = Scripted(refused(status, "insufficientStorage") if body else Reply(status))
    async with bench(service) as on:
        with pytest.raises(ServerFault):
            await on.reader.session("s1")
        with pytest.raises(OutcomeUnknown):
            await on.writer.delete_session("s1")
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("ask", "permission"),
    [
        ("policies", "BackupRestore-Configuration.Read.All"),
        ("session", "BackupRestore-Restore.Read.All"),
        ("service_root", "BackupRestore-"),
        ("units", "BackupRestore-"),
    ],
)
async def test_a_403_names_the_permission_and_the_role_and_is_asked_once(ask: str, permission: str) -> None:
    service = Scripted(refused(403, "accessDenied"))
    async with bench(service) as on:

        async def asked() -> object:
            if ask == "units":
                return [page async for page in on.reader.units(Service.EXCHANGE)]
            return await (on.reader.session("s1") if ask == "session" else getattr(on.reader, ask)())

        with pytest.raises(PermissionDenied) as caught:
            await asked()
    error: BackupTuiError = caught.value
    assert permission in error.sentences
    assert "admin role" in error.sentences
    assert len(service.asked) == 1
