"""The sentence that says what a restore will do, and the phrase that starts it.

Facts: the product pages on restoring from Microsoft 365 Backup and https://learn.microsoft.com/graph/api/resources/restoresessionbase.
In place, sites and OneDrive accounts are rolled back as a whole while mailboxes get back only what changed.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from backup_tui.models import phrases
from backup_tui.models.services import Destination, Service
from backup_tui.models.times import span_words
from backup_tui.restore.points.moments import show_range, show_zone_range

WHOLE_DAYS = timedelta(days=30)  # from this age of a point on, hours say nothing

NO_WAY_BACK = "Once started, it cannot be stopped: the service has no cancel."
"""Said before every phrase that starts a restore."""


def word(service: Service, destination: Destination | None) -> str:
    """What a restore does, in capitals, as its sentence begins; `RESTORE` where its destination is unknown."""
    if destination is None:
        return "RESTORE"
    if destination is Destination.IN_PLACE:
        return "IN PLACE"
    return "NEW FOLDER" if service is Service.EXCHANGE else "NEW ADDRESS"


def sentence(service: Service, destination: Destination, count: int, points: Sequence[datetime], now: datetime) -> str:
    """The consequence of activating, as one paragraph whose first words are the destination. `points`: times of their
    points; empty when the service reported none."""
    when = show_range(points, now) or "a point whose time the service did not report"
    since = f"points of {when}" if " to " in when else when
    number = service.counted(count)
    one = count == 1
    if service is Service.EXCHANGE:
        if destination is Destination.IN_PLACE:
            return (
                f"IN PLACE: in {number}, items changed or deleted since {since} are put back. "
                "Newer and unchanged items stay."
            )
        return (
            f"NEW FOLDER: items recovered from {since} go into a new folder in "
            f"{number if one else f'each of {number}'}. No folder if {'the' if one else 'a'} mailbox equals its point."
        )
    if destination is Destination.IN_PLACE:
        loss = f", {_loss(points, now)}," if points else ""
        return (
            f"IN PLACE: {number} {'is' if one else 'are'} rolled back as a whole to {since}. "
            f"All edits since{loss} are lost. {'It stays' if one else 'They stay'} editable meanwhile."
        )
    kind = "OneDrive" if service is Service.ONEDRIVE else "site"
    copies = f"{count:,} {kind} {'copy' if one else 'copies'}"
    opened = f"Only administrators can open {'it' if one else 'them'}"
    if service is Service.ONEDRIVE:
        end = f"{opened}. The original{' stays' if one else 's stay'}."
    else:
        end = f"{opened} until access is granted."
    return f"NEW ADDRESS: {copies} as of {when}, read-only until done, ending in R0, R1... {end}"


def short_sentence(service: Service, destination: Destination, count: int) -> str:
    """One line for the form, under the destination: `37 OneDrive accounts are rolled back; edits since are lost.`"""
    number = service.counted(count) if count else service.names.units
    start = f"{number[:1].upper()}{number[1:]} {'is' if count == 1 else 'are'}"
    if service is Service.EXCHANGE:
        if destination is Destination.IN_PLACE:
            return f"Changed and deleted items are put back in {number}."
        each = number if count == 1 else f"each of {number}" if count else "each mailbox"
        return f"A new folder in {each}; nothing else changes."
    if destination is Destination.IN_PLACE:
        return f"{start} rolled back; edits since are lost."
    return f"{start} copied to {'a new, read-only address' if count == 1 else 'new, read-only addresses'}."


def zone_line(points: Sequence[datetime], zone: ZoneInfo, now: datetime) -> str:
    """`= 13:20 to 14:00 Europe/Berlin`, the line under the sentence; empty when the zone is UTC or no time is known."""
    if not points or zone.key == "UTC":
        return ""
    return f"= {show_zone_range(points, zone, now)}"


def phrase(destination: Destination, count: int, tenant_word: str) -> str:
    """The phrase to type: `restore 3`, or `overwrite 37 contoso` in place. `count`: units in the draft as it was
    re-read; written without separators. `tenant_word`: first label of the tenant's domain; empty when it is unknown,
    then it is left out."""
    if destination is Destination.NEW:
        return f"restore {count}"
    return phrases.phrase("overwrite", str(count), tenant_word)


def _loss(points: Sequence[datetime], now: datetime) -> str:
    """How much is undone: `14 h 02`, `14 h 02 to 14 h 42`; from 30 days on in whole days, `102 to 205 d`."""
    least, most = now - max(points), now - min(points)
    if most >= WHOLE_DAYS:
        return f"{least.days} d" if least.days == most.days else f"{least.days} to {most.days} d"
    ends = (words.removesuffix(" min") if " h " in words else words for words in map(span_words, (least, most)))
    return " to ".join(dict.fromkeys(ends))
