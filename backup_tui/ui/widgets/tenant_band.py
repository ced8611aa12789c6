"""The colors of the tenant band: one explicit pair for the whole row, so that nothing on it is red on red.

The pair is never a reversal of another one. Only a terminal set to show no color gets reverse video, because no pair is
possible there. Nothing here imports textual.
"""

from rich.color import Color
from rich.style import Style

DEFAULT_COLOUR = "blue"
DEMO_COLOUR = "magenta"
NEUTRAL = "neutral"  # the band of no tenant: reverse video

_LIGHT, _DARK = 15, 0  # bright white and black among the 16 colors

_PAIRS_16 = {
    "red": (_LIGHT, 1),
    "blue": (_LIGHT, 4),
    "magenta": (_LIGHT, 5),
    "green": (_DARK, 2),
    "cyan": (_DARK, 6),
    "yellow": (_DARK, 3),
    "grey": (_DARK, 7),
    "orange": (_DARK, 9),
}
"""Foreground and background by number, where the terminal has the 16 colors, or does not tell of more."""

_PAIRS_TRUE = {
    "red": ("#ffffff", "#a4202c"),
    "blue": ("#ffffff", "#1f5398"),
    "magenta": ("#ffffff", "#75318f"),
    "green": ("#ffffff", "#22693a"),
    "cyan": ("#ffffff", "#12646e"),
    "yellow": ("#1a1a1a", "#e0b83c"),
    "grey": ("#ffffff", "#565e68"),
    "orange": ("#ffffff", "#a04a10"),
}


def band_style(colour: str, *, truecolor: bool, no_color: bool = False) -> Style:
    """The look of the whole band.

    Args:
        colour: The profile's color, one of `config.COLOURS`, or `NEUTRAL`; empty for the default.
        truecolor: Whether the terminal shows colors of 24 bits.
        no_color: Whether it was told to show none (`NO_COLOR`).
    """
    if no_color or colour == NEUTRAL:
        return Style(reverse=True)
    colour = colour or DEFAULT_COLOUR
    if truecolor:
        front, back = _PAIRS_TRUE[colour]
        return Style(color=front, bgcolor=back, reverse=False, dim=False)
    light, ground = _PAIRS_16[colour]
    return Style(color=Color.from_ansi(light), bgcolor=Color.from_ansi(ground), reverse=False, dim=False)


def emphasis(colour: str, *, truecolor: bool, no_color: bool = False) -> Style:
    """What is added for tenant, exceptions and mode.

    Terminals that brighten what is bold turn black into a grey that is hard to read on a colored ground; black stays
    as it is there.
    """
    dark = not (truecolor or no_color or colour == NEUTRAL) and _PAIRS_16[colour or DEFAULT_COLOUR][0] == _DARK
    return Style() if dark else Style(bold=True)
