"""Specifies excluding names from a policy with full workload backup: sent once, and looked into when lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from office import Office

from backup_tui.errors import BackupTuiError, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.unit_jobs import NewUnitsJob
from backup_tui.protection.exclusions import ExcludeInBulk
from backup_tui.simulator.settings import Settings


def excluding(office: Office) -> ExcludeInBulk:
    """One site of the policy that protects all of SharePoint is to be left out."""
    policy = next(one for one in office.service.tenant.policies if one.full)
    site = next(one for one in office.service.tenant.units["sharepoint"] if one.policy is policy)
    return ExcludeInBulk(policy.id, NewUnitsJob((site.url,), (), "Exclusion"))


@pytest.mark.parametrize(("fault", "done"), [("drop", True), ("refuse", False)])
async def test_a_lost_answer_is_recognised_by_the_mark_and_nothing_is_sent_again(
    tmp_path: Path, fault: Any, done: bool
) -> None:
    office = Office(Settings(units=200, history=False, full_service="sharepoint"), tmp_path)
    async with office.stack:
        await office.open(version="beta")
        review = await office.review(excluding(office))
        assert (review.danger, review.blocked) == (True, None)
        office.faults.add(fault, method="POST", path="ExclusionUnitsBulkAdditionJobs$", status=502, code="")
        if done:
            assert (await office.carry_out(review)).job is not None
        else:
            with pytest.raises(BackupTuiError, match="The exclusion was not sent"):
                await office.carry_out(review)
        assert len(office.changes()) == 1
        (intent,) = await office.intents()
        assert intent.kind is IntentKind.UNITS_EXCLUDE
        assert intent.state is (IntentState.RESOLVED_DONE if done else IntentState.RESOLVED_NOT_DONE)


async def test_outside_beta_nothing_is_read(tmp_path: Path) -> None:
    office = Office(Settings(units=200, history=False, full_service="sharepoint"), tmp_path)
    async with office.stack:
        await office.open()
        with pytest.raises(UsageError, match="exists only in the beta version"):
            await office.review(excluding(office))
        assert not any("Exclusion" in call.path for call in office.calls)
