"""Expressions of inclusion rules: written from what a person names, and held against what the pages say of them.

https://learn.microsoft.com/graph/api/protectionrulebase-post and `resources/protectionrulebase`: sites by keywords in
their names or addresses, mailboxes and OneDrive accounts by the groups that their owners are members of."""

import re
from collections.abc import Callable, Mapping, Sequence

from backup_tui.errors import UsageError
from backup_tui.models.rules import LONGEST_EXPRESSION, comparisons_of, groups_of
from backup_tui.models.services import Service
from backup_tui.models.text import counted

MOST_KEYWORDS = 10  # keywords of a rule for sites

KEYWORD_LENGTHS = range(3, 256)  # characters of a keyword

MOST_GROUPS_ONCE = 3  # groups of a rule that is applied once

MOST_GROUPS = 100  # groups of a dynamic rule

Matches = Callable[[str, str], bool]  # tells from the name and the address of a site whether a rule takes it in

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_FIELD = "rule"


def group_expression(groups: Sequence[str]) -> str:
    """The expression for the members of some groups, by the object ids of these."""
    return f"(memberOf -any (group.id -in [{', '.join(map(_literal, dict.fromkeys(groups)))}]))"


def site_expression(names: Sequence[str] = (), addresses: Sequence[str] = ()) -> str:
    """The expression for sites whose name or address contains one of some words."""
    parts = [f"(displayName -contains {_literal(word)})" for word in dict.fromkeys(names)]
    parts += [f"(webUrl -contains {_literal(word)})" for word in dict.fromkeys(addresses)]
    return parts[0] if len(parts) == 1 else f"({' -or '.join(parts)})"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def check_expression(service: Service, expression: str, *, dynamic: bool) -> None:
    """Refuses what the service would refuse, as far as the pages say what it takes. `dynamic`: it is applied again and
    again. Raises `UsageError`: it cannot be one."""
    if not expression.strip():
        raise UsageError.unsent("The rule does not say what it adds.", _FIELD)
    if len(expression) > LONGEST_EXPRESSION:
        raise UsageError.unsent(f"The rule is longer than {LONGEST_EXPRESSION:,} characters.", _FIELD)
    if service is Service.SHAREPOINT:
        if dynamic:
            raise UsageError.unsent("Rules for sites are applied once; the service has no dynamic ones.", _FIELD)
        _check_keywords([one.value for one in comparisons_of(expression)[1]])
        return
    _check_groups(groups_of(expression), dynamic=dynamic)


def _check_keywords(words: Sequence[str]) -> None:
    if len(words) > MOST_KEYWORDS:
        raise UsageError.unsent(
            f"{counted(len(words), 'keyword')}; a rule for sites takes {MOST_KEYWORDS} at most.", _FIELD
        )
    for word in words:
        if len(word) not in KEYWORD_LENGTHS:
            raise UsageError.unsent(f'"{word[:40]}" is not a keyword: it takes 3 to 255 characters.', _FIELD, word)


def _check_groups(groups: Sequence[str], *, dynamic: bool) -> None:
    for group in groups:
        if _GUID.fullmatch(group) is None:
            raise UsageError.unsent(
                f'"{group[:60]}" is not the object id of a group.',
                _FIELD,
                group,
                "The Entra admin center shows the object id on the page of the group.",
            )
    most = MOST_GROUPS if dynamic else MOST_GROUPS_ONCE
    if len(groups) > most:
        kind = "a dynamic rule" if dynamic else "a rule that is applied once"
        raise UsageError.unsent(f"{counted(len(groups), 'group')}; {kind} takes {most} at most.", _FIELD)


def site_matcher(expression: str) -> Matches | None:
    """What a rule for sites takes in; `None` when this program cannot tell."""
    joint, conditions = comparisons_of(expression)
    if not conditions or any(one.name not in ("name", "address") or one.verb not in _TESTS for one in conditions):
        return None
    tests = [(one.name, _TESTS[one.verb], one.value.casefold()) for one in conditions]
    joined = any if joint == "or" else all

    def matches(name: str, address: str) -> bool:
        texts = {"name": name.casefold(), "address": address.casefold()}
        return joined(test(texts[where], value) for where, test, value in tests)

    return matches


_TESTS: Mapping[str, Callable[[str, str], bool]] = {
    "contains": lambda text, value: value in text,
    "eq": lambda text, value: text == value,
    "startswith": lambda text, value: text.startswith(value),
}
