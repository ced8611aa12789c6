"""The limits of the service as settings: what is documented now, and what only older pages named.

Each default has its source; a tenant whose limits support has lifted sets other ones in its profile.
"""

from collections.abc import Mapping

from msgspec import Struct


class ServiceLimits(Struct, frozen=True):
    """So much the service takes at a time."""

    # restore sessions that run at a time; one more is refused with `TooManyActiveRestoreSessions` (error page of the
    # API reference)
    sessions: int = 25
    # units of one service that are restored at a time by one administrator (restore page of the API reference); more
    # than these wait
    units: int = 1_000
    units_per_write: int = 50  # artifacts of one create or update (error page, `RestoreArtifactsLimitBreached`)
    units_per_search: int = 20  # units of one search for restore points (page of the search)
    names_per_bulk: int = 10_000  # names of one bulk addition request (error page)
    units_per_day: int = 10_000  # units of one service in a day; the preview's limits page alone named it
    tests_per_month: int = 2  # test restores of one unit in 31 days (product page); restores in earnest are not counted


LIMITS = ServiceLimits()  # the limits where nothing else is set

DOCUMENTED = "documented"
PREVIEW_ONLY = "preview page only"


class KnownLimit(Struct, frozen=True):
    """What a profile may set one of the limits to."""

    sentence: str  # what it limits
    most: int  # more than this the service certainly refuses, or nobody has reported
    basis: str = DOCUMENTED  # where the default comes from: `DOCUMENTED` or `PREVIEW_ONLY`


KNOWN_LIMITS: Mapping[str, KnownLimit] = {
    "sessions": KnownLimit("Restore sessions that run at a time.", 1_000),
    "units": KnownLimit("Units of one service in restore at a time.", 100_000),
    "units_per_write": KnownLimit("Units of one create or update.", 50),
    "units_per_search": KnownLimit("Units of one search for restore points.", 20),
    "names_per_bulk": KnownLimit("Names of one bulk addition request.", 10_000),
    "units_per_day": KnownLimit("Units of one service restored in a day.", 1_000_000, PREVIEW_ONLY),
    "tests_per_month": KnownLimit("Test restores of one unit in 31 days.", 1_000),
}
"""Each limit by its key in the configuration file."""
