"""Keys in sentences, as they work at the focus: in a text field a letter is text, so the key that leaves comes first.

Every message, note and line about a row names keys as they work outside fields (`u brings it back`). This is the one
place that turns them into what works inside one (`Esc, then u brings it back`).
"""

import re
from collections.abc import Callable

_VERB = r"(?:there\b|then\b|(?!is\b|was\b|has\b|as\b)[a-z]+s\b)"
_VERB_AFTER_A = r"(?:there\b|(?:opens|takes|shows|starts|reviews|activates)\b)"
_VERB_AFTER_SIGN = r"(?:opens|takes|shows|creates|adds|marks|selects|counts|finds|filters|goes|tells|lists|watches)\b"
_KEY = (
    rf"(?<![\w'.,/@-])(?<!\d )(?P<verb>[b-zB-HJ-Z]|[aA](?= {_VERB_AFTER_A}))(?= {_VERB})"
    r"|(?<=[Pp]ress )(?P<press>[A-Za-z])(?![\w'-])"
    r"|(?<=\()(?P<alone>[b-zB-HJ-Z])(?=\)|, or\b)"
    r"|(?:(?<=\bthen )|(?<=\bwith ))(?P<last>[b-zB-HJ-Z])(?=[.,;])"
    r"|(?:(?<=: )|(?<=; )|(?<=\bor ))(?P<or>[b-zB-HJ-Z])(?=, or\b| another\b| when\b)"
    rf"|(?<!\S)(?P<sign>[!+]|enter|space)(?= {_VERB_AFTER_SIGN})"
)

_TAB = r"(?<![\w.,:/-])(?:1(?= Overview\b)|2(?= Policies\b)|3(?= Sessions\b)|4(?= Units\b)|5(?= Activity\b))"
_ANY = rf"{_KEY}|(?<= more \()v(?=\))|(?<!\S)tab(?= {_VERB_AFTER_SIGN})|{_TAB}"
_HINTED = r"(?:^|(?<=   ))(?:[A-Za-z!+]|enter|space|tab)(?= [a-z])"


class Keyed(str):
    """A sentence whose keys are those that work now: it is not looked through a second time."""

    __slots__ = ()


def out_of_field_first(text: str, hint: Callable[[str], str | None]) -> str:
    """A sentence whose keys are preceded by the key that leaves the text field. `text`: the sentence, its keys as they
    work outside fields. `hint`: gives for a key the one that leaves the field (`Esc`); `None` for what is not a key
    here."""

    def replaced(found: re.Match[str]) -> str:
        out = hint(found[0])
        return found[0] if out is None else f"{out}, then {found[0]}"

    return re.sub(_KEY, replaced, text)


def with_keys(text: str, now: Callable[[str], str | None]) -> str:
    """A sentence with the keys that a person chose in place of those that were delivered. `text`: the sentence, with
    the keys as delivered. `now`: gives for such a key the one that works now; `None` for what is not a key here."""
    return re.sub(_ANY, lambda found: now(found[0]) or found[0], text)


def hint_with_keys(text: str, now: Callable[[str], str | None]) -> str:
    """The same for a hint, whose parts may begin with a key: `enter look again`, `1 unknown   v all`."""
    return re.sub(_HINTED, lambda found: now(found[0]) or found[0], with_keys(text, now))
