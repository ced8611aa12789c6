"""Why one unit of a restore failed, and what to do about it.

Codes: https://learn.microsoft.com/graph/backup-storage-error-codes (artifact errors inside a 200 answer).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id

PERHAPS_IN_PART = "Part of it may have been restored; not reported."
"""What is certain of a unit that failed on the way."""


class Remedy(StrEnum):
    """What a new restore of the failed units would have to do differently."""

    NEW_ADDRESS = "a new address"
    RELEASE = "hold removed, then again"
    OLDER_POINT = "the next earlier point"
    WAIT = "wait, then look"
    BRING_BACK = "bring back, then again"
    MAKE_ROOM = "free space, then again"
    LOOK = "check it, then again"


@dataclass(frozen=True, slots=True)
class CauseAndRemedy:
    """What one error code means to a person.

    Attributes:
        code: The service's code, as it came; empty when there was none.
        cause: A few words for a cell: `cannot be restored`.
        detail: A few more for a group: `locked, held or moved`.
        happened: What happened, one sentence.
        certainty: What is certain now, one sentence.
        to_do: What to do, one sentence.
        remedy: What a new restore would do differently.
        known: The code is a documented one.
    """

    code: str
    cause: str
    detail: str
    happened: str
    certainty: str
    to_do: str
    remedy: Remedy
    known: bool = True

    @property
    def sentences(self) -> tuple[str, str, str]:
        """What happened, what is certain now, what to do."""
        return (self.happened, self.certainty, self.to_do)


def explain(
    error_code: str | None,
    service: Service | None,
    *,
    unit: str = "",
    older_point: str = "",
    destination: Destination | None = None,
    other: str = "",
    keys: bool = True,
) -> CauseAndRemedy:
    """Explains the error of one unit.

    Args:
        error_code: `error.code` as the service sent it, in any case; `None` when it sent none.
        service: Of the unit; decides which noun stands for it. `None` for a service that is not known.
        unit: Its name, already safe to show; the service's noun when empty.
        older_point: The next older point in words, when it is known.
        destination: Where the restore that failed went, when it is known: a site that failed at a new address is not
            sent to another one.
        other: The id of the other restore that has the unit, when it is known.
        keys: Whether what to do names the keys of the screens; a file or a command has none.
    """
    code = error_code or ""
    noun = service.names.unit if service else "unit"
    name, named = unit or f"this {noun}", unit or f"This {noun}"
    again = "f" if keys else "restore it again"

    match code.lower():
        case "artifactcannotberestored":
            return _held(code, named, service, destination, keys=keys)
        case "invalidrestorepoint" | "invalidrestoretime":
            earlier = f"the next earlier point ({older_point})" if older_point else "the next earlier point"
            return CauseAndRemedy(
                code,
                "no usable point",
                "expired or never made",
                f"{named} has no usable point at that time: expired or never made.",
                "Nothing was restored for it.",
                f"f takes {earlier}; t another time." if keys else f"Restore it from {earlier}, or take another time.",
                Remedy.OLDER_POINT,
            )
        case "duplicateartifactrestorerequest":
            return CauseAndRemedy(
                code,
                "already in a restore",
                "another session has it",
                f"Another session is restoring {name}.",
                "It was not restored twice.",
                f"Wait for {short_id(other) if other else 'that session'}, then see whether it is still needed.",
                Remedy.WAIT,
            )
        case "artifactnotfound":
            return CauseAndRemedy(
                code,
                "not found",
                "deleted, renamed or moved",
                f"The service no longer finds {name}: deleted, renamed or moved.",
                "Nothing was restored for it.",
                f"Deleted within 30 days: bring it back, then {again}. "
                "What was removed from the recycle bin cannot be restored.",
                Remedy.BRING_BACK,
            )
        case "quotaexceeded":
            return CauseAndRemedy(
                code,
                "storage full",
                "no storage left",
                f"{named} has no storage left.",
                PERHAPS_IN_PART,
                f"Free space or raise the quota, then {again}.",
                Remedy.MAKE_ROOM,
            )
    given = f" ({code})" if code else ""
    return CauseAndRemedy(
        code,
        "no reason given",
        "the service does not say why",
        f"{named} failed; the service gives no reason{given}.",
        PERHAPS_IN_PART,
        f"Check it, then {again}. If it fails again, give Microsoft support the ids{' (y)' if keys else ''}.",
        Remedy.LOOK,
        known=code.lower() == "unknownerror",
    )


def _held(
    code: str, named: str, service: Service | None, destination: Destination | None, *, keys: bool
) -> CauseAndRemedy:
    """Of a hold, a lock or a tenant split; under a hold only a site can be restored, and only to a new address."""
    again = "f" if keys else "restore it again"
    remedy = Remedy.RELEASE
    if service is not Service.SHAREPOINT:
        to_do = f"Have the hold removed, then {again}. A new location fails the same way."
    elif destination is Destination.NEW:
        to_do = f"Have the lock removed, then {again}."
    else:
        restores = "f restores it" if keys else "Restore it"
        to_do, remedy = f"{restores} to a new address, which works under a hold.", Remedy.NEW_ADDRESS
    return CauseAndRemedy(
        code,
        "cannot be restored",
        "held, locked or split off",
        f"{named} cannot be restored: under a hold, locked, or part of a tenant split; the service does not say which.",
        "The other units continue.",
        to_do,
        remedy,
    )
