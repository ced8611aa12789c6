"""The names that a bulk addition could not add: why, what to do, and as a list to correct. Pure.

The pages name no codes for these; those here are of the restores' lists of names and of the simulated service. A code
that is not here is shown with the service's own words."""

from collections.abc import Mapping, Sequence

from backup_tui.models.people import NameTrouble

HEADINGS = ("unit", "line", "problem", "what to do", "code")
"""Of a list of names to correct; corrected in its first column it is read again."""

_SITE = ("no such site", "Correct the address, or leave it out.")
_ACCOUNT = ("no such account", "Correct the address, or leave it out.")
_TROUBLES: Mapping[str, tuple[str, str]] = {
    "siteurlnotfound": _SITE,
    "siteidnotfound": _SITE,
    "useremailnotfound": _ACCOUNT,
    "emailnotfound": _ACCOUNT,
    "directoryobjectidnotfound": ("no such account", "Check the object id, or leave it out."),
    "mailboxnotfound": ("no such mailbox", "Give it a license for a mailbox, or leave it out."),
    "drivenotfound": ("no such OneDrive account", "Let the person open OneDrive once, or leave it out."),
    "protectionunitalreadyexists": ("in a policy already", "Remove it from the other policy first, or leave it out."),
}


def trouble_words(trouble: NameTrouble) -> str:
    """Why a name was not added, in short."""
    known = _TROUBLES.get(trouble.code.lower())
    return known[0] if known else trouble.message.rstrip(".") or trouble.code or "no reason given"


def trouble_remedy(trouble: NameTrouble) -> str:
    """What to do about it: a sentence."""
    known = _TROUBLES.get(trouble.code.lower())
    return known[1] if known else "Look at what the service says, or leave it out."


def trouble_rows(troubles: Sequence[NameTrouble]) -> list[tuple[str, ...]]:
    """The rows of a list to correct, under `HEADINGS`."""
    return [(one.name, "", trouble_words(one), trouble_remedy(one), one.code) for one in troubles]
