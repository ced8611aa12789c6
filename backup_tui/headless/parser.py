"""The parser of the command line: `argparse`, with our own help texts and errors, and no secret in an argument."""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from functools import partial
from shutil import get_terminal_size
from typing import Any, NoReturn

from backup_tui.errors import UsageError
from backup_tui.headless.streams import OutputLost, put

SECRET_OPTIONS = frozenset(
    "--" + word
    for word in (
        "token", "access-token", "secret", "client-secret", "password", "certificate-password", "passphrase", "bearer",
        "cache-passphrase", "refresh-token",
    )
)  # fmt: skip
"""Options that a person may try for a secret."""

_ONLY_LOOK = frozenset(("list", "show", "status", "check", "review", "preview", "history", "whoami", "path", "keys"))
"""Commands that change nothing: meant before others that a slip is as near to."""

_LIKE_A_SECRET = re.compile(r"--?[\w-]*(?:secret|token|passw|passphrase|bearer)", re.IGNORECASE)
"""The same in other spellings."""


class Gather(argparse.Action):
    """Collects every use of a repeatable option, before and after the command."""

    def __init__(self, option_strings: Sequence[str], dest: str, *, found: list[str], **kwargs: Any) -> None:
        super().__init__(option_strings, dest, **kwargs)
        self._found = found

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        self._found.append(str(values))
        setattr(namespace, self.dest, tuple(self._found))


class ChooseScene(argparse.Action):
    """`--demo` with the scene that it may name."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | None,
        option_string: str | None = None,
    ) -> None:
        namespace.demo = True
        namespace.scene = str(values or "")


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong instead of ending the program, and suggests the closest valid name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        # argparse makes one for each option, to check it, and asks the terminal for its width each time. None of its
        # texts is ever printed: 20 ms of the 30 that the parsers of all commands took.
        kwargs.setdefault("formatter_class", partial(argparse.HelpFormatter, width=80))
        super().__init__(*args, **kwargs)
        self.commands: dict[str, Parser] = {}  # the words that may follow; empty on a command that takes no further one
        self.tell: Callable[[int], str] = lambda width: ""  # makes the help text for a width in columns
        self._words: tuple[str, ...] = ()
        self._given: tuple[str, ...] = ()

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses the arguments. Raises `UsageError`: they cannot be used, or one of them would give a secret."""
        self._words = tuple(args or ())
        for word in self._words:
            # Before anything is parsed: the secret after the option would be read as a command, and shown.
            option = word.partition("=")[0]
            if option in SECRET_OPTIONS or (_LIKE_A_SECRET.match(option) and option not in self._options()):
                raise _secret_refused(option)
        return super().parse_args(args, namespace)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; keeps the words, to find a misspelled option if a required one is missing."""
        self._given = tuple(args or ())
        return super().parse_known_args(args, namespace)

    def format_help(self) -> str:
        return self.tell(get_terminal_size().columns)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Prints a help text or the version; argparse itself ignores a stream that cannot be written. Raises
        `OutputLost`: stdout cannot be written; `BrokenPipeError`: the reader has closed it."""
        if (error := put(sys.stdout, message)) is not None:
            raise error if isinstance(error, BrokenPipeError) else OutputLost(error)

    def error(self, message: str) -> NoReturn:
        """Raises argparse's error in our own words. Raises `UsageError`: always."""
        # Python 3.15 says here what it thinks was meant; this program says that itself.
        choice = re.search(r"invalid choice: (['\"])(.*?)\1(?:, maybe you meant .*\?)? \(choose from (.*)\)", message)
        if choice is not None:
            value = choice.group(2)
            known = [word.strip(" '\"") for word in choice.group(3).split(",")]
            if value in self.commands or set(known) == set(self.commands):
                raise self._unknown("command", value, known)
            option = message.removeprefix("argument ").partition(":")[0]
            raise self._unknown(f"value of {option}", value, known, field=option)
        stray = message.removeprefix("unrecognized arguments: ")
        if stray != message:
            # Without what follows "=": it may be a secret.
            option = stray.split()[0].partition("=")[0]
            raise self._stray(option)
        if "arguments are required: " in message or message.endswith(" is required"):
            options = (word.partition("=")[0] for word in self._given if word.startswith("--") and word != "--")
            misspelled = next((option for option in options if option not in self._own()), None)
            if misspelled is not None:
                raise self._unknown("option", misspelled, sorted(self._own()))
        if message.endswith("required: COMMAND"):
            raise _refused(f"{self.prog} needs a command.", f"One of: {', '.join(self.commands)}. {self._see}")
        raise _refused(sentence(message.removeprefix("argument ")), self._see)

    def _stray(self, option: str) -> UsageError:
        """The error for an argument that the command does not take: the closest of its own, or where it belongs."""
        command = self._chosen
        if not option.startswith("-"):
            return _refused(f"{command.prog} does not take {option!r}.", command._see, option)
        if option in command._own():
            return _refused(f"{option} goes after {command.prog}, once.", command._see, option)
        owners = sorted(leaf.prog for leaf in self._leaves() if option in leaf._own())
        if owners:
            what = f"{command.prog} does not take {option}."
            return _refused(what, f"{option} belongs to: {', '.join(owners[:3])}. {command._see}", option)
        return command._unknown("option", option, sorted(command._own()))

    @property
    def _see(self) -> str:
        return f"See: {self.prog} --help"

    @property
    def _chosen(self) -> "Parser":
        """The command that the words name, as far as they name one."""
        parser = self
        for word in self._words:
            parser = parser.commands.get(word, parser)
        return parser

    def _leaves(self) -> "list[Parser]":
        return [leaf for command in self.commands.values() for leaf in command._leaves()] if self.commands else [self]

    def _own(self) -> set[str]:
        """The options of this command itself."""
        return {option for action in self._actions for option in action.option_strings if option.startswith("--")}

    def _options(self) -> set[str]:
        return self._own().union(*(command._options() for command in self.commands.values()))

    def _unknown(self, what: str, value: str, known: Sequence[str], *, field: str = "") -> UsageError:
        from backup_tui.config.nearest import slip_of

        # A hint must not lead from another word, such as review, to what does more, such as remove.
        near = slip_of(value, known, _ONLY_LOOK)
        hint = self._see if what == "option" else "Known: " + ", ".join(known)
        if near:
            hint = f"Did you mean {near}?"
        return _refused(f"Unknown {what} {value!r}.", hint, value, field=field)


