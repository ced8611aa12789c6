"""Specifies the stall alarm: what has not moved for far longer than expected, and the ids that support asks for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backup_tui.models.artifacts import read_artifact
from backup_tui.models.calls import CallRecord, Outcome
from backup_tui.models.services import Service
from backup_tui.models.sessions import read_session
from backup_tui.plans.stalls import Stall, stalled, support_lines
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.store import Store

NOW = datetime(2026, 11, 30, 4, 2, tzinfo=UTC)


def ago(minutes: float) -> str:
    return f"{NOW - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def unit(name: str, started: float, took: float | None = None, **extra: Any) -> dict[str, Any]:
    ended = {} if took is None else {"completionDateTime": ago(started - took)}
    return {
        "id": f"artifact-{name}",
        "status": "inProgress" if took is None else "succeeded",
        "destinationType": "inPlace",
        "restorePoint": {"id": f"point-{name}"},
        "startDateTime": ago(started),
        **ended,
        **extra,
    }


def restore(
    store: Store, session_id: str, units: list[dict[str, Any]], *, status: str = "active", read: float = 0
) -> None:
    """A session with its units, both read so many minutes ago."""
    done = sum(one["status"] == "succeeded" for one in units)
    raw = {
        "@odata.type": f"#microsoft.graph.{Service.ONEDRIVE.names.session_type}",
        "id": session_id,
        "status": status,
        "createdDateTime": ago(300),
        "lastModifiedDateTime": ago(300),
        "restoreSessionArtifactCount": {"total": len(units), "completed": done, "failed": 0, "inProgress": 1},
    }
    answered = NOW - timedelta(minutes=read)
    store.apply(up.SessionRead(read_session(raw), 1.0, answered))
    rows = tuple(read_artifact(one) for one in units)
    store.apply(up.ListRead(fresh.artifacts_of(session_id), rows, 2.0, True, answered))


def done(*, started: float = 60, took: float = 20) -> list[dict[str, Any]]:
    return [unit(f"done-{number}", started, took) for number in range(5)]


def found(store: Store, *session_ids: str) -> Stall:
    stall = stalled(store, session_ids, NOW)
    assert stall is not None
    return stall


def test_units_that_take_more_than_three_times_as_long_as_others_are_named() -> None:
    store = Store()
    restore(store, "s", [*done(started=40), unit("lee", 70), unit("kim", 70), unit("short", 50)])
    stall = found(store, "s")
    assert stall.words == "2 units have not moved for 1 h 10 (expected 20 min)"
    assert stall.ids == {"artifact-lee", "artifact-kim"}
    assert stall.sessions == ()


def test_of_several_times_the_longest_is_said() -> None:
    store = Store()
    restore(store, "s", [*done(started=40), unit("lee", 70), unit("kim", 190)])
    assert found(store, "s").words == "2 units have not moved for up to 3 h 10 (expected 20 min)"
    restore(store, "t", [*done(started=40), unit("kim", 400)])
    stall = found(store, "s", "t")
    assert [one.row.session_id for one in stall.units] == ["t", "s", "s"], "the longest first, over all sessions"
    assert stall.words.startswith("3 units have not moved for up to 6 h 40")


def test_a_session_in_which_nothing_ends_is_named_though_no_unit_is_long() -> None:
    store = Store()
    restore(store, "s", [*done(started=110, took=20), unit("lee", 45)])
    stall = found(store, "s")
    assert stall.units == ()
    assert stall.words == "1 session has not moved for 1 h 30 (expected 30 min)"
    assert stall.ids == {"s"}


@pytest.mark.parametrize(
    ("units", "status", "read"),
    [
        ([*done(started=40), unit("lee", 59)], "active", 0),
        ([*done(started=40), unit("lee", 70)], "completed", 0),
        ([*done(started=40), unit("lee", 70)], "active", 15),
    ],
    ids=["within three times the usual", "ended", "as of the last answer it was within it"],
)
def test_what_moves_or_is_not_known_to_stand_still_is_no_alarm(
    units: list[dict[str, Any]], status: str, read: float
) -> None:
    store = Store()
    restore(store, "s", units, status=status, read=read)
    assert stalled(store, ["s", "never heard of"], NOW) is None


def call(request_id: str, path: str, minutes: float) -> up.CallFinished:
    return up.CallFinished(
        CallRecord(
            id=f"call-{request_id}",
            what="read session",
            method="GET",
            path=path,
            started=NOW - timedelta(minutes=minutes),
            milliseconds=80,
            status=200,
            code="",
            outcome=Outcome.DONE,
            try_number=1,
            request_id=request_id,
            mutating=False,
        )
    )


def test_a_support_case_gets_every_id_and_the_last_requests() -> None:
    store = Store()
    restore(store, "61633878", [*done(started=40), unit("lee", 70)])
    start = up.JournalLine(
        1,
        "activate",
        "done",
        "START",
        "adele",
        NOW - timedelta(minutes=80),
        target="61633878",
        request_id="request-start",
    )
    store.apply(up.JournalRead((start,)))
    for number in range(5):
        store.apply(call(f"request-{number}", "/solutions/backupRestore/restoreSessions/61633878", 5 - number))
    store.apply(call("request-of-another", "/solutions/backupRestore/restoreSessions/77ab3e90", 0))
    lines = "\n".join(support_lines(store, found(store, "61633878"), NOW))
    assert lines.startswith("1 unit has not moved for 1 h 10 (expected 20 min). For a support case:")
    for named in ("restore session 61633878", "artifact artifact-lee", "restore point point-lee", "request-start"):
        assert named in lines
    assert "protection unit not reported" in lines
    assert [f"request-{number}" in lines for number in range(5)] == [False, False, True, True, True]
    assert "request-of-another" not in lines
    assert "done-0" not in lines


def test_without_a_request_it_says_so() -> None:
    store = Store()
    restore(store, "s", [*done(started=40), unit("lee", 70)])
    assert "no request about it was sent from here" in support_lines(store, found(store, "s"), NOW)[-1]
