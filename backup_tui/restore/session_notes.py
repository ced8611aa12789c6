"""Notes on restore sessions: a person's own words, kept on this machine for each tenant, never sent to the service."""

from backup_tui.journal.journal import Journal
from backup_tui.models.text import safe

LONGEST = 300  # characters of a note

_PREFIX = "note:"


async def keep_note(journal: Journal, session_id: str, text: str) -> str:
    """Keeps a note in the place of the one before; an empty one removes it. Returns the note as it is kept: one line,
    made safe. Raises `JournalError`: it could not be written."""
    note = safe(text, LONGEST - 1).strip()
    if note:
        await journal.keep(f"{_PREFIX}{session_id}", note)
    else:
        await journal.drop(f"{_PREFIX}{session_id}")
    return note


async def kept_notes(journal: Journal) -> dict[str, str]:
    """All notes of the tenant, by the ids of their sessions. Raises `JournalError`: the journal cannot be read."""
    return {session_id: safe(text, LONGEST) for session_id, text in (await journal.kept_under(_PREFIX)).items()}
