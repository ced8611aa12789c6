"""Secrets from where they may be: a variable, a file that is private, a descriptor. Never an argument or TOML."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from backup_tui.config.origins import refused
from backup_tui.config.token import Secret
from backup_tui.errors import ConfigError, UsageError
from backup_tui.operating_system import PLAIN_FILE, is_ours, open_to_others

MOST = 64 * 1024  # bytes of the longest secret that is read; more is a wrong file


def secret_of_variable(env: Mapping[str, str], name: str) -> Secret | None:
    """A secret that a variable holds, without a line end that was copied along."""
    value = env.get(name, "").strip("\r\n")
    return Secret(value) if value else None


def secret_of_file(path: Path, place: str) -> Secret:
    """A secret that a file holds, without the line end at its end. `place`: where it is named, for the error; its name
    itself is not shown, as it may be the secret by mistake. Raises `ConfigError`: it cannot be read, is empty, is not
    text, or other users can read or change it."""
    descriptor = _open(path, place)
    with os.fdopen(descriptor, "rb") as file:
        refuse_open_to_others(os.fstat(descriptor), place)
        data = file.read(MOST + 1)
    return _secret(data, place)


def secret_of_descriptor(number: int) -> Secret:
    """A secret that is read from a descriptor to its end, which is closed then. Raises UsageError if it cannot be."""
    flag = f"--secret-fd {number}"
    problem, hint = "", "Open it in the shell: backup-tui --secret-fd 3 ... 3< FILE"
    if number in (1, 2):
        problem = "this program prints there, so no secret is read from it"
        hint = "Open another one in the shell: backup-tui --secret-fd 3 ... 3< FILE"
    else:
        try:
            with os.fdopen(number, "rb") as file:
                data = file.read(MOST + 1)
        except OSError as error:
            problem = f"nothing can be read from this descriptor ({error.strerror})"
    if problem:
        text, certainty = f"{flag}: {problem}.", "Nothing was sent."
        raise UsageError(text, field="--secret-fd", value=str(number), certainty=certainty, hint=hint)
    return _secret(data, flag)


def check_private_file(path: Path, place: str) -> None:
    """Raises ConfigError for a file with a key that cannot be read, or that others may read or change."""
    descriptor = _open(path, place)
    try:
        refuse_open_to_others(os.fstat(descriptor), place)
    finally:
        os.close(descriptor)


def refuse_open_to_others(found: os.stat_result, place: str) -> None:
    """Raises ConfigError for a file that is open to others (its own group may read it), or somebody else's."""
    if not stat.S_ISREG(found.st_mode):
        return  # a pipe that the shell made for this process: its mode does not matter
    if open_to_others(found, 0o027):
        raise refused(
            place,
            f"other users of this machine can read or change the file (mode {stat.S_IMODE(found.st_mode):04o})",
            "Make it private with chmod 600, and replace the secret if others may have read it.",
            certainty="Its content was not used.",
        )
    if not is_ours(found, or_systems=True):
        what = "the file belongs to another user of this machine"
        raise refused(place, what, "Use a file of your own.", certainty="Its content was not used.")


def _open(path: Path, place: str) -> int:
    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder")
        return os.open(path, os.O_RDONLY | PLAIN_FILE)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no path"
        what = f"the file cannot be read ({reason})"
        # Not chained: the cause holds the path, which may be the secret itself by mistake.
        raise refused(place, what, "Correct the path, or make the file readable by you.") from None


def _secret(data: bytes, place: str) -> Secret:
    def wrong(why: str) -> ConfigError:
        return refused(place, why, "Put only the secret there, as one line.")

    if len(data) > MOST:
        raise wrong("it is too long for a secret")
    try:
        text = data.decode("utf-8-sig").strip("\r\n")
    except UnicodeDecodeError:
        text = "\n"
    if not text:
        raise wrong("it is empty")
    if "\n" in text or "\x00" in text:
        raise wrong("it is not one line of text")
    return Secret(text)
