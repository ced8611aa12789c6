"""Why one unit of a restore failed, and what to do about it.

Codes: https://learn.microsoft.com/graph/backup-storage-error-codes (artifact errors inside a 200 answer).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backup_tui.models.services import Destination, Service


class Remedy(StrEnum):
    """What a new restore of the failed units would have to do differently."""

    NEW_LOCATION = "new location"
    OLDER_POINT = "next older point"
    WAIT = "wait, then look"
    BRING_BACK = "bring back, or leave out"
    LOOK = "look, then again"


@dataclass(frozen=True, slots=True)
class CauseAndRemedy:
    """What one error code means to a person.

    Attributes:
        code: The service's code, as it came; empty when there was none.
        cause: A few words for a cell: `cannot be restored`.
        detail: A few more for a group: `locked, held or moved`.
        happened: What happened, one sentence.
        certain: What is certain now, one sentence.
        to_do: What to do, one sentence.
        remedy: What a new restore would do differently.
        known: The code is a documented one.
    """

    code: str
    cause: str
    detail: str
    happened: str
    certain: str
    to_do: str
    remedy: Remedy
    known: bool = True

    @property
    def sentences(self) -> tuple[str, str, str]:
        """What happened, what is certain now, what to do."""
        return (self.happened, self.certain, self.to_do)


def explain(
    error_code: str | None,
    service: Service | None,
    *,
    unit: str = "",
    older_point: str = "",
    destination: Destination | None = None,
    keys: bool = True,
) -> CauseAndRemedy:
    """Explains the error of one unit.

    Args:
        error_code: `error.code` as the service sent it, in any case; `None` when it sent none.
        service: Of the unit; decides which noun stands for it. `None` for a service that is not known.
        unit: Its name, already safe to show; the service's noun when empty.
        older_point: The next older point in words, when it is known.
        destination: Where the restore that failed went, when it is known: what failed at a new location is not sent
            to another one.
        keys: Whether what to do names the keys of the screens; a file or a command has none.
    """
    code = error_code or ""
    noun = service.names.unit if service else "unit"
    name, named = unit or f"this {noun}", unit or f"This {noun}"

    def to_do(on_a_screen: str, elsewhere: str) -> str:
        return on_a_screen if keys else elsewhere

    match code.lower():
        case "invalidrestorepoint" | "invalidrestoretime":
            older = f"the next older point ({older_point})" if older_point else "the next older point"
            return CauseAndRemedy(
                code,
                "no usable point",
                "expired, or not made",
                f"There is no usable point for {name} at that time: it has expired or was not made.",
                "Nothing was restored for it.",
                to_do(f"f takes {older}; t chooses another time.", f"Restore it from {older}, or choose another time."),
                Remedy.OLDER_POINT,
            )
        case "artifactcannotberestored" if destination is Destination.NEW:
            return CauseAndRemedy(
                code,
                "cannot be restored",
                "locked, held or moved",
                f"{named} cannot be restored, not even to a new location: locked, held, or part of a tenant split. "
                "The service does not say which.",
                "The other units go on.",
                "Have the lock or hold looked at first; as long as it stands, another restore fails the same way.",
                Remedy.LOOK,
            )
        case "artifactcannotberestored":
            return CauseAndRemedy(
                code,
                "cannot be restored",
                "locked, held or moved",
                f"{named} cannot be restored in place: locked, held, or part of a tenant split. "
                "The service does not say which.",
                "The other units go on.",
                to_do(
                    "Restore it to a new location (f), or have the hold looked at first.",
                    "Restore it to a new location, or have the hold looked at first.",
                ),
                Remedy.NEW_LOCATION,
            )
        case "duplicateartifactrestorerequest":
            return CauseAndRemedy(
                code,
                "already in a restore",
                "another session has it",
                f"{named} is being restored already, by another session.",
                "It was not restored twice.",
                to_do(
                    "Wait for that one (y copies its id if known), then look whether it is still needed.",
                    "Wait for that one, then look whether it is still needed.",
                ),
                Remedy.WAIT,
            )
        case "artifactnotfound":
            back = "site" if service is Service.SHAREPOINT else "account" if service else "account or site"
            return CauseAndRemedy(
                code,
                "not found",
                "deleted or renamed",
                f"The service no longer finds {name}: deleted, renamed or moved since the draft.",
                "Nothing was restored for it.",
                f"Deleted in the last 30 days: bring the {back} back first, then {to_do('f', 'restore it again')}. "
                "Otherwise leave it out.",
                Remedy.BRING_BACK,
            )
        case "quotaexceeded":
            return CauseAndRemedy(
                code,
                "no room",
                "its storage is full",
                f"The storage of {name} is full.",
                "Whether part of it was restored is not told by the service.",
                f"Make room or raise its quota, then {to_do('f', 'restore it again')}.",
                Remedy.LOOK,
            )
        case "" | "unknownerror":
            return CauseAndRemedy(
                code,
                "no reason given",
                "the service does not say why",
                f"{named} failed, and the service does not say why.",
                "Whether part of it was restored is not told.",
                to_do(
                    "Look at it first; then f restores it again. If it fails again, Microsoft's support needs its "
                    "ids (y).",
                    "Look at it first, then restore it again. If it fails again, Microsoft's support needs its ids.",
                ),
                Remedy.LOOK,
                known=bool(code),
            )
    return CauseAndRemedy(
        code,
        f"failed ({code[:24]})",
        "a reason not known here",
        f"{named} failed with {code}, a reason that is not known here.",
        "Whether part of it was restored is not told.",
        to_do(
            "The service's own words stand below. Look at it first; then f restores it again.",
            "The service's own words stand beside it. Look at it first, then restore it again.",
        ),
        Remedy.LOOK,
        known=False,
    )
