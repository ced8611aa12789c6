"""The report of a restore: one line per unit, as CSV for a ticket or an auditor.

Names come from outside, and a spreadsheet runs what begins like a formula, so such cells get a leading apostrophe
(OWASP, CSV injection). The file is for its owner only and never replaces another one unasked."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from backup_tui.changes.context import Context
from backup_tui.errors import LocalError
from backup_tui.models.artifacts import MailboxRestoreArtifact, RestoreArtifact
from backup_tui.models.services import Service
from backup_tui.models.statuses import artifact_status
from backup_tui.models.times import iso
from backup_tui.private_files import open_private
from backup_tui.restore.drafts.plan import service_of
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.errors_of_units import explain
from backup_tui.restore.names.unit_names import ReviewedUnit, reviewed_units
from backup_tui.restore.review.review import read_draft
from backup_tui.store.rows import destination_of

COLUMNS = (
    "name",
    "status",
    "point (UTC)",
    "destination",
    "started (UTC)",
    "ended (UTC)",
    "minutes",
    "result",
    "items put back",
    "error code",
    "what happened",
    "what to do",
    "service's words",
    "service",
    "unit id",
    "point id",
    "session id",
)

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}")


async def report_csv(tools: Context, session_id: str) -> str:
    """The units of a restore as CSV (RFC 4180, UTF-8, times in UTC), those that failed first. Raises `NotFound`: the
    service has no such session; `UsageError`: the service does not say what kind of session it is; `BackupTuiError`:
    the units could not all be read; a report with holes is not made."""
    session, artifacts = await read_draft(tools, session_id)
    service = service_of(session)
    record = await kept_record(tools.journal, session_id)
    units = await reviewed_units(tools, service, artifacts, record, session_id)
    by_id = {artifact.id: artifact for artifact in artifacts}
    rows = sorted(units, key=lambda unit: artifact_status(by_id[unit.artifact_id].status).rank)
    return as_csv(COLUMNS, (_cells(unit, by_id[unit.artifact_id], service, session_id) for unit in rows))


def _cells(unit: ReviewedUnit, artifact: RestoreArtifact, service: Service, session_id: str) -> tuple[str, ...]:
    started, ended = artifact.start_date_time, artifact.completion_date_time
    failed = artifact.error is not None
    cause = explain(
        artifact.error.code if artifact.error else None,
        artifact.service,
        unit=unit.name,
        destination=destination_of(artifact.destination_type),
        keys=False,
    )
    count = artifact.restored_item_count if isinstance(artifact, MailboxRestoreArtifact) else None
    return (
        unit.name,
        artifact_status(artifact.status).value,
        _time(unit.time),
        artifact.destination_type or "",
        _time(started),
        _time(ended),
        str(round((ended - started).total_seconds() / 60)) if started and ended else "",
        artifact.result or "",
        "" if count is None else str(count),
        cause.code if failed else "",
        cause.happened if failed else "",
        cause.to_do if failed else "",
        (artifact.error.message or "") if artifact.error else "",
        service.value,
        unit.unit_id or "not reported by the service",
        unit.point_id,
        session_id,
    )


def _time(moment: datetime | None) -> str:
    return "" if moment is None else iso(moment)


def as_csv(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Cells as RFC 4180 text in which nothing starts like a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in (header, *rows):
        writer.writerow([f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA_STARTS) else cell for cell in row])
    return out.getvalue()


def save_report(path: Path, text: str, *, replace: bool = False) -> None:
    """Writes a report for its owner only. Raises `LocalError`: the file exists, is a link, or cannot be written."""
    try:
        descriptor = open_private(path, os.O_TRUNC if replace else os.O_EXCL)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except FileExistsError as error:
        raise LocalError(
            f"{path} exists already.", certainty="It was not touched.", hint="Use another name.", code="FileExists"
        ) from error
    except OSError as error:
        raise LocalError(
            f"{path} cannot be written: {(error.strerror or str(error)).lower()}.", hint="Use another folder."
        ) from error
