"""What of this machine matters: folders, the kept sign-in, the terminal, versions. Nothing is made or changed."""

import os
import platform
import shutil
import stat
import sys
from collections.abc import Mapping
from functools import partial
from importlib import metadata
from pathlib import Path

from backup_tui import __version__
from backup_tui.config import SignInSettings
from backup_tui.journal.file import on_network
from backup_tui.operating_system import is_ours, open_to_others
from backup_tui.signin.cache.choosing import is_sealed
from backup_tui.workspace.checkup.findings import CheckupFinding, Result

LITTLE_SPACE = 50 * 1024 * 1024  # bytes of free space below which the journal may soon fail to be written

LEAST = (80, 24)  # columns and lines for which every screen is made

LIBRARIES = ("textual", "httpx", "msal", "pydantic", "truststore", "msal-extensions")


def state_folder(folder: Path | None) -> CheckupFinding:
    """Whether the folder of journal, log and kept forms can be used, by nobody else, and for how long."""
    say = partial(CheckupFinding, "state", "State folder")
    if folder is None:
        return say(Result.UNCHECKED, "temporary in the demo")
    base = folder
    while not base.exists() and base != base.parent:
        base = base.parent
    facts: dict[str, object] = {"path": str(folder), "exists": folder.is_dir()}
    hint = "Make it a folder that only you can write to, or set another one in BACKUP_TUI_STATE_DIR."
    if not base.is_dir() or not os.access(base, os.W_OK | os.X_OK):
        words = f"{folder} cannot be written to, so nothing can be changed in the service"
        return say(Result.FAILED, words, hint, facts)
    free = shutil.disk_usage(base).free
    facts |= {"freeBytes": free, "network": on_network(base)}
    remarks = []
    if base == folder:
        found = folder.stat()
        mode = stat.S_IMODE(found.st_mode)
        facts["mode"] = f"{mode:04o}"
        if not is_ours(found, or_systems=True):
            words = f"{folder} belongs to another user of this machine"
            return say(Result.FAILED, words, hint, facts)
        if open_to_others(found):
            remarks.append(f"other users of this machine can read it (mode {mode:04o}); chmod 700 {folder}")
    if free < LITTLE_SPACE:
        remarks.append(f"only {free // 1024 // 1024:,} MB are free there; free some space")
    if facts["network"]:
        remarks.append("it is on a network drive, where the journal is slower; set another one in BACKUP_TUI_STATE_DIR")
    made = "" if folder.is_dir() else ", created when needed"
    words = f"{folder}{made}, {free // 1024 // 1024:,} MB free"
    if not remarks:
        return say(Result.OK, words, facts=facts)
    return say(Result.WARNING, words, _sentences(remarks), facts)


def kept_sign_in(sign_in: SignInSettings | None, notices: tuple[str, ...]) -> CheckupFinding:
    """Where a sign-in is kept, and whether anybody else could read it there."""
    say = partial(CheckupFinding, "cache", "Kept sign-in")
    if sign_in is None:
        return say(Result.UNCHECKED, "sign-in is not configured")
    facts: dict[str, object] = {"cache": sign_in.cache}
    if sign_in.flow not in ("device-code", "browser"):
        how = "a ready-made token is given" if sign_in.flow == "token" else f"{sign_in.flow} signs in automatically"
        return say(Result.OK, f"{how}; nothing is kept", facts=facts)
    if notices:
        return say(Result.WARNING, " ".join(notices), "", facts | {"notices": list(notices)})
    if sign_in.cache == "file":
        locked = is_sealed(sign_in)
        facts |= {"folder": str(sign_in.cache_folder), "encrypted": locked}
        words = f"in {sign_in.cache_folder}, {'encrypted' if locked else 'not encrypted'}"
        hint = "" if locked else "Set a key: token_cache_key_file or BACKUP_TUI_CACHE_PASSPHRASE."
        return say(Result.OK if locked else Result.WARNING, words, hint, facts)
    where = "in this machine's key store" if sign_in.cache == "os" else "in memory: until the program ends"
    return say(Result.OK, where, facts=facts)


def terminal(environ: Mapping[str, str]) -> CheckupFinding:
    """What the terminal can show, as far as it can be told without asking it."""
    say = partial(CheckupFinding, "terminal", "Terminal")
    kind = environ.get("TERM", "")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    facts: dict[str, object] = {
        "term": kind,
        "colours": _colours(environ),
        "utf8": encoding == "utf8",
        "copy": "unknown: a terminal does not report whether it can copy (OSC 52)",
    }
    if not sys.stderr.isatty() and not sys.stdout.isatty():
        words = "not a terminal; commands work without one, the screens do not"
        return say(Result.UNCHECKED, words, facts=facts)
    columns, lines = os.get_terminal_size((sys.stdout if sys.stdout.isatty() else sys.stderr).fileno())
    facts |= {"columns": columns, "lines": lines}
    words = (
        f"{kind or 'unknown'}, {columns}x{lines}, colours {facts['colours']}, {sys.stdout.encoding or 'no encoding'}"
    )
    remarks = []
    if kind in ("", "dumb", "unknown"):
        remarks.append(
            "it cannot move its cursor, which the screens need; set TERM to its type, such as xterm-256color"
        )
    if columns < LEAST[0] or lines < LEAST[1]:
        remarks.append(f"the screens need {LEAST[0]}x{LEAST[1]} or more; enlarge the window")
    if encoding != "utf8":
        remarks.append("it does not use UTF-8, so names may look wrong; set LANG to a UTF-8 locale, such as C.UTF-8")
    if not remarks:
        return say(Result.OK, f"{words}; whether it can copy is unknown", facts=facts)
    return say(Result.WARNING, words, _sentences(remarks), facts)


def versions() -> CheckupFinding:
    """The versions of this program, Python, and the libraries that are installed; always `OK`."""
    found = {name: version for name in LIBRARIES if (version := _version(name))}
    facts: dict[str, object] = {"backup-tui": __version__, "python": platform.python_version(), **found}
    words = ", ".join(f"{name} {version}" for name, version in facts.items())
    return CheckupFinding(
        "versions", "Versions", Result.OK, f"{words}, {platform.system()} {platform.machine()}", facts=facts
    )


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _colours(environ: Mapping[str, str]) -> str:
    if environ.get("NO_COLOR"):
        return "off (NO_COLOR)"
    if environ.get("COLORTERM", "").lower() in ("truecolor", "24bit"):
        return "16 million"
    return "256" if "256" in environ.get("TERM", "") else "16"


def _sentences(remarks: list[str]) -> str:
    return " ".join(f"{remark[:1].upper()}{remark[1:]}." for remark in remarks)
