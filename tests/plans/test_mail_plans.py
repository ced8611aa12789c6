"""Specifies plans of mails: a search for each mailbox, its own best point, and a draft of what it holds, once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from plan_files import check, names_of, plan_file, texts

from backup_tui.errors import UsageError
from backup_tui.journal.records import IntentKind
from backup_tui.models.mail_language import read_query
from backup_tui.models.services import Destination, Service
from backup_tui.plans import mails
from backup_tui.plans.approval import ApproveWave
from backup_tui.plans.checking import PlanCheck
from backup_tui.plans.document import plan_text, read_plan
from backup_tui.plans.drafting import draft_plan
from backup_tui.plans.from_mail import MailPlan, names_as_typed, save_mail_plan
from backup_tui.plans.parts import PlannedUnit, split
from backup_tui.plans.plan import MailSearch, PlanLimits
from backup_tui.plans.plan_text import plan_fields
from backup_tui.plans.record import PlanRecord
from backup_tui.plans.runner import PlanRunner
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.mail.history import Mailbox, find_change, hits_at
from backup_tui.restore.points.points import UnitPoint
from backup_tui.restore.reads import read_artifacts

if TYPE_CHECKING:
    from office import Office

QUERY = "(Subject -like 'budget*')"
MAIL = f'service = "exchange"\n[mail]\nquery = "{QUERY}"\nwithin = "3d"\n'


async def mail_check(office: Office, count: int = 3, more: str = MAIL, *extra: str) -> PlanCheck:
    units = await office.units(Service.EXCHANGE, count)
    return await check(office, plan_file(office, [*names_of(units), *extra], more, name="phish", before="latest"))


async def drafted(office: Office, found: PlanCheck) -> PlanRecord:
    document = found.document
    return await draft_plan(office.tools, document.plan, document.digest, str(document.path), found)


async def test_each_mailbox_gets_its_own_best_point_by_its_own_search(office: Office) -> None:
    found = await mail_check(office)
    assert found.ready
    for unit in found.points.units:
        point = unit.point
        alone = await find_change(
            office.tools,
            Mailbox(point.unit_id, point.name),
            read_query(QUERY),
            after=point.wanted - found.document.plan.mail.within if found.document.plan.mail else point.wanted,
            before=point.wanted,
        )
        assert alone.best is not None
        assert (point.point_id, point.time, point.mails) == (alone.best.point_id, alone.best.time, alone.best.hits)
    assert len({unit.point.time for unit in found.points.units}) > 1
    total = sum(unit.point.mails or 0 for unit in found.points.units)
    assert found.sentences[0].startswith(f"IN PLACE: {total:,} mails of 3 mailboxes, as of ")
    assert found.sentences[1] == f"Searched for: {QUERY}"
    assert "a mail whose folder no longer exists goes into a recovered folder" in texts(found, "!")
    assert not any("are more than" in text or "rolled back" in text for text in (*texts(found, "!"), *found.sentences))
    assert office.changes() == []


async def test_what_was_found_is_not_searched_for_again_within_the_hour(office: Office) -> None:
    first = await mail_check(office)
    office.calls.clear()
    second = await mail_check(office)
    assert (second.points.searches, second.requests.searches) == (0, first.requests.searches)
    assert [unit.point for unit in second.points.units] == [unit.point for unit in first.points.units]
    other = await mail_check(office, 3, MAIL.replace("budget", "invoice"))
    assert other.points.searches > 0


async def test_a_mailbox_in_which_nothing_is_found_has_no_point_and_says_since_when(office: Office) -> None:
    rare = "a' -and Subject -like 'b' -and Subject -like 'c') -and (Participants -like 'd' -and Participants -like 'e"
    found = await mail_check(office, 2, MAIL.replace("budget*", rare))
    assert (found.ready, found.exit_code, found.points.units) == (False, 2, ())
    assert all("the search finds nothing in its points since" in unit.refused for unit in found.points.without)


async def test_the_drafts_hold_the_found_mails_and_their_review_says_what_they_are(office: Office) -> None:
    found = await mail_check(office)
    record = await drafted(office, found)
    assert office.changes() == ["POST 201"]
    (session_id,) = record.sessions.values()
    artifacts = await read_artifacts(office.tools, Service.EXCHANGE, session_id)
    assert {one.restore_point.id for one in artifacts if one.restore_point} == {
        unit.point.point_id for unit in found.points.units
    }
    kept = await kept_record(office.tools.journal, session_id)
    assert kept is not None
    assert kept.query == QUERY
    assert kept.hits == {unit.point.unit_id: unit.point.mails for unit in found.points.units}

    review = await office.review(ApproveWave("phish"))
    assert review.blocked is None
    total = sum(unit.point.mails or 0 for unit in found.points.units)
    assert review.sentence.startswith(f"IN PLACE: {total:,} mails of 3 mailboxes, as of ")
    assert f"Searched for: {QUERY}" in review.extra
    assert review.phrase == "overwrite 3 contoso"
    await office.carry_out(review)
    await PlanRunner(office.tools, "phish").run()
    (mine,) = office.mine()
    assert mine.activated is not None
    started = await kept_record(office.tools.journal, session_id)
    assert started is not None
    assert (started.query, started.hits) == (kept.query, kept.hits), "what it holds is still known once it runs"


async def test_a_second_run_makes_no_second_draft(office: Office) -> None:
    found = await mail_check(office)
    first = await drafted(office, found)
    again = await drafted(office, found)
    assert again.sessions == first.sessions
    assert office.changes() == ["POST 201"]


async def test_a_lost_answer_is_looked_into_and_the_draft_found(office: Office) -> None:
    found = await mail_check(office)
    office.faults.add("drop", path="/exchangeRestoreSessions$", method="POST")
    record = await drafted(office, found)
    assert list(record.sessions.values()) == [session.id for session in office.mine()]


async def test_a_create_that_never_arrived_is_made_again_and_only_once(office: Office) -> None:
    found = await mail_check(office)
    office.faults.add("refuse", path="/exchangeRestoreSessions$", method="POST", status=502)
    record = await drafted(office, found)
    assert list(record.sessions.values()) == [session.id for session in office.mine()]
    assert (await drafted(office, found)).sessions == record.sessions


async def test_a_run_that_is_ended_right_after_the_create_is_taken_up(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    async def killed(*_: Any) -> None:
        raise Killed

    found = await mail_check(office)
    with monkeypatch.context() as patch:
        patch.setattr("backup_tui.plans.mails.plan_finished", killed)
        with pytest.raises(Killed):
            await drafted(office, found)
    record = await drafted(office, found)
    assert list(record.sessions.values()) == [session.id for session in office.mine()]
    creates = [intent for intent in await office.intents() if intent.kind is IntentKind.CREATE]
    assert len(creates) == 1


async def test_a_mailbox_that_has_none_left_when_its_draft_is_made_is_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = await mail_check(office)
    gone = found.points.units[0].point

    async def some_gone(tools: Any, mailbox: Mailbox, *rest: Any) -> Any:
        return None if mailbox.id == gone.unit_id else await hits_at(tools, mailbox, *rest)

    monkeypatch.setattr(mails, "hits_at", some_gone)
    record = await drafted(office, found)
    assert record.not_taken == {1: ((gone.name, "not taken: the search finds nothing in it any longer"),)}
    review = await office.review(ApproveWave("phish"))
    assert gone.name in review.absent
    assert review.phrase == "overwrite 2 contoso"


async def test_a_deleted_draft_is_not_made_again(office: Office) -> None:
    found = await mail_check(office)
    record = await drafted(office, found)
    (session_id,) = record.sessions.values()
    await office.delete(session_id)
    assert (await drafted(office, found)).sessions == record.sessions
    assert office.changes() == ["POST 201", "DELETE 204"]


def test_one_request_makes_a_draft_of_mails_so_none_has_more_than_fifty_mailboxes() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    units = [
        PlannedUnit(UnitPoint(str(number), str(number), Service.EXCHANGE, at, str(number), at), 0, Destination.NEW)
        for number in range(120)
    ]
    assert [part.units for part, _ in split(units, PlanLimits(), mails=True)] == [50, 50, 20]
    assert [part.units for part, _ in split(units, PlanLimits(units_per_session=30), mails=True)] == [30, 30, 30, 30]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ('service = "onedrive"\n[mail]\nquery = "(Subject -like \'a\')"\n', "mails are searched for in mailboxes"),
        ('service = "exchange"\n[mail]\nwithin = "3d"\n', "query"),
        ('service = "exchange"\n[mail]\nquery = "Subject = a"\n', "Subject takes -like"),
        ('service = "exchange"\nbulk = true\n[mail]\nquery = "(Subject -like \'a\')"\n', "not go with a search"),
        (
            'service = "exchange"\nmax_gap = "1d"\n[mail]\nquery = "(Subject -like \'a\')"\n',
            "does not go with a search",
        ),
        ('service = "exchange"\n[mail]\nquery = "(Subject -like \'a\')"\nfolder = "x"\n', "folder"),
    ],
)
def test_a_wrong_search_is_refused_with_its_place(office: Office, more: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        plan_file(office, ["a@contoso.com"], more)


async def test_a_search_in_several_mailboxes_becomes_a_plan_file_that_is_read_back(
    office: Office, tmp_path: Path
) -> None:
    first, second, third = await office.units(Service.EXCHANGE, 3)
    listed = tmp_path / "more.txt"
    listed.write_text(f"{third.address}\n{first.address}\n", encoding="utf-8")
    names = names_as_typed(f"{second.address}; @{listed}")
    now = office.clock.now()
    search = MailSearch(QUERY)
    made_of = MailPlan(search, now, "Europe/Berlin", Destination.NEW)
    path = save_mail_plan(made_of, Mailbox(first.id, first.name), names, tmp_path / "plans", now)
    document = read_plan(path)
    assert document.plan.mail == search
    assert plan_text(document.plan)
    assert ("Mails", f"only what is found by {QUERY}") in plan_fields(document.plan)
    found = await check(office, document)
    assert [row.unit.id for row in found.scope.rows] == [first.id, second.id, third.id]
    assert found.ready
    assert save_mail_plan(made_of, Mailbox(first.id, first.name), names, tmp_path / "plans", now) != path


@pytest.mark.parametrize("text", ["", " , ", "@/no/such/file"])
def test_no_mailbox_and_no_such_list_are_said(text: str) -> None:
    with pytest.raises(UsageError):
        names_as_typed(text)
