"""Specifies the raw view: what the service sent, set out in lines, otherwise untouched, harmless to a terminal."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backup_tui.models.as_sent import as_sent


def squeezed(text: str) -> str:
    """The text without the spaces and line ends that stand outside of strings."""
    return "".join(re.findall(r'"(?:[^"\\]|\\.)*"|\S', text))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('{"value": {"id": "1"}}', '"value": {'),
        ('{"z": 1, "a": 2, "z": 3}', '"z": 3'),
        ('{"when": "2023-03-30T12-01-03.45Z"}', '"2023-03-30T12-01-03.45Z"'),
        ('{"size": 1.50e3}', "1.50e3"),
        ('{"name": "Gr\\u00fcn \\ud83d"}', '"Gr\\u00fcn \\ud83d"'),
        ('{"@odata.context": " /x  y"}', '" /x  y"'),
        ('{"status": "", "error": null, "list": []}', '"list": []'),
        ('{"text": "a, b: {c} [d]"}', '"a, b: {c} [d]"'),
    ],
)
def test_nothing_is_mended(body: str, kept: str) -> None:
    shown = "\n".join(as_sent(body))
    assert kept in shown
    assert squeezed(shown) == squeezed(body)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(min_codepoint=32, max_codepoint=126)),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(min_codepoint=32, max_codepoint=126)), inner),
    max_leaves=30,
)


@given(st.dictionaries(st.text(st.characters(min_codepoint=32, max_codepoint=126)), VALUES), st.sampled_from([None, 3]))
def test_every_answer_is_shown_with_all_its_parts(value: object, indent: int | None) -> None:
    shown = "\n".join(as_sent(json.dumps(value, indent=indent)))
    assert squeezed(shown) == squeezed(json.dumps(value))
    assert json.loads(shown) == value


@given(st.text())
def test_a_body_that_was_cut_or_is_no_json_is_shown_too(text: str) -> None:
    for body in (text, '{"a": ["' + text, "[" + text):
        shown = "".join(as_sent(body.replace("\ue000", "")))
        assert all(char.isprintable() or unicodedata.category(char) == "Zs" for char in shown)


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    shown = "\n".join(as_sent('{"name": "\x1b]0;title\x07 \x9b31m \u202e"}'))
    assert not set(shown) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert "title" in shown
