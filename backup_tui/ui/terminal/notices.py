"""What a terminal can tell a person who looks elsewhere: a desktop notification, and the title of its window. Pure."""

from collections.abc import Mapping

from backup_tui.models.text import safe

LONGEST = 200  # characters of a notification; desktops cut longer ones anyway

_ESC, _END = "\x1b", "\x1b\\"


def notification(kind: str, title: str, text: str, environ: Mapping[str, str]) -> str:
    """The sequence that asks for a desktop notification. `kind`: `osc9` (text alone), `osc777` (title and text), or
    `off`. `environ`: the environment; inside tmux the sequence is wrapped, so that it reaches the terminal around
    it."""
    if kind == "osc9":
        sequence = f"{_ESC}]9;{_plain(f'{title}: {text}')}{_END}"
    elif kind == "osc777":
        # A semicolon would begin the next part.
        sequence = f"{_ESC}]777;notify;{_plain(title).replace(';', ',')};{_plain(text).replace(';', ',')}{_END}"
    else:
        return ""
    return _through_tmux(sequence) if environ.get("TMUX") else sequence


def window_title(text: str) -> str:
    """The sequence that keeps the window's title and sets another one."""
    return f"{_ESC}[22;2t{_ESC}]2;{_plain(text)}{_END}"


WINDOW_TITLE_BEFORE = f"{_ESC}[23;2t"  # brings back the title that `window_title` kept


def progress(finished: int, total: int, *, failed: bool) -> str:
    """The sequence that shows in the task bar how far something is, red where some of it failed. `finished`: units that
    have ended, of `total`, which is not 0."""
    return f"{_ESC}]9;4;{2 if failed else 1};{min(100, max(0, finished) * 100 // total)}{_END}"


PROGRESS_OVER = f"{_ESC}]9;4;0{_END}"  # takes the progress out of the task bar


def _plain(text: str) -> str:
    return " ".join(safe(text).split())[:LONGEST]


def _through_tmux(sequence: str) -> str:
    # tmux passes it on where its option allow-passthrough is on, and drops it otherwise.
    return f"{_ESC}Ptmux;{sequence.replace(_ESC, _ESC * 2)}{_END}"
