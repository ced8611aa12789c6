"""Whose journals a file holds: for reading what is kept while nobody is signed in."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from backup_tui.errors import JournalError
from backup_tui.journal.file import cause
from backup_tui.journal.rows import Key


async def tenants_in(path: Path) -> tuple[Key, ...]:
    """The tenants and addresses of which something is kept in a journal's file; the file is only read. Raises
    `JournalError`: there is no such file, or it cannot be read."""
    return await asyncio.to_thread(_tenants, path)


def _tenants(path: Path) -> tuple[Key, ...]:
    if not path.is_file():
        raise JournalError(
            f"There is no journal {path}: nothing is kept here.",
            hint="Set BACKUP_TUI_STATE_DIR to the folder in which the restores were drafted.",
        )
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            rows = connection.execute(
                "SELECT tenant_key, address FROM intent UNION SELECT tenant_key, address FROM kept"
            ).fetchall()
    except sqlite3.Error as error:
        raise JournalError(f"The journal {path} cannot be read: {cause(error)}.") from error
    return tuple(Key(str(tenant), str(address)) for tenant, address in rows)
