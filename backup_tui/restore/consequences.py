"""What a restore will do, in one sentence, and the phrase that has to be typed before it starts.

Facts: the product pages on restoring from Microsoft 365 Backup and https://learn.microsoft.com/graph/api/resources/restoresessionbase.
In place, sites and OneDrive accounts are rolled back as a whole while mailboxes get back only what changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from backup_tui.models import phrases
from backup_tui.models.services import Destination, Service
from backup_tui.restore.moments import gap_words, is_weekly, show_range, show_zone_range

MANY = 20
"""From more units than this on, a restore in place may well be the answer to an attack."""


def sentence(service: Service, destination: Destination, count: int, points: Sequence[datetime], now: datetime) -> str:
    """The consequence of activating, as one paragraph whose first words are the destination.

    Args:
        service: What kind of units.
        destination: Where they go.
        count: How many units.
        points: Times of their points; empty when the service told none.
        now: The service's time.
    """
    when = show_range(points, now) or "a point whose time the service did not give"
    number = service.counted(count)
    one = count == 1
    if service is Service.EXCHANGE:
        if destination is Destination.IN_PLACE:
            return (
                f"IN PLACE: in {number}, items changed or deleted since {when} are put back. Newer and unchanged items "
                "stay. Drafts and items still in Deleted Items do not come back."
            )
        return (
            f"NEW FOLDER: what the service brings back from {when} goes into a new folder in "
            f"{number if one else f'each of {number}'}. If nothing differs, no folder is made; that is not a failure."
        )
    if destination is Destination.IN_PLACE:
        loss = f", {_loss(points, now)}," if points else ""
        if service is Service.SHAREPOINT:
            meanwhile = "The site is not locked meanwhile." if one else "The sites are not locked meanwhile."
        else:
            meanwhile = "It is not locked meanwhile." if one else "They are not locked meanwhile."
        return (
            f"IN PLACE: {number} {'goes' if one else 'go'} back as a whole to {when}, permissions too. "
            f"All edits since{loss} are lost. {meanwhile}"
        )
    kind = "OneDrive" if service is Service.ONEDRIVE else "site"
    copies = f"{count:,} {kind} {'copy' if one else 'copies'}"
    addresses = "address" if one else "addresses"
    opened = "it" if one else "them"
    if service is Service.ONEDRIVE:
        end = f"Only administrators can open {opened} at first. The original{' stays' if one else 's stay'}."
    else:
        end = f"Only administrators can open {opened}: members must be let in again."
    return f"NEW ADDRESS: {copies} as of {when}, read-only until done, {addresses} ending in R0, R1... {end}"


def short_sentence(service: Service, destination: Destination, count: int) -> str:
    """One line for the form, under the destination: `37 OneDrive accounts go back as a whole. Not locked meanwhile.`"""
    number = service.counted(count)
    one = count == 1
    if service is Service.EXCHANGE:
        if destination is Destination.IN_PLACE:
            return f"Changed and deleted items are put back in {number}."
        return f"A new folder in {number if one else f'each of {number}'}; nothing else changes."
    if destination is Destination.IN_PLACE:
        return f"{number} {'goes' if one else 'go'} back as a whole. Not locked meanwhile."
    return f"{number} copied to {'a new, read-only address' if one else 'new, read-only addresses'}."


def zone_line(points: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    """`(13:20 to 14:00 Europe/Berlin)`, the line under the sentence; empty when the zone is UTC or no time is known."""
    if not points or zone.key == "UTC":
        return ""
    return f"({show_zone_range(points, zone, now)})"


def extra_lines(
    service: Service,
    destination: Destination,
    count: int,
    points: Sequence[datetime],
    now: datetime,
    *,
    in_recycle_bin: int = 0,
    restored_before: int = 0,
) -> tuple[str, ...]:
    """What else has to be known before this restore, only the lines that apply.

    Args:
        service: What kind of units.
        destination: Where they go.
        count: How many units.
        points: Times of their points.
        now: The service's time.
        in_recycle_bin: Sites known to be in the recycle bin.
        restored_before: Units that were restored twice or more in the last 31 days, as far as known here.
    """
    in_place = destination is Destination.IN_PLACE
    mail = service is Service.EXCHANGE
    weekly = sum(is_weekly(service, point, now) for point in points)
    lines: list[str] = []
    if in_recycle_bin:
        lines.append("Take it out of the recycle bin first; otherwise it fails.")
    if weekly:
        lines.append(
            f"{weekly:,} of the points are weekly ones: up to 7 days older than the time you asked for."
            if weekly > 1
            else "1 of the points is a weekly one: up to 7 days older than the time you asked for."
        )
    if in_place and not mail:
        lines.append("Holds cannot be seen from here. A held one fails; use a new address for it.")
    if in_place and count > MANY:
        lines.append("If an attack is the reason: make sure it is over. This program cannot see that.")
        if mail:
            lines.append("Mail and rules that came after the point stay in the mailbox.")
    if mail and count > 1:
        lines.append("Meetings: other people's copies are not updated.")
    if restored_before:
        was = "was" if restored_before == 1 else "were"
        lines.append(
            f"{restored_before:,} {was} restored twice or more in 31 days. As a test, Microsoft allows two a month."
        )
    return tuple(lines)


def phrase(destination: Destination, count: int, tenant_word: str) -> str:
    """What has to be typed: `restore 3`, or `overwrite 37 contoso` in place.

    Args:
        destination: Where the units go.
        count: Units in the draft as it was re-read; written without separators.
        tenant_word: First label of the tenant's domain; empty when it is not known, then it is left out.
    """
    if destination is Destination.NEW:
        return f"restore {count}"
    return phrases.phrase("overwrite", str(count), tenant_word)


def _loss(points: Sequence[datetime], now: datetime) -> str:
    least, most = gap_words(now - max(points)), gap_words(now - min(points))
    return least if least == most else f"{least} to {most}"
