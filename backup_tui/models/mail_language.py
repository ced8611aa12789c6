"""Reads a search as a person types it: https://learn.microsoft.com/graph/backup-restore-granular-search

Comparisons such as `Subject -like 'budget*'`, in parentheses, joined by `-and` or by `-or`. What is not in the table
of that page is refused here, with the place and the way out, before the service refuses it without either."""

import re
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.models.mail_query import MOST_TEXTS, MOST_VALUES, MessageKind, TypedQuery
from backup_tui.models.times import parse_time

MOST_CHARACTERS = 2_000  # longest text that is read; the service names no limit

_TOKEN = re.compile(r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<mark>[()])|(?P<word>[^\s()']+))")
_WORDS = re.compile(r"'(?:[^']|'')*'?|[^\s()']+")
_JOINTS = ("-and", "-or")
_DEEPEST = 20

_OPERATORS: Mapping[str, tuple[str, str]] = {
    "subject": ("Subject", "-like"),
    "sender": ("Sender", "-like"),
    "participants": ("Participants", "-like"),
    "hasattachment": ("HasAttachment", "-eq"),
    "messagekind": ("MessageKind", "-eq"),
    "pitrdumpsteractiontriggeredtime": ("PitrDumpsterActionTriggeredTime", "-gt"),
}
_PROPERTIES = ", ".join(name for name, _ in _OPERATORS.values())


class _Token(Struct, frozen=True):
    """A word, a mark or a quoted text, and where it begins (1 for the first character)."""

    text: str
    at: int

    @property
    def quoted(self) -> bool:
        return self.text.startswith("'")


def read_query(text: str) -> TypedQuery:
    """A search as typed, checked against the table of the page. Raises `UsageError`: it cannot be read; the message
    names the character and the hint what to write there."""
    if not text.strip():
        raise _wrong(text, 1, "Nothing to search for", "Write a comparison, such as (Subject -like 'budget*').")
    if len(text) > MOST_CHARACTERS:
        raise _wrong(text, MOST_CHARACTERS, "The search is too long", f"Use at most {MOST_CHARACTERS:,} characters.")
    _Reading(text).read()
    return TypedQuery(" ".join(text.split("\n")).strip())


def values_in(text: str) -> tuple[str, int]:
    """The property that has the most values in a search as far as it is typed, and how many: for what is said before
    there are too many. An empty name where it has none yet."""
    words = _WORDS.findall(text)
    counts = Counter(known[0] for word in words if (known := _OPERATORS.get(word.casefold())) is not None)
    return max(counts.items(), key=lambda entry: entry[1], default=("", 0))


def _wrong(text: str, at: int, what: str, way_out: str) -> UsageError:
    return UsageError.unsent(f"{what} (character {at:,}).", "query", text, way_out)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            begins = at + len(text[at:]) - len(text[at:].lstrip()) + 1
            raise _wrong(text, begins, "A quoted text does not end", "Close it with '; write '' for a ' inside it.")
        word = match["text"] or match["mark"] or match["word"]
        found.append(_Token(word, match.end() - len(word) + 1))
        at = match.end()
    return found


class _Reading:
    """One pass over the words of a search."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._place = 0
        self.values: Counter[str] = Counter()

    def read(self) -> None:
        self._joined(0)
        for name, count in self.values.items():
            if count > MOST_VALUES:
                what = f"{count} values are too many for {name}"
                way_out = f"The service takes at most {MOST_VALUES} of one property; use two searches."
                raise _wrong(self._text, self._here, what, way_out)
        if (rest := self._peek()) is not None:
            raise self._unexpected(rest, "Join comparisons by -and or -or.")

    def _joined(self, depth: int) -> list[str]:
        """Comparisons joined by one joint. Returns the properties that are joined by `-and`, for their limit."""
        if depth > _DEEPEST:
            raise _wrong(self._text, self._here, "Too many parentheses", "Take some of them out.")
        names, joint = self._part(depth), ""
        while (token := self._peek()) is not None and token.text.casefold() in _JOINTS:
            if joint and token.text.casefold() != joint:
                way_out = "Put the -and or the -or part into parentheses of its own."
                raise _wrong(self._text, token.at, "-and and -or stand side by side", way_out)
            joint = token.text.casefold()
            self._place += 1
            names += self._part(depth)
        if joint == "-or":
            return []
        for name, count in Counter(names).items():
            if name in ("Subject", "Participants") and count > MOST_TEXTS:
                what = f"{count} texts are too many for {name}"
                raise _wrong(self._text, self._here, what, f"At most {MOST_TEXTS} can be joined by -and.")
        return names

    def _part(self, depth: int) -> list[str]:
        token = self._next("a comparison", f"Write one of {_PROPERTIES}.")
        if token.text != "(":
            return [self._comparison(token)]
        names = self._joined(depth + 1)
        closing = self._next(")", "Close the parenthesis.")
        if closing.text != ")":
            raise self._unexpected(closing, "Close the parenthesis, or join comparisons by -and or -or.")
        return names

    def _comparison(self, token: _Token) -> str:
        known = _OPERATORS.get(token.text.casefold())
        if known is None:
            raise _wrong(self._text, token.at, f"Unknown property {token.text}", f"Use one of {_PROPERTIES}.")
        name, operator = known
        given = self._next(operator, f"Write {operator} after {name}.")
        if given.text.casefold() != operator:
            raise _wrong(self._text, given.at, f"{name} takes {operator}, not {given.text}", f"Write {operator}.")
        value = self._next("a value", f"Write the value in quotes: {name} {operator} '...'.")
        if not value.quoted:
            raise _wrong(self._text, value.at, f"The value {value.text} is not in quotes", f"Write '{value.text}'.")
        self._check(name, value)
        self.values[name] += 1
        return name

    def _check(self, name: str, token: _Token) -> None:
        value, at = token.text[1:-1].replace("''", "'"), token.at
        if not value.strip("* "):
            raise _wrong(self._text, at, f"The value of {name} is empty", "Write a text, or leave the comparison out.")
        if any(not char.isprintable() for char in value):
            raise _wrong(self._text, at, f"The value of {name} has a control character", "Take it out.")
        if name == "HasAttachment" and value.casefold() not in ("true", "false"):
            raise _wrong(self._text, at, f"HasAttachment is not {value}", "Write 'true' or 'false'.")
        if name == "MessageKind" and value.casefold() not in [kind.value.casefold() for kind in MessageKind]:
            kinds = ", ".join(kind.value for kind in MessageKind)
            raise _wrong(self._text, at, f"Unknown kind {value}", f"Use one of {kinds}.")
        if name == "PitrDumpsterActionTriggeredTime":
            try:
                parse_time(value.strip("{} "))
            except ValueError:
                raise _wrong(self._text, at, f"{value} is not a time", "Write '2026-11-20T13:10:00Z'.") from None
        elif "*" in value[:-1]:
            way_out = f"Write {name} -like 'text*'."
            raise _wrong(self._text, at + value.index("*") + 1, "A * can be only at the end of a text", way_out)

    @property
    def _here(self) -> int:
        token = self._peek()
        return token.at if token is not None else len(self._text) + 1

    def _peek(self) -> _Token | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def _next(self, what: str, way_out: str) -> _Token:
        token = self._peek()
        if token is None:
            raise _wrong(self._text, len(self._text) + 1, f"The search ends where {what} is needed", way_out)
        self._place += 1
        return token

    def _unexpected(self, token: _Token, way_out: str) -> UsageError:
        return _wrong(self._text, token.at, f"{token.text} is not expected here", way_out)
