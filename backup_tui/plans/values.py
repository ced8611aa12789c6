"""Reads the values of a table of TOML by their keys, and says of each wrong one what is wrong and what to do. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from backup_tui.config.nearest import did_you_mean, nearest
from backup_tui.errors import UsageError
from backup_tui.models.text import safe
from backup_tui.restore.points.moments import parse_span

_LONGEST = 4_000  # characters of one text; a longer one is not a name, a time or a note


class Wrong(Exception):
    """A value that cannot be used.

    Attributes:
        where: The table that it is in, for people: `[limits]`; empty at the top of the file.
        value: What is there; `None` where something is missing.
        why: What is wrong with it, as a clause.
        hint: The way out, as a sentence.
    """

    def __init__(self, where: str, key: str, value: object, why: str, hint: str) -> None:
        super().__init__(why)
        self.where, self.key, self.value, self.why, self.hint = where, key, value, why, hint

    @property
    def words(self) -> str:
        """`sessions in [limits]: 30: it is more than 25`."""
        place = f"{self.key} in {self.where}" if self.where else self.key
        said = "" if self.value is None else f"{shown(self.value)}: "
        return safe(f"{place}: {said}{self.why}.", 400)


class Section:
    """A table of a file whose keys are known.

    Args:
        values: What it holds.
        known: Its keys; `None` where any is allowed.
        where: What people call it: `[limits]`; empty for the top of the file.

    Raises:
        Wrong: It has a key that is unknown.
    """

    def __init__(self, values: Mapping[str, Any], known: Iterable[str] | None, where: str) -> None:
        self.values, self.where = values, where
        names = None if known is None else tuple(known)
        for key in values:
            if names is not None and key not in names:
                plain = key.lower().replace("-", "_")
                hint = f"Did you mean {plain}?" if plain in names else did_you_mean(key, names)
                raise Wrong(where, key, None, "this key is unknown", hint)

    def wrong(self, key: str, why: str, hint: str) -> Wrong:
        """The error of a value of this table."""
        return Wrong(self.where, key, self.values.get(key), why, hint)

    def text(self, key: str, *, needed: bool = False) -> str:
        """A text, without blanks around it; empty where there is none. Raises `Wrong`."""
        if key not in self.values and not needed:
            return ""
        self._check_given(key)
        return self._text(key, self.values[key])

    def texts(self, key: str, *, needed: bool = False) -> tuple[str, ...]:
        """A list of texts; one text alone counts as a list of one. Raises `Wrong`."""
        if key not in self.values and not needed:
            return ()
        self._check_given(key)
        value = self.values[key]
        texts = tuple(self._text(key, one) for one in (value if isinstance(value, list) else [value]))
        if not texts and needed:
            raise self.wrong(key, "the list is empty", f'Write {key} = ["..."]')
        return texts

    def choice(self, key: str, words: Iterable[str], *, needed: bool = False) -> str:
        """One of some words, in any case; empty where none is given. Raises `Wrong`."""
        text, known = self.text(key, needed=needed), tuple(words)
        if not text or text.lower() in known:
            return text.lower()
        near = nearest(text.replace(" ", "-").replace("_", "-"), known)
        hint = f"Did you mean {near}?" if near else f"It is one of {', '.join(known)}."
        raise self.wrong(key, "it cannot be used", hint)

    def flag(self, key: str, *, default: bool) -> bool:
        """True or false. Raises `Wrong`."""
        value = self.values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, "it is neither true nor false", f"Write {key} = true or {key} = false.")
        return value

    def whole(self, key: str, default: int, least: int, most: int, *, needed: bool = False) -> int:
        """A whole number in a range. Raises `Wrong`."""
        if needed:
            self._check_given(key, f"Write {key} = {default}")
        value = self.values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong(key, "it isn't a whole number", f"Write {key} = {default}")
        if not least <= value <= most:
            why = f"it is more than {most:,}" if value > most else f"it is less than {least:,}"
            raise self.wrong(key, why, f"Give a number from {least:,} to {most:,}.")
        return value

    def span(self, key: str, *, most: timedelta) -> timedelta | None:
        """A length of time; `None` where none is given. Raises `Wrong`."""
        if not (text := self.text(key)):
            return None
        try:
            span = parse_span(text, key)
        except UsageError as error:
            raise self.wrong(key, "it isn't a length of time", error.hint) from None
        if span > most:
            raise self.wrong(key, f"it is more than {most.days} days", f"Give at most {most.days}d.")
        return span

    def section(self, key: str, known: Iterable[str] | None) -> "Section":
        """A table inside this one; an empty one where there is none. Raises `Wrong`."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            raise self.wrong(key, "it is a separate section", f"Write [{key}], and its keys below it.")
        return Section(value, known, f"[{key}]")

    def sections(self, key: str, known: Iterable[str]) -> "tuple[Section, ...]":
        """The tables of a list inside this one. Raises `Wrong`."""
        value = self.values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.wrong(key, "it is a list of sections", f"Write [[{key}]], and its keys below it, for each.")
        names = tuple(known)
        return tuple(Section(one, names, f"[[{key}]] {number}") for number, one in enumerate(value, 1))

    def _check_given(self, key: str, hint: str = "") -> None:
        if key not in self.values:
            raise Wrong(self.where, key, None, "it is missing", hint or f'Write {key} = "..."')

    def _text(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise Wrong(self.where, key, value, "it isn't text", f'Write {key} = "..."')
        text = value.strip()
        if not text:
            raise Wrong(self.where, key, value, "it is empty", f'Write {key} = "..." or remove it.')
        if not text.isprintable():
            raise Wrong(self.where, key, value, "it holds line breaks or control characters", "Remove them.")
        if len(text) > _LONGEST:
            raise Wrong(self.where, key, value, f"it is longer than {_LONGEST:,} characters", "Use a shorter one.")
        return text


def shown(value: object) -> str:
    """A value as the file would have it, made safe and cut to 60 characters."""
    try:
        words = (
            str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)
        )
    except ValueError:  # a number of thousands of digits
        words = "a very large number"
    return safe(words if len(words) <= 60 else f"{words[:59]}…", 80)
