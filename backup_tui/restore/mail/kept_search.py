"""The search for mails that is being filled in, kept on this machine for each mailbox until a draft is made of it."""

import msgspec
from msgspec import Struct

from backup_tui.errors import JournalError
from backup_tui.journal.journal import Journal


class FilledIn(Struct, frozen=True):
    """What a person entered, as typed. `query`: only one that was edited by hand."""

    subject: str = ""
    sender: str = ""
    participants: str = ""
    attachment: str = ""
    kind: str = ""
    query: str = ""
    time: str = ""
    to: str = ""


def _key(unit_id: str) -> str:
    return f"mail search:{unit_id}"


async def keep_search(journal: Journal, unit_id: str, filled: FilledIn) -> None:
    """Keeps what was entered for a mailbox; where that is nothing, it is forgotten. Raises `JournalError`."""
    if filled == FilledIn():
        await journal.drop(_key(unit_id))
    else:
        await journal.keep(_key(unit_id), msgspec.json.encode(filled).decode())


async def kept_search(journal: Journal, unit_id: str) -> FilledIn:
    """What was entered for a mailbox before; nothing where it cannot be read."""
    try:
        return msgspec.json.decode((await journal.kept(_key(unit_id)) or "{}").encode(), type=FilledIn)
    except (JournalError, msgspec.DecodeError):
        return FilledIn()
