"""Who and what the tenant has besides its protection units: accounts and sites not protected yet, and groups.

A policy, a rule and a bulk addition job find here what they name: a unit that exists, or a newcomer that becomes one.
"""

import re
from collections.abc import Collection
from functools import cached_property

from msgspec import Struct

from backup_tui.simulator.domain import names
from backup_tui.simulator.domain.identifiers import guid, is_guid
from backup_tui.simulator.domain.tenant import DOMAIN, DYNAMIC_GROUPS, Tenant, Unit, drive_url, group_id, site_of
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, Workload, WorkloadKey

EVERYBODY = "All Company"
NEW_HIRES = "New Hires"
_SITE_ID = re.compile(r"[A-Za-z0-9.-]+,[0-9a-fA-F-]{36},[0-9a-fA-F-]{36}")


class Newcomer(Struct, frozen=True):
    """An account or a site that is not protected and never was; attributes as those of ``Unit``."""

    workload: Workload
    owner: str
    name: str
    address: str
    url: str


Thing = Unit | Newcomer


def is_owner_id(workload: Workload, text: object) -> bool:
    """Tell whether a value has the form of what a unit of a service is named by."""
    if not isinstance(text, str):
        return False
    return _SITE_ID.fullmatch(text) is not None if workload is SHAREPOINT else is_guid(text)


class Directory:
    """Everything of a tenant that could be protected; it is put together when it is first asked for something."""

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def find(self, workload: Workload, owner: str) -> Thing | None:
        """Return what has this ``directoryObjectId`` or ``siteId``, or None."""
        return self._by_owner[workload.key].get(owner.lower())

    def by_address(self, workload: Workload, address: str) -> Thing | None:
        """Return what has this e-mail address (sites: web address), or None."""
        return self._by_address[workload.key].get(_plain(address))

    def everything(self, workload: Workload) -> list[Thing]:
        """Return all that a service has, protected or not."""
        return list(self._by_owner[workload.key].values())

    def became(self, unit: Unit) -> None:
        self._by_owner[unit.workload.key][unit.owner.lower()] = unit
        if unit.address:
            self._by_address[unit.workload.key][_plain(unit.address)] = unit

    def group(self, identifier: str) -> frozenset[str] | None:
        """Return the object ids of a group's members, or None when there is no such group."""
        return self._groups.get(identifier.lower(), (None, None))[1]

    def groups(self) -> list[tuple[str, str, int]]:
        """Return id, name and number of members of every group."""
        return [(key, name, len(members)) for key, (name, members) in self._groups.items()]

    def change_group(self, identifier: str, add: Collection[str], remove: Collection[str]) -> None:
        """Change who is in a group. Raises ValueError if there is no such group, or no such account to add."""
        key = identifier.lower()
        if key not in self._groups:
            raise ValueError(f"no group {identifier}")
        unknown = [each for each in add if each.lower() not in self._by_owner["exchange"]]
        if unknown:
            raise ValueError(f"no account {', '.join(unknown)}")
        name, members = self._groups[key]
        gone = {each.lower() for each in remove}
        self._groups[key] = (name, (members - gone) | {each.lower() for each in add})

    @cached_property
    def _newcomers(self) -> dict[WorkloadKey, list[Newcomer]]:
        seed, units = self._tenant.seed, self._tenant.units
        mailboxes, drives, sites = (len(units[key]) for key in ("exchange", "onedrive", "sharepoint"))
        extra = max(12, mailboxes // 20)
        hired = range(mailboxes, mailboxes + extra)
        with_mailbox_only = range(drives, max(drives, mailboxes - len(names.SHARED_MAILBOXES)))

        def account(workload: Workload, seq: int) -> Newcomer:
            name, local = names.person(seq, seed)
            url = drive_url(local) if workload is ONEDRIVE else ""
            return Newcomer(workload, guid(seed, "person", seq), name, f"{local}@{DOMAIN}", url)

        return {
            "exchange": [account(EXCHANGE, seq) for seq in hired],
            "onedrive": [account(ONEDRIVE, seq) for seq in (*with_mailbox_only, *hired)],
            "sharepoint": [Newcomer(SHAREPOINT, *site_of(seq, seed)) for seq in range(sites, sites + extra)],
        }

    @cached_property
    def _by_owner(self) -> dict[WorkloadKey, dict[str, Thing]]:
        things: dict[WorkloadKey, list[Thing]] = {
            key: [*units, *self._newcomers[key]] for key, units in self._tenant.units.items()
        }
        return {key: {each.owner.lower(): each for each in ones} for key, ones in things.items()}

    @cached_property
    def _by_address(self) -> dict[WorkloadKey, dict[str, Thing]]:
        return {
            key: {_plain(each.address): each for each in things.values() if each.address}
            for key, things in self._by_owner.items()
        }

    @cached_property
    def _groups(self) -> dict[str, tuple[str, frozenset[str]]]:
        seed = self._tenant.seed
        hired = frozenset(each.owner for each in self._newcomers["exchange"])
        known = frozenset(each.owner for each in self._tenant.units["exchange"] if each.name)
        found = {name: frozenset(self._tenant.groups[name]) for name in DYNAMIC_GROUPS}
        found |= {NEW_HIRES: hired, EVERYBODY: known | hired}
        return {group_id(seed, name): (name, members) for name, members in found.items()}


def _plain(address: str) -> str:
    return address.strip().rstrip("/").lower()
