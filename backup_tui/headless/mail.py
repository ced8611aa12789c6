"""`backup-tui mail search` and `mail draft`: how many mails a search finds in which point, and a draft of them."""

import argparse
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from backup_tui.changes.context import each_of
from backup_tui.errors import InvalidRequest, UsageError
from backup_tui.headless.command import PARTLY
from backup_tui.headless.drafts import DESTINATIONS
from backup_tui.headless.lists import match_list, read_list
from backup_tui.headless.output import Output, utc
from backup_tui.headless.points import read_moment, told_progress
from backup_tui.models.mail_language import read_query
from backup_tui.models.mail_query import AnyMailQuery, MailQuery, MessageKind
from backup_tui.models.remembered import PointUnit
from backup_tui.models.services import Destination, Service
from backup_tui.models.text import counted, safe
from backup_tui.restore.drafts.asked import recent_create
from backup_tui.restore.mail.drafting import FoundMails, asked_for, create_mail_draft
from backup_tui.restore.mail.halving import MOST_SEARCHES
from backup_tui.restore.mail.history import USUAL_SPAN, Mailbox, MailHistory, PointHits, find_change, hits_at
from backup_tui.restore.names.names import parse_unit_list
from backup_tui.store import freshness as fresh
from backup_tui.workspace import Workspace

_HEADER = ("POINT", "LOCAL", "HITS", "CHANGE", "POINT ID")
_BATCH_HEADER = ("MAILBOX", "HITS", "LAST POINT WITH HITS", "CHANGE", "SEARCHES", "POINT ID")


class _Outcome(Struct, frozen=True):
    """What became of one mailbox. `refused`: why it was not searched; empty where it was."""

    mailbox: Mailbox
    history: MailHistory | None = None
    refused: str = ""

    @property
    def best(self) -> PointHits | None:
        return self.history.best if self.history is not None else None


