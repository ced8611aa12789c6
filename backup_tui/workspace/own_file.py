"""A small file that keeps something for one person in one tenant, at one service address, until the next start.

It is 0600, in a folder of the state folder, and nothing of a sign-in is in it. One that is damaged, another one's or
not private is as good as none.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from backup_tui.models.whoami import WhoAmI
from backup_tui.private_files import check_owner, make_private_directory, read_private, replace_private

if TYPE_CHECKING:
    from backup_tui.workspace.workspace import Workspace

F = TypeVar("F")

_MOST_BYTES = 65_536

_LOG = logging.getLogger(__name__)


class OwnFile:
    """The file of one person (or application).

    Args:
        folder: Its folder; the files of others are in it, too.
        version: Of what it holds; a file of another one is not read.
        place: Address of the service.
    """

    def __init__(self, folder: Path, version: int, place: str, who: WhoAmI) -> None:
        self._version = version
        self._owner = [place, who.tenant_id, who.object_id or who.app_id]
        name = hashlib.sha256(json.dumps(self._owner).encode()).hexdigest()[:24]
        self._path = folder / f"{name}.json"

    def read(self) -> Mapping[str, Any]:
        """What is kept. Its members are what somebody could have written there; whoever reads them checks them. Raises
        `OSError`, `ValueError`, `LookupError`, `TypeError`, `RecursionError`: nothing is kept that can be trusted."""
        kept = json.loads(read_private(self._path, _MOST_BYTES))
        if (kept["version"], kept["owner"]) != (self._version, self._owner):
            raise LookupError(f"{self._path} is of another version or person")
        return dict(kept)

    def keep(self, content: Mapping[str, Any]) -> None:
        """Keeps something in place of what was there; where that is not possible, it is left out."""
        text = json.dumps({"version": self._version, "owner": self._owner, **content})
        try:
            make_private_directory(self._path.parent)
            check_owner(self._path.parent)
            replace_private(self._path, text.encode(), durable=False)
        except OSError as error:
            _LOG.warning("%s could not be kept: %s", self._path.parent.name, type(error).__name__)


def file_of(workspace: "Workspace", kind: Callable[[Path, str, WhoAmI], F]) -> F | None:
    """Where something is kept for who is signed in; `None` in a demo, where it is off, and while nobody is known.
    `kind`: makes it, of state folder, address of the service, and who it is for."""
    who, settings = workspace.who, workspace.settings
    known = workspace.identity.known and who.tenant_id and (who.object_id or who.app_id)
    if not known or settings.state_dir is None or settings.demo or not settings.cache_last_view:
        return None
    return kind(settings.state_dir, workspace.address.without_version, who)


def clear_folder(folder: Path) -> None:
    """Removes what is kept in a folder, for everybody on this machine."""
    with suppress(OSError):
        for file in folder.iterdir():
            file.unlink(missing_ok=True)
