"""Switches to another profile or another sign-in: the app ends, and `ui/start.py` starts a new one.

A new app has a new workspace with an empty store of its own, so no row of one tenant can appear under the name of
another, and nothing has to be cleared.
"""

from typing import TYPE_CHECKING

from msgspec import Struct

from backup_tui.config import Settings

if TYPE_CHECKING:
    from backup_tui.workspace import Workspace
    from backup_tui.workspace.tenants import Tenants


class StartOptions(Struct, frozen=True, dict=True):
    """How an app begins."""

    # The settings that the program was started with. What the command line said goes for their profile only, so whoever
    # comes back to it finds it again.
    first: Settings | None = None
    words: str = ""  # what the message line says first
    switched: bool = False  # another profile was open before, so the list can be reopened
    theme: str = ""  # the theme that was chosen on the screens since the start; empty for none
    choosing: bool = False  # no tenant is open: the list of all is shown, and one is opened from there
    tenants: "Tenants | None" = None  # what is known of the tenants of all profiles, with their sign-ins


class Restart(Struct, frozen=True, dict=True):
    """What the program continues with when an app has ended for that."""

    workspace: "Workspace"  # not opened yet
    beginning: StartOptions  # how its app begins
