"""Bulk addition requests: a restore of up to 10,000 accounts or sites by name, looked up only at the activation."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import is_guid
from backup_tui.simulator.domain.points import Point, newest_first, oldest_first, read_period
from backup_tui.simulator.domain.tenant import Tenant, Unit
from backup_tui.simulator.domain.workloads import Workload
from backup_tui.simulator.http.callers import Caller
from backup_tui.simulator.http.errors import Detail, Refusal, check_members, coded

MOST_NAMES = 10_000
_WRONG = "BulkRestoreInvalidCreateRequest"
_wrong = coded(_WRONG)
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_SITE_ID = re.compile(r"[^\s,]+,[0-9a-f-]{36},[0-9a-f-]{36}", re.IGNORECASE)
_MEMBERS = frozenset(
    {
        "displayName", "protectionTimePeriod", "destinationType", "tags", "restorePointPreference", "protectionUnitIds",
        "id", "status", "error", "createdBy", "createdDateTime", "lastModifiedBy", "lastModifiedDateTime",
    }
)  # fmt: skip
_NO_POINT = ("RestorePointNotFound", "No restore point was found in the period.")


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and " " not in text and text.isprintable()


class _Kind(Struct, frozen=True):
    """One kind of names that a request lists; whether a name exists is found out at the activation."""

    what: str
    fits: Callable[[str], object]  # tells whether a name has the form of its kind
    malformed: str  # code of a name of another form
    unknown: str  # code of a name that is not protected
    among: str  # where it was looked for


_KINDS = {  # The page shows SiteUrlNotFound; the other codes of unknown names are named after it.
    "siteWebUrls": _Kind("site URL", _is_url, f"{_WRONG}SiteUrl", "SiteUrlNotFound", "sites"),
    "siteIds": _Kind("site ID", _SITE_ID.fullmatch, _WRONG, "SiteIdNotFound", "sites"),
    "mailboxes": _Kind("e-mail address", _EMAIL.fullmatch, f"{_WRONG}UserEmail", "UserEmailNotFound", "mailboxes"),
    "drives": _Kind("e-mail address", _EMAIL.fullmatch, f"{_WRONG}UserEmail", "UserEmailNotFound", "drives"),
    "directoryObjectIds": _Kind("object ID", is_guid, _WRONG, "DirectoryObjectIdNotFound", "accounts"),
}


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
    missing: tuple[Detail, ...] = ()  # names that did not become artifacts, known from then on

    def status(self, now: float) -> Literal["active", "completed", "completedWithErrors"]:
        """Return the ``restoreArtifactsBulkRequestStatus``."""
        if self.completed is None or now < self.completed:
            return "active"
        return "completedWithErrors" if self.missing else "completed"


def read_bulk(body: dict[str, Any], workload: Workload, identifier: str, caller: Caller, now: float) -> BulkRequest:
    """Read the body of a create request."""
    lists = (workload.name_list, workload.id_list)
    check_members(body, _MEMBERS.union(lists), "a property of the request", _wrong)
    if body.get("protectionUnitIds"):
        raise _wrong("protectionUnitIds is not supported.")
    names = {name: _names(body.get(name), name) for name in lists}
    count = sum(map(len, names.values()))
    if not count:
        raise _wrong(f"One of {' and '.join(lists)} is required.")
    if count > MOST_NAMES:
        message = f"At most {MOST_NAMES} resources can be restored by one request; this one has {count}."
        raise Refusal(400, "BulkRestoreRestorationResourcesCountExceedsLimit", message)
    for name, values in names.items():
        kind = _KINDS[name]
        for value in values:
            if not kind.fits(value):
                raise Refusal(400, kind.malformed, f"The {kind.what} {value!r} is invalid.")
    title = body.get("displayName")
    if title is not None and not isinstance(title, str):
        raise _wrong("displayName is a text.")
    given: Any = body.get("protectionTimePeriod")
    period = read_period(given, _wrong)
    return BulkRequest(
        id=identifier,
        workload=workload,
        title=title,
        names=names,
        period=period,
        given_period={name: given.get(name) for name in ("startDateTime", "endDateTime")},
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


def _member(body: dict[str, Any], name: str, members: tuple[str, ...], default: str | None) -> str:
    value = body.get(name)
    if value is None and default is not None:
        return default
    if not isinstance(value, str) or value not in members:
        raise _wrong(f"{name} is one of {', '.join(members)}, not {value!r}.")
    return value


def resolve(request: BulkRequest, tenant: Tenant, now: float) -> tuple[list[Point], tuple[Detail, ...]]:
    """Return one restore point for each unit that was found by its name, and the names that came to nothing."""
    known = _index(tenant.units[request.workload.key])
    walk = newest_first if request.preference == "latest" else oldest_first
    points: list[Point] = []
    missing: list[Detail] = []
    taken: set[str] = set()
    for member, names in request.names.items():
        kind = _KINDS[member]
        for name in names:
            unit = known.get(_plain(name))
            if unit is None:
                message = f"The {kind.what} was not found among the protected {kind.among}."
                missing.append((kind.unknown, message, name))
                continue
            if unit.id in taken:
                continue
            taken.add(unit.id)
            point = next(walk(unit, now, *request.period, express=request.tags == "fastRestore"), None)
            if point is None:
                missing.append((*_NO_POINT, name))
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
