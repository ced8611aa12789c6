"""Secrets from where they may stand: a variable, a file that is private, a descriptor. Never an argument or TOML."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from backup_tui.config.token import Secret
from backup_tui.errors import ConfigError, UsageError

MOST = 64 * 1024
"""Bytes of the longest secret that is read; more is a wrong file."""


def secret_of_variable(env: Mapping[str, str], name: str) -> Secret | None:
    """A secret that a variable holds, without a line end that was copied along."""
    value = env.get(name, "").strip("\r\n")
    return Secret(value) if value else None


def secret_of_file(path: Path, place: str) -> Secret:
    """A secret that a file holds, without the line end at its end.

    Args:
        path: The file.
        place: Where it is named, for the error; its name itself is not shown, as it may be the secret by mistake.

    Raises:
        ConfigError: It cannot be read, is empty, is no text, or others may read or change it.
    """
    descriptor = _open(path, place)
    with os.fdopen(descriptor, "rb") as file:
        refuse_open_to_others(os.fstat(descriptor), place)
        data = file.read(MOST + 1)
    return _secret(data, place)


def secret_of_descriptor(number: int) -> Secret:
    """A secret that is read from a descriptor to its end; the descriptor is closed afterwards.

    Raises:
        UsageError: Nothing can be read from it.
    """
    flag = f"--secret-fd {number}"
    if number in (1, 2):
        raise UsageError(
            f"{flag}: what this program prints goes there, so no secret is read from it.",
            field="--secret-fd",
            value=str(number),
            certainty="Nothing was sent.",
            hint="Open another one in the shell: backup-tui --secret-fd 3 ... 3< FILE",
        )
    try:
        with os.fdopen(number, "rb") as file:
            data = file.read(MOST + 1)
    except OSError as error:
        raise UsageError(
            f"{flag}: nothing can be read from this descriptor ({error.strerror}).",
            field="--secret-fd",
            value=str(number),
            certainty="Nothing was sent.",
            hint="Open it in the shell: backup-tui --secret-fd 3 ... 3< FILE",
        ) from error
    return _secret(data, flag)


def check_private_file(path: Path, place: str) -> None:
    """Makes sure that a file with a key can be read, and by nobody else; it is not read here.

    Raises:
        ConfigError: It cannot be read, or others may read or change it.
    """
    descriptor = _open(path, place)
    try:
        refuse_open_to_others(os.fstat(descriptor), place)
    finally:
        os.close(descriptor)


def refuse_open_to_others(found: os.stat_result, place: str) -> None:
    """Refuses a file that another user of this machine may read or change; its own group may read it.

    Raises:
        ConfigError: It is open to others, or belongs to somebody who is neither this user nor root.
    """
    mode = stat.S_IMODE(found.st_mode)
    if not stat.S_ISREG(found.st_mode):
        return  # a pipe that the shell made for this process: its mode says nothing
    if mode & 0o027:
        raise ConfigError(
            f"{place}: other users of this machine may read or change the file that it names (mode {mode:04o}).",
            field=place,
            certainty="Its content was not used.",
            hint="Make it private with chmod 600, and replace the secret if others may have read it.",
        )
    if found.st_uid not in (os.geteuid(), 0):
        raise ConfigError(
            f"{place}: the file that it names belongs to another user of this machine.",
            field=place,
            certainty="Its content was not used.",
            hint="Take a file of your own.",
        )


def _open(path: Path, place: str) -> int:
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        raise ConfigError(
            f"{place}: the file that it names cannot be read ({reason}).",
            field=place,
            certainty="Nothing was sent.",
            hint="Correct the path, or make the file readable for you.",
        ) from None  # the cause holds the path, which may be the secret itself by mistake


def _secret(data: bytes, place: str) -> Secret:
    def refused(why: str) -> ConfigError:
        return ConfigError(
            f"{place}: {why}.", field=place, certainty="Nothing was sent.", hint="Give the secret alone, as one line."
        )

    if len(data) > MOST:
        raise refused("this is far too long for a secret")
    try:
        text = data.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        text = "\n"
    if not text:
        raise refused("there is no secret in it")
    if "\n" in text or "\x00" in text:
        raise refused("this is no text of one line")
    return Secret(text)
