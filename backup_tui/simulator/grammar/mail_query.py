"""The language of searches for mails inside a backup (page backup-restore-granular-search).

Terms such as ``Subject -like 'budget*'`` in parentheses, joined by ``-and`` and ``-or``. Read without regard to case,
with the older dialects of the pages: ``-eq`` and ``-contains`` for texts, ``recipient``, a leading ``*``, booleans
without quotes, times in braces. Beta's ``structuredQueryExpression`` says the same with lists of values.
"""

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import iso, seconds_of
from backup_tui.simulator.grammar.parsing import Joint, Parser
from backup_tui.simulator.http.errors import Refusal

_TOKEN = re.compile(r"""\s*(?:(?P<text>'(?:[^']|'')*')|(?P<braces>\{[^{}]*\})|(?P<mark>[()])|(?P<word>[^\s()'{}]+))""")
_MOST_ALIKE = 3
_TEXT_OPERATORS = frozenset({"-like", "-contains", "-eq"})
_PROPERTIES: Mapping[str, tuple[str, frozenset[str]]] = {
    "subject": ("subject", _TEXT_OPERATORS),
    "sender": ("sender", _TEXT_OPERATORS),
    "participants": ("participants", _TEXT_OPERATORS),
    "recipient": ("participants", _TEXT_OPERATORS),
    "recipients": ("participants", _TEXT_OPERATORS),
    "hasattachment": ("hasattachment", frozenset({"-eq"})),
    "messagekind": ("messagekind", frozenset({"-eq"})),
    "pitrdumpsteractiontriggeredtime": ("deleted", frozenset({"-gt", "-lt"})),
}
_KINDS = frozenset({"email", "note", "task", "contact", "calendar"})
_LISTS = {"senders": "sender", "recipients": "participants", "subjects": "subject", "items": "messagekind"}


class Term(Struct, frozen=True):
    """One comparison: property, operator and value in lower case."""

    name: str
    operator: str
    value: str


class Joined(Struct, frozen=True):
    """Parts joined by ``and`` or by ``or``."""

    by: Joint
    parts: tuple["Query", ...]


Query = Term | Joined


def _invalid(message: str) -> Refusal:
    return Refusal(400, "InvalidSearchRequest", message)


def read_artifact_query(given: object, beta: bool) -> Query:
    """Read the ``artifactQuery`` of a search."""
    if not isinstance(given, dict):
        raise _invalid("artifactQuery is not an object.")
    known = {"queryExpression", "artifactType"} | ({"structuredQueryExpression"} if beta else set())
    unknown = [name for name in given if name not in known and not name.startswith("@")]
    if unknown:
        raise _invalid(f"Not a property of artifactQuery: {', '.join(unknown)}.")
    if given.get("artifactType", "message") != "message":
        raise _invalid(f"Unknown artifactType {given['artifactType']!r}.")
    expression, structured = given.get("queryExpression"), given.get("structuredQueryExpression")
    if expression is not None and structured is not None:
        raise _invalid("queryExpression and structuredQueryExpression exclude each other.")
    if structured is not None:
        return _structured(structured)
    if not isinstance(expression, str) or not expression.strip():
        raise _invalid("queryExpression is required.")
    return parse_query(expression)


def parse_query(text: str) -> Query:
    """Read a ``queryExpression``. Refuses with 400 ``InvalidSearchRequest`` for a wrong form."""
    return _Parser(text).read()


def _structured(given: object) -> Query:
    """Read beta's structure: the values of one list are alternatives, the lists must all hold."""
    if not isinstance(given, dict):
        raise _invalid("structuredQueryExpression is not an object.")
    parts: list[Query] = []
    for name, value in given.items():
        if name.startswith("@") or value is None:
            continue
        if name == "hasAttachment" and isinstance(value, bool):
            parts.append(Term("hasattachment", "-eq", str(value).lower()))
        elif name in _LISTS and isinstance(value, list) and all(isinstance(each, str) and each for each in value):
            operator = "-eq" if name == "items" else "-like"
            terms = tuple(_term(_LISTS[name], operator, each, name) for each in value)
            if terms:
                parts.append(terms[0] if len(terms) == 1 else Joined("or", terms))
        else:
            raise _invalid(f"{name} of structuredQueryExpression is unknown or malformed.")
    if not parts:
        raise _invalid("structuredQueryExpression is empty.")
    return parts[0] if len(parts) == 1 else Joined("and", tuple(parts))


def _term(name: str, operator: str, value: str, shown: str) -> Term:
    """Check one comparison."""
    value = value.strip().lower()
    if not value:
        raise _invalid(f"The value of {shown} is empty.")
    if name == "hasattachment" and value not in ("true", "false"):
        raise _invalid(f"{shown} is 'true' or 'false', not {value!r}.")
    if name == "messagekind" and value not in _KINDS:
        raise _invalid(f"Unknown {shown} {value!r}.")
    if name == "deleted":
        try:
            value = str(iso(seconds_of(value.strip("'{} "))))
        except (ValueError, OverflowError):
            raise _invalid(f"{value!r} is not a date and time.") from None
    elif "*" in value.strip("*") or value.strip("*") == "":
        raise _invalid(f"The * in the value of {shown} is in the wrong place.")
    return Term(name, operator, value)


class _Parser(Parser[Query]):
    token = _TOKEN
    most_tokens = 400
    deepest = 20

    def unexpected(self, text: str) -> Refusal:
        return _invalid(f"The queryExpression cannot be read: {self.text}")

    def joined(self, by: Joint, parts: Sequence[Query]) -> Query:
        for name in ("subject", "participants") if by == "and" else ():
            if sum(isinstance(part, Term) and part.name == name for part in parts) > _MOST_ALIKE:
                raise _invalid(f"At most {_MOST_ALIKE} terms on {name} can be joined by -and.")
        return Joined(by, tuple(parts))

    def comparison(self) -> Query:
        shown = self.next()
        name, operators = _PROPERTIES.get(shown.lower(), ("", frozenset[str]()))
        operator = self.next().lower()
        if operator not in operators:
            raise self.unexpected(operator)
        value = self.next()
        if value in ("(", ")") or value.lower() in ("-and", "-or"):
            raise self.unexpected(value)
        if value.startswith("'"):
            value = value[1:-1].replace("''", "'")
        return _term(name, operator, value, shown)
