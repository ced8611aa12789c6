"""The simulated tenant: its people, sites, policies and protection units, all drawn from a seed."""

from dataclasses import dataclass, field
from typing import Literal

from backup_tui.simulator.domain import names
from backup_tui.simulator.domain.identifiers import guid, number
from backup_tui.simulator.domain.policies import Policy
from backup_tui.simulator.domain.workloads import EXCHANGE, ONEDRIVE, SHAREPOINT, WORKLOADS, Workload, WorkloadKey
from backup_tui.simulator.http.callers import ADELE, ADELE_ID, RYAN, Caller

DOMAIN = "contoso.com"
SITE_HOST = "contoso.sharepoint.com"
DRIVE_HOST = "contoso-my.sharepoint.com"
HOUR = 3600
DAY = 24 * HOUR

DYNAMIC_GROUPS = {"EMEA Staff": (5, 2), "Sales": (9, 4)}
"""The groups of the mailboxes' dynamic rule: every how many accounts one is in it, and which of them."""

Trait = Literal["sound", "held", "gone", "clipped", "flaky"]
"""How restores of a unit end: ``held`` (a site only in place) fails with ArtifactCannotBeRestored, ``gone`` always
(ArtifactNotFound), ``clipped`` at most times (InvalidRestoreTime), ``flaky`` the first time (UnknownError)."""

_FAILING: dict[WorkloadKey, tuple[int, tuple[Trait, ...]]] = {
    # Every 29th unit (23rd site) fails, from the 17th on, so that the first ones can be relied on.
    "exchange": (29, ("flaky", "held", "clipped", "gone")),
    "onedrive": (29, ("held", "flaky", "gone", "clipped")),
    "sharepoint": (23, ("held", "gone", "clipped", "flaky")),
}


@dataclass(slots=True)
class Unit:
    """One protection unit: a mailbox, a drive or a site."""

    seq: int  # place within its service, 0 or more
    workload: Workload
    id: str  # GUID of the unit
    owner: str  # ``directoryObjectId`` of the account, or ``siteId``
    name: str  # display name; empty for a deleted user
    address: str  # e-mail address (empty for a deleted user), or web address of the site
    url: str  # web address of the drive or site; empty for a mailbox
    policy: Policy | None  # the policy it is in; None when it was taken out or its policy is gone
    joined: float  # when its protection began
    share: float  # place among the units of its policy, 0 to 1
    place: int = 0  # place among the units of all services, 0 or more
    left: float | None = None  # when its protection ended, or None
    trait: Trait = "sound"  # how its restores end
    unchanged: bool = False  # mailbox whose content never differs from a point
    # minutes past the hour at which its points are made when there is only one an hour, else None
    sparse: int | None = None
    error: str | None = None  # error code of the unit itself; it is then not protected
    offboarding: str | None = None  # its status outside any policy, if it was asked to be offboarded
    offboard_requested: float | None = None  # when that was asked for, or None
    by_hand: bool = True  # whether somebody, a static rule or a job put it in its policy
    by_rule: bool = False  # whether a dynamic rule holds it in its policy
    # its status while it follows a change of its own (``protectRequested``, ``removeRequested``)
    pending: str | None = None
    moved: float | None = None  # when that change, or the last offboarding step, was asked for
    # when it was protected by policies it is no longer in, newest first, in seconds since 1970; None as long as
    # ``joined`` and ``left`` say it all
    past: tuple[tuple[float, float | None], ...] | None = None
    made_by: Caller | None = None  # who put it in its policy; None for whoever made the policy
    restored: int = 0  # how often it was restored to a new location
    faulted: bool = False  # whether its provider fault already happened (``flaky`` units)

    def state(self, now: float) -> tuple[str, float]:
        """Return the ``protectionUnitStatus``, and since when (seconds since 1970) it holds."""
        if self.offboarding is not None:
            return self.offboarding, self.moved or self.left or self.joined
        if self.policy is not None and self.policy.offboarding is not None:
            return self.policy.offboarding, self.policy.offboard_requested or self.joined
        if self.pending is not None:
            return self.pending, self.moved or self.joined
        if self.policy is None or self.error is not None:
            return "unprotected", self.left or self.joined
        status, since = self.policy.unit_state(self.share, now)
        return status, max(self.joined, since or self.joined)

    def spans(self) -> list[tuple[float, float | None]]:
        """Return when it was protected, newest first, as (from, until) in seconds since 1970."""
        if self.offboarding == "offboarded":
            return []
        if self.policy is None:
            return [(self.joined, self.left)] if self.past is None else list(self.past)
        if self.pending == "protectRequested":
            return list(self.past or ())
        own_end = self.left
        found: list[tuple[float, float | None]] = []
        for began, ended in reversed(self.policy.spans):
            end = min((e for e in (ended, own_end) if e is not None), default=None)
            start = max(began, self.joined)
            if end is None or start < end:
                found.append((start, end))
        return [*found, *(self.past or ())]

    def leave(self, now: float) -> None:
        """Take it out of its policy; what was saved until now stays."""
        if self.policy is None:
            return
        self.past = tuple((began, now if ended is None else ended) for began, ended in self.spans())
        self.policy.size -= 1
        self.policy.broken -= self.error is not None
        self.policy, self.pending, self.left = None, None, now
        self.by_hand, self.by_rule = True, False


