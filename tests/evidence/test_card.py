"""Specifies the hand-over card: what the next shift has to know, in twenty lines that can be pasted anywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reports import START, failing, hostile_report, report, session, unit

from backup_tui.evidence.card import (
    COLUMNS,
    LINES,
    Deadlines,
    card_lines,
    current_sessions,
    deadlines_of,
    keep_next,
    kept_next,
    proposed_next,
    recent_sessions,
)
from backup_tui.evidence.facts import PlanFacts, Report
from backup_tui.evidence.gathering import gather, where_of
from backup_tui.models.services import Destination
from backup_tui.models.text import cell_width
from backup_tui.restore.review.activation import Start
from backup_tui.store.freshness import SESSIONS
from backup_tui.sync.loader import Loader

if TYPE_CHECKING:
    from office import Office

BERLIN = ZoneInfo("Europe/Berlin")


def running() -> Report:
    units = [unit(n) for n in range(1, 113)]
    units += [failing(n) for n in (200, 201)]
    units += [unit(n, status="inProgress", ended=None) for n in range(300, 362)]
    one = session(
        status="active", ended_at=None, created_by="ryan@contoso.com", started_by="adele@contoso.com", total=176
    )
    return report(*units, sessions=(one,))


def test_a_running_restore_in_the_words_of_the_sketch() -> None:
    told = running()
    assert card_lines(told, proposed_next(told, Deadlines()), BERLIN) == [
        "Hand-over                                30 Nov 05:40 Europe/Berlin, 04:40 UTC",
        "contoso.com, OneDrive 61633878, IN PLACE, points 29 Nov 14:39 to 20:39 UTC",
        "Started 00:40 by adele@contoso.com, drafted by ryan@contoso.com",
        "✓ 112 restored   ✗ 2 failed   62 left of 176   last one 04:02",
        "Failed  2 not found: user200, user201",
        "Next    1. 2 not found: bring back, then retry",
        "Watch   backup-tui sessions watch 61633878",
        "It runs in the service; nobody has to stay connected.",
    ]


def test_deadlines_and_unknown_outcomes_come_first() -> None:
    told = running()
    deadlines = Deadlines(
        restores_until=START + timedelta(days=4),
        expiring=(
            ("0f4aa9c1-x", told.generated_at + timedelta(days=1)),
            ("later", told.generated_at + timedelta(days=9)),
        ),
        unknown=("Look into entry 12 of the journal.",),
        waiting=("Wave 4 waits for a yes.",),
    )
    assert [line.split()[0] for line in proposed_next(told, deadlines)] == ["Look", "Start", "Wave", "2", "The"]


@given(st.lists(st.text(max_size=200), max_size=12))
def test_never_more_than_twenty_lines_of_seventy_eight_columns(written: list[str]) -> None:
    for told in (running(), hostile_report(), report(), report(sessions=())):
        lines = card_lines(told, written, BERLIN)
        assert len(lines) <= LINES
        assert all(cell_width(line) <= COLUMNS for line in lines)
        assert not [char for line in lines for char in line if ord(char) < 32]


def test_many_causes_drafts_and_restores_still_fit_and_say_how_many_more() -> None:
    units = [failing(n, code=f"code{n}", cause=f"cause {n}", session_id="run-0") for n in range(1, 15)]
    sessions = [session(f"run-{n}", status="active", ended_at=None) for n in range(9)]
    sessions += [session(f"draft-{n}", status="draft", ended_at=None, total=n) for n in range(5)]
    told = report(*units, sessions=tuple(sessions))
    lines = card_lines(told, proposed_next(told, Deadlines()), BERLIN)
    assert len(lines) == LINES
    assert "  and 5 more" in lines
    assert any(line.endswith("and 3 more") for line in lines)
    assert lines[-1].startswith("It runs in the service")


def test_a_plan_says_its_waves_and_how_to_watch_it() -> None:
    plan = PlanFacts("ransom", "", "", "", START, "adele", ("directors", "the rest"), (), {})
    told = report(unit(1), sessions=(session(wave="directors"),), plan=plan)
    lines = card_lines(told, ("Call legal.",), BERLIN)
    assert "Waves   directors: 1 restored, 0 failed of 1" in lines
    assert "        the rest: not drafted" in lines
    assert "Watch   backup-tui plan status ransom" in lines


def test_a_unit_that_is_tried_again_counts_once_in_its_wave() -> None:
    plan = PlanFacts("ransom", "", "", "", START, "adele", ("directors", "the rest"), (), {})
    again = unit(2, session_id="again", status="added", started=None, ended=None)
    sessions = (session(wave="directors"), session("again", wave="directors", status="draft", ended_at=None))
    told = report(unit(1), failing(2), again, sessions=sessions, plan=plan)
    lines = card_lines(told, (), BERLIN)
    assert "Waves   directors: 1 restored, 1 failed of 2" in lines


async def test_drafts_of_others_deadlines_and_edited_lines(office: Office) -> None:
    units = await office.units(count=4)
    running = (await office.draft(units[:2], Destination.NEW)).session_id
    await office.carry_out(await office.review(Start(running)))
    draft = (await office.draft(units[2:])).session_id
    office.clock.advance(60)
    await Loader(office.tools.reader, office.store, office.clock).load(SESSIONS)
    ids = current_sessions(office.store, office.clock.now())
    assert set(ids) == {running, draft}
    assert ids[0] == running
    assert set(await recent_sessions(office.tools.journal, office.clock.now())) == {running, draft}
    told = await gather(office.tools.journal, where_of(office.tools, "x"), sessions=ids, seen=office.store)
    deadlines = await deadlines_of(office.tools.journal, told, None)
    assert [session_id for session_id, _ in deadlines.expiring] == [draft]
    lines = card_lines(told, proposed_next(told, deadlines), BERLIN)
    assert any(line.startswith(f"Open    draft {draft[:8]} by Adele Vance, 2 accounts, IN PLACE") for line in lines)
    assert f"Watch   backup-tui sessions watch {running[:8]}" in lines
    assert await kept_next(office.tools.journal, "open") is None
    await keep_next(office.tools.journal, "open", ("Call legal.", "\x1b[2J"))
    assert await kept_next(office.tools.journal, "open") == ("Call legal.", "␛[2J")


@pytest.mark.parametrize("offline", [True, False])
def test_what_is_unknown_is_said(offline: bool) -> None:
    told = report(unit(1, status="", started=None, ended=None), offline=offline, sessions=(session(status=""),))
    text = "\n".join(card_lines(told, proposed_next(told, Deadlines()), BERLIN))
    assert "1 unit: what became of them is unknown" in text
    assert ("Read the service" in text) is offline
    assert "restored" not in text
