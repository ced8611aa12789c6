"""Every screen with its commands: whether the keys that a person chose are free on each, and a list of all keys.

Imports the modules of all screens, so only a start with keys of one's own comes here, and what lists them.
"""

import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol

from msgspec import Struct

import backup_tui.ui as package
from backup_tui.config import Settings
from backup_tui.config.file import read_config
from backup_tui.config.nearest import did_you_mean
from backup_tui.errors import ConfigError
from backup_tui.ui.frame.commands import LIST_COMMANDS, NO_KEYS, Command, Keys, key_name, with_own_keys
from backup_tui.ui.frame.screen import BaseScreen
from backup_tui.ui.routes import TOPS

_OF_ONE_SYSTEM = "backup_tui.ui.terminal"  # needs POSIX terminals, and has no screen


def every_screen() -> tuple[type[BaseScreen], ...]:
    """The classes of all screens that have commands of their own, the screens 1 to 5 first."""
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.startswith(_OF_ONE_SYSTEM):
            import_module(module.name)
    tops = [name.partition(":")[2] for name in TOPS.values()]
    screens = [screen for screen in dict.fromkeys(_below(BaseScreen)) if screen.OWN_COMMANDS]
    rank = {name: place for place, name in enumerate(tops)}
    return tuple(sorted(screens, key=lambda screen: (rank.get(screen.__name__, len(rank)), screen.__name__)))


def _below(screen: type[BaseScreen]) -> Iterator[type[BaseScreen]]:
    for one in screen.__subclasses__():
        if one.__module__.startswith(f"{package.__name__}."):
            yield one
            yield from _below(one)


def screen_name(screen: type[BaseScreen]) -> str:
    """What a screen is called for a person: `Session detail`, `Units`."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", screen.__name__).removesuffix(" Screen")
    return words[:1] + words[1:].lower()


_SHOWN = 2  # screens that a line of the list names


class Clash(Struct, frozen=True):
    """Two commands with one key on one screen; `first` is the one that `[keys]` names, where only one is."""

    key: str
    first: str
    second: str
    screen: str


def clashes(commands: Sequence[Command[Any, Any]], keys: Keys, screen: str = "") -> Iterator[Clash]:
    """The keys that two of these commands have, with the keys that a person chose; as delivered, two with the same key
    are never offered together."""
    taken: dict[str, list[Command[Any, Any]]] = {}
    for command in sorted(commands, key=lambda command: command.id in keys):
        for key in with_own_keys(command, keys).keys:
            together = (one for one in taken.get(key, ()) if not set(one.keys) & set(command.keys))
            if (other := next(together, None)) is not None:
                yield Clash(key, command.id, other.id, screen)
            taken.setdefault(key, []).append(command)


def check_keys(settings: Settings) -> None:
    """Checks the keys that a person chose against the commands of every screen. Raises `ConfigError`: a command is
    unknown, or two of a screen have the same key; says which, and the line."""
    screens, keys = every_screen(), settings.keys
    known = {command.id for screen in screens for command in _commands(screen)}
    for command in keys:
        if command not in known:
            hint = did_you_mean(command, sorted(known), "Every command: backup-tui config keys")
            raise _wrong(settings, command, "there is no such command", hint)
    for screen in screens:
        for clash in clashes(_commands(screen), keys, screen_name(screen)):
            why = f"{key_name(clash.key)} is also the key of {clash.second} on the screen {clash.screen}"
            raise _wrong(settings, clash.first, why, f"Choose another key, or give {clash.second} one of its own.")


def _wrong(settings: Settings, command: str, why: str, hint: str) -> ConfigError:
    assert settings.config_path is not None  # what has keys was read from a file
    error = read_config(settings.config_path).wrong("", f"keys.{command}", why, hint)
    error.certainty = "Nothing was started."
    return error


def _commands(screen: type[BaseScreen]) -> tuple[Command[Any, Any], ...]:
    """What has keys on a screen as delivered: its commands, those it offers at times, the shared ones, lists' own."""
    own = (*screen.command_set(tuple(TOPS)).commands, *screen.LATER_COMMANDS)
    ids = {command.id for command in own}
    taken = {key for command in own for key in command.keys}
    return (*own, *(one for one in LIST_COMMANDS if one.id not in ids and taken.isdisjoint(one.keys)))


class Row(Struct, frozen=True):
    """A command as a list of all keys shows it; it is on most screens where `screens` is empty."""

    id: str
    keys: tuple[str, ...]
    help: str
    screens: tuple[str, ...]


def key_rows(keys: Keys = NO_KEYS) -> list[Row]:
    """Every command, by id; where it has other keys or does something else on another screen, in a row for each."""
    places: dict[tuple[str, tuple[str, ...], str], list[str]] = {}
    screens = every_screen()
    for screen in screens:
        for command in _commands(screen):
            place = command.id, with_own_keys(command, keys).keys, command.help
            places.setdefault(place, []).append(screen_name(screen))
    return [
        Row(name, tuple(map(key_name, own)), help, tuple(on) if len(on) < len(screens) // 2 else ())
        for (name, own, help), on in sorted(places.items())
    ]


class _Prints(Protocol):
    """What a list is printed with; `headless.output.Output` does."""

    def listing(self, rows: Sequence[Sequence[str]], objects: Callable[[], Sequence[object]]) -> None: ...


async def list_keys(load: Callable[[], Settings], args: object, out: _Prints) -> int:
    """`backup-tui config keys`: every command of the screens with its keys, and where it has them."""
    settings = load()
    check_keys(settings)
    rows = key_rows(settings.keys)
    out.listing(
        [(row.id, " ".join(row.keys), _where(row), row.help) for row in rows],
        lambda: [_object(row) for row in rows],
    )
    return 0


def _where(row: Row) -> str:
    shown, more = row.screens[:_SHOWN], len(row.screens) - _SHOWN
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "") or "everywhere"


def _object(row: Row) -> Mapping[str, object]:
    return {"command": row.id, "keys": list(row.keys), "screens": list(row.screens), "help": row.help}
