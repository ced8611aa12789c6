"""What a granular restore artifact takes out of a unit: items that a search found, or one file or folder."""

from msgspec import Struct

from backup_tui.simulator.domain.browsing import BrowseSession
from backup_tui.simulator.domain.searches import MailSearch


class MailPart(Struct, frozen=True):
    """The items that a search found in a mailbox."""

    search: MailSearch


class FilePart(Struct, frozen=True):
    """One file, folder or library."""

    browse: BrowseSession  # the browse session it was found in
    key: str
    name: str
    url: str  # its address at the time of the restore point
    destination: str | None = None  # the ``destinationType`` that was asked for (beta), or None
