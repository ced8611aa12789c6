"""The hand-over card: twenty lines for a ticket or the next shift, made from the same facts as a report."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from backup_tui.evidence.facts import Report, SessionFacts
from backup_tui.evidence.measures import NOT_NAMED, Summary, summary
from backup_tui.journal.journal import Journal
from backup_tui.models.granular import files_counted
from backup_tui.models.services import Destination
from backup_tui.models.statuses import Action, session_status
from backup_tui.models.text import cell_width, counted, safe, short_id
from backup_tui.restore.drafts.record import kept_record
from backup_tui.restore.points.moments import show_range, show_utc
from backup_tui.store.store import Store

LINES: Final = 20  # most lines of a card

COLUMNS: Final = 78  # most columns of a line: it fits into a terminal and into the e-mail of a ticket

MOST_NEXT: Final = 6
_MOST_NOTES: Final = 2
_MOST_LISTED: Final = 4

LEAVING_SOON: Final = timedelta(days=3)  # a point that expires within this time is a deadline

JUST_ENDED = timedelta(days=1)  # a restore that ended with failures within this time still concerns the next shift

RECENT = timedelta(days=31)  # a draft that was made from here within this time may concern a colleague


class Deadlines(Struct, frozen=True):
    """What must be known besides the facts."""

    restores_until: datetime | None = None  # until when the service allows restores (UTC)
    # Session id to the first time at which a point of its draft expires
    expiring: tuple[tuple[str, datetime], ...] = ()
    unknown: tuple[str, ...] = ()  # sentences about changes whose outcome is unknown
    waiting: tuple[str, ...] = ()  # sentences about what waits for a person, such as a wave that needs a yes


def current_sessions(store: Store, now: datetime) -> list[str]:
    """What runs, what failed within a day, and open drafts: in the order in which a person needs them."""
    rows = [
        row
        for row in store.sessions.values()
        if not row.gone
        and (
            row.running
            or row.state.allows(Action.EDIT)
            or (row.failed and row.completed_at is not None and now - row.completed_at <= JUST_ENDED)
        )
    ]
    oldest = datetime.min.replace(tzinfo=now.tzinfo)
    rows.sort(key=lambda row: row.created or oldest, reverse=True)
    return [row.id for row in sorted(rows, key=lambda row: row.state.rank)]


async def recent_sessions(journal: Journal, now: datetime) -> tuple[str, ...]:
    """Sessions about which something was sent from here lately, newest first. Raises `JournalError`: it cannot be
    read."""
    known = set(await journal.kept_under("draft:"))
    entries = [intent for intent in await journal.intents() if now - intent.at <= RECENT]
    ids = [one for intent in entries for one in (intent.session_id, intent.target) if one in known]
    return tuple(dict.fromkeys(str(one) for one in ids))


def proposed_next(report: Report, deadlines: Deadlines) -> tuple[str, ...]:
    """What is to be done next, the most urgent first; a person edits these lines."""
    now = report.generated_at
    lines = list(deadlines.unknown)
    lines += [
        f"Start or renew draft {short_id(session_id)} before {show_utc(at, now)} UTC: then its first point expires."
        for session_id, at in deadlines.expiring
        if at - now <= LEAVING_SOON
    ]
    lines += deadlines.waiting
    for cause in summary(report).causes:
        named = cause.units == 1 and not cause.names[0].startswith(NOT_NAMED)
        names = f" ({short_name(cause.names[0])})" if named else ""
        lines.append(f"{cause.units:,} {cause.cause}{names}: {cause.action or cause.remedy}")
    if report.offline:
        lines.append(f"Read the service: what became of {counted(len(report.units), 'unit')} is unknown here.")
    drafts = _drafts(report)
    if drafts:
        words = ", ".join(short_id(one.id) for one in drafts[:3])
        more = f" and {len(drafts) - 3:,} more" if len(drafts) > 3 else ""
        lines.append(f"Review {'draft' if len(drafts) == 1 else 'drafts'} {words}{more}: start or delete.")
    if deadlines.restores_until is not None:
        lines.append(f"The service allows restores until {show_utc(deadlines.restores_until, now)} UTC.")
    return tuple(safe(line) for line in lines[:MOST_NEXT])


def card_lines(report: Report, next_lines: Sequence[str], zone: ZoneInfo) -> list[str]:
    """The card: at most `LINES` lines of at most `COLUMNS` columns, ready to be pasted anywhere. `next_lines`: what is
    to be done next. `zone`: in which times are shown beside UTC."""
    now, sums = report.generated_at, summary(_started(report))
    head = [_heading(now, zone), *_subject(report, zone), *_counts(report, sums, zone)]
    tail = [*_open(report), *_notes(report), *_watch(report), _last(report)]
    listed = [f"{number}. {line}" for number, line in enumerate(next_lines[:MOST_NEXT], start=1)]
    room = max(1, LINES - len(head) - len(tail))
    failed = _failed(sums)[: max(1, room - len(listed))] if sums.causes else []
    listed = listed[: room - len(failed)]
    middle = [*_labeled("Failed", failed), *_labeled("Next", listed or ["nothing"])]
    return [_fit(line) for line in (*head, *middle, *tail) if line][:LINES]


async def kept_next(journal: Journal, subject: str) -> tuple[str, ...] | None:
    """The Next lines that a person wrote; `None` where nobody did. Raises `JournalError`: the journal cannot be
    read."""
    text = await journal.kept(f"handover:{subject}")
    try:
        return None if text is None else tuple(safe(line) for line in json.decode(text, type=list[str]))
    except DecodeError:
        return None


async def keep_next(journal: Journal, subject: str, lines: Sequence[str]) -> None:
    """Keeps the Next lines that a person wrote. Raises `JournalError`: they could not be kept."""
    await journal.keep(f"handover:{subject}", json.encode(list(lines)).decode())


async def deadlines_of(journal: Journal, report: Report, restores_until: datetime | None) -> Deadlines:
    """What the journal knows besides the facts. Raises `JournalError`: it cannot be read."""
    expiring: list[tuple[str, datetime]] = []
    for one in _drafts(report):
        record = await kept_record(journal, one.id)
        times = [unit.expires for unit in record.units if unit.expires] if record else []
        if times:
            expiring.append((one.id, min(times)))
    unknown = tuple(
        f"Look into entry {intent.id} of the journal: whether it happened is unknown ({intent.summary})."
        for intent in await journal.open_intents()
    )
    return Deadlines(restores_until, tuple(sorted(expiring, key=lambda pair: pair[1])), unknown)


# -- lines ------------------------------------------------------------------------------------------------------------


def _heading(now: datetime, zone: ZoneInfo) -> str:
    local = now.astimezone(zone)
    utc = f"{now.astimezone(UTC):%H:%M} UTC"
    when = f"{_day(local)} {local:%H:%M} {zone.key}, {utc}" if local.utcoffset() else f"{_day(local)} {utc}"
    return f"Hand-over{when:>{COLUMNS - 9}}"


def _day(local: datetime) -> str:
    return f"{local.day} {local:%b}"


def _at(moment: datetime | None, zone: ZoneInfo, now: datetime) -> str:
    if moment is None:
        return "at an unknown time"
    local = moment.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{_day(local)} {local:%H:%M}"


def _subject(report: Report, zone: ZoneInfo) -> Iterator[str]:
    now, started = report.generated_at, [one for one in report.sessions if not _is_draft(one)]
    if report.plan is not None:
        plan, count = report.plan, counted(len(report.sessions), "session")
        yield f"{report.tenant}, plan {plan.name}, {count}, {_places(report.sessions)}"
        yield f"Drafted {_at(plan.created_at, zone, now)} by {plan.created_by}" + (
            f": {plan.note}" if plan.note else ""
        )
        if plan.mails:
            yield f"Mails: {plan.mails}"
    elif len(report.sessions) == 1:
        one = report.sessions[0]
        points = show_range([unit.point_time for unit in report.units if unit.point_time], now)
        yield f"{report.tenant}, {_name(one)}{f', points {points}' if points else ''}"
        yield _people(one, zone, now)
    else:
        yield f"{report.tenant}: {counted(len(started), 'restore')} running or just ended, {_open_count(report)}"
        for one in started[:_MOST_LISTED]:
            yield f"  {_state(one)} {_name(one)}: {_progress(one)}, {_people(one, zone, now, short=True)}"
        if len(started) > _MOST_LISTED:
            yield f"  and {len(started) - _MOST_LISTED:,} more"


def _people(one: SessionFacts, zone: ZoneInfo, now: datetime, *, short: bool = False) -> str:
    drafted = one.created_by or one.drafted_here_by
    if _is_draft(one):
        return f"Drafted {_at(one.created_at, zone, now)} by {drafted or 'unknown'}. Nothing was started."
    by = f" by {one.started_by}" if one.started_by else ""
    if short:
        return f"since {_at(one.started_at, zone, now)}{f' by {short_name(one.started_by)}' if one.started_by else ''}"
    return f"Started {_at(one.started_at, zone, now)}{by}{f', drafted by {drafted}' if drafted else ''}"


def _counts(report: Report, sums: Summary, zone: ZoneInfo) -> Iterator[str]:
    if sums.unknown and not (sums.restored or sums.failed):
        words = "the card was made offline" if report.offline else "their state was not read"
        yield f"? {counted(sums.unknown, 'unit')}: what became of them is unknown; {words}"
        return
    last = max((unit.ended for unit in report.units if unit.ended), default=None)
    parts = [
        f"✓ {sums.restored:,} restored",
        f"✗ {sums.failed:,} failed" if sums.failed else "",
        f"{sums.unfinished:,} left of {sums.units:,}" if sums.unfinished else f"of {sums.units:,}",
        f"{sums.not_started:,} not started" if sums.not_started else "",
        f"{sums.unknown:,} unknown" if sums.unknown else "",
        f"last one {_at(last, zone, report.generated_at)}" if last else "",
    ]
    yield "   ".join(part for part in parts if part)
    if report.plan is not None and len(report.plan.waves) > 1:
        yield from _labeled("Waves", [_wave(report, name) for name in report.plan.waves][:_MOST_LISTED])


def _wave(report: Report, name: str) -> str:
    ids = {one.id for one in report.sessions if one.wave == name}
    units = tuple(unit for unit in report.units if unit.session_id in ids)
    if not units:
        return f"{name}: not drafted"
    of_wave = replace(report, units=units)
    sums = summary(_started(of_wave))  # as above: a unit whose retry is a draft has still failed
    return f"{name}: {sums.restored:,} restored, {sums.failed:,} failed of {summary(of_wave).units:,}"


def _failed(sums: Summary) -> list[str]:
    found = []
    for cause in sums.causes:
        names = [short_name(name) for name in cause.names if not name.startswith(NOT_NAMED)]
        shown = names[:4]
        rest = [f"{len(names) - 4:,} more"] if len(names) > 4 else []
        rest += [f"{cause.units - len(names):,} not named"] if cause.units > len(names) else []
        found.append(f"{cause.units:,} {cause.cause}: {', '.join([*shown, *rest])}")
    return found


def short_name(name: str) -> str:
    """`lee.gu` of an address; other names stay whole."""
    local, at, _ = name.partition("@")
    return local if at and local else name


def _open(report: Report) -> list[str]:
    drafts = _drafts(report)
    if len(report.sessions) == 1 and drafts:
        return []
    lines = [
        f"draft {short_id(one.id)}{f' by {one.created_by}' if one.created_by else ''}, {_units(one)}, {_place(one)}"
        for one in drafts[:3]
    ]
    if len(drafts) > 3:
        lines[-1] += f", and {len(drafts) - 2:,} more"
    return _labeled("Open", lines)


def _notes(report: Report) -> list[str]:
    """The first notes that were written on the sessions, with the ids where there are several sessions."""
    noted = [one for one in report.sessions if one.note][:_MOST_NOTES]
    several = len(report.sessions) > 1
    return _labeled("Note", [f"{short_id(one.id)}: {one.note}" if several else one.note for one in noted])


def _watch(report: Report) -> list[str]:
    if report.plan is not None:
        return _labeled("Watch", [f"backup-tui plan status {report.plan.name}"])
    running = [short_id(one.id) for one in report.sessions if session_status(one.status).moving]
    if running:
        return _labeled("Watch", [f"backup-tui sessions watch {' '.join(running[:6])}"])
    shown = [short_id(one.id) for one in report.sessions]
    return _labeled("See", [f"backup-tui sessions show {shown[0]}"]) if len(shown) == 1 else []


def _last(report: Report) -> str:
    if report.offline:
        return "Made offline from what was kept here; read the service before acting on it."
    if any(session_status(one.status).moving for one in report.sessions):
        return "It runs in the service; nobody has to stay connected."
    return "None of this is running now."


# -- words ------------------------------------------------------------------------------------------------------------


def _is_draft(one: SessionFacts) -> bool:
    return session_status(one.status).allows(Action.EDIT)


def _started(report: Report) -> Report:
    """Without the units of drafts, which are listed as such; all of them where there is nothing else."""
    drafts = {one.id for one in _drafts(report)}
    units = tuple(unit for unit in report.units if unit.session_id not in drafts)
    return replace(report, units=units) if units else report


def _drafts(report: Report) -> list[SessionFacts]:
    return [one for one in report.sessions if _is_draft(one)]


def _open_count(report: Report) -> str:
    return counted(len(_drafts(report)), "open draft")


def _state(one: SessionFacts) -> str:
    status = session_status(one.status)
    return status.mark if one.status else "?"


def _name(one: SessionFacts) -> str:
    return f"{one.service.label if one.service else 'Restore'} {short_id(one.id)}, {_place(one)}"


def _place(one: SessionFacts) -> str:
    if one.destination is None:
        return "destination unknown"
    return "IN PLACE" if one.destination is Destination.IN_PLACE else "new location"


def _places(sessions: Iterable[SessionFacts]) -> str:
    return ", ".join(
        dict.fromkeys(f"{one.service.label if one.service else ''} {_place(one)}".strip() for one in sessions)
    )


def _units(one: SessionFacts) -> str:
    total = one.total or 0
    if one.of_files:
        return files_counted(total)
    return one.service.counted_in_short(total) if one.service else counted(total, "unit")


def _progress(one: SessionFacts) -> str:
    total = "?" if one.total is None else files_counted(one.total) if one.of_files else f"{one.total:,}"
    failed = f", {one.failed:,} failed" if one.failed else ""
    return f"{(one.completed or 0) + (one.failed or 0):,} of {total}{failed}"


def _labeled(label: str, lines: Sequence[str]) -> list[str]:
    return [f"{label if not number else '':<8}{line}" for number, line in enumerate(lines)]


def _fit(line: str) -> str:
    shown = safe(line, 500)
    if cell_width(shown) <= COLUMNS:
        return shown
    while cell_width(shown) > COLUMNS - 1:
        shown = shown[:-1]
    return f"{shown.rstrip()}…"
