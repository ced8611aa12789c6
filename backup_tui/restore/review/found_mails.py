"""What a review says of a draft of single mails: how many there are, what was searched for, where they go.

https://learn.microsoft.com/graph/api/resources/granularmailboxrestoreartifact and the product pages on granular
restore."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.models.artifacts import RestoreArtifact
from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.granular import GranularMailboxRestoreArtifact
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted
from backup_tui.restore.drafts.record import DraftRecord
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.points.moments import show_range
from backup_tui.restore.review.facts import GENERAL
from backup_tui.restore.review.items import ItemWords


class MailsInDraft(Struct, frozen=True):
    """The mails that searches found in the points of a session."""

    mailboxes: int  # of how many mailboxes
    count: int | None  # how many mails; `None` where neither the service nor this machine knows
    query: str = ""  # what was searched for; empty for a draft made elsewhere, since the service does not show it

    @property
    def number(self) -> str:
        """`12 mails`."""
        return "mails of unknown number" if self.count is None else counted(self.count, "mail")

    def sentence(self, destination: Destination, points: Sequence[datetime], now: datetime) -> str:
        """The consequence of starting, as one paragraph whose first words are the destination."""
        when = show_range(points, now) or "a point whose time the service did not report"
        of = "one mailbox" if self.mailboxes == 1 else Service.EXCHANGE.counted(self.mailboxes)
        mails = f"{self.number} of {of}, as of {when},"
        one = self.count == 1
        if destination is Destination.IN_PLACE:
            are = "is" if one else "are"
            return f"IN PLACE: {mails} {are} put back where {'it was' if one else 'they were'}. Everything else stays."
        folder = "a new folder in it" if self.mailboxes == 1 else "a new folder in each"
        return f"NEW FOLDER: {mails} {'goes' if one else 'go'} into {folder}. Everything else stays."


MAIL_CHECKS = (
    Check(CheckResult.UNKNOWN, "which mails these are cannot be shown: the service counts hits and lists none", 19),
    Check(CheckResult.UNKNOWN, "holds cannot be seen: a held account fails until its hold is removed", 20),
    Check(CheckResult.WARNING, "a mail whose folder no longer exists goes into a recovered folder", GENERAL),
    Check(CheckResult.WARNING, "mail drafts are never backed up", GENERAL + 1),
    Check(CheckResult.WARNING, "flags and importance are not kept", GENERAL + 3),
)
"""True of every restore of found mails."""


def mails_in(artifacts: Sequence[RestoreArtifact], record: DraftRecord | None) -> MailsInDraft | None:
    """The found mails of a session; `None` for one of whole units or of files. `artifacts`: as just read. `record`:
    what was asked for, when it was made from here."""
    mails = [artifact for artifact in artifacts if isinstance(artifact, GranularMailboxRestoreArtifact)]
    if not mails:
        return None
    counts = [mail.artifact_count for mail in mails if mail.artifact_count is not None]
    count = sum(counts) if len(counts) == len(mails) else None
    if count is None and record is not None and len(record.hits) == len(mails):
        count = sum(record.hits.values())
    return MailsInDraft(len(mails), count, record.query if record else "")


def mail_words(
    artifacts: Sequence[RestoreArtifact],
    destination: Destination | None,
    units: Sequence[ReviewedUnit],
    record: DraftRecord | None,
    now: datetime,
) -> ItemWords | None:
    """What starting a draft of found mails does; `None` for a draft of anything else.

    Args:
        artifacts: As just read.
        destination: Where they go; `None` where the service does not say.
        units: The mailboxes, by name.
        record: What was asked for, when it was made from here.
    """
    mails = mails_in(artifacts, record)
    if mails is None:
        return None
    whose = units[0].name if len(units) == 1 else Service.EXCHANGE.counted(mails.mailboxes)
    times = [unit.time for unit in units if unit.time is not None]
    word = {Destination.IN_PLACE: "IN PLACE", Destination.NEW: "NEW FOLDER", None: "RESTORE"}[destination]
    sentence = mails.sentence(destination, times, now) if destination is not None else ""
    hits = record.hits if record else {}
    return ItemWords(word, f"{mails.number} of {whose}", "", sentence, MAIL_CHECKS, mails.query, hits)
