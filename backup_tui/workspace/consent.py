"""The page on which an administrator allows the application what this program needs."""

from __future__ import annotations

from backup_tui.config import Settings


def consent_page(settings: Settings) -> str:
    """Its address for the profile's application and tenant; empty where no application of ours signs in."""
    from backup_tui.signin import admin_consent_url  # late: only who asks for it needs the way in

    return "" if settings.sign_in is None else admin_consent_url(settings.sign_in)
