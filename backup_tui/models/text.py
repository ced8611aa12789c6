"""Text from outside, made safe once, and measured in terminal cells.

Control characters of a site name reach the terminal even where markup is off: an escape sequence in a display
name can write the clipboard or the window title. So every string of the service passes `safe` where a model is
made, and nothing later has to think of it."""

import re
import unicodedata
from collections.abc import Sequence

MAX_TEXT = 512  # characters of one server string that are kept for display; a name is never longer, an attack may be

_BLANK = frozenset(
    [
        0x034F,  # grapheme joiner
        0x115F,  # Hangul fillers: letters without a shape
        0x1160,
        0x17B4,  # Khmer vowels without a shape
        0x17B5,
        *range(0x180B, 0x1810),  # Mongolian variants
        *range(0x2028, 0x202A),  # line ends
        *range(0x2060, 0x2070),  # invisible operators and bidi isolates
        0x2800,  # the blank among the Braille patterns
        0x3164,
        0xFFA0,
        *range(0xFFF0, 0xFFFC),
        0x16FE4,
        0x1D159,  # musical note head without a shape
        *range(0xE0000, 0xE1000),  # tags and variants: a whole hidden text fits into them
    ]
)
"""Characters that have no width or are blank, besides format characters (category Cf), which are hidden too."""

_SHOWN_FORMATS = frozenset([*range(0x0600, 0x0606), 0x06DD, 0x070F, 0x0890, 0x0891, 0x08E2, 0x110BD, 0x110CD])
"""Format characters that are signs: they surround Arabic, Syriac and Kaithi numbers."""

_WITHOUT_SIGNS = dict.fromkeys([*range(0x2500, 0x25A0), *map(ord, "·…–—×✓✗○●▲◆▸▾←→↑↓")])
"""Takes out the signs of this program's own texts. What is left of one is ASCII, and needs none of the patterns below:
to compile them takes 2 ms of a start, whose rows of the last time are such texts."""

_LATIN = r"[ -~\u00a1-\u02ff]*"
"""Latin without marks: most text, and compiled in a tenth of the time that the next one takes."""

_LETTERS = r"[ -~\u00a1-\u02ff\u0370-\u0482\u048a-\u052f\u3041-\u3096\u30a1-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*"
"""Latin, Greek, Cyrillic, Japanese, Chinese and Korean, without marks; compiled when the first such text comes."""

_JOINERS = ("\u200c", "\u200d")
_VARIANTS = range(0xFE00, 0xFE10)

MOST_MARKS = 4
"""Marks above and below one letter that are shown as such: Vietnamese needs two, Hebrew with its accents four."""


def _visible(char: str) -> str:
    point, category = ord(char), unicodedata.category(char)
    if point < 0x20:
        return chr(0x2400 + point)
    if point == 0x7F:
        return "␡"
    if 0x80 <= point <= 0x9F:
        return f"\\x{point:02x}"
    if point in _BLANK or (category == "Cf" and point not in _SHOWN_FORMATS):
        return _escaped(char)
    if category in ("Cs", "Cn", "Co"):
        return "�"
    return char


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}"


def _all_visible(text: str) -> str:
    """A text without hidden characters, whether hidden on their own, by their position or by their number."""
    shown: list[str] = []
    base, marks = "", 0
    for place, char in enumerate(text):
        following = text[place + 1 : place + 2]
        if char in _JOINERS:
            joins = _joins(base, marks, following)
            shown.append(char if joins else _escaped(char))
            base = base if joins else ""
        elif unicodedata.category(char) not in ("Mn", "Me"):
            shown.append(_visible(char))
            base, marks = char, 0
        else:
            marks += 1
            if ord(char) in _VARIANTS:
                shown.append(char if marks == 1 and _has_variants(char, base) else _escaped(char))
            elif marks > MOST_MARKS:
                shown.append(_escaped(char))
            else:
                # On a blank, or on nothing, it would sit on whatever is drawn beside the text.
                shown.append(_visible(char) if base.strip() or marks > 1 else f"◌{_visible(char)}")
    return "".join(shown)


def _joins(base: str, marks: int, following: str) -> bool:
    """Whether a joiner is where scripts and emoji need one: between letters, or after a letter with its mark."""
    joined = following > "\x7f" and following not in _JOINERS and unicodedata.category(following)[0] in "LS"
    return base > "\x7f" and (joined or (marks > 0 and following not in _JOINERS))


def _has_variants(variant: str, base: str) -> bool:
    """Whether a sign has the form of a picture or of text, as emoji and the keys of a telephone do."""
    return variant in "\ufe0e\ufe0f" and (
        base in tuple("#*0123456789ℹ") or unicodedata.category(base or "x")[0] in "SP"
    )


def is_plain(text: str) -> bool:
    """Whether a text is shown as it came, told at the first look: letters and signs of which none hides or joins."""
    if not text.isprintable():
        return False
    if text.isascii() or text.translate(_WITHOUT_SIGNS).isascii():
        return True
    return bool(re.fullmatch(_LATIN, text) or re.fullmatch(_LETTERS, text))


def safe(value: str, limit: int = MAX_TEXT) -> str:
    """Returns `value` with everything that could move a cursor or hide itself made visible."""
    cut = value[: limit + 1]
    shown = cut if is_plain(cut) else _all_visible(cut)
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


def are(count: int) -> str:
    """The verb behind so many things: `is` behind one."""
    return "is" if count == 1 else "are"


def named(names: Sequence[str], all_of_them: str) -> str:
    """Things by the only name, or by their number and the first name: `3 units (adele.vance, ...)`."""
    return names[0] if len(names) == 1 else f"{all_of_them} ({names[0]}, ...)"


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
