"""Specifies what a 403 says about a sign-in: all of a feature, or only the thing that was asked for."""

from __future__ import annotations

import pytest
from scripted_service import Reply, Scripted, bench

from backup_tui.errors import PermissionDenied
from backup_tui.models.services import Service

FORBIDDEN = Reply(403, {"error": {"code": "Forbidden", "message": "no"}})


@pytest.mark.parametrize("whole", [True, False], ids=["the list of sessions", "the units of one service"])
async def test_only_a_refusal_of_the_whole_switches_a_feature_off(whole: bool) -> None:
    async with bench(Scripted(FORBIDDEN)) as on:
        pages = on.client.reader.sessions() if whole else on.client.reader.units(Service.SHAREPOINT)
        with pytest.raises(PermissionDenied):
            await anext(pages)
    (record,) = on.records
    assert record.status == 403
    assert record.denied is whole
