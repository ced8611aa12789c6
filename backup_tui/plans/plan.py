"""A plan: whom to restore, to when, where to, and in which order. Pure; the file it is written in is `document`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, field

from backup_tui.config.limits import LIMITS
from backup_tui.models.services import Destination, Service
from backup_tui.restore.mail.halving import MOST_SEARCHES
from backup_tui.restore.mail.history import USUAL_SPAN

UNITS_PER_SESSION = 250
"""Size of a session when the plan names none: it ends in about four hours, and its failures are seen by then."""


class Source(StrEnum):
    """Where the names of a plan come from; the value is the key of the plan file."""

    LIST = "list"
    POLICIES = "policies"
    FAILED_OF = "failed_of"


class Scope(Struct, frozen=True):
    """Which units a plan restores.

    Attributes:
        source: What the entries are.
        entries: For a list its path, beside the plan file; else names or ids of policies, or ids of sessions.
        sha256: Of the list as it was when the plan was written; empty where nobody has looked.
        left_out: Names of the list that a person left out, or ids of their units.
        chosen: Name of the list to the unit id that a person chose for it.
    """

    source: Source
    entries: tuple[str, ...]
    sha256: str = ""
    left_out: tuple[str, ...] = ()
    chosen: Mapping[str, str] = field(default_factory=dict)


class Wave(Struct, frozen=True):
    """Units that are started together.

    Attributes:
        name: What people call it; unique in the plan, compared without case.
        members: Names of its units as the list writes them; empty for the wave that takes all others.
        first: Names that go into its first session, in this order.
        needs_yes: It waits for a review and phrase of its own; one without it is part of the review of the wave before.
        pause: How long after the end of the wave before it starts.
        before: Its own time, as typed; empty for the plan's.
        destination: Its own destination; `None` for the plan's.
    """

    name: str
    members: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    needs_yes: bool = True
    pause: timedelta = timedelta()
    before: str = ""
    destination: Destination | None = None


class PlanLimits(Struct, frozen=True):
    """How much a plan asks of the service at a time; never more than the service's own limits.

    Attributes:
        units_per_session: Size of a session, 1 to 1,000.
        sessions: Sessions of the plan that run at a time.
        units: Units of one service in restore at a time.
    """

    units_per_session: int = UNITS_PER_SESSION
    sessions: int = LIMITS.sessions
    units: int = LIMITS.units


class MailSearch(Struct, frozen=True):
    """What is restored of each mailbox of a plan in place of the whole of it: what one search finds.

    Attributes:
        query: In the language of the service.
        within: So far before its time a mailbox is searched for the last point that has the mails.
        searches: So many are made in one mailbox.
    """

    query: str
    within: timedelta = USUAL_SPAN
    searches: int = MOST_SEARCHES


class Plan(Struct, frozen=True):
    """What is to be restored.

    Attributes:
        name: Word that the plan goes by on this machine and in the journal: letters, digits, `-`, `_` and `.`.
        scope: Which units.
        before: The time to go back to, as typed.
        zone: Name of the zone in which times are read.
        destination: Where to, unless a wave or a row says otherwise.
        waves: In their order; never empty.
        tenant: Domain or id of the tenant that it is meant for; empty where nobody said.
        service: Whose units the names are; `None` where the list says so itself, or holds units of several.
        prefer_express: Take an express point that is near enough.
        express_within: How much older an express point may be.
        max_gap: A point further before the time than this is not used; `None` allows any.
        limits: How much at a time.
        bulk: Send the names in bulk addition requests: fewer requests, but no unit is checked before the start.
        expected: How many units of each service are expected; a check fails on another number.
        note: A sentence for others.
        mail: The mails that are searched for; `None` restores whole units.
    """

    name: str
    scope: Scope
    before: str
    zone: str
    destination: Destination
    waves: tuple[Wave, ...] = (Wave("all"),)
    tenant: str = ""
    service: Service | None = None
    prefer_express: bool = False
    express_within: timedelta = timedelta(hours=6)
    max_gap: timedelta | None = None
    limits: PlanLimits = PlanLimits()
    bulk: bool = False
    expected: Mapping[Service, int] = field(default_factory=dict)
    note: str = ""
    mail: MailSearch | None = None

    def waves_under(self, wave: int | None) -> range:
        """Indexes of the waves that one review covers: the wave and those after it that need no review of their own;
        all of them for `None`."""
        if wave is None:
            return range(len(self.waves))
        end = wave + 1
        while end < len(self.waves) and not self.waves[end].needs_yes:
            end += 1
        return range(wave, end)
