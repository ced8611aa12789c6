"""A plan: whom to restore, to when, where to, and in which order. Pure; the file it is written in is `document`."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct, field

from backup_tui.config.limits import LIMITS, ServiceLimits
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
    """Which units a plan restores."""

    source: Source  # what the entries are
    # for a list its path, beside the plan file; else names or ids of policies, or ids of sessions
    entries: tuple[str, ...]
    sha256: str = ""  # of the list as it was when the plan was written; empty where nobody has looked
    left_out: tuple[str, ...] = ()  # names of the list that a person left out, or ids of their units
    # name of the list to the unit id that a person chose for it
    chosen: Mapping[str, str] = field(default_factory=dict)


class Wave(Struct, frozen=True):
    """Units that are started together."""

    name: str  # what people call it; unique in the plan, compared without case
    # names of its units as the list writes them; empty for the wave that takes all others
    members: tuple[str, ...] = ()
    first: tuple[str, ...] = ()  # names that go into its first session, in this order
    # it waits for a review and phrase of its own; one without it is part of the review of the wave before
    needs_yes: bool = True
    pause: timedelta = timedelta()  # how long after the end of the wave before it starts
    before: str = ""  # its own time, as typed; empty for the plan's
    destination: Destination | None = None  # its own destination; `None` for the plan's


class PlanLimits(Struct, frozen=True):
    """How much a plan asks of the service at a time; never more than the service's own limits."""

    units_per_session: int = UNITS_PER_SESSION  # size of a session, 1 to 1,000
    sessions: int = LIMITS.sessions  # sessions of the plan that run at a time
    units: int = LIMITS.units  # units of one service in restore at a time

    @classmethod
    def within(cls, limits: ServiceLimits) -> "PlanLimits":
        """The usual ones, as far as the service takes them."""
        usual = cls()
        most = min(usual.units_per_session, limits.units)
        return cls(most, min(usual.sessions, limits.sessions), min(usual.units, limits.units))


class MailSearch(Struct, frozen=True):
    """What is restored of each mailbox of a plan in place of the whole of it: what one search finds."""

    query: str  # in the language of the service
    within: timedelta = USUAL_SPAN  # so far before its time a mailbox is searched for the last point that has the mails
    searches: int = MOST_SEARCHES  # so many are made in one mailbox


class Plan(Struct, frozen=True):
    """What is to be restored."""

    name: str  # word that the plan goes by on this machine and in the journal: letters, digits, `-`, `_` and `.`
    scope: Scope  # which units
    before: str  # the time to go back to, as typed
    zone: str  # name of the zone in which times are read
    destination: Destination  # where to, unless a wave or a row says otherwise
    waves: tuple[Wave, ...] = (Wave("all"),)  # in their order; never empty
    tenant: str = ""  # domain or id of the tenant that it is meant for; empty where nobody said
    # whose units the names are; `None` where the list says so itself, or holds units of several
    service: Service | None = None
    prefer_express: bool = False  # take an express point that is near enough
    express_within: timedelta = timedelta(hours=6)  # how much older an express point may be
    max_gap: timedelta | None = None  # a point further before the time than this is not used; `None` allows any
    limits: PlanLimits = PlanLimits()  # how much at a time
    # send the names in bulk addition requests: fewer requests, but no unit is checked before the start
    bulk: bool = False
    # how many units of each service are expected; a check fails on another number
    expected: Mapping[Service, int] = field(default_factory=dict)
    note: str = ""  # a sentence for others
    mail: MailSearch | None = None  # the mails that are searched for; `None` restores whole units

    def waves_under(self, wave: int | None) -> range:
        """Indexes of the waves that one review covers: the wave and those after it that need no review of their own;
        all of them for `None`."""
        if wave is None:
            return range(len(self.waves))
        end = wave + 1
        while end < len(self.waves) and not self.waves[end].needs_yes:
            end += 1
        return range(wave, end)
