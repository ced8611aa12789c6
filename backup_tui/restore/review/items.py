"""What the review of a draft of single files says: they land in one new folder, and nothing else is touched.

Facts: https://learn.microsoft.com/graph/api/resources/granularrestoreartifactbase; no page names a way to choose the
folder in v1.0, or a limit of items beside that of one request."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace

from backup_tui.models.checks import Check, CheckResult
from backup_tui.models.granular import files_counted
from backup_tui.models.services import Destination, Service
from backup_tui.restore.names.unit_names import ReviewedUnit
from backup_tui.restore.points.moments import show_range
from backup_tui.restore.review.facts import GENERAL


class ItemWords(Struct, frozen=True):
    """How a review speaks of single files, or of single mails."""

    word: str  # what the restore does, in capitals
    what: str  # what is in the draft: `2 files or folders of Finance`
    inside: str  # name of the site or account that they belong to; empty where that is unknown
    sentence: str  # what it means
    checks: tuple[Check, ...]  # what is true of every restore of such items
    query: str | None = None  # what mails were searched for, empty where that is unknown; `None` for files
    hits: Mapping[str, int] = field(default_factory=dict)  # of mails: how many a search found, under the id of the unit

    @property
    def searched_for(self) -> str:
        """Of mails: the line below the sentence."""
        return f"Searched for: {self.query or 'unknown here; the service does not show what was searched for'}"


def file_words(
    service: Service, destination: Destination | None, units: Sequence[ReviewedUnit], inside: str, now: datetime
) -> ItemWords:
    """What starting a draft of files does.

    Args:
        service: OneDrive or SharePoint.
        destination: Where they go; anything but new only where the beta version was used elsewhere.
        units: The files and folders, by path.
        inside: Name of the site or account that they belong to; empty where that is unknown.
    """
    unit = "site" if service is Service.SHAREPOINT else "OneDrive account"
    where = inside or f"a {unit} that is not named here"
    what = f"{files_counted(len(units))} of {where}"
    times = [one.time for one in units if one.time is not None]
    when = f"{show_range(times, now)}" if times else "points whose time the service reports only after the start"
    if destination is Destination.IN_PLACE:
        sentence = f"IN PLACE: {what} are put back as of {when}. What is there now under the same names is replaced."
        return ItemWords("IN PLACE", what, inside, sentence, ())
    sentence = (
        f"NEW FOLDER: {what}, as of {when}, {'goes' if len(units) == 1 else 'go'} into one new folder of the {unit}. "
        "Nothing that is there now changes."
    )
    checks = [
        Check(CheckResult.UNKNOWN, "the service chooses the folder; its address comes with the result", GENERAL),
    ]
    if not inside:
        text = f"which {unit} these belong to is unknown: the draft was made elsewhere"
        checks.insert(0, Check(CheckResult.UNKNOWN, text, 14))
    return ItemWords("NEW FOLDER", what, inside, sentence, tuple(checks))


def whole_units(units: Sequence[ReviewedUnit], inside: str) -> tuple[ReviewedUnit, ...]:
    """The sites or accounts that files belong to, each once, for the checks that are about these."""
    named = {unit.unit_id: replace(unit, name=inside or unit.name) for unit in units}
    return tuple(named.values())


def beside_each_other(checks: Sequence[Check]) -> list[Check]:
    """Another restore of the same site forbids no restore of files, which go into a new folder: it is said."""
    return [
        Check(CheckResult.WARNING, check.text, check.rank) if check.mark is CheckResult.BLOCKING else check
        for check in checks
    ]
