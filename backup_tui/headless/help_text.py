"""Help texts: one sentence, usage, the command's own options, examples, one line for the global options."""

import textwrap
from collections.abc import Iterable, Mapping, Sequence

from backup_tui.headless.command import Command, column_name
from backup_tui.headless.commands import COMMANDS, GROUPS
from backup_tui.headless.options import LISTED, Option, global_options
from backup_tui.headless.parser import sentence

PROGRAM = "backup-tui"

NARROWEST = 40  # columns below which a help text is not made narrower: its lines wrap anyway

_NAMES = 24  # columns of the longest name that has its help on the same line

_GLOBALS = f"Global options (--profile, --output, --json, ...): {PROGRAM} help options"

EXIT_CODES = (
    ("0", "done"),
    ("1", "failed"),
    ("2", "wrong usage, or no terminal"),
    ("3", "not signed in"),
    ("4", "not permitted"),
    ("5", "not found"),
    ("6", "finished; some or all units failed"),
    ("7", "outcome unknown"),
    ("8", "throttled, gave up"),
    ("129, 130, 143", "ended by a signal"),
)


def command_help(command: Command, width: int) -> str:
    """The help text of one command. `width`: columns of the terminal."""
    return joined(
        filled(f"{sentence(command.summary)} {command.more}", width),
        _usage(command, width),
        rows(((_shown(option), option.help) for option in (*command.options, *_list_options(command))), width),
        filled(command.notes, width),
        "\n".join(f"  {PROGRAM} {example}" for example in command.examples),
        _GLOBALS,
    )


def _list_options(command: Command) -> tuple[Option, ...]:
    """The options of the list that a command prints, with the names of its columns."""
    if not command.header:
        return ()
    columns, limit = LISTED
    names = ", ".join(column_name(heading) for heading in command.header)
    return (columns._replace(help=f"{columns.help}: {names}"), limit)


def group_help(name: str, width: int) -> str:
    """The help text of what several commands begin with: `sessions`. Arguments as for `command_help`."""
    inside = [command for command in COMMANDS if command.words.startswith(f"{name} ")]
    return joined(
        sentence(GROUPS[name]),
        f"  {PROGRAM} {name} COMMAND",
        rows(((command.words.removeprefix(f"{name} "), command.summary) for command in inside), width),
        f"  {PROGRAM} help {inside[0].words}",
        _GLOBALS,
    )


def program_help(width: int) -> str:
    """The help text of the program. Arguments as for `command_help`."""
    single = {command.words: command.summary for command in COMMANDS if " " not in command.words}
    opening = (
        (PROGRAM, "open the screens"),
        (f"{PROGRAM} --demo", "open them on a simulated tenant"),
        (f"{PROGRAM} --version", "print the version"),
    )
    return joined(
        filled("Restore mailboxes, OneDrive accounts and SharePoint sites from Microsoft 365 Backup.", width),
        f"  {PROGRAM} [COMMAND]",
        rows(opening, width),
        rows(((name, about) for name, about in (GROUPS | single).items() if " " not in name), width),
        f"  {PROGRAM} help exit-codes   or times, filters, environment, manual",
        _GLOBALS,
    )


def options_help(width: int) -> str:
    """The help text of the global options. Arguments as for `command_help`."""
    return joined(
        filled("Global options go before or after the command.", width),
        rows(((option.words, option.help) for option in global_options([])), width),
        f"  {PROGRAM} sessions list --profile production --json",
    )


def joined(*parts: str) -> str:
    """Paragraphs, with an empty line between them; empty ones fall away."""
    return "\n\n".join(part for part in parts if part) + "\n"


def filled(text: str, width: int) -> str:
    """A paragraph, filled to the width in columns; lines that are set in are left as they are."""
    lines = text.strip().split("\n")
    wide = max(width, NARROWEST)
    return "\n".join(one if one.startswith(" ") else textwrap.fill(one, wide, break_on_hyphens=False) for one in lines)


def _shown(option: Option) -> str:
    return f"{option.words} ..." if "nargs" in option.settings else option.words


def _usage(command: Command, width: int) -> str:
    tokens: list[str] = []
    groups: Mapping[str, list[str]] = _groups(command.options)
    for option in command.options:
        if option.either and groups[option.either][0] != option.words:
            continue
        words = " | ".join(groups[option.either]) if option.either else _shown(option)
        if option.required and option.either:
            words = f"({words})"
        elif not option.required and (option.words.startswith("-") or option.settings.get("nargs") == "*"):
            words = f"[{words}]"
        tokens.append(words)
    lines = [f"  {PROGRAM} {command.words}"]
    for token in tokens:
        if len(lines[-1]) + 1 + len(token) > max(width, NARROWEST):
            lines.append("     ")
        lines[-1] += f" {token}"
    return "\n".join(lines)


def _groups(options: Sequence[Option]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for option in options:
        groups.setdefault(option.either, []).append(option.words)
    return groups


def rows(pairs: Iterable[tuple[str, str]], width: int) -> str:
    """Two columns; a name that is too long has its help on the next line."""
    shown = list(pairs)
    column = min(max((len(name) for name, _ in shown), default=0), _NAMES) + 5
    lines: list[str] = []
    for name, words in shown:
        wrapped = textwrap.wrap(words, max(width, NARROWEST) - column, break_on_hyphens=False)
        if len(name) > _NAMES:
            lines.append(f"  {name}")
        else:
            lines.append(f"  {name}".ljust(column) + wrapped.pop(0))
        lines += [" " * column + line for line in wrapped]
    return "\n".join(lines)
