"""Specifies drafts that exist already, of all of a form or a part of it: offered, gone on with, never made twice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from form_screens import Start, form_for, form_of, program, settled
from msgspec.structs import replace
from restores import deleted
from support import message, screen_text, simulated, until
from textual.pilot import Pilot

from backup_tui.config.limits import LIMITS, ServiceLimits
from backup_tui.restore.drafts.create import plan_mark
from backup_tui.restore.drafts.drafts import create_draft, edit_draft
from backup_tui.restore.drafts.earlier_draft import equal_draft
from backup_tui.restore.drafts.form_pieces import PartDraft
from backup_tui.restore.drafts.kept_forms import keep_form
from backup_tui.simulator.control.faults import Fault
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.sessions.screen import SessionsScreen

SIZE = (120, 40)
FEW = 10
"""What a draft holds at most in these tests, so that a few units take several."""


async def ready(pilot: Pilot[Any], screen: Any) -> None:
    await settled(pilot, screen)
    await until(pilot, lambda: not screen.context().missing, "the form is complete")
    await pilot.pause()


def drafts(one: Any) -> Any:
    """Units of each draft that the service has got since the start, in their order."""
    made = [session for session in one.service.sessions.values() if session.id not in one.before]
    return [sorted(artifact.unit.id for artifact in session.artifacts) for session in made]


@pytest.fixture
def tenant(tmp_path: Path) -> Any:
    tops = [("Overview", Start), ("Policies", Start), ("Sessions", SessionsScreen)]
    one = simulated(tops, tmp_path, settings={"limits": ServiceLimits(units=FEW)}, history=False)
    object.__setattr__(one, "before", set(one.service.sessions))
    return one


async def test_names_that_a_draft_holds_already_are_counted_once_when_they_are_pasted_again(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        form = form_for(tenant, 23)
        part = PartDraft(form.unit_ids[:10], "", "d91e03b7")
        screen = await form_of(pilot, tenant, replace(form, units=form.units[10:], made=(part,)))
        screen.accept_paste("\n".join(unit.name for unit in form.units[5:15]))
        await settled(pilot, screen)
        assert len(screen.drafting.form.units) == 13
        assert screen.drafting.form.counts.words == "33 lines: 23 found, 10 twice"


@pytest.mark.parametrize("units", [3, 60], ids=["one call", "two calls"])
async def test_a_form_whose_draft_was_made_before_the_kill_says_so_and_completes_it(tmp_path: Path, units: int) -> None:
    one = program(tmp_path, history=False)
    object.__setattr__(one, "before", set(one.service.sessions))
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, units))
        await ready(pilot, screen)
        context, plan, form = one.workspace.context, screen.drafting.plan(), screen.drafting.form
        await pilot.press("escape")
        # Killed after the answer of the first call: the journal has it, the form has what it was recognised by.
        first = replace(plan, rows=plan.rows[:50])
        await keep_form(context.journal, replace(form, sending=PartDraft(form.unit_ids, plan_mark(plan, LIMITS))))
        made = await create_draft(context, first)
        screen = await form_of(pilot, one)
        assert f"Draft {made.session_id[:8]} was made of this form" in message(screen)
        assert "nothing sent yet" not in " ".join(screen_text(one.app))
        await ready(pilot, screen)
        screen.act.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        assert drafts(one) == [sorted(form.unit_ids)]


async def test_a_part_that_was_made_before_the_kill_leaves_the_form_and_the_rest_becomes_a_plan(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        begun = form_for(tenant, 10)
        screen = await form_of(pilot, tenant, begun)
        await ready(pilot, screen)
        context, plan = tenant.workspace.context, screen.drafting.plan()
        await pilot.press("escape")
        sending = PartDraft(begun.unit_ids, plan_mark(plan, LIMITS))
        await keep_form(context.journal, replace(form_for(tenant, 23), sending=sending))
        await create_draft(context, plan)
        screen = await form_of(pilot, tenant)
        await ready(pilot, screen)
        await screen.make_draft(None)
        assert drafts(tenant) == [sorted(begun.unit_ids)]
        assert "1 draft made" in screen.act.text
        assert len(screen.drafting.form.units) == 13
        assert "[ Check plan ]" in "\n".join(screen_text(tenant.app))


async def test_a_form_killed_before_its_request_left_says_that_nothing_was_sent(tmp_path: Path) -> None:
    one = program(tmp_path, history=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 3))
        await ready(pilot, screen)
        context, plan, form = one.workspace.context, screen.drafting.plan(), screen.drafting.form
        await pilot.press("escape")
        await keep_form(context.journal, replace(form, sending=PartDraft(form.unit_ids, plan_mark(plan, LIMITS))))
        screen = await form_of(pilot, one)
        assert "Nothing was sent." in message(screen)
        assert "nothing sent yet" in " ".join(screen_text(one.app))


async def test_a_draft_that_a_command_made_of_the_same_units_is_offered_in_place_of_another(tmp_path: Path) -> None:
    one = program(tmp_path, history=False)
    object.__setattr__(one, "before", set(one.service.sessions))
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 3, moment="2026-11-20 14:10"))
        await ready(pilot, screen)
        made = await create_draft(one.workspace.context, screen.drafting.plan())
        await pilot.press("escape")
        screen = await form_of(pilot, one)
        await ready(pilot, screen)
        await until(pilot, lambda: screen.drafting.exists, "the draft is found")
        await pilot.pause()
        assert f"draft {made.session_id[:8]} holds this already" in screen.act.text
        assert "nothing sent yet" not in " ".join(screen_text(one.app))
        screen.act.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        assert len(drafts(one)) == 1


@pytest.mark.parametrize("change", ["deleted", "other unit"])
async def test_a_draft_that_is_gone_or_holds_something_else_is_not_offered(tmp_path: Path, change: str) -> None:
    one = program(tmp_path, history=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 4, moment="2026-11-20 14:10"))
        await ready(pilot, screen)
        plan, context = screen.drafting.plan(), one.workspace.context
        three = replace(plan, rows=plan.rows[:3])
        made = await create_draft(context, three)
        if change == "deleted":
            await deleted(context, made.session_id)
        else:
            await edit_draft(context, made.session_id, add=plan.rows[3:])
        assert await equal_draft(context, three) is None


async def test_a_lost_answer_is_looked_into_before_anything_is_sent_again(tenant: Any) -> None:
    async with tenant.app.run_test(size=SIZE) as pilot:
        form = form_for(tenant, 8)
        screen = await form_of(pilot, tenant, form)
        await ready(pilot, screen)
        tenant.service.faults.rules.append(Fault("lose", method="POST", path="RestoreSessions$", status=504))
        await screen.make_draft(None)
        if screen.drafting.form.units:
            assert screen.drafting.trouble is not None
            await screen.make_draft(None)
        await until(pilot, lambda: tenant.app.screen.query("#review-head"), "the review is open")
        await pilot.pause()
        assert drafts(tenant) == [sorted(form.unit_ids)]
