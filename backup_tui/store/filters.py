"""What is typed after `/`: `text`, `!text`, `status:failed`, `"two words"`; all words must match."""

import re
from collections.abc import Iterable

from msgspec import Struct

from backup_tui.models.statuses import Status

FIELDS = frozenset({"status", "service", "where", "by", "policy", "code", "id"})
"""Words that may precede a colon; any other colon is text, because addresses have one."""

_WORD = re.compile(r'(!?)(?:([A-Za-z]+):)?(?:"([^"]*)"?|(\S+))|(!?)(\S+)')


class Term(Struct, frozen=True):
    """One word of a filter, lower case, and in which of `FIELDS` (empty: the row's texts). `wanted`: not `!text`."""

    text: str
    field: str = ""
    wanted: bool = True


def parse_filter(text: str) -> tuple[Term, ...]:
    """Reads a filter as it is typed; every text is a filter, an unfinished one too."""
    terms: list[Term] = []
    for match in _WORD.finditer(text):
        negation, field, quoted, plain, late_negation, late = match.groups()
        negated = bool(negation or late_negation)
        word = quoted if quoted is not None else (plain or late or "")
        name = (field or "").lower()
        if name and name not in FIELDS:
            word, name = f"{field}:{word}", ""
        if not name and word.endswith(":") and word[:-1].lower() in FIELDS:
            continue  # a field whose value is still to be typed rules nothing out
        if word and word != "!":
            terms.append(Term(word.lower(), name, not negated))
    return tuple(terms)


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
