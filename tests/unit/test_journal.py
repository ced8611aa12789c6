"""Specifies the journal: intents, answers, what is left open, what is kept, and that nobody sees another's rows."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backup_tui.errors import JournalError, SignInError, UsageError
from backup_tui.journal.journal import Journal
from backup_tui.journal.recorded import RecordedChanges
from backup_tui.journal.records import Answer, Intent, IntentKind, IntentState, NewIntent
from backup_tui.models.clock import ManualClock
from backup_tui.models.remembered import PointUnit, UnitName
from backup_tui.models.services import Service
from backup_tui.models.whoami import WhoAmI

NOW = datetime(2026, 11, 22, 4, 2, 40, 118000, tzinfo=UTC)
ADDRESS = "https://graph.microsoft.com/v1.0"


async def begin(journal: Journal, kind: IntentKind = IntentKind.CREATE, *, fingerprint: str = "f1") -> Intent:
    return await journal.begin(
        NewIntent(
            kind,
            service=Service.EXCHANGE,
            target=None if kind is IntentKind.CREATE else "s-1",
            summary="draft for 2 mailboxes",
            body='{"a": 1}',
            fingerprint=fingerprint,
            user="adele@contoso.com",
            who="oid-1",
            at=NOW,
            server_date_before=NOW - timedelta(seconds=3),
            plan_id="plan-7",
        )
    )


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    async with Journal(tmp_path / "journal.db", "contoso", ADDRESS) as opened:
        yield opened


async def test_an_intent_comes_back_as_it_was_written(journal: Journal, tmp_path: Path) -> None:
    written = await begin(journal)
    assert (written.state, written.at, written.server_date_before) == (
        IntentState.OPEN,
        NOW,
        NOW - timedelta(seconds=3),
    )
    assert (written.plan_id, written.who, written.service) == ("plan-7", "oid-1", Service.EXCHANGE)
    async with Journal(tmp_path / "journal.db", "contoso", ADDRESS) as again:
        assert await again.intent(written.id) == written


async def test_an_answer_is_added_and_every_line_of_it_stays(journal: Journal) -> None:
    intent = await begin(journal)
    lost = await journal.answer(
        intent.id, Answer(IntentState.UNKNOWN, at=NOW, status=504, request_id="r-1", note="no answer")
    )
    assert (lost.state, lost.status, lost.session_id) == (IntentState.UNKNOWN, 504, None)
    found = await journal.resolve(
        intent.id, IntentState.RESOLVED_DONE, session_id="s-9", note="same contents", at=NOW + timedelta(minutes=1)
    )
    assert (found.state, found.session_id, found.status, found.request_id) == (
        IntentState.RESOLVED_DONE,
        "s-9",
        504,
        "r-1",
    )
    assert found.answered_at == NOW + timedelta(minutes=1)
    assert [line.note for line in await journal.answers(intent.id)] == ["no answer", "same contents"]


async def test_what_is_settled_is_not_settled_again(journal: Journal) -> None:
    intent = await begin(journal)
    await journal.answer(intent.id, Answer(IntentState.DONE, at=NOW, session_id="s-9"))
    with pytest.raises(UsageError, match="already known"):
        await journal.resolve(intent.id, IntentState.RESOLVED_NOT_DONE, note="by hand")
    with pytest.raises(UsageError, match="no entry 4711"):
        await journal.resolve(4711, IntentState.RESOLVED_NOT_DONE, note="by hand")
    with pytest.raises(ValueError, match="settled"):
        await journal.answer(intent.id, Answer(IntentState.REJECTED, at=NOW))
    with pytest.raises(ValueError, match="not an answer"):
        await journal.answer(intent.id, Answer(IntentState.RESOLVED_DONE, at=NOW))


async def test_the_service_s_own_answer_counts_after_a_person_s_guess(journal: Journal) -> None:
    intent = await begin(journal)
    await journal.resolve(intent.id, IntentState.RESOLVED_NOT_DONE, note="nothing seen")
    late = await journal.answer(intent.id, Answer(IntentState.DONE, at=NOW, session_id="s-9"))
    assert late.state is IntentState.DONE


async def test_only_sessions_that_were_made_or_recognised_are_owned(journal: Journal) -> None:
    made = await begin(journal, fingerprint="f1")
    await journal.answer(made.id, Answer(IntentState.DONE, at=NOW, session_id="made"))
    lost = await begin(journal, fingerprint="f2")
    await journal.answer(lost.id, Answer(IntentState.UNKNOWN, at=NOW, session_id="perhaps"))
    edited = await begin(journal, IntentKind.EDIT)
    await journal.answer(edited.id, Answer(IntentState.DONE, at=NOW, session_id="edited"))
    assert await journal.owned_sessions() == {"made"}
    await journal.resolve(lost.id, IntentState.RESOLVED_DONE, session_id="taken over", note="")
    assert await journal.owned_sessions() == {"made", "taken over"}


async def test_an_open_create_stands_in_the_way_of_the_same_one_only(journal: Journal) -> None:
    first = await begin(journal, fingerprint="f1")
    with pytest.raises(JournalError) as refused:
        await begin(journal, fingerprint="f1")
    assert refused.value.code == "CreateStillOpen"
    assert refused.value.certainty == "Nothing was sent again."
    assert f"journal show {first.id}" in refused.value.hint
    await begin(journal, fingerprint="f2")
    await begin(journal, IntentKind.EDIT, fingerprint="f1")
    assert await journal.open_create("f1") == first
    await journal.answer(first.id, Answer(IntentState.UNKNOWN, at=NOW))
    with pytest.raises(JournalError):
        await begin(journal, fingerprint="f1")
    await journal.resolve(first.id, IntentState.RESOLVED_NOT_DONE, note="not there after four looks")
    assert (await begin(journal, fingerprint="f1")).id > first.id


async def test_what_is_under_way_here_is_not_open_but_unknown_is(journal: Journal) -> None:
    under_way = await begin(journal, fingerprint="f1")
    lost = await begin(journal, fingerprint="f2")
    await journal.answer(lost.id, Answer(IntentState.UNKNOWN, at=NOW))
    assert [intent.id for intent in await journal.open_intents()] == [lost.id]
    async with Journal(journal.path, "contoso", ADDRESS) as later:
        assert [intent.id for intent in await later.open_intents()] == [under_way.id, lost.id]


async def test_rows_of_another_tenant_or_address_are_never_seen(journal: Journal) -> None:
    intent = await begin(journal)
    await journal.answer(intent.id, Answer(IntentState.DONE, at=NOW, session_id="s-9"))
    await journal.remember_points([PointUnit("p", "u", "adele", Service.EXCHANGE)])
    await journal.remember_names([UnitName("u", Service.EXCHANGE, "adele@contoso.com", "Adele", NOW)])
    await journal.keep("form", "{}")
    for tenant, address in (("fabrikam", ADDRESS), ("contoso", "http://127.0.0.1:8365/v1.0")):
        async with Journal(journal.path, tenant, address) as other:
            assert await other.intents() == ()
            assert await other.intent(intent.id) is None
            assert await other.answers(intent.id) == ()
            assert await other.owned_sessions() == frozenset()
            assert await other.units_of(["p"]) == {}
            assert await other.names() == {}
            assert await other.kept("form") is None
            await begin(other)  # the same contents elsewhere are not in the way
            with pytest.raises(UsageError):
                await other.resolve(intent.id, IntentState.RESOLVED_DONE, note="")


async def test_newest_intents_come_first_and_the_limit_holds(journal: Journal) -> None:
    written = [(await begin(journal, IntentKind.ACTIVATE)).id for _ in range(5)]
    assert [intent.id for intent in await journal.intents(limit=3)] == written[:-4:-1]


async def test_points_are_found_again_by_the_thousand(journal: Journal) -> None:
    points = [PointUnit(f"p{n}", f"u{n}", f"name {n}", Service.ONEDRIVE, NOW, n % 2 == 0) for n in range(1_200)]
    await journal.remember_points(points)
    found = await journal.units_of([*(f"p{n}" for n in range(1_200)), "never seen"])
    assert found == {point.point_id: point for point in points}


async def test_a_point_s_name_is_not_lost_to_a_later_row_without_one(journal: Journal) -> None:
    await journal.remember_points([PointUnit("p", "u", "adele", Service.EXCHANGE, NOW)])
    await journal.remember_points([PointUnit("p", "u", "", Service.EXCHANGE)])
    assert (await journal.units_of(["p"]))["p"] == PointUnit("p", "u", "adele", Service.EXCHANGE, NOW)


async def test_the_last_known_name_stays_when_the_service_forgets_it(journal: Journal) -> None:
    adele = UnitName("u", Service.EXCHANGE, "adele@contoso.com", "Adele", NOW)
    await journal.remember_names([adele])
    await journal.remember_names([UnitName("u", Service.EXCHANGE, "", "", NOW + timedelta(days=2))])
    assert await journal.names() == {"u": adele}
    renamed = UnitName("u", Service.EXCHANGE, "adele.v@contoso.com", "Adele", NOW + timedelta(days=3))
    await journal.remember_names([renamed])
    assert await journal.names() == {"u": renamed}


async def test_small_values_are_kept_replaced_and_dropped(journal: Journal) -> None:
    assert await journal.kept("form") is None
    await journal.keep("form", '{"service": "exchange"}')
    await journal.keep("form", '{"service": "onedrive"}')
    assert await journal.kept("form") == '{"service": "onedrive"}'
    await journal.drop("form")
    assert await journal.kept("form") is None


async def test_who_leaves_while_the_intent_is_written_leaves_one_that_was_not_sent(journal: Journal) -> None:
    asking = asyncio.create_task(begin(journal))
    await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert [intent.state for intent in await journal.intents()] == [IntentState.NOT_SENT]
    assert await journal.open_intents() == ()


async def test_an_answer_is_written_even_if_nobody_waits_for_it(journal: Journal) -> None:
    intent = await begin(journal)
    answering = asyncio.create_task(journal.answer(intent.id, Answer(IntentState.DONE, at=NOW, session_id="s-9")))
    await asyncio.sleep(0)
    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering
    found = await journal.intent(intent.id)
    assert found is not None
    assert found.state is IntentState.DONE


async def test_every_change_is_told_to_the_listener(tmp_path: Path) -> None:
    told: list[IntentState] = []
    path = tmp_path / "journal.db"
    async with Journal(path, "t", ADDRESS, on_change=lambda intent: told.append(intent.state)) as journal:
        intent = await begin(journal)
        await journal.answer(intent.id, Answer(IntentState.UNKNOWN, at=NOW))
        await journal.resolve(intent.id, IntentState.RESOLVED_NOT_DONE, note="")
    assert told == [IntentState.OPEN, IntentState.UNKNOWN, IntentState.RESOLVED_NOT_DONE]


async def test_a_token_in_an_error_s_text_does_not_reach_the_file(journal: Journal) -> None:
    token = "eyJhbGciOiJub25lIn0.eyJvaWQiOiJvaWQtMSJ9.c2lnbmF0dXJl"
    intent = await begin(journal)
    answer = await journal.answer(
        intent.id, Answer(IntentState.UNKNOWN, at=NOW, note=f"sent Authorization: Bearer {token}, and {token} again")
    )
    assert answer.note.count("(token removed)") == 2
    files = b"".join(file.read_bytes() for file in journal.path.parent.iterdir())
    assert token.encode() not in files


async def test_a_kind_of_change_that_is_not_known_here_is_left_alone_and_hides_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    async with Journal(path, "contoso", ADDRESS) as opened:
        first, second = await begin(opened), await begin(opened, IntentKind.EDIT)
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE intent SET kind = 'bulkCreate' WHERE id = ?", (first.id,))
    async with Journal(path, "contoso", ADDRESS) as again:
        assert [each.id for each in await again.intents()] == [second.id]
        assert [each.id for each in await again.open_intents()] == [second.id]
        assert await again.intent(first.id) is None
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute("SELECT kind FROM intent ORDER BY id").fetchall() == [("bulkCreate",), ("edit",)]


@pytest.mark.parametrize(
    ("sent", "state", "status"), [(False, IntentState.NOT_SENT, None), (True, IntentState.REJECTED, 401)]
)
async def test_a_change_without_a_sign_in_was_not_sent_and_one_that_was_refused_for_it_was(
    journal: Journal, sent: bool, state: IntentState, status: int | None
) -> None:
    async def send() -> None:
        error = SignInError("The sign-in has ended.")
        error.sent = sent
        raise error

    changes = RecordedChanges(journal, ManualClock(NOW), WhoAmI(tenant="contoso.com"))
    with pytest.raises(SignInError):
        await changes.make(IntentKind.ACTIVATE, send, target="s-1", summary="start")
    (intent,) = await journal.intents()
    assert (intent.state, intent.status) == (state, status)
