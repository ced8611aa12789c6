"""A report as JSON and as CSV."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import json, to_builtins

from backup_tui.evidence.facts import EntryFacts, Report, SessionFacts, UnitFacts
from backup_tui.evidence.measures import summary
from backup_tui.models.statuses import artifact_status, session_status
from backup_tui.models.times import iso
from backup_tui.restore.report import as_csv

UNIT_COLUMNS = (
    "name", "status", "point (UTC)", "destination", "started (UTC)", "ended (UTC)", "minutes", "result",
    "items put back", "error code", "what happened", "what to do", "service's words", "service", "unit id", "point id",
    "session id", "asked for (UTC)", "point earlier by (minutes)", "express",
    "name from",
)  # fmt: skip

SESSION_COLUMNS = (
    "session id", "service", "status", "destination", "part", "wave", "repeats failed of", "drafted (UTC)",
    "drafted by", "started (UTC)", "started by", "last changed by", "ended (UTC)", "units", "restored", "failed",
    "not read because",
)  # fmt: skip

REQUEST_COLUMNS = (
    "time (UTC)", "what", "method", "path", "HTTP status", "code", "outcome", "request id", "our request id", "source",
)  # fmt: skip


def report_json(report: Report) -> str:
    """The whole report with its sums, indented."""
    members = {"summary": to_builtins(summary(report)), **to_builtins(report)}
    return json.format(json.encode(members), indent=2).decode() + "\n"


def journal_json(entries: Iterable[EntryFacts]) -> str:
    """The journal's own entries, indented."""
    return json.format(json.encode(tuple(entries)), indent=2).decode() + "\n"


def units_csv(report: Report) -> str:
    """One line per unit and session (RFC 4180, UTF-8), those that failed first."""
    return as_csv(UNIT_COLUMNS, (_unit_cells(unit) for unit in failed_first(report.units)))


def failed_first(units: Iterable[UnitFacts]) -> list[UnitFacts]:
    """The units in the order in which a person needs them; equal ones stay in their order."""
    return sorted(units, key=lambda unit: artifact_status(unit.status).rank)


def sessions_csv(report: Report) -> str:
    """One line per session."""
    return as_csv(SESSION_COLUMNS, (_session_cells(one) for one in report.sessions))


def requests_csv(report: Report) -> str:
    """One line per request."""
    rows = (
        (
            iso(call.at),
            call.what,
            call.method,
            call.path,
            _number(call.status),
            call.code,
            call.outcome,
            call.request_id or "",
            call.client_request_id or "",
            call.source,
        )
        for call in report.calls
    )
    return as_csv(REQUEST_COLUMNS, rows)


def _unit_cells(unit: UnitFacts) -> tuple[str, ...]:
    return (
        unit.name,
        unit.status or "unknown",
        _time(unit.point_time),
        unit.destination.value if unit.destination else "",
        _time(unit.started),
        _time(unit.ended),
        _minutes(unit.took),
        unit.result,
        _number(unit.items),
        unit.code,
        unit.happened,
        unit.remedy,
        unit.message,
        unit.service.value if unit.service else "",
        unit.unit_id or "not reported by the service",
        unit.point_id,
        unit.session_id,
        _time(unit.wanted),
        _minutes(unit.gap),
        "yes" if unit.express else "",
        unit.name_source.value,
    )


def _session_cells(one: SessionFacts) -> tuple[str, ...]:
    return (
        one.id,
        one.service.value if one.service else "",
        session_status(one.status).word if one.status else "unknown",
        one.destination.value if one.destination else "",
        _number(one.part),
        one.wave,
        " ".join(one.again_of),
        _time(one.created_at),
        one.created_by or one.drafted_here_by,
        _time(one.started_at),
        one.started_by,
        one.changed_by,
        _time(one.ended_at),
        _number(one.total),
        _number(one.completed),
        _number(one.failed),
        one.unread,
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)


def _minutes(span: timedelta | None) -> str:
    return "" if span is None else str(round(span.total_seconds() / 60))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)
