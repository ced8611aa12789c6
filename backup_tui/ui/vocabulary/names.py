"""Names for a service, a count of units, a person and a status, in every list and sentence."""

from backup_tui.models.granular import files_counted
from backup_tui.models.services import Service
from backup_tui.models.statuses import Status
from backup_tui.models.text import counted
from backup_tui.store.rows import SessionRow


def service_label(service: Service | None) -> str:
    """`OneDrive`; `?` for a service that is not known here."""
    return service.label if service else "?"


def units_words(service: Service | None, count: int) -> str:
    """`1 mailbox`, `37 sites`, `3 units` where the service is not known."""
    if service is not None:
        return service.counted(count)
    return counted(count, "unit")


def held_words(row: SessionRow, count: int) -> str:
    """`37 sites`, or `2 files and folders` of a session that holds those."""
    return files_counted(count) if row.model.holds_files else units_words(row.service, count)


def person_short(label: str) -> str:
    """A name for a narrow cell: the local part of an address, else the first name. The lines about a row have all."""
    return label.partition("@")[0].partition(" ")[0] or label


def marked_word(state: Status) -> str:
    """Mark and word of a status: `+ active`."""
    return f"{state.mark} {state.word}"
