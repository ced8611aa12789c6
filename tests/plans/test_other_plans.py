"""Specifies that a unit in two plans is told before it is restored twice."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from plan_files import check, names_of, plan_file, texts

from backup_tui.plans.drafting import draft_plan

if TYPE_CHECKING:
    from office import Office


async def test_units_of_another_plan_are_told_until_they_are_restored_there(office: Office) -> None:
    units = await office.units(count=4)
    friday = plan_file(office, names_of(units[:3]), name="friday")
    record = await draft_plan(office.tools, friday.plan, friday.digest, "", await check(office, friday))
    mine = plan_file(office, names_of(units[1:]))
    told = f"2 units ({units[1].address}, ...) are in plan friday as well, and not restored there yet"

    assert told in texts(await check(office, mine), "!")
    assert not any("plan friday" in text for text in texts(await check(office, friday), "!")), "it is that plan"

    await office.tools.may_write().activate_session(record.sessions[1])
    assert told in texts(await check(office, mine), "!"), "while it runs, too"

    office.advance(timedelta(days=2).total_seconds())
    ended = plan_file(office, names_of(units[1:]), before="20 Nov 14:10")
    assert not any("plan friday" in text for text in texts(await check(office, ended), "!"))


async def test_a_deleted_draft_holds_nobody(office: Office) -> None:
    units = await office.units(count=2)
    friday = plan_file(office, names_of(units), name="friday")
    record = await draft_plan(office.tools, friday.plan, friday.digest, "", await check(office, friday))
    await office.delete(record.sessions[1])

    found = await check(office, plan_file(office, names_of(units)))

    assert not any("plan friday" in text for text in texts(found, "!"))
