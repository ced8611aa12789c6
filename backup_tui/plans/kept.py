"""All plans of a tenant as the journal has them, read again only where somebody wrote something else."""

import socket
from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from backup_tui.journal.journal import Journal
from backup_tui.journal.processes import ProcessMark
from backup_tui.plans.record import PlanRecord, RunnerStatus, kept_texts, read_record, read_status

SILENT_AFTER = timedelta(minutes=3)
"""A runner on another machine that has written nothing for so long counts as gone; here, its process is looked for."""


class KeptPlan(Struct, frozen=True):
    """A plan, and the process that carries it out."""

    record: PlanRecord  # where it is
    runner: RunnerStatus | None = None  # what the process says that carries it out; `None` where none lives
    last: RunnerStatus | None = None  # what the last process said, living or not; `None` where nobody has run it


class KeptPlans:
    """What the journal keeps of plans."""

    def __init__(self) -> None:
        self.by_name: Mapping[str, KeptPlan] = {}  # the plans, newest first, as of the last read
        self._texts: Mapping[str, tuple[str, str | None]] = {}

    async def read(self, journal: Journal, now: datetime) -> frozenset[str]:
        """Reads all of them; returns the names of those that differ, gone ones too. Raises `JournalError`: the journal
        cannot be read."""
        texts = await kept_texts(journal)
        plans: dict[str, KeptPlan] = {}
        for name, (record_text, status_text) in texts.items():
            before, (old_record, old_status) = self.by_name.get(name), self._texts.get(name, (None, None))
            record = before.record if before and record_text == old_record else read_record(record_text)
            last = before.last if before and status_text == old_status else read_status(status_text)
            if record is not None:
                plans[name] = KeptPlan(record, last if last is not None and lives(last, now) else None, last)
        differing = {name for name in plans.keys() | self.by_name.keys() if plans.get(name) != self.by_name.get(name)}
        self._texts = texts
        newest_first = sorted(plans.items(), key=lambda entry: entry[1].record.created_at, reverse=True)
        self.by_name = dict(newest_first)
        return frozenset(differing)


def lives(status: RunnerStatus, now: datetime) -> bool:
    """Whether the process that said this still carries the plan out, as far as can be seen from here."""
    if status.ended:
        return False
    if status.host != socket.gethostname():
        return now - status.at < SILENT_AFTER
    return ProcessMark(status.pid, status.host, "").may_live()
