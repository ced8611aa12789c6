"""Specifies how a search inside a mailbox is written: the pages' own examples, and no text that breaks out of it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.errors import UsageError
from backup_tui.models.mail_query import MOST_TEXTS, MailQuery, MessageKind

TERM = re.compile(r"(\w+) (-like|-eq|-gt) '((?:[^']|'')*)'")
"""One comparison, read without looking at how it is written here: a quote inside a text is doubled."""


def read(expression: str) -> list[tuple[str, str, str]]:
    """The comparisons of an expression; fails when anything but its documented form is around them."""
    found = [(name, operator, text.replace("''", "'")) for name, operator, text in TERM.findall(expression)]
    form = TERM.sub("T", expression)
    group = r"\(T(?: -and T)*\)"
    assert re.fullmatch(rf"{group}(?: -and {group})*", form), form
    return found


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        (
            MailQuery(sender="abc@contoso.com", has_attachment=True),
            "(Sender -like 'abc@contoso.com') -and (HasAttachment -eq 'true')",
        ),
        (
            MailQuery(subjects=("Project Alpha*",), participants=("john@contoso.com", "sarah@contoso.com")),
            "(Subject -like 'Project Alpha*') -and "
            "(Participants -like 'john@contoso.com' -and Participants -like 'sarah@contoso.com')",
        ),
        (
            MailQuery(kind=MessageKind.CONTACT, subjects=("Smith*",)),
            "(Subject -like 'Smith*') -and (MessageKind -eq 'Contact')",
        ),
        (MailQuery(has_attachment=False), "(HasAttachment -eq 'false')"),
        (MailQuery(subjects=("O'Brien's plan*",)), "(Subject -like 'O''Brien''s plan*')"),
        (
            MailQuery(removed_after=datetime(2024, 9, 21, 8, 20, tzinfo=UTC)),
            "(PitrDumpsterActionTriggeredTime -gt '2024-09-21T08:20:00Z')",
        ),
    ],
)
def test_a_query_is_written_as_the_page_writes_it(query: MailQuery, expression: str) -> None:
    assert query.expression == expression
    assert query.body() == {"queryExpression": expression, "artifactType": "message"}


PRINTABLE = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters="*"), min_size=1, max_size=30)
HOSTILE = st.sampled_from(
    ["') -or (Subject -like '", "a' -or 'b", "''", "'", "x') -and (HasAttachment -eq 'true", "-and", "(", ")", "\\'"]
)
TEXTS = st.tuples(PRINTABLE | HOSTILE, st.sampled_from(["", "*"])).map("".join)
LISTS = st.lists(TEXTS, max_size=MOST_TEXTS).map(tuple)


@given(
    subjects=LISTS,
    sender=st.just("") | TEXTS,
    participants=LISTS,
    attachment=st.none() | st.booleans(),
    kind=st.none() | st.sampled_from(MessageKind),
)
def test_whatever_is_looked_for_is_read_back_as_that_and_as_nothing_else(
    subjects: tuple[str, ...],
    sender: str,
    participants: tuple[str, ...],
    attachment: bool | None,
    kind: MessageKind | None,
) -> None:
    meant = [("Subject", "-like", each) for each in subjects]
    meant += [("Sender", "-like", sender)] if sender else []
    meant += [("Participants", "-like", each) for each in participants]
    meant += [("HasAttachment", "-eq", str(attachment).lower())] if attachment is not None else []
    meant += [("MessageKind", "-eq", kind.value)] if kind else []
    if not meant:
        with pytest.raises(UsageError, match="Nothing to search for"):
            MailQuery(subjects, sender, participants, attachment, kind)
        return
    query = MailQuery(subjects, sender, participants, attachment, kind)
    assert read(query.expression) == meant
    structured = query.body(structured=True)["structuredQueryExpression"]
    assert structured == {
        name: value
        for name, value in {
            "subjects": list(subjects),
            "senders": [sender] if sender else [],
            "recipients": list(participants),
            "hasAttachment": attachment,
            "items": [kind.value.lower()] if kind else [],
        }.items()
        if value not in (None, [])
    }


@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from("* '"), max_size=12))
def test_a_star_stands_at_the_end_or_not_at_all(text: str) -> None:
    usable = text.isprintable() and "*" not in text[:-1] and text.rstrip("*").strip() != ""
    if not usable:
        with pytest.raises(UsageError) as caught:
            MailQuery(subjects=(text,))
        assert (caught.value.certainty, caught.value.field, caught.value.value) == (
            "Nothing was sent.",
            "subject",
            text,
        )
        return
    assert read(MailQuery(subjects=(text,)).expression) == [("Subject", "-like", text)]


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({}, "Nothing to search for"),
        ({"subjects": ("a", "b", "c", "d")}, "too many for subject"),
        ({"participants": ("a",) * 4}, "too many for participants"),
        ({"subjects": ("*check",)}, "be only at the end"),
        ({"sender": "a*b*"}, "be only at the end"),
        ({"subjects": ("*",)}, "empty"),
        ({"subjects": ("",)}, "empty"),
        ({"sender": "  "}, "empty"),
        ({"participants": ("a\nb",)}, "has a control character"),
        ({"sender": "a\x00"}, "has a control character"),
        ({"sender": "a\u202eb"}, "has a control character"),
    ],
)
def test_what_the_language_cannot_hold_is_refused_before_anything_is_sent(
    members: dict[str, object], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as caught:
        MailQuery(**members)  # type: ignore[arg-type]
    assert caught.value.certainty == "Nothing was sent."


def test_the_structured_form_has_no_place_for_a_time_of_removal() -> None:
    query = MailQuery(sender="a", removed_after=datetime(2026, 11, 20, tzinfo=UTC))
    with pytest.raises(UsageError, match="no time of removal"):
        query.body(structured=True)
