"""Texts about the rules of a policy and the bulk additions to it: columns, cells, lines. Pure."""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from backup_tui.models.text import counted, safe, short_id
from backup_tui.protection.bulk_troubles import trouble_words
from backup_tui.store.inclusion_collection import ExclusionRow, JobRow, RuleRow
from backup_tui.ui.vocabulary.names import marked_word, person_short
from backup_tui.ui.widgets.columns import Column
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section
from backup_tui.ui.widgets.time_format import clock_words, day_words

RULE_COLUMNS = (
    Column("kind", "Kind", 7),
    Column("adds", "Adds", 24, least=16, always=True),
    Column("status", "Status", 14, always=True),
    Column("changed", "Changed", 11, drop=1),
)
JOB_COLUMNS = (
    Column("name", "Name", 16, least=8, always=True),
    Column("count", "Names", 5, align="right"),
    Column("failed", "Failed", 6, align="right"),
    Column("status", "Status", 14, always=True),
    Column("changed", "Changed", 11, drop=1),
)

EXCLUSION_COLUMNS = (
    Column("address", "Not backed up", 22, grow=3, cut="middle", least=20, always=True),
    Column("name", "Name", 10, grow=2, least=8, always=True),
    Column("since", "Since", 6),
    Column("by", "By", 8, least=8, drop=1),
)

MOST_NAMES = 12  # failed names that the lines about a bulk addition show; enter shows all


def kind_word(rule: RuleRow) -> str:
    """`dynamic` or `once`; `?` when the service does not say."""
    return {True: "dynamic", False: "once", None: "?"}[rule.dynamic]


def rule_cells(rule: RuleRow, zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    """The cells of a rule."""
    return (
        Cell(kind_word(rule)),
        Cell(rule.says.words),
        Cell(marked_word(rule.state), rule.state.tone.value),
        _changed(rule.changed, zone, now),
    )


def job_cells(job: JobRow, zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    """The cells of a bulk addition."""
    failed = len(job.troubles)
    return (
        Cell(job.name) if job.name else Cell("(no name)", "dim"),
        Cell(f"{job.count:,}") if job.count is not None else Cell("unknown", "dim"),
        Cell(f"{failed:,}" if failed else "-", "bad" if failed else "dim"),
        Cell(marked_word(job.state), job.state.tone.value),
        _changed(job.changed, zone, now),
    )


def exclusion_cells(unit: ExclusionRow, zone: tzinfo, now: datetime) -> tuple[Cell, ...]:
    """The cells of something that is excluded."""
    return (
        Cell(unit.name),
        Cell(unit.title or "-", "" if unit.title else "dim"),
        Cell(day_words(unit.since, zone, now) if unit.since else "-"),
        Cell(person_short(unit.by) or "-"),
    )


def exclusion_lines(unit: ExclusionRow, zone: tzinfo, now: datetime) -> list[Section | str]:
    """All about something that is excluded: what that means, since when, its ids."""
    by = f" by {unit.by}" if unit.by else ""
    return [
        Section(unit.name, right=f"excluded {day_words(unit.since, zone, now)}{by}" if unit.since else ""),
        "Not backed up by this policy: no new points are made, and a restore of the policy leaves it out.",
        *([f"The service says: {unit.error}."] if unit.error else []),
        *([f"Object {unit.object_id}"] if unit.object_id else []),
        f"Exclusion {safe(unit.id)}",
    ]


def _changed(when: datetime | None, zone: tzinfo, now: datetime) -> Cell:
    return Cell(day_words(when, zone, now) if when else "")


def rule_lines(rule: RuleRow, zone: tzinfo, now: datetime) -> list[Section | str]:
    """All about a rule: what it does in full, its error, its last change, its id."""
    kind = {
        True: "Dynamic: the service applies it again as groups change.",
        False: "Applied once; it adds what it finds then, and nothing later.",
        None: "The service does not report whether it is applied once or repeatedly.",
    }[rule.dynamic]
    return [
        Section(f"Rule {short_id(rule.id)}", right=_history(rule.changed, rule.changed_by, zone, now)),
        f"Adds {rule.says.words}.",
        *([f"The service says: {rule.error}."] if rule.error else []),
        kind,
        *(detail[:1].upper() + detail[1:] for detail in rule.says.details if detail not in rule.says.words),
        f"Rule {safe(rule.id)}",
    ]


def job_lines(job: JobRow, zone: tzinfo, now: datetime, *, whole: bool = False) -> list[Section | str]:
    """All about a bulk addition: its result, the names that failed, its last change, its id. `whole`: every name that
    failed, not only the first `MOST_NAMES`."""
    failed = len(job.troubles)
    named = counted(job.count, "name") if job.count is not None else "Names not listed by the service"
    lines: list[Section | str] = [
        Section(
            job.name or f"Bulk addition {short_id(job.id)}", right=_history(job.changed, job.changed_by, zone, now)
        ),
        f"{named}, {f'{failed:,} not added' if failed else job.state.word}.",
    ]
    if job.error and not failed:
        lines.append(f"The service says: {job.error}.")
    shown = job.troubles if whole else job.troubles[:MOST_NAMES]
    for trouble in shown:
        why = trouble_words(trouble)
        code = f" ({trouble.code})" if whole and trouble.code and trouble.code not in why else ""
        lines.append(f"  {trouble.name or 'a name that is not reported'}: {why}{code}")
    if rest := failed - len(shown):
        lines.append(f"  and {rest:,} more: enter shows all.")
    return [*lines, f"Bulk addition {safe(job.id)}"]


def _history(when: datetime | None, by: str, zone: tzinfo, now: datetime) -> str:
    return f"changed {clock_words(when, zone, now)}{f' by {by}' if by else ''}" if when is not None else ""


def rules_count(rules: Mapping[str, RuleRow]) -> str:
    """`2`, `2, 1 with problems`: for the line of parts."""
    trouble = sum(row.state.value == "completedWithErrors" or bool(row.error) for row in rules.values())
    return f"{len(rules):,}" + (f", {trouble:,} with problems" if trouble else "")


def jobs_count(jobs: Mapping[str, JobRow]) -> str:
    """`3`, `3, 1 running, 12 names failed`: for the line of parts."""
    running = sum(row.state.moving for row in jobs.values())
    failed = sum(len(row.troubles) for row in jobs.values())
    parts = [f"{len(jobs):,}"]
    if running:
        parts.append(f"{running:,} running")
    if failed:
        parts.append(f"{counted(failed, 'name')} failed")
    return ", ".join(parts)
