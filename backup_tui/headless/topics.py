"""Help that belongs to no single command: `backup-tui help times`, `help filters` and the like, and the manual page."""

from collections.abc import Callable, Iterable, Mapping

from backup_tui.headless.commands import COMMANDS
from backup_tui.headless.help_text import (
    EXIT_CODES,
    PROGRAM,
    command_help,
    filled,
    joined,
    options_help,
    program_help,
    rows,
)

TIMES = (
    ("2h, 2h ago, -2h, 90m, 1d 4h", "before now"),
    ("14:10, 9:00, noon", "the last time it was that time"),
    ("yesterday, yesterday 14:00", "one day ago at this time; that time"),
    ("monday 9:00, mon 9", "the last Monday at 09:00"),
    ("20 Nov 14:10, 20 Nov", "the last such date; without a time, 00:00"),
    ("2026-11-20 14:10+01", "as written; 2026-11-20T13:10:00Z too"),
    ("latest", "the newest point of each unit"),
)

FILTERS = (
    ("adele", "rows that contain this text, in any column"),
    ("!adele", "rows that do not"),
    ('"two words"', "both, one after the other"),
    ("status:failed", "rows in this state"),
    ("service:onedrive", "rows of this service"),
    ("by:adele", "what this person did"),
    ("to:in-place, to:new", "restores that go there"),
    ("when:>3d, when:<2h", "older than this, younger than this; m, h, d or w"),
    ("policy:pilot", "units of this policy; policy:none for those in none"),
    ("code:notfound", "what failed with this code"),
    ("id:61633878", "the row with this id"),
)

OTHER_VARIABLES: Mapping[str, str] = {
    "HTTPS_PROXY, NO_PROXY": "Proxy, and hosts that are reached without it.",
    "SSL_CERT_FILE": "File with certificates that are trusted instead of the operating system's.",
    "TZ": "Time zone, if neither --tz nor config.toml says one.",
    "NO_COLOR": "Anything in it: no colors.",
    "VISUAL, EDITOR": "Editor that config edit opens.",
    "XDG_CONFIG_HOME, XDG_STATE_HOME": "Folders of config.toml and of the journal.",
}
"""Variables that other programs know too, each with what it does here."""


def _environment(width: int) -> str:
    from backup_tui.config.variables import VARIABLES

    return joined(
        filled("Environment variables. An option comes before a variable, a variable before config.toml.", width),
        rows({**VARIABLES, **OTHER_VARIABLES}.items(), width),
        filled("Another variable that begins with BACKUP_TUI_ is refused as a misspelling.", width),
    )


def _exit_codes(width: int) -> str:
    return joined(
        filled("Exit codes of all commands.", width),
        rows(EXIT_CODES, width),
        filled(
            "After 7, do not send the same change again: it may have happened. journal list shows the entry; any later "
            "read that proves the outcome settles it.",
            width,
        ),
    )


def _times(width: int) -> str:
    return joined(
        filled(
            "Times, as typed in the form and after --before, --since and --at. They are in the zone of --tz unless "
            "they carry one; what was understood is printed again with UTC.",
            width,
        ),
        rows(TIMES, width),
        filled("11/12/2026 is refused, since it means two days. So is a time in the future.", width),
    )


def _filters(width: int) -> str:
    return joined(
        filled(
            "Filters, as typed after / in a list of the screens. All words must match; case does not matter. ! before "
            "a word turns it around. A list says which prefixes it takes if it is given another.",
            width,
        ),
        rows(FILTERS, width),
    )


def manual() -> str:
    """The manual page of section 1, as roff: what the help of every command says."""
    lines = [
        '.TH BACKUP-TUI 1 "" "backup-tui" "User Commands"',
        ".SH NAME",
        r"backup-tui \- restore from Microsoft 365 Backup, in a terminal",
        ".SH SYNOPSIS",
        r".B backup-tui\fR [\fICOMMAND\fR]",
        ".SH DESCRIPTION",
        *_preformatted(program_help(72)),
        ".SH COMMANDS",
    ]
    for command in COMMANDS:
        lines += [f".SS {_roff(f'{PROGRAM} {command.words}')}", *_preformatted(command_help(command, 72))]
    lines += [".SH GLOBAL OPTIONS", *_preformatted(options_help(72))]
    for name in ("environment", "exit-codes", "times", "filters"):
        lines += [f".SH {name.replace('-', ' ').upper()}", *_preformatted(TOPICS[name][1](72))]
    return "\n".join(lines) + "\n"


def _preformatted(text: str) -> Iterable[str]:
    return (".nf", *(_roff(line) for line in text.rstrip("\n").split("\n")), ".fi")


def _roff(line: str) -> str:
    escaped = line.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{escaped}" if escaped.startswith((".", "'")) else escaped


TOPICS: Mapping[str, tuple[str, Callable[[int], str]]] = {
    "options": ("the global options", options_help),
    "times": ("how times are typed", _times),
    "filters": ("how lists on the screens are filtered", _filters),
    "environment": ("the environment variables", _environment),
    "exit-codes": ("what the exit codes mean", _exit_codes),
    "manual": ("the manual page: backup-tui help manual | man -l -", lambda width: manual()),
}
"""What `backup-tui help` can show besides commands: its sentence, and what makes the text for a width in columns."""
