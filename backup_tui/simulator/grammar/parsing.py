"""The structure that the simulator's three languages share: tokens, parentheses, and `and` before `or`.

A language defines its tokens, how one comparison is read, and the message about a wrong form.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Generic, Literal, TypeVar

from backup_tui.simulator.http.errors import Refusal

T = TypeVar("T")
R = TypeVar("R")
Joint = Literal["and", "or"]


class Parser(ABC, Generic[T]):
    """Reads one expression by recursive descent into whatever a language makes of it."""

    token: re.Pattern[str]  # what one token looks like, with the blanks before it
    prefix = "-"  # what precedes `and` and `or` in the language
    most_tokens = 400  # more are refused; parentheses only nest, no sensible expression has so many
    deepest = 200  # parentheses inside one another that are read

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens: list[str] = []
        self._at = 0
        end = len(text.rstrip())
        at = 0
        while at < end:
            match = self.token.match(text, at)
            if match is None:
                raise self.unexpected(text[at:].strip()[:20])
            self._tokens.append(match[0].strip())
            at = match.end()
        if len(self._tokens) > self.most_tokens:
            raise self.too_long()

    @abstractmethod
    def comparison(self) -> T:
        """Read one comparison."""

    @abstractmethod
    def joined(self, by: Joint, parts: Sequence[T]) -> T:
        """Join two parts or more."""

    @abstractmethod
    def unexpected(self, text: str) -> Refusal:
        """Return what to say of a text that fits nowhere; empty where the expression ends too early."""

    def too_long(self) -> Refusal:
        return self.unexpected(self.text)

    def unclosed(self) -> Refusal:
        return self.unexpected("")

    def read(self) -> T:
        """Read the whole expression. Raises Refusal: it has not the form of the language."""
        found = self._group(0)
        if self._at < len(self._tokens):
            raise self.unexpected(self._tokens[self._at])
        return found

    def next(self) -> str:
        if self._at >= len(self._tokens):
            raise self.unexpected("")
        self._at += 1
        return self._tokens[self._at - 1]

    def take(self, word: str) -> bool:
        """Take the next token if it is a certain word, in any case."""
        if self._at < len(self._tokens) and self._tokens[self._at].lower() == word:
            self._at += 1
            return True
        return False

    def must(self, word: str) -> None:
        if not self.take(word):
            raise self.unexpected("")

    def one(self, depth: int) -> T:
        """Read a comparison, or what is inside parentheses."""
        if depth > self.deepest:
            raise self.unexpected(self.text)
        if not self.take("("):
            return self.comparison()
        inner = self._group(depth + 1)
        if self.next() != ")":
            raise self.unclosed()
        return inner

    def _group(self, depth: int) -> T:
        """Read what is joined by ``or``, each part of which may be joined by ``and``; one frame, as groups nest."""
        either: list[T] = []
        while True:
            both = [self.one(depth)]
            while self.take(self.prefix + "and"):
                both.append(self.one(depth))
            either.append(both[0] if len(both) == 1 else self.joined("and", both))
            if not self.take(self.prefix + "or"):
                return either[0] if len(either) == 1 else self.joined("or", either)


class PredicateParser(Parser[Callable[[R], bool]]):
    """Reads an expression into a test."""

    def joined(self, by: Joint, parts: Sequence[Callable[[R], bool]]) -> Callable[[R], bool]:
        holds = all if by == "and" else any
        return lambda row: holds(part(row) for part in parts)
