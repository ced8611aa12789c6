"""Addresses in a text as links of the terminal (OSC 8), where it has them. What is shown stays the same."""

import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

from rich.segment import Segment
from rich.style import Style

DOCUMENTATION = "https://github.com/backup-tui/backup-tui/blob/main/docs/index.md"
ERROR_CODES = "The service's codes: https://learn.microsoft.com/graph/backup-storage-error-codes"
"""What a whole text about an error says of its code."""

_ADDRESS = re.compile(r'(?<![^\s(<"\'\[])https?://[^\s\x00-\x20\x7f-\x9f<>"]+')
_AFTER = ".,;:!?)]}'"  # what ends a sentence and belongs to no address at its end
_KEPT = "%/:?#[]@!$&'()*+,;=-._~"
LONGEST = 2_000  # characters of an address; terminals take no longer ones


def addresses(text: str) -> frozenset[str]:
    """All addresses in a text, as they are written."""
    return frozenset(found for _start, found in _found(text))


def _found(text: str) -> Iterator[tuple[int, str]]:
    for match in _ADDRESS.finditer(text):
        if found := match[0].rstrip(_AFTER):
            yield match.start(), found


def target(address: str) -> str:
    """Where a link to an address leads: characters of a web address only, so nothing in it can end the sequence.

    Empty for what is not linked: no host, a name before the host, which hides where it leads, or too long.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return ""
    if not host or "@" in parts.netloc or parts.scheme not in ("http", "https"):
        return ""
    whole = quote(address, safe=_KEPT)
    return whole if len(whole) <= LONGEST else ""


def linked(drawn: Iterable[Segment], whole: frozenset[str]) -> Iterator[Segment]:
    """Makes links of the addresses in a line. `drawn`: the line. `whole`: addresses of the text that the line is part
    of; one that the line has only a part of is no link."""
    for segment in drawn:
        text, style, control = segment
        at = 0
        if control is None:
            for start, found in _found(text):
                place = target(found) if found in whole else ""
                if place:
                    yield Segment(text[at:start], style)
                    yield Segment(found, (style or Style()) + Style(link=place))
                    at = start + len(found)
        yield Segment(text[at:], style, control) if at else segment
