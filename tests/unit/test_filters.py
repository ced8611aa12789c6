"""Specifies the filter language: what each word means, what is said of a wrong one, and what holds for any text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from store_builders import NOW, artifact, at, call, policy, session, stamp, unit

from backup_tui.headless.topics import FILTERS
from backup_tui.models.services import Service
from backup_tui.store import freshness as fresh
from backup_tui.store import updates as up
from backup_tui.store.filters import TEXT_ONLY, Language, parse_filter
from backup_tui.store.store import Store
from backup_tui.store.views import (
    ACTIVITY_LANGUAGE,
    ARTIFACT_LANGUAGE,
    POLICY_LANGUAGE,
    SESSION_LANGUAGE,
    UNIT_LANGUAGE,
    activity_keys,
    artifact_keys,
    policy_keys,
    session_keys,
    unit_keys,
)

LANGUAGES = (SESSION_LANGUAGE, ARTIFACT_LANGUAGE, POLICY_LANGUAGE, UNIT_LANGUAGE, ACTIVITY_LANGUAGE, TEXT_ONLY)
SERVICES = list(Service)
STATUSES = ["active", "activating", "draft", "completed", "completedWithError", "failed", "hibernating"]


def many_sessions() -> Store:
    store = Store()
    rows = []
    for number in range(42):
        status = STATUSES[number % len(STATUSES)]
        person = ("adele", "ryan", "Two Words")[number % 3]
        made = stamp(at(-60 * number))
        rows.append(session(f"id-{number:02}", status, service=SERVICES[number % 3], by=person, createdDateTime=made))
    store.apply(up.ListRead(fresh.SESSIONS, tuple(rows), 1.0, True, NOW))
    for number in range(0, 42, 2):
        way = "inPlace" if number % 4 else "new"
        key = fresh.artifacts_of(f"id-{number:02}")
        store.apply(up.ListRead(key, (artifact(f"a{number}", destination=way),), 2.0, True, NOW))
    return store


STORE = many_sessions()
EVERY = set(session_keys(STORE))


def found(typed: str) -> set[str]:
    return set(session_keys(STORE, typed, now=NOW))


VALID = st.one_of(
    st.sampled_from(["adele", '"two words"', "by:ryan", 'by:"two words"', "id:id-0", "to:new", "to:in", "nobody"]),
    st.sampled_from(["service:exchange", "service:one", "status:draft", "status:failed", "status:hibernating"]),
    st.builds(
        lambda side, count, unit: f"when:{side}{count}{unit}",
        st.sampled_from("<>"),
        st.integers(0, 99_999),
        st.sampled_from(["m", "min", "h", "d", "w"]),
    ),
)


@given(VALID, VALID)
def test_words_join_and_a_mark_before_one_turns_it_around(one: str, other: str) -> None:
    assert found(one) | found(f"!{one}") == EVERY
    assert not found(one) & found(f"!{one}")
    assert found(f"{one} {other}") == found(one) & found(other)
    assert found(f"{one}  !{other}") == found(one) - found(other)
    assert found(one.upper()) == found(one)


@given(st.text(max_size=60), st.sampled_from(LANGUAGES))
def test_any_text_is_a_filter(typed: str, language: Language) -> None:
    wanted = parse_filter(typed, language)
    assert all(term.text == term.text.lower() for term in wanted.terms)
    assert {term.field for term in wanted.terms} <= {*language.fields, ""}


@given(st.text(max_size=40))
def test_quoted_text_is_text_whatever_it_holds(typed: str) -> None:
    typed = typed.replace('"', "")
    wanted = parse_filter(f'"{typed}"', SESSION_LANGUAGE)
    assert [(term.text, term.field) for term in wanted.terms] == ([(typed.lower(), "")] if typed else [])
    assert not wanted.problem


@given(VALID)
def test_while_a_word_is_typed_nothing_is_called_impossible(typed: str) -> None:
    for end in range(len(typed) + 1):
        part = parse_filter(typed[:end], SESSION_LANGUAGE)
        assert not part.impossible, typed[:end]


@pytest.mark.parametrize(
    ("typed", "ids"),
    [
        ("when:<2h", {"id-00", "id-01"}),
        ("when:>39h", {"id-40", "id-41"}),
        ("when:<1d when:>22h", {"id-23"}),
        ("to:in-place service:exchange by:adele", {"id-06", "id-18", "id-30"}),
        ('status:"some failed" by:ryan', {"id-04", "id-25"}),
        ("id:id-07", {"id-07"}),
        ("!when:<2h when:<3h", {"id-02"}),
    ],
)
def test_what_sessions_are_found(typed: str, ids: set[str]) -> None:
    assert found(typed) == ids


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("user:adele", "No user: here. There are status: service: to: by: when: id:"),
        ("to:elsewhere", "to: takes in-place, new"),
        ("to:", "to: takes in-place, new"),
        ("service:teams", "service: takes exchange, onedrive, sharepoint"),
        ("when:3d", "when: takes >3d, <2h; m, h, d, w"),
        ("when:>3y", "when: takes >3d, <2h; m, h, d, w"),
        ("status:sleeping", "status: takes running, starting, draft, all failed, some failed, completed, gone"),
        ("https://contoso.sharepoint.com/sites/x", ""),
        ("12:30", ""),
        ('"user:adele"', ""),
        ("by:nobody", ""),
        ("by:", ""),
    ],
)
def test_a_wrong_prefix_or_value_is_answered_with_those_there_are(typed: str, said: str) -> None:
    assert parse_filter(typed, SESSION_LANGUAGE).problem == said


def test_a_value_that_never_occurs_hides_every_row_and_an_unfinished_one_none() -> None:
    assert found("to:elsewhere") == found("!to:elsewhere") == found("service:teams") == found("when:3y") == set()
    assert found("when:") == found("when:>") == found("when:>3") == found("to:") == EVERY
    assert found("status:hibernating") == {f"id-{number:02}" for number in range(6, 42, 7)}  # a state nobody knows yet
    assert parse_filter("a:b", TEXT_ONLY).problem == "No a: here. There are text and !text"


def test_ages_and_people_are_found_in_every_list() -> None:
    store = Store()
    store.apply(up.SessionRead(session("s"), 1.0))
    items = (artifact("old", started=at(-90)), artifact("late", started=at(-5)), artifact("copy", destination="new"))
    store.apply(up.ListRead(fresh.artifacts_of("s"), items, 2.0, True, NOW))
    assert artifact_keys(store, "s", "when:>1h", now=NOW) == ["old"]
    assert artifact_keys(store, "s", "to:new", now=NOW) == ["copy"]
    store.apply(up.ListRead(fresh.POLICIES, (policy("a"),)))
    assert policy_keys(store, "service:teams") == [] == policy_keys(store, "by:nobody")
    store.apply(up.UnitsPage(Service.ONEDRIVE, (unit("u1", "lee.gu@contoso.com"),), True, True))
    assert unit_keys(store, Service.ONEDRIVE, "when:>1m to:new", now=NOW) == []  # units go nowhere: it is text
    store.apply(up.CallFinished(call("change", mutating=True, started=at(-2))))
    store.apply(up.CallFinished(call("read", started=at(-200))))
    lines = (
        up.JournalLine(2, "activate", "done", "start of 3", "adele", at(-2), client_request_id="change"),
        up.JournalLine(1, "create", "done", "draft of 3", "ryan", at(-90)),
    )
    store.apply(up.JournalRead(lines))
    assert activity_keys(store, "by:adele", now=NOW) == ["call:change"]
    assert activity_keys(store, "by:ryan", now=NOW) == ["journal:1"]
    assert activity_keys(store, "when:<1h", now=NOW) == ["call:change"]
    assert activity_keys(store, "when:>1h !by:ryan", now=NOW) == ["call:read"]


@pytest.mark.parametrize("example", [example for examples, _meaning in FILTERS for example in examples.split(", ")])
def test_each_example_of_the_help_is_understood(example: str) -> None:
    understood = [parse_filter(example, language) for language in LANGUAGES]
    wanted = next(one for one in understood if not one.problem)
    assert len(wanted.terms) == 1
    prefix = example.partition(":")[0]
    assert wanted.terms[0].field == (prefix if ":" in example else "")


def test_every_prefix_of_a_list_is_in_the_help() -> None:
    told = {example.partition(":")[0] for examples, _meaning in FILTERS for example in examples.split(", ")}
    assert {field for language in LANGUAGES for field in language.fields} <= told


def test_a_limit_is_the_time_that_it_names() -> None:
    ages = {"90m": timedelta(minutes=90), "5min": timedelta(minutes=5), "2h": timedelta(hours=2), "1w": timedelta(7)}
    for written, age in ages.items():
        (term,) = parse_filter(f"when:>{written}", SESSION_LANGUAGE).terms
        assert (term.age, term.older) == (age, True)
