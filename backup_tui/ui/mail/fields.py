"""The fields of a search for mails, and what they ask for: their query, its time, where the mails go."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from backup_tui.errors import UsageError
from backup_tui.models.mail_language import read_query, values_in
from backup_tui.models.mail_query import MOST_TEXTS, MOST_VALUES, AnyMailQuery, MailQuery, MessageKind
from backup_tui.models.services import Destination
from backup_tui.restore.mail.kept_search import FilledIn
from backup_tui.restore.points.moments import parse_moment
from backup_tui.ui.widgets.fields import FieldLine, RadioLine, TextField
from backup_tui.ui.widgets.frame_lines import OneLine

WEEK = "7d to latest"  # the time at first: what can be halved without more than twelve searches

_ANY = ("", "any")
_ATTACHMENT = (_ANY, ("yes", "yes"), ("no", "no"))
_KINDS = (_ANY, *((kind.value, kind.value.lower()) for kind in MessageKind))
_TO = ((Destination.NEW.value, "new folder"), (Destination.IN_PLACE.value, "in place"))


_SUBJECT = f"up to {MOST_TEXTS}, ; between, * at the end"
_PARTICIPANTS = f"to, cc, bcc, up to {MOST_TEXTS}"


class CloseRadio(RadioLine):
    """A choice beside another one: its words are closer."""

    GAP = 1


class TwoFields(Horizontal):
    """Two fields with their labels on one line.

    Args:
        label: Of the first.
        first: The first field.
        cells: Its width.
        beside: Label of the second.
        second: The second field.
    """

    def __init__(self, label: str, first: Widget, cells: int, beside: str, second: Widget) -> None:
        super().__init__()
        self._label, self.first, self._beside, self.second = label, first, beside, second
        first.styles.width = cells

    def compose(self) -> ComposeResult:
        yield OneLine(f"   {self._label}", classes="label")
        yield self.first
        between = OneLine(f"  {self._beside} ")
        between.styles.width = len(self._beside) + 3
        yield between
        yield self.second


class MailFields(Vertical):
    """Subject, sender, participants, attachment, kind, the query itself, time, destination.

    The query shows what the fields ask for. Edited by hand it takes their place, until it is emptied.
    """

    class Changed(Message):
        """Something else is asked for."""

    def __init__(self) -> None:
        super().__init__(id="mail-fields")
        self.subject = TextField(id="subject")
        self.sender = TextField(id="sender")
        self.participants = TextField(id="participants")
        self.attachment = CloseRadio(_ATTACHMENT, "", id="attachment")
        self.kind = CloseRadio(_KINDS, "", id="kind")
        self.query_field = TextField(id="query")
        self.time = TextField(WEEK, id="time")
        self.to = CloseRadio(_TO, Destination.NEW.value, id="to")
        self._by_hand = False

    def compose(self) -> ComposeResult:
        yield FieldLine("Subject", self.subject, _SUBJECT, id="subject-line")
        yield FieldLine("Sender", self.sender, "name, alias or address")
        yield FieldLine("Participants", self.participants, _PARTICIPANTS, id="participants-line")
        yield TwoFields("Attachment", self.attachment, 13, "Kind", self.kind)
        yield FieldLine("Query", self.query_field, id="query-line")
        yield TwoFields("Time", self.time, 36, "To", self.to)

    @property
    def stops(self) -> Iterator[Widget]:
        fields = (self.subject, self.sender, self.participants, self.attachment, self.kind)
        yield from (field for field in fields if not field.disabled)
        yield from (self.query_field, self.time, self.to)

    @property
    def destination(self) -> Destination:
        return Destination(self.to.value or Destination.NEW.value)

    def wanted(self) -> AnyMailQuery:
        """What is searched for. Raises `UsageError`: it cannot be searched for, or nothing was given."""
        if self._by_hand:
            return read_query(self.query_field.value)
        attachment = self.attachment.value
        return MailQuery(
            _texts(self.subject.value),
            self.sender.value.strip(),
            _texts(self.participants.value),
            None if not attachment else attachment == "yes",
            MessageKind(self.kind.value) if self.kind.value else None,
        )

    def period(self, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
        """The oldest and the newest point that are looked at, as times (UTC). Raises `UsageError`: it is no time, or
        its end is not after its beginning."""
        start, _, end = self.time.value.partition(" to ")
        since = parse_moment(start, zone, now).utc
        until = parse_moment(end or "latest", zone, now).utc
        if since >= until:
            way_out = f"Write the earlier time first: {WEEK}."
            raise UsageError.unsent("The time ends before it begins.", "Time", self.time.value, way_out)
        return since, until

    @property
    def by_hand(self) -> bool:
        """Whether the query was edited and takes the place of the fields above it."""
        return self._by_hand

    def fill(self, subject: str) -> None:
        """Fills the subject in, for who comes from elsewhere with a word."""
        self.subject.value = subject

    @property
    def filled(self) -> FilledIn:
        """What differs from an empty form."""
        to, time = self.to.value or "", self.time.value
        return FilledIn(
            self.subject.value,
            self.sender.value,
            self.participants.value,
            self.attachment.value or "",
            self.kind.value or "",
            self.query_field.value if self._by_hand else "",
            "" if time == WEEK else time,
            "" if to == Destination.NEW.value else to,
        )

    def take_up(self, filled: FilledIn) -> None:
        """Shows what was entered before."""
        self.subject.value, self.sender.value = filled.subject, filled.sender
        self.participants.value = filled.participants
        self.attachment.value, self.kind.value = filled.attachment, filled.kind
        self.time.value, self.to.value = filled.time or WEEK, filled.to or Destination.NEW.value
        if filled.query:
            self.query_field.value = filled.query
        for field in (self.subject, self.sender, self.participants, self.query_field, self.time):
            field.cursor_position = len(field.value)

    def edit(self) -> None:
        """Puts the cursor into the query, to change it by hand."""
        self.query_field.focus()

    @on(Input.Changed)
    @on(RadioLine.Changed)
    def _changed(self, event: Input.Changed | RadioLine.Changed) -> None:
        event.stop()
        if event.control is self.query_field:
            self._by_hand = bool(self.query_field.value.strip())
            for field in (self.subject, self.sender, self.participants, self.attachment, self.kind):
                field.disabled = self._by_hand
        if not self._by_hand:
            self._show_query()
        self._tell_limits()
        self.post_message(self.Changed())

    def _tell_limits(self) -> None:
        """How many texts a property takes is said with the text that makes it full, before the service is asked."""
        for line_id, field, usual in (
            ("#subject-line", self.subject, _SUBJECT),
            ("#participants-line", self.participants, _PARTICIPANTS),
        ):
            count = len(_texts(field.value))
            full = f"{count} of {MOST_TEXTS}: " + ("no more can be joined" if count == MOST_TEXTS else "too many")
            tone = "" if count < MOST_TEXTS else "warn" if count == MOST_TEXTS else "bad"
            self.query_one(line_id, FieldLine).set_note(usual if count < MOST_TEXTS else full, tone)
        name, count = values_in(self.query_field.value) if self._by_hand else ("", 0)
        said = f"by hand, {name} {count} of {MOST_VALUES} values" if name else "by hand"
        tone = "warn" if count <= MOST_VALUES else "bad"
        self.query_one("#query-line", FieldLine).set_note(said if self._by_hand else "", tone)

    def _show_query(self) -> None:
        """The query that the fields make; empty while they make none."""
        try:
            text = self.wanted().expression
        except UsageError:
            text = ""
        with self.prevent(Input.Changed):
            self.query_field.value = text


def _texts(value: str) -> tuple[str, ...]:
    return tuple(text for part in value.split(";") if (text := part.strip()))
