"""The picture of a report: sessions over time, and how many units ended when, as SVG. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Final

from msgspec import Struct

from backup_tui.evidence.facts import Report, SessionFacts, UnitFacts
from backup_tui.evidence.measures import bucket_for, finished_per
from backup_tui.models.text import counted, safe, short_id
from backup_tui.models.times import span_words

_WIDTH: Final = 1000
_LEFT, _RIGHT = 200, 850
_LANE, _CHART = 24, 130
_MOST_LANES: Final = 40  # lanes beyond which a plan shows one for each wave, not for each session

_TEXT, _DIM, _OK, _FAILED, _BAR = "#1f2328", "#626b75", "#18733a", "#b9202d", "#bcd5ee"

_TICKS: Final = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 10_080))
_MOST_TICKS: Final = 9


class _Lane(Struct, frozen=True):
    label: str
    start: datetime
    end: datetime
    ended: bool
    restored: int
    failed: int


def timeline_svg(report: Report) -> str:
    """The picture; empty when no time is known."""
    lanes = _lanes(report)
    if not lanes:
        return ""
    start, end = min(lane.start for lane in lanes), max(lane.end for lane in lanes)
    end = max(end, start + timedelta(minutes=5))
    top = 14
    chart_top = top + len(lanes) * _LANE + 20
    bottom = chart_top + _CHART
    scale = _Scale(start, end)
    words = f"Sessions from {start:%d %b %Y %H:%M} to {end:%d %b %Y %H:%M} UTC, and units that ended"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {bottom + 30}" role="img" '
        f'aria-label="{escape(words)}" font-family="system-ui, sans-serif" font-size="12" fill="{_TEXT}">',
        *_ticks(scale, top, bottom),
        *(line for number, lane in enumerate(lanes) for line in _lane(lane, scale, top + number * _LANE)),
        *_bars(report.units, scale, chart_top, bottom),
        "</svg>",
    ]
    return "\n".join(parts)


class _Scale:
    """Where a time is, from left to right."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end

    def x(self, at: datetime) -> float:
        share = (at - self.start) / (self.end - self.start)
        return round(_LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, share)), 1)


def _lanes(report: Report) -> list[_Lane]:
    units: dict[str, list[UnitFacts]] = {}
    for unit in report.units:
        units.setdefault(unit.session_id, []).append(unit)
    started = [one for one in report.sessions if one.started_at is not None]
    groups: dict[str, list[SessionFacts]] = {}
    by_wave = len(started) > _MOST_LANES and report.plan is not None
    for one in started:
        wave = f"{one.wave}  " if one.wave else ""
        groups.setdefault(one.wave if by_wave else f"{wave}{short_id(one.id)}", []).append(one)
    lanes = [
        _lane_of(label, members, [unit for one in members for unit in units.get(one.id, ())], report.generated_at)
        for label, members in groups.items()
    ]
    return sorted(lanes, key=lambda lane: lane.start)


def _lane_of(label: str, sessions: Sequence[SessionFacts], units: Sequence[UnitFacts], now: datetime) -> _Lane:
    start = min(one.started_at for one in sessions if one.started_at is not None)
    ended = all(one.ended_at is not None for one in sessions)
    ends = [one.ended_at for one in sessions if one.ended_at] + [unit.ended for unit in units if unit.ended]
    end = max(ends, default=now) if ended else max(now, start)
    return _Lane(
        label,
        start,
        max(start, end),
        ended,
        sum(unit.restored for unit in units),
        sum(unit.failed for unit in units),
    )


def _lane(lane: _Lane, scale: _Scale, y: int) -> Iterator[str]:
    x, end, middle = scale.x(lane.start), scale.x(lane.end), y + 15
    label = safe(lane.label)
    label = label if len(label) <= 28 else f"{label[:17]}…{label[-10:]}"
    state = "" if lane.ended else " still running"
    words = f"{lane.label}: {lane.start:%H:%M} to {lane.end:%H:%M} UTC, {span_words(lane.end - lane.start)}{state}"
    yield f'<text x="{_LEFT - 10}" y="{middle}" text-anchor="end">{escape(label)}</text>'
    yield (
        f'<rect x="{x}" y="{y + 4}" width="{max(2.0, round(end - x, 1))}" height="15" rx="2" fill="{_BAR}">'
        f"<title>{escape(safe(words))}</title></rect>"
    )
    yield f'<text x="{_RIGHT + 10}" y="{middle}" fill="{_OK}">{lane.restored:,} ok</text>'
    if lane.failed:
        yield f'<text x="{_RIGHT + 72}" y="{middle}" fill="{_FAILED}" font-weight="bold">{lane.failed:,} failed</text>'


def _bars(units: Iterable[UnitFacts], scale: _Scale, top: int, bottom: int) -> Iterator[str]:
    width = bucket_for(scale.end - scale.start)
    found = finished_per(units, width)
    best = max((one.restored + one.failed for one in found), default=0)
    name = f"units ended per {span_words(width)}"
    yield f'<text x="{_LEFT - 10}" y="{bottom - 4}" text-anchor="end" fill="{_DIM}">{name}</text>'
    if not best:
        return
    yield f'<text x="{_LEFT - 10}" y="{top + 10}" text-anchor="end" fill="{_DIM}">best {best:,}</text>'
    high = bottom - top
    for one in found:
        x, end = scale.x(one.at), scale.x(one.at + width)
        wide = max(1.0, round(end - x - 0.5, 1))
        ok = round(high * one.restored / best, 1)
        bad = round(high * one.failed / best, 1)
        words = f"{one.at:%d %b %H:%M} UTC: {counted(one.restored, 'unit')} restored, {one.failed:,} failed"
        if one.restored or one.failed:
            yield f"<g><title>{words}</title>"
            if one.restored:
                yield f'<rect x="{x}" y="{round(bottom - ok, 1)}" width="{wide}" height="{ok}" fill="{_OK}"/>'
            if one.failed:
                tall = max(bad, 3.0)
                over = round(bottom - ok - tall, 1)
                yield f'<rect x="{x}" y="{over}" width="{wide}" height="{tall}" fill="{_FAILED}"/>'
            yield "</g>"


def _ticks(scale: _Scale, top: int, bottom: int) -> Iterator[str]:
    span = scale.end - scale.start
    step = next((each for each in _TICKS if span / each <= _MOST_TICKS), _TICKS[-1])
    seconds = step.total_seconds()
    at = datetime.fromtimestamp(-(-scale.start.timestamp() // seconds) * seconds, UTC)
    first, day = True, scale.start.date()
    while at <= scale.end:
        x = scale.x(at)
        yield f'<line x1="{x}" y1="{top}" x2="{x}" y2="{bottom}" stroke="#e2ded4"/>'
        words = f"{at:%d %b %H:%M}" if first or at.date() != day else f"{at:%H:%M}"
        yield f'<text x="{x}" y="{bottom + 16}" text-anchor="middle" fill="{_DIM}">{words}</text>'
        first, day, at = False, at.date(), at + step
    yield f'<line x1="{_LEFT}" y1="{bottom}" x2="{_RIGHT}" y2="{bottom}" stroke="{_DIM}"/>'
    yield f'<text x="{_RIGHT + 10}" y="{bottom + 16}" fill="{_DIM}">UTC</text>'
