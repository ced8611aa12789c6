"""Texts about one unit of a restore session: its cells, the sentences that explain it, its facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta, tzinfo

from msgspec import Struct

from backup_tui.models.remembered import NameSource
from backup_tui.models.services import Destination, Service
from backup_tui.models.times import span_words
from backup_tui.restore.errors_of_units import CauseAndRemedy, explain
from backup_tui.restore.points.moments import show_utc
from backup_tui.store.rows import ArtifactRow, destination_of
from backup_tui.ui.widgets.cells import wrap
from backup_tui.ui.widgets.links import ERROR_CODES
from backup_tui.ui.widgets.rows import Cell
from backup_tui.ui.widgets.short_addresses import without_part
from backup_tui.ui.widgets.time_format import clock_words, short_words

ADDRESS_COMES_FOR = timedelta(minutes=60)  # so long after the end of a unit its new address may still come


_SURE = (NameSource.SERVICE, NameSource.JOURNAL)
"""Names that are as good as the service's own: who says them is not worth a line of a narrow pane."""


class UnitText(Struct, frozen=True):
    """The words about one unit."""

    row: ArtifactRow  # the unit
    service: Service | None  # of its session
    zone: tzinfo  # in which times are shown
    now: datetime  # the service's time
    long: bool = False  # it has been restoring for much longer than the others
    draft: bool = False  # its session was not started
    other: str = ""  # the id of another restore that has the unit, where it is known
    wanted: datetime | None = None  # the time that was asked for, where its draft was made from here
    again: str = ""  # what restores it again after it failed, in a sentence; empty for nothing
    files: bool = False  # it is a single file or folder

    def cells(self, shared: str = "") -> tuple[Cell, ...]:
        """Name, status, since when, point, result or cause, started, ended, took, code. `shared`: the part of the
        addresses that the heading says."""
        row, state = self.row, self.row.state
        named = row.unit_name or row.unit_id
        return (
            Cell(
                f"{without_part(row.name, shared) if shared else row.name}{row.name_source.mark}",
                "" if named else "dim",
            ),
            Cell(f"{state.mark} {state.word}", state.tone.value),
            Cell(short_words(row.since, self.zone, self.now)),
            Cell(show_utc(row.point_time, self.now) if row.point_time else "not reported"),
            Cell(self.result),
            Cell(short_words(row.started, self.zone, self.now)),
            Cell(short_words(row.completed, self.zone, self.now)),
            Cell(self._took),
            Cell(row.error_code),
        )

    @property
    def result(self) -> str:
        """The cause of a failure in a few words, how long it has been restoring, or what came of it."""
        row = self.row
        if row.state.value == "failed":
            return self._cause.cause
        if row.state.value == "inProgress":
            return f"{span_words(self.now - row.started)}{': long' if self.long else ''}" if row.started else ""
        if row.state.value != "succeeded":
            return ""
        if row.item_count == 0:
            return "nothing differed"
        if self._is_new and not row.result:
            return "no folder name" if self.service is Service.EXCHANGE else "no address yet"
        if self._is_new:
            return (row.result or "").rstrip("/").rpartition("/")[2]
        return f"in {self._took}" if self._took else ""

    def block(self, width: int, lines: int) -> str:
        """What explains the unit within so many lines of `width` cells below its name; `sentences` has all of it."""
        sentences = self.sentences
        if self.row.state.value == "failed":
            cause = self._cause
            happened = cause.happened.removeprefix(f"{self.row.name} ")
            happened = f"{happened[0].upper()}{happened[1:]}"
            first = f"{cause.to_do.partition('. ')[0].rstrip('.')}."
            ways = [f"{happened} {self.again}", self.again] if self.again else []
            ways += [
                f"{happened} {cause.certainty} {cause.to_do}",
                f"{happened} {cause.to_do}",
                f"{happened} {first}",
                f"{cause.cause[0].upper()}{cause.cause[1:]}. {first}",
            ]
        else:
            ways = [" ".join(sentences), sentences[0]]
        return next((way for way in ways if len(wrap(way, width)) <= lines), ways[-1])

    @property
    def sentences(self) -> tuple[str, ...]:
        """What became of it, what is certain, what to do."""
        row, began = self.row, ""
        match row.state.value:
            case "failed":
                cause = self._cause
                return tuple(filter(None, (cause.happened, cause.certainty, self.again or cause.to_do)))
            case "succeeded":
                when = f" {clock_words(row.completed, self.zone, self.now)}" if row.completed else ""
                took = f" in {self._took}" if self._took else ""
                return (self._outcome, f"Restored{when}{took}, back to {self._point}.")
            case "inProgress":
                if row.started is not None:
                    spent = span_words(self.now - row.started)
                    began = f" since {clock_words(row.started, self.zone, self.now)}, {spent}"
                more = ": much longer than the others; it may be large" if self.long else ""
                return (f"Restoring{began}{more}.", "How far a single unit is, the service does not report.")
            case "added" if self.draft:
                return (f"In the draft, back to {self._point}.", "Nothing is restored before A and its phrase.")
            case "added" | "scheduled" | "scheduling":
                why = "The service restores 1,000 units at a time, and a session needs time to start."
                return (f"Waiting, back to {self._point}.", why)
        return (f'The service calls its status "{row.status or "nothing"}"; what that means is unknown.',)

    @property
    def facts(self) -> Iterable[tuple[str, str]]:
        """Titles and values, the ids whole and last."""
        row, zone, now = self.row, self.zone, self.now
        earlier = self.wanted - row.point_time if self.wanted and row.point_time else timedelta()
        point = self._point + (", express" if row.express else "")
        if earlier >= timedelta(minutes=1):
            point += f", {span_words(earlier)} earlier than asked for"
        goes = destination_of(row.destination)
        return (
            ("Status", row.state.word + ("" if row.status == row.state.word else f" ({row.status or 'not reported'})")),
            ("To", goes.word if goes else row.destination or "not reported"),
            ("Started", clock_words(row.started, zone, now, seconds=True) if row.started else ""),
            ("Ended", clock_words(row.completed, zone, now, seconds=True) if row.completed else ""),
            ("Took", self._took),
            ("Point", point),
            ("Result", row.result or ""),
            ("Items", "" if row.item_count is None else f"{row.item_count:,}"),
            ("Code", row.error_code),
            ("Service's words", row.error_message),
            ("Unit", row.unit_id or "not named by the service"),
            ("Name from", "" if row.name_source in {*_SURE, NameSource.NONE} else row.name_source.words),
            ("Point id", row.point_id),
            ("Entry", row.id),
            ("Session", row.session_id),
        )

    @property
    def whole(self) -> list[str]:
        """`all`, where its code is explained, and who says what the unit is called where that is not in doubt."""
        source = self.row.name_source
        names = [f"Name from: {source.words}"] if source in _SURE else []
        return [*self.all, *([ERROR_CODES] if self.row.error_code else []), *names]

    @property
    def all(self) -> list[str]:
        """The sentences, then the facts that are known."""
        return [*self.sentences, "", *(f"{title}: {value}" for title, value in self.facts if value)]

    @property
    def ids(self) -> str:
        """The ids that a support case asks for, in one line."""
        row = self.row
        error = f"  error {row.error_code}" if row.error_code else ""
        unit = row.unit_id or "not named by the service"
        return f"session {row.session_id}  unit {unit}  point {row.point_id}  entry {row.id}{error}"

    @property
    def _cause(self) -> CauseAndRemedy:
        row = self.row
        destination = destination_of(row.destination)
        unit = row.name if row.unit_name or row.unit_id else ""  # a sentence about a point would name nobody
        return explain(row.error_code, self.service, unit=unit, destination=destination, other=self.other)

    @property
    def _is_new(self) -> bool:
        return destination_of(self.row.destination) is Destination.NEW

    @property
    def _point(self) -> str:
        return f"{show_utc(self.row.point_time, self.now)} UTC" if self.row.point_time else "a point of unknown time"

    @property
    def _took(self) -> str:
        begun, ended = self.row.started, self.row.completed
        return span_words(ended - begun) if begun and ended and ended >= begun else ""

    @property
    def _outcome(self) -> str:
        row = self.row
        if self.service is Service.EXCHANGE:
            if row.item_count == 0:
                return "Nothing differed from the point, so nothing was restored and no folder was created."
            items = "Items not reported" if row.item_count is None else f"{row.item_count:,} items restored"
            if self._is_new:
                return f"{items}, folder: {row.result or 'name not reported'}."
            return f"{items}. Newer and unchanged items stayed."
        if self.files:
            return f"{row.result}." if row.result else "Where it is was not reported yet."
        if not self._is_new:
            return "At its own address. Edits made since the point are gone."
        if row.result:
            return f"{row.result}. Still read-only? A global administrator can unlock it."
        if row.completed is not None and self.now - row.completed > ADDRESS_COMES_FOR:
            return "The service reported no address for it. Look in the SharePoint admin center."
        return "Address not reported yet; it can take 15 min or more."
