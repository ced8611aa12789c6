"""Specifies the words of the lists: times, bars, counts, what needs a person, and which journal entry a call has."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import read_session
from backup_tui.store.last_visit import ChangesSinceLastVisit
from backup_tui.store.pace import Remaining
from backup_tui.store.progress import Movement, Progress
from backup_tui.store.rows import SessionRow, session_row
from backup_tui.store.store import Store
from backup_tui.store.summary import Need, NeedKind
from backup_tui.store.updates import JournalLine, ServiceRead, SessionRead
from backup_tui.ui.activity.text import activity_cells, entries_of_calls
from backup_tui.ui.overview.body import share_rows
from backup_tui.ui.overview.text import backup_heading, need_cells, remaining_word, running_lines, since_lines
from backup_tui.ui.vocabulary.changes import full_text, target_noun, unknown_targets
from backup_tui.ui.vocabulary.names import person_short
from backup_tui.ui.vocabulary.sessions import (
    about_session,
    causes_words,
    counts_words,
    done_words,
    status_cell,
    where_cell,
)
from backup_tui.ui.widgets.charts import counts_bar
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import plain
from backup_tui.ui.widgets.time_format import age_words, clock_words, day_words, short_words

NOW = datetime(2026, 11, 22, 14, 32, 10, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


# -- times ---------------------------------------------------------------------------------------------------


def test_a_time_of_today_needs_no_day_and_an_old_one_needs_its_year() -> None:
    assert clock_words(NOW, BERLIN, NOW) == "15:32"
    assert clock_words(NOW, BERLIN, NOW, seconds=True) == "15:32:10"
    assert clock_words(NOW - timedelta(days=2), BERLIN, NOW) == "20 Nov 15:32"
    assert clock_words(NOW - timedelta(days=300), BERLIN, NOW) == "26 Jan 15:32"
    assert clock_words(NOW - timedelta(days=360), BERLIN, NOW) == "27 Nov 2025 15:32"
    assert day_words(NOW - timedelta(days=360), BERLIN, NOW) == "27 Nov 2025"


def test_today_is_that_of_the_shown_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert clock_words(late, BERLIN, NOW) == "23 Nov 00:30"


@pytest.mark.parametrize(
    ("span", "words"), [(-5, "now"), (59, "now"), (60, "1 min"), (7200, "2 h"), (172_800, "2 d"), (172_799, "47 h")]
)
def test_an_age_has_one_figure_and_is_never_negative(span: int, words: str) -> None:
    assert age_words(timedelta(seconds=span)) == words


# -- bars ----------------------------------------------------------------------------------------------------


@given(ok=st.integers(0, 5000), failed=st.integers(0, 5000), left=st.integers(0, 5000), width=st.integers(3, 60))
def test_a_bar_is_as_wide_as_asked_and_hides_no_part(ok: Any, failed: Any, left: Any, width: Any) -> None:
    total = ok + failed + left
    bar = counts_bar(ok, failed, total, width)
    if not total:
        assert bar.text == ""
        return
    assert len(bar.text) == width
    shown = re.fullmatch("(█*[▏▎▍▌▋▊▉]?)(▒*)(░*)", bar.text)
    assert shown is not None
    assert [bool(part) for part in shown.groups()] == [count > 0 for count in (ok, failed, left)]
    assert [part.tone for part in bar.parts] == [
        tone for tone, count in zip(("good", "bad", "dim"), (ok, failed, left), strict=True) if count
    ]


@pytest.mark.parametrize(
    ("ok", "failed", "total", "bar"),
    [
        (118, 6, 180, "███████▒░░░"),
        (999, 1, 1000, "██████████▒"),
        (999, 0, 1000, "██████████░"),
        (6, 0, 37, "█▊░░░░░░░░░"),
        (1, 0, 1000, "▏░░░░░░░░░░"),
        (180, 0, 180, "███████████"),
    ],
)
def test_a_bar_ends_on_an_eighth_only_where_nothing_failed(ok: int, failed: int, total: int, bar: str) -> None:
    assert counts_bar(ok, failed, total, 11).text == bar


def test_a_bar_without_a_total_or_without_room_is_empty() -> None:
    assert counts_bar(3, 1, None, 10).text == ""
    assert counts_bar(3, 1, 4, 0).text == ""


# -- sessions ------------------------------------------------------------------------------------------------


def row(
    status: str, total: Any = None, ok: Any = None, failed: Any = None, running: Any = None, **members: object
) -> SessionRow:
    counts = {"total": total, "completed": ok, "failed": failed, "inProgress": running}
    raw = {
        "@odata.type": "#microsoft.graph.exchangeRestoreSession",
        "id": "0f4aa9c1-1111-4111-8111-111111111111",
        "status": status,
        "restoreSessionArtifactCount": {key: value for key, value in counts.items() if value is not None},
        **members,
    }
    return session_row(read_session(raw))


@pytest.mark.parametrize(
    ("session", "status", "done", "counts"),
    [
        (row("active", 180, 112, 6, 40), "» 6 failed", "118/180", "112 restored, 6 failed"),
        (row("active", 180, 112, 0, 40), "» running", "112/180", "112 restored"),
        (row("activating", 37, 0, 0, 0), "~ starting", "0/37", "0 restored"),
        (row("draft", 12, 0, 0, 0), "○ draft", "12", "12 mailboxes"),
        (row("draft", 1, 0, 0, 0), "○ draft", "1", "1 mailbox"),
        (row("draft"), "○ draft", "?", ""),
        (row("completed", 3, 3, 0, 0), "✓ completed", "3/3", "3 restored"),
        (row("completedWithError", 50, 48, 2, 0), "✗ 2 failed", "50/50", "48 restored, 2 failed"),
        (row("completedWithError"), "✗ some failed", "?/?", ""),
        (row("failed", 4, 0, 4, 0), "✗ all failed", "4/4", "0 restored, 4 failed"),
        (row("active", 2_000, 1_885, 112, 3), "» 112 failed", "1,997/2,000", "1,885 restored, 112 failed"),
        (row("active"), "» running", "?/?", ""),
        (row("paused", 4, 0, 0, 0), "? paused", "0/4", "0 restored"),
    ],
)
def test_a_status_says_the_worst_news_and_counts_what_was_reported(
    session: Any, status: str, done: str, counts: str
) -> None:
    assert (status_cell(session).text, done_words(session), counts_words(session)) == (status, done, counts)


def test_a_session_that_is_gone_says_so_whatever_it_was() -> None:
    assert status_cell(replace(row("active", 180, 112, 6, 40), gone=True)).text == "- gone"


def test_how_many_failed_is_never_cut_out_of_the_counts() -> None:
    assert counts_words(row("active", 1000, 700, 112, 3), 12) == "112 failed"


@pytest.mark.parametrize(
    ("destination", "text", "tone"),
    [(Destination.IN_PLACE, "IN PLACE", "bad"), (Destination.NEW, "new", ""), (None, "unknown", "")],
)
def test_where_it_goes_is_loud_when_it_overwrites(destination: Any, text: str, tone: str) -> None:
    assert where_cell(replace(row("active"), destination=destination)) == Cell(text, tone)


def test_a_list_shows_the_time_of_today_and_the_day_of_others() -> None:
    assert short_words(NOW, BERLIN, NOW) == "15:32"
    assert short_words(NOW - timedelta(days=2), BERLIN, NOW) == "20 Nov"
    assert short_words(NOW - timedelta(days=400), BERLIN, NOW) == "18 Oct 2025"
    assert short_words(None, BERLIN, NOW) == ""


def about(session: SessionRow, **more: bool) -> list[str]:
    store = Store()
    store.apply(SessionRead(session.model, 1.0, NOW, changed=False))
    return [line if isinstance(line, str) else line.text for line in about_session(store, session, NOW, BERLIN, **more)]


def test_the_block_of_a_draft_says_what_it_holds_and_that_nothing_runs() -> None:
    made = row("draft", 12, createdDateTime="2026-11-22T10:00:00Z", createdBy={"user": {"displayName": "Ryan Moss"}})
    assert about(made) == [
        "Exchange 0f4aa9c1   drafted by Ryan 11:00",
        "12 mailboxes. Nothing is restored by a draft.",
        "A opens the review; only its phrase starts the restore.",
    ]
    assert "it may have happened" in about(made, unclear=True)[1]
    assert "Id: 0f4aa9c1-1111-4111-8111-111111111111" in about(made, whole=True)


def test_the_block_of_an_ended_restore_says_what_failed_and_when_it_ended() -> None:
    done = row("completedWithError", 50, 48, 2, 0, completedDateTime="2026-11-22T12:32:10Z")
    assert about(done)[1:] == [
        "48 restored, 2 failed; enter shows which, and why.",
        "Ended 13:32, 2 h ago.",
    ]


@pytest.mark.parametrize(
    ("label", "short"), [("adele@contoso.com", "adele"), ("Adele Vance", "Adele"), ("", ""), ("@x", "@x")]
)
def test_a_name_in_a_narrow_cell(label: str, short: str) -> None:
    assert person_short(label) == short


# -- overview ------------------------------------------------------------------------------------------------


def left(**members: Any) -> ChangesSinceLastVisit:
    facts: dict[str, Any] = {"more_succeeded": 0, "more_failed": 0, "new_sessions": (), "ended": (), "gone": ()}
    return ChangesSinceLastVisit(at=NOW - timedelta(hours=4), how="line dropped", **{**facts, **members})


def since(**members: object) -> tuple[str, ...]:
    said = since_lines(left(**members), BERLIN, NOW)
    return () if said is None else (said[0].text, plain(said[1]))


def test_since_you_left_tells_units_and_that_nothing_was_sent() -> None:
    assert since(more_succeeded=92, more_failed=4) == (
        "Since 11:32   connection lost",
        "✓ 92 restored   ✗ 4 failed   Restores continued. Nothing was sent from here.",
    )
    assert since() == ("Since 11:32   nothing changed   connection lost", "")
    assert since(new_sessions=("a", "b"))[1] == "Restores: 2 created. Nothing was sent from here."
    assert since_lines(None, BERLIN, NOW) is None


def test_since_you_left_tells_how_long_it_was_and_what_was_sent_meanwhile() -> None:
    said = since_lines(left(more_succeeded=92), BERLIN, NOW, sent=2, back=NOW + timedelta(minutes=21))
    assert said is not None
    assert plain(said[0].right) == "connection lost, back after 4 h 21"
    assert plain(said[1]) == "✓ 92 restored   Restores continued. This machine sent 2 changes: 5 Activity."


def test_a_sentence_that_does_not_fit_is_left_out_and_the_counts_stay() -> None:
    said = since_lines(left(more_succeeded=92_000, more_failed=4_000), BERLIN, NOW, width=57)
    assert said is not None
    assert plain(said[1]) == "✓ 92,000 restored   ✗ 4,000 failed   Restores continued."


def failed_need(**members: Any) -> Need:
    causes = (("ArtifactCannotBeRestored", 4), ("ArtifactNotFound", 2))
    facts: dict[str, Any] = {"count": 6, "since": NOW - timedelta(days=1, hours=23), "causes": causes, **members}
    return Need(NeedKind.FAILED, "61633878-x", Service.ONEDRIVE, **facts)


def test_what_failed_says_why_how_many_and_which_key_helps() -> None:
    assert [cell.text for cell in need_cells(failed_need(), NOW, zone=BERLIN, width=70)] == [
        "✗ OneDrive 61633878, 20 Nov 16:32: 4 cannot be restored, 2 not found",
        "6",
        "f",
    ]
    assert need_cells(failed_need(running=True), NOW)[0].text.startswith("✗ OneDrive 61633878, running: 4 cannot")


@pytest.mark.parametrize(
    ("need", "line"),
    [
        (failed_need(causes=()), "✗ OneDrive 61633878, 20 Nov 16:32: 6 failed"),
        (failed_need(causes=(), count=None), "✗ OneDrive 61633878, 20 Nov 16:32: all failed"),
        (Need(NeedKind.UNKNOWN, "4", words="START session d91e03b7"), "? UNKNOWN: START session d91e03b7"),
        (
            Need(NeedKind.SLOW, "61633878", Service.ONEDRIVE, words="no unit finished for 1 h 10", running=True),
            "! OneDrive 61633878, running: no unit finished for 1 h 10",
        ),
        (
            Need(NeedKind.POLICY, "p", Service.ONEDRIVE, 3, words="OneDrive all"),
            "! OneDrive all: accounts not protected",
        ),
        (
            Need(NeedKind.POLICY, "p", Service.EXCHANGE, words="Mailboxes", offboarding=True),
            "! Mailboxes: being offboarded",
        ),
        (
            Need(NeedKind.LOCKED, "", since=NOW + timedelta(days=60), words="Restore is locked (billing)"),
            "✗ Restore is locked (billing); restores until 21 Jan 2027",
        ),
        (Need(NeedKind.LOCKED, "", since=NOW), "! Restores were allowed until 15:32."),
    ],
)
def test_each_need_has_its_mark_and_its_words(need: Any, line: str) -> None:
    cell = need_cells(need, NOW, zone=BERLIN)[0]
    assert cell.text == line
    assert not cell.parts or "".join(part.text for part in cell.parts) == line


def test_a_failure_of_days_ago_is_no_alarm() -> None:
    old, new = need_cells(failed_need(), NOW)[0], need_cells(failed_need(since=NOW), NOW)[0]
    assert [part.tone for part in old.parts] == ["bad", "", ""]
    assert [part.tone for part in new.parts] == ["bad", "", "bad"]


def test_causes_that_are_not_read_yet_are_said_to_be_missing() -> None:
    assert causes_words((("ArtifactNotFound", 1),), Service.ONEDRIVE, 3) == "1 not found, 2 not read yet"
    assert causes_words((), Service.ONEDRIVE, 3) == ""


def test_a_draft_says_whose_it_is_and_where_it_goes() -> None:
    need = Need(
        NeedKind.DRAFT, "0f4aa9c1", Service.EXCHANGE, 12, NOW - timedelta(days=3), "ryan@contoso.com",
        destination=Destination.IN_PLACE,
    )  # fmt: skip
    text, count, key = need_cells(need, NOW)
    assert text.text == "○ Draft by ryan, 19 Nov, 3 d old: Exchange, IN PLACE"
    assert text.parts[-1] == Cell("IN PLACE", "bad")
    assert (count.text, key.text) == ("12", "enter")
    assert need_cells(need, NOW, mine=True)[0].text == "○ Draft by you, 19 Nov, 3 d old: Exchange, IN PLACE"
    assert need_cells(need, NOW, width=45)[0].text == "○ Draft by ryan, 19 Nov: Exchange, IN PLACE"
    assert need_cells(need, NOW, width=24)[0].text == "○ Draft: Exchange, IN PLACE"


@pytest.mark.parametrize(
    ("movement", "status", "words"),
    [
        (Movement.EARLY, "active", "too early"),
        (Movement.SLOW, "active", "! slow"),
        (Movement.MOVING, "active", "1 to 2 h"),
        (Movement.MOVING, "activating", "starting"),
    ],
)
def test_how_much_longer_fits_its_column(movement: Any, status: str, words: str) -> None:
    hour = timedelta(hours=1)
    state = Progress(
        total=180, completed=112, failed=6, in_progress=40, waiting=22, unfinished=62, started=None,
        last_finished=NOW - timedelta(minutes=10), longest_gap=None, finished_last_hour=55,
        remaining=Remaining(hour, 2 * hour), movement=movement, reason="", exact=True,
    )  # fmt: skip
    assert remaining_word(state, status).text == words
    assert remaining_word(None, status).text in ("", "starting")
    right, sentence = running_lines(state, UTC, NOW)
    assert plain(right) == "6 failed, 40 restoring, 22 waiting"
    moves = "slow" if movement is Movement.SLOW else "moving"
    assert sentence == f"112 restored. Last one 14:22, 10 min ago: {moves}. enter watches it."


def test_backup_that_may_not_be_read_is_not_called_off() -> None:
    store = Store()
    assert backup_heading(store) == "Backup"
    store.apply(ServiceRead(error="Forbidden", answered_at=NOW))
    assert backup_heading(store) == "Backup: not readable with this sign-in"


@given(running=st.integers(0, 40), needs=st.integers(0, 40), room=st.integers(2, 40))
def test_the_two_upper_tables_share_the_room_and_each_has_a_line(running: Any, needs: Any, room: Any) -> None:
    first, second = share_rows(running, needs, room)
    assert first >= 1
    assert second >= 1
    assert first + second <= max(room, 2)


# -- activity ------------------------------------------------------------------------------------------------

SESSION = "d91e03b7-2222-4222-8222-222222222222"


def call(number: int, method: str, path: str, at: datetime, outcome: Outcome = Outcome.DONE) -> CallRecord:
    status = 200 if outcome is Outcome.DONE else None
    what = f"{'start' if method == 'POST' else 'read'} session"
    return CallRecord(
        f"crid-{number}", what, method, path, at, 90, status, "", outcome, 1, None, mutating=method != "GET"
    )


def entry(number: int, kind: str, state: str, at: datetime, target: str | None = SESSION, **rest: Any) -> JournalLine:
    return JournalLine(number, kind, state, f"{kind} {number}", "adele@contoso.com", at, target=target, **rest)


ACTIVATE = f"/solutions/backupRestore/restoreSessions/{SESSION}/activate"


def test_a_change_belongs_to_the_newest_entry_of_its_target_that_was_open() -> None:
    second = timedelta(seconds=1)
    first = entry(1, "activate", "unknown", NOW, answered_at=NOW + 2 * second)
    again = entry(2, "activate", "done", NOW + 60 * second, answered_at=NOW + 62 * second)
    other = entry(3, "activate", "done", NOW, target="someone-else")
    calls = [
        ("a", call(1, "POST", ACTIVATE, NOW + second)),
        ("b", call(2, "POST", ACTIVATE, NOW + 61 * second)),
        ("c", call(3, "GET", ACTIVATE.removesuffix("/activate"), NOW + second)),
        ("d", call(4, "DELETE", ACTIVATE.removesuffix("/activate"), NOW + 30 * second)),
    ]
    assert entries_of_calls(calls, [again, first, other]) == {"a": first, "b": again}


def test_changes_of_two_things_at_one_time_are_told_apart() -> None:
    path = f"/solutions/backupRestore/protectionPolicies/{SESSION}/activate"
    policy = entry(1, "policyActivate", "done", NOW)
    restore = entry(2, "activate", "done", NOW, target="someone-else")
    assert entries_of_calls([("a", call(1, "POST", path, NOW))], [policy, restore]) == {"a": policy}


@pytest.mark.parametrize(("state", "words"), [("unknown", "? UNKNOWN"), ("resolvedDone", "done, seen")])
def test_an_unanswered_change_shows_what_the_journal_knows_of_it_by_now(state: str, words: str) -> None:
    lost = call(1, "POST", ACTIVATE, NOW, Outcome.UNKNOWN)
    assert activity_cells(lost, entry(1, "activate", state, NOW), BERLIN, NOW)[2].text == words


def test_a_lost_change_is_never_called_done() -> None:
    lost = call(1, "POST", ACTIVATE, NOW, Outcome.UNKNOWN)
    text = "\n".join(full_text(lost, entry(1, "activate", "unknown", NOW), BERLIN, NOW))
    assert "no answer" in text
    assert "may have happened" in text
    assert "Done" not in text


def test_an_answer_that_is_no_longer_kept_is_not_shown_as_one_without_a_body() -> None:
    gone = replace(call(1, "GET", ACTIVATE, NOW), answer_let_go=True)
    text = "\n".join(full_text(gone, None, BERLIN, NOW))
    assert "no longer kept" in text
    assert "Answer: no body" not in text


def test_sessions_with_an_unknown_change_are_known_by_id() -> None:
    lines = [entry(1, "activate", "unknown", NOW), entry(2, "delete", "done", NOW, target="x")]
    assert unknown_targets(lines) == {SESSION}


@pytest.mark.parametrize(
    ("kind", "noun"),
    [
        ("activate", "session"),
        ("policyActivate", "policy"),
        ("ruleCreate", "policy"),
        ("ruleUnprotect", "rule"),
        ("unitsBulkAdd", "policy"),
        ("unitOffboard", "unit"),
        ("appRegister", "application"),
        ("browse", "point"),
    ],
)
def test_an_entry_says_what_its_target_is(kind: str, noun: str) -> None:
    assert target_noun(entry(1, kind, "done", NOW)) == noun
