"""Chooses where a person's sign-in is kept."""

from __future__ import annotations

from backup_tui.config.sign_in import SignInSettings
from backup_tui.signin.shelf import NoShelf, Shelf


def shelf_of(settings: SignInSettings) -> Shelf:
    """The shelf that the settings ask for; one that keeps nothing where that cannot be had, with a notice."""
    if settings.cache == "memory" or settings.cache_folder is None:
        return NoShelf()
    return NoShelf(f"The sign-in cannot be kept in {settings.cache} yet; it ends with the program.")
