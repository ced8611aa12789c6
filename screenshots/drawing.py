"""Draws a screen as an SVG that browsers and librsvg show alike.

Every word has its own place, so that nothing depends on how wide a renderer makes spaces or which font it has; blocks
and lines are shapes, not characters; and nothing is fetched from anywhere.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any, NamedTuple

from rich.cells import cell_len
from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from textual.app import App

CELL, LINE, SIZE = 8.43, 18.0, 14
"""Pixels: width of a cell (that of the first font), height of a line, size of the font."""
LEFT, TOP = 10.0, 38.0
FONTS = "DejaVu Sans Mono, Menlo, Cascadia Mono, Fira Code, Consolas, Liberation Mono, monospace"
SHADES = {"░": 0.25, "▒": 0.5, "▓": 0.75}
LINES = {  # which of the four arms of a cell are drawn: left, right, up, down
    "─": "lr", "━": "lr", "│": "ud", "┃": "ud", "┌": "rd", "╭": "rd", "┐": "ld", "╮": "ld", "└": "ru", "╰": "ru",
    "┘": "lu", "╯": "lu", "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud",
}  # fmt: skip

COMMON = TerminalTheme(
    (22, 24, 28),
    (208, 211, 216),
    [(0, 0, 0), (205, 49, 49), (13, 188, 121), (229, 229, 16), (36, 114, 200), (188, 63, 188), (17, 168, 205),
     (204, 204, 204)],
    [(102, 102, 102), (241, 76, 76), (35, 209, 139), (245, 245, 67), (59, 142, 234), (214, 112, 214), (41, 184, 219),
     (255, 255, 255)],
)  # fmt: skip
"""The 16 colors of a common terminal on a dark ground."""


class Run(NamedTuple):
    """Characters of one style, one after another."""

    column: int
    text: str
    style: Style


class Box(NamedTuple):
    """A part of a cell, in fractions of it."""

    x: float
    y: float
    width: float
    height: float
    opacity: float = 1


def shapes(char: str) -> Iterable[Box]:
    """What a character is drawn as; nothing where it is a glyph."""
    code = ord(char)
    if char in SHADES:
        return [Box(0, 0, 1, 1, SHADES[char])]
    if 0x2581 <= code <= 0x2588:  # ▁ to █, from below
        height = (code - 0x2580) / 8
        return [Box(0, 1 - height, 1, height)]
    if 0x2589 <= code <= 0x258F:  # ▉ to ▏, from the left
        return [Box(0, 0, (0x2590 - code) / 8, 1)]
    other = {"▀": Box(0, 0, 1, 0.5), "▐": Box(0.5, 0, 0.5, 1), "▔": Box(0, 0, 1, 0.125), "▕": Box(0.875, 0, 0.125, 1)}
    if char in other:
        return [other[char]]
    thin, arms = (0.12, 0.06), LINES.get(char, "")
    middle_x, middle_y = 0.5 - thin[0] / 2, 0.5 - thin[1] / 2
    boxes = {
        "l": Box(0, middle_y, 0.5 + thin[0] / 2, thin[1]),
        "r": Box(middle_x, middle_y, 0.5 + thin[0] / 2, thin[1]),
        "u": Box(middle_x, 0, thin[0], 0.5 + thin[1] / 2),
        "d": Box(middle_x, middle_y, thin[0], 0.5 + thin[1] / 2),
    }
    return [boxes[arm] for arm in arms]


def _colors(style: Style, theme: TerminalTheme) -> tuple[ColorTriplet, ColorTriplet | None]:
    """Foreground and background; no background where it is the window's."""

    def triplet(color: Color | None, default: ColorTriplet) -> ColorTriplet:
        return default if color is None or color.is_default else color.get_truecolor(theme)

    front = triplet(style.color, theme.foreground_color)
    back = triplet(style.bgcolor, theme.background_color)
    if style.reverse:
        front, back = back, front
    if style.dim:
        front = blend_rgb(front, back, 0.45)
    return front, None if back == theme.background_color else back


