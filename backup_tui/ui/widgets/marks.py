"""The characters outside ASCII that the screens draw with, and their stand-ins where a terminal lacks them."""

import locale
import os
from functools import lru_cache

from msgspec import Struct

_PLAIN = {
    **dict(zip("✓✗»·○…▌▾▸↑↓─│^", "+x=.o~|v>^v-|^", strict=True)),
    **dict.fromkeys("▉▊▋▍▎▏", "#"),
    **dict.fromkeys("▁▂▃▅▆▇", "."),
    "▄": "=",
}
_BLOCKS = {"█": "#", "▒": "x", "░": "-"}


class Marks(Struct, frozen=True):
    """What a terminal can show."""

    ascii_only: bool  # whether it is given ASCII only
    instead: dict[int, str]  # stand-in for each character of ours that it cannot show, by code point


UNICODE = Marks(False, {})
ASCII = Marks(True, str.maketrans(_PLAIN | _BLOCKS))
CONSOLE = Marks(True, str.maketrans({mark: plain for mark, plain in _PLAIN.items() if mark != "▌"}))
"""The Linux console has no more than the blocks in its font."""


def marks_for(encoding: str) -> Marks:
    """The marks that a terminal with this character encoding can show."""
    return UNICODE if "utf8" in encoding.lower().replace("-", "").replace("_", "") else ASCII


@lru_cache(maxsize=1)
def current_marks() -> Marks:
    """The marks for this process, from TERM, LC_ALL, LC_CTYPE and LANG.

    Python's UTF-8 mode turns itself on under `LANG=C`, so the variables are asked, not only the interpreter.
    """
    encoding = next(
        (value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := os.environ.get(name, ""))),
        locale.getpreferredencoding(False),
    )
    marks, terminal = marks_for(encoding), os.environ.get("TERM", "")
    if marks is UNICODE and terminal.startswith("vt"):
        return ASCII
    return CONSOLE if marks is UNICODE and terminal == "linux" else marks


def shown(text: str) -> str:
    """`text` with our own marks replaced where the terminal lacks them; other characters stay."""
    instead = current_marks().instead
    return text.translate(instead) if instead else text
