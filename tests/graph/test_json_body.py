"""Specifies that the body of an answer is read to what Python's own reader makes of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backup_tui.errors import ProtocolError
from backup_tui.graph.json_body import parse_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4))


@given(
    value=VALUES, ascii=st.booleans(), indent=st.sampled_from([None, 1, "\t"]), begin=st.sampled_from(["", "\ufeff"])
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_read(value: object, ascii: bool, indent: Any, begin: str) -> None:
    body = (begin + json.dumps(value, ensure_ascii=ascii, indent=indent)).encode()
    assert repr(parse_json(body)) == repr(value)


@given(st.lists(st.sampled_from([*'{}[],:"\\u0dD8eE+-.19 tn\t\n', "true", "null", '"a"', "é", "\x00"]), max_size=12))
@settings(max_examples=400, deadline=None)
def test_what_python_refuses_is_refused_and_the_rest_is_the_same(parts: list[str]) -> None:
    body = "".join(parts).encode()
    try:
        expected = json.loads(body.decode())  # of bytes it would guess an encoding
    except ValueError:
        with pytest.raises(ProtocolError):
            parse_json(body)
    else:
        assert repr(parse_json(body)) == repr(expected).replace("\\ud8", "\\ud8")


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"half \\ud83d"', "half \ufffd"),
        (b'{"\\ude00": 1}', {"\ufffd": 1}),
        (b"[1e400]", [float("inf")]),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
    ],
)
def test_what_only_one_of_the_two_takes_is_read_as_before(body: bytes, value: object) -> None:
    assert parse_json(body) == value
