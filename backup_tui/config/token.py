"""A secret that does not tell itself."""

from __future__ import annotations

from backup_tui.crash import hide


class Token:
    """A bearer token that does not show itself in a repr, a log or a traceback."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value
        hide(value)  # from logs and crash files, whatever way it gets there

    def reveal(self) -> str:
        """The token itself, for the one place that puts it into a request header."""
        return self._value

    def __repr__(self) -> str:
        return "Token(hidden)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Token) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)
