"""Specifies the detail of a restore: how far it is, what failed and why, a new draft of it, its report."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import zip_longest
from pathlib import Path
from typing import Any, cast

import pytest
from msgspec.structs import replace
from restores import deleted, drafted, program, started
from support import Simulated, footer, message, screen_text, shown_as, until
from textual.pilot import Pilot

from backup_tui.models.services import Destination, Service
from backup_tui.models.times import span_words
from backup_tui.restore.drafts.record import kept_record
from backup_tui.simulator.domain.artifacts import Run
from backup_tui.store.pace import per_step
from backup_tui.store.progress import progress
from backup_tui.ui.frame.pager import PagerScreen
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.new_restore.screen import NewRestore
from backup_tui.ui.review.screen import ReviewScreen
from backup_tui.ui.routes import OpenHandover, OpenReport, OpenSession
from backup_tui.ui.sessions.detail import SessionDetail
from backup_tui.ui.sessions.failed_again import FailedAgain
from backup_tui.ui.sessions.screen import SessionsScreen
from backup_tui.ui.widgets.charts import sparkline
from backup_tui.ui.widgets.table import RowTable
from backup_tui.ui.widgets.text_lines import TextLines

SIZE = (80, 24)


def shown(one: Simulated) -> str:
    """The screen's text without the breaks of its lines."""
    return " ".join(" ".join(screen_text(one.app)).split())


def table(one: Simulated) -> RowTable:
    return one.app.screen.query_one(RowTable)


async def detail(pilot: Pilot[Any], one: Simulated, session_id: str, rows: int) -> SessionDetail:
    """Opens the detail and waits until its units are listed."""
    one.app.open(OpenSession(session_id))
    await until(pilot, lambda: [t.row_count for t in one.app.screen.query(RowTable)] == [rows], "its units")
    await pilot.pause()
    assert isinstance(one.app.screen, SessionDetail)
    return one.app.screen


def fail(one: Simulated, session_id: str, *codes: str) -> None:
    """Lets the first units of a restore that runs fail for these causes."""
    session = one.service.sessions[session_id]
    pairs = zip_longest([artifact.run for artifact in session.artifacts], codes)
    runs = [replace(cast(Run, run), error=code) for run, code in pairs]
    session.start(runs, session.modified_by, cast(float, session.activated))


async def ended(pilot: Pilot[Any], one: Simulated, *codes: str, count: int = 4, **draft: Any) -> str:
    """A restore that has ended, with units that failed for these causes."""
    session_id = await drafted(pilot, one, count=count, **draft)
    await started(pilot, one, session_id)
    fail(one, session_id, *codes)
    one.advance(24 * 3600)
    await one.workspace.load_artifacts(session_id)
    return session_id


