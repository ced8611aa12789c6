"""Specifies names that stand for no unit: each is put right or left out, none is guessed, nothing is lost."""

from __future__ import annotations

from form_screens import addresses, form_of, program, settled
from support import footer, message, screen_text, until

from backup_tui.journal.records import UnitName
from backup_tui.models.services import Service
from backup_tui.restore.form import RestoreForm
from backup_tui.restore.resolve import Reason
from backup_tui.store.updates import NamesKnown
from backup_tui.ui.screens.names import NamesScreen
from backup_tui.ui.screens.new_restore import NewRestore

SIZE = (80, 24)


async def names_of(pilot, one, *lines):
    """The names of a pasted list that were not found."""
    form = await form_of(pilot, one)
    form.accept_paste("\n".join(lines))
    await settled(pilot, form)
    await pilot.press("enter")
    assert isinstance(one.app.screen, NamesScreen)
    await pilot.pause()
    return one.app.screen


async def test_the_nearest_is_taken_only_when_the_person_says_so(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "adel.vance@contoso.com", "lee.gu@contoso.com")
        drafting = names._drafting
        text = " ".join(" ".join(screen_text(one.app)).split())
        assert "It is not taken unless you say so." in text
        assert "enter take adele.vance@contoso.com for this line" in text
        assert [unit.name for unit in drafting.form.units] == ["lee.gu@contoso.com"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        assert [unit.name for unit in drafting.form.units] == ["lee.gu@contoso.com", "adele.vance@contoso.com"]
        assert "All names are settled: 2 found, 0 left out." in message(one.app.screen)


async def test_a_name_of_another_service_was_never_a_name_of_this_one(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        adele = UnitName("8f2c", Service.ONEDRIVE, "adele.vance@contoso.com", "Adele Vance", one.workspace.clock.now())
        one.workspace.store.apply(NamesKnown({"8f2c": adele}))
        form = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
        form.accept_paste("adele.vance@contoso.com\nnobody@contoso.com")
        await settled(pilot, form)
        assert [problem.reason for problem in form.drafting.form.problems] == [Reason.NO_SUCH, Reason.NO_SUCH]


async def test_enter_without_a_near_name_says_what_to_do(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "qqqq@elsewhere.example", "lee.gu@contoso.com")
        await pilot.press("enter")
        assert "c types another name, x leaves this line out" in message(names)
        assert len(names._drafting.form.problems) == 1


async def test_a_corrected_name_is_looked_up_and_keeps_its_line(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "zzzz@contoso.com")
        await pilot.press("c")
        assert "enter take it" in footer(names)
        await pilot.press("ctrl+u", *"adel.vance@contoso.com", "enter")
        await until(pilot, lambda: not names._drafting.form.waiting)
        await pilot.pause()
        lines = {problem.written.text: problem.written.line for problem in names._drafting.form.problems}
        assert lines == {"adel.vance@contoso.com": 2, "zzzz@contoso.com": 3}
        assert names.row == "2 adel.vance@contoso.com"
        await pilot.press("c", "escape")
        assert one.app.screen is names
        await pilot.press("c", "ctrl+u", *addresses(one, "onedrive", 1)[0], "enter")
        await until(pilot, lambda: len(names._drafting.form.units) == 2)


async def test_left_out_names_are_counted_and_come_back(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "zzzz@contoso.com")
        await pilot.press("x")
        assert "Left out: qqqq@contoso.com. u brings it back." in message(names)
        assert any("1 found, 1 left out, 1 to put right" in line for line in screen_text(one.app))
        await pilot.press("u")
        assert len(names._drafting.form.problems) == 2
        await pilot.press("x", "x")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        assert set(one.app.screen.drafting.form.left_out) == {"qqqq@contoso.com", "zzzz@contoso.com"}


async def test_a_list_of_another_tenant_is_recognised(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, *(f"somebody{number}@fabrikam.com" for number in range(5)))
        said = " ".join(" ".join(screen_text(one.app)).split())
        assert "None of these 5 names is in contoso.com; 5 end in fabrikam.com." in said
        await pilot.press("escape")
        assert isinstance(one.app.screen, NewRestore)
        assert len(names._drafting.form.problems) == 5


async def test_the_names_can_be_copied_as_a_table(tmp_path):
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await names_of(pilot, one, "adel.vance@contoso.com", "zzzz@contoso.com")
        await pilot.press("y")
        rows = [line.split("\t") for line in one.app.clipboard.splitlines()]
        assert rows[1] == ["1", "adel.vance@contoso.com", "no such account", "adele.vance@contoso.com"]
        assert rows[2][:3] == ["2", "zzzz@contoso.com", "no such account"]
