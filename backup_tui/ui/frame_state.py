"""The two header lines as plain data and a pure function: what stands there at which width.

The tenant and the mode are never cut (wording.md, "Never abbreviated"); the user gives way first, then the
profile. Nothing here imports textual.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from backup_tui.ui.cells import cut, one_line, width_of, wrap

Mode = Literal["WRITE", "READ-ONLY", "DEMO", "SIGNED OUT"]

SMALLEST_WIDTH, SMALLEST_HEIGHT = 60, 16
"""Below this nothing can be activated and only `too_small_lines` are shown."""

ELLIPSIS = "..."


@dataclass(frozen=True, slots=True)
class FrameState:
    """What the header says.

    Attributes:
        tenant: Domain, or id, or host of the tenant.
        profile: Name of the profile; empty hides it.
        user: Who is signed in.
        mode: What may be done here.
        demo_speed: How many times faster restores run in the demo.
        connection: State of the connection in its short form (`live 04:02`, `waits to 04:06:20`).
        alert: Loud words after the connection (`1 UNKNOWN`, `RESTORE LOCKED`); never cut.
        word: Word that the profile sets (`PRODUCTION`).
        colour: Colour of the first line that the profile sets; empty for the mode's own.
        screens: Titles of the screens 1 to 5.
        current: Number of the screen shown, 0 for none of them.
        subtitle: Replaces the list of screens and the connection (reviews).
    """

    tenant: str
    profile: str = ""
    user: str = ""
    mode: Mode = "READ-ONLY"
    demo_speed: int = 60
    connection: str = ""
    alert: str | None = None
    word: str = ""
    colour: str = ""
    screens: tuple[str, ...] = ()
    current: int = 0
    subtitle: str | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Text with one look: `tenant`, `mode`, `current`, `alert` or empty."""

    text: str
    look: str = ""


Line = tuple[Span, ...]


def header_lines(state: FrameState, width: int) -> tuple[Line, Line]:
    """The two header lines, each exactly `width` cells wide (less only when `width` is 0)."""
    mode = state.mode
    first_left, user_fits = _first_left(state, max(0, width - width_of(mode) - 3))
    first = _spread(first_left, (Span(mode, "mode"),), width)
    if not user_fits:
        # Tenant and mode do not go on one line: the mode takes the second, whatever else stood there.
        return _spread((Span(" "), Span(state.tenant, "tenant")), (), width), _spread(
            (Span(" "),), (Span(mode, "mode"),), width
        )
    if state.subtitle is not None:
        return first, _spread((Span(cut(" " + state.subtitle, width)),), (), width)
    return first, _second(state, width)


def too_small_lines(state: FrameState, width: int) -> list[str]:
    """What is shown on a terminal that is too small: the words that must not be cut, wrapped."""
    words = [state.tenant, state.mode, *([state.alert] if state.alert else [])]
    lines = wrap("  ".join(one_line(word) for word in words), max(1, width))
    return [*lines, *wrap(f"terminal too small, {SMALLEST_WIDTH}x{SMALLEST_HEIGHT} needed", max(1, width))]


def _first_left(state: FrameState, room: int) -> tuple[Line, bool]:
    """The left part of the first line in `room` cells; False when not even the tenant goes there."""
    if state.mode == "DEMO":
        whole = (
            Span(" "),
            Span("DEMO, nothing here is real", "tenant"),
            Span(f"   restores run {state.demo_speed}x faster   {one_line(state.user)}"),
        )
        if _cells(whole) <= room:
            return whole, True
        short = (Span(" "), Span("DEMO, nothing here is real", "tenant"))
        return (short, True) if _cells(short) <= room else ((Span(" "),), True)
    tenant, word = one_line(state.tenant), one_line(state.word)
    head = [Span(" "), Span(tenant, "tenant")] + ([Span("  "), Span(word, "alert")] if word else [])
    if _cells(tuple(head)) > room:
        head = head[:2]
    if _cells(tuple(head)) > room:
        return tuple(head), False
    left = room - _cells(tuple(head))
    profile, user = one_line(state.profile), one_line(state.user)
    gap = 3
    after_profile = left - (gap + width_of(profile) if profile else 0)
    shown_user = _user(user, after_profile - gap)
    if after_profile >= 0:
        rest = ([profile] if profile else []) + ([shown_user] if shown_user else [])
    else:
        shown_profile = cut(profile, left - gap, "end", ELLIPSIS) if left - gap >= 6 else ""
        rest = [shown_profile] if shown_profile else []
    return (*head, *(Span(" " * gap + text) for text in rest)), True


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
    right: tuple[Span, ...] = ()
    if state.connection:
        right = (Span(one_line(state.connection)),)
    if state.alert:
        right = (*right, Span("   "), Span(one_line(state.alert), "alert")) if right else (Span(state.alert, "alert"),)
    room = width - _cells(right) - 2
    for left in _menus(state):
        if _cells(left) <= room:
            return _spread(left, right, width)
    if _cells(right) > width and state.alert:
        return _spread((), (Span(one_line(state.alert), "alert"),), width)
    return _spread((), right, width)


def _menus(state: FrameState) -> list[Line]:
    """The list of screens, long to short: all names, numbers with the current name, the current name alone."""
    names = list(enumerate(state.screens, start=1))
    full: list[Span] = []
    short: list[Span] = []
    for number, name in names:
        look = "current" if number == state.current else ""
        gap = Span(" " if not full else "  ")
        full += [gap, Span(f"{number} {name}", look)]
        short += [Span(" "), Span(f"{number} {name}" if look else str(number), look)]
    alone = [Span(" "), Span(f"{state.current} {state.screens[state.current - 1]}", "current")]
    return [tuple(full), tuple(short), *([tuple(alone)] if state.current else []), ()]


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
