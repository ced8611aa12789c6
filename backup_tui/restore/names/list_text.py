"""The text of a list of names: which encoding its bytes have, never guessed silently."""

import codecs
import re
from typing import NamedTuple

from backup_tui.errors import UsageError

FIELD = "Units"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b]")
_AS_UTF8 = "Save it as UTF-8 (in Excel: CSV UTF-8)."


class ListText(NamedTuple):
    """All of a list as text, without a byte order mark. `remark`: what has to be said about how it was read, or
    empty."""

    text: str
    remark: str = ""


def list_text(data: str | bytes) -> ListText:
    """Reads the bytes of a list as UTF-8, UTF-16 or, said in a remark, Windows-1252. Raises `UsageError`: it is
    not text, or its encoding is unknown."""
    read = _decoded(data) if isinstance(data, bytes) else ListText(data.removeprefix("\ufeff"))
    if "\x00" in read.text:
        raise not_a_list("It holds binary data.")
    return read


def not_a_list(why: str, hint: str = "Give one name per line, or a CSV with a header.") -> UsageError:
    """The error for a list that cannot be read. `why`: the reason, as a sentence."""
    return UsageError.unsent(f"The list of units cannot be read. {why}", FIELD, hint=hint)


def _decoded(data: bytes) -> ListText:
    if data.startswith(b"PK\x03\x04"):
        raise not_a_list("It is a spreadsheet or another packed file.", "Save it as CSV UTF-8.")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return ListText(data[len(mark) :].decode(encoding))
            except UnicodeDecodeError as error:
                name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
                raise not_a_list(f"It starts as {name}, but is not from byte {error.start:,} on.", _AS_UTF8) from None
    if b"\x00" in data:
        return ListText(_unmarked_utf16(data))
    try:
        return ListText(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _windows(data, data.count(b"\n", 0, error.start) + 1)


def _unmarked_utf16(data: bytes) -> str:
    """UTF-16 without its mark: addresses and line ends are ASCII, so every other byte of them is zero."""
    best, most = "", 0
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plain = sum(char.isascii() for char in text)
        if plain > most and not _CONTROL.search(text):
            best, most = text, plain
    if most * 2 < len(best) or not best:
        raise not_a_list("It holds binary data.", _AS_UTF8)
    return best


def _windows(data: bytes, line: int) -> ListText:
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = "\x00"
    if _CONTROL.search(text):
        raise not_a_list(f"Line {line} is not UTF-8.", _AS_UTF8) from None
    return ListText(text, f"Line {line} is not UTF-8, so the list was read as Windows-1252: check names with accents.")
