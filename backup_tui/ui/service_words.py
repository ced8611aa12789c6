"""What is said about the backup service of a tenant: what it allows, who is in control, who gets mails. Pure."""

from __future__ import annotations

from datetime import datetime, tzinfo

from backup_tui.models.service_state import ServiceState
from backup_tui.ui.when import clock_words


def end_words(until: datetime | None, zone: tzinfo, now: datetime) -> str:
    """Until when restores are allowed, in a sentence; empty when the service sets no end."""
    if until is None:
        return ""
    when = clock_words(until, zone, now)
    if until <= now:
        return f"Restores were allowed until {when}."
    return f"Restores are allowed until {when} only."


def locked_lines(state: ServiceState, zone: tzinfo, now: datetime) -> list[str]:
    """What a lock, or an end of restores that comes near, means and what can be done about it."""
    lines = [line for line in (state.words, end_words(state.restores_until, zone, now)) if line]
    if state.locked:
        lines.append(state.way_out)
    if state.no_restore is not None and not state.off:
        lines.append("A new restore (n) can be filled in and is kept on this machine until the service takes it.")
    return lines