@dataclass
class Tenant:
    """All that is protected, or was."""

    seed: int  # where it was drawn from
    started: float  # when the service was started; the past ends here
    policies: list[Policy] = field(default_factory=list)
    # the units of each service, in the order of their ``seq``
    units: dict[WorkloadKey, list[Unit]] = field(default_factory=dict)
    everything: list[Unit] = field(default_factory=list)  # all units, service after service
    by_id: dict[str, Unit] = field(default_factory=dict)  # every unit by its id
    # the members (object ids) of the groups that the dynamic rule of the mailboxes names
    groups: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in DYNAMIC_GROUPS})

    def take(self, unit: Unit) -> None:
        self.units[unit.workload.key].append(unit)
        self.everything.append(unit)
        self.by_id[unit.id] = unit


def create_tenant(units: int, seed: int, started: float, mostly: WorkloadKey | None = None) -> Tenant:
    """Draw a tenant of so many units over the three services; the same seed gives the same, apart from its dates."""
    tenant = Tenant(seed, started, policies=_policies(seed, started))
    counts = _counts(units, mostly)
    for workload in WORKLOADS:
        policy, *others = (each for each in tenant.policies if each.workload is workload)
        pilot = others[0] if others else None
        drawn = [_unit(workload, seq, counts, policy, seed, started) for seq in range(counts[workload.key])]
        if pilot is not None:
            for unit in drawn[len(drawn) - len(drawn) // 12 :]:
                unit.policy, unit.joined = pilot, pilot.created
        for unit in drawn:
            if unit.policy is not None:
                unit.policy.size += 1
                unit.policy.broken += unit.error is not None
                unit.share = float(unit.policy.size)
            tenant.by_id[unit.id] = unit
        if workload is EXCHANGE:
            _put_in_groups(tenant, drawn)
        for unit in drawn:
            unit.share = unit.share / unit.policy.size if unit.policy is not None else 0.0
        tenant.units[workload.key] = drawn
        for unit in drawn:
            unit.place = len(tenant.everything)
            tenant.everything.append(unit)
    return tenant


def _counts(units: int, mostly: WorkloadKey | None) -> dict[WorkloadKey, int]:
    """Return how many units each service has; nine tenths are of the one that most are of."""
    if mostly is not None:
        few = units // 20
        counts: dict[WorkloadKey, int] = {"exchange": few, "onedrive": few, "sharepoint": few}
        return {**counts, mostly: units - 2 * few}
    mailboxes = max(1, round(units * 0.40))
    drives = min(units - mailboxes, round(units * 0.35))
    return {"exchange": mailboxes, "onedrive": drives, "sharepoint": units - mailboxes - drives}


def _put_in_groups(tenant: Tenant, mailboxes: list[Unit]) -> None:
    """Draw the members of the groups; what a group holds in the policy is there by the dynamic rule."""
    for name, (every, first) in DYNAMIC_GROUPS.items():
        members = tenant.groups[name]
        for unit in mailboxes[first::every]:
            if unit.policy is not None:
                members.add(unit.owner)
                unit.by_rule, unit.by_hand = True, unit.seq % 4 == 0


def group_id(seed: int, name: str) -> str:
    """Return the id of a group, which depends on the seed and its name alone."""
    return guid(seed, "group", name)


def site_of(seq: int, seed: int) -> tuple[str, str, str, str]:
    """Return owner id, name, address and web address of a site."""
    path, name = names.site(seq, seed)
    url = f"https://{SITE_HOST}{path}"
    return f"{SITE_HOST},{guid(seed, 'site', seq)},{guid(seed, 'web', seq)}", name, url, url


def drive_url(local: str) -> str:
    """Return the web address of a drive. ``local``: what precedes the @ in the account's e-mail address."""
    return f"https://{DRIVE_HOST}/personal/{local.replace('.', '_')}_contoso_com"


def _policies(seed: int, started: float) -> list[Policy]:
    """Return one active policy for each service, and a SharePoint one that was never started."""
    policies = []
    for name, workload, age, changed, on, by in (
        ("Mailboxes all", EXCHANGE, 430.3, 41.2, True, RYAN),
        ("OneDrive all", ONEDRIVE, 401.7, 19.4, True, ADELE),
        ("Sites all", SHAREPOINT, 428.1, 19.3, True, ADELE),
        ("Sites pilot", SHAREPOINT, 204.6, 203.9, False, RYAN),
    ):
        created, modified = started - age * DAY, started - changed * DAY
        policy = Policy(guid(seed, "policy", name), workload, name, created, by, modified, by, on)
        policy.spans = [(created, None)] if on else []
        policies.append(policy)
    return policies


def _unit(
    workload: Workload, seq: int, counts: dict[WorkloadKey, int], policy: Policy, seed: int, started: float
) -> Unit:
    """Draw the unit at a place of a service."""
    draw = number(seed, workload.key, seq)
    age = 200 * DAY + draw % (200 * DAY)
    if seq >= len(names.NAMED_SITES) and seq % 11 == 5:
        age = 3 * DAY + draw % (6 * DAY)
    elif seq % 37 == 33:
        age = 4 * 60 + draw % 240  # so young that it has no restore point yet
    identifier, joined = guid(seed, workload.key, seq), float(int(max(policy.created, started - age)))
    unit = Unit(seq, workload, identifier, *_owner(workload, seq, counts, seed), policy, joined, share=0.0)
    unit.trait, unit.unchanged = _trait(workload, seq), workload is EXCHANGE and seq % 13 == 12
    if workload is ONEDRIVE and (seq == 3 or seq % 47 == 45):
        unit.sparse = 20 if seq == 3 else draw % 6 * 10
    _trouble(unit, started)
    return unit


def _owner(workload: Workload, seq: int, counts: dict[WorkloadKey, int], seed: int) -> tuple[str, str, str, str]:
    """Return owner id, name, address and web address of the unit at a place of a service."""
    if workload is SHAREPOINT:
        return site_of(seq, seed)
    owner = ADELE_ID if seq == 0 else guid(seed, "person", seq)
    # Shared mailboxes are at the end of the list, where no account has a drive.
    shared = seq - max(counts["onedrive"], counts["exchange"] - len(names.SHARED_MAILBOXES))
    if workload is EXCHANGE and shared >= 0 and seq >= len(names.PRINCIPALS):
        name = names.SHARED_MAILBOXES[shared]
        return owner, name, f"{name.lower().replace(' ', '.')}@{DOMAIN}", ""
    name, local = names.person(seq, seed)
    url = drive_url(local) if workload is ONEDRIVE else ""
    return owner, name, f"{local}@{DOMAIN}", url


def _trait(workload: Workload, seq: int) -> Trait:
    if workload is SHAREPOINT and seq == 5:
        return "held"  # the Legal site, under a preservation lock
    every, traits = _FAILING[workload.key]
    turn, place = divmod(seq, every)
    return traits[turn % len(traits)] if place == 17 else "sound"


def _trouble(unit: Unit, started: float) -> None:
    """Put some units outside their policy, or in error, as old tenants have them."""

    def left(days_ago: int, after_days: int) -> None:
        unit.left = started - days_ago * DAY
        unit.joined = min(unit.joined, unit.left - after_days * DAY)

    seq = unit.seq
    if unit.workload is not SHAREPOINT and seq % 61 == 30:  # a deleted user
        unit.name = unit.address = ""
        unit.trait = "gone"
        if seq % 2 == 0:
            unit.policy = None
            left(12, 60)
    elif seq % 73 == 52:
        unit.policy = None
        unit.offboarding = ("offboardRequested", "cancelOffboardRequested", "offboarded")[seq // 73 % 3]
        left(20, 90)
    elif unit.workload is ONEDRIVE and seq % 41 == 38:
        unit.error = ("InvalidArtifactId", "UnknownError", "ProtectionUnitNotFound")[seq // 41 % 3]
        left(6, 30)
    elif unit.workload is EXCHANGE and seq % 97 == 71:
        unit.policy, unit.error = None, "QuotaExceeded"
        left(9, 45)
