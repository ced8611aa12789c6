"""Specifies how a plan is compared with the drafts that were made for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from plan_files import check, names_of, plan_file

from backup_tui.errors import UsageError
from backup_tui.models.services import Destination
from backup_tui.plans.difference import ADDED, CHANGED, REMOVED, PlanDifference, compare, read_difference
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.record import PlanRecord, kept_units

if TYPE_CHECKING:
    from office import Office

    from backup_tui.plans.document import PlanDocument

FIXED = "22 Nov 07:03"


async def drafted(office: Office, document: PlanDocument) -> PlanRecord:
    found = await check(office, document)
    return await draft_plan(office.tools, document.plan, document.digest, str(document.path), found)


async def difference(office: Office, document: PlanDocument) -> PlanDifference:
    return await read_difference(office.tools, await check(office, document))


async def test_a_plan_that_was_just_drafted_does_not_differ_and_nothing_is_changed(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=5)), before=FIXED)
    await drafted(office, document)
    office.calls.clear()

    found = await difference(office, document)

    assert not found.differs
    assert (found.rows, found.settings, found.drafts, found.same) == ((), (), (), 5)
    assert found.words == "5 as they were"
    assert not office.changes()


async def test_added_and_removed_units(office: Office) -> None:
    units = await office.units(count=6)
    record = await drafted(office, plan_file(office, names_of(units[:4]), before=FIXED))

    found = await difference(office, plan_file(office, names_of(units[1:]), before=FIXED))

    assert [(row.sign, row.unit_id) for row in found.rows] == [
        (ADDED, units[4].id),
        (ADDED, units[5].id),
        (REMOVED, units[0].id),
    ]
    assert found.rows[0].what.startswith("to be drafted, in place, point of 22 Nov 0")
    assert (found.rows[2].what, found.rows[2].session_id) == ("no longer in the plan", record.sessions[1])
    assert found.words == "2 added, 1 removed, 3 as they were"
    assert found.settings == ()


async def test_another_time_destination_and_wave(office: Office) -> None:
    units = await office.units(count=3)
    names = names_of(units)
    waves = '[[wave]]\nname = "first"\nmembers = ["{}"]\n[[wave]]\nname = "rest"\n'
    await drafted(office, plan_file(office, names, waves.format(names[0]), before=FIXED))

    time = await difference(office, plan_file(office, names, waves.format(names[0]), before="21 Nov 07:03"))
    assert [row.sign for row in time.rows] == [CHANGED] * 3
    assert "point of 22 Nov 07:00 UTC -> point of 21 Nov 07:00 UTC" in {row.what for row in time.rows}
    assert time.settings == ("before: 22 Nov 07:03 -> 21 Nov 07:03",)

    wave = await difference(office, plan_file(office, names, waves.format(names[1]), before=FIXED))
    assert [(row.unit_id, row.what, row.wave) for row in wave.rows] == [
        (units[0].id, "wave first -> rest", "rest"),
        (units[1].id, "wave rest -> first", "first"),
    ]
    assert wave.settings == ("wave first: members: 1 added, 1 removed",)

    place = plan_file(office, names, waves.format(names[0]), before=FIXED)
    new = await difference(office, place.with_plan(replace(place.plan, destination=Destination.NEW)))
    assert {row.what for row in new.rows} == {"in place -> new"}
    assert new.settings == ("to: in-place -> new",)


async def test_settings_limits_and_waves_that_differ_are_listed(office: Office) -> None:
    names = names_of(await office.units(count=2))
    old = '[limits]\nsessions = 5\n[[wave]]\nname = "a"\n'
    new = 'note = "x"\n[limits]\nsessions = 6\n[[wave]]\nname = "b"\n'
    await drafted(office, plan_file(office, names, old, before=FIXED))

    found = await difference(office, plan_file(office, names, new, before=FIXED))

    assert "note: not set -> x" in found.settings
    assert "limits.sessions: 5 -> 6" in found.settings
    assert "wave a: no longer in the plan" in found.settings
    assert "wave b: new" in found.settings
    assert {row.what for row in found.rows} == {"wave a -> b"}


async def test_a_unit_that_lost_its_point_is_changed_not_removed(office: Office) -> None:
    names = names_of(await office.units(count=2))
    await drafted(office, plan_file(office, names, before=FIXED))

    found = await difference(office, plan_file(office, names, 'max_gap = "1m"\n', before=FIXED))

    assert [row.sign for row in found.rows] == [CHANGED, CHANGED]
    assert {row.what for row in found.rows} == {"has no usable point now: the point is older than you allowed"}


async def test_what_somebody_changed_in_a_draft_is_told(office: Office) -> None:
    units = await office.units(count=4)
    document = plan_file(office, names_of(units), "[limits]\nunits_per_session = 2\n", before=FIXED)
    record = await drafted(office, document)
    first, second = record.sessions[1], record.sessions[2]
    artifacts = [page async for page in office.tools.reader.artifacts(units[0].service, first)]
    await office.tools.may_write().update_session(units[0].service, first, remove=[artifacts[0].items[0].id])
    await office.delete(second)

    found = await difference(office, document)

    assert found.rows == ()
    assert found.differs
    assert len(found.drafts) == 2
    assert found.drafts[0].startswith(f"draft {first[:8]}: 1 unit missing (")
    assert found.drafts[1] == f"draft {second[:8]}: deleted by somebody, 2 units"


async def test_a_session_that_has_started_is_marked(office: Office) -> None:
    units = await office.units(count=3)
    document = plan_file(office, names_of(units), before=FIXED)
    record = await drafted(office, document)
    await office.tools.may_write().activate_session(record.sessions[1])

    found = await difference(office, plan_file(office, names_of(units[:2]), before=FIXED))

    assert [(row.sign, row.started) for row in found.rows] == [(REMOVED, True)]


async def test_repeated_units_count_in_the_part_that_they_came_from(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=3)), before=FIXED)
    record = await drafted(office, document)
    units = await kept_units(office.tools.journal, "ransom", 1)
    again = replace(record.parts[0], number=2, units=1, again_of=(record.sessions[1],))
    earlier = replace(units[0], point_id="another", time=None)

    found = compare(
        replace(record, parts=(*record.parts, again)), {1: units, 2: (earlier,)}, await check(office, document)
    )

    assert (found.rows, found.same) == ((), 3)


async def test_a_plan_without_drafts_has_nothing_to_compare_with(office: Office) -> None:
    with pytest.raises(UsageError, match="has no drafts"):
        await difference(office, plan_file(office, names_of(await office.units(count=1)), before=FIXED))
