"""Specifies the form of a new restore: few keys, checked while typed, never lost, drafted by calls of 50."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from form_screens import addresses, form_for, form_of, program, settled
from msgspec.structs import replace
from support import footer, message, opened, screen_text, shown_as, until
from textual import events
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.restore.drafts.failed import form_from_session
from backup_tui.restore.drafts.form import Express, FormUnit, RestoreForm
from backup_tui.restore.drafts.planned_requests import planned_requests
from backup_tui.simulator.control.faults import Fault
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.new_restore.history import FormHistory
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.widgets.text_lines import TextLines

SIZE = (80, 24)


async def last_draft(one: Any) -> Any:
    """Id of the draft that was made last from here."""
    return next(line.session_id for line in await one.workspace.journal_lines() if line.kind == "create")


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
        assert "Your kept form is back: 1 site." in message(screen)
        await settled(pilot, screen)
        await pilot.press("u")
        assert screen.drafting.form.is_empty
        assert "u brings it back." in message(screen)
        await pilot.press("u")
        assert screen.drafting.form == left, "one key too many does not cost the form"


def test_one_undo_too_many_leads_forward_again_and_a_new_step_ends_that() -> None:
    empty, kept = RestoreForm(), RestoreForm(moment="2h ago")
    history = FormHistory(empty)
    history.change(kept, "taking up the kept form")
    history.change(replace(kept, pending="a"), "typing", typing=True)
    assert [history.undo() for _ in range(4)] == [
        "Undone: typing.",
        "Undone: taking up the kept form. u brings it back.",
        "Redone: taking up the kept form.",
        "Undone: taking up the kept form. u brings it back.",
    ]
    assert history.form == empty
    assert history.can_undo()
    history.change(replace(empty, moment="latest"), "another time")
    assert history.undo() == "Undone: another time. u brings it back."
    assert history.undo() == "Redone: another time."
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


async def test_what_is_missing_is_said_and_enter_on_the_last_line_goes_there(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("tab", "enter")
        assert "No OneDrive account is chosen." in message(screen)
        assert screen.focused is screen.fields.units
        await pilot.press(*"nobody@contoso.com", "enter")
        await settled(pilot, screen)
        screen.act.focus()
        await pilot.press("enter")
        assert "Fix 1 name or leave it out." in message(screen)
        assert screen.drafting.form.problems[0].written.text == "nobody@contoso.com"


async def test_a_time_before_the_first_backup_has_no_point_and_no_draft(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["onedrive"][0]
        form = RestoreForm(Service.ONEDRIVE, (FormUnit(unit.id, unit.address),), moment="2025-11-22 20:00")
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert "before the first backup" in screen.act.text
        screen.act.focus()
        before = len(one.service.sessions)
        await pilot.press("enter")
        assert len(one.service.sessions) == before


async def test_mailboxes_have_no_express_points_so_the_field_is_passed_over(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        screen.drafting.change(screen.drafting.form.with_express(Express.PREFER), "x")
        await pilot.press("1")
        assert screen.drafting.form.express is Express.IGNORE
        assert screen.fields.express.disabled
        assert any("mailboxes have no express points" in line for line in screen_text(one.app))


async def test_mixed_destinations_of_a_copy_have_to_be_settled(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        unit = one.service.tenant.units["sharepoint"][0]
        form = RestoreForm(
            Service.SHAREPOINT,
            (FormUnit(unit.id, unit.address),),
            moment="latest",
            destination=None,
            copied_destinations=(Destination.NEW, Destination.IN_PLACE),
        )
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert "goes to two destinations" in " ".join(screen_text(one.app))
        screen.fields.destination.focus()
        await pilot.press("1")
        assert screen.drafting.form.destination is Destination.NEW
        await settled(pilot, screen)
        assert screen.act.text.startswith("enter: 1 site to a NEW address")


async def test_a_list_pasted_into_any_field_goes_whole_to_the_units_and_a_file_is_read(tmp_path: Path) -> None:
    one = program(tmp_path)
    names = tmp_path / "list.csv"
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        four = addresses(one, "onedrive", 4)
        screen.fields.moment.focus()
        one.app.post_message(events.Paste("\r\n".join(four[:2]) + "\r\n"))
        await pilot.pause()
        await settled(pilot, screen)
        assert [unit.name for unit in screen.drafting.form.units] == four[:2]
        assert screen.drafting.form.moment == ""
        names.write_text("Department,UserPrincipalName\n" + "\n".join(f"x,{name}" for name in four[2:]), "utf-8")
        screen.fields.units.focus()
        await pilot.press(*f"@{names}", "enter")
        await until(pilot, lambda: len(screen.drafting.form.units) == 4)
        assert "Column not used: Department." in message(screen)
        await pilot.press(*"@/nowhere/list.csv", "enter")
        await until(pilot, lambda: "cannot be read" in " ".join(screen_text(one.app)))
        assert screen.drafting.form.pending == "@/nowhere/list.csv"


async def test_own_time_leaving_out_and_taking_back(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        units = one.service.tenant.units["onedrive"][:3]
        form = RestoreForm(units=tuple(FormUnit(unit.id, unit.address) for unit in units), moment="2026-11-20 14:10")
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        await pilot.press("tab")
        row = screen.row
        assert row is not None
        assert "t time" in footer(screen)
        await pilot.press("t", "ctrl+u", *"2026-11-19 08:00", "enter")
        await settled(pilot, screen)
        point = screen.drafting.lookups.point(screen.drafting.form, row)
        assert screen.drafting.form.own_times == {row: "2026-11-19 08:00"}
        assert point is not None
        assert point.own
        assert f"{point.wanted:%d %H:%M}" == "19 07:00"
        assert any("own, standard" in line for line in screen_text(one.app))
        screen.table.move_to(row)
        await pilot.press("x")
        assert row not in screen.drafting.form.unit_ids
        assert screen.drafting.form.left_out
        assert "u brings it back" in message(screen)
        await pilot.press("u", "u")
        assert row in screen.drafting.form.unit_ids
        assert not screen.drafting.form.own_times


async def test_the_zone_is_asked_for_and_a_wrong_one_says_which_was_meant(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("z", "ctrl+u", *"Europe/Berln", "enter")
        assert any("Did you mean" in line or "is not a time zone" in line for line in screen_text(one.app))
        await pilot.press("ctrl+u", *"america/new_york", "enter")
        assert screen.drafting.form.zone == "America/New_York"
        assert screen.focused is screen.fields.service


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


async def test_the_zone_is_asked_for_once_where_nobody_has_set_one(tmp_path: Path) -> None:
    one = program(tmp_path, tz="UTC", tz_settled=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press("enter", "enter", *"20")
        assert not screen.asking.is_open
        assert screen.drafting.form.moment == "20"
        await pilot.press(*"26-11-20 14:10", "enter")
        await until(pilot, lambda: screen.asking.is_open)
        assert screen.drafting.form.moment == "2026-11-20 14:10"
        await pilot.press("ctrl+u", *"Europe/Paris", "enter")
        await until(pilot, lambda: screen.drafting.form.zone == "Europe/Paris")
        assert screen.focused is screen.fields.express
        await pilot.press("escape")
        screen = await form_of(pilot, one)
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert not screen.asking.is_open
        assert screen.drafting.form.zone == "Europe/Paris"


@pytest.mark.parametrize("express", list(Express))
@pytest.mark.parametrize("change", [True, False], ids=["change", "rehearsal"])
async def test_the_form_of_a_draft_finds_the_very_points_of_the_draft_again(
    tmp_path: Path, express: Any, change: bool
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 12, express=express))
        await settled(pilot, screen)
        held = {row.unit_id: row.point_id for row in screen.drafting.plan().rows}
        await screen.make_draft(None)
        await pilot.pause()
        draft, context = await last_draft(one), one.workspace.context
        form = await form_from_session(context, draft, None if change else Destination.NEW, change=change)
        screen = await form_of(pilot, one, form)
        await settled(pilot, screen)
        assert {row.unit_id: row.point_id for row in screen.drafting.plan().rows} == held


async def test_all_units_without_a_point_are_left_out_with_one_key_and_come_back_with_one(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one, form_for(one, 5))
        without = [
            FormUnit(unit.id, unit.address)
            for unit in one.service.tenant.units["onedrive"]
            if unit.address in ("yara.achterberg@contoso.com", "henrik.lefevre@contoso.com")
        ]
        form = replace(screen.drafting.form, units=(*screen.drafting.form.units, *without))
        screen.drafting.change(form, "two without a point")
        await settled(pilot, screen)
        gone = {row.unit_id for row in screen.drafting.lookups.table(form).unusable}
        assert gone
        await pilot.press("tab", "L")
        assert f"{len(gone)} without a point left out. u undoes." in message(screen)
        assert gone.isdisjoint(screen.drafting.form.unit_ids)
        assert len(screen.drafting.form.left_out) == len(gone)
        await pilot.press("L")
        assert "No unit here is without a point." in message(screen)
        await pilot.press("u")
        assert screen.drafting.form == form


@pytest.mark.parametrize(
    ("keys", "asked"),
    [
        (("down", "down", *"2h", "down"), True),
        (("down", "down", *"2h", "up"), False),
        (("down", "down", *"2h", "tab"), True),
        (("down", "down", "down"), False),
        (("down", "down", *"latest", "down"), False),
    ],
    ids=["down", "to another text field", "tab", "nothing typed", "latest needs no zone"],
)
async def test_the_zone_question_waits_until_nothing_is_being_typed(tmp_path: Path, keys: Any, asked: bool) -> None:
    one = program(tmp_path, tz="UTC", tz_settled=False)
    async with one.app.run_test(size=SIZE) as pilot:
        screen = await form_of(pilot, one)
        await pilot.press(*keys)
        await pilot.pause()
        assert screen.asking.is_open is asked
