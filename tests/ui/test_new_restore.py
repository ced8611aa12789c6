"""Specifies the form of a new restore: few keys, checked while typed, never lost, drafted by calls of 50."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from form_screens import addresses, form_for, form_of, last_draft, program, settled
from msgspec.structs import replace
from support import message, opened, screen_text, shown_as, until
from textual import events
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.failed import form_from_session
from backup_tui.restore.drafts.form import FormUnit, RestoreForm
from backup_tui.restore.drafts.planned_requests import planned_requests
from backup_tui.simulator.control.faults import Fault
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.new_restore.history import FormHistory
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.text_lines import TextLines

SIZE = (80, 24)


class Keys:
    """Presses keys and counts those that are no typed text."""

    def __init__(self, pilot: Pilot[Any]) -> None:
        self.pilot = pilot
        self.count = 0

    async def press(self, *keys: Any) -> None:
        self.count += len(keys)
        await self.pilot.press(*keys)
        await self.pilot.pause(0.02)

    async def type(self, text: Any) -> None:
        await self.pilot.press(*text)

    async def paste(self, text: Any) -> None:
        self.count += 1
        self.pilot.app.post_message(events.Paste(text))
        await self.pilot.pause()


async def test_one_mailbox_to_a_new_folder_takes_at_most_12_keys_to_the_review(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        keys = Keys(pilot)
        await keys.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore) and one.app.screen.drafting.taken_up)
        screen = shown_as(one.app, NewRestore)
        await keys.press("1", "enter")
        await keys.type("megan.bowen@contoso.com")
        await keys.press("enter")
        await settled(pilot, screen)
        await keys.press("enter")
        await keys.type("2026-11-20 14:10")
        await keys.press("enter", "enter")
        await settled(pilot, screen)
        await keys.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        assert keys.count <= 12
        draft = one.workspace.store.sessions[await last_draft(one)]
        assert (draft.service, draft.destination) == (Service.EXCHANGE, Destination.NEW)


async def test_37_accounts_in_place_from_a_list_with_two_bad_names_take_16_keys(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await opened(pilot, one)
        names = addresses(one, "onedrive", 38)
        near = names.pop(20).replace("@contoso", "@contso")
        names[13:13] = [near]
        names.append("j.smith@contoso.com")
        keys = Keys(pilot)
        await keys.press("n")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore) and one.app.screen.drafting.taken_up)
        screen = shown_as(one.app, NewRestore)
        await keys.paste("\n".join(names))
        await settled(pilot, screen)
        assert len(screen.drafting.form.problems) == 2
        await keys.press("enter")
        assert isinstance(one.app.screen, NamesScreen)
        await keys.press("enter", "x")
        assert shown_as(one.app, NewRestore) is screen
        await keys.press("enter")
        await keys.type("2026-11-20 14:10")
        await keys.press("enter", "enter", "2", "enter")
        await settled(pilot, screen)
        await keys.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        assert keys.count <= 16
        draft = one.workspace.store.sessions[await last_draft(one)]
        assert (draft.service, draft.destination) == (Service.ONEDRIVE, Destination.IN_PLACE)
        assert len((await form_from_session(one.workspace.context, draft.id, change=True)).units) == 38


async def test_a_form_that_is_left_comes_back_also_in_another_run(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("3", "enter", *"https://contoso.sharepoint.com/sites/finance", "enter")
        await settled(pilot, screen)
        await pilot.press(*"half a na", "down", *"2h ago")
        await settled(pilot, screen)
        left = screen.drafting.form
        await pilot.press("escape")
        assert not isinstance(one.app.screen, NewRestore)
    another = program(tmp_path)
    async with another.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, another)
        assert screen.drafting.form == left
        assert left.pending == "half a na"
        assert [unit.name for unit in left.units] == ["https://contoso.sharepoint.com/sites/finance"]
        assert "Your kept form is back: 1 site. u clears it." in message(screen)
        await settled(pilot, screen)
        await pilot.press("u")
        assert screen.drafting.form.is_empty
        assert "Cleared: your kept form. u brings it back." in message(screen)
        await pilot.press("u")
        assert screen.drafting.form == left, "one key too many does not cost the form"
        await pilot.press("u", "3")
        assert message(screen) == "", "what was said of the step before is over"


async def test_a_form_that_was_opened_by_a_slip_is_not_kept(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        failed = replace(form_for(one, 1, moment="2026-11-20 14:10"), source="failed of 61633878: not found")
        for given, typed in ((failed, ()), (form_for(one, 1), ()), (None, ("enter", "1"))):
            screen = await form_of(pilot, one, given)
            await settled(pilot, screen)
            assert "kept on this machine" not in " ".join(screen_text(one.app))
            await pilot.press(*typed)
            await pilot.press("escape", "escape")
            screen = await form_of(pilot, one)
            assert screen.drafting.form.is_empty
            assert message(screen) == ""
            await pilot.press("escape")


def test_one_undo_too_many_leads_forward_again_and_a_new_step_ends_that() -> None:
    empty, kept = RestoreForm(), RestoreForm(moment="2h ago")
    history = FormHistory(empty)
    history.change(kept, "your kept form")
    history.change(replace(kept, pending="a"), "typing", typing=True)
    assert [history.undo() for _ in range(4)] == [
        "Undone: typing.",
        "Cleared: your kept form. u brings it back.",
        "Back: your kept form.",
        "Cleared: your kept form. u brings it back.",
    ]
    assert history.form == empty
    assert history.can_undo()
    history.change(replace(empty, moment="latest"), "another time")
    assert history.undo() == "Cleared: another time. u brings it back."
    assert history.undo() == "Back: another time."
    assert history.form.moment == "latest"


async def test_a_given_form_puts_the_one_in_progress_aside_and_it_comes_back_after_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("down", "down", *"3h ago")
        await settled(pilot, screen)
        await pilot.press("escape")
        unit = one.service.tenant.units["exchange"][0]
        given = RestoreForm(Service.EXCHANGE, (FormUnit(unit.id, unit.address),), moment="latest", source="failed of x")
        screen = await form_of(pilot, one, given)
        assert "Put aside" in message(screen)
        await settled(pilot, screen)
        await screen.make_draft(None)
        await pilot.pause()
        assert isinstance(one.app.screen, ReviewScreen)
        screen = await form_of(pilot, one)
        assert screen.drafting.form.moment == "3h ago"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("2026-12-24 10:00", "is in the future"),
        ("2026-13-24", "has a day or an hour that does not exist"),
        ("soon", "isn't a time"),
        ("2026-03-29 02:30", "did not exist on 29 Mar"),
        ("2026-10-25 02:30", "happened twice"),
    ],
)
async def test_a_time_that_cannot_be_is_refused_beside_its_field_while_it_is_typed(
    tmp_path: Path, typed: str, said: str
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("down", "down", *typed)
        await pilot.pause()
        assert any(said in line for line in screen_text(one.app))
        await pilot.press("enter")
        assert screen.focused is screen.fields.moment
        assert screen.drafting.form.moment == typed


async def test_the_request_shown_is_the_one_that_is_sent(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = form_for(one, 60)
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        await pilot.press("v")
        await until(pilot, lambda: isinstance(one.app.screen, PagerScreen))
        text = one.app.screen.query_one(TextLines).text
        assert "2 requests to 127.0.0.1; nothing of this has been sent." in text
        planned = await planned_requests(one.workspace.context, screen.drafting.plan())
        await pilot.press("escape")
        await screen.make_draft(None)
        await pilot.pause()
        lines = await one.workspace.journal_lines()
        sent = [json.loads(line.body) for line in reversed(lines) if line.kind in ("create", "edit")]
        assert [dict(request.body) for request in planned] == sent
        assert all(json.dumps(request.body, indent=2) in text for request in planned)


async def test_a_refused_later_call_keeps_draft_and_form_and_enter_goes_on(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = form_for(one, 70)
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        one.service.faults.rules.append(Fault("refuse", method="PATCH", status=400, code="invalidRequest"))
        screen.act.focus()
        await pilot.press("enter")
        await until(pilot, lambda: screen.drafting.trouble is not None)
        assert "50 of 70 are in draft" in screen.act.text
        assert len(screen.drafting.form.units) == 70
        assert len(screen.drafting.not_in_it) == 20
        draft = screen.drafting.form.draft_id
        assert draft is not None
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        assert len(one.service.sessions[draft].artifacts) == 70
        screen = await form_of(pilot, one)
        assert screen.drafting.form.is_empty


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("expired", path="RestoreSessions", times=None), "sign-in"),
        (Fault("refuse", method="POST", path="RestoreSessions", status=403, code="Forbidden", times=None), "may not"),
        (Fault("refuse", method="POST", path="RestoreSessions", status=400, code="InvalidRestorePoint"), ""),
    ],
)
async def test_a_refused_first_call_leaves_everything_in_the_form(tmp_path: Path, fault: Any, said: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["onedrive"][0]
        form = RestoreForm(units=(FormUnit(unit.id, unit.address),), moment="2h ago")
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        filled, before = screen.drafting.form, len(one.service.sessions)
        one.service.faults.rules.append(fault)
        screen.act.focus()
        await pilot.press("enter")
        await until(pilot, lambda: screen.drafting.trouble is not None)
        assert said in message(screen).lower()
        assert screen.drafting.form == filled
        if fault.status == 403:
            assert "BackupRestore-Restore.ReadWrite.All" in message(screen)
        assert screen.act.text == "not made, all is kept; enter tries again"
        assert len(one.service.sessions) == before


async def test_html_in_place_of_units_is_said_beside_the_field_and_tried_again(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        one.service.faults.rules.append(Fault("html", path="protectionUnits", status=200, times=None))
        screen.fields.units.focus()
        await pilot.press(*addresses(one, "onedrive", 1)[0], "enter")
        await settled(pilot, screen)
        assert any("not looked up" in line for line in screen_text(one.app))
        one.service.faults.clear()
        await pilot.press("enter")
        await settled(pilot, screen)
        assert len(screen.drafting.form.units) == 1


async def test_a_draft_is_changed_in_the_same_form(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = form_for(one, 3)
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        await screen.make_draft(None)
        await pilot.pause()
        draft = await last_draft(one)
        screen = await form_of(pilot, one, await form_from_session(one.workspace.context, draft, change=True))
        await settled(pilot, screen)
        assert "Change draft" in " ".join(screen_text(one.app))
        assert screen.fields.service.disabled
        assert screen.fields.destination.disabled
        screen.table.focus()
        await pilot.pause()
        gone = screen.row
        await pilot.press("x")
        screen.fields.units.focus()
        await pilot.press(*addresses(one, "onedrive", 5)[4], "enter")
        await settled(pilot, screen)
        screen.act.focus()
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, ReviewScreen), "the review is open")
        again = await form_from_session(one.workspace.context, draft, change=True)
        assert len(again.units) == 3
        assert gone not in again.unit_ids


async def test_read_only_says_so_and_sends_nothing(tmp_path: Path) -> None:
    one = program(tmp_path, read_only=True)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["onedrive"][0]
        screen = await form_of(pilot, one, RestoreForm(units=(FormUnit(unit.id, unit.address),), moment="2h ago"))
        await settled(pilot, screen)
        screen.act.focus()
        before = len(one.service.sessions)
        await pilot.press("enter")
        assert "read-only" in message(screen)
        assert len(one.service.sessions) == before
