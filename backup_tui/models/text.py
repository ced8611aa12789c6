"""Text from outside, made safe once, and measured in terminal cells.

Control characters of a site name reach the terminal even where markup is off: an escape sequence in a display
name can write the clipboard or the window title. So every string of the service passes `safe` where a model is
made, and nothing later has to think of it.
"""

from __future__ import annotations

import unicodedata

MAX_TEXT = 512
"""Characters of one server string that are kept for display; a name is never longer, an attack may be."""

_BIDI_AND_INVISIBLE = frozenset(
    [
        0x00AD,  # soft hyphen
        0x061C,
        0x180E,
        0x200B,
        0x200E,
        0x200F,
        *range(0x2028, 0x202F),  # line ends and bidi embeddings
        *range(0x2060, 0x2070),  # invisible operators and bidi isolates
        0xFEFF,
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),  # tags: a whole hidden text fits into them
    ]
)
"""Characters that hide or reorder text. The joiners U+200C and U+200D stay: scripts and emoji need them."""


def _visible(char: str) -> str:
    point = ord(char)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    if 0x80 <= point <= 0x9F:
        return f"\\x{point:02x}"
    if point in _BIDI_AND_INVISIBLE:
        return f"\\u{point:04x}"
    if 0xD800 <= point <= 0xDFFF or unicodedata.category(char) in ("Cn", "Co"):
        return "�"
    return char


def safe(value: str, limit: int = MAX_TEXT) -> str:
    """Returns `value` with everything that could move a cursor or hide itself made visible.

    Args:
        value: Text from outside.
        limit: How many characters are kept; a cut is marked with `…`.
    """
    cut = value[: limit + 1]
    shown = cut if cut.isascii() and cut.isprintable() else "".join(_visible(char) for char in cut)
    return shown if len(cut) <= limit else shown[:limit] + "…"


def safe_lines(value: str, limit: int = 200_000) -> str:
    """Like `safe`, for text of several lines such as an answer's body: line ends stay line ends."""
    cut = value[:limit].replace("\r\n", "\n").replace("\t", "    ")
    return "\n".join(safe(line, limit) for line in cut.split("\n"))


def short_id(value: str) -> str:
    """The first eight characters of an id, safe to show; ids are never parsed."""
    return safe(value)[:8]


def counted(count: int, noun: str, nouns: str = "") -> str:
    """`1 name`, `1,000 names`; `nouns` where the plural is not the noun with an s."""
    return f"{count:,} {noun if count == 1 else nouns or noun + 's'}"


def cell_width(text: str) -> int:
    """Terminal cells that `text` takes."""
    if text.isascii():
        return len(text)
    width = 0
    for char in text:
        if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        width += 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1
    return width
