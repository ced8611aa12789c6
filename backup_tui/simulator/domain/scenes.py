"""Pasts that the demo can begin in: an ordinary morning, the middle of an incident, and a day without news."""

from dataclasses import replace

from backup_tui.simulator.domain.past import LIDIA, MINUTE, Past
from backup_tui.simulator.domain.tenant import DAY, HOUR, Tenant
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload
from backup_tui.simulator.http.callers import ADELE, AUTOMATION, RYAN

_RYAN = replace(RYAN, user_name="Ryan Keller", user_email="ryan.keller@contoso.com")

_QUIET: tuple[Past, ...] = (
    Past(76.13 * DAY, SHAREPOINT, 0, 1, "new", _RYAN),
    Past(74.06 * DAY, EXCHANGE, 2, 5, "new", ADELE, back=15 * MINUTE, label="drill 1", step=10),
    Past(61.44 * DAY, EXCHANGE, 9, 8, "inPlace", _RYAN, back=3 * HOUR),
    Past(61.41 * DAY, ONEDRIVE, 9, 8, "inPlace", _RYAN, back=3 * HOUR),
    Past(52.31 * DAY, ONEDRIVE, 2, 1, "new", ADELE),
    Past(47.1 * DAY, SHAREPOINT, 6, 1, "new", LIDIA),
    Past(43.08 * DAY, SHAREPOINT, 1, 4, "new", ADELE, back=15 * MINUTE, label="drill 2", step=9),
    Past(41.27 * DAY, EXCHANGE, 22, 1, "new", ADELE),
    Past(36.4 * DAY, SHAREPOINT, 6, 8, "inPlace", ADELE, back=2 * DAY),
    Past(32.97 * DAY, EXCHANGE, 4, 1, "inPlace", ADELE),
    Past(24.18 * DAY, EXCHANGE, 21, 3, "new", LIDIA, back=30 * DAY),
    Past(19.42 * DAY, EXCHANGE, 0, 16, "inPlace", AUTOMATION, back=4 * HOUR),
    Past(16.09 * DAY, ONEDRIVE, 4, 1, "inPlace", ADELE),
    Past(12.11 * DAY, ONEDRIVE, 4, 5, "new", ADELE, back=15 * MINUTE, label="drill 3", step=10),
    Past(9.04 * DAY, ONEDRIVE, 62, 1, "inPlace", LIDIA),
    Past(6.26 * DAY, EXCHANGE, 6, 1, "new", ADELE),
    Past(2.2 * DAY, EXCHANGE, 8, 2, "new", LIDIA),
)


def _of_plan(
    number: int, age: float, workload: Workload, first: int, units: int, *, clean: float, drafted: float,
    draft: bool = False, error: str | None = None, fails: int = 1,
) -> Past:  # fmt: skip
    """One session of a plan of Adele's, that goes back to ``clean`` seconds before the start of the service."""
    back, label = clean - age, f"plan {number}"
    return Past(
        age, workload, first, units, "inPlace", ADELE, back, error, fails, draft, label=label, drafted=drafted
    )  # fmt: skip


_SYNC, _SYNC_DRAFTED = 7 * HOUR, 3.6 * HOUR
_USUAL: tuple[Past, ...] = (
    *_QUIET,
    Past(20.31 * DAY, EXCHANGE, 40, 10, "inPlace", _RYAN, back=2 * HOUR),
    Past(4.4 * DAY, SHAREPOINT, 2, 4, "inPlace", ADELE, back=5 * HOUR),
    _of_plan(1, 3.4 * HOUR, ONEDRIVE, 8, 8, clean=_SYNC, drafted=_SYNC_DRAFTED),
    _of_plan(2, 52 * MINUTE, ONEDRIVE, 18, 70, clean=_SYNC, drafted=_SYNC_DRAFTED, error="ArtifactNotFound", fails=50),
    _of_plan(3, 0, ONEDRIVE, 88, 17, clean=_SYNC, drafted=_SYNC_DRAFTED, draft=True),
    Past(37 * MINUTE, SHAREPOINT, 6, 3, "new", _RYAN, draft=True),
)

_CLEAN, _PLANNED = 11 * HOUR, 6.4 * HOUR
_INCIDENT: tuple[Past, ...] = (
    *_QUIET,
    _of_plan(1, 6.1 * HOUR, EXCHANGE, 0, 40, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(2, 6.09 * HOUR, ONEDRIVE, 0, 40, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(3, 6.08 * HOUR, SHAREPOINT, 0, 5, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(4, 1.64 * HOUR, EXCHANGE, 40, 180, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(5, 1.63 * HOUR, ONEDRIVE, 40, 160, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(6, 1.62 * HOUR, SHAREPOINT, 5, 90, clean=_CLEAN, drafted=_PLANNED),
    _of_plan(7, 0, EXCHANGE, 220, 250, clean=_CLEAN, drafted=_PLANNED, draft=True),
    _of_plan(8, 0, ONEDRIVE, 200, 220, clean=_CLEAN, drafted=_PLANNED, draft=True),
    _of_plan(9, 0, SHAREPOINT, 95, 170, clean=_CLEAN, drafted=_PLANNED, draft=True),
)

PASTS: dict[str, tuple[Past, ...]] = {"usual": _USUAL, "incident": _INCIDENT, "quiet": _QUIET}  # the past of each scene


def set_scene(tenant: Tenant, scene: str) -> None:
    """Give the people of a scene their whole names, and a quiet tenant sound units."""
    if not scene:
        return
    for policy in tenant.policies:
        policy.created_by = _RYAN if policy.created_by is RYAN else policy.created_by
        policy.modified_by = _RYAN if policy.modified_by is RYAN else policy.modified_by
        if scene == "quiet":
            policy.broken = 0
    if scene == "quiet":
        for unit in tenant.everything:
            unit.error = None
