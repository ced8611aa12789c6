"""What is kept on this machine, read without a sign-in and without a request."""

import getpass
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from backup_tui.errors import NotFound, UsageError
from backup_tui.evidence.gathering import Where
from backup_tui.journal.journal import Journal
from backup_tui.journal.tenants import tenants_in
from backup_tui.models.text import safe, short_id
from backup_tui.plans.record import PlanRecord, kept_plans


class Kept(Struct, frozen=True):
    """The journal of one tenant, opened while nobody is signed in."""

    journal: Journal
    where: Where  # the tenant, and who looks
    sessions: tuple[str, ...]  # ids of the sessions that were asked for, whole
    plan: PlanRecord | None  # the plan that was asked for


@asynccontextmanager
async def kept_here(
    folder: Path | None, *, sessions: Sequence[str] = (), plan: str = "", tenant: str = ""
) -> AsyncIterator[Kept]:
    """Opens the journal that knows of what is asked for.

    Args:
        folder: The state folder; `None` in a demo, which keeps nothing.
        sessions: Ids, or at least four first characters of each.
        plan: Name of a plan.
        tenant: Id or domain, for a folder that holds those of several; empty takes the only one that fits.

    Raises:
        UsageError: Nothing is kept, several tenants fit, or an id fits several sessions.
        NotFound: Nothing is kept of what is asked for.
        JournalError: The journal cannot be read.
    """
    if folder is None:
        raise UsageError("A demo keeps nothing.", field="--offline", certainty="Nothing was read.")
    path = folder / "journal.sqlite3"
    async with AsyncExitStack() as stack:
        fitting: list[Kept] = []
        tenants = await tenants_in(path)
        for key in tenants:
            journal = await stack.enter_async_context(Journal(path, key.tenant, key.address))
            domain = await _domain(journal)
            if tenant and tenant.lower() not in (key.tenant.lower(), domain.lower()):
                continue
            where = Where(domain or key.tenant, key.tenant, key.address, _person(), datetime.now(UTC))
            found = await _known(journal, where, sessions, plan)
            if found is not None:
                fitting.append(found)
        if not fitting:
            raise _nothing(folder, sessions, plan)
        if len(fitting) > 1:
            raise UsageError(
                f"This folder keeps it for several tenants: {', '.join(one.where.tenant for one in fitting)}.",
                field="--tenant",
                certainty="Nothing was written.",
                hint="Name one with --tenant.",
            )
        yield fitting[0]


async def _known(journal: Journal, where: Where, sessions: Sequence[str], plan: str) -> Kept | None:
    """What is asked for, as far as this journal knows all of it."""
    record = next((one for one in await kept_plans(journal) if one.plan.name == plan), None) if plan else None
    if plan and record is None:
        return None
    known = set(await journal.kept_under("draft:"))
    whole: list[str] = []
    for each in sessions:
        ids = [one for one in known if one.casefold().startswith(each.casefold())] if len(each) >= 4 else []
        if len(ids) > 1:
            raise UsageError(
                f"{len(ids):,} sessions begin with {safe(each)}: {', '.join(sorted(ids)[:5])}.",
                field="ID",
                value=each,
                hint="Give more characters of the id.",
            )
        if not ids:
            return None
        whole += ids
    return Kept(journal, where, tuple(dict.fromkeys(whole)), record)


async def _domain(journal: Journal) -> str:
    """The domain of whoever asked for the newest change; empty when nobody with an address did."""
    for intent in await journal.intents():
        _, at, domain = intent.user.rpartition("@")
        if at:
            return safe(domain)
    return ""


def _person() -> str:
    try:
        return f"{getpass.getuser()} on {socket.gethostname()}, not signed in"
    except (OSError, KeyError):  # a process of a user without a name
        return "not signed in"


def _nothing(folder: Path, sessions: Sequence[str], plan: str) -> NotFound:
    what = f"plan {safe(plan)!r}" if plan else f"session {short_id(sessions[0])}" if sessions else "any restore"
    return NotFound.unsent(
        f"Nothing is kept in {folder} about {what}.",
        "NotKept",
        "It was drafted elsewhere: leave --offline out, or use that machine's folder (BACKUP_TUI_STATE_DIR).",
        certainty="Nothing was written.",
    )
