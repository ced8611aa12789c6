"""Which of the kept forms this instance is filling in, so that two instances never make the same draft of one form.

A claim is a lock of the kernel, as the write lock is: it ends with the process, and no stale file can hold a form back.
"""

import logging
from collections import Counter

from backup_tui.errors import LocalError
from backup_tui.journal.write_lock import Holder, StandingLock, WriteLock

_LOG = logging.getLogger(__name__)


class FormClaims:
    """The forms of one instance. Several screens of it may fill in the same form. `lock`: the write lock of the tenant;
    the locks of the forms lie beside it."""

    def __init__(self, lock: WriteLock) -> None:
        self._beside = lock
        self._locks: dict[str, StandingLock] = {}
        self._users: Counter[str] = Counter()

    def claim(self, place: str) -> Holder | None:
        """Claims the form in a place. Returns who has it instead; `None` when it is claimed here, or when locks cannot
        be used in this folder."""
        if not self._users[place]:
            lock = StandingLock(self._beside.folder, f"{self._beside.tenant_key} form {place}")
            try:
                holder = lock.take("filling in a form")
            except LocalError as error:
                _LOG.warning("A form is kept without a lock: %s", error.message)
                return None
            if holder is not None:
                return holder
            self._locks[place] = lock
        self._users[place] += 1
        return None

    def release(self, place: str) -> None:
        """Gives a claim back; the last one of a place frees it for other instances."""
        if not self._users[place]:
            return
        self._users[place] -= 1
        if not self._users[place]:
            self._locks.pop(place).give_back()
