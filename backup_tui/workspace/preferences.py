"""What a person chose on the screens and finds again at the next start: a small file of names and words.

It is 0600, in the state folder, and says nothing about a tenant. A file that is damaged or not private is as good as
none. In a demo, which has no state folder, nothing is kept.
"""

import json
import logging
from pathlib import Path

from backup_tui.private_files import check_owner, make_private_directory, read_private, replace_private

_FILE = "preferences.json"
_MOST_BYTES = 65_536

_LOG = logging.getLogger(__name__)


class Preferences:
    """What was chosen, by name. `folder`: the state folder; None where nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def read(self, name: str) -> str:
        """What was chosen; empty where nothing was."""
        return self._all().get(name, "")

    def keep(self, name: str, value: str) -> bool:
        """Keeps a choice; False where that is not possible."""
        if self._folder is None:
            return False
        try:
            make_private_directory(self._folder)
            check_owner(self._folder)
            replace_private(self._folder / _FILE, json.dumps({**self._all(), name: value}).encode())
        except OSError as error:
            _LOG.warning("a preference could not be kept: %s", type(error).__name__)
            return False
        return True

    def _all(self) -> dict[str, str]:
        if self._folder is None:
            return {}
        try:
            kept = json.loads(read_private(self._folder / _FILE, _MOST_BYTES))
            return {str(name): str(value) for name, value in kept.items()}
        except (OSError, ValueError, AttributeError, RecursionError):
            return {}
