"""Reads the command line against the table of commands. Nothing heavy is imported here, so that `--help` is fast."""

import argparse
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any

from backup_tui import __version__
from backup_tui.errors import UsageError
from backup_tui.headless.command import Command
from backup_tui.headless.commands import COMMANDS, GROUPS, HELP_TOPICS
from backup_tui.headless.help_text import PROGRAM, command_help, group_help, program_help
from backup_tui.headless.options import LISTED, Option, global_options
from backup_tui.headless.parser import Parser, filled

_PACKAGE = "backup_tui.headless"
_ROOT = "backup_tui."


def join_negative(argv: Sequence[str]) -> list[str]:
    """Joins `--before -2h` to `--before=-2h`, which argparse would read as another option: none begins with a digit."""
    joined: list[str] = []
    for word in argv:
        if joined and re.fullmatch(r"--[a-z-]+", joined[-1]) and re.match(r"-\d", word):
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined


def keep_fields(argv: Sequence[str]) -> list[str]:
    """Writes `--json` as one word, so that it takes only what can be its fields: `--json id,status`, `--json=id`; and
    `--demo`, which takes no word after it: `--demo sessions list`, `--demo=quiet sessions list`. A command after
    `--sign-in` is none of its flows."""
    kept: list[str] = []
    commands = {command.words.split()[0] for command in COMMANDS}
    for place, word in enumerate(argv):
        if word == "--sign-in" and commands.intersection(argv[place + 1 : place + 2]):
            kept.append("--sign-in=")
        elif kept and kept[-1] == "--json=" and "," in word and not word.startswith("-"):
            kept[-1] += word
        else:
            kept.append(f"{word}=" if word in ("--json", "--demo") else word)
    return kept


def with_defaults(argv: Sequence[str]) -> list[str]:
    """Adds the second word of a command that is run by its first word alone: `report 61633878`."""
    defaults = {command.words.split()[0]: command.words.split()[1] for command in COMMANDS if command.default}
    valued = {option.words.split()[0] for option in global_options([]) if re.match(r"\S+ \w", option.words)}
    before = ""
    for place, word in enumerate(argv):
        if word.startswith("-") or before in valued:
            before = word
            continue
        following = argv[place + 1] if place + 1 < len(argv) else ""
        known = {command.words for command in COMMANDS}
        if word not in defaults or f"{word} {following}" in known or following.startswith(("-h", "--h")):
            break
        return [*argv[: place + 1], defaults[word], *argv[place + 1 :]]
    return list(argv)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Reads the command line with the parsers of as few commands as possible: all of them take longer than many a run.

    Args:
        argv: The words after the program's name.

    Raises:
        UsageError: They cannot be used; the closest valid word is named, whichever command has it.
        SystemExit: A help text or the version was printed.
    """
    words = with_defaults(keep_fields(join_negative(argv)))
    try:
        args = _parser_of(_within(words)).parse_args(words)
    except UsageError:
        args = build_parser().parse_args(words)  # names the closest of all words
    if getattr(args, "run", None) == "help":
        _show_help(args.topic)
    return args  # type: ignore[no-any-return]


def _within(words: Iterable[str]) -> Iterator[Command]:
    """The commands that these words can name. Where a help text is asked for, one of each group that they name too:
    without any, the text of the group would not be found, nor a wrong word refused."""
    named, groups = set(words), set[tuple[str, ...]]()
    helps = any(word.startswith(("-h", "--h")) for word in named)
    for command in COMMANDS:
        *group, name = command.words.split()
        if named.issuperset(group) and (name in named or (helps and tuple(group) not in groups)):
            groups.add(tuple(group))
            yield command


def _show_help(topic: Sequence[str]) -> None:
    if len(topic) == 1 and topic[0] in HELP_TOPICS:
        from backup_tui.headless.topics import TOPICS

        parser = _parser_of(())
        parser.tell = TOPICS[topic[0]][1]
        parser.parse_args(["--help"])
    parse([*topic, "--help"])


def build_parser() -> Parser:
    """The parser of all commands, freshly built (parsing keeps what it collected)."""
    return _parser_of(COMMANDS)


def _parser_of(commands: Iterable[Command]) -> Parser:
    trusted: list[str] = []
    options = global_options(trusted)
    root = Parser(prog=PROGRAM)
    root.tell = program_help
    root.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    _add(root, options, default=argparse.SUPPRESS)
    places: dict[str, argparse._SubParsersAction[Parser]] = {}

    def child(parent: Parser, of: str, name: str, summary: str, tell: Callable[[int], str]) -> Parser:
        if of not in places:
            places[of] = parent.add_subparsers(metavar="COMMAND", parser_class=Parser, required=parent is not root)
        parser = places[of].add_parser(name, help=summary)
        parser.tell = tell
        parent.commands[name] = parser
        _add(parser, options, default=argparse.SUPPRESS)
        return parser

    for command in commands:
        parent, (*group, name) = root, command.words.split()
        for depth, word in enumerate(group):
            of, words = " ".join(group[:depth]), " ".join(group[: depth + 1])
            parent = parent.commands.get(word) or child(parent, of, word, GROUPS[words], partial(group_help, words))
        parser = child(parent, " ".join(group), name, command.summary, partial(command_help, command))
        _add(parser, (*command.options, *(LISTED if command.header else ())))
        own = ":" in command.run and not command.run.startswith(_ROOT)
        run = f"{_PACKAGE}.{command.run}" if own else command.run
        ids = tuple((dest(option), option.id_of) for option in command.options if option.id_of)
        offline = {"run_offline": f"{_PACKAGE}.{command.offline}"} if command.offline else {}
        parser.set_defaults(
            run=run, plain=command.plain, header=command.header, **({"takes_ids": ids} if ids else {}), **offline
        )
    return root


def dest(option: Option) -> str:
    """The name of an option's value among the parsed arguments."""
    return str(option.settings.get("dest", option.words.split()[0].strip("-").lower().replace("-", "_")))


def _add(parser: Parser, options: Iterable[Option], **every: Any) -> None:
    """Adds arguments to a parser; `every` has settings for all of them."""
    groups: dict[str, argparse._MutuallyExclusiveGroup] = {}
    for option in options:
        name, _, value = option.words.partition(" ")
        settings: dict[str, Any] = {**every, **option.settings}
        optional = value.startswith("[") or settings.get("default") == ""
        if not optional and (value or not name.startswith("-")):
            settings.setdefault("type", filled)
        if not name.startswith("-"):
            settings.pop("dest", None)
            parser.add_argument(dest(option), metavar=name, **settings)
            continue
        if value:
            settings["metavar"] = value.strip("[]")
        elif "action" not in settings:
            settings["action"] = "store_true"
        if not option.either:
            parser.add_argument(name, required=option.required, **settings)
            continue
        if option.either not in groups:
            groups[option.either] = parser.add_mutually_exclusive_group(required=option.required)
        groups[option.either].add_argument(name, **settings)
