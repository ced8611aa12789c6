"""What reads the command line: `argparse`, with mistakes told in our words and no secret among the arguments."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from backup_tui.errors import UsageError

SECRET_OPTIONS = frozenset(
    "--" + word
    for word in (
        "token", "access-token", "secret", "client-secret", "password", "certificate-password", "passphrase", "bearer",
        "cache-passphrase", "refresh-token",
    )
)  # fmt: skip
"""What somebody may try who wants to give a secret as an argument."""

_LIKE_A_SECRET = re.compile(r"--?[\w-]*(?:secret|token|passw|passphrase|bearer)", re.IGNORECASE)
"""The same, spelled in another way."""


class Gather(argparse.Action):
    """Collects every use of a repeatable option, whether it stands before or after the command."""

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


class Parser(argparse.ArgumentParser):
    """A parser that raises what is wrong instead of leaving the program, and names the nearest right word.

    Attributes:
        commands: The words that may follow, empty on a command that takes no further one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        kwargs.setdefault("formatter_class", argparse.RawDescriptionHelpFormatter)
        super().__init__(*args, **kwargs)
        self.commands: dict[str, Parser] = {}
        self._words: tuple[str, ...] = ()
        self._given: tuple[str, ...] = ()

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parses the arguments.

        Raises:
            UsageError: They cannot be used, or one of them would give a secret.
        """
        self._words = tuple(args or ())
        for word in self._words:
            # Before anything is parsed: the secret behind the option would be taken for a command, and shown.
            option = word.partition("=")[0]
            if option in SECRET_OPTIONS or (_LIKE_A_SECRET.match(option) and option not in self._options()):
                raise _secret_refused(option)
        return super().parse_args(args, namespace)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does; keeps what this command was given, because a misspelt option hides behind what it lacks."""
        self._given = tuple(args or ())
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: Any = None) -> None:
        """Prints a help text or the version; argparse itself is silent about a stream that takes nothing.

        Raises:
            OutputLost: stdout cannot be written.
            BrokenPipeError: Whoever read it has left.
        """
        from backup_tui.headless.output import Output

        Output(sys.stdout, sys.stderr).text(message)

    def error(self, message: str) -> NoReturn:
        """Turns argparse's sentence into ours.

        Raises:
            UsageError: Always.
        """
        choice = re.search(r"invalid choice: (['\"])(.*?)\1 \(choose from (.*)\)", message)
        if choice is not None:
            value = choice.group(2)
            known = [word.strip(" '\"") for word in choice.group(3).split(",")]
            if value in self.commands or set(known) == set(self.commands):
                raise self._unknown("command", value, known)
            option = message.removeprefix("argument ").partition(":")[0]
            raise self._unknown(f"value for {option}", value, known, field=option)
        stray = message.removeprefix("unrecognized arguments: ")
        if stray != message:
            # Without what stands behind "=": it may be the very thing that must not be shown.
            option = stray.split()[0].partition("=")[0]
            raise self._stray(option)
        if "arguments are required: " in message:
            options = (word.partition("=")[0] for word in self._given if word.startswith("--") and word != "--")
            misspelt = next((option for option in options if option not in self._own()), None)
            if misspelt is not None:
                raise self._unknown("argument", misspelt, sorted(self._own()))
        if message.endswith("required: COMMAND"):
            raise UsageError(f"{self.prog} needs one more word.", hint="One of: " + ", ".join(self.commands))
        raise UsageError(sentence(message.removeprefix("argument ")), hint=f"See: {self.prog} --help")

    def _stray(self, option: str) -> UsageError:
        """What to say of an argument that the command does not take: the nearest of its own, or whose it is."""
        command = self._chosen
        if not option.startswith("-"):
            what = f"{command.prog} takes no {option!r} here."
            return UsageError(what, field=option, value=option, hint=f"See: {command.prog} --help")
        if option in command._own():
            what = f"{option} belongs behind {command.prog}, and there only once."
            return UsageError(what, field=option, value=option, hint=f"See: {command.prog} --help")
        owners = sorted(one.prog for one in self._leaves() if option in one._own())
        if owners:
            shown = ", ".join(owners[:3])
            return UsageError(
                f"{command.prog} has no {option}.",
                field=option,
                value=option,
                hint=f"{option} belongs to: {shown}. See: {command.prog} --help",
            )
        return command._unknown("argument", option, sorted(command._own()))

    @property
    def _chosen(self) -> Parser:
        """The command that the words name, as far as they name one."""
        parser = self
        for word in self._words:
            parser = parser.commands.get(word, parser)
        return parser

    def _leaves(self) -> list[Parser]:
        return [leaf for command in self.commands.values() for leaf in command._leaves()] if self.commands else [self]

    def _own(self) -> set[str]:
        """The options of this command itself."""
        return {option for action in self._actions for option in action.option_strings if option.startswith("--")}

    def _options(self) -> set[str]:
        own = set(re.findall(r"--[a-z][a-z-]*", self.format_usage()))
        return own.union(*(command._options() for command in self.commands.values()))

    def _unknown(self, what: str, value: str, known: Sequence[str], *, field: str = "") -> UsageError:
        from difflib import get_close_matches

        near = get_close_matches(value.lower(), known, n=1, cutoff=0.5)
        if near:
            hint = f"Nearest: {near[0]}"
        elif what == "argument":
            hint = f"See: {self.prog} --help"
        else:
            hint = "Known: " + ", ".join(known)
        return UsageError(f"There is no {what} {value!r}.", field=field, value=value, hint=hint)


def _secret_refused(option: str) -> UsageError:
    return UsageError(
        f"There is no {option}: a secret is never taken from an argument, where others on this machine can read it.",
        field=option,
        certainty="Nothing was started.",
        hint="Give a token in BACKUP_TUI_ACCESS_TOKEN; a client secret in BACKUP_TUI_CLIENT_SECRET, in a file "
        "(secret_file) or through a descriptor (--secret-fd 3 3< FILE).",
    )


def sentence(message: str) -> str:
    """`message` as a sentence of its own."""
    text = message[:1].upper() + message[1:]
    return text if text.endswith(".") else text + "."


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
    """Type of an option that takes a descriptor; what is no number is not shown: it may be the secret itself."""
    if text.isascii() and text.isdigit() and len(text) <= 6:
        return int(text)
    raise argparse.ArgumentTypeError("this is not the number of an open descriptor, such as 3")


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
