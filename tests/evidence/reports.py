"""Reports made by hand, with names as hostile as names can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from backup_tui.evidence.facts import AbsentName, CallFacts, EntryFacts, Report, SessionFacts, UnitFacts
from backup_tui.models.services import Destination, Service

START = datetime(2026, 11, 29, 23, 40, tzinfo=UTC)

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '=HYPERLINK("http://evil.example";"click")',
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "\x1b]52;c;AAAA\x07",
    "-->]]>&lt;",
    "{{7*7}}${x}`",
    "javascript:alert(1)",
    "a\r\nb\tc",
)


def unit(number: int, name: str = "", **more: Any) -> UnitFacts:
    """A restored account that ended `number` minutes after the start of the session."""
    values: dict[str, Any] = {
        "status": "succeeded",
        "wanted": START - timedelta(hours=3),
        "point_time": START - timedelta(hours=3, minutes=number),
        "started": START + timedelta(minutes=1),
        "ended": START + timedelta(minutes=1 + number),
        **more,
    }
    return UnitFacts(
        name or f"user{number}@contoso.com",
        Service.ONEDRIVE,
        f"unit-{number}",
        values.pop("session_id", "61633878-aaaa"),
        f"point-{number}",
        Destination.IN_PLACE,
        **values,
    )


def failing(number: int, name: str = "", code: str = "ArtifactNotFound", **more: Any) -> UnitFacts:
    values = {"cause": "not found", "remedy": "Bring it back.", "action": "bring back, then retry", **more}
    return unit(number, name, status="failed", code=code, **values)


def session(session_id: str = "61633878-aaaa", **more: Any) -> SessionFacts:
    values = {"status": "completed", "started_at": START, "ended_at": START + timedelta(hours=4), **more}
    return SessionFacts(session_id, Service.ONEDRIVE, Destination.IN_PLACE, **values)


def report(*units: UnitFacts, **more: Any) -> Report:
    values: dict[str, Any] = {
        "title": "Restore session 61633878",
        "subject": "sessions-61633878",
        "tenant": "contoso.com",
        "tenant_id": "72f988bf",
        "address": "https://graph.microsoft.com",
        "generated_at": START + timedelta(hours=5),
        "generated_by": "adele@contoso.com",
        "program": "backup-tui 1",
        "offline": False,
        "plan": None,
        "sessions": (session(),),
        **more,
    }
    return Report(units=units, **values)


def hostile_report() -> Report:
    """A report in which everything that comes from outside is hostile."""
    units = [
        failing(n, text, message=text, result=text) if n % 2 else unit(n, text, result=text)
        for n, text in enumerate(HOSTILE)
    ]
    bad = HOSTILE[0]
    return report(
        *units,
        title=bad,
        tenant=bad,
        generated_by=HOSTILE[1],
        sessions=(session(created_by=bad, changed_by=bad, started_by=HOSTILE[2], wave=bad),),
        absent=tuple(AbsentName(text, text) for text in HOSTILE),
        left_out=HOSTILE,
        calls=(CallFacts(START, bad, bad, bad, bad, bad, 200, bad, bad, bad),),
        entries=(EntryFacts(1, START, bad, bad, bad, bad, bad, None, bad, bad, bad, bad, bad),),
        unknown=(bad,),
    )
