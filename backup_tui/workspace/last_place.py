"""Where a person was when the program was left: screen, filters and an open form, for the next start."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from backup_tui.models.text import safe
from backup_tui.models.whoami import WhoAmI
from backup_tui.workspace.own_file import OwnFile

LAST_PLACE = "last-place"  # folder of the files, in the state folder
LAST_PROFILE = "profile"  # name of the preference that holds the profile that was open last
_VERSION = 1
_LONGEST = 200


class LastPlace(Struct, frozen=True):
    """Where a person was."""

    screen: int = 1  # which of the screens 1 to 5
    form: bool = False  # the form of a new restore was open
    # what lists were filtered by, by the titles of their screens
    filters: Mapping[str, str] = field(default_factory=dict)


class LastPlaceFile:
    """Keeps the place of one person in one tenant, at one service address."""

    def __init__(self, state_folder: Path, place: str, who: WhoAmI) -> None:
        self._file = OwnFile(state_folder / LAST_PLACE, _VERSION, place, who)

    def read(self) -> LastPlace:
        """Where the person was; the first screen where nothing is kept that can be trusted."""
        try:
            kept = self._file.read()
            filters = {str(title): safe(str(text), _LONGEST) for title, text in kept["filters"].items()}
            screen = kept["screen"]
            return LastPlace(screen if screen in range(1, 6) else 1, kept["form"] is True, filters)
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, LookupError):
            return LastPlace()

    def keep(self, place: LastPlace) -> None:
        """Keeps a place instead of the one before; where that is not possible, it is left out."""
        filters = {title: text for title, text in place.filters.items() if text and len(text) <= _LONGEST}
        self._file.keep({"screen": place.screen, "form": place.form, "filters": filters})
