"""The tenant of the second service: accounts and sites, which of them are protected, and their restore points."""

from __future__ import annotations

import base64
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

PER_SEARCH = 20
ME = {"user": {"identity": {"id": "5b7d2c1e-0000-4000-8000-000000000001", "displayName": "Adele Vance"}}}
DAY = 86_400
SPARE = 400


class Refused(Exception):
    """An error answer."""

    def __init__(self, status: int, code: str, message: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message or code


class Kind(NamedTuple):
    """How the description names what one service has."""

    prefix: str
    unit: str
    owner: str
    names: str
    ids: str


DRIVE = Kind("oneDriveForBusiness", "drive", "directoryObjectId", "drives", "directoryObjectIds")
MAILBOX = Kind("exchange", "mailbox", "directoryObjectId", "mailboxes", "directoryObjectIds")
SITE = Kind("sharePoint", "site", "siteId", "siteWebUrls", "siteIds")
KINDS = (DRIVE, MAILBOX, SITE)


def stamp(moment: float | None) -> str | None:
    """A time as the service writes it."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def found(things: dict[str, Any], key: str, code: str) -> Any:
    """A thing by its id, or the documented refusal."""
    if key not in things:
        raise Refused(404, code)
    return things[key]


@dataclass
class Thing:
    """An account's drive or mailbox, or a site; protected or not."""

    kind: Kind
    id: str
    owner: str
    name: str
    address: str
    created: float
    known: bool = True  # whether it is or was protected, and so a protection unit
    policy: str | None = None
    sources: set[str] = field(default_factory=set)
    moving: tuple[str, float] | None = None  # the status asked for, and when it is reached


class Tenant:
    """What is protected, and what could be."""

    def __init__(self, units: int, clock: Callable[[], float] = time.time) -> None:
        self.now = clock
        self.began = clock() - 40 * DAY
        self.things: dict[str, Thing] = {}
        self.by_owner: dict[tuple[str, str], Thing] = {}
        self.by_address: dict[tuple[str, str], Thing] = {}
        self.put_in: Counter[str] = Counter()  # how often each unit was put into a policy
        self.taken_out: Counter[str] = Counter()  # how often each was taken out of one
        for kind in KINDS:
            count = units if kind is DRIVE else max(30, units // 10)
            for number in range(count + SPARE):
                self._settle(kind, number, protected=number < count)
        spare = [thing for thing in self.things.values() if thing.kind is MAILBOX and not thing.known]
        self.groups = {
            "11111111-0000-4000-8000-00000000aaaa": {thing.owner for thing in spare[:214]},
            "11111111-0000-4000-8000-00000000bbbb": {thing.owner for thing in spare[200:260]},
        }

    def _settle(self, kind: Kind, number: int, *, protected: bool) -> None:
        def made(what: str) -> str:
            return str(uuid.uuid5(uuid.NAMESPACE_DNS, f"{what}{number}"))

        if kind is SITE:
            owner = f"contoso.sharepoint.com,{made('site')},{made('web')}"
            name, address = f"Team {number}", f"https://contoso.sharepoint.com/sites/team{number:04}"
        else:
            owner, name, address = made("person"), f"Person {number}", f"person{number:04}@contoso.com"
        thing = Thing(kind, made(kind.unit), owner, name, address, self.began, known=protected)
        if protected:
            thing.policy, thing.sources = POLICIES[kind], {"manual"}
        self.things[thing.id] = thing
        self.by_owner[kind.unit, owner] = self.by_address[kind.unit, address] = thing

    def units(self, kind: Kind) -> list[Thing]:
        return [thing for thing in self.things.values() if thing.kind is kind and thing.known]

    def unit(self, identifier: str) -> Thing:
        thing = self.things.get(identifier)
        if thing is None or not thing.known:
            raise Refused(404, "ProtectionUnitNotFound")
        return thing

    def point(self, point_id: str) -> dict[str, Any]:
        """A restore point from its id, which says what it is to this service alone."""
        unit, moment = self.of_point(point_id)
        express = unit.kind is not MAILBOX and moment % DAY == 0
        return {
            "id": point_id,
            "protectionDateTime": stamp(moment),
            "expirationDateTime": stamp(moment + 365 * DAY),
            "tags": "fastRestore" if express else "none",
        }

    def of_point(self, point_id: str) -> tuple[Thing, float]:
        """The unit and the moment of a restore point."""
        try:
            unit, moment = base64.urlsafe_b64decode(point_id).decode().rsplit("_", 1)
            return self.things[unit], float(moment)
        except (ValueError, KeyError) as error:
            raise Refused(400, "InvalidRestorePoint") from error

    def nearest(
        self, unit: Thing, start: datetime, end: datetime, *, express: bool = False, oldest: bool = False
    ) -> dict[str, Any] | None:
        """The newest or oldest point of a period: every ten minutes for two weeks, before that every week.

        A few accounts have none before last week; drives and sites have an express one at each midnight.
        """
        now = self.now()
        since = max(start.timestamp(), now - (7 if int(unit.id[:2], 16) < 2 else 365) * DAY)
        until = min(end.timestamp(), now)
        if express and unit.kind is MAILBOX:
            return None
        fine = max(since, now - 14 * DAY)  # from here on there is a point every ten minutes
        spans = [(fine, until, DAY if express else 600), (since, min(until, fine), DAY if express else 7 * DAY)]
        for first, last, step in reversed(spans) if oldest else spans:
            at = -(-first // step) * step if oldest else last // step * step
            if first <= at <= last:
                return self.point(base64.urlsafe_b64encode(f"{unit.id}_{at:.0f}".encode()).decode())
        return None

    def shown_in_point(self, unit: Thing) -> dict[str, Any]:
        shown = {"@odata.type": f"#microsoft.graph.{unit.kind.unit}ProtectionUnit", "id": unit.id}
        return {**shown, unit.kind.owner: unit.owner, "policyId": unit.policy}


POLICIES = {kind: f"00000000-0000-4000-8000-0000000000{number:02x}" for number, kind in enumerate(KINDS, 0xAA)}
"""The policy of each service that is there from the start."""
