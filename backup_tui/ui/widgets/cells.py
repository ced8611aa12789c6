"""Text measured in terminal cells: cut, padded and wrapped without ever counting characters.

A wide character takes two cells, a combining one none; `len()` knows neither.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import repeat
from typing import Literal

from rich.cells import cell_len, set_cell_size, split_graphemes, split_text

Align = Literal["left", "right"]
Cut = Literal["end", "middle", "start"]

LONGEST = 512  # characters looked at before layout: a text of ten megabytes must cost no more than a line of it

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def width_of(text: str) -> int:
    """Cells that `text` takes on one line."""
    return cell_len(text)


def one_line(text: str) -> str:
    """`text` without anything that could leave its line.

    Names from the service were made safe when they were read; this is the wall behind that one, for texts of
    any other origin.
    """
    # A joiner at an end would join the padding or the next column.
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text[:LONGEST]).strip("\N{ZERO WIDTH JOINER}")


@lru_cache(maxsize=4096)
def cut(text: str, width: int, where: Cut = "end", more: str = "…") -> str:
    """`text` in at most `width` cells, with `more` at the place where something was taken out.

    Args:
        width: Cells there are, 0 or more.
        where: The part that is given up.
        more: Sign for what is missing; left out when it does not fit itself.
    """
    text = one_line(text)
    have = cell_len(text)
    if have <= width:
        return text
    sign = cell_len(more)
    if width <= sign:
        return split_text(text, width)[0]
    keep = width - sign
    if where == "end":
        return split_text(text, keep)[0] + more
    if where == "start":
        return more + split_text(text, have - keep)[1]
    left = (keep + 1) // 2
    return split_text(text, left)[0] + more + split_text(text, have - (keep - left))[1]


@lru_cache(maxsize=4096)
def fit(text: str, width: int, align: Align = "left", where: Cut = "end", more: str = "…") -> str:
    """`text` in exactly `width` cells, cut as `cut` does and padded with spaces."""
    text = cut(text, width, where, more)
    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(text, width)
    return " " * missing + text if align == "right" else text + " " * missing


def between(left: str, right: str, width: int) -> str:
    """`left` and `right` at the two ends of a line; `left` gives way (cut at its end) when both do not fit."""
    right = cut(right, width, "start", "")
    room = width - cell_len(right)
    if right and room > 0 and cell_len(left) > room - 2:
        left = cut(left, max(0, room - 2), "end")
    return fit(left, room, more="") + right


_DATE = r"\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)(?: \d{4})?(?: \d\d:\d\d)?(?: UTC)?"
_SPAN = r"[\d.,]+ (?:d(?: \d+ h(?: \d\d)?)?|h(?: \d\d)?|min|s|[KMGT]B)"
_WORD = re.compile(rf"(\s*)((?<!\S)\(?(?:{_DATE}|{_SPAN}|\d\d:\d\d UTC)(?!\w)\S*|\S+)")
"""A word and the blanks before it; a date and a length of time are one word, since half of either reads as another."""


def wrap(text: str, width: int) -> list[str]:
    """`text` broken at spaces into lines of at most `width` cells; a longer word is broken where it must.

    No line ends inside a date or a length of time. Line breaks in `text` stay, and so does every space but those at
    which a line is broken.
    """
    width = max(1, width)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip(" "))]
        line, filled, before = indent, False, len(lines)
        for gap, word in _words(paragraph, width):
            candidate = f"{line}{gap}{word}" if filled else line + word
            if cell_len(candidate) <= width:
                line, filled = candidate, True
                continue
            if filled:
                lines.append(line)
            line = word
            while cell_len(line) > width:
                head = _head(line, width)
                lines.append(head)
                line = line[len(head) :]
            filled = bool(line)
        if line or len(lines) == before:
            lines.append(line)
    return lines


def _words(text: str, width: int) -> Iterator[tuple[str, str]]:
    for gap, word in _WORD.findall(text):
        parts = word.split(" ") if cell_len(word) > width else [word]
        yield from zip((gap, *repeat(" ", len(parts) - 1)), parts, strict=True)


def _head(text: str, width: int) -> str:
    """The whole characters at the start of `text` that go into `width` cells, at least one of them."""
    spans, _total = split_graphemes(text)
    for start, end, _size in spans:
        # The sizes of the parts do not add up where a text begins with joiners.
        if start and cell_len(text[:end]) > width:
            return text[:start]
    return text
