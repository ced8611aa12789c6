"""What the journal keeps of a plan, so that whoever starts again continues where it was and repeats nothing.

The units of each part are written once, before its draft is created, and never change. The record beside them is small
and is replaced after each step. Which session a part became is known from the journal's own entries, too: they carry
the part's key.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from msgspec import DecodeError, Struct, field, json

from backup_tui.changes.context import Context
from backup_tui.errors import StateConflict, UsageError
from backup_tui.journal.journal import Journal
from backup_tui.plans.parts import Part
from backup_tui.plans.plan import Plan
from backup_tui.restore.points.points import UnitPoint

T = TypeVar("T")


class Yes(Struct, frozen=True):
    """A person's yes to starting sessions."""

    phrase: str  # what was typed
    by: str  # who typed it
    at: datetime  # when (UTC)
    # Session id to the fingerprint of what was reviewed in it; a session with another one does not start
    drafts: Mapping[str, str]
    note: str = ""  # what the person said about it, for the journal


class PlanRecord(Struct, frozen=True):
    """Where a plan is."""

    plan: Plan  # the plan, as it was when its drafts were created
    path: str  # the plan file; empty for a plan that was made in the form and not saved
    digest: str  # SHA-256 of the plan file as it was then
    created_at: datetime  # when (UTC)
    created_by: str  # by whom
    parts: tuple[Part, ...]  # its sessions, in their order; retries are added at the end
    sessions: Mapping[int, str] = field(default_factory=dict)  # part number to session id, once its draft is known
    yes: tuple[Yes, ...] = ()  # what was agreed to, oldest first
    stop_after: int | None = None  # no wave after this one (index) is started; `None` for no stop
    paused: bool = False  # nothing more is started; what runs cannot be stopped
    # what became of the names, under the names of `--json`; the parts add up
    names: Mapping[str, int] = field(default_factory=dict)
    missing: tuple[tuple[str, str], ...] = ()  # names of the list that are in no part, each with the reason
    # part number to the names of its units that its draft lacks, each with the reason
    not_taken: Mapping[int, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    # part number to the units that the service could not use by name, by id, each with its code; a part is in it once
    # its names were looked up
    unusable: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    @property
    def in_no_session(self) -> tuple[tuple[str, str], ...]:
        """Names of the list that are in no session, each with the reason."""
        return (*self.missing, *(entry for entries in self.not_taken.values() for entry in entries))

    def agreed(self, session_id: str) -> Yes | None:
        """The newest yes to starting a session."""
        return next((yes for yes in reversed(self.yes) if session_id in yes.drafts), None)


class Wait(Struct, frozen=True):
    """Units that are not started yet, and why: `no free place: 25 sessions run`."""

    part: int  # number of the part
    why: str  # the reason, in words
    next_look: datetime | None = None  # when it is looked at again (UTC); `None` where it waits for a person


class RunnerStatus(Struct, frozen=True):
    """What the process that carries out a plan says of itself, for screens and commands of other processes. `pid`,
    `host`: the process."""

    pid: int
    host: str
    since: datetime  # when it started (UTC)
    doing: str  # what it does now, in words
    waits: tuple[Wait, ...]  # what is not started yet
    at: datetime  # when this was written (UTC)
    ended: str = ""  # it left, with the reason in words; empty while it runs


_PREFIX, _STATUS = "plan-run:", "plan-runner:"


def part_key(name: str, number: int) -> str:
    """The key under which the entries of a part are in the journal: `plan/ransom-20nov/3`."""
    return f"plan/{name}/{number}"


async def keep_record(journal: Journal, record: PlanRecord) -> None:
    """Keeps where a plan is. Raises `JournalError`: it could not be kept, and nothing may be sent."""
    await journal.keep(f"{_PREFIX}{record.plan.name}", json.encode(record).decode())


async def kept_record(journal: Journal, name: str) -> PlanRecord | None:
    """Where a plan is; `None` for one that has no drafts yet. Raises `JournalError`: the journal cannot be read;
    `StateConflict`: another version of this program wrote it, so what it has drafted is unknown here."""
    text = await journal.kept(f"{_PREFIX}{name}")
    record = _read(text, PlanRecord)
    if text is not None and record is None:
        raise StateConflict.unsent(
            f"What is kept of the plan {name[:60]!r} cannot be read: another version of this program wrote it.",
            "PlanUnreadable",
            "Use that version, or give the plan another name.",
        )
    return record


async def need_record(journal: Journal, name: str) -> PlanRecord:
    """Where a plan is. Raises `UsageError`: no plan of this name has drafts here; `JournalError`, `StateConflict`: as
    for `kept_record`."""
    record = await kept_record(journal, name)
    if record is None:
        raise UsageError.unsent(
            f"No plan named {name[:60]!r} has drafts on this machine.",
            "plan",
            name,
            "Create its drafts first: backup-tui plan draft FILE",
        )
    return record


async def change_record(context: Context, name: str, change: Callable[[PlanRecord], PlanRecord]) -> PlanRecord:
    """Changes where a plan is under the write lock, so that no step of another process is lost.

    Args:
        change: Gives the new record for the one that is kept now.

    Raises:
        UsageError: No plan of this name has drafts here.
        WriteLockHeld, JournalError: Nothing was changed.
    """
    async with context.hold_lock("changing a plan") as held:
        record = change(await need_record(held.journal, name))
        await keep_record(held.journal, record)
        return record


async def kept_plans(journal: Journal) -> tuple[PlanRecord, ...]:
    """All plans of this tenant that have drafts, newest first. Raises `JournalError`: the journal cannot be read."""
    texts = await journal.kept_under(_PREFIX)
    found = [record for text in texts.values() if (record := _read(text, PlanRecord)) is not None]
    return tuple(sorted(found, key=lambda record: record.created_at, reverse=True))


async def keep_units(journal: Journal, name: str, number: int, units: Sequence[UnitPoint]) -> None:
    """Keeps the units of a part, before anything of it is sent. Raises `JournalError`: they could not be kept."""
    await journal.keep(f"plan-part:{name}:{number}", json.encode(tuple(units)).decode())


async def kept_units(journal: Journal, name: str, number: int) -> tuple[UnitPoint, ...]:
    """The units of a part; empty for one that is unknown. Raises `JournalError`: the journal cannot be read."""
    return _read(await journal.kept(f"plan-part:{name}:{number}"), tuple[UnitPoint, ...]) or ()


async def keep_status(journal: Journal, name: str, status: RunnerStatus) -> None:
    """Keeps what the runner of a plan does, for others. Raises `JournalError`: it could not be kept."""
    await journal.keep(f"{_STATUS}{name}", json.encode(status).decode())


async def kept_status(journal: Journal, name: str) -> RunnerStatus | None:
    """What the runner of a plan said last; `None` for a plan that nobody has run. Raises `JournalError`: the journal
    cannot be read."""
    return _read(await journal.kept(f"{_STATUS}{name}"), RunnerStatus)


async def kept_texts(journal: Journal) -> dict[str, tuple[str, str | None]]:
    """Name of each plan to its record and what its runner said last, as they are written; `None` where nobody ran it.
    Raises `JournalError`: the journal cannot be read."""
    records, said = await journal.kept_under(_PREFIX), await journal.kept_under(_STATUS)
    return {name: (text, said.get(name)) for name, text in records.items()}


def read_record(text: str) -> PlanRecord | None:
    """A record as it is written; `None` for one that another version of this program wrote."""
    return _read(text, PlanRecord)


def read_status(text: str | None) -> RunnerStatus | None:
    """What a runner said, as it is written; `None` for nothing, or what another version wrote."""
    return _read(text, RunnerStatus)


def _read(text: str | None, kind: type[T]) -> T | None:
    try:
        return None if text is None else json.decode(text, type=kind)
    except DecodeError:  # written by another version, or damaged
        return None
