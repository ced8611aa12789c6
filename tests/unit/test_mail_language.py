"""Specifies the language of searches as a person types it: what is read, and where a wrong text is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import UsageError
from backup_tui.models.mail_language import MOST_CHARACTERS, read_query, values_in
from backup_tui.models.mail_query import MailQuery, MessageKind
from backup_tui.simulator.grammar.mail_query import parse_query

TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="*"), min_size=1).filter(
    lambda text: bool(text.strip()) and text.isprintable()
)


@given(
    subjects=st.lists(TEXTS, max_size=3),
    sender=TEXTS,
    participants=st.lists(TEXTS, max_size=3),
    attachment=st.none() | st.booleans(),
    kind=st.none() | st.sampled_from(MessageKind),
)
def test_whatever_the_fields_can_say_is_read_back_as_it_is(
    subjects: list[str], sender: str, participants: list[str], attachment: bool | None, kind: MessageKind | None
) -> None:
    query = MailQuery(tuple(subjects), sender, tuple(participants), attachment, kind)
    assert read_query(query.expression).expression == query.expression.strip()


@pytest.mark.parametrize(
    "text",
    [
        "Subject -like 'budget*'",
        "(subject -LIKE 'a') -and (sender -like 'O''Brien')",
        "((Subject -like 'a') -or (Subject -like 'b')) -and (HasAttachment -eq 'true')",
        "(Subject -like 'a' -and Subject -like 'b') -and (MessageKind -eq 'Email')",
        "(PitrDumpsterActionTriggeredTime -gt '2026-11-20T13:10:00Z')",
        "(Subject -like 'a') -or (Subject -like 'b') -or (Subject -like 'c') -or (Subject -like 'd')",
    ],
)
def test_what_the_table_allows_is_read_and_is_read_by_the_service_too(text: str) -> None:
    assert read_query(f"  {text} ").expression == text
    parse_query(text)


@pytest.mark.parametrize(
    ("text", "at", "way_out"),
    [
        ("", 1, "(Subject -like 'budget*')"),
        ("(Subject -like 'in*voice')", 19, "Subject -like 'text*'"),
        ("(Subject -like '*')", 16, "leave the comparison out"),
        ("(Subject -like budget)", 16, "'budget'"),
        ("(Subject -like 'budget)", 16, "Close it with '"),
        ("(Subject -eq 'a')", 10, "-like"),
        ("(Subjects -like 'a')", 2, "Subject, Sender, Participants"),
        ("(Subject -like 'a'", 19, "Close the parenthesis"),
        ("Subject -like 'a')", 18, "-and or -or"),
        ("(Subject -like 'a') (Sender -like 'b')", 21, "-and or -or"),
        ("(Subject -like 'a') -and", 25, "Subject, Sender"),
        ("(Subject", 9, "-like"),
        ("(Subject -like", 15, "in quotes"),
        ("(HasAttachment -eq 'yes')", 20, "'true' or 'false'"),
        ("(MessageKind -eq 'letter')", 18, "Calendar"),
        ("(PitrDumpsterActionTriggeredTime -gt 'monday')", 38, "2026-11-20T13:10:00Z"),
        ("Subject -like 'a' -and Sender -like 'b' -or Sender -like 'c'", 41, "parentheses"),
        (" -and ".join(["(Subject -like 'a')"] * 4), 95, "At most 3"),
        (" -or ".join(["(Subject -like 'a')"] * 6), 140, "at most 5 of one property"),
        ("(Subject -like 'a\tb')", 16, "Take it out"),
        ("(" * 30 + "Subject -like 'a'" + ")" * 30, 22, "parentheses"),
        ("x" * (MOST_CHARACTERS + 1), MOST_CHARACTERS, "2,000"),
    ],
)
def test_a_wrong_text_names_the_place_and_the_way_out(text: str, at: int, way_out: str) -> None:
    with pytest.raises(UsageError) as caught:
        read_query(text)
    assert f"(character {at:,})" in caught.value.message
    assert way_out in f"{caught.value.message} {caught.value.hint}"
    assert caught.value.certainty == "Nothing was sent."


def test_a_text_is_searched_for_as_a_text_in_both_versions_of_the_service() -> None:
    query = read_query("(Subject -like 'a') -or (Sender -like 'b')")
    assert query.body() == query.body(structured=True)
    assert query.body()["queryExpression"] == "(Subject -like 'a') -or (Sender -like 'b')"


@pytest.mark.parametrize(
    ("text", "most"),
    [
        ("", ("", 0)),
        ("(Subject -like 'Sender Sender", ("Subject", 1)),
        ("(subject -like 'a') -or (Subject -like 'b') -and (Sender -like 'c')", ("Subject", 2)),
        (" -or ".join(["(Sender -like 'a')"] * 6), ("Sender", 6)),
    ],
)
def test_the_values_of_a_search_are_counted_while_it_is_typed(text: str, most: tuple[str, int]) -> None:
    assert values_in(text) == most


def test_five_values_of_one_property_can_be_searched_for() -> None:
    text = " -or ".join(["(Subject -like 'a')"] * 5)
    assert read_query(text).expression == text