def _runs(line: Iterable[Segment]) -> Iterator[Run]:
    column = 0
    for text, style, _control in line:
        yield Run(column, text, style or Style())
        column += cell_len(text)


def _words(run: Run) -> Iterator[Run]:
    """Words, and each character alone that is not ASCII: its font may be another one."""
    word, start, column = "", run.column, run.column
    for char in run.text:
        if char == " " or not char.isascii():
            if word:
                yield Run(start, word, run.style)
            if char != " ":
                yield Run(column, char, run.style)
            word = ""
        else:
            start = start if word else column
            word += char
        column += cell_len(char)
    if word:
        yield Run(start, word, run.style)


def _rect(column: float, row: float, cells: float, lines: float, fill: str, opacity: float = 1) -> str:
    x, y = LEFT + column * CELL, TOP + row * LINE
    faint = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
    return (
        f'<rect x="{x:.2f}" y="{y:.2f}" width="{cells * CELL:.2f}" height="{lines * LINE:.2f}" fill="{fill}"{faint}/>'
    )


def _line(row: int, runs: Iterable[Run], theme: TerminalTheme) -> Iterator[str]:
    for run in runs:
        front, back = _colors(run.style, theme)
        width = cell_len(run.text)
        if back is not None:
            yield _rect(run.column, row, width, 1, back.hex)
        if run.style.underline:
            yield _rect(run.column, row + 0.93, width, 0.055, front.hex)
        if run.style.strike:
            yield _rect(run.column, row + 0.5, width, 0.055, front.hex)
        for word in _words(run):
            if drawn := list(shapes(word.text)) if len(word.text) == 1 else []:
                for box in drawn:
                    yield _rect(word.column + box.x, row + box.y, box.width, box.height, front.hex, box.opacity)
            else:
                yield _text(word, row, front.hex)


def _text(word: Run, row: int, fill: str) -> str:
    weight = ' font-weight="bold"' if word.style.bold else ""
    slant = ' font-style="italic"' if word.style.italic else ""
    y = TOP + row * LINE + LINE * 0.75
    cells = cell_len(word.text)
    if word.text.isascii():
        place = f'x="{LEFT + word.column * CELL:.2f}" textLength="{cells * CELL:.2f}" lengthAdjust="spacingAndGlyphs"'
    else:
        place = f'x="{LEFT + (word.column + cells / 2) * CELL:.2f}" text-anchor="middle"'
    return f'<text {place} y="{y:.2f}" fill="{fill}"{weight}{slant}>{escape(word.text, quote=False)}</text>'


def drawn(app: App[Any], title: str, theme: TerminalTheme = COMMON) -> str:
    """The screen that an app shows, in a window with a title."""
    width, height = app.size
    console = Console(
        width=width, height=height, file=io.StringIO(), force_terminal=True, color_system="truecolor", record=True
    )
    console.print(app.screen._compositor.render_update(full=True, screen_stack=app._background_screens))
    buffer = Segment.filter_control(console._record_buffer)
    lines = list(Segment.split_and_crop_lines(buffer, length=width))[:height]

    wide, high = LEFT * 2 + width * CELL, TOP + height * LINE + LEFT
    dots = "".join(
        f'<circle cx="{20 + place * 20}" cy="19" r="6" fill="{fill}"/>'
        for place, fill in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    )
    back, front = theme.background_color.hex, theme.foreground_color.hex
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" font-family="{FONTS}" font-size="{SIZE}" shape-rendering="crispEdges">',
        f"<title>{escape(title)}</title>",
        f'<rect x="0.5" y="0.5" width="{wide - 1:.0f}" height="{high - 1:.0f}" rx="8" fill="{back}" '
        'stroke="#666666" shape-rendering="auto"/>',
        f'<g shape-rendering="auto">{dots}</g>',
        f'<text x="{wide / 2:.0f}" y="24" text-anchor="middle" fill="{front}" font-weight="bold">',
        f"{escape(title)}</text>",
        *(part for row, line in enumerate(lines) for part in _line(row, _runs(line), theme)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"