def _refused(message: str, hint: str, value: str = "", *, field: str = "") -> UsageError:
    return UsageError.unsent(message, field or value, value, hint)


def _secret_refused(option: str) -> UsageError:
    return UsageError.unsent(
        f"{option} is not an option: other users of this machine can read a secret in an argument.",
        option,
        hint=(
            "Set BACKUP_TUI_ACCESS_TOKEN for a token; for a client secret set BACKUP_TUI_CLIENT_SECRET, name a file "
            "(secret_file), or pass a descriptor (--secret-fd 3 3< FILE)."
        ),
    )


def sentence(clause: str) -> str:
    """`clause` as a sentence of its own."""
    text = clause[:1].upper() + clause[1:]
    return text if text.endswith(".") else text + "."


def filled(text: str) -> str:
    """Type of an argument that takes a text: `--since "$SINCE"` without that variable must not mean any time."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the value is empty; give one, or leave it out")
    return text


def whole(least: int, most: int) -> Callable[[str], int]:
    """Type of an option that takes a whole number."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {most}")
        return value

    return read


def descriptor(text: str) -> int:
    """Type of an option that takes a file descriptor; any other text is not shown, as it may be the secret itself."""
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return int(text)
    raise argparse.ArgumentTypeError("the value is not the number of an open file descriptor, such as 3")


def number(least: float, most: float) -> Callable[[str], float]:
    """Type of an option that takes a number."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number from {least:g} to {most:g}")
        return value

    return read
