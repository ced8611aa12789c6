"""Specifies what the simulator's three small languages have in common: `and` before `or`, and parentheses that end."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backup_tui.simulator.grammar.expressions import SiteFacts, read_sites
from backup_tui.simulator.grammar.filters import parse_filter
from backup_tui.simulator.grammar.mail_query import Joined, Query, Term, parse_query
from backup_tui.simulator.http.errors import Refusal


def site(expression: str, words: set[str]) -> bool:
    return read_sites(_written(expression, "displayName -contains '{}'", "-"))(SiteFacts(" ".join(words), "", 0.0))


def row(expression: str, words: set[str]) -> bool:
    test, _ = parse_filter(_written(expression, "contains(name,'{}')", ""), 1000)
    return test({"name": " ".join(words)})


def mail(expression: str, words: set[str]) -> bool:
    def holds(query: Query) -> bool:
        if isinstance(query, Term):
            return query.value in words
        assert isinstance(query, Joined)
        return (all if query.by == "and" else any)(holds(part) for part in query.parts)

    return holds(parse_query(_written(expression, "sender -eq '{}'", "-")))


def _written(expression: str, comparison: str, prefix: str) -> str:
    """`one or (two and one)` in a language."""
    for word in ("one", "two", "six"):
        expression = expression.replace(word, comparison.format(word))
    return expression.replace(" and ", f" {prefix}and ").replace(" or ", f" {prefix}or ")


LANGUAGES = pytest.mark.parametrize("holds", [site, row, mail])


@LANGUAGES
@pytest.mark.parametrize(
    ("expression", "true_of", "false_of"),
    [
        ("one or two and six", {"one"}, {"two"}),
        ("one and two or six", {"six"}, {"one"}),
        ("(one or two) and six", {"two", "six"}, {"one"}),
        ("((one)) and ((two or six))", {"one", "six"}, {"two", "six"}),
        ("one or two or six", {"six"}, set()),
        ("one and two and six", {"one", "two", "six"}, {"one", "two"}),
    ],
)
def test_and_binds_before_or_and_parentheses_before_both(
    holds: Callable[[str, set[str]], bool], expression: str, true_of: set[str], false_of: set[str]
) -> None:
    assert holds(expression, true_of)
    assert not holds(expression, false_of)


@LANGUAGES
@pytest.mark.parametrize(
    "expression",
    ["(one", "one)", "one or ", "one and and two", "()", "one two", " or one", "(" * 300 + "one" + ")" * 300, "'", "("],
)
def test_a_wrong_form_is_refused_and_never_ends_the_service(
    holds: Callable[[str, set[str]], bool], expression: str
) -> None:
    with pytest.raises(Refusal) as caught:
        holds(expression, set())
    assert caught.value.status == 400
