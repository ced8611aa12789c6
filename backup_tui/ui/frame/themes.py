"""The themes of the screens, and their styles."""

from pathlib import Path, PurePath

from textual.theme import BUILTIN_THEMES, Theme

import backup_tui

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
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
    },
)

THEMES = (TERMINAL,)


def theme_name() -> str:
    """The theme at the start."""
    return TERMINAL.name


def style_folder() -> Path:
    """The folder that holds the styles.

    The checkout's own folder comes first: an editable install can leave an older copy inside the package.

    Raises:
        FileNotFoundError: Neither a checkout nor a complete installation.
    """
    package = Path(backup_tui.__file__).resolve().parent
    checkout = package.parent
    if (checkout / "pyproject.toml").is_file() and (checkout / "styles").is_dir():
        return checkout / "styles"
    if (package / "styles").is_dir():
        return package / "styles"
    raise FileNotFoundError(f"no styles beside {package} nor inside it")


def style_paths() -> list[str | PurePath]:
    """All style files, in the order of their names."""
    return [*sorted(style_folder().glob("*.tcss"))]
