"""Forms that are being filled in, kept on this machine for each tenant until a draft is made from them."""

import logging

from backup_tui.errors import JournalError
from backup_tui.journal.journal import Journal
from backup_tui.restore.drafts.form import RestoreForm

IN_PROGRESS = ""  # place of the form of a new restore; the form that changes a draft has the draft's id as its place

SET_ASIDE = "set-aside"  # place of a form in progress that had to make room for another one

_ZONE = "zone"

_LOG = logging.getLogger(__name__)


def _key(place: str) -> str:
    return f"form:{place}"


async def keep_form(journal: Journal, form: RestoreForm, place: str = IN_PROGRESS) -> None:
    """Keeps a form in the place of the one before; an empty one leaves the place empty. Raises `JournalError`: it could
    not be written."""
    if form.is_empty:
        await journal.drop(_key(place))
    else:
        await journal.keep(_key(place), form.to_json())


async def kept_form(journal: Journal, place: str = IN_PROGRESS) -> RestoreForm | None:
    """The form kept in a place; in place of a missing form in progress the one set aside, which takes that place.
    Raises `LocalError`: it is damaged, or of another version of this program; `JournalError`: the journal cannot be
    read."""
    text = await journal.kept(_key(place))
    if text is None and place == IN_PROGRESS and (text := await journal.kept(_key(SET_ASIDE))) is not None:
        await journal.keep(_key(IN_PROGRESS), text)
        await journal.drop(_key(SET_ASIDE))
    return None if text is None else RestoreForm.from_json(text)


async def set_form_aside(journal: Journal) -> RestoreForm | None:
    """Puts the form in progress aside, where `kept_form` finds it again once there is no other one. Returns the form
    that was set aside; `None` when there was none. Raises `JournalError`: it could not be written."""
    text = await journal.kept(_key(IN_PROGRESS))
    if text is None:
        return None
    await journal.keep(_key(SET_ASIDE), text)
    await journal.drop(_key(IN_PROGRESS))
    return RestoreForm.from_json(text)


async def forget_form(journal: Journal, place: str = IN_PROGRESS) -> None:
    """Forgets the form kept in a place, because a draft holds it now, which a full disk must not hide."""
    try:
        await journal.drop(_key(place))
    except JournalError as error:
        _LOG.warning("The form of a created draft could not be removed: %s", error.message)


async def keep_zone(journal: Journal, zone: str) -> None:
    """Keeps the zone that was chosen where neither the settings nor the machine name one. Raises `JournalError`: it
    could not be written."""
    await journal.keep(_ZONE, zone)


async def kept_zone(journal: Journal) -> str | None:
    """The zone that was chosen; `None` while nobody was asked. Raises `JournalError`: the journal cannot be read."""
    return await journal.kept(_ZONE)
