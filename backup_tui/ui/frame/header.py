"""The two header lines as plain data and a pure function: what appears at which width.

The first is the tenant band. Tenant, exceptions and mode are never cut; the user is dropped first, then the profile's
word. Nothing here imports textual.
"""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from backup_tui.ui.widgets.cells import cut, one_line, width_of, wrap
from backup_tui.ui.widgets.tenant_band import DEFAULT_COLOUR, DEMO_COLOUR

Mode = Literal["WRITE", "READ-ONLY", "DEMO", "DEMO READ-ONLY", "REPLAY", "SIGNED OUT"]

SMALLEST_WIDTH, SMALLEST_HEIGHT = 60, 16  # below this nothing can be activated and only `too_small_lines` are shown

ELLIPSIS = "…"


NOTHING_REAL = "nothing here is real"
RECORDED = "a recording, with other names"


class FrameState(Struct, frozen=True):
    """What the header says."""

    tenant: str  # domain, or id, or host of the tenant
    profile: str = ""  # name of the profile; it is in the band where the profile sets no word
    user: str = ""  # who is signed in
    mode: Mode = "READ-ONLY"  # what may be done here
    connection: str = ""  # state of the connection in its short form (`live 04:02`, `waits to 04:06:20`)
    tone: str = ""  # how that feels, one of the tones of `widgets.rows`, or empty
    alerts: tuple[str, ...] = ()  # exceptions before the mode (`1 UNKNOWN`, `RESTORE LOCKED`); never cut
    word: str = ""  # word that the profile sets (`PRODUCTION`)
    colour: str = ""  # color of the band that the profile sets; empty for the default
    screens: tuple[str, ...] = ()  # titles of the screens 1 to 5
    keys: tuple[str, ...] = ()  # their keys, where a person chose other ones
    current: int = 0  # number of the screen shown, 0 for none of them
    # both ends of what replaces the list of screens and the connection (reviews)
    subtitle: tuple[str, str] | None = None

    @property
    def demo(self) -> bool:
        """Whether nothing here is real."""
        return self.mode.startswith("DEMO")

    @property
    def band(self) -> str:
        """Color of the band, whatever the mode: a demo is never taken for a tenant, nor one tenant for another."""
        return DEMO_COLOUR if self.demo else self.colour or DEFAULT_COLOUR


class Span(Struct, frozen=True):
    """Text with one look: `strong`, `band` (the second line in the look of the first), `current`, a tone, or empty."""

    text: str
    look: str = ""


Line = tuple[Span, ...]


def header_lines(state: FrameState, width: int) -> tuple[Line, Line]:
    """The two header lines, each exactly `width` cells wide (less only when `width` is 0)."""
    right = (Span(" ".join((*(f"[{one_line(alert)}]" for alert in state.alerts), state.mode)), "strong"), Span(" "))
    tenant = (Span(" "), Span(one_line(state.tenant), "strong"))
    room = width - _cells(right) - 1
    if _cells(tenant) > room:
        # Tenant and mode do not fit on one line: the exceptions and the mode take the second, whatever else was there.
        second = _spread((), right, width)
        return _spread(tenant, (), width), tuple(Span(span.text, "band") for span in second)
    first = _spread((*tenant, *_beside_tenant(state, room - 1 - _cells(tenant))), right, width)
    if state.subtitle is not None:
        left, end = state.subtitle
        return first, _spread((Span(cut(f" {left}", width - width_of(end) - 2)),), (Span(f"{end} "),), width)
    return first, _second(state, width)


def too_small_lines(state: FrameState, width: int) -> list[str]:
    """What is shown on a terminal that is too small: the words that must not be cut, wrapped."""
    words = [state.tenant, *(f"[{alert}]" for alert in state.alerts), state.mode]
    lines = wrap("  ".join(one_line(word) for word in words), max(1, width))
    size = f"{SMALLEST_WIDTH}x{SMALLEST_HEIGHT}"
    return [*lines, *wrap(f"Terminal too small: {size} needed to start or change anything", max(1, width))]


