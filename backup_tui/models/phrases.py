"""The phrases that say yes to a review, and how what was typed is held against them. A change to one named thing
carries its name, so that a phrase never fits another row than the one that was read about."""

import shlex
from collections.abc import Iterable
from urllib.parse import urlsplit

from backup_tui.errors import UsageError
from backup_tui.models.text import short_id

LONGEST_NAME = 32  # characters of a name that a person is asked to type; for a longer one, the beginning of its id


def phrase(*words: str) -> str:
    """The words of a phrase, without those that are unknown: `stop`, `onedrive all`, `contoso`."""
    return " ".join(" ".join(words).split())


def phrase_matches(typed: str, wanted: str) -> bool:
    """Whether the text is the phrase; case does not matter, and any blanks count as one."""
    return phrase(typed).casefold() == phrase(wanted).casefold()


def wrong_phrase(typed: str, wanted: str, done: str) -> UsageError:
    """The error for a phrase that does not match. `done`: what did not happen, as in `started`."""
    return UsageError.unsent(wrong_phrase_words(typed, wanted, done), "phrase", typed)


def wrong_phrase_words(typed: str, wanted: str, done: str) -> str:
    """`Not started. You typed "overwrite 73 contoso"; the text is "overwrite 37 contoso".`"""
    return f'Not {done}. You typed "{phrase(typed)[:80]}"; the text is "{wanted}".'


def for_shell(wanted: str) -> str:
    """A phrase as it is written behind `--confirm`: a name may hold what a shell takes for its own."""
    return f'"{wanted}"' if not set(wanted) & set('"$`\\!') else shlex.quote(wanted)


def thing_name(name: str, thing_id: str, others: Iterable[str] = ()) -> str:
    """How one thing is called in a phrase: by its name, else by the beginning of its id."""
    known = phrase(name).casefold()
    if not known or len(known) > LONGEST_NAME or not known.isascii() or not known.isprintable():
        return short_id(thing_id).casefold()
    return short_id(thing_id).casefold() if any(phrase(other).casefold() == known for other in others) else known


def unit_name(address: str, unit_id: str, others: Iterable[str] = ()) -> str:
    """How a mailbox, an account or a site is called in a phrase: `adele.vance`, `/sites/finance`."""
    short = _short(address)
    shared = any(_short(other) == short for other in others)
    return thing_name(address.partition("://")[2] or address if shared else short, unit_id)


def _short(address: str) -> str:
    if "://" not in address:
        return address.rpartition("@")[0].casefold() or address.casefold()
    return urlsplit(address).path.rstrip("/").casefold()