async def test_a_draft_lists_its_units_and_offers_what_a_draft_allows(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        await detail(pilot, one, session_id, 3)
        text = shown(one)
        assert f"OneDrive {session_id[:8]} IN PLACE ○ draft" in text
        assert "Units 3 OneDrive accounts" in text
        assert "only its phrase starts the restore" in text
        assert "· waiting" in text
        assert "In the draft, back to" in text
        for key in ("c change", "D DELETE", "A activate", "esc back"):
            assert key in footer(one.app.screen)
        await pilot.press("f")
        assert "Nothing failed in this restore." in one.app.message
        await pilot.press("D")
        assert isinstance(one.app.screen, ReviewScreen)


async def test_a_running_restore_says_what_is_known_and_invents_no_percentage(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=4)
        await started(pilot, one, session_id)
        one.advance(600)
        await one.workspace.load_artifacts(session_id)
        await detail(pilot, one, session_id, 4)
        text = shown(one)
        assert "IN PLACE" in text
        assert "» running for 10 min" in text
        assert "drafted by Adele, started by Adele" in text
        assert "of 4 finished" in text
        assert "✓ 0 restored" in text
        assert "too early: nothing in the first" in text
        assert "%" not in text
        assert "A activate" not in footer(one.app.screen)


async def test_failed_units_stand_first_and_the_lines_below_say_what_to_do(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, "ArtifactCannotBeRestored", "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        text = shown(one)
        assert "✗ FINISHED 2 restored, 2 failed of 4" in text
        assert "4 of 4 Pace" in text
        assert "Failed 1 cannot be restored 1 not found f retries, by cause" in text
        assert "1 of 4 Cannot be restored: under a hold" in text or "1 of 4 The service no longer finds" in text
        assert "Have the hold removed, then f." in text or "Deleted within 30 days: bring it back, then f." in text
        await pilot.press("G", "exclamation_mark")
        assert table(one).cursor_index == 0
        await pilot.press("exclamation_mark")
        assert table(one).cursor_index == 1


async def test_the_cursor_stays_on_its_unit_while_others_move(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=6)
        await started(pilot, one, session_id)
        one.advance(300)
        await one.workspace.load_artifacts(session_id)
        await detail(pilot, one, session_id, 6)
        await pilot.press("j", "j", "j")
        key = table(one).cursor_key
        for _ in range(20):
            one.advance(240)
            await one.workspace.load_artifacts(session_id)
            await pilot.pause()
        assert table(one).cursor_key == key


async def test_f_leads_by_cause_to_the_form(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, "ArtifactCannotBeRestored", "ArtifactNotFound", "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(one.app.screen, FailedAgain) and table(one).row_count == 2, "two causes")
        text = shown(one)
        assert "Failed 3, by cause" in text
        assert "2 ✗ not found IN PLACE" in text
        assert "1 ✗ cannot be restored IN PLACE" in text
        await pilot.press("j", "enter")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form")
        form = shown_as(one.app, NewRestore).drafting.form
        assert len(form.units) == 1
        assert form.destination is Destination.IN_PLACE, "under a hold an account fails at a new location too"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(one.app.screen, SessionDetail), "back on the detail")


async def test_f_with_one_cause_opens_the_form_at_once(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, "ArtifactNotFound", "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(one.app.screen, NewRestore), "the form")
        assert len(shown_as(one.app, NewRestore).drafting.form.units) == 2


async def test_a_mailbox_in_which_nothing_differed_is_explained_in_full(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=3, service=Service.EXCHANGE, destination=Destination.NEW)
        await started(pilot, one, session_id)
        session = one.service.sessions[session_id]
        runs = [replace(cast(Run, each.run), error=None, restored_items=0, folder=None) for each in session.artifacts]
        session.start(runs, session.modified_by, cast(float, session.activated))
        one.advance(24 * 3600)
        await one.workspace.load_artifacts(session_id)
        await detail(pilot, one, session_id, 3)
        assert "NEW FOLDER" in shown(one)
        assert "Nothing differed from the point, so nothing was restored and no folder was created." in shown(one)


async def test_a_session_that_went_stays_with_what_was_known(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        await detail(pilot, one, session_id, 3)
        await deleted(one.workspace.context, session_id)
        await until(pilot, lambda: "- gone" in shown(one), "it is gone")
        assert "The service no longer has it." in shown(one)
        assert table(one).row_count == 3
        await pilot.press("A")
        assert "no longer has this session" in one.app.message


async def test_an_id_that_the_service_does_not_know(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        await drafted(pilot, one, count=1)
        one.app.open(OpenSession("11111111-2222-4333-a444-555555555555"))
        await until(pilot, lambda: "has no session 11111111:" in shown(one), "not there")


@pytest.mark.parametrize("away", ["2", "3", "5"])
async def test_1_is_the_overview_whatever_was_opened_from_it(tmp_path: Path, away: str) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        overview = one.app.screen
        await detail(pilot, one, session_id, 3)
        await pilot.press("v")
        assert isinstance(one.app.screen, PagerScreen)
        await pilot.press(away)
        assert isinstance(one.app.screen, SessionsScreen)
        assert one.app.screen is not overview
        await pilot.press("1")
        assert one.app.screen is overview
        assert one.app.screen_stack[1:] == []


async def test_a_message_leaves_with_the_screen_that_it_is_about(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        first, second = [await drafted(pilot, one, count=count) for count in (2, 3)]
        await detail(pilot, one, first, 2)
        await pilot.press("Y")
        assert first[:8] in message(one.app.screen)
        await pilot.press("escape")
        assert first[:8] not in message(one.app.screen)
        await detail(pilot, one, second, 3)
        assert not message(one.app.screen).strip()
        await pilot.press("f", "3")
        assert not message(one.app.screen).strip()


async def test_filter_open_all_and_copies(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        await pilot.press("slash", *"status:failed", "enter")
        assert table(one).row_count == 1
        await pilot.press("enter")
        assert isinstance(one.app.screen, PagerScreen)
        assert "ArtifactNotFound" in shown(one)
        await pilot.press("escape", "escape")
        assert table(one).row_count == 4
        await pilot.press("v")
        assert session_id in shown(one)
        await pilot.press("escape", "Y")
        assert one.app.clipboard == session_id
        await pilot.press("g", "y")
        assert "error ArtifactNotFound" in one.app.clipboard
        assert session_id in one.app.clipboard


async def test_v_shows_the_session_exactly_as_the_service_sends_it(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(120, 60)) as pilot:
        session_id = await drafted(pilot, one, count=2)
        await detail(pilot, one, session_id, 2)
        await pilot.press("v")
        await until(pilot, lambda: "As the service sends the session:" in shown(one), "the answer is there")
        text = one.app.screen.query_one(TextLines).text
        assert '"completedDateTime": null' in text
        assert text.index('"@odata.context"') < text.index('"@odata.type"') < text.index('"id"')
        assert text.index('"restoreSessionArtifactCount"') < text.index('"createdBy"'), "in the order of the service"


async def test_v_still_shows_what_is_known_when_the_service_cannot_be_asked(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(120, 60)) as pilot:
        session_id = await drafted(pilot, one, count=2)
        await detail(pilot, one, session_id, 2)
        one.service.faults.add("refuse", method="GET", path=f"restoreSessions/{session_id}$", status=403, times=None)
        await pilot.press("v")
        await until(pilot, lambda: "What the service sends could not be read" in shown(one), "it says so")
        assert session_id in shown(one)


async def test_e_and_h_open_the_report_and_the_card_of_this_session(tmp_path: Path) -> None:
    one = program(tmp_path / "state")
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        for key, place in (("e", OpenReport((session_id,))), ("H", OpenHandover((session_id,)))):
            await pilot.press(key)
            assert cast(BaseScreen, one.app.screen).place == place
            await pilot.press("escape")
            assert isinstance(one.app.screen, SessionDetail)


async def test_the_pace_has_a_cell_for_each_five_minutes_and_its_best_when_it_ended(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one, count=30)
        await started(pilot, one, session_id)
        one.advance(5400)
        await one.workspace.load_artifacts(session_id)
        await detail(pilot, one, session_id, 30)
        state = progress(one.workspace.store, session_id, one.clock.now())
        assert state is not None
        line = next(line for line in screen_text(one.app) if line.startswith("   Pace "))
        assert state.started is not None
        counts = per_step(state.times, state.started, one.clock.now())
        assert sum(counts) == state.completed + state.failed > 0
        assert line.startswith(f"   Pace    {sparkline(counts, 36)} ")
        assert line.rstrip().endswith(f"{state.finished_last_hour} in the last hour, per 5 min")
        one.advance(24 * 3600)
        await one.workspace.load_artifacts(session_id)
        await until(pilot, lambda: "FINISHED" in shown(one), "it has ended")
        assert " in 5 min, at " in shown(one)


def test_units_that_end_at_the_edges_are_counted_in_the_first_and_the_last_cell() -> None:
    begun = datetime(2026, 11, 30, 1, 58, tzinfo=UTC)
    minutes = [timedelta(minutes=minute) for minute in (-1, 0, 4, 5, 12, 99)]
    times = tuple(begun + span for span in minutes)
    assert per_step(times, begun, begun + timedelta(minutes=12)) == [3, 1, 2]
    assert per_step((), begun, begun) == [0]


async def test_the_pane_says_how_much_earlier_than_asked_for_a_point_is(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(120, 40)) as pilot:
        session_id = await drafted(pilot, one)
        await detail(pilot, one, session_id, 3)
        record = await kept_record(one.workspace.context.journal, session_id)
        assert record is not None
        unit = next(iter(record.units))
        assert unit.wanted is not None
        assert unit.time is not None
        earlier = span_words(unit.wanted - unit.time)
        said = f"{earlier} earlier than asked for"
        await until(pilot, lambda: said in " ".join(shown(one).replace("│", " ").split()), "it is said")


async def test_wide_terminals_have_columns_for_when_each_unit_started_and_ended(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(200, 50)) as pilot:
        session_id = await ended(pilot, one, "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        heading = next(line for line in screen_text(one.app) if "Result or cause" in line)
        assert [word for word in ("Started", "Ended", "Took", "Code") if word in heading] == [
            "Started", "Ended", "Took", "Code"
        ]  # fmt: skip
        assert any("✗ failed" in line and "ArtifactNotFound" in line for line in screen_text(one.app))
        await pilot.resize_terminal(*SIZE)
        await pilot.pause()
        assert "Started" not in shown(one)


async def test_the_domain_that_all_share_is_in_the_heading_only(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await drafted(pilot, one)
        screen = await detail(pilot, one, session_id, 3)
        rows = [line for line in screen_text(one.app) if "· waiting" in line]
        assert "Account @contoso.com" in shown(one)
        assert len(rows) == 3
        assert not any("@contoso.com" in line for line in rows)
        assert any(f"▌{screen.units[screen.row or ''].name}" in line for line in screen_text(one.app))


async def test_a_new_address_is_said_to_need_access(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=SIZE) as pilot:
        session_id = await ended(pilot, one, destination=Destination.NEW)
        await detail(pilot, one, session_id, 4)
        assert "✓ FINISHED 4 restored in" in shown(one)
        assert "Only administrators can open them. Give members access again." in shown(one)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_how_a_restore_with_failed_units_looks(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def show(pilot: Pilot[Any]) -> None:
        session_id = await ended(pilot, one, "ArtifactCannotBeRestored", "ArtifactNotFound", count=9)
        await detail(pilot, one, session_id, 9)
        one.app.bridge.deliver()
        await pilot.press("g")  # takes the news of its end away

    assert snap_compare(one.app, run_before=show, terminal_size=size)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])
def test_how_a_running_restore_looks(snap_compare: Any, tmp_path: Path, size: tuple[int, int]) -> None:
    one = program(tmp_path)

    async def show(pilot: Pilot[Any]) -> None:
        session_id = await drafted(pilot, one, count=30)
        await started(pilot, one, session_id)
        one.app.bridge.deliver()  # it is known to run, so its first failure is news
        fail(one, session_id, "ArtifactNotFound")
        one.advance(5400)
        await one.workspace.load_artifacts(session_id)
        await detail(pilot, one, session_id, 30)
        await until(pilot, lambda: one.app.happened, "the first failure is told")
        await pilot.press("ctrl+l")  # which any key acknowledges
        await pilot.pause()

    assert snap_compare(one.app, run_before=show, terminal_size=size)


def test_how_failed_by_cause_looks(snap_compare: Any, tmp_path: Path) -> None:
    one = program(tmp_path)

    async def show(pilot: Pilot[Any]) -> None:
        session_id = await ended(pilot, one, "ArtifactCannotBeRestored", "ArtifactNotFound", "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(one.app.screen, FailedAgain) and table(one).row_count == 2)
        await pilot.pause()

    assert snap_compare(one.app, run_before=show, terminal_size=SIZE)


async def test_on_the_smallest_terminal_where_it_goes_is_not_cut_and_units_are_listed(tmp_path: Path) -> None:
    one = program(tmp_path)
    async with one.app.run_test(size=(60, 16)) as pilot:
        session_id = await ended(pilot, one, "ArtifactNotFound")
        await detail(pilot, one, session_id, 4)
        text = shown(one)
        assert "IN PLACE" in text
        assert "3 restored, 1 failed of 4" in text
        assert "✗ failed" in text
