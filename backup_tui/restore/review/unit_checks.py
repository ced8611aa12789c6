"""Checks of a review that look at the units: in another restore, gone or leaving, restored often."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import timedelta

from msgspec import Struct

from backup_tui.changes.context import Context, each_of
from backup_tui.errors import BackupTuiError, NotFound
from backup_tui.journal.records import IntentKind
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.services import Service
from backup_tui.models.sessions import RestoreSession
from backup_tui.models.text import are, counted, named
from backup_tui.models.units import ProtectionUnit
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.names.unit_names import ReviewedUnit, learn_units
from backup_tui.restore.reads import list_artifacts
from backup_tui.restore.review.checks import session_label
from backup_tui.store.freshness import artifacts_of, units_of
from backup_tui.store.rows import UnitRow, unit_row

LOOKED_UP_ONE_BY_ONE = 20  # up to this many units are read one by one; for more, only a recent list of units is used

LATELY = timedelta(minutes=10)  # greatest age of a list of units that is still used

JUST_NOW = timedelta(minutes=2)  # units of a running restore that were read within this time are not read again

A_MONTH = timedelta(days=31)

_LEAVING = {
    "offboardrequested": "is being offboarded: its backup will be deleted",
    "offboarded": "is offboarded: its backup is deleted",
}


async def check_overlap(
    tools: Context, running: Sequence[RestoreSession] | None, service: Service, units: Sequence[ReviewedUnit]
) -> list[Check]:
    """Whether a unit is in another restore that runs now, as far as is known.

    Args:
        running: The restores that run now; `None` when they could not be read.
        service: Of the reviewed draft; units of other services cannot overlap.
        units: Of the reviewed draft.
    """
    if running is None:
        return [Check(CheckResult.UNKNOWN, "the running restores could not be read; a unit may be in one of them", 12)]
    looked = await moving_units(tools, running, service)
    unread = sum(not one.read for one in looked)
    unnamed = sum(one.unnamed for one in looked)
    checks: list[Check] = []
    for one in looked:
        twice = [unit for unit in units if unit.unit_id in one.unit_ids]
        if twice:
            who = named([unit.name for unit in twice], f"{len(twice):,} of them")
            text = f"{who} {are(len(twice))} already being restored by {session_label(one.session)}"
            checks.append(Check(CheckResult.BLOCKING, text, 6))
    if unread:
        checks.append(
            Check(CheckResult.UNKNOWN, f"the units of {counted(unread, 'running restore')} could not be read", 12)
        )
    if unnamed:
        units_of_others = f"{counted(unnamed, 'unit')} in running restores {are(unnamed)}"
        text = f"{units_of_others} not named by the service; they may overlap"
        checks.append(Check(CheckResult.UNKNOWN, text, 13))
    if not checks:
        checks.append(Check(CheckResult.OK, "none is in another known restore", 2))
    return checks


class MovingUnits(Struct, frozen=True):
    """The units of a running restore that have not ended."""

    session: RestoreSession
    unit_ids: frozenset[str] = frozenset()  # those that are known by name
    unnamed: int = 0  # how many more the service does not name
    read: bool = True  # whether they could be read


async def moving_units(tools: Context, running: Sequence[RestoreSession], service: Service) -> list[MovingUnits]:
    """Which units of a service the restores that run now still hold. `service`: restores of other services are left
    out."""

    async def units_in(other: RestoreSession) -> MovingUnits:
        if not await _known_lately(tools, service, other.id):
            return MovingUnits(other, read=False)
        await learn_units(tools, other.id)
        moving = [row for row in tools.store.artifacts(other.id).values() if not row.state.terminal]
        unit_ids = frozenset(row.unit_id for row in moving if row.unit_id)
        return MovingUnits(other, unit_ids, sum(row.unit_id is None for row in moving))

    return await each_of(units_in, [session for session in running if session.service in (service, None)])


async def _known_lately(tools: Context, service: Service, session_id: str) -> bool:
    """Whether the store knows the units of a session as they are now; reads them if it does not."""
    freshness = tools.store.freshness(artifacts_of(session_id))
    seen, now = freshness.answered_at, tools.clock.now()
    if freshness.complete and seen is not None and now - seen <= JUST_NOW:
        return True
    try:
        await list_artifacts(tools, service, session_id)
    except BackupTuiError:
        return False
    return True


async def check_units(tools: Context, service: Service, units: Sequence[ReviewedUnit]) -> list[Check]:
    """Whether the units are still there, and whether they are leaving Backup."""
    names = {unit.unit_id: unit.name for unit in units if unit.unit_id is not None}
    table = tools.store.units[service]
    freshness = tools.store.freshness(units_of(service))
    fresh = (
        freshness.complete and freshness.answered_at is not None and tools.clock.now() - freshness.answered_at <= LATELY
    )
    rows: dict[str, UnitRow | None] = {key: table.get(key) for key in names if fresh}
    ask = [key for key in names if rows.get(key) is None]
    unread = 0
    if len(ask) <= LOOKED_UP_ONE_BY_ONE:
        for key, found in zip(ask, await each_of(lambda key: _look(tools, service, key), ask), strict=True):
            if isinstance(found, ProtectionUnit):
                rows[key] = unit_row(found, service, None)
            elif found is None:
                rows[key] = None
            else:
                rows.pop(key, None)
                unread += 1
    else:
        unread = len(ask)
        rows = {key: row for key, row in rows.items() if row is not None}
    return _unit_lines(tools, service, names, rows, unread)


def _unit_lines(
    tools: Context, service: Service, names: dict[str, str], rows: dict[str, UnitRow | None], unread: int
) -> list[Check]:
    checks: list[Check] = []
    gone = [key for key, row in rows.items() if row is None]
    if gone:
        checks.append(Check(CheckResult.WARNING, f"{_first(gone, names)}: no longer in Backup, will probably fail", 7))
    for word, text in _LEAVING.items():
        leaving = [key for key, row in rows.items() if row is not None and row.status.lower() == word]
        if leaving:
            checks.append(Check(CheckResult.WARNING, f"{_first(leaving, names)} {text}", 9))
    nameless = [key for key, row in rows.items() if row is not None and (row.deleted or not (row.address or row.title))]
    if nameless and not tools.who.app_only:
        back = "site" if service is Service.SHAREPOINT else "account"
        text = f"{_first(nameless, names)}: no name reported, perhaps deleted; bring the {back} back first"
        checks.append(Check(CheckResult.WARNING, text, 11))
    if unread:
        text = f"not looked up again: whether {unread:,} of the {service.names.units} still exist"
        checks.append(Check(CheckResult.UNKNOWN, text, 15))
    return checks


async def _look(tools: Context, service: Service, unit_id: str) -> ProtectionUnit | BackupTuiError | None:
    """The unit; `None` if the service does not have it, the error if it could not be read."""
    try:
        return await tools.reader.unit(unit_id, service)
    except NotFound:
        return None
    except BackupTuiError as error:
        return error


def _first(keys: Sequence[str], names: dict[str, str]) -> str:
    return named([names[key] for key in keys], f"{len(keys):,} units")


async def check_repeats(tools: Context, except_ids: Collection[str], units: Sequence[ReviewedUnit]) -> list[Check]:
    """How many of the units were restored twice or more in 31 days, as far as this machine's journal says.
    `except_ids`: sessions that are reviewed, and do not count. `units`: of the reviewed draft."""
    since = tools.clock.now() - A_MONTH
    started = {
        intent.target
        for intent in await tools.journal.intents()
        if intent.kind is IntentKind.ACTIVATE
        and intent.state.was_done
        and intent.at >= since
        and intent.target is not None
        and intent.target not in except_ids
    }
    times: Counter[str] = Counter()
    for target in started:
        record = await kept_record(tools.journal, target)
        times.update({unit.unit_id for unit in record.units} if record else ())
    often_is = tools.limits.tests_per_month
    often = sum(times[unit.unit_id] >= often_is for unit in units if unit.unit_id is not None)
    checks = [Check(CheckResult.UNKNOWN, "restores of these units from elsewhere are not counted here", 90)]
    if often:
        text = f"{often:,} restored {_times(often_is)} or more in 31 days; Microsoft allows {_tests(often_is)} a month"
        checks.append(Check(CheckResult.WARNING, text, 45))
    return checks


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _tests(count: int) -> str:
    return {1: "one test", 2: "two tests"}.get(count, f"{count:,} tests")
