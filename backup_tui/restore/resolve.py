"""Which unit a written name stands for, and what is wrong with the names that stand for none.

A near name is only pointed out, never taken: a restore of the wrong mailbox is worse than one that waits for an answer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from backup_tui.errors import UsageError
from backup_tui.models.services import Service
from backup_tui.restore.names import Duplicate, NameKind, UnitList, WrittenName, kind_of, normalise
from backup_tui.restore.nearness import Effort, NearNames, split_key

MOST_LOOKED_NEAR = 200
"""For so many unknown names of one list the nearest one is looked for; a list with more is the wrong list."""


LEAST_BEGINNING = 3
"""Letters from which on the beginning of a name says which unit may be meant."""


MOST_CANDIDATES = 9
"""So many units that are near a name are kept with it; where there are as many, there may be more."""


class UnitLike(Protocol):
    """What a row of the units must tell; texts are empty when they are not known."""

    @property
    def id(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def object_id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def policy_id(self) -> str: ...
    @property
    def created(self) -> datetime | None: ...
    @property
    def deleted(self) -> bool: ...


class RememberedName(Protocol):
    """The last name under which a unit was seen on this machine."""

    @property
    def address(self) -> str | None: ...
    @property
    def title(self) -> str | None: ...


class Reason(StrEnum):
    """Why a name stands for no unit; the value is what the person reads."""

    NO_SUCH = "no such account"
    SEVERAL = "several match"
    TWICE = "twice in list"
    NOT_PROTECTED = "not in any policy"
    GONE = "gone"

    def word(self, service: Service) -> str:
        """The reason with the service's own noun: `no such site`."""
        if self is Reason.NO_SUCH:
            return {Service.EXCHANGE: "no such mailbox", Service.SHAREPOINT: "no such site"}.get(service, self.value)
        return self.value


@dataclass(frozen=True, slots=True)
class Found:
    """A name that stands for one unit.

    Attributes:
        written: The name.
        unit_id: The unit.
        name: What the unit is called here.
    """

    written: WrittenName
    unit_id: str
    name: str


@dataclass(frozen=True, slots=True)
class NameProblem:
    """A name that has to be put right or left out.

    Attributes:
        written: The name.
        reason: What is wrong.
        nearest: The one unit that is probably meant; taken only when the person says so.
        nearest_name: What it is called here; empty without one.
        candidates: All units that match or are equally near, by id.
    """

    written: WrittenName
    reason: Reason
    nearest: str | None = None
    nearest_name: str = ""
    candidates: tuple[str, ...] = ()

    @property
    def is_misspelt(self) -> bool:
        """Whether nothing has this name and exactly one unit is near it."""
        return self.reason is Reason.NO_SUCH and self.nearest is not None


@dataclass(frozen=True, slots=True)
class NoneKnown:
    """Not one name of a list is known: probably the list of another tenant.

    Attributes:
        total: Names in the list.
        tail: The domain or host that most of them share; empty when they share none.
        tail_count: How many do.
    """

    total: int
    tail: str
    tail_count: int

    def sentence(self, tenant: str) -> str:
        """What to say about it."""
        share = f" {self.tail_count:,} of them end in {self.tail}." if self.tail else ""
        return (
            f"None of these {self.total:,} names is known in {tenant}.{share} "
            "Are you in the right tenant? The list is kept."
        )


@dataclass(frozen=True, slots=True)
class Resolution:
    """What became of a list.

    Attributes:
        found: Names that stand for one unit each, in the order of the list, each unit once.
        problems: Names to put right or leave out.
        twice: Names that stand for a unit that the list has already; they count once.
        none_known: Set when not a single name is known.
    """

    found: tuple[Found, ...] = ()
    problems: tuple[NameProblem, ...] = ()
    twice: tuple[Duplicate, ...] = ()
    none_known: NoneKnown | None = None


