"""The few characters outside ASCII that the screens use, and what stands for them without UTF-8."""

from __future__ import annotations

import locale
import os
from functools import lru_cache

from msgspec import Struct


class Marks(Struct, frozen=True):
    """One set of drawing characters, each one terminal cell wide.

    Attributes:
        rule: Repeated over the width between the parts of a screen.
        active: In front of what is moving.
        up: Sort arrow, smallest first.
        down: Sort arrow, largest first.
        ascii_only: Whether the terminal may be given ASCII only.
    """

    rule: str
    active: str
    up: str
    down: str
    ascii_only: bool


UNICODE = Marks(rule="─", active="»", up="↑", down="↓", ascii_only=False)
ASCII = Marks(rule="-", active="=", up="^", down="v", ascii_only=True)
_TO_ASCII = str.maketrans({"─": "-", "»": "=", "↑": "^", "↓": "v", "…": "~", "▾": "v"})


def marks_for(encoding: str) -> Marks:
    """The marks that a terminal with this character encoding can show."""
    return UNICODE if encoding.lower().replace("-", "").replace("_", "") == "utf8" else ASCII


@lru_cache(maxsize=1)
def current_marks() -> Marks:
    """The marks for this process, from LC_ALL, LC_CTYPE and LANG.

    Python's UTF-8 mode turns itself on under `LANG=C`, so the variables are asked, not only the interpreter.
    """
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = os.environ.get(name, "")
        if value:
            plain = value.lower().replace("-", "")
            return UNICODE if "utf8" in plain else ASCII
    return marks_for(locale.getpreferredencoding(False))


def shown(text: str) -> str:
    """`text` with our own marks replaced where the terminal has only ASCII; other characters stay."""
    return text.translate(_TO_ASCII) if current_marks().ascii_only else text
