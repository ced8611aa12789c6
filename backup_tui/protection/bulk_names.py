"""A list of names before it is handed to a policy: what is sent, what is there already, and what cannot be added. Pure.

Unlike the names of a restore, these need not be units yet: whether somebody of this name exists is found out by the
service. So only what is known to be impossible is held back, and every row is accounted for."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from urllib.parse import unquote

from msgspec import Struct

from backup_tui.models.policies import ProtectionPolicy
from backup_tui.models.services import Service
from backup_tui.models.text import counted, short_id
from backup_tui.models.unit_jobs import NewUnitsJob
from backup_tui.store.rows import UnitRow

_ADDRESS = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\"]+")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_SITE_ID = re.compile(r"[^\s,/]+,[0-9a-f-]{36},[0-9a-f-]{36}", re.IGNORECASE)
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:/\S*)?", re.IGNORECASE)


class Held(StrEnum):
    """Why a name is not sent; the value is what the person reads."""

    ELSEWHERE = "in another policy"
    LEAVING = "being removed"
    OFFBOARDING = "being offboarded"
    NO_NAME = "not a name to send"
    SEVERAL = "several match"


class AskedName(Struct, frozen=True):
    """A name of a list. `others`: what else its row says about the unit."""

    line: int
    text: str
    others: tuple[str, ...] = ()


class BulkName(Struct, frozen=True):
    """A name as it is sent. `is_id`: among the ids. `known`: it was protected before."""

    line: int
    text: str
    sent: str
    is_id: bool = False
    known: bool = False


class HeldName(Struct, frozen=True):
    """A name that is not sent. `words`: why, and what to do: sentences."""

    line: int
    text: str
    reason: Held
    words: str


class RepeatedName(Struct, frozen=True):
    """A name that the list has already."""

    line: int
    first_line: int
    text: str


class SortedNames(Struct, frozen=True):
    """What becomes of a list; each of its rows is in one of the four."""

    send: tuple[BulkName, ...] = ()  # what is sent
    inside: tuple[BulkName, ...] = ()  # what is in the policy already
    twice: tuple[RepeatedName, ...] = ()  # what the list names again
    held: tuple[HeldName, ...] = ()  # what is not sent

    @property
    def count(self) -> int:
        return len(self.send) + len(self.inside) + len(self.twice) + len(self.held)

    @property
    def sums(self) -> Mapping[str, int]:
        """Under the names of `--json`; the parts add up to `names`."""
        return {
            "names": self.count,
            "toAdd": len(self.send),
            "inPolicy": len(self.inside),
            "twice": len(self.twice),
            "leftOut": len(self.held),
        }

    def words(self, *, skipped: bool) -> str:
        """`39 names: 35 to add, 1 in the policy already, 1 twice, 2 to fix`."""
        parts = (
            (len(self.inside), "in the policy already"),
            (len(self.twice), "twice"),
            (len(self.held), "left out" if skipped else "to fix"),
        )
        rest = "".join(f", {count:,} {word}" for count, word in parts if count)
        return f"{counted(self.count, 'name')}: {len(self.send):,} to add{rest}"

    def job(self, title: str = "") -> NewUnitsJob:
        """What is sent. Raises `UsageError`: nothing is left to add, or it is too much for one bulk addition."""
        return NewUnitsJob(
            tuple(name.sent for name in self.send if not name.is_id),
            tuple(name.sent for name in self.send if name.is_id),
            title,
        )


def sort_names(
    names: Iterable[AskedName],
    twice: Sequence[RepeatedName],
    service: Service,
    policy: ProtectionPolicy,
    units: Iterable[UnitRow],
    policies: Mapping[str, ProtectionPolicy],
) -> SortedNames:
    """Sorts a list by what can be sent.

    Args:
        names: The names, each once as written.
        twice: Names that were written again.
        units: The units of the service that are known.
        policies: The policies that are known, for their names.
    """
    index = _Index(units)
    send: list[BulkName] = []
    inside: list[BulkName] = []
    again: list[RepeatedName] = list(twice)
    held: list[HeldName] = []
    lines: dict[str, int] = {}
    for name in names:
        sent = _sent(name, service, index)
        if isinstance(sent, HeldName):
            held.append(sent)
            continue
        first = lines.setdefault(_key(sent.sent), name.line)
        if first != name.line:
            again.append(RepeatedName(name.line, first, name.text))
            continue
        unit = index.by_key.get(_key(sent.sent))
        if unit is None:
            send.append(sent)
        elif unit.policy_id == policy.id and unit.status.casefold() != "removerequested":
            inside.append(sent)
        elif (reason := _kept_out(unit, policies)) is not None:
            held.append(HeldName(name.line, name.text, *reason))
        else:
            send.append(BulkName(sent.line, sent.text, sent.sent, sent.is_id, known=True))
    return SortedNames(tuple(send), tuple(inside), tuple(again), tuple(held))


class _Index:
    """Units by everything that names them."""

    def __init__(self, units: Iterable[UnitRow]) -> None:
        self.by_key: dict[str, UnitRow] = {}
        self.by_title: dict[str, list[UnitRow]] = {}
        for unit in units:
            for key in (unit.address, unit.object_id, unit.id):
                if key:
                    self.by_key[_key(key)] = unit
            if unit.title:
                self.by_title.setdefault(unit.title.casefold(), []).append(unit)


def _key(text: str) -> str:
    """The form in which two names are compared: without case; an address without its scheme and its end."""
    bare = text.casefold()
    if "://" in bare:
        bare = unquote(bare.partition("://")[2]).partition("?")[0].rstrip("/")
    return bare


def _sent(name: AskedName, service: Service, index: _Index) -> BulkName | HeldName:
    """How a name is sent."""
    for text in (name.text, *name.others):
        if (way := _as_sent(text, service, index)) is not None:
            return BulkName(name.line, name.text, *way)
    titled = index.by_title.get(name.text.casefold(), [])
    if len(titled) == 1 and (way := _of_unit(titled[0])) is not None:
        return BulkName(name.line, name.text, *way)
    wanted = "the address of the site or its id" if service is Service.SHAREPOINT else "the e-mail address or object id"
    if titled:
        words = f"{len(titled):,} {service.names.units} have this name. Write {wanted}."
        return HeldName(name.line, name.text, Held.SEVERAL, words)
    return HeldName(name.line, name.text, Held.NO_NAME, f"The service takes no display names or links. Write {wanted}.")


def _as_sent(text: str, service: Service, index: _Index) -> tuple[str, bool] | None:
    """What is sent for a text, and whether that is an id; `None` when it names nothing of this service."""
    if service is Service.SHAREPOINT:
        if _SITE_ID.fullmatch(text):
            return text, True
        if "://" in text and " " not in text:
            return text, False
        if "@" not in text and _HOST.fullmatch(text) and "/" in text:
            return f"https://{text}", False
    elif _ADDRESS.fullmatch(text) and "://" not in text:
        return text, False
    if _GUID.fullmatch(text):
        unit = index.by_key.get(_key(text))
        if unit is not None and unit.id.casefold() == text.casefold():
            return _of_unit(unit)
        return (text, True) if service is not Service.SHAREPOINT else None
    return None


def _of_unit(unit: UnitRow) -> tuple[str, bool] | None:
    if unit.address:
        return unit.address, False
    return (unit.object_id, True) if unit.object_id else None


def _kept_out(unit: UnitRow, policies: Mapping[str, ProtectionPolicy]) -> tuple[Held, str] | None:
    """Why the service would refuse to add a unit that it has."""
    status = unit.status.casefold()
    if status == "removerequested":
        return Held.LEAVING, "It is being removed from its policy. Add it once that has ended."
    if unit.policy_id:
        policy = policies.get(unit.policy_id)
        label = policy.display_name if policy is not None and policy.display_name else short_id(unit.policy_id)
        return Held.ELSEWHERE, f'It is in the policy "{label}". Remove it there first.'
    if status == "offboardrequested":
        return Held.OFFBOARDING, "Its backup is being given up. Cancel the offboarding first."
    return None
