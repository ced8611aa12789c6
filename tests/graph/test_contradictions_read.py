"""Specifies how the client reads what the simulated service sends where the pages differ."""

from __future__ import annotations

from datetime import timedelta

import pytest
from scripted_service import NOW, Reply, Scripted, bench

from backup_tui.graph.paging import collect
from backup_tui.models.artifacts import NewArtifact
from backup_tui.models.granular import NewItem
from backup_tui.models.services import Destination, Service
from backup_tui.simulator.app import create_app
from backup_tui.simulator.domain.clock import ManualClock
from backup_tui.simulator.settings import Settings

POINT = NewArtifact("p1", Destination.NEW)
DAY = timedelta(days=1)


async def test_what_is_sent_where_the_pages_differ() -> None:
    app = create_app(Settings(history=False), ManualClock(NOW))
    async with bench(app) as on:
        unit = (await collect(on.reader.units(Service.SHAREPOINT)))[0]
        found = await on.reader.search_points([unit.id], start=NOW - 400 * DAY, end=NOW)
        assert [len(points) for points in found.points.values()] == [1], "one point for each unit, not five"
        made = await on.writer.create_session(
            Service.SHAREPOINT, [NewArtifact(found.points[unit.id][0].id, Destination.NEW)]
        )
        sent = made.raw()
        assert (sent["status"], sent["@odata.type"]) == ("draft", "#microsoft.graph.sharePointRestoreSession")
        assert "value" not in sent
        assert set(sent["createdBy"]["user"]) >= {"id", "displayName"}
        assert "identity" not in sent["createdBy"]["user"]
        empty = await on.writer.create_session(Service.SHAREPOINT, [])
        assert empty.counts.total == 0
        (row,) = await collect(on.reader.artifacts(Service.SHAREPOINT, made.id))
        answer = await on.writer.update_session(Service.SHAREPOINT, made.id, remove=[row.id])
        assert (answer.added, answer.refused) == ((), ())
        assert "removed" not in on.records[-1].answer_body, "a full unit that left is not listed"
        root = await on.reader.service_root()
        assert root.raw()["serviceStatus"]["backupServiceConsumer"] == "firstparty"
        mailbox = (await collect(on.reader.units(Service.EXCHANGE)))[0]
        found = await on.reader.search_points([mailbox.id], start=NOW - 400 * DAY, end=NOW)
        assert found.points[mailbox.id][0].protection_unit.service is Service.EXCHANGE


@pytest.mark.parametrize("junk_entries", [[None], [7, "x"], [[], {}, {"status": "added"}]])
async def test_entries_of_a_changes_answer_that_are_nothing_are_counted(junk_entries: list[object]) -> None:
    row = {"id": "a1", "restorePoint": {"id": POINT.point_id}}
    app = Scripted(Reply(200, {"mailboxRestoreArtifacts@delta": [row, *junk_entries]}))
    async with bench(app) as on:
        answer = await on.writer.update_session(Service.EXCHANGE, "s1", add=[POINT])
    assert [one.id for one in answer.added] == ["a1"]
    assert answer.unread == len(junk_entries)


async def test_entries_of_an_answer_about_files_that_are_nothing_are_counted() -> None:
    reply = {"granularDriveRestoreArtifacts@delta": [{"id": "k1"}, None, {"status": "added"}]}
    async with bench(Scripted(Reply(200, reply))) as on:
        answer = await on.writer.granular.update_items(Service.ONEDRIVE, "s1", add=[NewItem("b1", "k1")])
    assert [one.id for one in answer.added] == ["k1"]
    assert answer.unread == 2
