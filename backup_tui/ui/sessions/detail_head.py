"""The lines above the units of a restore session: its destination, its progress, who did what. Pure."""

from datetime import datetime, timedelta
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.models.times import span_words
from backup_tui.plans.stalls import stalled
from backup_tui.restore.points.moments import show_range
from backup_tui.store.pace import STEP, per_step
from backup_tui.store.progress import Movement, Progress, progress, started_at
from backup_tui.store.rows import SessionRow
from backup_tui.store.store import Store
from backup_tui.store.summary import failed_causes
from backup_tui.ui.vocabulary.names import held_words
from backup_tui.ui.vocabulary.sessions import (
    causes_words,
    ending,
    has_ended,
    left_words,
    movement_words,
    people_words,
    title_of,
)
from backup_tui.ui.widgets.cells import width_of
from backup_tui.ui.widgets.charts import counts_bar, sparkline
from backup_tui.ui.widgets.paragraphs import Para
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.spans import Section, Text
from backup_tui.ui.widgets.time_format import day_words

BAR, BAR_ROOMY, BAR_LOW, PACE, PACE_ROOMY = 33, 24, 16, 36, 48
"""Cells of the bar, shorter with counts beside it, and of the sparkline: three hours, and four where there is room."""

LEFT, LEFT_ROOMY = 68, 105
"""Cells beside a label on a terminal of 80 columns, and on one of 120 before what is at the right end."""


