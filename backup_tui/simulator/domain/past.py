"""The lines of a tenant's past, and the past that a simulated service has unless it is told another one."""

from typing import Literal

from msgspec import Struct

from backup_tui.simulator.domain.tenant import DAY, HOUR
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http.callers import ADELE, AUTOMATION, RYAN, Caller, administrator

LIDIA = administrator("6f0b9a4e-9c3b-4b0e-8a52-0b7c8f5d1e77", "Lidia Holloway", "lidia.holloway@contoso.com")
MINUTE = 60


class Past(Struct, frozen=True, dict=True):
    """One line of the tenant's past."""

    age: float  # how long before the start of the service it was activated (drafts: made), in seconds
    workload: Workload
    first: int  # place of its first unit; further ones follow
    units: int
    destination: Literal["new", "inPlace"]
    by: Caller
    back: float = HOUR  # how far before that its restore points lie, in seconds
    error: str | None = None  # error with which one artifact ended beside what its units cause
    fails: int = 1  # place of that artifact, unless it is the only one
    draft: bool = False  # whether it was never activated
    label: str = ""  # what the session is to those who know the story of the tenant: ``plan 2``, ``drill 1``
    step: int = 1  # how far apart its units lie
    drafted: float | None = None  # how long before the start it was made, in seconds; None: four minutes before ``age``


HISTORY: tuple[Past, ...] = (
    Past(76.13 * DAY, SHAREPOINT, 0, 1, "new", RYAN),
    Past(75.02 * DAY, EXCHANGE, 1, 1, "new", RYAN, back=20 * DAY),
    Past(61.44 * DAY, EXCHANGE, 9, 12, "inPlace", RYAN, back=3 * HOUR),
    Past(61.41 * DAY, ONEDRIVE, 9, 12, "inPlace", RYAN, back=3 * HOUR),
    Past(52.31 * DAY, ONEDRIVE, 2, 1, "new", ADELE),
    Past(47.2 * DAY, SHAREPOINT, 5, 1, "inPlace", LIDIA),
    Past(47.1 * DAY, SHAREPOINT, 5, 1, "new", LIDIA),
    Past(41.27 * DAY, EXCHANGE, 12, 1, "new", ADELE),
    Past(36.4 * DAY, SHAREPOINT, 14, 10, "inPlace", ADELE, back=2 * DAY),
    Past(33.35 * DAY, EXCHANGE, 17, 1, "inPlace", ADELE, error="UnknownError"),
    Past(32.97 * DAY, EXCHANGE, 17, 1, "inPlace", ADELE),
    Past(29.61 * DAY, ONEDRIVE, 20, 50, "inPlace", RYAN, back=6 * HOUR, error="UnknownError"),
    Past(28.83 * DAY, ONEDRIVE, 46, 1, "new", RYAN, back=6 * HOUR),
    Past(24.18 * DAY, EXCHANGE, 5, 3, "new", LIDIA, back=30 * DAY),
    Past(21.5 * DAY, SHAREPOINT, 0, 24, "new", AUTOMATION),
    Past(19.42 * DAY, EXCHANGE, 0, 60, "inPlace", AUTOMATION, back=4 * HOUR),
    Past(16.09 * DAY, ONEDRIVE, 4, 1, "inPlace", ADELE),
    Past(13.3 * DAY, SHAREPOINT, 9, 2, "inPlace", RYAN, back=DAY),
    Past(11.56 * DAY, EXCHANGE, 18, 40, "new", RYAN, back=9 * HOUR),
    Past(9.1 * DAY, ONEDRIVE, 62, 1, "inPlace", LIDIA, error="InvalidRestoreTime"),
    Past(9.04 * DAY, ONEDRIVE, 62, 1, "inPlace", LIDIA),
    Past(6.26 * DAY, EXCHANGE, 6, 1, "new", ADELE),
    Past(4.4 * DAY, SHAREPOINT, 2, 4, "inPlace", ADELE, back=5 * HOUR, error="DuplicateArtifactRestoreRequest"),
    Past(2.2 * DAY, EXCHANGE, 8, 2, "new", LIDIA),
    Past(26 * HOUR, ONEDRIVE, 5, 8, "new", ADELE, back=14 * HOUR),
    Past(52 * MINUTE, ONEDRIVE, 18, 70, "inPlace", RYAN, back=5 * HOUR),
    Past(37 * MINUTE, SHAREPOINT, 6, 3, "new", RYAN, draft=True),
    Past(19 * HOUR, EXCHANGE, 20, 5, "inPlace", LIDIA, draft=True),
)
