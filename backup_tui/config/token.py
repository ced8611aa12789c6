"""Secrets that do not tell themselves."""

from typing import ClassVar

from backup_tui.crash import hide


class _Hidden:
    """A value that does not show itself in a repr, a log, a pickle or a traceback."""

    __slots__ = ("_value",)
    _shown: ClassVar[str] = "Hidden"
    _lasting: ClassVar[bool] = False

    def __init__(self, value: str) -> None:
        self._value = value
        hide(value, lasting=self._lasting)  # from logs and crash files, whatever way it gets there

    def reveal(self) -> str:
        """The value itself, for the one place that needs it."""
        return self._value

    def __repr__(self) -> str:
        return f"{self._shown}(hidden)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError(f"a {self._shown} is not written anywhere")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


class Token(_Hidden):
    """A bearer token; only the place that puts it into a request header reveals it."""

    __slots__ = ()
    _shown = "Token"


class Secret(_Hidden):
    """A client secret, a password or a passphrase; only the place that signs in or decrypts with it reveals it."""

    __slots__ = ()
    _shown = "Secret"
    _lasting = True
