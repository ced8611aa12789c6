"""Specifies what a report says of sessions and plans: as the service has them, or as far as this machine knows."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from backup_tui.errors import NotFound, ServerFault, UsageError
from backup_tui.evidence.facts import NOT_DRAFTED, NOT_IN_SESSION, Report
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.evidence.measures import summary
from backup_tui.evidence.offline import kept_here
from backup_tui.models.services import Destination, Service
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan, Scope, Source, Wave
from backup_tui.plans.record import PlanRecord, Yes, keep_record, keep_units, part_key
from backup_tui.restore.drafts.asked import Asked
from backup_tui.restore.drafts.drafts import create_draft
from backup_tui.restore.drafts.plan import DraftPlan
from backup_tui.restore.review.activation import Start

if TYPE_CHECKING:
    from office import Office

FOUR_HOURS = timedelta(hours=4).total_seconds()


async def report_of(office: Office, *ids: str, plan: PlanRecord | None = None) -> Report:
    where = where_of(office.tools, "http://127.0.0.1:8365")
    return await gather(office.tools.journal, where, sessions=ids, plan=plan, tools=office.tools)


async def restored(office: Office, count: int = 4, service: Service = Service.EXCHANGE, **more: object) -> str:
    result = await office.draft(await office.units(service, count=count), Destination.NEW, **more)
    review = await office.review(Start(result.session_id))
    await office.carry_out(review)
    office.advance(FOUR_HOURS)
    return result.session_id


async def test_units_people_times_and_ids_as_the_service_and_the_journal_have_them(office: Office) -> None:
    session_id = await restored(office, missing=("nobody@contoso.com",), left_out=("ceo@contoso.com",))
    report = await report_of(office, session_id)
    truth = office.service.sessions[session_id]
    assert {unit.unit_id for unit in report.units} == {one.unit.id for one in truth.artifacts}
    assert all(unit.restored and unit.took and unit.wanted and unit.gap is not None for unit in report.units)
    assert any(unit.result.startswith("Recovered Items") for unit in report.units)
    (session,) = report.sessions
    start = (await office.intents())[-1]
    assert (session.created_by, session.drafted_here_by) == ("Adele Vance", "adele.vance@contoso.com")
    assert (session.started_by, session.started_entry) == ("adele.vance@contoso.com", start.id)
    assert session.started_at == start.answered_at
    assert [(one.name, one.reason) for one in report.absent] == [("nobody@contoso.com", "not in the draft")]
    assert report.left_out == ("ceo@contoso.com",)
    assert [entry.kind for entry in report.entries] == ["create", "activate"]
    changes = {call.id: call.request_id for call in office.calls if call.mutating}
    told = {call.client_request_id: call.request_id for call in report.calls}
    assert changes.items() <= told.items()
    assert not report.unknown
    assert (report.generated_by, report.tenant, report.offline) == ("adele.vance@contoso.com", "contoso.com", False)


async def test_sums_agree_with_the_books_of_the_service(office: Office) -> None:
    session_id = await restored(office, count=30, service=Service.ONEDRIVE)
    sums = summary(await report_of(office, session_id))
    truth, now = office.service.sessions[session_id], office.service.now()
    done = [one for one in truth.artifacts if one.status(now) == "succeeded"]
    assert (sums.units, sums.restored, sums.failed) == (30, len(done), 30 - len(done))
    assert sums.recovery is not None
    assert sums.recovery.units == len(done)


async def test_a_session_started_elsewhere_says_what_is_unknown(office: Office) -> None:
    result = await office.draft(await office.units(count=2), Destination.NEW)
    await office.tools.journal.drop(f"draft:{result.session_id}")
    office.faults.add("other", method="GET", path=f"{result.session_id}$", session=result.session_id, deed="activate")
    report = await report_of(office, result.session_id)
    text = " ".join(report.unknown)
    assert "drafted elsewhere" in text
    assert "Who started" in text
    assert report.sessions[0].started_by == ""
    assert report.sessions[0].changed_by == "Ryan"
    assert summary(report).age is None


async def test_a_report_with_holes_is_not_made(office: Office) -> None:
    result = await office.draft(await office.units(count=1))
    office.faults.add("refuse", method="GET", path="Artifacts", status=500, times=None)
    with pytest.raises(ServerFault):
        await report_of(office, result.session_id)


async def test_a_deleted_draft_is_reported_as_it_was_kept(office: Office) -> None:
    result = await office.draft(await office.units(count=2))
    await office.delete(result.session_id)
    report = await report_of(office, result.session_id)
    assert len(report.units) == 2
    assert summary(report).unknown == 2
    assert "no longer has" in report.unknown[0]
    with pytest.raises(NotFound):
        await report_of(office, "00000000-0000-0000-0000-000000000000")


# -- offline ----------------------------------------------------------------------------------------------------------


async def test_offline_nothing_is_sent_and_the_rest_is_unknown(office: Office) -> None:
    session_id = await restored(office, count=3)
    calls = len(office.calls)
    async with kept_here(office.folder, sessions=[session_id[:8]]) as kept:
        report = await gather(kept.journal, kept.where, sessions=kept.sessions)
    assert len(office.calls) == calls
    assert report.offline
    assert (report.tenant, kept.sessions) == ("contoso.com", (session_id,))
    assert "not signed in" in report.generated_by
    assert {unit.word for unit in report.units} == {"unknown"}
    assert all(unit.wanted and unit.point_time for unit in report.units)
    assert report.sessions[0].started_by == "adele.vance@contoso.com"
    assert "Nothing was read from the service" in report.unknown[0]
    assert len(report.entries) == 2


async def test_offline_refuses_what_is_not_kept_here(office: Office) -> None:
    session_id = (await office.draft(await office.units(count=1))).session_id
    for sessions, plan in ((["77777777"], ""), ([session_id[:3]], ""), ([], "other")):
        with pytest.raises(NotFound, match="Nothing is kept"):
            async with kept_here(office.folder, sessions=sessions, plan=plan):
                pass
    with pytest.raises(NotFound):
        async with kept_here(office.folder, sessions=[session_id], tenant="fabrikam.com"):
            pass
    with pytest.raises(UsageError, match="demo keeps nothing"):
        async with kept_here(None, sessions=[session_id]):
            pass


# -- plans ------------------------------------------------------------------------------------------------------------


async def plan_in_two_parts(office: Office) -> PlanRecord:
    """A plan of six accounts: three drafted, three not yet."""
    units = await office.units(count=6)
    table = await office.table(units)
    parts = tuple(Part(number, number - 1, Service.ONEDRIVE, Destination.NEW, 3) for number in (1, 2))
    plan = Plan(
        "ransom",
        Scope(Source.LIST, ("names.csv",), left_out=("ceo@contoso.com",)),
        "2h",
        "UTC",
        Destination.NEW,
        (Wave("directors"), Wave("the rest")),
    )
    for part, rows in zip(parts, (table.rows[:3], table.rows[3:]), strict=True):
        await keep_units(office.tools.journal, "ransom", part.number, rows)
    asked = Asked.of(["ransom", 1], part_key("ransom", 1))
    made = await create_draft(
        office.tools, DraftPlan(Service.ONEDRIVE, Destination.NEW, table.rows[:3]), lambda _: None, asked
    )
    record = PlanRecord(
        plan,
        "ransom.toml",
        "abc",
        office.clock.now(),
        "adele.vance@contoso.com",
        parts,
        {1: made.session_id},
        (Yes("restore 3", "adele.vance@contoso.com", office.clock.now(), {made.session_id: "f"}),),
        names={"names": 8, "found": 6, "toFix": 1, "leftOut": 1},
        missing=(("nobody@contoso.com", "no account of this name"),),
    )
    await keep_record(office.tools.journal, record)
    return record


async def test_every_unit_of_a_plan_is_accounted_for_drafted_or_not(office: Office) -> None:
    record = await plan_in_two_parts(office)
    report = await report_of(office, plan=record)
    assert [unit.status for unit in report.units].count(NOT_DRAFTED) == 3
    sums = summary(report)
    assert (sums.units, sums.not_started) == (6, 6)
    assert [(one.part, one.wave) for one in report.sessions] == [(1, "directors")]
    assert report.plan is not None
    assert (report.plan.names["names"], report.plan.yes[0].phrase) == (8, "restore 3")
    assert report.absent[0].name == "nobody@contoso.com"
    assert report.left_out == ("ceo@contoso.com",)
    assert [entry.plan for entry in report.entries] == ["key:plan/ransom/1"]


async def test_a_planned_unit_that_left_its_session_is_said_to_be_missing(office: Office) -> None:
    record = await plan_in_two_parts(office)
    gone = office.service.sessions[record.sessions[1]].artifacts.pop()
    report = await report_of(office, plan=record)
    assert [unit.unit_id for unit in report.units if unit.status == NOT_IN_SESSION] == [gone.unit.id]


async def test_a_name_that_the_service_could_not_use_is_a_failed_unit_with_its_cause(office: Office) -> None:
    record = await plan_in_two_parts(office)
    session = office.service.sessions[record.sessions[1]]
    renamed, later = session.artifacts.pop(), session.artifacts.pop()
    first, second = record.parts
    record = replace(record, parts=(replace(first, bulk=True), second))
    states = {unit.unit_id: unit.word for unit in (await report_of(office, plan=record)).units}
    assert (states[renamed.unit.id], states[later.unit.id]) == ("unknown", "unknown"), "names not looked up yet"
    record = replace(record, unusable={1: {renamed.unit.id: "UserEmailNotFound"}})
    units = {unit.unit_id: unit for unit in (await report_of(office, plan=record)).units}
    assert (units[renamed.unit.id].word, units[renamed.unit.id].cause) == ("failed", "not found")
    assert units[renamed.unit.id].code == "UserEmailNotFound"
    assert units[later.unit.id].status == NOT_IN_SESSION


async def test_a_unit_restored_at_the_second_try_counts_once_as_restored(office: Office) -> None:
    record = await plan_in_two_parts(office)
    report = await report_of(office, plan=record)
    first = report.units[0]
    failed = replace(first, status="failed", session_id="a")
    again = replace(first, status="succeeded", session_id="b")
    sums = summary(replace(report, units=(failed, again)))
    assert (sums.units, sums.restored, sums.failed, sums.after_retry) == (1, 1, 0, 1)
    assert not sums.causes


async def test_a_plan_offline_knows_its_units_and_its_yes(office: Office) -> None:
    await plan_in_two_parts(office)
    async with kept_here(office.folder, plan="ransom") as kept:
        report = await gather(kept.journal, kept.where, plan=kept.plan)
    assert len(report.units) == 6
    assert report.plan is not None
    assert report.plan.yes[0].by == "adele.vance@contoso.com"
