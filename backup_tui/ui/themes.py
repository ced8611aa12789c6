"""Colours: by default the terminal's own, which are right over SSH, on light and dark grounds alike."""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

TERMINAL = Theme(
    name="terminal",
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_magenta",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "header-write": "ansi_blue",
        "header-read-only": "ansi_cyan",
        "header-demo": "ansi_magenta",
        "header-signed-out": "ansi_red",
        "header-text": "ansi_bright_white",
        "header-text-read-only": "ansi_black",
        "tenant-red": "ansi_red",
        "tenant-orange": "ansi_bright_red",
        "tenant-yellow": "ansi_yellow",
        "tenant-green": "ansi_green",
        "tenant-blue": "ansi_blue",
        "tenant-magenta": "ansi_magenta",
        "tenant-cyan": "ansi_cyan",
        "tenant-grey": "ansi_bright_black",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
    },
)

THEMES = (TERMINAL,)

DEFAULT_VARIABLES = {
    "header-write": "#1f4e8c",
    "header-read-only": "#1c6b6b",
    "header-demo": "#6a2c82",
    "header-signed-out": "#8c1f1f",
    "header-text": "#ffffff",
    "header-text-read-only": "#ffffff",
    "tenant-red": "#8c1f1f",
    "tenant-orange": "#a8501a",
    "tenant-yellow": "#b8960c",
    "tenant-green": "#2a6b2a",
    "tenant-blue": "#1f4e8c",
    "tenant-magenta": "#6a2c82",
    "tenant-cyan": "#1c6b6b",
    "tenant-grey": "#5a5a5a",
}
"""The colours of ours that Textual's own themes do not have."""


def theme_name() -> str:
    """The theme at the start."""
    return TERMINAL.name
