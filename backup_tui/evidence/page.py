"""A report as one HTML page that needs nothing else: no network, no other file.

Names come from outside. Every text is escaped and made visible, and the page's own policy lets no other script or
style run than the two that are written into it, whose sums it names.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path

from backup_tui.evidence.facts import CallFacts, EntryFacts, Report, SessionFacts, UnitFacts
from backup_tui.evidence.measures import Span, Summary, summary
from backup_tui.evidence.tables import failed_first
from backup_tui.evidence.timeline import timeline_svg
from backup_tui.models.services import Destination
from backup_tui.models.statuses import artifact_status, session_status
from backup_tui.models.text import counted, safe, short_id
from backup_tui.models.times import iso, span_words

_CELL = 2_000  # characters of one text; site addresses are far shorter


_NAMES = {"twice": "named twice", "toFix": "to fix", "leftOut": "left out", "noPoint": "without a point"}
"""What became of names, as people say it."""

_SHORTEST_RATE = timedelta(minutes=15)  # a rate measured over less is not carried on into hours

_SESSION_HEADINGS = (
    "Session", "Service", "State", "To", "Wave", "Units:num", "Ok:num", "Failed:num", "Drafted", "Started", "Ended",
    "Last changed by",
)  # fmt: skip


def report_page(report: Report) -> str:
    """The page."""
    sums, style, script = summary(report), _file("page.css"), _file("page.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    sections = [
        _head(report),
        _tiles(sums),
        _unknown(report),
        _timeline(report, sums),
        _measures(report, sums),
        _causes(sums),
        _sessions(report),
        _absent(report),
        _units(report.units),
        _calls(report.calls),
        _entries(report.entries),
    ]
    return "".join(
        (
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta name="referrer" content="no-referrer">\n',
            f"<title>{_text(report.title)}, {_text(report.tenant)}</title>\n",
            f"<style>{style}</style>\n</head>\n<body>\n",
            *(f"{section}\n" for section in sections if section),
            f"<footer>{_text(report.program)}. All times are UTC. Compare the files of this folder with their sums: "
            "backup-tui report verify FOLDER, or sha256sum -c SHA256SUMS.</footer>\n",
            f"<script>{script}</script>\n</body>\n</html>\n",
        )
    )


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _text(value: object) -> str:
    return escape(safe(str(value), _CELL))


def _head(report: Report) -> str:
    by = f" by {_text(report.generated_by)}" if report.generated_by else ""
    lines = [
        f"<h1>{_text(report.title)}</h1>",
        f'<p>{_text(report.tenant)} <span class="dim">{_text(report.tenant_id)} at {_text(report.address)}</span></p>',
        f'<p class="dim">Made {_when(report.generated_at)}{by}{", offline" if report.offline else ""}.</p>',
    ]
    if (plan := report.plan) is not None:
        facts = [
            ("Plan file", f"{plan.path}  SHA-256 {plan.sha256}" if plan.path else "made in the form, not saved"),
            ("Note", plan.note),
            ("Mails", plan.mails),
            ("Waves", ", ".join(plan.waves)),
            ("Drafted", f"{iso(plan.created_at)} by {plan.created_by}"),
            *(
                ("Yes", f'{iso(yes.at)} by {yes.by}: "{yes.phrase}", {counted(len(yes.sessions), "session")}')
                for yes in plan.yes
            ),
            ("Names", ", ".join(f"{number:,} {_NAMES.get(word, word)}" for word, number in plan.names.items())),
        ]
        lines.append(_list(facts))
    return f"<header>{''.join(lines)}</header>"


def _tiles(sums: Summary) -> str:
    again = f" <small>{sums.after_retry:,} after a retry</small>" if sums.after_retry else ""
    tiles = [
        ("", sums.units, "units"),
        ("ok", sums.restored, f"restored{again}"),
        ("failed" if sums.failed else "", sums.failed, "failed"),
    ]
    tiles += [
        ("", number, word)
        for number, word in (
            (sums.unfinished, "not finished"),
            (sums.not_started, "not started"),
            (sums.unknown, "unknown"),
        )
        if number
    ]
    tiles.append(("", sums.sessions, "sessions"))
    shown = "".join(f'<li class="{look}"><b>{number:,}</b>{word}</li>' for look, number, word in tiles)
    return f'<ul class="tiles">{shown}</ul>'


def _unknown(report: Report) -> str:
    if not report.unknown:
        return ""
    lines = "".join(f"<p>{_text(line)}</p>" for line in report.unknown)
    return f'<div class="notice"><b>Unknown</b>{lines}</div>'


def _timeline(report: Report, sums: Summary) -> str:
    picture = timeline_svg(report)
    if not picture:
        return "<h2>Time</h2><p>No time of a start or an end is known.</p>"
    best = f" Best: {sums.best:,} in 5 min, at {_when(sums.best_at)}." if sums.best and sums.best_at else ""
    rate = ""
    if sums.first_start and sums.last_end and sums.last_end > sums.first_start:
        span, ended = sums.last_end - sums.first_start, sums.restored + sums.failed
        pace = f": {ended / (span / timedelta(hours=1)):,.0f} units an hour" if span >= _SHORTEST_RATE else ""
        rate = f"<p>{_when(sums.first_start)} to {_when(sums.last_end)}, {span_words(span)}{pace}.{best}</p>"
    return f'<h2>Time</h2>{rate}<div class="wide">{picture}</div>'


def _measures(report: Report, sums: Summary) -> str:
    unknown = f"; unknown for {counted(sums.without_wanted, 'unit')}" if sums.without_wanted else ""
    facts = [
        ("Recovery time (RTO)", f"{_span(sums.recovery)}, from the start of each restored unit to its end"),
        ("From the session's start", f"{_span(sums.from_start)}, to the end of each restored unit"),
        ("Age of the points (RPO)", f"{_span(sums.age)}, before the time that was asked for{unknown}"),
        ("Express points", f"{sums.express:,} of {sums.units:,}"),
    ]
    return f"<h2>Measured</h2>{_list(facts)}"


def _span(span: Span | None) -> str:
    if span is None:
        return "unknown"
    middle, longest = (span_words(timedelta(seconds=each)) for each in (span.median_seconds, span.longest_seconds))
    return f"median {middle}, longest {longest} ({span.slowest}), of {counted(span.units, 'unit')}"


def _causes(sums: Summary) -> str:
    if not sums.causes:
        return ""
    rows = (
        f'<tr><td class="num">{one.units:,}</td><td class="failed">{_text(one.cause)}</td>'
        f"<td>{_text(one.happened if one.units == 1 else one.code)}</td><td>{_text(one.remedy)}</td>"
        f"<td>{_names(one.names)}</td></tr>"
        for one in sums.causes
    )
    return f"<h2>Failed, by cause</h2>{_table(('Units:num', 'Cause', 'What', 'What to do', 'Names'), rows)}"


def _names(names: Sequence[str]) -> str:
    if len(names) <= 5:
        return _text("; ".join(names))
    every = escape(safe("; ".join(names), 100_000))
    return f"<details><summary>{_text('; '.join(names[:3]))} and {len(names) - 3:,} more</summary>{every}</details>"


def _sessions(report: Report) -> str:
    return f"<h2>Sessions</h2>{_table(_SESSION_HEADINGS, (_session_row(one) for one in report.sessions))}"


def _session_row(one: SessionFacts) -> str:
    drafted = one.created_by or one.drafted_here_by
    entry = f' <span class="dim">journal entry {one.started_entry}</span>' if one.started_entry else ""
    again = f" (failed of {', '.join(short_id(each) for each in one.again_of)})" if one.again_of else ""
    state = session_status(one.status).word if one.status else f"unknown: {one.unread}"
    cells = (
        f'<td class="id whole">{_text(one.id)}</td>',
        f"<td>{one.service.label if one.service else 'unknown'}</td>",
        f"<td>{_text(state)}</td>",
        f"<td>{_where(one.destination)}</td>",
        f"<td>{_text(one.wave)}{_text(again)}</td>",
        *(
            f'<td class="num">{"" if number is None else f"{number:,}"}</td>'
            for number in (one.total, one.completed, one.failed)
        ),
        f"<td>{_when(one.created_at)}<br>{_text(drafted or 'unknown')}</td>",
        f"<td>{_when(one.started_at)}<br>{_text(one.started_by)}{entry}</td>",
        f"<td>{_when(one.ended_at)}</td>",
        f"<td>{_text(one.changed_by)}<br>{_when(one.changed_at)}</td>",
    )
    return f"<tr>{''.join(cells)}</tr>"


def _where(destination: Destination | None) -> str:
    if destination is None:
        return "unknown"
    return "IN PLACE" if destination is Destination.IN_PLACE else "new"


def _absent(report: Report) -> str:
    if not report.absent and not report.left_out:
        return ""
    rows = (f"<tr><td>{_text(one.name)}</td><td>{_text(one.reason)}</td></tr>" for one in report.absent)
    more = (f"<tr><td>{_text(name)}</td><td>left out by a person</td></tr>" for name in report.left_out)
    return f"<h2>Names that are in no session</h2>{_table(('Name', 'Why'), [*rows, *more])}"


def _units(units: Sequence[UnitFacts]) -> str:
    headings = (
        "Unit", "State", "Point", "Earlier by:num", "Started", "Ended", "Took:num", "Result or cause", "Session",
    )  # fmt: skip
    table = _table(headings, (_unit_row(unit) for unit in failed_first(units)), name="units")
    tools = (
        '<div id="tools" hidden><label>Filter <input id="filter" type="search" autocomplete="off" '
        'placeholder="name, failed, !restored"></label><span id="shown" class="dim" aria-live="polite"></span></div>'
    )
    return f"<h2>Units</h2>{tools}{table}"


def _unit_row(unit: UnitFacts) -> str:
    status = artifact_status(unit.status)
    look = "ok" if unit.restored else "failed" if unit.failed else "dim"
    mark = f"{status.mark} " if unit.status and status.word == unit.word else "? " if not unit.status else ""
    result = unit.result
    if unit.items is not None and unit.restored:
        result = (
            f"{result} ({counted(unit.items, 'item')})".strip() if unit.items else "nothing differed from the point"
        )
    words = _text(result)
    if unit.failed:
        own = f'<br><span class="dim">{_text(unit.message)}</span>' if unit.message else ""
        words = f'{_text(unit.cause)} <span class="dim">{_text(unit.code)}</span>{own}'
    express = " express" if unit.express else ""
    cells = (
        f"<td>{_text(unit.name + unit.name_source.mark)}</td>",
        f'<td class="{look}" data-sort="{status.rank}">{_text(mark + unit.word)}</td>',
        f'<td data-sort="{_stamp(unit.point_time)}">{_when(unit.point_time)}{express}</td>',
        _lasted(unit.gap),
        f'<td data-sort="{_stamp(unit.started)}">{_when(unit.started)}</td>',
        f'<td data-sort="{_stamp(unit.ended)}">{_when(unit.ended)}</td>',
        _lasted(unit.took),
        f"<td>{words}</td>",
        f'<td class="id">{_text(short_id(unit.session_id) or "none")}</td>',
    )
    return f'<tr data-unit="{_text(unit.unit_id or unit.point_id)}">{"".join(cells)}</tr>'


def _lasted(span: timedelta | None) -> str:
    if span is None:
        return '<td class="num" data-sort="-1"></td>'
    return f'<td class="num" data-sort="{int(span.total_seconds())}">{span_words(span)}</td>'


def _calls(calls: Sequence[CallFacts]) -> str:
    rows = (
        f"<tr><td>{_when(call.at)}</td><td>{_text(call.what)}<br>"
        f'<span class="id">{_text(f"{call.method} {call.path}".strip())}</span></td>'
        f'<td class="num">{"" if call.status is None else call.status}</td>'
        f"<td>{_text(' '.join(filter(None, (call.outcome, call.code))))}</td>"
        f'<td class="id">{_text(call.request_id or "none")}</td>'
        f'<td class="id">{_text(call.client_request_id or "none")}</td>'
        f"<td>{_text(call.source)}</td></tr>"
        for call in calls
    )
    headings = ("Time", "Request", "HTTP:num", "Outcome", "Request id of the service", "Our request id", "Known from")
    return _folded(f"Requests ({len(calls):,})", _table(headings, rows))


def _entries(entries: Sequence[EntryFacts]) -> str:
    rows = (
        f'<tr><td class="num">{entry.id}</td><td>{_when(entry.at)}</td><td>{_text(entry.summary)}</td>'
        f'<td>{_text(entry.user)}<br><span class="id">{_text(entry.user_id)}</span></td>'
        f"<td>{''.join(f'{_when(each.at)} {_text(each.state)} {_text(each.note)}<br>' for each in entry.answers)}</td>"
        f'<td class="id">{_text(entry.session_id or entry.target or "")}</td></tr>'
        for entry in entries
    )
    headings = ("Entry:num", "Written", "What", "By", "What became known", "Session")
    return _folded(f"Journal of this machine ({len(entries):,})", _table(headings, rows))


def _folded(title: str, inside: str) -> str:
    return f"<h2>{title}</h2><details><summary>Show</summary>{inside}</details>"


def _list(facts: Iterable[tuple[str, str]]) -> str:
    return f"<dl>{''.join(f'<dt>{name}</dt><dd>{_text(value)}</dd>' for name, value in facts if value)}</dl>"


def _table(headings: Sequence[str], rows: Iterable[str], *, name: str = "") -> str:
    return "\n".join(_table_lines(headings, rows, name))


def _table_lines(headings: Sequence[str], rows: Iterable[str], name: str) -> Iterator[str]:
    yield f'<div class="wide"><table{f" id={chr(34)}{name}{chr(34)}" if name else ""}><thead><tr>'
    for heading in headings:
        words, _, look = heading.partition(":")
        yield f'<th scope="col" class="{look}">{words}</th>' if look else f'<th scope="col">{words}</th>'
    yield "</tr></thead><tbody>"
    yield from rows
    yield "</tbody></table></div>"


def _when(moment: datetime | None) -> str:
    return "" if moment is None else f'<time datetime="{iso(moment)}">{moment:%Y-%m-%d %H:%M:%S}</time>'


def _stamp(moment: datetime | None) -> int:
    return 0 if moment is None else int(moment.timestamp())
