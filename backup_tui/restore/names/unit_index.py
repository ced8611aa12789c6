"""The units of one service, indexed for lookups by any of their names, exact and near."""

import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import unquote

from msgspec import Struct

from backup_tui.models.remembered import UnitName
from backup_tui.models.statuses import unit_status
from backup_tui.restore.names.links import PERSONAL_PATH, personal_keys, site_keys
from backup_tui.restore.names.names import NameKind, WrittenName, kind_of, may_be_short_id, normalise
from backup_tui.restore.names.nearness import Effort, NearNames, split_key
from backup_tui.restore.names.parts import find_parts
from backup_tui.store.rows import UnitRow

LEAST_BEGINNING = 3  # letters from which on the beginning of a name says which unit may be meant

SHORT_ID = 8  # characters of an id that are enough to name a unit, as lists show it

_BULLET = re.compile(r"(?:[-*+•▪‣◦>]|\d{1,4}[.)]|\[[ x]\])\s+")


class Candidate(Struct, frozen=True):
    """A unit that a name may mean, as it is offered. `state`: what it is now: `protected`, `deleted`."""

    unit_id: str
    address: str
    title: str
    state: str

    @property
    def words(self) -> str:
        """What tells it from the others, beside its address: `Kim Sato, protected`."""
        return ", ".join(part for part in (self.title, self.state) if part)


