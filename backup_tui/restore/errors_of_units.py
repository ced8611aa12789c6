"""Why one unit of a restore failed, and what to do about it. The rows are in `unit_errors.txt`."""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path

from msgspec import Struct

from backup_tui.models.services import Destination, Service
from backup_tui.models.text import short_id
from backup_tui.text_tables import read_table

_FILE = Path(__file__).with_name("unit_errors.txt")


class Remedy(StrEnum):
    """What a new restore of the failed units would have to do differently."""

    NEW_ADDRESS = "a new address"
    RELEASE = "hold removed, then retry"
    OLDER_POINT = "the next earlier point"
    WAIT = "wait, then look"
    BRING_BACK = "bring back, then retry"
    MAKE_ROOM = "free space, then retry"
    LOOK = "check it, then retry"


class CauseAndRemedy(Struct, frozen=True):
    """What one error code means to a person. `cause`: a few words for a cell: `cannot be restored`. `detail`: a few
    more for a group: `locked, held or moved`. `remedy`: what a new restore would do differently."""

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
    """What an error code means; `known` is false for one without a row of its own. `older_point`: a time, as text.
    `other`: the id of the session that has the unit. `keys`: whether the advice names keys, not commands."""
    code = error_code or ""
    row, known = _row_of(code.lower(), service, destination)
    noun = service.names.unit if service else "unit"
    words = {
        "name": unit or f"this {noun}",
        "Name": unit or f"This {noun}",
        "code": f" ({code})" if code else "",
        "other": short_id(other) if other else "that session",
        "earlier": f"the next earlier point ({older_point})" if older_point else "the next earlier point",
    }
    return CauseAndRemedy(
        code,
        row["cause"],
        row["detail"],
        row["happened"].format(**words),
        row["certainty"],
        row["to do" if keys else "to do by command"].format(**words),
        Remedy[row["remedy"]],
        known=known,
    )


def _row_of(code: str, service: Service | None, destination: Destination | None) -> tuple[Mapping[str, str], bool]:
    for row in _rows():
        codes = row["codes"].lower().split()
        fits = row["service"] in ("any", service) and row["destination"] in ("any", destination)
        if fits and (code in codes or "*" in codes):
            return row, code in codes
    raise LookupError(f"{_FILE.name} has no row for every code.")


@cache
def _rows() -> list[dict[str, str]]:
    return read_table(_FILE)
