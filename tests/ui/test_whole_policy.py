"""Specifies a restore of all units of a policy: `n` in the list of policies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from form_screens import settled
from support import screen_text, shown_as, simulated, until

from backup_tui.config.limits import ServiceLimits
from backup_tui.models.services import Service
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.policies.screen import PoliciesScreen
from backup_tui.ui.widgets.table import RowTable


async def test_n_opens_the_form_with_all_units_of_the_policy(tmp_path: Path) -> None:
    settings = {"limits": ServiceLimits(units=20)}
    one = simulated([("Policies", PoliciesScreen)], tmp_path, settings=settings, history=False)
    async with one.app.run_test(size=(80, 24)) as pilot:
        screen = shown_as(one.app, PoliciesScreen)
        await until(pilot, lambda: one.workspace.is_open and screen.query_one(RowTable).row_count, "policies are shown")
        policies = one.workspace.store.policies
        policy = next(policy for policy in policies.values() if policy.service is Service.ONEDRIVE)
        screen.table.move_to(policy.id)
        await pilot.pause()
        await pilot.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form is open")
        form: Any = shown_as(one.app, NewRestore)
        await until(pilot, lambda: form.drafting.taken_up, "it is filled in")
        await settled(pilot, form)
        members = {
            unit.id for unit in one.workspace.store.units[Service.ONEDRIVE].values() if unit.policy_id == policy.id
        }
        assert set(form.drafting.form.unit_ids) == members
        assert len(members) > 20
        assert "[ Check plan ]" in "\n".join(screen_text(one.app))
        assert form.drafting.form.source == f'all of OneDrive policy "{policy.display_name}"'
