"""Specifies how a session made by a lost request is recognised: taken over only when nothing else is possible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backup_tui.journal.fingerprint import Pair, fingerprint, pairs_of
from backup_tui.journal.matching import Candidate, MatchResult, created_by, match_create
from backup_tui.journal.records import Intent, IntentKind, IntentState
from backup_tui.models.artifacts import read_artifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.sessions import RestoreSession, read_session
from backup_tui.models.times import iso

BEFORE = datetime(2026, 11, 22, 4, 2, tzinfo=UTC)
WANTED: tuple[Pair, ...] = (("p1", "new"), ("p2", "new"), ("p2", "new"))

INTENT = Intent(
    id=7,
    kind=IntentKind.CREATE,
    state=IntentState.UNKNOWN,
    service=Service.EXCHANGE,
    target=None,
    session_id=None,
    user="adele@contoso.com",
    who="oid-1",
    at=BEFORE,
    answered_at=None,
    server_date_before=BEFORE,
    fingerprint=fingerprint(Service.EXCHANGE, WANTED),
    body="{}",
    status=None,
    code="",
    request_id=None,
    client_request_id=None,
    note="",
    plan_id=None,
    parent_intent=None,
    summary="draft for 3 mailboxes",
)


def session(
    id: str = "s-1",
    *,
    status: str = "draft",
    made: datetime | None = BEFORE,
    service: Service = Service.EXCHANGE,
    created_by: object = None,
) -> RestoreSession:
    raw = {"id": id, "status": status, "createdBy": created_by, "createdDateTime": iso(made) if made else None}
    return read_session(raw, service)


def candidate(
    id: str = "s-1",
    *,
    status: str = "draft",
    made: datetime | None = BEFORE,
    service: Service = Service.EXCHANGE,
    mine: bool | None = True,
    artifacts: tuple[Pair, ...] | None = WANTED,
) -> Candidate:
    return Candidate(session(id, status=status, made=made, service=service), mine, artifacts)


candidates = st.lists(
    st.builds(
        candidate,
        id=st.sampled_from("abcdef"),
        status=st.sampled_from(["draft", "active", "activating", "completed", "unknownFutureValue"]),
        made=st.sampled_from([BEFORE - timedelta(hours=1), BEFORE - timedelta(seconds=30), BEFORE, None]),
        service=st.sampled_from([Service.EXCHANGE, Service.EXCHANGE, Service.ONEDRIVE]),
        mine=st.sampled_from([True, True, False, None]),
        artifacts=st.sampled_from([WANTED, WANTED[::-1], WANTED[:2], (), None]),
    ),
    max_size=4,
    unique_by=lambda one: one.session.id,
)


def could_be_it(one: Candidate, owned: frozenset[str]) -> bool:
    made = one.session.created_date_time
    return (
        one.session.id not in owned
        and one.session.service is Service.EXCHANGE
        and one.created_by_me is not False
        and (made is None or made >= BEFORE - timedelta(seconds=60))
        and (one.artifacts is None or sorted(one.artifacts) == sorted(WANTED))
    )


@given(candidates, st.frozensets(st.sampled_from("abcdef"), max_size=2))
def test_one_is_taken_over_only_when_no_other_can_be_it(listed: list[Candidate], owned: frozenset[str]) -> None:
    match = match_create(INTENT, listed, owned)
    possible = [one for one in listed if could_be_it(one, owned)]
    assert {one.session.id for one in possible} == {one.id for one in match.sessions}
    certainty = (
        len(possible) == 1
        and possible[0].session.status == "draft"
        and possible[0].created_by_me is True
        and possible[0].session.created_date_time is not None
        and possible[0].artifacts is not None
    )
    assert (match.verdict is MatchResult.ADOPT) is certainty
    assert (match.verdict is MatchResult.NONE) is (not possible)


def test_exactly_one_is_taken_over() -> None:
    others = [candidate("other", artifacts=WANTED[:2]), candidate("theirs", mine=False)]
    match = match_create(INTENT, [*others, candidate("mine", artifacts=WANTED[::-1])])
    assert (match.verdict, [one.id for one in match.sessions]) == (MatchResult.ADOPT, ["mine"])


def test_none_is_none_and_two_are_for_a_person() -> None:
    assert match_create(INTENT, []).verdict is MatchResult.NONE
    two = match_create(INTENT, [candidate("a"), candidate("b")])
    assert (two.verdict, [one.id for one in two.sessions]) == (MatchResult.AMBIGUOUS, ["a", "b"])


@pytest.mark.parametrize("status", ["activating", "active", "completed", "failed", "unknownFutureValue", "newWord"])
def test_what_is_no_draft_any_more_is_shown_and_not_taken_over(status: str) -> None:
    assert match_create(INTENT, [candidate(status=status)]).verdict is MatchResult.SHOWN
    assert match_create(INTENT, [candidate("a", status=status), candidate("b")]).verdict is MatchResult.AMBIGUOUS


def test_what_was_there_before_the_request_is_not_from_it() -> None:
    margin = timedelta(seconds=60)
    assert match_create(INTENT, [candidate(made=BEFORE - margin)]).verdict is MatchResult.ADOPT
    assert match_create(INTENT, [candidate(made=BEFORE - margin - timedelta(seconds=1))]).verdict is MatchResult.NONE


def test_what_another_intent_made_is_not_from_this_one() -> None:
    assert match_create(INTENT, [candidate("a")], {"a"}).verdict is MatchResult.NONE
    assert match_create(INTENT, [candidate("a"), candidate("b")], {"a"}).verdict is MatchResult.ADOPT


def test_an_empty_create_is_never_taken_over_by_itself() -> None:
    empty = replace(INTENT, fingerprint=fingerprint(Service.EXCHANGE, ()))
    match = match_create(empty, [candidate(artifacts=())])
    assert (match.verdict, len(match.sessions)) == (MatchResult.AMBIGUOUS, 1)


@pytest.mark.parametrize(
    ("intent", "one"),
    [
        (INTENT, candidate(mine=None)),
        (INTENT, candidate(made=None)),
        (INTENT, candidate(artifacts=None)),
        (replace(INTENT, server_date_before=None), candidate()),
    ],
    ids=["maker not known", "age not given", "contents not read", "service's time not known"],
)
def test_what_cannot_be_told_is_for_a_person(intent: Intent, one: Candidate) -> None:
    assert match_create(intent, [one]).verdict is MatchResult.AMBIGUOUS


def test_only_a_create_with_its_service_is_matched() -> None:
    for wrong in (replace(INTENT, kind=IntentKind.EDIT), replace(INTENT, service=None)):
        with pytest.raises(ValueError, match="makes no session"):
            match_create(wrong, [])


@pytest.mark.parametrize(
    ("by", "who", "told"),
    [
        ({"user": {"id": "OID-1"}}, "oid-1", True),
        ({"user": {"identity": "oid-1"}}, "oid-1", True),
        ({"user": {"id": "oid-2"}}, "oid-1", False),
        ({"user": {"id": "oid-2"}}, "", None),
        ({"application": {"id": "app-1"}}, "app-1", True),
        ({"application": {"id": "app-1"}}, "object id of app-1", None),
        ({"user": None}, "oid-1", None),
        (None, "oid-1", None),
    ],
)
def test_who_made_a_session(by: object, who: str, told: bool | None) -> None:
    assert created_by(session(created_by=by), who) is told


pairs = st.lists(st.tuples(st.text(max_size=4), st.sampled_from(["new", "inPlace"])), max_size=6)


@given(pairs, pairs)
def test_a_fingerprint_is_of_the_multiset(one: list[Pair], other: list[Pair]) -> None:
    same = sorted(one) == sorted(other)
    assert (fingerprint(Service.EXCHANGE, one) == fingerprint(Service.EXCHANGE, other)) is same
    assert fingerprint(Service.EXCHANGE, one) != fingerprint(Service.SHAREPOINT, one)


def test_a_destination_counts_in_any_case_and_form() -> None:
    forms = ["inPlace", "inplace", Destination.IN_PLACE]
    assert len({fingerprint(Service.EXCHANGE, [("p", form)]) for form in forms}) == 1


def test_a_list_that_lacks_a_point_cannot_be_compared() -> None:
    whole = {"id": "a", "destinationType": "new", "restorePoint": {"id": "p"}}
    lacking = [{**whole, "restorePoint": None}, {**whole, "destinationType": None}]
    assert pairs_of([read_artifact(whole, Service.EXCHANGE)]) == (("p", "new"),)
    for raw in lacking:
        assert pairs_of([read_artifact(one, Service.EXCHANGE) for one in (whole, raw)]) is None
