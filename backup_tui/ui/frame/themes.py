"""The themes of the screens: what each role looks like in each of them. And the styles, which know roles only."""

from pathlib import Path, PurePath

from textual.theme import BUILTIN_THEMES, Theme

import backup_tui

_ANSI = {
    **BUILTIN_THEMES["ansi-dark"].variables,
    "input-cursor-background": "ansi_default",
    "input-cursor-foreground": "ansi_default",
    "input-cursor-text-style": "reverse",
    # What is less important is dim; a dim color that a person cannot see is never the only copy of a fact.
    "dim": "ansi_default",
    "dim-style": "dim",
    "dim-underline": "dim underline",
    # What a field may hold, which must not look like what it holds.
    "hint": "ansi_default",
    "hint-style": "dim not bold",
    # Blue on black is hard to read in many terminals: only the bar of a section has it.
    "key": "ansi_default",
    "danger": "ansi_red",
    "on-danger": "ansi_bright_white",
    "done": "ansi_green",
    "on-done": "ansi_black",
    # The row under the cursor: a color, or reverse video, which no color of a word is readable on.
    "cursor": "ansi_default",
    "on-cursor": "ansi_default",
    "cursor-style": "reverse",
}

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
    variables=_ANSI,
)
"""The terminal's own 16 colors on its own background."""

CONTRAST = Theme(
    name="contrast",
    ansi=True,
    primary="ansi_bright_white",
    secondary="ansi_bright_cyan",
    warning="ansi_bright_yellow",
    error="ansi_bright_red",
    success="ansi_bright_green",
    accent="ansi_bright_white",
    foreground="ansi_bright_white",
    background="ansi_black",
    surface="ansi_black",
    panel="ansi_black",
    boost="ansi_black",
    variables={
        **_ANSI,
        "input-cursor-background": "ansi_black",
        "input-cursor-foreground": "ansi_bright_white",
        "dim": "ansi_bright_white",
        "dim-style": "none",
        "dim-underline": "underline",
        "hint": "ansi_white",
        "hint-style": "not bold",
        "key": "ansi_bright_white",
        "on-done": "ansi_black",
        "done": "ansi_bright_green",
        "cursor": "ansi_black",
        "on-cursor": "ansi_bright_white",
    },
)
"""White on black in 16 colors, nothing dim."""


def _of_many_colors(name: str, *, dark: bool, on_done: str, **roles: str) -> Theme:
    """A theme with colors of its own: `text` on `ground`, and one for each role."""
    ground, text = roles["ground"], roles["text"]
    return Theme(
        name=name,
        dark=dark,
        primary=roles["accent"],
        secondary=roles["moving"],
        warning=roles["warn"],
        error=roles["bad"],
        success=roles["good"],
        accent=roles["accent"],
        foreground=text,
        background=ground,
        surface=ground,
        panel=ground,
        boost=ground,
        variables={
            "input-cursor-background": ground,
            "input-cursor-foreground": text,
            "input-cursor-text-style": "reverse",
            "input-selection-background": roles["cursor"],
            "input-selection-foreground": text,
            "dim": roles["dim"],
            "dim-style": "none",
            "dim-underline": "underline",
            "hint": roles["dim"],
            "hint-style": "not bold",
            "key": roles["accent"],
            "danger": "#c0202e",
            "on-danger": "#ffffff",
            "done": roles["good"],
            "on-done": on_done,
            "cursor": roles["cursor"],
            "on-cursor": text,
            "cursor-style": "none",
        },
    )


MIDNIGHT = _of_many_colors(
    "midnight", dark=True, text="#d6dde6", ground="#11161d", dim="#8a95a3", accent="#62aef0", good="#5cc489",
    bad="#ff7480", moving="#53c7d6", warn="#e8b85a", cursor="#1d3448", on_done="#11161d",
)  # fmt: skip
PAPER = _of_many_colors(
    "paper", dark=False, text="#1f2328", ground="#fbfaf7", dim="#626b75", accent="#0b5cad", good="#18733a",
    bad="#b9202d", moving="#0a6a78", warn="#835500", cursor="#d5e6f8", on_done="#ffffff",
)  # fmt: skip

THEMES = (TERMINAL, MIDNIGHT, PAPER, CONTRAST)
_BY_NAME = {theme.name: theme for theme in THEMES}


def theme_for(wanted: str, *, colors: str | None, no_color: bool = False) -> tuple[str, str]:
    """The theme that a terminal can show, and why it is not the one that was chosen. Returns name of the theme, and a
    sentence; empty where the chosen theme is shown.

    Args:
        wanted: Name of the chosen theme; empty for none.
        colors: How many colors the terminal has, in Rich's words: `standard` for 16, None for none.
        no_color: Whether it was told to show none (`NO_COLOR`).
    """
    theme = _BY_NAME.get(wanted, TERMINAL)
    if theme is TERMINAL:
        return theme.name, ""
    if no_color:
        return TERMINAL.name, "NO_COLOR is set: no theme is shown."
    if not theme.ansi and colors not in ("256", "truecolor"):
        return TERMINAL.name, f"Theme {theme.name} needs 256 colors; this terminal reports fewer."
    return theme.name, ""


def style_folder() -> Path:
    """The folder that holds the styles.

    The checkout's own folder comes first: an editable install can leave an older copy inside the package. Raises
    `FileNotFoundError`: neither a checkout nor a complete installation."""
    package = Path(backup_tui.__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "styles").is_dir():
        return checkout / "styles"
    if (package / "styles").is_dir():
        return package / "styles"
    raise FileNotFoundError(f"no styles beside {package} nor inside it")


_FIRST = "41_overview.tcss"
"""The last of the style files that the first screen needs; those after it are read with the next screen."""


def style_paths() -> list[PurePath]:
    """All style files, in the order of their names."""
    return sorted(style_folder().glob("*.tcss"))


def first_style_paths() -> list[str | PurePath]:
    """The style files that the first screen needs."""
    return [path for path in style_paths() if path.name <= _FIRST]
