"""Writes the tables of docs/ that are made of the program: `python screenshots/reference.py`.

Keys, commands, columns of lists, settings, variables and options. A test compares the pages with the program, so none
of them is changed without its page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from keys import key_section

from backup_tui.config import PROFILE_KEYS, TOP_KEYS
from backup_tui.config.file import FileKey
from backup_tui.config.limits import KNOWN_LIMITS, LIMITS
from backup_tui.config.variables import VARIABLES
from backup_tui.headless.command import Command, column_name
from backup_tui.headless.commands import COMMANDS, GROUPS
from backup_tui.headless.help_text import EXIT_CODES, command_help
from backup_tui.headless.options import global_options
from backup_tui.headless.parser import sentence
from backup_tui.headless.topics import FILTERS, OTHER_VARIABLES, TIMES

DOCS = Path(__file__).parents[1] / "docs"
WIDTH = 100
"""Columns of a help text on a page."""


def _table(headings: str, rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; the headings are separated by `|`."""
    names = headings.split("|")
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    lines += ["| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _value(key: FileKey) -> str:
    """What a key of the configuration file may be set to."""
    if key.choices:
        return ", ".join(f'`"{choice}"`' for choice in key.choices)
    words = {
        "text": "text",
        "name": "an id or a domain",
        "zone": "a time zone",
        "path": "a path",
        "flag": "`true`, `false`",
        "command": "a list of words",
    }
    return words.get(key.kind) or f"{key.least:g} to " + (f"{key.most:,}" if key.kind == "count" else f"{key.most:g}")


def _keys_of_file(keys: Mapping[str, FileKey]) -> str:
    plain = {name: key for name, key in keys.items() if not name.startswith("limits.")}
    return _table("Key|Value|What it does", ((f"`{name}`", _value(key), key.sentence) for name, key in plain.items()))


def _limits() -> str:
    rows = (
        (f"`{name}`", f"{getattr(LIMITS, name):,}", f"1 to {known.most:,}", known.sentence)
        for name, known in KNOWN_LIMITS.items()
    )
    return _table("Key|Default|Value|What it limits", rows)


def _variables(variables: Mapping[str, str]) -> str:
    return _table("Variable|What it says", ((f"`{name}`", words) for name, words in variables.items()))


def _options() -> str:
    rows = ((f"`{option.words}`", sentence(option.help)) for option in global_options([]))
    return _table("Option|What it does", rows)


def _words(pairs: Iterable[tuple[str, str]], headings: str) -> str:
    return _table(headings, ((f"`{word}`", meaning) for word, meaning in pairs))


def _command(command: Command) -> str:
    text, _globals = command_help(command, WIDTH).rstrip("\n").rsplit("\n\n", 1)
    return f"### {command.words}\n\n```text\n{text}\n```"


def _commands() -> str:
    """Every command under the heading of its group."""
    groups = {name: sentence(about) for name, about in GROUPS.items()}
    parts: dict[str, list[str]] = {name: [] for name in groups if not name.count(" ")}
    single: list[str] = []
    for command in COMMANDS:
        first = command.words.partition(" ")[0]
        (parts.get(first, single)).append(_command(command))
    sections = [f"## {name}\n\n{groups[name]}\n\n" + "\n\n".join(inside) for name, inside in parts.items() if inside]
    return "\n\n".join([*sections, "## Sign-in, help and others\n\n" + "\n\n".join(single)])


def _columns() -> str:
    rows = (
        (f"`{command.words}`", ", ".join(f"`{column_name(heading)}`" for heading in command.header))
        for command in COMMANDS
        if command.header
    )
    return _table("Command|Columns", rows)


PAGES: Mapping[str, Mapping[str, Callable[[], str]]] = {
    "keys.md": {"keys": key_section},
    "commands.md": {
        "exit codes": lambda: _words(EXIT_CODES, "Exit code|Meaning"),
        "times": lambda: _words(TIMES, "Typed|Read as"),
        "filters": lambda: _words(FILTERS, "Typed|Shows"),
        "commands": _commands,
    },
    "output.md": {"columns": _columns},
    "configuration.md": {
        "top": lambda: _keys_of_file(TOP_KEYS),
        "profile": lambda: _keys_of_file(PROFILE_KEYS),
        "limits": _limits,
        "variables": lambda: _variables(VARIABLES),
        "others": lambda: _variables(OTHER_VARIABLES),
        "options": _options,
    },
}
"""The parts of each page that are made of the program, by what their place is called."""


def filled_in(page: str, text: str) -> str:
    """The text of a page with its parts as they are now.

    Raises:
        ValueError: It has no place for one of them.
    """
    for name, made in PAGES[page].items():
        begin, end = f"<!-- {name}: written by screenshots/reference.py -->\n", f"\n<!-- /{name} -->"
        before, found, rest = text.partition(begin)
        _old, ended, after = rest.partition(end)
        if not found or not ended:
            raise ValueError(f"docs/{page} has no place for this part: {begin.strip()} ... {end.strip()}")
        text = f"{before}{begin}\n{made()}\n{end}{after}"
    return text


if __name__ == "__main__":
    for page in PAGES:
        file = DOCS / page
        file.write_text(filled_in(page, file.read_text(encoding="utf-8")), encoding="utf-8")
