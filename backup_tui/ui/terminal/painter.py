"""Writes frames to the terminal cell by cell: only those that differ from what it shows, in the shortest sequences.

Over a slow line every byte counts. What Textual marks for repaint is whole lines of whole widgets; of those most cells
look as before, most blanks have no look at all, and most looks differ from the one before by one attribute.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias
from zlib import crc32

from msgspec import Struct
from rich.cells import split_graphemes
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "5": "25", "6": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
"""Attributes of text, and what ends each; two have one end in common."""

_SEEN_ON_BLANKS = frozenset(["4", "7", "9", "21", "51", "52", "53"])
_STEP = 5  # cells that are written again rather than stepped over: a step takes as many bytes
_ERASED = 6  # blanks at an end that are erased rather than written


class Look(Struct, frozen=True):
    """How a cell looks, in the terminal's own codes; empty is its default."""

    attributes: frozenset[str] = frozenset()  # bold, dim, underlined and the like
    ink: str = ""  # color of the text
    ground: str = ""  # color behind it
    link: str = ""  # where it leads

    @property
    def of_a_blank(self) -> "Look":
        """What can be seen of it where there is no text."""
        return self if self.link or self.attributes & _SEEN_ON_BLANKS else Look(ground=self.ground)


Cell: TypeAlias = "tuple[str, Look]"  # a character and how it looks; of a wide one the second cell has no character

PLAIN = Look()
_UNKNOWN: Cell = ("\0", PLAIN)


@lru_cache(4_096)
def _look(style: Style | None, console: Console) -> tuple[Look, Cell]:
    """What a style comes to, for a character and for a blank."""
    if style is None:
        return PLAIN, (" ", PLAIN)
    link = style.link or ""
    drawn = Strip([Segment("x", style.update_link(None) if link else style)]).render(console)
    codes = iter(drawn.partition("m")[0].removeprefix("\x1b[").split(";") if drawn != "x" else ())
    attributes: set[str] = set()
    ink = ground = ""
    for code in codes:
        whole = code
        if code in ("38", "48"):
            kind = next(codes)
            whole = ";".join((code, kind, *(next(codes) for _ in range(1 if kind == "5" else 3))))
        if code == "48" or (len(code) == 2 and code[0] == "4") or code.startswith("10"):
            ground = "" if code == "49" else whole
        elif code == "38" or (len(code) == 2 and code[0] in "39"):
            ink = "" if code == "39" else whole
        else:
            attributes.add(code)
    look = Look(frozenset(attributes), ink, ground, link)
    return look, (" ", look.of_a_blank)


@lru_cache(4_096)
def switch(was: Look, now: Look) -> str:
    """The shortest sequence from one look to another."""
    ends = {_OFF.get(code, "0") for code in was.attributes - now.attributes}
    begins = {code for code in now.attributes if code not in was.attributes or _OFF.get(code) in ends}
    colors = [
        one or default for old, one, default in ((was.ink, now.ink, "39"), (was.ground, now.ground, "49")) if old != one
    ]
    step = ";".join((*sorted(ends), *sorted(begins), *colors))
    whole = ";".join(filter(None, ("0", *sorted(now.attributes), now.ink, now.ground)))
    codes = "" if whole == "0" else whole if "0" in ends or len(whole) <= len(step) else step
    link = ""
    if was.link != now.link:
        # An address that wraps is one link by its id; from the address, so that it is the same whenever it is drawn.
        link = f"\x1b]8;id={crc32(now.link.encode()):x};{now.link}\x1b\\" if now.link else "\x1b]8;;\x1b\\"
    return link + (f"\x1b[{codes}m" if step else "")


def _cells(strip: Strip, console: Console) -> list[Cell]:
    cells: list[Cell] = []
    for text, style, _control in strip:
        look, blank = _look(style, console)
        if text.isascii():
            cells += [(letter, look) if letter != " " else blank for letter in text]
            continue
        spans, _total = split_graphemes(text)
        for start, end, size in spans:
            if not size:
                continue  # a mark without a letter before it
            cells.append((text[start:end], look) if text[start:end] != " " else blank)
            cells += [("", look)] * (size - 1)
    return cells


