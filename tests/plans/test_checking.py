"""Specifies what the check of a plan finds, and that it changes nothing."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace
from plan_files import check, names_of, plan_file, texts
from rows_of import searches

from backup_tui.errors import ServerFault, UsageError
from backup_tui.models.services import Destination, Service
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.record import kept_record
from backup_tui.plans.scope import leftovers_csv
from backup_tui.simulator.settings import Settings

if TYPE_CHECKING:
    from office import Office


async def test_a_clean_list_is_ready_and_nothing_is_changed(office: Office) -> None:
    units = await office.units(count=45)
    office.calls.clear()

    found = await check(office, plan_file(office, names_of(units), "[limits]\nunits_per_session = 20\n"))

    assert (found.ready, found.exit_code) == (True, 0)
    assert found.verdict == "READY: 45 units in 3 sessions"
    assert [part.units for part, _ in found.parts] == [20, 20, 5]
    assert [point.unit_id for _, points in found.parts for point in points] == [unit.id for unit in units]
    (wave,) = found.waves
    assert (wave.name, wave.units, wave.sessions, wave.rounds) == ("all", {Service.ONEDRIVE: 45}, 3, 1)
    assert found.sentences == (found.sentences[0],)
    assert found.sentences[0].startswith("IN PLACE: 45 OneDrive accounts are rolled back as a whole to ")
    assert not office.changes()
    assert await kept_record(office.tools.journal, "ransom") is None


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, page_size=40)])
async def test_the_requests_are_those_that_were_made_and_those_that_drafts_would_take(office: Office) -> None:
    units = await office.units(count=85)
    office.calls.clear()

    found = await check(office, plan_file(office, names_of(units)))

    asked = found.requests
    assert asked.made == len(office.calls)
    assert asked.pages == sum("protectionunit" in call.path.lower() for call in office.calls) > 1
    assert asked.searches == searches(office) == 5
    assert (asked.writes, asked.starts) == (2, 1), "50 units a write, all in one session"

    again = await check(office, plan_file(office, names_of(units)))
    assert again.requests.searches == 5, "what the plan takes, kept answers or not"
    assert again.requests.made == again.requests.pages + 2, "the service, and what runs"


async def test_every_line_is_accounted_for_and_names_to_fix_keep_it_from_ready(office: Office) -> None:
    units = await office.units(count=6)
    names = names_of(units)
    document = plan_file(
        office, [*names, names[0], "nobody@fabrikam.com", "left@out.com"], 'left_out = ["left@out.com"]\n'
    )

    found = await check(office, document)

    assert found.scope.sums == {"names": 9, "found": 6, "twice": 1, "toFix": 1, "leftOut": 1}
    assert (found.ready, found.exit_code) == (False, 2)
    assert found.verdict == "NOT READY: 1 name to fix"
    assert texts(found, "✗") == ["1 name is to fix or to leave out"]
    assert "1 name of the list left out, as the plan says" in texts(found, "!")


async def test_a_name_that_was_left_out_is_fine(office: Office) -> None:
    names = names_of(await office.units(count=2))

    found = await check(
        office, plan_file(office, [*names, "nobody@fabrikam.com"], 'left_out = ["nobody@fabrikam.com"]\n')
    )

    assert found.ready
    assert found.verdict == "READY: 2 units in 1 session"


async def test_a_unit_without_a_point_is_named_with_the_reason(office: Office) -> None:
    await office.units()
    every = [row for row in office.store.units[Service.ONEDRIVE].values() if row.status == "protected" and row.address]

    found = await check(office, plan_file(office, names_of(every), before="20 Apr 10:00"))

    count = len(found.points.without)
    assert count
    assert found.exit_code == 2
    assert f"{count:,} without a point" in found.verdict
    assert any("no point at or before its time" in text for text in texts(found, "✗"))


async def test_a_point_that_is_too_old_is_a_reason_of_its_own(office: Office) -> None:
    units = await office.units(Service.SHAREPOINT, count=4)
    document = plan_file(office, names_of(units), 'service = "sharepoint"\nmax_gap = "10m"\n', before="20 Sep 10:00")

    found = await check(office, document)

    assert texts(found, "✗") == [
        "4 units (" + found.points.without[0].name + ", ...): the point is older than you allowed"
    ]


async def test_another_number_than_expected_blocks(office: Office) -> None:
    names = names_of(await office.units(count=3))

    right = await check(office, plan_file(office, names, "[expected]\nonedrive = 3\n"))
    wrong = await check(office, plan_file(office, names, "[expected]\nonedrive = 4\nexchange = 2\n"))

    assert right.ready
    assert "3 OneDrive accounts, as expected" in texts(right, "✓")
    assert texts(wrong, "✗") == ["expected 2 mailboxes, found 0", "expected 4 OneDrive accounts, found 3"]
    assert (wrong.exit_code, wrong.verdict) == (6, "NOT READY: 2 checks block")


async def test_a_changed_list_is_told_with_the_beginnings_of_both_hashes(office: Office) -> None:
    names = names_of(await office.units(count=3))
    old = plan_file(office, names[:2])
    before = sha256((old.folder / "names.csv").read_bytes()).hexdigest()

    changed = await check(office, plan_file(office, names, f'list_sha256 = "{before}"\n'))
    now = sha256((old.folder / "names.csv").read_bytes()).hexdigest()
    same = await check(office, plan_file(office, names, f'list_sha256 = "{now}"\n'))

    text = f"the list changed since the plan was written: SHA-256 {before[:8]}... then, {now[:8]}... now"
    assert text in texts(changed, "!")
    assert changed.ready
    assert "the list is the one that the plan was written for" in texts(same, "✓")


async def test_a_relative_time_is_told_as_what_it_means(office: Office) -> None:
    names = names_of(await office.units(count=1))

    relative = await check(office, plan_file(office, names, before="5h ago"))
    latest = await check(office, plan_file(office, names, name="newest", before="latest"))
    fixed = await check(office, plan_file(office, names, name="fixed", before="20 Nov 14:10"))

    told = '"5h ago" counts from 22 Nov 12:03 UTC, for a day: 22 Nov 07:03 UTC; write a date to keep it'
    assert told in texts(relative, "!")
    assert '"latest" is as of 22 Nov 12:03 UTC, for an hour; write a date to keep it' in texts(latest, "!")
    assert not any("counts from" in text for text in texts(fixed, "!"))


@pytest.mark.parametrize("settings", [Settings(units=300, history=False, service_status="restoreLocked")])
async def test_a_locked_service_blocks(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=1)))

    found = await check(office, document)

    assert (found.ready, found.exit_code) == (False, 6)
    assert any("locked" in text for text in texts(found, "✗"))


async def test_a_unit_that_another_restore_holds_blocks_but_not_the_plans_own(office: Office) -> None:
    units = await office.units(count=4)
    document = plan_file(office, names_of(units))
    first = await check(office, document)
    assert "none is in another known restore" in texts(first, "✓")
    record = await draft_plan(office.tools, document.plan, document.digest, str(document.path), first)
    await office.tools.may_write().activate_session(record.sessions[1])

    own = await check(office, document)
    assert own.ready
    assert "1 session of this plan exists already" in texts(own, "✓")

    other = await check(office, plan_file(office, names_of(units[:2]), name="other"))
    assert any("already being restored by" in text for text in texts(other, "✗"))


async def test_what_others_hold_is_told_and_does_not_block(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=2)))
    draft = await office.draft(await office.units(count=3, first=2))
    await office.tools.may_write().activate_session(draft.session_id)

    found = await check(office, document)

    assert found.ready
    (line,) = [text for text in texts(found, "✓") if "sessions running elsewhere" in text]
    assert line.endswith(" of 1,000 OneDrive accounts in restore")


async def test_units_of_several_services_and_places_are_told_apart(office: Office) -> None:
    drives = await office.units(count=2)
    sites = await office.units(Service.SHAREPOINT, count=2)
    names = [unit.id for unit in (*drives, *sites)]

    found = await check(
        office, plan_file(office, names, 'service = ""\n'.replace('service = ""', "# service of each row"))
    )

    assert {part.service for part, _ in found.parts} == {Service.ONEDRIVE, Service.SHAREPOINT}
    assert all(part.destination is Destination.IN_PLACE for part, _ in found.parts)
    assert len(found.sentences) == 2


async def test_the_checks_of_a_single_review_are_made(office: Office) -> None:
    found = await check(office, plan_file(office, names_of(await office.units(count=30)), before="20 Sep 10:00"))

    said = " / ".join(one.text for one in found.checks)
    for part in (
        "holds cannot be seen",
        "after an attack: make sure it is over",
        "points are weekly",
        "content removed from the recycle bin is not restored",
        "permissions: Microsoft's pages differ",
        "restores of these units from elsewhere are not counted here",
    ):
        assert part in said
    assert len(found.checks) == len({(one.mark, one.text) for one in found.checks})
    marks = ["✗!?✓".index(one.mark.value) for one in found.checks]
    assert marks == sorted(marks), "worst first"


async def test_more_than_the_service_takes_at_a_time_is_told_as_rounds(office: Office) -> None:
    document = plan_file(
        office, names_of(await office.units(count=45)), "[limits]\nunits = 20\nunits_per_session = 10\n"
    )

    found = await check(office, document)

    assert found.ready
    assert "wave all: 45 OneDrive accounts; this plan restores 20 at a time: 3 rounds" in texts(found, "!")
    assert found.waves[0].starts == "after your yes, 20 max"


async def test_a_plan_that_changed_since_its_drafts_says_so(office: Office) -> None:
    names = names_of(await office.units(count=3))
    document = plan_file(office, names)
    await draft_plan(office.tools, document.plan, document.digest, "", await check(office, document))

    found = await check(office, plan_file(office, names, 'note = "another one"\n'))

    text = "1 session of this plan exists already, and the plan was another one then: see what differs"
    assert text in texts(found, "!")


async def test_what_cannot_be_read_around_it_is_unknown_and_points_are_an_error(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=1)))
    office.faults.add("refuse", path="restoreSessions", status=500, times=None)
    found = await check(office, document)
    assert "the running restores could not be read; a unit may be in one of them" in texts(found, "?")
    assert found.ready

    office.faults.add("refuse", path="search", status=500, times=None)
    with pytest.raises(ServerFault):
        await check(office, plan_file(office, names_of(await office.units(count=2)), name="another"))


async def test_an_unusable_time_is_refused_before_points_are_looked_for(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=1)), before="2hh")
    office.calls.clear()

    with pytest.raises(UsageError, match="isn't a time"):
        await check(office, document)
    assert not searches(office)


async def test_an_overlap_of_one_service_leaves_no_all_clear_for_the_other(office: Office) -> None:
    drives, sites = await office.units(count=2), await office.units(Service.SHAREPOINT, count=2)
    draft = await office.draft(sites[:1])
    await office.tools.may_write().activate_session(draft.session_id)
    names = [unit.id for unit in (*drives, *sites)]

    found = await check(office, plan_file(office, names, "# service of each row\n"))

    assert any("already being restored" in text for text in texts(found, "✗"))
    assert "none is in another known restore" not in texts(found, "✓")


async def test_what_cannot_be_restored_is_a_list_that_is_read_again(office: Office) -> None:
    await office.units()
    every = [row for row in office.store.units[Service.ONEDRIVE].values() if row.status == "protected" and row.address]
    document = plan_file(office, [*names_of(every), "nobody@fabrikam.com"], before="20 Apr 10:00")
    found = await check(office, document)
    without = {unit.unit_id for unit in found.points.without}
    assert without

    text = leftovers_csv(found.scope, found.points.without, document.plan.waves)
    again = plan_file(office, [], name="leftovers", before="20 Nov 14:10")
    (again.folder / "names.csv").write_text(text, encoding="utf-8")
    rest = await check(office, again)

    assert rest.scope.sums["names"] == len(without) + 1
    assert rest.points.units, "at the later time, most have a point"
    assert {row.unit.id for row in rest.scope.rows} == without
    assert [problem.problem.written.text for problem in rest.scope.problems] == ["nobody@fabrikam.com"]


async def test_a_sign_in_that_may_not_draft_is_told(office: Office) -> None:
    document = plan_file(office, names_of(await office.units(count=1)))
    may_read = replace(office.tools.who, scopes=frozenset({"BackupRestore-Search.Read.All"}), told=True)
    office.tools = replace(office.tools, who=may_read, writer=None)

    found = await check(office, document)

    said = " / ".join(texts(found, "!"))
    assert "This sign-in may not draft, change, start and delete" in said
    assert "opened read-only: nothing can be drafted from here" in said
    assert found.ready


async def test_names_in_bulk_need_no_search_and_say_what_they_cost(office: Office) -> None:
    names = names_of(await office.units(count=30))
    office.calls.clear()

    found = await check(office, plan_file(office, names, "bulk = true\n"))

    assert searches(office) == found.requests.searches == 0
    assert (found.requests.writes, found.requests.starts) == (2, 1)
    assert found.ready
    assert found.sentences[0].startswith(
        "IN PLACE: 30 OneDrive accounts are rolled back as a whole to 22 Nov 07:03 UTC."
    )
    assert "30 names by lists of names" in found.offers[0]

    strict = await check(office, plan_file(office, names, 'bulk = true\nmax_gap = "1h"\n'))
    assert texts(strict, "✗") == ["older points cannot be left out: no point is known before the start"]
    assert strict.exit_code == 6
