"""A person's sign-in kept in a file: by explicit choice, for its owner only, written whole or not at all.

What goes wrong with it never ends a sign-in: the file is put aside, or left alone, and the sign-in is kept in memory.
"""

import contextlib
import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from backup_tui.operating_system import OWN_FILE, is_ours, make_private, open_to_others
from backup_tui.private_files import LockHeld, locked, replace_private
from backup_tui.signin.cache.encryption import CacheCipher, NoKey, Unsealable
from backup_tui.signin.error_catalogue import local_error

PATIENCE = 2.0  # seconds to wait for another instance that is looking into the file

_MOST = 4 * 1024 * 1024
_READ = os.O_RDONLY | OWN_FILE

_Seen = tuple[int, int, int]

T = TypeVar("T")


class _MemoryOnly(Exception):
    """From now on nothing is kept in the file; the words say why."""


class FileTokenStore:
    """The file of one sign-in; another instance that is using it is waited for, `patience` seconds."""

    def __init__(self, folder: Path, name: str, cipher: CacheCipher, *, patience: float = PATIENCE) -> None:
        self._folder = folder
        self._path = folder / name
        self._lock = folder / f"{name}.lock"
        self._cipher = cipher
        self._patience = patience
        self._seen: _Seen | None = None
        self._off = False
        self._notices: list[str] = []
        if cipher.by == "none":
            self._tell(
                f"The kept sign-in is not encrypted: whoever can read {self._path} can use it. Set a key "
                "(token_cache_key_file, BACKUP_TUI_CACHE_PASSPHRASE)."
            )

    @property
    def notices(self) -> tuple[str, ...]:
        return tuple(self._notices)

    def load(self) -> str | None:
        """What is in the file, when it is not what was loaded or saved last; `None` for nothing new."""
        return self._guarded(self._loaded, None)

    def save(self, text: str, *, replacing: bool = False) -> None:
        """Writes the file; after a renewal only where it still is what was loaded or saved last."""
        self._guarded(lambda: self._saved(text, replacing), None)

    def spoiled(self) -> None:
        """What was loaded is not a sign-in: the file is set aside."""
        self._guarded(lambda: self._put_aside("is damaged"), None)

    def remove(self) -> bool:
        """Removes the file, what was put aside of it, and what a killed process left half written."""
        removed, reason = False, ""
        try:
            if not self._all():
                return False
            self._check_folder()
            with locked(self._lock, self._patience):
                for path in self._all():
                    path.unlink()
                    removed = True
            self._seen = None
        except LockHeld:
            reason = "another instance is using it"
        except _MemoryOnly as told:
            reason = str(told)
        except OSError as error:
            reason = _words(error)
        if reason:
            raise local_error("kept_file", path=self._path, reason=reason)
        return removed

    def _all(self) -> list[Path]:
        """The file and what belongs to it, as far as it is there."""
        beside = (*self._folder.glob(f"{self._path.name}.aside-*"), *self._folder.glob(f"{self._path.name}.*.new"))
        return [path for path in (self._path, *beside) if os.path.lexists(path)]

    def _tell(self, notice: str) -> None:
        if notice not in self._notices:
            self._notices.append(notice)

    def _guarded(self, work: Callable[[], T], otherwise: T) -> T:
        """Does something while holding the lock; what goes wrong ends the keeping, and nothing else."""
        if self._off:
            return otherwise
        try:
            self._ready_folder()
            with locked(self._lock, self._patience):
                return work()
        except LockHeld:
            reason = "Another instance is using the kept sign-in"
        except _MemoryOnly as told:
            reason = str(told)
        except OSError as error:
            reason = f"The kept sign-in {self._path} cannot be used ({_words(error)})"
        self._off = True
        self._tell(f"{reason}; this sign-in is kept in memory only.")
        return otherwise

    def _ready_folder(self) -> None:
        for folder in (self._folder.parent, self._folder):  # The mode is for the last one that is made alone.
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._check_folder():
            self._folder.chmod(0o700)
            self._tell(f"The folder {self._folder} was readable by other users; it is private now.")

    def _check_folder(self) -> int:
        """What others may do with the folder, which must be one, and ours."""
        found = self._folder.lstat()
        if not stat.S_ISDIR(found.st_mode):
            raise _MemoryOnly(f"{self._folder} is a link or a file")
        if not is_ours(found):
            raise _MemoryOnly(f"The folder {self._folder} belongs to another user")
        return open_to_others(found)

    # -- all of the following holds the lock ------------------------------------------------------------------

    def _loaded(self) -> str | None:
        try:
            descriptor = os.open(self._path, _READ)
        except FileNotFoundError:
            gone, self._seen = self._seen is not None, None
            return "{}" if gone else None
        with os.fdopen(descriptor, "rb") as file:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                raise _MemoryOnly(f"{self._path} is not a file")
            seen = (found.st_ino, found.st_mtime_ns, found.st_size)
            if seen == self._seen:
                return None
            ours = is_ours(found)
            if ours and open_to_others(found):
                make_private(descriptor)
                self._tell(
                    f"{self._path} was readable by other users; it is private now. Sign out and in again to be safe."
                )
            data = file.read(_MOST + 1) if ours else b""
        if not ours:
            return self._put_aside("belongs to another user")
        return self._opened(data, seen)

    def _opened(self, data: bytes, seen: _Seen) -> str | None:
        encrypted, text = False, ""
        try:
            text, encrypted = self._cipher.open(data) if len(data) <= _MOST else ("", False)
        except NoKey:
            raise _MemoryOnly(f"The kept sign-in {self._path} is encrypted, and no key was given") from None
        except Unsealable:
            text = ""
        if not text:
            return self._put_aside("is damaged, from another version, or written with another key")
        self._seen = seen
        if not encrypted and self._cipher.by != "none":
            self._write(text)  # A key was given since: nothing stays in clear.
        return text

    def _saved(self, text: str, replacing: bool) -> None:
        # Otherwise another instance signed out, or somebody else in, since it was loaded: that is loaded the next time.
        if replacing or self._there() == self._seen:
            self._write(text)

    def _there(self) -> _Seen | None:
        try:
            found = self._path.lstat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _write(self, text: str) -> None:
        replace_private(self._path, self._cipher.close(text))
        self._seen = self._there()

    def _put_aside(self, why: str) -> str:
        """Renames the file, which stays for whoever wants to look at it; nothing is kept any longer."""
        number = 1
        while os.path.lexists(aside := self._folder / f"{self._path.name}.aside-{number}"):
            number += 1
        os.rename(self._path, aside)
        with contextlib.suppress(OSError):
            descriptor = os.open(aside, _READ)  # Somebody else's file may refuse it; it is in our folder then.
            make_private(descriptor)
            os.close(descriptor)
        self._seen = None
        self._tell(f"The kept sign-in {why}. It was moved to {aside}; sign in again.")
        return "{}"


def _words(error: OSError) -> str:
    if error.errno == errno.ELOOP:
        return "it is a link"
    return (error.strerror or type(error).__name__).lower()
