"""Specifies a draft of more files than one request takes: each is in it once, wherever its making was interrupted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from office import Office

from backup_tui.changes.context import Progress, unheard
from backup_tui.errors import OutcomeUnknown, UsageError
from backup_tui.journal.records import IntentKind, IntentState
from backup_tui.models.services import Service
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.files.basket import Basket, Picked
from backup_tui.restore.files.drafting import FilesDraft, draft_files
from backup_tui.restore.files.opening import open_point
from backup_tui.restore.files.places import Place, find_named
from backup_tui.restore.files.points import newest_express
from backup_tui.restore.files.renewing import renewed
from backup_tui.restore.reads import read_artifacts
from backup_tui.restore.review.activation import Start, Started

MANY = 120


class KilledHere(BaseException):
    """The process ends here; nothing after it runs."""


class Chosen:
    """Many files of one site or account."""

    def __init__(self, office: Office, service: Service, unit: ProtectionUnit, items: Sequence[Picked]) -> None:
        self.office, self.service, self.unit, self.items = office, service, unit, items

    async def draft(self, on_progress: object = unheard) -> FilesDraft:
        return await draft_files(self.office.tools, self.service, self.unit, self.items, on_progress)  # type: ignore[arg-type]

    async def after_days(self) -> Chosen:
        """The same files after their browse session has ended: every key is another one."""
        self.office.advance(timedelta(days=4).total_seconds())
        fresh = await renewed(self.office.tools, self.service, Basket(self.unit.id, tuple(self.items)))
        assert not fresh.lost
        assert not {one.artifact_point for one in fresh.basket.items} & {one.artifact_point for one in self.items}
        return Chosen(self.office, self.service, self.unit, fresh.basket.items)

    async def in_draft(self, session_id: str) -> list[str]:
        """Names of the files at the service, each as often as it is there."""
        rows = await read_artifacts(self.office.tools, self.service, session_id, files=True)
        points = [row.restore_point.id for row in rows if row.restore_point is not None]
        units = await self.office.tools.journal.units_of(points)
        return sorted(units[point].unit_name for point in points)

    @property
    def paths(self) -> list[str]:
        return sorted(one.path for one in self.items)


@pytest.fixture(params=[Service.SHAREPOINT, Service.ONEDRIVE])
async def chosen(office: Office, request: pytest.FixtureRequest) -> Chosen:
    service: Service = request.param
    for row in await office.units(service, 20):
        unit = await office.tools.reader.unit(row.id, service)
        point = await newest_express(office.tools, service, unit.id, office.clock.now())
        assert point is not None
        opened = await open_point(office.tools, service, point)
        found: list[Place] = []
        await find_named(office.tools, opened, ".", found.extend, lambda _: None)
        files = [Picked.of(place, opened, point) for place in found if place.is_file]
        if len(files) >= MANY:
            return Chosen(office, service, unit, files[:MANY])
    raise AssertionError("no unit has so many files")


def creates_and_updates(office: Office, chosen: Chosen) -> list[str]:
    path = chosen.service.names.sessions_path.casefold()
    return [f"{call.method} {call.status}" for call in office.calls if call.mutating and path in call.path.casefold()]


async def test_a_create_and_updates_take_them_all(office: Office, chosen: Chosen) -> None:
    made = await chosen.draft()
    assert (made.lacking, made.error) == ((), None)
    assert sorted(made.paths) == chosen.paths == await chosen.in_draft(made.session.id)
    assert creates_and_updates(office, chosen) == ["POST 201", "PATCH 200", "PATCH 200"]
    edits = [intent for intent in await office.intents() if intent.kind is IntentKind.EDIT]
    assert [intent.summary.partition(" to ")[0] for intent in edits] == [
        "ADD 50 files and folders",
        "ADD 20 files and folders",
    ]
    record = await kept_record(office.tools.journal, made.session.id)
    assert record is not None
    assert (len(record.units), record.missing) == (MANY, ())
    reviewed = await office.review(Start(made.session.id))
    assert reviewed.phrase == f"restore {MANY}"
    assert reviewed.blocked is None
    assert isinstance(await office.carry_out(reviewed), Started)


async def test_a_lost_answer_of_an_update_is_looked_into_and_nothing_is_added_twice(
    office: Office, chosen: Chosen
) -> None:
    office.faults.add("drop", path="RestoreSessions/", method="PATCH")
    made = await chosen.draft()
    assert await chosen.in_draft(made.session.id) == chosen.paths
    assert creates_and_updates(office, chosen).count("PATCH 200") == 1
    assert [one.state for one in await office.intents() if one.kind is IntentKind.EDIT] == [
        IntentState.RESOLVED_DONE,
        IntentState.DONE,
    ]


@pytest.mark.parametrize("after", [50, 100, MANY])
async def test_what_was_interrupted_is_completed_though_all_keys_are_others_by_then(
    office: Office, chosen: Chosen, after: int
) -> None:
    def interrupted(step: Progress) -> None:
        if step.done >= after:
            raise KilledHere

    with pytest.raises(KilledHere):
        await chosen.draft(interrupted)
    (first,) = [intent.session_id for intent in await office.intents() if intent.kind is IntentKind.CREATE]
    again = await chosen.after_days()
    made = await again.draft()
    assert made.session.id == first
    assert made.lacking == ()
    assert await again.in_draft(made.session.id) == chosen.paths
    assert creates_and_updates(office, chosen) == ["POST 201", "PATCH 200", "PATCH 200"]


async def test_an_unknown_create_is_not_repeated_by_asking_for_the_same_again(office: Office, chosen: Chosen) -> None:
    path = f"/{chosen.service.names.sessions_path}$"
    office.faults.add("refuse", path=path, method="POST", status=502)
    with pytest.raises(OutcomeUnknown):
        await chosen.draft()
    again = await chosen.after_days()
    with pytest.raises(OutcomeUnknown):
        await again.draft()
    assert office.mine() == []


async def test_a_refused_update_keeps_what_is_in_the_draft_and_the_next_run_adds_the_rest(
    office: Office, chosen: Chosen
) -> None:
    office.faults.add("refuse", path="RestoreSessions/", method="PATCH", status=403, code="accessDenied")
    made = await chosen.draft()
    assert made.error is not None
    assert len(made.paths) == 50
    assert sorted((*made.paths, *made.lacking)) == chosen.paths
    whole = await chosen.draft()
    assert whole.session.id == made.session.id
    assert await chosen.in_draft(whole.session.id) == chosen.paths


async def test_what_was_started_without_its_rest_is_not_restored_again(office: Office, chosen: Chosen) -> None:
    office.faults.add("refuse", path="RestoreSessions/", method="PATCH", status=403, code="accessDenied")
    made = await chosen.draft()
    assert isinstance(await office.carry_out(await office.review(Start(made.session.id))), Started)
    then = await chosen.draft()
    assert then.started
    assert sorted(then.lacking) == sorted(made.lacking)
    assert len(office.mine()) == 1


async def test_a_deleted_draft_is_made_anew(office: Office, chosen: Chosen) -> None:
    office.faults.add("refuse", path="RestoreSessions/", method="PATCH", status=403, code="accessDenied")
    made = await chosen.draft()
    await office.delete(made.session.id)
    anew = await chosen.draft()
    assert anew.session.id != made.session.id
    assert await chosen.in_draft(anew.session.id) == chosen.paths


async def test_the_same_files_are_drafted_again_once_the_first_draft_was_whole(office: Office, chosen: Chosen) -> None:
    first, second = await chosen.draft(), await chosen.draft()
    assert first.session.id != second.session.id


async def test_more_than_a_session_holds_is_refused_before_anything_is_sent(office: Office, chosen: Chosen) -> None:
    one, before = chosen.items[0], office.changes()
    many = [Picked(f"/{number}", one.item_key, one.browse_id, one.point_id, one.point_time) for number in range(1_001)]
    with pytest.raises(UsageError, match="1,001 files and folders"):
        await draft_files(office.tools, chosen.service, chosen.unit, many)
    assert office.changes() == before