class UnitIndex:
    """The units of one service, laid out for look-ups by any of their names. Building it takes a pass over all units;
    keep it for as long as the units do not change. `excluded`: addresses and ids of what policies leave out."""

    def __init__(
        self, units: Iterable[UnitRow], remembered: Iterable[UnitName] = (), excluded: Iterable[str] = ()
    ) -> None:
        self.units: dict[str, UnitRow] = {}
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
                self._by_title.setdefault(_title_key(unit.title), []).append(unit.id)
        self._remembered = frozenset(_key(name.address) for name in remembered if name.address)
        self._excluded = frozenset(form for name in excluded for form in _forms(_key(name)))

    def name(self, unit_id: str) -> str:
        """What a unit is called: its address, else its title, else its object id, else its own id."""
        unit = self.units.get(unit_id)
        return (unit.address or unit.title or unit.object_id or unit.id) if unit else unit_id

    def candidate(self, unit_id: str) -> Candidate:
        unit = self.units.get(unit_id)
        if unit is None:
            return Candidate(unit_id, "", "", "not listed")
        return Candidate(
            unit_id, unit.address, unit.title, "deleted" if unit.deleted else unit_status(unit.status).word
        )

    def matches(self, name: WrittenName) -> tuple[tuple[str, ...], bool]:
        """The units that a name matches, and whether by their id. Ids and addresses count before display names,
        which repeat, and before what lists show in short: the first characters of an id, the path of a site, an account
        without the domain in its column's heading. When a row of a table names two different units, both are returned.
        """
        exact, by_id = self.exact(name)
        return (exact, by_id) if exact else self._loosely(name)

    def exact(self, name: WrittenName) -> tuple[tuple[str, ...], bool]:
        """The units that a name matches by their id or address, and whether by their id."""
        by_id: dict[str, None] = {}
        exact: dict[str, None] = {}
        for text in (name.text, *name.others):
            folded = normalise(text)
            by_id.update(dict.fromkeys(self._by_id.get(text.casefold(), ())))
            exact.update(dict.fromkeys(self._by_address.get(folded, ())))
        return tuple(by_id | exact), bool(by_id)

    def _loosely(self, name: WrittenName) -> tuple[tuple[str, ...], bool]:
        short = self._in_short(name.text) or self._in_short(_BULLET.sub("", name.text, count=1))
        titled: list[str] = []
        if kind_of(name.text) is NameKind.TITLE or not find_parts(name.text):  # a site may be called HR @ Contoso
            plain = normalise(name.text)
            titled = self._by_title.get(plain) or self._by_title.get(_BULLET.sub("", plain, count=1)) or []
        by_short_id = bool(short) and not name.text.lstrip("-*+ ").startswith("/")
        account = [] if short else self._by_account.get(normalise(name.text), [])
        return tuple(dict.fromkeys([*short, *account, *titled])), by_short_id

    def _in_short(self, text: str) -> list[str]:
        if text.startswith("/"):
            return self._by_path.get(normalise(text), [])
        if not may_be_short_id(text):
            return []
        start = text.casefold()
        return [
            unit_id for unit_id in self._by_short_id.get(start[:SHORT_ID], ()) if unit_id.casefold().startswith(start)
        ]

    def is_excluded(self, name: WrittenName) -> bool:
        """Whether a policy with full workload backup leaves out what has this name."""
        return any(normalise(text) in self._excluded for text in (name.text, *name.others))

    def was_known(self, name: WrittenName) -> bool:
        """Whether the name was seen on this machine before, on a unit that is no longer listed under it."""
        return any(normalise(text) in self._remembered for text in (name.text, *name.others))

    def nearest(self, text: str, effort: Effort | None = None) -> tuple[str, ...]:
        """Ids of the units whose address is nearest to a mistyped one; several when they are equally near."""
        key, effort = normalise(text), effort or Effort()
        for guess in self._guesses(text, key, effort):
            if guess:
                return tuple(dict.fromkeys(guess))
        near = self._near.nearest(key, effort)
        return tuple(unit_id for one in near for unit_id in self._by_address[one]) or self._beginning(key, effort)

    def knows(self, tail: str) -> bool:
        return tail in self._tails

    def _guesses(self, text: str, key: str, effort: Effort) -> Iterator[list[str]]:
        """What a name may mean that is not misspelt: a link, half an address, an address as a screen cuts it."""
        if "/" in text:
            for personal in personal_keys(text):
                yield self._by_personal.get(personal, [])
                yield self._by_local.get(personal, [])
            for site in site_keys(text):
                yield self._by_address.get(site, [])
                yield self._by_path.get(site if site.startswith("/") else f"/{site}", [])
        yield self._by_local.get(key.rpartition("\\")[2], [])
        yield self._by_address.get(unquote(key).rpartition("=")[2], [])
        last, comma, first = key.partition(", ")
        yield self._by_title.get(f"{first} {last}", []) if comma else []
        local, _, domain = key.rpartition("@")
        related: list[str] = []
        for unit_id in self._by_local.get(local, ()):  # `contoso.com` and `contoso.onmicrosoft.com` look related
            own = self.units[unit_id].address.rpartition("@")[2].casefold()
            related += [unit_id] if own.partition(".")[0] == domain.partition(".")[0] else []
        yield related
        if "…" in key and effort.left >= len(self._by_address):
            effort.left -= len(self._by_address)
            head, _, end = key.partition("…")
            yield [
                unit_id
                for address, unit_ids in self._by_address.items()
                if any(whole.startswith(head) and whole.endswith(end) for whole in _shown_as(address))
                for unit_id in unit_ids
            ]

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
    def _by_account(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, unit_ids in self._by_address.items():
            account, at, _domain = key.rpartition("@")
            if at:
                found.setdefault(account, []).extend(unit_ids)
        return found

    @cached_property
    def _by_path(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, unit_ids in self._by_address.items():
            host, slash, path = key.partition("/")
            if path and "@" not in host:
                found.setdefault(slash + path, []).extend(unit_ids)
        return found

    @cached_property
    def _by_short_id(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit_id in self.units:
            found.setdefault(unit_id[:SHORT_ID].casefold(), []).append(unit_id)
        return found

    @cached_property
    def _tails(self) -> frozenset[str]:
        return frozenset(key.rpartition("@")[2] if "@" in key else key.partition("/")[0] for key in self._by_address)

    @cached_property
    def _by_personal(self) -> dict[str, list[str]]:
        return {key.translate(PERSONAL_PATH): unit_ids for key, unit_ids in self._by_address.items() if "@" in key}


def _forms(key: str) -> Iterator[str]:
    """A name as it is compared, and as lists show it in short: the path of a site, an account without its domain."""
    yield key
    _host, slash, path = key.partition("/")
    if slash:
        yield slash + path
    account, at, _domain = key.partition("@")
    if at:
        yield account


def _key(address: str) -> str:
    """`normalise` for an address of the service, which needs none of its repairs in nearly every case."""
    if address.isascii() and "%" not in address and "://" not in address and "@" in address:
        return address.lower()
    if address.isascii() and address.startswith("https://") and not any(mark in address for mark in "%?#|<"):
        return address[8:].rstrip("/").lower()
    return normalise(address)


def _title_key(title: str) -> str:
    """`normalise` for a display name, which needs none of its repairs in nearly every case."""
    plain = title.isascii() and title[:1].isalnum() and title[-1:].isalnum() and "/" not in title
    return title.lower() if plain else normalise(title)


def _shown_as(key: str) -> tuple[str, ...]:
    """An address in the forms in which lists show it before they cut it."""
    if "@" in key:
        return key, key.rpartition("@")[0]
    return key, "/" + key.partition("/")[2]
