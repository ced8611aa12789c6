"""What brings units into policies that were opened, or keeps them out: rules, bulk additions, exclusions, as rows."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

from msgspec import Struct, field

from backup_tui.models.people import NameTrouble, PublicError
from backup_tui.models.rules import ProtectionRule, RuleWords
from backup_tui.models.statuses import Status, job_status, rule_status
from backup_tui.models.text import safe
from backup_tui.models.unit_jobs import UnitsJob
from backup_tui.models.units import ExclusionUnit
from backup_tui.store.rows import shared

POLICIES_KEPT = 20  # policies whose rules and bulk additions stay in memory; those read longest ago go first


class InclusionRow(Struct, frozen=True, kw_only=True):
    """What rows of both kinds have. `changed`, `changed_by`: the last change, or the making where none is told."""

    id: str
    status: str
    changed: datetime | None
    changed_by: str
    error: str


class RuleRow(InclusionRow, frozen=True, kw_only=True):
    """An inclusion rule as lists show it. `dynamic`: applied again and again, or once, or (`None`) not reported."""

    dynamic: bool | None
    says: RuleWords
    expression: str

    @property
    def state(self) -> Status:
        return rule_status(self.status)


class JobRow(InclusionRow, frozen=True, kw_only=True):
    """A bulk addition as lists show it. The names themselves, up to 50,000, are not kept. `count`: how many names were
    handed in; `None` when the service does not send them."""

    name: str
    count: int | None
    troubles: tuple[NameTrouble, ...]

    @property
    def state(self) -> Status:
        return job_status(self.status)


class ExclusionRow(Struct, frozen=True):
    """Something that a policy with full workload backup leaves out, as lists show it. `address`, `title`: empty when
    not given. `since`, `by`: when it was left out, and who did that."""

    id: str
    object_id: str
    address: str
    title: str
    since: datetime | None
    by: str
    error: str

    @property
    def name(self) -> str:
        return self.address or self.title or self.object_id or self.id


R = TypeVar("R", RuleRow, JobRow, ExclusionRow)


class _Rows(Struct, Generic[R]):
    rows: dict[str, R] = field(default_factory=dict)
    asked_at: float = float("-inf")


class InclusionCollection(Generic[R]):
    """Rows of one kind by policy."""

    def __init__(self) -> None:
        self._tables: dict[str, _Rows[R]] = {}

    def of(self, policy_id: str) -> Mapping[str, R]:
        table = self._tables.get(policy_id)
        return table.rows if table is not None else {}

    def take(self, policy_id: str, rows: Iterable[R], *, asked_at: float, complete: bool) -> tuple[set[str], list[str]]:
        """Takes an answer in. Returns ids of the rows that differ, and the policies whose rows were let go of."""
        table = self._tables.pop(policy_id, None) or _Rows()
        self._tables[policy_id] = table
        if asked_at < table.asked_at:
            return set(), []
        table.asked_at = asked_at
        came = {row.id: row for row in rows}
        differing = {row_id for row_id, row in came.items() if table.rows.get(row_id) != row}
        if complete:
            differing |= table.rows.keys() - came.keys()
            table.rows = came
        else:
            table.rows = {**table.rows, **came}
        dropped = list(self._tables)[: max(0, len(self._tables) - POLICIES_KEPT)]
        for known in dropped:
            del self._tables[known]
        return differing, dropped


def exclusion_row(unit: ExclusionUnit) -> ExclusionRow:
    """An exclusion unit as a row."""
    by = unit.created_by.label if unit.created_by else ""
    return ExclusionRow(
        unit.id,
        safe(unit.object_id or ""),
        unit.address or "",
        unit.title or "",
        unit.created_date_time,
        shared(by),
        _words(unit.error),
    )


def rule_row(rule: ProtectionRule) -> RuleRow:
    """An inclusion rule as a row."""
    return RuleRow(**_both(rule), dynamic=rule.is_auto_apply_enabled, says=rule.says, expression=rule.expression)


def job_row(job: UnitsJob) -> JobRow:
    """A bulk addition as a row; its `count` is `None` if the service did not send the names."""
    return JobRow(**_both(job), name=job.display_name or "", count=job.name_count, troubles=job.troubles)


def _both(sent: ProtectionRule | UnitsJob) -> dict[str, Any]:
    by = sent.last_modified_by or sent.created_by
    return {
        "id": sent.id,
        "status": shared(sent.status),
        "changed": sent.last_modified_date_time or sent.created_date_time,
        "changed_by": shared(by.label) if by else "",
        "error": _words(sent.error),
    }


def _words(error: PublicError | None) -> str:
    if error is None or not (error.message or error.code):
        return ""
    if not error.message:
        return error.code or ""
    return f"{error.message.rstrip('.')} ({error.code})" if error.code else error.message.rstrip(".")
