"""The expressions of inclusion rules: which sites, and which groups' members, a rule is for.

Sites: ``((displayName -contains 'Finance') -or (webUrl -contains 'Legal')) -and (lastModifiedDateTime -ge '...')``.
Accounts: ``(memberOf -any (group.id -in ['<guid>', '<guid>']))``. Names and operators match without regard to case.
"""

import re
from collections.abc import Callable

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import is_guid, seconds_of
from backup_tui.simulator.grammar.parsing import PredicateParser
from backup_tui.simulator.http.errors import Refusal

MOST_KEYWORDS = 10
MOST_GROUPS_STATIC = 3
MOST_GROUPS = 100
_KEYWORD_LENGTHS = range(3, 256)

_TOKEN = re.compile(r"\s*('(?:[^']|'')*'|[()]|-?[A-Za-z]+)")
_MEMBERS = re.compile(r"\(\s*memberOf\s+-any\s+\(\s*group\.id\s+-in\s+\[([^\[\]]*)\]\s*\)\s*\)", re.IGNORECASE)
_QUOTED = re.compile(r"\s*'([^']*)'\s*")


class SiteFacts(Struct, frozen=True, dict=True):
    """What an expression can ask of a site; ``modified`` in seconds since 1970."""

    name: str
    url: str
    modified: float


SiteTest = Callable[[SiteFacts], bool]


def _wrong_expression(message: str) -> Refusal:
    return Refusal(400, "InvalidRuleExpression", message)


def read_groups(text: str, *, dynamic: bool) -> list[str]:
    """Return the ids of the groups that an expression for accounts names, in lower case."""
    match = _MEMBERS.fullmatch(text.strip())
    if match is None:
        raise _wrong_expression("Expected (memberOf -any (group.id -in ['{groupId}'])).")
    groups: list[str] = []
    for part in match[1].split(","):
        quoted = _QUOTED.fullmatch(part)
        if quoted is None or not is_guid(quoted[1]):
            raise _wrong_expression(f"{part.strip()!r} is not a group ID.")
        groups.append(quoted[1].lower())
    if len(groups) > MOST_GROUPS:
        message = f"An expression can name at most {MOST_GROUPS} groups; this one names {len(groups)}."
        raise Refusal(413, "InvalidRuleExpressionGroupLimitExceeded", message)
    if not dynamic and len(groups) > MOST_GROUPS_STATIC:
        raise _wrong_expression(f"The expression of a static rule can name at most {MOST_GROUPS_STATIC} groups.")
    return groups


def read_sites(text: str) -> SiteTest:
    """Return the test that an expression for sites represents. Refuses with 400 ``InvalidRuleExpression``."""
    return _SiteParser(text).read()


class _SiteParser(PredicateParser[SiteFacts]):
    token = _TOKEN
    most_tokens = 10 * MOST_KEYWORDS

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._keywords = 0

    def unexpected(self, text: str) -> Refusal:
        return _wrong_expression(f"Unexpected {text!r}." if text else "The expression ends too early.")

    def too_long(self) -> Refusal:
        return _wrong_expression("The expression is too long.")

    def unclosed(self) -> Refusal:
        return _wrong_expression("A parenthesis is not closed.")

    def read(self) -> SiteTest:
        found = super().read()
        if not self._keywords:
            raise _wrong_expression("The expression names no keyword.")
        return found

    def comparison(self) -> SiteTest:
        name, operator, value = self.next().lower(), self.next().lower(), self.next()
        if not value.startswith("'"):
            raise _wrong_expression(f"{value!r} is not in quotes.")
        wanted = value[1:-1].replace("''", "'").lower()
        if name == "lastmodifieddatetime" and operator == "-ge":
            return _modified_since(wanted)
        if name not in ("displayname", "weburl") or operator != "-contains":
            raise _wrong_expression(f"{name} {operator} is not supported.")
        self._keywords += 1
        if self._keywords > MOST_KEYWORDS:
            raise _wrong_expression(f"An expression can name at most {MOST_KEYWORDS} keywords.")
        if len(wanted) not in _KEYWORD_LENGTHS:
            raise _wrong_expression("A keyword must have 3 to 255 characters.")
        if name == "weburl":
            return lambda site: wanted in site.url.lower()
        return lambda site: wanted in site.name.lower()


def _modified_since(text: str) -> SiteTest:
    try:
        moment = seconds_of(text.upper())
    except ValueError:
        raise _wrong_expression(f"{text!r} is not a date and time.") from None
    return lambda site: site.modified >= moment
