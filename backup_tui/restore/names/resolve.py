"""Finds the unit of a written name, and what is wrong with names that match none. A close name is only suggested, never
chosen: a restore of the wrong mailbox is worse than one that waits for an answer."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.restore.names.names import (
    Duplicate,
    NameKind,
    UnitList,
    WrittenName,
    kind_of,
    may_be_short_id,
    normalise,
)
from backup_tui.restore.names.nearness import Effort
from backup_tui.restore.names.unit_index import UnitIndex
from backup_tui.store.rows import UnitRow

MOST_LOOKED_NEAR = 200
"""For so many unknown names of one list the nearest one is looked for; a list with more is the wrong list."""


MOST_CANDIDATES = 9  # so many units that are near a name are kept with it; where there are as many, there may be more


_GUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_OBJECT_ID = re.compile(_GUID, re.IGNORECASE)
_SITE_ID = re.compile(rf"[a-z0-9.-]+,{_GUID},{_GUID}", re.IGNORECASE)


class Reason(StrEnum):
    """Why a name matches no unit; the value is what the person reads."""

    NO_SUCH = "no such account"
    SEVERAL = "several match"
    TWICE = "twice in list"
    NOT_PROTECTED = "not in any policy"
    GONE = "gone"
    EXCLUDED = "excluded"
    WRONG_CELL = "cell cannot be read"
    NO_WAVE = "in no wave"
    OTHER_POLICY = "in another policy"
    NOT_IN_POLICY = "not in this policy"
    BY_RULE = "held by a rule"
    LEAVING = "being removed"
    OFFBOARDING = "being offboarded"

    def word(self, service: Service) -> str:
        if self is Reason.NO_SUCH:
            return {Service.EXCHANGE: "no such mailbox", Service.SHAREPOINT: "no such site"}.get(service, self.value)
        return self.value


_UNFIT = {
    Reason.OTHER_POLICY: "This {noun} is in another policy. Remove it there first, then add it here.",
    Reason.NOT_IN_POLICY: "This {noun} is not in this policy, so there is nothing to remove.",
    Reason.BY_RULE: "A dynamic rule holds this {noun}, so it stays protected. Change the rule or its group.",
    Reason.LEAVING: "This {noun} is being removed from a policy. It can be added when that has ended.",
    Reason.OFFBOARDING: "This {noun} is being offboarded. Cancel that first, then add it.",
    Reason.EXCLUDED: "A policy with full workload backup excludes this {noun}: it makes no points of it. Leave it out.",
}
"""Why what was found cannot be added to a policy, removed from it, or restored."""


class Found(Struct, frozen=True):
    """A name that matches one unit. `name`: what the unit is called here."""

    written: WrittenName
    unit_id: str
    name: str


class NameProblem(Struct, frozen=True):
    """A name to correct or leave out. `nearest`: the one unit that is probably meant; taken only when the
    person says so. `candidates`: all units that match or are equally near, by id."""

    written: WrittenName
    reason: Reason
    nearest: str | None = None
    nearest_name: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def is_misspelt(self) -> bool:
        """Whether nothing has this name and exactly one unit is near it."""
        return self.reason is Reason.NO_SUCH and self.nearest is not None


class NoneKnown(Struct, frozen=True):
    """Not one name of a list is known: probably the list of another tenant. `tail`: the domain or host that most of
    them share; empty when they share none."""

    total: int
    tail: str
    tail_count: int

    def question(self, tenant: str) -> str:
        share = f"; {self.tail_count:,} end in {self.tail}" if self.tail else ""
        return f"None of these {self.total:,} names is in {tenant}{share}. Is this the right tenant?"

    def sentence(self, tenant: str) -> str:
        return f"{self.question(tenant)} Your list is kept."


class Resolution(Struct, frozen=True):
    """What became of a list. `found`: names that mean one unit each, in the order of the list, each unit once.
    `twice`: names of a unit that the list has already. `none_known`: not a single name is known.
    `strangers`: names of what is no unit yet, by the id in their row (as `unit_id`); only where such may be meant."""

    found: tuple[Found, ...] = ()
    problems: tuple[NameProblem, ...] = ()
    twice: tuple[Duplicate, ...] = ()
    none_known: NoneKnown | None = None
    strangers: tuple[Found, ...] = ()

    @property
    def count(self) -> int:
        return len(self.found) + len(self.strangers) + len(self.twice) + len(self.problems)

    def line_of(self, unit_id: str | None) -> int | None:
        return next((one.written.line for one in self.found if one.unit_id == unit_id), None)


def refuse_hidden_names(names: UnitList, service: Service, *, app_only: bool) -> None:
    """Refuses addresses of people when the sign-in is not given them, before anything is looked up. Raises
    `UsageError`: an application's sign-in, and a name that only a person's sign-in could find."""
    if not app_only or service is Service.SHAREPOINT:
        return
    hidden = [
        name
        for name in names.lines
        if name.kind in (NameKind.ADDRESS, NameKind.TITLE)
        and not may_be_short_id(name.text)
        and not any(kind_of(other) is NameKind.ID for other in name.others)
    ]
    if hidden:
        raise UsageError.unsent(
            f"The service hides the names of {service.names.units} from an application's sign-in, "
            f"so {hidden[0].text} cannot be found.",
            "Units",
            hidden[0].text,
            "Use object ids or unit ids, or sign in as a person.",
        )


Judge = Callable[[UnitRow], "Reason | None"]
"""Why a unit that was found cannot be used for what is wanted; `None` where it can."""


def resolve(
    names: UnitList,
    units: Mapping[str, UnitRow] | UnitIndex,
    service: Service,
    *,
    app_only: bool = False,
    judge: Judge | None = None,
    new_ids: bool = False,
) -> Resolution:
    """Finds the unit of each name. `judge`: what decides about a unit that was found, in place of what a restore needs.
    `new_ids`: a name without a unit is taken by the object id or site id of its row. Raises `UsageError`: names that
    this sign-in cannot find."""
    refuse_hidden_names(names, service, app_only=app_only)
    index = units if isinstance(units, UnitIndex) else UnitIndex(units.values())
    found: dict[str, Found] = {}
    problems: list[NameProblem] = []
    strangers: dict[str, Found] = {}
    twice = list(names.duplicates)
    effort = Effort()
    for name in names.lines:
        unit_ids, by_id = index.matches(name)
        if not unit_ids and new_ids and (owner := owner_id(name, service)):
            if (first := strangers.setdefault(owner, Found(name, owner, name.text))).written is not name:
                twice.append(Duplicate(name.line, first.written.line, name.text))
            continue
        if len(unit_ids) != 1:
            problems.append(
                _unmatched(index, name, unit_ids, effort if len(problems) < MOST_LOOKED_NEAR else Effort(0))
            )
            continue
        unit_id = unit_ids[0]
        if unit_id in found:
            twice.append(Duplicate(name.line, found[unit_id].written.line, name.text))
            continue
        unit = index.units[unit_id]
        reason = judge(unit) if judge is not None else None if by_id else doubt(unit)
        if reason is None:
            found[unit_id] = Found(name, unit_id, index.name(unit_id))
        else:
            nearest = (unit_id, index.name(unit_id), unit_ids) if judge is None else ()
            problems.append(NameProblem(name, reason, *nearest))
    nothing = (
        not found and not strangers and all(one.reason is Reason.NO_SUCH and not one.candidates for one in problems)
    )
    return Resolution(
        tuple(found.values()),
        tuple(problems),
        tuple(twice),
        none_known(names.lines, index, service) if nothing and len(names.lines) > 1 else None,
        tuple(strangers.values()),
    )


def owner_id(name: WrittenName, service: Service) -> str:
    """The object id or site id that a row gives for what it names, in small letters; empty where it gives none."""
    form = _SITE_ID if service is Service.SHAREPOINT else _OBJECT_ID
    return next((text.casefold() for text in (name.text, *name.others) if form.fullmatch(text)), "")


def explain_problem(problem: NameProblem, index: UnitIndex, service: Service, tenant: str) -> str:
    """What is wrong with one name, in sentences for the lines under the table."""
    noun = service.names.unit
    nearest = index.units.get(problem.nearest or "")
    unasked = "It is used only if you choose it."
    if (unfit := _UNFIT.get(problem.reason)) is not None:
        return unfit.format(noun=noun)
    match problem.reason:
        case Reason.SEVERAL:
            return (
                f"{len(problem.candidates):,} {service.names.units} have this name. "
                f"Write the {'URL' if service is Service.SHAREPOINT else 'address'} or the id of the one you mean."
            )
        case Reason.TWICE:
            return "The list names it twice; counted once."
        case Reason.NOT_PROTECTED:
            return f"This {noun} is in no policy now. Earlier points may still exist. {unasked}"
        case Reason.GONE if nearest is not None:
            return f"This name was seen here before, but the service no longer sends it. {unasked}"
        case Reason.GONE:
            return f"This name was seen here before; no {noun} in {tenant} has it now."
    if service is Service.SHAREPOINT and problem.written.kind is NameKind.ADDRESS:
        return "This is an e-mail address; a site goes by its URL or its title. Did you mean another service?"
    is_url = problem.written.kind is NameKind.URL and (service is Service.SHAREPOINT or "/" in problem.written.text)
    nothing = f"Nothing in {tenant} has this {'URL' if is_url else 'name'}."
    if problem.written.kind is NameKind.ADDRESS:
        nothing = f"Nothing in {tenant} has this address."
    if nearest is not None:
        who = f"{nearest.title}, {nearest.address}" if nearest.title and nearest.address else problem.nearest_name
        return f"{nothing} One {noun} is similar: {who}. {unasked}"
    if problem.candidates:
        close = ", ".join(index.name(unit_id) for unit_id in problem.candidates[:3])
        return f"{nothing} Similar: {close}."
    return nothing


def _unmatched(index: UnitIndex, name: WrittenName, unit_ids: Sequence[str], effort: Effort) -> NameProblem:
    if unit_ids:
        return NameProblem(name, Reason.SEVERAL, candidates=tuple(unit_ids))
    if index.is_excluded(name):
        return NameProblem(name, Reason.EXCLUDED)
    near = index.nearest(name.text, effort)
    reason = Reason.GONE if index.was_known(name) else Reason.NO_SUCH
    if len(near) == 1:
        return NameProblem(name, reason, near[0], index.name(near[0]), near)
    return NameProblem(name, reason, candidates=near[:MOST_CANDIDATES])


def doubt(unit: UnitRow) -> Reason | None:
    """Why a unit that was named by its address is not simply taken. One of a paused policy is: its points stay."""
    if unit.deleted:
        return Reason.GONE
    if not unit.policy_id and unit.status.lower() in ("unprotected", "offboardrequested", "offboarded"):
        return Reason.NOT_PROTECTED
    return None


def none_known(lines: Sequence[WrittenName], index: UnitIndex, service: Service) -> NoneKnown | None:
    """Whether these are the names of another tenant; misspelt ones of this tenant, or of another service, are not."""
    tails: Counter[str] = Counter()
    wanted = NameKind.URL if service is Service.SHAREPOINT else NameKind.ADDRESS
    for name in lines:
        key = normalise(name.text)
        if name.kind is wanted:
            tails[key.rpartition("@")[2] if wanted is NameKind.ADDRESS else key.partition("/")[0]] += 1
        elif name.kind in (NameKind.URL, NameKind.ADDRESS):
            return None
    (tail, count), *_ = tails.most_common(1) or [("", 0)]
    return None if index.knows(tail) else NoneKnown(len(lines), tail, count)
