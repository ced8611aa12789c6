"""Who is in a plan, and what becomes of every other name."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from office import ADELE, Office
from scope_desk import PLAN, Desk, only

from backup_tui.errors import UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.answers import take_nearest
from backup_tui.plans.plan import Wave
from backup_tui.plans.scope import leftovers_csv
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.restore.names.resolve import Reason, doubt
from backup_tui.simulator.settings import Settings


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Desk:
    return Desk(office, tmp_path)


async def test_names_of_all_services_are_in_one_list(desk: Desk) -> None:
    ((mailbox, drive),) = await desk.people(1)
    (site,) = await desk.office.units(Service.SHAREPOINT, 1)

    result = await desk.resolve_list(mailbox.id, drive.id, site.address.upper() + "/", "nobody@contoso.com")

    assert [row.unit.id for row in result.rows] == [mailbox.id, drive.id, site.id]
    assert [row.unit.service for row in result.rows] == list(Service)
    assert [row.line for row in result.rows] == [1, 2, 3]
    assert result.sums == {"names": 4, "found": 3, "twice": 0, "toFix": 1, "leftOut": 0}
    assert only(result.problems).words == "Nothing in contoso.com has this address."


async def test_an_address_of_two_services_is_to_fix_unless_the_plan_or_the_row_says_whose(desk: Desk) -> None:
    (mailbox, drive), (other, other_drive), _ = await desk.people(3)

    undecided = await desk.resolve_list(mailbox.address, other.address)
    of_plan = await desk.resolve_list(mailbox.address, plan=replace(PLAN, service=Service.ONEDRIVE))
    of_rows = await desk.resolve_list(
        "address,service", f"{mailbox.address},Mailbox", f"{mailbox.address},OneDrive for Business",
        f"{other.address},onedrive", plan=replace(PLAN, service=Service.EXCHANGE),
    )  # fmt: skip
    chosen = await desk.resolve_list(
        mailbox.address, plan=replace(PLAN, scope=replace(PLAN.scope, chosen={mailbox.address.upper(): drive.id}))
    )

    assert [one.problem.reason for one in undecided.problems] == [Reason.SEVERAL, Reason.SEVERAL]
    assert undecided.problems[0].words.startswith("This name is a mailbox and a OneDrive account.")
    assert undecided.problems[0].near == {
        mailbox.id: f"{mailbox.address} (mailbox)", drive.id: f"{drive.address} (OneDrive account)",
    }  # fmt: skip
    assert any("2 names mean units of several services" in remark for remark in undecided.remarks)
    assert [row.unit.id for row in of_plan.rows] == [drive.id]
    assert [row.unit.id for row in of_rows.rows] == [mailbox.id, drive.id, other_drive.id]
    assert [row.unit.id for row in chosen.rows] == [drive.id]


async def test_the_id_in_a_row_says_which_of_two_units_its_address_means(desk: Desk) -> None:
    ((mailbox, _),) = await desk.people(1)

    result = await desk.resolve_list("unit id;address", f"{mailbox.id};{mailbox.address}")

    assert [row.unit.id for row in result.rows] == [mailbox.id]


async def test_only_the_services_that_names_can_be_of_are_read(desk: Desk) -> None:
    await desk.resolve_list("nobody@contoso.com", plan=replace(PLAN, service=Service.ONEDRIVE))
    of_plan, desk.loaded = desk.loaded, []
    await desk.resolve_list("url,service", "https://contoso.sharepoint.com/sites/none,site")
    of_rows, desk.loaded = desk.loaded, []
    await desk.resolve_list("nobody@contoso.com")

    assert of_plan == [Service.ONEDRIVE]
    assert of_rows == [Service.SHAREPOINT]
    assert desk.loaded == list(Service)


async def test_columns_of_a_row_count_for_its_unit(desk: Desk) -> None:
    one, two, three = await desk.office.units(Service.ONEDRIVE, 3)
    waves = (Wave("1 directors", ("wave=1",), before="3h", destination=Destination.NEW), Wave("the rest"))
    plan = replace(PLAN, service=Service.ONEDRIVE, waves=waves)

    result = await desk.resolve_list(
        "UserPrincipalName;Time;TimeZone;To;Priority;Department",
        f"{one.address};20 Nov 14:10;America/New_York;in place;1;HR",
        f"{two.address};;;;1;HR",
        f"{three.address};;;NEW address;;HR",
        plan=plan,
    )

    rows = {row.unit.id: row for row in result.rows}
    assert (rows[one.id].before, rows[one.id].own) == ("20 Nov 14:10 America/New_York", True)
    assert (rows[one.id].destination, rows[one.id].wave) == (Destination.IN_PLACE, 0)
    assert (rows[two.id].before, rows[two.id].own) == ("3h", False)
    assert (rows[two.id].destination, rows[two.id].wave) == (Destination.NEW, 0)
    assert (rows[three.id].before, rows[three.id].destination, rows[three.id].wave) == ("2h", Destination.NEW, 1)
    assert "Used for each row: Time, TimeZone, To, Priority." in result.remarks
    assert "Column not used: Department." in result.remarks


async def test_a_zone_counts_where_the_time_of_the_row_has_none(desk: Desk) -> None:
    units = await desk.office.units(Service.ONEDRIVE, 6)
    cells = ["2h;Asia/Tokyo", "latest;Asia/Tokyo", "2026-11-20 13:10Z;Asia/Tokyo", "20 Nov 14:10;Tokyo Standard Time",
             ";Asia/Tokyo", "20 Nov 14:10;Mars"]  # fmt: skip

    result = await desk.resolve_list(
        "unit;time;zone", *(f"{unit.id};{cell}" for unit, cell in zip(units, cells, strict=True)),
        plan=replace(PLAN, before="20 Nov 9:00"),
    )  # fmt: skip

    assert [row.before for row in result.rows] == [
        "2h", "latest", "2026-11-20 13:10Z", "20 Nov 14:10 Tokyo Standard Time", "20 Nov 9:00 Asia/Tokyo",
    ]  # fmt: skip
    assert all(row.own for row in result.rows)
    assert 'Column time: "20 Nov 14:10 Mars": ' in only(result.problems).words


@pytest.mark.parametrize(
    ("heading", "cell", "words"),
    [
        ("time", "31 Feb", 'Column time: "31 Feb": '),
        ("Restore Point", "tomorrowish", 'Column Restore Point: "tomorrowish": '),
        ("before", "2099-01-01", "is in the future by"),
        ("destination", "the moon", 'Column destination: "the moon" cannot be used. It is new or in-place.'),
        ("wave", "directers", 'Column wave: "directers" cannot be used. Did you mean directors?'),
        (
            "service",
            "Teams chat",
            'Column service: "Teams chat" cannot be used. It is exchange, onedrive or sharepoint.',
        ),
    ],
)
async def test_a_cell_that_cannot_be_read_makes_its_name_one_to_fix(
    desk: Desk, heading: str, cell: str, words: str
) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)
    plan = replace(PLAN, waves=(Wave("directors", ("x@y",)), Wave("the rest")))

    result = await desk.resolve_list(f"unit,{heading}", f"{one.id},{cell}", f"{two.id},", plan=plan)

    assert [row.unit.id for row in result.rows] == [two.id]
    problem = only(result.problems)
    assert problem.problem.reason is Reason.WRONG_CELL
    assert problem.problem.written.line == 2
    assert words in problem.words


async def test_a_unit_that_is_named_again_counts_once_unless_the_line_asks_for_something_else(desk: Desk) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)

    result = await desk.resolve_list(
        "unit,time", f"{one.id},2h", f"{one.object_id},2 H", f"{one.id},", f"{one.id},5h", f"{two.id},", f"{two.id},",
        plan=replace(PLAN, service=Service.ONEDRIVE),
    )  # fmt: skip

    assert [row.unit.id for row in result.rows] == [one.id, two.id]
    assert sorted(again.line for again in result.twice) == [3, 4, 7]
    problem = only(result.problems)
    assert problem.problem.written.line == 5
    assert problem.words.startswith("Line 2 names it, too, with another time (2h; here 5h).")


async def test_names_that_a_person_left_out_are_counted_and_unknown_ones_are_said(desk: Desk) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)
    scope = replace(PLAN.scope, left_out=(one.address.upper(), "who@contoso.com"), chosen={"ghost": "u-1"})

    result = await desk.resolve_list(
        one.address, two.address, "hassan", plan=replace(PLAN, service=Service.ONEDRIVE, scope=scope)
    )

    assert result.left_out == (one.address,)
    assert [row.unit.id for row in result.rows] == [two.id]
    assert "left_out in the plan is not in the list: who@contoso.com." in result.remarks
    assert "[chosen] in the plan is not in the list: ghost." in result.remarks


async def test_a_unit_that_is_left_out_does_not_come_back_under_another_name(desk: Desk) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)
    by_name = replace(PLAN, service=Service.ONEDRIVE, scope=replace(PLAN.scope, left_out=(one.address,)))
    by_id = replace(by_name, scope=replace(PLAN.scope, left_out=(one.id.upper(),)))

    for plan in (by_name, by_id):
        result = await desk.resolve_list(one.id, one.address, two.address, plan=plan)

        assert result.left_out == (one.id, one.address)
        assert [row.unit.id for row in result.rows] == [two.id]
        assert not any("not in the list" in remark for remark in result.remarks)


async def test_only_a_unit_in_sound_backup_is_taken_for_a_misspelt_name_unasked(desk: Desk) -> None:
    (sound,) = await desk.office.units(Service.ONEDRIVE, 1)
    rows = desk.office.store.units[Service.ONEDRIVE].values()
    bare = next(unit for unit in rows if unit.address and doubt(unit) is not None)
    slips = [unit.address.replace("@", "q@") for unit in (sound, bare)]
    plan = replace(PLAN, service=Service.ONEDRIVE)

    result = await desk.resolve_list(*slips, plan=plan)
    answered, count = take_nearest(plan, result)

    assert [one.problem.nearest for one in result.problems] == [sound.id, None]
    assert list(result.problems[1].near) == [bare.id]
    assert (count, answered.scope.chosen) == (1, {slips[0]: sound.id})


async def test_a_chosen_unit_that_is_gone_is_to_fix(desk: Desk) -> None:
    scope = replace(PLAN.scope, chosen={"sato": "u-1"})

    result = await desk.resolve_list("sato", plan=replace(PLAN, scope=scope))

    assert only(result.problems).words == "The unit that the plan chose for it (u-1) is not listed. Choose again."


async def test_a_list_that_has_changed_is_said(desk: Desk) -> None:
    (one,) = await desk.office.units(Service.ONEDRIVE, 1)
    fresh = await desk.resolve_list(one.id)
    plan = replace(PLAN, scope=replace(PLAN.scope, sha256=fresh.sha256))

    same = await desk.resolve_list(one.id, plan=plan)
    other = await desk.resolve_list(one.id, "", plan=plan)

    assert not fresh.changed
    assert not same.changed
    assert other.changed
    assert other.remarks[0] == "The list names.csv has changed since the plan was written (list_sha256)."


async def test_a_list_in_the_encoding_of_a_spreadsheet_is_read(desk: Desk) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)
    for encoding in ("utf-8-sig", "utf-16"):
        text = f"E-Mail;Zeitpunkt\n{one.id};2h\n{two.id};gestern\n"
        (desk.folder / "names.csv").write_text(text, encoding)

        result = await desk.resolve()

        assert len(result.rows) == 1
        assert 'Column Zeitpunkt: "gestern"' in only(result.problems).words


async def test_names_of_another_tenant_are_recognized(desk: Desk) -> None:
    result = await desk.resolve_list("a.b@fabrikam.com", "c.d@fabrikam.com")

    assert result.remarks[0].startswith("None of these 2 names is in contoso.com; 2 end in fabrikam.com.")


async def test_a_plan_for_another_tenant_is_refused(desk: Desk) -> None:
    desk.write("a@b.com")

    with pytest.raises(UsageError, match=r"The plan is for fabrikam\.com; you are signed in to contoso\.com") as caught:
        await desk.resolve(replace(PLAN, tenant="fabrikam.com"))

    assert ADELE.tenant_id is not None
    assert ADELE.tenant_id in caught.value.hint
    assert desk.loaded == []
    for tenant in ("Contoso.com", ADELE.tenant_id):
        assert (await desk.resolve(replace(PLAN, tenant=tenant))).problems


async def test_names_that_an_application_is_not_given_are_refused_before_anything_is_read(tmp_path: Path) -> None:
    desk = Desk(Office(Settings(history=False), tmp_path), tmp_path)
    async with desk.office.stack:
        await desk.office.open(replace(ADELE, app_only=True))
        desk.write("a@b.com", "https://contoso.sharepoint.com/sites/x")

        with pytest.raises(UsageError, match="hides the names of mailboxes"):
            await desk.resolve()

        assert desk.loaded == []


async def test_an_empty_or_missing_list_is_named(desk: Desk) -> None:
    with pytest.raises(UsageError, match=r"names\.csv cannot be read"):
        await desk.resolve()
    desk.write("# nobody")
    with pytest.raises(UsageError, match=r"names\.csv holds no name"):
        await desk.resolve()


async def test_leftovers_are_corrected_and_read_again(desk: Desk) -> None:
    one, two = await desk.office.units(Service.ONEDRIVE, 2)
    typed = one.address.replace("@", "@x")
    result = await desk.resolve_list(
        "mail,time,service", f"{typed},2h,onedrive", "=cmd,31 Feb,onedrive", f"{two.address},,onedrive",
    )  # fmt: skip
    assert len(result.problems) == 2

    text = leftovers_csv(result)
    assert "\r\n=" not in text
    again = parse_unit_list(text)
    assert [name.text for name in again.lines] == [typed, "=cmd"]
    assert [(name.cells.before, name.cells.service) for name in again.lines] == [
        ("2h", "onedrive"),
        ("31 Feb", "onedrive"),
    ]
    corrected = text.replace(typed, one.address, 1).replace("'=cmd", two.address).replace("31 Feb", "3h")
    (desk.folder / "names.csv").write_text(corrected, encoding="utf-8", newline="")
    fixed = await desk.resolve()

    assert [row.unit.id for row in fixed.rows] == [one.id, two.id]
    assert [row.before for row in fixed.rows] == ["2h", "3h"]