class Painter:
    """Knows what is on the terminal, as far as it wrote that itself."""

    def __init__(self) -> None:
        self._lines: dict[int, list[Cell]] = {}

    def forget(self) -> None:
        """The terminal may show anything: what comes next is written whole."""
        self._lines.clear()

    def text(self, update: Any, console: Console) -> str:
        """What is to be written for an update of Textual's; empty where it looks as before. `update`: its update of the
        whole screen, or of parts of it. `console`: says which colors there are."""
        pen = _Pen()
        for y, x, strip in _pieces(update):
            line = self._lines.setdefault(y, [])
            now = _cells(strip, console)
            line += [_UNKNOWN] * (x + len(now) - len(line))
            was = line[x : x + len(now)]
            if was != now:
                line[x : x + len(now)] = now
                for start, end in _runs(was, now):
                    pen.write(x + start, y, now[start:end])
        return pen.done()


def _pieces(update: Any) -> Iterator[tuple[int, int, Strip]]:
    """Line, first cell and contents of what an update holds."""
    if hasattr(update, "spans"):
        spans: Iterable[tuple[int, int, int]] = update.spans
        chops: Sequence[Mapping[int, Strip | None]] = update.chops
        for y, first, after in spans:
            for end, (x, strip) in zip(update.chop_ends[y], chops[y].items(), strict=False):
                if strip is not None and x < after and end > first:
                    start = max(x, first)
                    yield y, start, strip.crop(start - x, min(end, after) - x)
    else:
        for y, strips in enumerate(update.strips, update.region.y):
            yield y, update.region.x, Strip.join(strips)


def _runs(was: Sequence[Cell], now: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """The first cell and the one after the last of what has to be written."""
    start = end = 0
    for place, cell in enumerate(now):
        if cell == was[place]:
            continue
        if not end or end != place:
            first = place
            while first and not now[first][0]:  # the second cell of a wide character is written with the first
                first -= 1
            if not end or not _is_short(now[end:first], now[end - 1][1]):
                if end:
                    yield start, end
                start = first
        end = place + 1
        while end < len(now) and not now[end][0]:
            end += 1
    if end:
        yield start, end


def _is_short(between: Sequence[Cell], look: Look) -> bool:
    """Whether cells that look as before are written again, after one with this look, in no more bytes than a step."""
    if not between or len(between) > _STEP:
        return not between
    looks = (look, look.of_a_blank)
    return all(text.isascii() and one in looks for text, one in between)


class _Pen:
    """Where the terminal writes next, and how that looks."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._at = (-1, -1)
        self._look = self._blank = PLAIN

    def write(self, x: int, y: int, cells: Sequence[Cell]) -> None:
        """Writes cells of a line."""
        if self._at != (x, y):
            self._parts.append(f"\x1b[{x + 1}G" if self._at[1] == y else f"\x1b[{y + 1};{x + 1}H")
        left = len(cells)
        while left and cells[left - 1] == (" ", PLAIN):
            left -= 1
        erased = len(cells) - left
        if erased < _ERASED:
            left, erased = len(cells), 0
        for character, look in cells[:left]:
            if look is not self._look and (character != " " or look != self._blank):
                self._take(look)
            self._parts.append(character)
        if erased:
            self._take(PLAIN)
            self._parts.append(f"\x1b[{erased}X")
        self._at = (x + left, y)

    def _take(self, look: Look) -> None:
        if look != self._look:
            self._parts.append(switch(self._look, look))
            self._look, self._blank = look, look.of_a_blank

    def done(self) -> str:
        """All that was written, with the look that the next one expects."""
        self._take(PLAIN)
        return "".join(self._parts)
