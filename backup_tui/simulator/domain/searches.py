"""What a search inside mailboxes found: how many items, remembered under the answer's id."""

from math import prod

from msgspec import Struct

from backup_tui.simulator.domain.identifiers import number
from backup_tui.simulator.domain.points import Point
from backup_tui.simulator.domain.tenant import DAY
from backup_tui.simulator.grammar.mail_query import Joined, Query, Term

_KINDS = {"email": 0.86, "calendar": 0.08, "contact": 0.03, "task": 0.02, "note": 0.01}


class MailSearch(Struct, frozen=True):
    """One search with an ``artifactQuery``."""

    id: str  # the answer's ``searchResponseId``
    point: Point  # the restore point that was searched
    query: Query  # what was asked
    hits: int  # how many items it found


def count_hits(point: Point, query: Query) -> int:
    """Return how many items of a mailbox pass; the same mailbox, point and query always give the same number.

    The size of a mailbox grows with the time of the point; each comparison passes a share of it that is drawn from
    the mailbox and the comparison alone. What a search for a text finds is deleted now and then: see `_deleted`.
    """
    unit = point.unit
    days = max(0.0, (point.moment - unit.joined) / 86_400)
    size = 900 + number(unit.id, "size") % 9_000 + int(days * (3 + number(unit.id, "pace") % 20))
    return 0 if _deleted(point, query) else int(size * _share(point, query))


def _deleted(point: Point, query: Query) -> bool:
    """Return whether the mails of a search for texts are gone at this point: of the mails of about every second text
    somebody deletes all once in a while, and new ones come some days later."""
    if isinstance(query, Joined):
        gone = [_deleted(point, part) for part in query.parts]
        return any(gone) if query.by == "and" else all(gone)
    if query.name not in ("subject", "sender", "participants"):
        return False
    draw = number(point.unit.id, query.name, query.value.rstrip("*"), "deleted")
    if draw % 2:
        return False
    cycle = (4 + draw // 2 % 5) * DAY
    return (point.moment + draw // 10 % cycle) % cycle >= cycle * 0.7


def _share(point: Point, query: Query) -> float:
    """Return which part of the items passes, 0 to 1."""
    if isinstance(query, Joined):
        shares = [_share(point, part) for part in query.parts]
        return prod(shares) if query.by == "and" else 1.0 - prod(1.0 - share for share in shares)
    return _term_share(point, query)


def _term_share(point: Point, term: Term) -> float:
    draw = number(point.unit.id, term.name, term.value.rstrip("*")) % 10_000 / 10_000
    if term.name == "messagekind":
        return _KINDS[term.value]
    if term.name == "hasattachment":
        having = 0.15 + 0.2 * (number(point.unit.id, "attachments") % 1000 / 1000)
        return having if term.value == "true" else 1.0 - having
    if term.name == "deleted":
        return 0.02 + 0.1 * draw
    # A word that nobody wrote: about one text in eight is found nowhere.
    return 0.0 if draw < 0.12 else 0.002 + 0.04 * draw