class Head(Struct, frozen=True):
    """The title of a restore session and the lines under it."""

    store: Store  # where its units are
    row: SessionRow
    zone: ZoneInfo  # in which times are shown
    now: datetime  # the service's time
    unclear: bool = False  # a change of it was sent and got no answer
    roomy: bool = False  # bar and counts are beside one another, and the title has the points
    low: bool = False  # there is room for the outcome alone; `v` has the rest
    chart: bool = True  # the pace of what runs is drawn; over a thin line it is only said
    note: str = ""  # the person's own words about it

    @property
    def title(self) -> Section:
        """`OneDrive 61633878   IN PLACE` and `» running for 2 h 04`, or from when to when it ran."""
        row = self.row
        where: Text = "destination unknown"
        if row.destination is Destination.IN_PLACE:
            where = Cell("IN PLACE", "danger")
        elif row.destination is not None:
            folder = row.service is Service.EXCHANGE or row.model.holds_files
            where = "NEW FOLDER" if folder else "NEW ADDRESS"
        begun, state = started_at(self.store, row), Cell(f"{row.state.mark} {row.state.word}", row.state.tone.value)
        right: Text = state
        if row.gone:
            right = "- gone"
        elif row.running and begun is not None and self.now - begun >= timedelta(minutes=1):
            right = (state, f" for {span_words(self.now - begun)}")
        elif row.completed_at is not None:
            right = self._from_to(begun, row.completed_at)
        facts: Text = (where, f"   points {self._points}") if self.roomy else where
        return Section(title_of(row), facts, right, (state,))

    @property
    def lines(self) -> list[Para]:
        """The lines under the title, from the bar to what is to be done next."""
        row, state = self.row, progress(self.store, self.row.id, self.now)
        if has_ended(row):
            lines = self._ended(state)
        elif row.state.value == "draft" or state is None:
            lines = self._draft(row.total if state is None else state.total)
        else:
            lines = self._running(state)
        if self.note:
            lines.append(_line("Note", self.note))
        if self.low:
            lines = lines[:1]
        if row.gone:
            lines.append(Para("  The service no longer has it. This is the last that was known of it here.", "warn"))
        elif self.unclear:
            lines.append(Para("  A change of it was sent and got no answer; it may have happened: 5 Activity.", "warn"))
        elif state is not None and not self.low:
            if (stall := stalled(self.store, [row.id], self.now)) is not None:
                lines.append(Para(f"  ! {stall.words}: v has ids for support", "warn"))
            lines += [_line("Note", note, "warn") for note in (state.disagreement, row.went_back) if note]
        return lines

    def _draft(self, total: int | None) -> list[Para]:
        row, holds = self.row, "not reported" if total is None else held_words(self.row, total)
        lines = [_line("Units", holds, right=people_words(self.store, row, self.zone, self.now))]
        lines += [] if self.roomy else [_line("Points", self._points)]
        if not self.unclear and not row.gone:
            lines.append(_line("Next", "A opens the review; only its phrase starts the restore."))
        return lines

    def _running(self, state: Progress) -> list[Para]:
        counts = self._counts(state)
        if self.low:
            failed = [cell for cell in counts if cell.tone == "bad"]
            return [Para(parts=(*self._bar(state, BAR_LOW), *failed), mark="  ")]
        done = self._bar(state, BAR_ROOMY if self.roomy else BAR)
        rows = [(*done, *counts)] if self.roomy else [done, counts]
        lines = [*(Para(parts=parts, mark="  ") for parts in rows), self._pace(state)]
        people = people_words(self.store, self.row, self.zone, self.now, times=False)
        room = LEFT_ROOMY - width_of(people) if self.roomy else LEFT
        left = self._left(state, room)
        look = "warn" if state.movement in (Movement.SLOW, Movement.UNKNOWN) else ""
        if self.roomy:
            return [*lines, _line("Left", left, look, right=people)]
        return [*lines, _line("Left", left, look), _line("Points", self._points, right=people)]

    def _left(self, state: Progress, room: int) -> str:
        """How long it may take and whether it moves, in the longest words that fit."""
        full, brief = (movement_words(state, self.zone, self.now, short=True, pause=pause) for pause in (True, False))
        ways = [f"{left_words(state)} {words}".strip() for words in (full, full.replace("Last one", "Last"), brief)]
        return next((words for words in ways if width_of(words) <= room), ways[-1])

    def _ended(self, state: Progress | None) -> list[Para]:
        row, end = self.row, ending(self.store, self.row)
        lines = [Para(parts=end.parts, look="success" if end.well else "danger")]
        if state is not None and (bar := self._bar(state, BAR)):
            lines.append(Para(parts=bar, mark="  "))
        if state is not None and state.times and self.store.artifacts(row.id):
            lines.append(self._pace(state))
        if row.failed:
            causes = causes_words(failed_causes(self.store.artifacts(row.id).values()), row.service, row.failed)
            parts = tuple(causes.split(", ")) if causes else (f"{row.failed:,}, causes not read yet",)
            lines.append(_line("Failed", parts=parts, right="f retries, by cause"))
        elif not self.roomy:
            lines.append(_line("Points", self._points))
        if row.completed and row.model.holds_files:
            lines.append(_line("Folder", self._folder))
        elif row.completed and row.destination is Destination.NEW and row.service is not Service.EXCHANGE:
            lines.append(_line("Access", "Only administrators can open them. Give members access again."))
        people = people_words(self.store, row, self.zone, self.now, times=False)
        return [*lines, _line("Next", "e writes the report", right=people)]

    @property
    def _folder(self) -> str:
        """Where restored files are: all of a session are in one folder."""
        results = (one.result.rstrip("/") for one in self.store.artifacts(self.row.id).values() if one.result)
        folders = dict.fromkeys(unquote(result.rpartition("/")[0]) for result in results)
        return ", ".join(folders) or "not reported yet"

    @property
    def _points(self) -> str:
        times = [one.point_time for one in self.store.artifacts(self.row.id).values() if one.point_time]
        return show_range(times, self.now) or "not reported"

    def _from_to(self, begun: datetime | None, ended: datetime) -> str:
        """`30 Nov 01:58 to 05:21`."""
        end, day = ended.astimezone(self.zone), day_words(ended, self.zone, self.now)
        if begun is None or begun > ended:
            return f"ended {day} {end:%H:%M}"
        start, first = begun.astimezone(self.zone), day_words(begun, self.zone, self.now)
        return f"{first} {start:%H:%M} to {'' if first == day else f'{day} '}{end:%H:%M}"

    def _bar(self, state: Progress, width: int) -> tuple[str | Cell, ...]:
        """The bar, and `118 of 180 finished`."""
        done = state.completed + state.failed
        if state.total is None:
            return (f"{done:,} finished, of how many is not reported",) if self.row.finished is not None else ()
        words = f"{done:,} of {state.total:,}{'' if self.row.state.terminal else ' finished'}"
        return (counts_bar(state.completed, state.failed, state.total, width), words)

    def _counts(self, state: Progress) -> tuple[Cell, ...]:
        if self.row.finished is None:
            return (Cell("Counts are not reported by the service."),)
        strange = sum(one.state.mark == "?" for one in self.store.artifacts(self.row.id).values())
        counts = (
            (state.failed, "✗", "failed", "bad"),
            (state.in_progress, "»", "restoring", "moving"),
            ((state.waiting or 0) - strange, "·", "waiting", ""),
            (strange, "?", "unknown", "warn"),
        )
        restored = Cell(f"✓ {state.completed:,} restored ", "good")
        return (restored, *(Cell(f"{mark} {n:,} {word} ", tone) for n, mark, word, tone in counts if n > 0))

    def _pace(self, state: Progress) -> Para:
        """The sparkline of finished units, with the last hour, or for an ended restore its best five minutes."""
        end = self.row.completed_at or self.now
        begun = state.started or min(state.times, default=end)
        counts = per_step(state.times, begun, end) if self.store.artifacts(self.row.id) else []
        drawn = self.chart or state.movement is Movement.ENDED
        chart = Cell(sparkline(counts, PACE_ROOMY if self.roomy else PACE) if drawn else "", "moving")
        if state.movement is Movement.ENDED:
            best = max(counts, default=0)
            words = f"best {best:,} in 5 min, at {(begun + counts.index(best) * STEP).astimezone(self.zone):%H:%M}"
        else:
            hour = state.finished_last_hour
            said = ("" if hour is None else f"{hour:,} in the last hour", "per 5 min" if chart.text else "")
            words = ", ".join(filter(None, said)) or "not measured yet"
        return _line("Pace", parts=(chart,), right=words) if chart.text else _line("Pace", words)


def _line(label: str, text: str = "", look: str = "", *, parts: tuple[str | Cell, ...] = (), right: str = "") -> Para:
    return Para(text, look, f"  {label:<8}", parts, right, mark_tone="dim")
