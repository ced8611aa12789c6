"""The part of OData's ``$filter`` that the service's lists understand.

``eq ne lt le gt ge has``, ``in (..)``, ``contains startswith endswith``, ``and or not`` and parentheses; texts in
single quotes, times unquoted, as the pages write them; members of enumerations as texts, or qualified by their type
(``microsoft.graph.restoreSessionStatus'draft'``). Texts compare without regard to case.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from backup_tui.simulator.domain.identifiers import seconds_of
from backup_tui.simulator.grammar.parsing import PredicateParser
from backup_tui.simulator.http.errors import Refusal, bad_request

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]

_TOKEN = re.compile(r"\s*(?:(?P<text>(?:[A-Za-z][\w.]*)?'(?:[^']|'')*')|(?P<mark>[(),])|(?P<word>[^\s(),']+))")
_QUALIFIED = re.compile(r"(?:microsoft\.)?(?:graph|backupRestore|graph\.backupRestore)\.([a-z]\w*)", re.IGNORECASE)
_ENUMERATIONS = frozenset(
    {
        "additionalevents", "artifactrestorestatus", "backupserviceconsumer", "backupservicestatus",
        "browsequeryresponseitemtype", "browsesessionstatus", "destinationtype", "disablereason",
        "notificationrecipientstype", "protectionpolicystatus", "protectionrulestatus", "protectionsource",
        "protectionunitsbulkjobstatus", "protectionunitstatus", "restorableartifact",
        "restoreartifactsbulkrequeststatus", "restorejobtype", "restorepointpreference", "restorepointtags",
        "restoresessionstatus", "serviceappstatus",
    }
)  # fmt: skip
"""Types by which a member may be qualified, in lower case."""
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: bool(one == other),
    "ne": lambda one, other: bool(one != other),
    "lt": lambda one, other: bool(one < other),
    "le": lambda one, other: bool(one <= other),
    "gt": lambda one, other: bool(one > other),
    "ge": lambda one, other: bool(one >= other),
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda one, other: other in one,
    "startswith": lambda one, other: one.startswith(other),
    "endswith": lambda one, other: one.endswith(other),
}


def parse_filter(text: str, most_terms: int) -> tuple[Predicate, frozenset[str]]:
    """Return a function that tells whether a row passes a ``$filter``, and the properties it looks at."""
    parser = _Parser(text, most_terms)
    return parser.read(), frozenset(parser.names)


class _Parser(PredicateParser[Row]):
    token = _TOKEN
    prefix = ""

    def __init__(self, text: str, most_terms: int) -> None:
        # Parentheses and "not" are not comparisons, but nest; no sensible filter has ten tokens for each comparison.
        self.most_tokens = 10 * most_terms
        self._most_terms = most_terms
        self._terms = 0
        self.names: set[str] = set()
        super().__init__(text)

    def unexpected(self, text: str) -> Refusal:
        return bad_request(f"Invalid filter clause: {self.text}")

    def too_long(self) -> Refusal:
        message = f"The filter holds more than {self._most_terms} comparisons."
        return Refusal(400, "FilterLengthExceeded", message)

    def one(self, depth: int) -> Predicate:
        if self.take("not"):
            inner = self.one(depth + 1)
            return lambda row: not inner(row)
        return super().one(depth)

    def comparison(self) -> Predicate:
        self._count(1)
        name = self.next()
        if name.lower() in _TEXT and self.take("("):
            return self._text_term(_TEXT[name.lower()])
        word = self.next().lower()
        self.names.add(name)
        if word == "in":
            return self._one_of(name)
        if word == "has":
            return _flag(name, self._literal())
        compare = _COMPARE.get(word)
        if compare is None:
            raise self.unexpected(word)
        return _comparison(name, compare, self._literal())

    def _count(self, terms: int) -> None:
        self._terms += terms
        if self._terms > self._most_terms:
            raise self.too_long()

    def _one_of(self, name: str) -> Predicate:
        """Read the values behind ``in``, each of which counts as a comparison: they mean as many ``or``."""
        self.must("(")
        wanted = [self._literal()]
        while self.take(","):
            wanted.append(self._literal())
        self.must(")")
        self._count(len(wanted) - 1)
        tests = [_comparison(name, _COMPARE["eq"], value) for value in wanted]
        return lambda row: any(test(row) for test in tests)

    def _text_term(self, test: Callable[[str, str], bool]) -> Predicate:
        name = self.next()
        self.names.add(name)
        self.must(",")
        wanted = self._literal()
        self.must(")")
        if not isinstance(wanted, str):
            raise self.unexpected("")

        def holds(row: Row) -> bool:
            found = _member(row, name)
            return isinstance(found, str) and test(found.lower(), wanted)

        return holds

    def _literal(self) -> Any:
        token = self.next()
        if token.endswith("'"):
            return self._unquoted(token)
        if token.lower() in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[token.lower()]
        try:
            return float(token) if token.replace(".", "", 1).lstrip("-").isdigit() else seconds_of(token)
        except ValueError:
            raise self.unexpected("") from None

    def _unquoted(self, token: str) -> str:
        """Return a text; one that is qualified must be by an enumeration that the service has."""
        kind, _, text = token[:-1].partition("'")
        match = _QUALIFIED.fullmatch(kind)
        if kind and (match is None or match[1].lower() not in _ENUMERATIONS):
            raise bad_request(f"The type '{kind}' of a literal in the filter is unknown.")
        return text.replace("''", "'").lower()


def _member(row: Row, name: str) -> Any:
    """Return a property, also a nested one such as ``createdBy/user/id``; names compare without regard to case."""
    found: Any = row
    for part in name.split("/"):
        if not isinstance(found, Mapping):
            return None
        found = next((value for key, value in found.items() if key.lower() == part.lower()), None)
    return found


def _flag(name: str, wanted: Any) -> Predicate:
    """Return a test of ``has``: a set of flags, written with commas, holds all that is asked for."""
    asked = {part.strip() for part in str(wanted).split(",")}

    def holds(row: Row) -> bool:
        found = _member(row, name)
        return isinstance(found, str) and asked <= {part.strip().lower() for part in found.split(",")}

    return holds


def _comparison(name: str, compare: Callable[[Any, Any], bool], wanted: Any) -> Predicate:
    def holds(row: Row) -> bool:
        found = _member(row, name)
        if isinstance(found, str):
            if isinstance(wanted, str):
                found = found.lower()
            elif isinstance(wanted, float):
                try:
                    found = seconds_of(found)
                except ValueError:
                    return False
        if found is None or wanted is None:
            return compare is _COMPARE["eq"] if found is wanted else compare is _COMPARE["ne"]
        if isinstance(found, str) is not isinstance(wanted, str):
            return False
        return compare(found, wanted)

    return holds