class UnitIndex:
    """The units of one service, laid out for look-ups by any of their names.

    Building it takes a pass over all units; keep it for as long as the units do not change.
    """

    def __init__(self, units: Iterable[UnitLike], remembered: Iterable[RememberedName] = ()) -> None:
        self.units: dict[str, UnitLike] = {}
        self._by_id: dict[str, list[str]] = {}
        self._by_address: dict[str, list[str]] = {}
        self._by_title: dict[str, list[str]] = {}
        for unit in units:
            self.units[unit.id] = unit
            self._by_id.setdefault(unit.id.casefold(), []).append(unit.id)
            if unit.object_id and unit.object_id.casefold() != unit.id.casefold():
                self._by_id.setdefault(unit.object_id.casefold(), []).append(unit.id)
            if unit.address:
                self._by_address.setdefault(_key(unit.address), []).append(unit.id)
            if unit.title:
                self._by_title.setdefault(unit.title.casefold(), []).append(unit.id)
        self._remembered = frozenset(_key(name.address) for name in remembered if name.address)

    def name(self, unit_id: str) -> str:
        """What a unit is called: its address, else its title, else its object id, else its own id."""
        unit = self.units.get(unit_id)
        return (unit.address or unit.title or unit.object_id or unit.id) if unit else unit_id

    def matches(self, name: WrittenName) -> tuple[tuple[str, ...], bool]:
        """The units that a name stands for, and whether an id named them.

        Ids and addresses count before display names, which repeat. When a row of a CSV names two different units,
        both are returned.
        """
        by_id: dict[str, None] = {}
        exact: dict[str, None] = {}
        for text in (name.text, *name.others):
            folded = normalise(text)
            by_id.update(dict.fromkeys(self._by_id.get(text.casefold(), ())))
            exact.update(dict.fromkeys(self._by_address.get(folded, ())))
        if by_id or exact:
            return tuple(by_id | exact), bool(by_id)
        if kind_of(name.text) is NameKind.TITLE:
            return tuple(self._by_title.get(normalise(name.text), ())), False
        return (), False

    def was_known(self, name: WrittenName) -> bool:
        """Whether the name was seen on this machine before, on a unit that is not listed under it any more."""
        return any(normalise(text) in self._remembered for text in (name.text, *name.others))

    def nearest(self, text: str, effort: Effort | None = None) -> tuple[str, ...]:
        """Ids of the units whose address is nearest to a mistyped one; several when they are equally near.

        Args:
            text: The name as it was written.
            effort: Shared by the names of one list; a fresh one when not given.
        """
        key, effort = normalise(text), effort or Effort()
        for guess in (self._inside(key), self._personal(key), self._by_local.get(key, [])):
            if guess:
                return tuple(guess)
        near = self._near.nearest(key, effort)
        return tuple(unit_id for one in near for unit_id in self._by_address[one]) or self._beginning(key, effort)

    def _beginning(self, key: str, effort: Effort) -> tuple[str, ...]:
        """The units whose address or display name begins with what was written: half a name is a usual one."""
        group, tail = split_key(key)
        if len(tail) < LEAST_BEGINNING or effort.left < len(self._by_address):
            return ()
        effort.left -= len(self._by_address)
        found: dict[str, None] = {}
        for address, unit_ids in self._by_address.items():
            its_group, its_tail = split_key(address)
            if its_tail.startswith(tail) and group in ("", its_group):
                found.update(dict.fromkeys(unit_ids))
        if not group:
            for title, unit_ids in self._by_title.items():
                if title.startswith(tail):
                    found.update(dict.fromkeys(unit_ids))
        return tuple(found)

    def _inside(self, key: str) -> list[str]:
        """The site that a longer URL lies in: a library, a page, a file."""
        while "/" in key:
            key = key.rpartition("/")[0]
            if key.count("/") >= 1 and key in self._by_address:
                return self._by_address[key]
        return []

    def _personal(self, key: str) -> list[str]:
        """The account of `contoso-my.sharepoint.com/personal/adele_contoso_com`."""
        _, found, rest = key.partition("/personal/")
        return self._by_personal.get(rest.partition("/")[0], []) if found else []

    @cached_property
    def _near(self) -> NearNames:
        return NearNames(self._by_address)

    @cached_property
    def _by_local(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, unit_ids in self._by_address.items():
            found.setdefault(split_key(key)[1], []).extend(unit_ids)
        return found

    @cached_property
    def _by_personal(self) -> dict[str, list[str]]:
        table = str.maketrans("@.", "__")
        return {key.translate(table): unit_ids for key, unit_ids in self._by_address.items() if "@" in key}


def refuse_hidden_names(names: UnitList, service: Service, *, app_only: bool) -> None:
    """Refuses addresses of people when the sign-in is not given them, before anything is looked up.

    Raises:
        UsageError: An application's sign-in, and a name that only a person's sign-in could find.
    """
    if not app_only or service is Service.SHAREPOINT:
        return
    hidden = [
        name
        for name in names.lines
        if name.kind in (NameKind.ADDRESS, NameKind.TITLE)
        and not any(kind_of(other) is NameKind.ID for other in name.others)
    ]
    if hidden:
        raise UsageError(
            f"The service does not give names of {service.names.units} to an application's sign-in, "
            f"so {hidden[0].text} cannot be found.",
            field="Units",
            value=hidden[0].text,
            certain="Nothing was looked up, nothing was drafted.",
            way_out="Give object ids or unit ids, or sign in as a person.",
        )


def resolve(
    names: UnitList, units: Mapping[str, UnitLike] | UnitIndex, service: Service, *, app_only: bool = False
) -> Resolution:
    """Finds the unit of each name.

    Args:
        names: The list.
        units: All units of the service by id, or an index of them that was made before.
        service: What the list is about.
        app_only: The sign-in is an application's: people's names are hidden from it.

    Raises:
        UsageError: Names that this sign-in cannot find.
    """
    refuse_hidden_names(names, service, app_only=app_only)
    index = units if isinstance(units, UnitIndex) else UnitIndex(units.values())
    found: dict[str, Found] = {}
    problems: list[NameProblem] = []
    twice = list(names.duplicates)
    effort = Effort()
    for name in names.lines:
        unit_ids, by_id = index.matches(name)
        if len(unit_ids) != 1:
            problems.append(
                _unmatched(index, name, unit_ids, effort if len(problems) < MOST_LOOKED_NEAR else Effort(0))
            )
            continue
        unit_id = unit_ids[0]
        if unit_id in found:
            twice.append(Duplicate(name.line, found[unit_id].written.line, name.text))
            continue
        reason = None if by_id else _doubt(index.units[unit_id])
        if reason is None:
            found[unit_id] = Found(name, unit_id, index.name(unit_id))
        else:
            problems.append(NameProblem(name, reason, unit_id, index.name(unit_id), unit_ids))
    nothing = bool(names.lines) and not found and all(problem.reason is Reason.NO_SUCH for problem in problems)
    return Resolution(
        tuple(found.values()),
        tuple(problems),
        tuple(twice),
        _none_known(names.lines) if nothing and len(names.lines) > 1 else None,
    )


def explain_problem(problem: NameProblem, index: UnitIndex, service: Service, tenant: str) -> str:
    """What is wrong with one name, in sentences for the lines under the table."""
    noun = service.names.unit
    nearest = index.units.get(problem.nearest or "")
    unasked = "It is not taken unless you say so."
    match problem.reason:
        case Reason.SEVERAL:
            return (
                f"{len(problem.candidates):,} {service.names.units} go by this name. "
                f"Write the {'URL' if service is Service.SHAREPOINT else 'address'} or the id of the one that is meant."
            )
        case Reason.TWICE:
            return "The list names it twice; it counts once."
        case Reason.NOT_PROTECTED:
            return f"This {noun} is in no policy now. Points made earlier may still be there. {unasked}"
        case Reason.GONE if nearest is not None:
            return f"This name was seen here before, and the service does not send it any more. {unasked}"
        case Reason.GONE:
            return f"This name was seen here before; no {noun} in {tenant} has it now."
    if service is Service.SHAREPOINT and problem.written.kind is NameKind.ADDRESS:
        return "This is an e-mail address; a site goes by its URL or its title. Is another service meant?"
    is_url = problem.written.kind is NameKind.URL and (service is Service.SHAREPOINT or "/" in problem.written.text)
    nothing = f"Nothing in {tenant} has this {'URL' if is_url else 'name'}."
    if problem.written.kind is NameKind.ADDRESS:
        nothing = f"Nothing in {tenant} has this address."
    if nearest is not None:
        who = f"{nearest.title}, {nearest.address}" if nearest.title and nearest.address else problem.nearest_name
        return f"{nothing} One {noun} is close: {who}. {unasked}"
    if problem.candidates:
        close = ", ".join(index.name(unit_id) for unit_id in problem.candidates[:3])
        return f"{nothing} Close are: {close}."
    return nothing


def _unmatched(index: UnitIndex, name: WrittenName, unit_ids: Sequence[str], effort: Effort) -> NameProblem:
    if unit_ids:
        return NameProblem(name, Reason.SEVERAL, candidates=tuple(unit_ids))
    near = index.nearest(name.text, effort)
    reason = Reason.GONE if index.was_known(name) else Reason.NO_SUCH
    if len(near) == 1:
        return NameProblem(name, reason, near[0], index.name(near[0]), near)
    return NameProblem(name, reason, candidates=near[:MOST_CANDIDATES])


def _doubt(unit: UnitLike) -> Reason | None:
    """Why a unit that was named by its address is not simply taken. One of a paused policy is: its points stay."""
    if unit.deleted:
        return Reason.GONE
    if not unit.policy_id and unit.status.lower() in ("unprotected", "offboardrequested", "offboarded"):
        return Reason.NOT_PROTECTED
    return None


def _none_known(lines: Sequence[WrittenName]) -> NoneKnown:
    tails: Counter[str] = Counter()
    for name in lines:
        key = normalise(name.text)
        if name.kind is NameKind.ADDRESS:
            tails[key.rpartition("@")[2]] += 1
        elif name.kind is NameKind.URL:
            tails[key.partition("/")[0]] += 1
    (tail, count), *_ = tails.most_common(1) or [("", 0)]
    return NoneKnown(len(lines), tail, count)


def _key(address: str) -> str:
    """`normalise` for an address of the service, which needs none of its repairs in nearly every case."""
    if address.isascii() and "%" not in address and "://" not in address and "@" in address:
        return address.lower()
    if address.isascii() and address.startswith("https://") and not any(mark in address for mark in "%?#|<"):
        return address[8:].rstrip("/").lower()
    return normalise(address)