async def search(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Counts hits over the points of each mailbox; the service never says which mails they are."""
    query = _query(args)
    mailboxes, missing = await _mailboxes(workspace, args, out)
    out.narrate(f"Searching for {query.expression}")
    found = await _searched(workspace, args, out, mailboxes, query)
    if out.as_json:
        out.data([_object(one, query) for one in found] + [{"name": name, "refused": "not found"} for name in missing])
    elif args.unit is not None:
        _print_points(workspace, out, found[0])
    else:
        out.table(_BATCH_HEADER, [_batch_row(one) for one in found] + [_missing_row(name) for name in missing])
    whole = not missing and all(one.best is not None for one in found)
    return 0 if whole else PARTLY


async def draft(workspace: Workspace, args: argparse.Namespace, out: Output) -> int:
    """Creates one draft of what the search finds, each mailbox at its own point. Prints only the id."""
    query = _query(args)
    context = workspace.context
    context.may_restore()
    mailboxes, missing = await _mailboxes(workspace, args, out)
    out.narrate(f"Searching for {query.expression}")
    found: list[FoundMails] = []
    for one in await _searched(workspace, args, out, mailboxes, query):
        if one.best is None:
            out.narrate(f"NOT in it: {one.mailbox.name}: {one.refused or 'nothing was found'}")
            missing.append(one.mailbox.name)
            continue
        out.narrate(f"{one.mailbox.name}: {one.best.words} in the point of {utc(one.best.time)}")
        found.append(FoundMails(one.mailbox, one.best))
    if not found:
        raise UsageError(
            "Nothing was found, so nothing can be restored.",
            field="--query",
            certainty="No draft was created.",
            hint="Search over time: backup-tui mail search; fewer words find more.",
        )
    to = DESTINATIONS[args.to]
    asked = asked_for(found, query, to)
    if (equal := await recent_create(context, asked, asked.plan)) is not None:  # its fingerprint is another every time
        made_before = safe(equal.session_id or "")
        out.narrate(
            f"! An identical draft was created from here at {utc(equal.at)}: {made_before} (entry {equal.id}). "
            "This command creates another one.",
            f"  To use that one: backup-tui sessions show {made_before}",
        )
    made = await create_mail_draft(context, found, query, to, missing=missing, on_progress=told_progress(out))
    number = "mails of unknown number" if made.mails is None else counted(made.mails, "mail")
    shown = safe(made.session_id)
    out.narrate(
        f"Draft {shown} holds {number} of {Service.EXCHANGE.counted(len(found))}, {to.word}. "
        "Nothing starts before its review."
    )
    if to is Destination.IN_PLACE:
        out.narrate("A mail whose folder no longer exists goes into a recovered folder.")
    if out.as_json:
        session = await workspace.loader.load(fresh.session_of(made.session_id))
        out.data({**session.raw(), "mails": made.mails, "notInDraft": missing})
    else:
        out.line(made.session_id)
    return PARTLY if missing else 0


def _query(args: argparse.Namespace) -> AnyMailQuery:
    """What is searched for. Raises `UsageError`: it cannot be searched for; the option is named."""
    fields = (args.subject, args.sender, args.participant, args.attachment, args.kind)
    if args.query is not None:
        if any(fields):
            raise UsageError.unsent(
                "--query takes the place of the other options of a search.", "--query", args.query, "Leave them out."
            )
        try:
            return read_query(args.query)
        except UsageError as error:
            error.field = "--query"
            raise
    try:
        return MailQuery(
            tuple(args.subject or ()),
            args.sender or "",
            tuple(args.participant or ()),
            None if args.attachment is None else args.attachment == "yes",
            MessageKind(args.kind.capitalize()) if args.kind else None,
        )
    except UsageError as error:
        if error.field == "query":
            error.hint = "Give --subject, --sender, --participant, --attachment, --kind or --query."
        else:
            error.field = f"--{error.field.removesuffix('s')}"
        raise


async def _mailboxes(workspace: Workspace, args: argparse.Namespace, out: Output) -> tuple[list[Mailbox], list[str]]:
    """The mailboxes to search, and the names that mean none."""
    single = args.unit is not None
    names = parse_unit_list(args.unit.encode()) if single else await read_list(args.units, "--units", out)
    matched = await match_list(workspace, Service.EXCHANGE, names, out, skip_unresolved=not single)
    return [Mailbox(row.id, row.name) for row in matched.units], list(matched.missing)


async def _searched(
    workspace: Workspace, args: argparse.Namespace, out: Output, mailboxes: Sequence[Mailbox], query: AnyMailQuery
) -> list[_Outcome]:
    """One outcome for each mailbox, in their order."""
    done = 0

    async def look(mailbox: Mailbox) -> _Outcome:
        nonlocal done
        try:
            history = await _history(workspace, args, mailbox, query)
        except InvalidRequest as error:
            return _Outcome(mailbox, refused=error.message)
        done += 1
        out.progress(f"searching: {done:,} of {len(mailboxes):,}")
        if history.newest is None and not history.points:
            return _Outcome(mailbox, history, "no restore point in that time")
        return _Outcome(mailbox, history)

    found = await each_of(look, list(mailboxes))
    points = [
        PointUnit(point.point_id, one.mailbox.id, one.mailbox.name, Service.EXCHANGE, point.time)
        for one in found
        if one.history is not None
        for point in one.history.points
        if point.point_id
    ]
    if points:
        await workspace.context.journal.remember_points(points)
    return found


async def _history(
    workspace: Workspace, args: argparse.Namespace, mailbox: Mailbox, query: AnyMailQuery
) -> MailHistory:
    """The one point that a draft names, or the points of a time."""
    if args.before is None:
        time = await _time_of_point(workspace, args.point, mailbox) if args.point else _moment(workspace, args, "at")
        one = await hits_at(workspace.context, mailbox, query, time)
        return MailHistory(mailbox, query, () if one is None else (one,), 1)
    before = _moment(workspace, args, "before")
    after = _moment(workspace, args, "after") if args.after else before - USUAL_SPAN
    if after >= before:
        raise UsageError.unsent("--after is not before --before.", "--after", args.after or "")
    also = tuple(_read(workspace, time, "--at") for time in args.at or ())
    most = args.searches or MOST_SEARCHES
    return await find_change(workspace.context, mailbox, query, after=after, before=before, also=also, most=most)


async def _time_of_point(workspace: Workspace, point_id: str, mailbox: Mailbox) -> datetime:
    """When a point was made that a search here has found. Raises `UsageError`: it is unknown here, or of another
    mailbox."""
    known = (await workspace.context.journal.units_of([point_id])).get(point_id)
    if known is None or known.protection_time is None or known.unit_id != mailbox.id:
        raise UsageError(
            f"The point is not known here as one of {mailbox.name}.",
            field="--point",
            value=point_id,
            certainty="No draft was created.",
            hint="Search with mail search first, or give its time: --at TIME.",
        )
    return known.protection_time


def _moment(workspace: Workspace, args: argparse.Namespace, name: str) -> datetime:
    return _read(workspace, getattr(args, name), f"--{name}")


def _read(workspace: Workspace, text: str, option: str) -> datetime:
    try:
        return read_moment(workspace, text).utc
    except UsageError as error:
        error.field = option
        raise


def _print_points(workspace: Workspace, out: Output, one: _Outcome) -> None:
    """The table of one mailbox, and what it means, in sentences."""
    history = one.history
    if history is None or one.refused:
        out.narrate(f"{one.mailbox.name}: {one.refused}")
        out.table(_HEADER, [])
        return
    zone = workspace.zone
    out.table(
        _HEADER,
        [
            (
                utc(point.time),
                f"{point.time.astimezone(zone):%d %b %H:%M}",
                point.words,
                history.change_words(point, utc),
                point.point_id,
            )
            for point in history.points
        ],
    )
    out.narrate(f"{counted(history.searches, 'search', 'searches')} of {one.mailbox.name}. {_meaning(history)}")
    if not history.finished:
        more = f"--searches {2 * history.searches}"
        out.narrate(f"The change may be anywhere between two rows; more searches find it: {more}")


def _meaning(history: MailHistory) -> str:
    best, change = history.best, history.change
    if best is None:
        return "Nothing was found. The mails may have been deleted earlier: --after looks further back."
    if change is None or change[0].weight <= change[1].weight:
        return f"The newest point that has any is of {utc(best.time)}: {best.words}."
    return f"{best.words} at {utc(best.time)}, {change[1].words} at {utc(change[1].time)}."


def _batch_row(one: _Outcome) -> tuple[str, ...]:
    history, best = one.history, one.best
    if history is None or one.refused:
        return (one.mailbox.name, "not searched", "-", one.refused, "-", "-")
    searches = f"{history.searches:,}"
    if best is None:
        return (one.mailbox.name, "0", "-", "nothing was found", searches, "-")
    after = history.change[1] if history.change is not None else None
    change = f"{after.words} at {utc(after.time)}" if after is not None and after.time > best.time else "still there"
    return (one.mailbox.name, best.words, utc(best.time), change, searches, best.point_id)


def _missing_row(name: str) -> tuple[str, ...]:
    return (name, "not searched", "-", "matches no mailbox", "-", "-")


def _object(one: _Outcome, query: AnyMailQuery) -> dict[str, object]:
    """The searches of one mailbox under the service's own property names, the newest point first."""
    points = one.history.points if one.history is not None else ()
    return {
        "protectionUnit": {"id": one.mailbox.id, "name": one.mailbox.name},
        "queryExpression": query.expression,
        "searches": one.history.searches if one.history is not None else 0,
        "finished": one.history is not None and one.history.finished,
        "searchResults": [
            {
                "restorePoint": {"id": point.point_id or None, "protectionDateTime": point.time},
                "artifactHitCount": point.hits,
                "searchResponseId": point.response_id or None,
            }
            for point in points
        ],
        "lastPointWithHits": one.best.point_id if one.best is not None else None,
        "refused": one.refused or None,
    }
