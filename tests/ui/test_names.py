"""Specifies names that match no unit: each is fixed or left out, none is guessed, nothing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from form_screens import addresses, form_of, program, settled, usual
from msgspec.structs import replace
from support import footer, message, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.remembered import UnitName
from backup_tui.models.services import Service
from backup_tui.restore.drafts.form import RestoreForm
from backup_tui.restore.names.names import NameKind, UnitList, WrittenName
from backup_tui.restore.names.resolve import NameProblem, Reason
from backup_tui.store.updates import NamesKnown
from backup_tui.ui.names.screen import NamesScreen
from backup_tui.ui.new_restore.drafting import Drafting
from backup_tui.ui.new_restore.form_names import FormNames
from backup_tui.ui.new_restore.screen import NewRestore

SIZE = (80, 24)


def drafting_of(screen: NamesScreen) -> Drafting:
    """The form that the names belong to."""
    assert isinstance(screen.names, FormNames)
    return screen.names.drafting


async def names_of(pilot: Pilot[Any], one: Any, *lines: Any) -> NamesScreen:
    """The names of a pasted list that were not found."""
    form = await form_of(pilot, one)
    form.accept_paste("\n".join(lines))
    await settled(pilot, form)
    await pilot.press("enter")
    assert isinstance(one.app.screen, NamesScreen)
    await pilot.pause()
    return shown_as(one.app, NamesScreen)


async def test_the_nearest_is_taken_only_when_the_person_says_so(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "adel.vance@contoso.com", "lee.gu@contoso.com")
        drafting = drafting_of(names)
        text = " ".join(" ".join(screen_text(one.app)).split())
        assert "It is used only if you choose it." in text
        assert "enter take" in footer(names)
        assert [unit.name for unit in drafting.form.units] == ["lee.gu@contoso.com"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        assert [unit.name for unit in drafting.form.units] == ["lee.gu@contoso.com", "adele.vance@contoso.com"]
        assert "All names are settled. 2 lines: 2 found." in message(one.app.screen)


async def test_a_name_of_another_service_was_never_a_name_of_this_one(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        adele = UnitName("8f2c", Service.ONEDRIVE, "adele.vance@contoso.com", "Adele Vance", one.workspace.clock.now())
        one.workspace.store.apply(NamesKnown({"8f2c": adele}))
        form = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
        form.accept_paste("adele.vance@contoso.com\nnobody@contoso.com")
        await settled(pilot, form)
        assert [problem.reason for problem in form.drafting.form.problems] == [Reason.NO_SUCH, Reason.NO_SUCH]


async def test_enter_without_a_near_name_says_what_to_do(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "qqqq@elsewhere.example", "lee.gu@contoso.com")
        await pilot.press("enter")
        assert "c types another name, x leaves this line out" in message(names)
        assert len(drafting_of(names).form.problems) == 1


async def test_a_corrected_name_is_looked_up_and_keeps_its_line(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "zzzz@contoso.com")
        await pilot.press("c")
        assert "enter take it" in footer(names)
        await pilot.press("ctrl+u", *"adel.vance@contoso.com", "enter")
        await until(pilot, lambda: not drafting_of(names).form.waiting)
        await pilot.pause()
        lines = {problem.written.text: problem.written.line for problem in drafting_of(names).form.problems}
        assert lines == {"adel.vance@contoso.com": 2, "zzzz@contoso.com": 3}
        assert names.row == "2 adel.vance@contoso.com"
        await pilot.press("c", "escape")
        assert one.app.screen is names
        await pilot.press("c", "ctrl+u", *addresses(one, "onedrive", 1)[0], "enter")
        await until(pilot, lambda: len(drafting_of(names).form.units) == 2)


async def test_left_out_names_are_counted_and_come_back(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "zzzz@contoso.com")
        await pilot.press("x")
        assert "qqqq@contoso.com left out. u brings it back." in message(names)
        assert any("3 lines: 1 found, 1 left out, 1 to fix" in line for line in screen_text(one.app))
        await pilot.press("u")
        assert len(drafting_of(names).form.problems) == 2
        await pilot.press("x", "x")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        assert set(shown_as(one.app, NewRestore).drafting.form.left_out) == {"qqqq@contoso.com", "zzzz@contoso.com"}


async def test_a_list_of_another_tenant_is_recognised(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, *(f"somebody{number}@fabrikam.com" for number in range(5)))
        said = " ".join(" ".join(screen_text(one.app)).split())
        assert "None of these 5 names is in contoso.com; 5 end in fabrikam.com." in said
        await pilot.press("escape")
        assert isinstance(one.app.screen, NewRestore)
        assert len(drafting_of(names).form.problems) == 5


async def test_the_names_can_be_copied_as_a_table(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await names_of(pilot, one, "adel.vance@contoso.com", "zzzz@contoso.com")
        await pilot.press("y")
        rows = [line.split("\t") for line in one.app.clipboard.splitlines()]
        assert rows[1] == ["1", "adel.vance@contoso.com", "no such account", "adele.vance@contoso.com"]
        assert rows[2][:3] == ["2", "zzzz@contoso.com", "no such account"]


def shown_rows(one: Any) -> Any:
    """The lines of the table, without the blanks between the columns."""
    return [" ".join(line.split()) for line in screen_text(one.app)]


async def test_each_row_of_a_name_that_is_written_three_times_is_shown_and_counted(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one)
        form.fields.units.focus()
        for _time in range(3):
            await pilot.press(*"qqqq@contoso.com", "enter")
            await settled(pilot, form)
        await pilot.press("enter")
        await pilot.pause()
        rows = shown_rows(one)
        assert any("3 lines: 0 found, 2 twice, 1 to fix" in row for row in rows)
        assert sum("qqqq@contoso.com" in row and "no such account" in row for row in rows) == 1
        assert sum("qqqq@contoso.com" in row and "counted once" in row for row in rows) == 2


async def test_rows_with_the_same_name_and_other_cells_have_a_row_each(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one)
        names = [WrittenName(0, "Finance", NameKind.TITLE, (f"id {number}",)) for number in range(3)]
        form.drafting.change(form.drafting.form.with_names(UnitList(tuple(names))), "three rows")
        await settled(pilot, form)
        await pilot.press("N")
        await pilot.pause()
        rows = shown_rows(one)
        assert any("3 lines: 0 found, 3 to fix" in row for row in rows)
        assert sum(row.startswith(("> Finance", "Finance")) for row in rows) >= 3


async def test_a_line_that_names_what_another_names_is_shown_with_that_line(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "LEE.GU@contoso.com")
        rows = shown_rows(one)
        assert any("3 lines: 1 found, 1 twice, 1 to fix" in row for row in rows)
        assert any("3 LEE.GU@contoso.com also on line 1 counted once" in row for row in rows)
        await pilot.press("end", "x")
        assert "counts once already" in message(one.app.screen)


async def test_an_ambiguous_name_is_chosen_from_the_accounts_below_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one)
        await settled(pilot, form)
        three = addresses(one, "onedrive", 3)
        form.accept_paste(f"{three[0]}\nqqqq@contoso.com")
        await settled(pilot, form)
        ids = [unit.id for unit in usual(one, "onedrive", 3)]
        several = NameProblem(WrittenName(9, "sato", NameKind.TITLE), Reason.SEVERAL, candidates=tuple(ids))
        drafting = form.drafting
        drafting.change(replace(drafting.form, problems=(several, *drafting.form.problems)), "several")
        await pilot.press("enter")
        await pilot.pause()
        names = shown_as(one.app, NamesScreen)
        await pilot.press("down")
        assert names.row is not None
        assert names.row.startswith("9 sato")
        rows = shown_rows(one)
        assert any("9 sato 3 OneDrive accounts" in row or "9 sato 3 accounts" in row for row in rows)
        assert [any(name[:10] in row for row in rows) for name in three] == [True, True, True]
        assert any(three[0][:10] in row and "same as line 1" in row for row in rows)
        await pilot.press("enter")
        assert "choose one below with down, then enter" in message(names)
        await pilot.press("down", "down", "enter")
        assert [unit.name for unit in drafting.form.units] == three[:2]
        assert [problem.written.text for problem in drafting.form.problems] == ["qqqq@contoso.com"]
        await pilot.press("u")
        assert several in drafting.form.problems


async def test_a_nearest_name_that_is_in_the_list_says_so_and_does_not_merge_silently(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "qqqq@contoso.com", "adele.vance@contoso.com", "adel.vance@contoso.com")
        await pilot.press("down")
        rows = shown_rows(one)
        assert any("adel.vance@contoso.com" in row and "same as line 2" in row for row in rows)
        assert any("adele.vance@contoso.com is already on line 2: enter counts this line once" in row for row in rows)
        await pilot.press("enter")
        assert "adele.vance@contoso.com is already on line 2; counted once. u undoes." in message(names)
        assert drafting_of(names).form.counts.words == "3 lines: 1 found, 1 twice, 1 to fix"


async def test_all_nearest_are_taken_and_the_rest_left_out_with_one_key_each_and_one_key_undoes_it(
    tmp_path: Path,
) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        good = addresses(one, "onedrive", 6)
        near = [name.replace("@contoso", "@contso") for name in good[1:]]
        names = await names_of(
            pilot, one, good[0], *near, near[0].replace("@contso", "@cotoso"), "qq@x.com", "zz@x.com"
        )
        form = drafting_of(names).form
        assert len(form.problems) == 8
        await pilot.press("a")
        assert "6 nearest names taken, 1 of them in the list already and counted once. u undoes." in message(names)
        assert drafting_of(names).form.counts.words == "9 lines: 6 found, 1 twice, 2 to fix"
        await pilot.press("a")
        assert "No name here has exactly one nearest." in message(names)
        await pilot.press("u")
        assert drafting_of(names).form == form
        await pilot.press("a", "L")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore))
        assert drafting_of(names).form.counts.words == "9 lines: 6 found, 1 twice, 2 left out"
        assert drafting_of(names).form.left_out == ("qq@x.com", "zz@x.com")
        shown_as(one.app, NewRestore).undo(None)
        assert len(drafting_of(names).form.problems) == 2


async def test_names_that_were_typed_one_by_one_claim_no_line(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one)
        form.fields.units.focus()
        for name in (
            "adele.vance@contoso.com",
            "adel.vance@contoso.com",
            "qqqq@contoso.com",
            "ADELE.VANCE@contoso.com",
        ):
            await pilot.press(*name, "enter")
            await settled(pilot, form)
        await pilot.press("enter")
        await pilot.pause()
        rows = shown_rows(one)
        assert any("4 lines: 1 found, 1 twice, 2 to fix" in row for row in rows)
        assert any("adel.vance@contoso.com" in row and "is in the list" in row for row in rows)
        assert any("ADELE.VANCE@contoso.com" in row and "also in the list" in row for row in rows)
        assert not any("line 1" in row for row in rows)


async def test_sites_with_the_same_title_are_told_apart_by_their_addresses(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        form = await form_of(pilot, one, RestoreForm(Service.SHAREPOINT))
        form.accept_paste("Finance\nqqqq")
        await settled(pilot, form)
        await pilot.press("enter")
        await pilot.pause()
        rows = shown_rows(one)
        assert any("sites match choose below" in row for row in rows)
        for address in ("/sites/finance ", "/sites/finance-archive-2024 ", "/teams/finance "):
            assert any(row.startswith(address) for row in rows)
        await pilot.press("down", "enter")
        assert [unit.name for unit in form.drafting.form.units] == ["https://contoso.sharepoint.com/sites/finance"]


async def test_undo_here_takes_back_only_what_was_done_here(tmp_path: Path) -> None:
    """A form that was taken up again is not given up by one `u` too many among its names."""
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        names = await names_of(pilot, one, "lee.gu@contoso.com", "qqqq@contoso.com", "zzzz@contoso.com")
        before = drafting_of(names).form
        await pilot.press("u")
        assert one.app.screen is names
        assert "Nothing was done here yet" in message(names)
        await pilot.press("x", "u", "u", "u")
        assert one.app.screen is names
        assert drafting_of(names).form == before