def _beside_tenant(state: FrameState, room: int) -> Line:
    """Word and user in `room` cells: the user is cut first, then the word."""
    gap = "  "
    word, user = one_line(state.word or state.profile), one_line(state.user)
    texts = [
        *([NOTHING_REAL] if state.demo else [RECORDED] if state.mode == "REPLAY" else []),
        *([f"[{word}]"] if word else []),
    ]
    kept: list[Span] = []
    for whole in texts:
        text = whole
        if len(gap) + width_of(text) > room and text.startswith("[") and room >= len(gap) + len("[]") + 4:
            text = "[" + cut(word, room - len(gap) - len("[]"), "end", ELLIPSIS) + "]"
        if len(gap) + width_of(text) > room:
            return tuple(kept)
        kept.append(Span(gap + text, "strong" if text.startswith("[") else ""))
        room -= len(gap) + width_of(text)
    shown_user = _user(user, room - len(gap))
    return (*kept, Span(gap + shown_user)) if shown_user else tuple(kept)


def _user(user: str, room: int) -> str:
    """The user in `room` cells: cut in the middle of the local part only; empty when that does not do."""
    if width_of(user) <= room:
        return user
    local, at, domain = user.partition("@")
    room_for_local = room - width_of(at + domain)
    if not at or room_for_local < len(ELLIPSIS) + 2:
        return ""
    return cut(local, room_for_local, "middle", ELLIPSIS) + at + domain


def _second(state: FrameState, width: int) -> Line:
    right = (Span(one_line(state.connection), state.tone), Span(" ")) if state.connection else ()
    room = width - _cells(right) - 1
    for left in _menus(state):
        if _cells(left) <= room:
            return _spread(left, right, width)
    return _spread((), right, width)


def _menus(state: FrameState) -> list[Line]:
    """The list of screens, long to short: all names, short names, numbers with the current name, that name alone."""
    keys = state.keys or [str(number) for number in range(1, len(state.screens) + 1)]
    names = [f"{key} {name}" for key, name in zip(keys, state.screens, strict=True)]
    at = state.current - 1
    full = tabs(names, at)
    short = tabs(
        [f"{key} {_SHORT.get(name, name)}" for key, name in zip(keys, state.screens, strict=True)], at, close=True
    )
    numbers = tabs([name if place == at else keys[place] for place, name in enumerate(names)], at, close=True)
    return [full, short, numbers, *([tabs(names[at : at + 1], 0)] if at >= 0 else []), ()]


def screen_at(state: FrameState, width: int, x: int) -> int:
    """Number of the screen whose name is at a cell of the second header line; 0 where there is none."""
    if state.subtitle is not None:
        return 0
    names = [span for span in header_lines(state, width)[1] if span.look in ("", "current") and span.text.strip()]
    at = 0
    for place, span in enumerate(names[: len(state.screens)], start=1):
        at += width_of(span.text)
        if x < at:
            return state.current if span.look == "current" else place
    return 0


_SHORT = {"Overview": "Over", "Policies": "Pol", "Sessions": "Sess", "Units": "Unit", "Activity": "Act"}


def tabs(names: Sequence[str], active: int, *, close: bool = False) -> Line:
    """Names side by side; the blanks beside the active one are brackets.

    Args:
        names: What the tabs say.
        active: Place of the active one; -1 for none.
        close: One blank between two names, not two.
    """
    line: list[Span] = []
    for place, name in enumerate(names):
        chosen = place == active
        before, after = "[]" if chosen else "  "
        if close:
            before = before.strip() or " "[: not line]
            after = f"{after.strip()} "
        line.append(Span(f"{before}{name}{after}", "current" if chosen else ""))
    return tuple(line)


def _cells(line: Line) -> int:
    return sum(width_of(span.text) for span in line)


def _spread(left: Line, right: Line, width: int) -> Line:
    """`left` and `right` at the two ends; what goes beyond the width is cut at the right end of `left`."""
    room = max(0, width - _cells(right))
    kept: list[Span] = []
    used = 0
    for span in left:
        text = cut(span.text, room - used, "end", "")
        used += width_of(text)
        kept.append(Span(text, span.look))
    if _cells(right) > width:
        right = tuple(Span(cut(span.text, width, "end", ""), span.look) for span in right[:1])
    return (*kept, Span(" " * (width - used - _cells(right))), *right)
