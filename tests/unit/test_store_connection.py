"""The exact words about the connection: every state of the wording's table, and which of two matters more."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace
from store_builders import NOW, at, call

from backup_tui.models.calls import Outcome
from backup_tui.models.service_state import ServiceState
from backup_tui.store.connection import ConnectionState, after_call, after_silence, connection_words, looks_the_same

LAST = datetime(2026, 11, 20, 3, 58, 40, tzinfo=UTC)
UTC_ZONE = ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("state", "right", "message"),
    [
        (ConnectionState(), "reading", None),
        (ConnectionState(last_answer=LAST), "live 03:58", None),
        (ConnectionState(last_answer=LAST, reading_since=at(-0.05)), "live 03:58", None),
        (ConnectionState(last_answer=LAST, reading_since=at(-0.5)), "reading since 04:01", None),
        (ConnectionState(last_answer=LAST, missed=1), "live 03:58", None),
        (ConnectionState(last_answer=LAST, missed=2), "late, last 03:58", "No answer since 03:58. Trying again."),
        (
            ConnectionState("graph.microsoft.com", LAST, offline_since=at(-1), offline_cause="refused"),
            "OFFLINE since 04:01",
            "Cannot reach graph.microsoft.com (refused). Restores continue.",
        ),
        (
            ConnectionState(last_answer=LAST, throttled_until=at(4)),
            "waits to 04:06",
            "The service asked us to wait. Restores continue.",
        ),
        (ConnectionState(last_answer=LAST, throttled_until=at(-1)), "live 03:58", None),
        (
            ConnectionState(last_answer=LAST, paused_until=at(13)),
            "PAUSED to 04:15",
            "Press P to resume; resumes automatically at 04:15.",
        ),
        (
            ConnectionState(last_answer=LAST, signed_out_since=at(-2)),
            "shows 03:58",
            "Signed out at 04:00. Start again with a new token. Restores continue.",
        ),
        (
            ConnectionState(last_answer=LAST, unknown_open=1, unknown_what="d91e03b7 started"),
            "live 03:58   1 UNKNOWN",
            "Whether d91e03b7 started is unknown. It is the first row of 5 Activity.",
        ),
        (
            ConnectionState(last_answer=LAST, service=ServiceState("restoreLocked", "billing", restores_until=at(0))),
            "live 03:58   RESTORE LOCKED",
            "The service allows no restore (billing); allowed until 20 Nov 2026.",
        ),
        (
            ConnectionState(
                last_answer=LAST,
                service=ServiceState("protectionChangeLocked", "invalidBillingProfile", restores_until=at(9)),
            ),
            "live 03:58   PROTECTION LOCKED",
            "No change of protection is allowed (billing invalid); restores are, until 20 Nov 2026.",
        ),
        (
            ConnectionState(last_answer=LAST, service=ServiceState("protectionChangeLocked", "none")),
            "live 03:58   PROTECTION LOCKED",
            "No change of protection is allowed; restores are.",
        ),
        (
            ConnectionState(last_answer=LAST, service=ServiceState("disabled", "userRequested")),
            "live 03:58   BACKUP OFF",
            "Backup is off (on an admin's request): nothing can be changed.",
        ),
        (ConnectionState(last_answer=LAST, service=ServiceState("enabled", "none", at(9))), "live 03:58", None),
        (
            ConnectionState(last_answer=LAST, wrong_tenant="production expects contoso.com, signed in to x.com."),
            "WRONG TENANT",
            "production expects contoso.com, signed in to x.com.",
        ),
        (ConnectionState(last_answer=LAST, demo_speed=60.0), "demo, 60x faster", None),
        (
            ConnectionState(last_answer=LAST, lock_wait="pid 4711 is drafting since 04:01; waiting for it."),
            "live 03:58",
            "pid 4711 is drafting since 04:01; waiting for it.",
        ),
    ],
)
def test_each_state_has_its_words(state: ConnectionState, right: str, message: str | None) -> None:
    words = connection_words(state, NOW, UTC_ZONE)
    assert ("   ".join((words.right, *words.alerts)), words.message) == (right, message)


def test_an_unknown_outcome_stays_named_whatever_else_is_wrong() -> None:
    state = ConnectionState(last_answer=LAST, offline_since=at(-1), unknown_open=2, unknown_what="d91e03b7 started")
    words = connection_words(state, NOW, UTC_ZONE)
    assert (words.right, words.alerts) == ("OFFLINE since 04:01", ("2 UNKNOWN",))
    assert words.message is not None
    assert words.message.startswith("Cannot reach")


def test_times_are_in_the_zone_that_was_asked_for() -> None:
    assert connection_words(ConnectionState(last_answer=LAST), NOW, ZoneInfo("Europe/Berlin")).right == "live 04:58"


@pytest.mark.parametrize(
    ("status", "outcome", "mutating", "counts"),
    [
        (200, Outcome.DONE, False, True),
        (403, Outcome.REJECTED, False, True),
        (500, Outcome.REJECTED, True, True),
        (503, Outcome.REJECTED, False, False),
        (429, Outcome.REJECTED, False, False),
        (401, Outcome.REJECTED, False, False),
        (200, Outcome.UNKNOWN, False, False),
        (200, Outcome.REJECTED, False, False),
        (None, Outcome.UNKNOWN, False, False),
    ],
)
def test_only_a_trustworthy_answer_counts_as_the_last_one(
    status: int | None, outcome: Outcome, mutating: bool, counts: bool
) -> None:
    before = ConnectionState(last_answer=LAST, missed=2)
    after = after_call(before, call("x", status=status, outcome=outcome, mutating=mutating))
    assert (after.last_answer != LAST, after.missed == 0) == (counts, counts)


def test_the_page_of_a_proxy_is_no_answer_of_the_service() -> None:
    portal = replace(call("x", outcome=Outcome.REJECTED, note="HTML came"), stranger="a proxy or portal answers")
    offline = after_call(ConnectionState(last_answer=LAST), portal)
    assert connection_words(offline, at(5), UTC_ZONE).right == "OFFLINE since 04:02"
    assert "(a proxy or portal answers)" in (connection_words(offline, at(5), UTC_ZONE).message or "")
    assert after_call(offline, call("y")).offline_since is None


def test_half_an_answer_after_being_offline_is_late_and_not_live() -> None:
    offline = ConnectionState(last_answer=LAST, offline_since=at(-1), offline_cause="refused")
    stalled = after_call(offline, call("x", status=200, outcome=Outcome.UNKNOWN))
    words = connection_words(stalled, NOW, UTC_ZONE)
    assert (words.right, words.message) == ("late, last 03:58", "No answer since 03:58. Trying again.")
    assert connection_words(after_call(stalled, call("y")), NOW, UTC_ZONE).right.startswith("live ")


def test_one_read_without_an_answer_is_named_until_one_comes() -> None:
    state = after_silence(ConnectionState(last_answer=LAST), at(-0.2), None)
    assert connection_words(state, NOW, UTC_ZONE).right == "reading since 04:01"
    assert connection_words(after_silence(state, NOW, None), NOW, UTC_ZONE).right == "late, last 03:58"
    assert connection_words(after_call(state, call("y")), NOW, UTC_ZONE).right.startswith("live ")


def test_an_overtaken_answer_does_not_make_the_last_one_older() -> None:
    after = after_call(ConnectionState(last_answer=at(5)), call("x"))
    assert after.last_answer == at(5)


def test_answers_within_a_minute_are_no_reason_to_draw() -> None:
    assert looks_the_same(ConnectionState(last_answer=at(0.1)), ConnectionState(last_answer=at(0.9)))
    assert not looks_the_same(ConnectionState(last_answer=at(0.9)), ConnectionState(last_answer=at(1.0)))
    assert not looks_the_same(ConnectionState(), ConnectionState(last_answer=at(0)))
