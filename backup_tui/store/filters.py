"""What is typed after `/`: `text`, `!text`, `"two words"`, `status:failed`, `when:>3d`; all words must match."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.models.statuses import Status

R = TypeVar("R")

WAYS = ("in-place", "new")
SERVICES = tuple(service.value for service in Service)
AGES = ">3d, <2h; m, h, d, w"  # examples of what `when:` takes, and its units

_WORD = r'(!?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))|(!?)(\S+)'
_AGE = re.compile(r"([<>])(\d{1,5})(m|min|h|d|w)")
_UNFINISHED_AGE = re.compile(r"[<>]?(\d{1,5}(mi)?)?")
_UNITS = {"m": "minutes", "min": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Language(Struct, frozen=True):
    """What one list understands."""

    fields: tuple[str, ...] = ()  # words that may precede a colon there, in the order in which they are told
    states: tuple[Status, ...] = ()  # what `status:` knows; none where any word may be a state

    @property
    def prefixes(self) -> str:
        """`status: by: when:`, for a person."""
        return " ".join(f"{name}:" for name in self.fields)


class Term(Struct, frozen=True):
    """One word of a filter, lower case, and the field it is about (empty: the row's texts). `wanted`: not `!text`.

    `age`: of `when:`, the limit; `older` than it, or younger.
    """

    text: str
    field: str = ""
    wanted: bool = True
    age: timedelta | None = None
    older: bool = False


class Filter(Struct, frozen=True):
    """A filter that was read."""

    terms: tuple[Term, ...] = ()  # its words; a row must agree with all of them
    problem: str = ""  # what is wrong with it, and what there is instead; empty when all of it is understood
    impossible: bool = False  # a known field has a value that it never has: no row agrees

    def keeps(self, row: R, has: Callable[[R, Term], bool]) -> bool:
        """Whether a row agrees with every term; `has` says what one term says of it."""
        return not self.impossible and all(has(row, term) == term.wanted for term in self.terms)


TEXT_ONLY = Language()


def parse_filter(text: str, language: Language = TEXT_ONLY) -> Filter:
    """Reads a filter as it is typed; every text is a filter, an unfinished one too."""
    terms: list[Term] = []
    problems: list[str] = []
    impossible = False
    for match in re.finditer(_WORD, text):
        negation, prefix, quoted, plain, late_negation, late = match.groups()
        wanted = not (negation or late_negation)
        word = (quoted if quoted is not None else plain or late or "").lower()
        field = (prefix or "").lower()
        if not prefix and word.endswith(":") and word[:-1] in language.fields:
            problems.append(_unfinished(word[:-1], language))
            continue  # a field whose value is still to be typed rules nothing out
        if field and field not in language.fields:
            if not word.startswith("//"):  # an address has a colon too
                problems.append(_unknown(field, language))
            field, word = "", f"{field}:{word}"
        if field == "when":
            age = _AGE.fullmatch(word)
            if age is not None:
                limit = timedelta(**{_UNITS[age[3]]: int(age[2])})
                terms.append(Term(word, field, wanted, limit, age[1] == ">"))
                continue
            problems.append(_unfinished(field, language))
            impossible = impossible or not _UNFINISHED_AGE.fullmatch(word)
            continue
        if field and word and not _is_known(field, word, language):
            problems.append(_unfinished(field, language))
            impossible = impossible or field != "status"  # the service may send a state that is not known yet
        if word and (word != "!" or quoted is not None):
            terms.append(Term(word, field, wanted))
    return Filter(tuple(terms), next(filter(None, problems), ""), impossible)


def _unknown(field: str, language: Language) -> str:
    return f"No {field}: here. There are {language.prefixes or 'text and !text'}"


def _unfinished(field: str, language: Language) -> str:
    """What a field takes; empty where it takes any text."""
    values = ", ".join(_values(field, language))
    return f"{field}: takes {values}" if values else ""


def _values(field: str, language: Language) -> tuple[str, ...]:
    match field:
        case "to":
            return WAYS
        case "service":
            return SERVICES
        case "when":
            return (AGES,)
        case "status":
            return tuple(dict.fromkeys(state.word for state in language.states if state.value != "unknownFutureValue"))
    return ()


def _is_known(field: str, word: str, language: Language) -> bool:
    if field == "status":
        return not language.states or any(status_matches(state, word) for state in language.states)
    values = _values(field, language)
    return not values or any(value.startswith(word) for value in values)


def status_matches(state: Status, text: str) -> bool:
    """Whether a status is meant by `text` (lower case): the service's word in full, or the beginning of one of ours."""
    word = state.word.lower()
    if state.value.lower() == text or word.startswith(text):
        return True
    denied = word.startswith("not ")  # "protected" does not mean "not protected"
    return not denied and any(part.startswith(text) for part in word.replace(",", " ").split())


def text_matches(texts: Iterable[str | None], text: str) -> bool:
    """Whether one of the texts has `text` (lower case) in it."""
    return any(text in candidate.lower() for candidate in texts if candidate)


def service_matches(service: Service | None, text: str) -> bool:
    """Whether a service is meant by `text` (lower case), the beginning of its word."""
    return service is not None and service.value.startswith(text)


def way_matches(destination: Destination | None, text: str) -> bool:
    """Whether a destination is meant by `text` (lower case), the beginning of its word."""
    return destination is not None and destination.word.replace(" ", "-").startswith(text)


def age_matches(moment: datetime | None, term: Term, now: datetime | None) -> bool:
    """Whether a moment is as old as `when:` says; an unknown one is not."""
    if moment is None or now is None or term.age is None:
        return False
    age = now - moment
    return age > term.age if term.older else age < term.age
