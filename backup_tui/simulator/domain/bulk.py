"""Bulk addition requests: a restore of up to 10,000 accounts or sites by name, looked up only at the activation."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import is_guid, seconds_of
from backup_tui.simulator.domain.points import Point, newest_first, oldest_first
from backup_tui.simulator.domain.tenant import Tenant, Unit
from backup_tui.simulator.domain.workloads import SHAREPOINT, Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Refusal

MOST_NAMES = 10_000
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_SITE_ID = re.compile(r"[^\s,]+,[0-9a-f-]{36},[0-9a-f-]{36}", re.IGNORECASE)
_NOT_FOUND = {
    # The page shows SiteUrlNotFound; the others are named after it.
    "siteWebUrls": ("SiteUrlNotFound", "The site URL was not found among the protected sites."),
    "siteIds": ("SiteIdNotFound", "The site ID was not found among the protected sites."),
    "mailboxes": ("UserEmailNotFound", "The e-mail address was not found among the protected mailboxes."),
    "drives": ("UserEmailNotFound", "The e-mail address was not found among the protected drives."),
    "directoryObjectIds": ("DirectoryObjectIdNotFound", "The object ID was not found among the protected accounts."),
}
_NO_POINT = ("RestorePointNotFound", "No restore point was found in the period.")


class Missing(Struct, frozen=True):
    """A name that did not become an artifact."""

    code: str
    message: str
    name: str  # the name as it was given


@dataclass
class BulkRequest:
    """One bulk addition request."""

    id: str  # GUID
    workload: Workload
    title: str | None  # its ``displayName``, or None
    names: dict[str, list[str]]  # the names by the property they came in
    period: tuple[float, float]  # earliest and latest time of the points
    given_period: dict[str, Any]  # the ``protectionTimePeriod`` as it was sent
    destination: str  # ``new`` or ``inPlace``
    tags: str  # ``none`` or ``fastRestore``
    preference: str  # ``latest`` or ``oldest``
    created: float
    created_by: Caller
    completed: float | None = None  # when its names were looked up; None before its session is activated
    missing: tuple[Missing, ...] = ()  # names that did not become artifacts, known from then on

    def status(self, now: float) -> Literal["active", "completed", "completedWithErrors"]:
        """Return the ``restoreArtifactsBulkRequestStatus``."""
        if self.completed is None or now < self.completed:
            return "active"
        return "completedWithErrors" if self.missing else "completed"


def bulk_lists(workload: Workload) -> tuple[str, str]:
    """Return the properties of a request that hold names and ids."""
    if workload is SHAREPOINT:
        return "siteWebUrls", "siteIds"
    return f"{workload.unit}es" if workload.unit == "mailbox" else f"{workload.unit}s", "directoryObjectIds"


def _wrong(message: str) -> Refusal:
    return Refusal(400, "BulkRestoreInvalidCreateRequest", message)


def read_bulk(body: dict[str, Any], workload: Workload, identifier: str, caller: Caller, now: float) -> BulkRequest:
    """Read the body of a create request (page exchangerestoresession-post-mailboxrestoreartifactsbulkadditionrequests).

    Refuses with 400 ``BulkRestoreInvalidCreateRequest``, ``BulkRestoreRestorationResourcesCountExceedsLimit``,
    ``BulkRestoreInvalidCreateRequestSiteUrl``, ``BulkRestoreInvalidCreateRequestUserEmail``.
    """
    lists = bulk_lists(workload)
    known = {"displayName", "protectionTimePeriod", "destinationType", "tags", "restorePointPreference", *lists}
    known |= {"protectionUnitIds", "id", "status", "error", "createdBy", "createdDateTime", "lastModifiedBy"}
    unknown = set(body) - known - {"lastModifiedDateTime"}
    if any(not name.startswith("@") for name in unknown):
        raise _wrong(f"Not a property of the request: {', '.join(sorted(unknown))}.")
    if body.get("protectionUnitIds"):
        raise _wrong("protectionUnitIds is not supported.")
    names = {name: _names(body.get(name), name) for name in lists}
    count = sum(map(len, names.values()))
    if not count:
        raise _wrong(f"One of {' and '.join(lists)} is required.")
    if count > MOST_NAMES:
        message = f"At most {MOST_NAMES} resources can be restored by one request; this one has {count}."
        raise Refusal(400, "BulkRestoreRestorationResourcesCountExceedsLimit", message)
    _check_names(names)
    title = body.get("displayName")
    if title is not None and not isinstance(title, str):
        raise _wrong("displayName is a text.")
    given = body.get("protectionTimePeriod")
    return BulkRequest(
        id=identifier,
        workload=workload,
        title=title,
        names=names,
        period=_period(given),
        given_period={name: given.get(name) for name in ("startDateTime", "endDateTime")}
        if isinstance(given, dict)
        else {},
        destination=_member(body, "destinationType", ("new", "inPlace"), None),
        tags=_member(body, "tags", ("none", "fastRestore"), "none"),
        preference=_member(body, "restorePointPreference", ("latest", "oldest"), "latest"),
        created=now,
        created_by=caller,
    )


def _names(given: object, name: str) -> list[str]:
    if given is None:
        return []
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise _wrong(f"{name} is a list of texts.")
    return list(given)


def _check_names(names: dict[str, list[str]]) -> None:
    """Check the form of names and ids; whether they exist is found out later."""
    for url in names.get("siteWebUrls", ()):
        if not _is_url(url):
            message = f"The site URL {url!r} is invalid."
            raise Refusal(400, "BulkRestoreInvalidCreateRequestSiteUrl", message)
    for email in [*names.get("mailboxes", ()), *names.get("drives", ())]:
        if _EMAIL.fullmatch(email) is None:
            message = f"The e-mail address {email!r} is invalid."
            raise Refusal(400, "BulkRestoreInvalidCreateRequestUserEmail", message)
    for identifier in names.get("directoryObjectIds", ()):
        if not is_guid(identifier):
            raise _wrong(f"The object ID {identifier!r} is invalid.")
    for identifier in names.get("siteIds", ()):
        if _SITE_ID.fullmatch(identifier) is None:
            raise _wrong(f"The site ID {identifier!r} is invalid.")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text and text.isprintable()


def _member(body: dict[str, Any], name: str, members: tuple[str, ...], default: str | None) -> str:
    value = body.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or value not in members:
        raise _wrong(f"{name} is one of {', '.join(members)}, not {value!r}.")
    return value


def _period(given: object) -> tuple[float, float]:
    if not isinstance(given, dict) or not (given.get("startDateTime") or given.get("endDateTime")):
        raise _wrong("protectionTimePeriod is required.")
    start, end = given.get("startDateTime"), given.get("endDateTime")
    try:
        first = seconds_of(str(start)) if start else 0.0
        last = seconds_of(str(end)) if end else float(1 << 40)
    except (ValueError, OverflowError):
        raise _wrong("protectionTimePeriod holds no dates and times.") from None
    if first > last:
        raise _wrong("protectionTimePeriod starts after its end.")
    return first, last


def resolve(request: BulkRequest, tenant: Tenant, now: float) -> tuple[list[Point], tuple[Missing, ...]]:
    """Look the names up.

    Returns:
        One restore point for each unit that was found, and the names that came to nothing.
    """
    known = _index(tenant.units[request.workload.key])
    walk = newest_first if request.preference == "latest" else oldest_first
    points: list[Point] = []
    missing: list[Missing] = []
    taken: set[str] = set()
    for kind, names in request.names.items():
        for name in names:
            unit = known.get(_plain(name))
            if unit is None:
                missing.append(Missing(*_NOT_FOUND[kind], name))
                continue
            if unit.id in taken:
                continue
            taken.add(unit.id)
            point = next(walk(unit, now, *request.period, express=request.tags == "fastRestore"), None)
            if point is None:
                missing.append(Missing(*_NO_POINT, name))
            else:
                points.append(point)
    return points, tuple(missing)


def _index(units: Iterable[Unit]) -> dict[str, Unit]:
    """Return units by every name they can be given by."""
    found: dict[str, Unit] = {}
    for unit in units:
        for name in (unit.owner, unit.address, unit.url):
            if name:
                found.setdefault(_plain(name), unit)
    return found


def _plain(name: str) -> str:
    """Return a name without what does not tell it from others: case, percent-coding, a slash at its end."""
    return unquote(name).strip().rstrip("/").lower()
