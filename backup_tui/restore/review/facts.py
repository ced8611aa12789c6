"""Lines of a review that are true of every restore of its kind: what it does not restore, and what nobody can see.

Facts: https://learn.microsoft.com/graph/api/restoresessionbase-activate and the product pages on restoring from
Microsoft 365 Backup.
"""

from collections.abc import Sequence
from datetime import datetime

from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.services import Destination, Service
from backup_tui.restore.points.moments import is_weekly

GENERAL = 80  # rank of what is true of every restore of a kind: behind what is particular to this one

MANY = 20  # from more units than this on, a restore in place may well be the answer to an attack

_HOLDS = {
    Service.EXCHANGE: "a held account fails until its hold is removed",
    Service.ONEDRIVE: "a held account fails until its hold is removed",
    Service.SHAREPOINT: "a held site fails; use a new address for it",
}


def check_kind(service: Service, destination: Destination | None, count: int) -> list[Check]:
    """What is true of every restore of this kind. `destination`: where they go; `None` when the service does not
    say."""
    own = _mail(count) if service is Service.EXCHANGE else _content(service, destination)
    return [*own, *_anywhere(service, destination, count)]


def check_weekly(service: Service, points: Sequence[datetime | None], now: datetime) -> list[Check]:
    """Whether points are so old that there is one a week only."""
    weekly = sum(point is not None and is_weekly(service, point, now) for point in points)
    if not weekly:
        return []
    are = "point is" if weekly == 1 else "points are"
    return [Check(CheckResult.WARNING, f"{weekly:,} {are} weekly: up to 7 days earlier than you asked for", 35)]


def _anywhere(service: Service, destination: Destination | None, count: int) -> list[Check]:
    checks: list[Check] = []
    # A hold stops mailboxes and OneDrive accounts wherever they go; a site can go to a new address.
    if service is not Service.SHAREPOINT or destination is not Destination.NEW:
        checks.append(Check(CheckResult.UNKNOWN, f"holds cannot be seen: {_HOLDS[service]}", 20))
    if destination is Destination.IN_PLACE and count > MANY:
        text = "after an attack: make sure it is over; that cannot be seen from here"
        checks.append(Check(CheckResult.WARNING, text, 18))
    return checks


def _mail(count: int) -> list[Check]:
    text = "mail drafts are never backed up; items in Deleted Items are not restored"
    checks = [
        Check(CheckResult.WARNING, text, GENERAL),
        Check(CheckResult.WARNING, "a mailbox equal to its point is left alone: 0 items is not a failure", GENERAL + 1),
        Check(CheckResult.WARNING, "flags and importance are not kept", GENERAL + 3),
    ]
    if count > 1:
        checks.append(Check(CheckResult.WARNING, "meetings: other people's copies are not updated", GENERAL + 2))
    return checks


def _content(service: Service, destination: Destination | None) -> list[Check]:
    """Of sites and OneDrive accounts, which are rolled back or copied as a whole."""
    checks = [Check(CheckResult.WARNING, "content removed from the recycle bin is not restored", GENERAL)]
    if destination is Destination.NEW:
        return [
            *checks,
            Check(
                CheckResult.WARNING,
                "read-only until done; a global administrator can lift the lock earlier",
                GENERAL + 1,
            ),
            Check(CheckResult.UNKNOWN, "the new addresses can take 15 min or more to appear", GENERAL + 2),
        ]
    if service is Service.SHAREPOINT:
        text = "renames, address changes and the term store are not rolled back"
        checks.append(Check(CheckResult.WARNING, text, GENERAL + 1))
    return [
        *checks,
        Check(CheckResult.UNKNOWN, "permissions: Microsoft's pages differ on whether they are rolled back too", 21),
        Check(CheckResult.UNKNOWN, "edits made while it runs may be lost as well", 22),
    ]
